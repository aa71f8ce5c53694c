"""What the pages of villages say: stored figures, last activity, the team, the history."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, Subquery

from reports.dashboard import NOT_STORED, SILENT_DAYS, Reading, is_silent, with_last_activity
from reports.indicators import ADULTS, VISITED
from reports.models import CoverageFigure
from villages.models import TeamMember, Village, VillageChange, VillageChangeJournal
from villages.periods import today
from villages.text import fold

SEARCH_LENGTH = 80
FILTERS = ("", "im-lang", "duoi-muc-tieu", "khong-to-truong")
SORTS = ("number", "name", "households", "adults", "visited", "last", "leader")


@dataclass(frozen=True)
class VillageRow:
    """One village of the list."""

    pk: int
    number: int
    full_name: str
    name_folded: str
    households: int | None
    adults: Reading
    visited: Reading
    last_on: object
    is_silent: bool
    leader: str
    target: object

    @property
    def is_below(self):
        share = self.adults.percent
        return share is not None and self.target is not None and share < self.target


def last_counted_day(commune_id, until=None):
    """Return the newest day by ``until`` with stored figures of a commune, or ``None``."""
    return (
        CoverageFigure.objects.filter(
            unit__commune=commune_id, unit__village__isnull=True, numerator__isnull=False
        )
        .filter(day__lte=until or today())
        .order_by("-day")
        .values_list("day", flat=True)
        .first()
    )


def village_rows(commune, day, target):
    """Return all villages of a commune that stand today, with figures of a day."""
    readings = stored_readings(day, unit__commune=commune)
    leader = TeamMember.objects.on(today()).filter(
        team__village=OuterRef("pk"), role=TeamMember.Role.LEADER
    )
    villages = with_last_activity(Village.objects.filter(commune=commune).on(today()), today())
    villages = villages.annotate(leader=Subquery(leader.values("full_name")[:1]))
    return [
        VillageRow(
            pk=village.pk,
            number=village.number,
            full_name=village.full_name,
            name_folded=village.name_folded,
            households=readings.get((village.pk, VISITED), NOT_STORED).denominator,
            adults=readings.get((village.pk, ADULTS), NOT_STORED),
            visited=readings.get((village.pk, VISITED), NOT_STORED),
            last_on=village.last_on,
            is_silent=is_silent(village.last_on, today()),
            leader=village.leader or "",
            target=target,
        )
        for village in villages
    ]


def silent_villages(commune, days=SILENT_DAYS):
    """Return the villages of a commune whose teams recorded nothing for so long, by number."""
    villages = with_last_activity(Village.objects.filter(commune=commune).on(today()), today())
    return [village for village in villages if is_silent(village.last_on, today(), days)]


def stored_readings(day, **units):
    """Return {(village id or None, indicator): reading} of stored figures of a day."""
    rows = CoverageFigure.objects.filter(day=day, **units).values_list(
        "unit__village", "indicator", "numerator", "denominator", "computed_at", "is_stale"
    )
    return {(village, code): Reading(*reading) for village, code, *reading in rows}


def chosen_rows(rows, *, kept, search, sort):
    """Return the rows that are wanted, in the order wanted; what is missing sorts last."""
    keep = {
        "im-lang": lambda row: row.is_silent,
        "duoi-muc-tieu": lambda row: row.is_below,
        "khong-to-truong": lambda row: not row.leader,
    }.get(kept)
    wanted = [row for row in rows if keep is None or keep(row)]
    if search:
        wanted = [row for row in wanted if search in row.name_folded or search in fold(row.leader)]
    down, by = sort.startswith("-"), sort.removeprefix("-")
    key = {
        "name": lambda row: row.name_folded,
        "households": lambda row: row.households,
        "adults": lambda row: row.adults.percent,
        "visited": lambda row: row.visited.percent,
        "last": lambda row: row.last_on,
        "leader": lambda row: fold(row.leader) or None,
    }.get(by, lambda row: row.number)
    known = [row for row in wanted if key(row) is not None]
    unknown = [row for row in wanted if key(row) is None]
    return sorted(known, key=key, reverse=down) + unknown


def history_of(village):
    """Return the changes that made a village or ended it, newest first."""
    changes = VillageChange.objects.filter(Q(former=village) | Q(successor=village))
    kept = VillageChangeJournal.objects.filter(change=OuterRef("pk"))
    return changes.select_related("former", "successor", "document").annotate(
        can_be_undone=Exists(kept)
    )
