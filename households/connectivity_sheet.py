"""What the telecom companies are told: each one's places, and how many people live there."""

from dataclasses import dataclass

from django.db.models import Count, Q

from households.models import Household, Resident
from villages.connectivity_filter import open_reports
from villages.models import ConnectivityReport
from villages.periods import today
from villages.text import fold


@dataclass(frozen=True)
class VillageSize:
    """How large a village is; each number counts distinct households or people."""

    households: int = 0
    people: int = 0
    without_device: int = 0
    without_signal: int = 0


def reports_by_company(user, *, operator=""):
    """Return [(company, [(report, size of its village)])] of what is open, in three queries.

    A village stands once for each of its places, so the sizes are never added up.
    """
    reports = open_reports(ConnectivityReport.objects.visible_to(user))
    reports = list(
        reports.select_related("village__commune").order_by(
            "village__commune", "village__number", "reported_on", "pk"
        )
    )
    sizes = village_sizes({report.village_id for report in reports})
    companies = {}
    for report in reports:
        name = fold(report.operator)
        if not operator or name == operator:
            found = companies.setdefault(name, (report.operator, []))
            found[1].append((report, sizes.get(report.village_id, VillageSize())))
    return [companies[name] for name in sorted(companies)]


def village_sizes(villages, day=None):
    """Return {village id: VillageSize} of these villages on a day, in two queries."""
    day = day or today()
    homes = (
        Household.objects.standing_on(day)
        .filter(village_on_day__in=villages)
        .order_by()
        .values("village_on_day")
        .annotate(
            households=Count("pk", distinct=True),
            without_device=Count("pk", filter=Q(smart_device=False), distinct=True),
            without_signal=Count(
                "pk", filter=Q(connection=Household.Connection.NONE), distinct=True
            ),
        )
    )
    people = dict(
        Resident.objects.living_on(day)
        .filter(village_on_day__in=villages)
        .order_by()
        .values_list("village_on_day")
        .annotate(Count("pk", distinct=True))
    )
    return {
        home["village_on_day"]: VillageSize(
            households=home["households"],
            people=people.get(home["village_on_day"], 0),
            without_device=home["without_device"],
            without_signal=home["without_signal"],
        )
        for home in homes
    }
