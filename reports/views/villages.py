"""Villages with their figures: all of them, and one."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from households.models import Encounter
from households.worklist import worklist
from reports.dashboard import SILENT_DAYS, Reading, is_silent
from reports.indicators import ADULTS, all_indicators
from reports.models import CoverageFigure
from reports.periods import day_asked_for
from reports.views.places import commune_asked_for, communes_to_choose
from reports.villages import (
    FILTERS,
    SEARCH_LENGTH,
    SORTS,
    chosen_rows,
    history_of,
    last_counted_day,
    stored_readings,
    village_rows,
)
from villages.access import (
    ADMIN,
    COMMUNE_ROLES,
    EVERYONE,
    OFFICIAL,
    TEAM_LEADER,
    for_roles,
    scope_of,
)
from villages.exporting import exported, made_on_note
from villages.models import ConnectivityReport, TeamMember, Village
from villages.percent import missing_to_target
from villages.periods import today
from villages.tables import Table, TableColumn
from villages.targets import target_rows, targets_for
from villages.templatetags.display import day as written_day
from villages.text import fold

# The villages of nearly every commune stand on one page.
ROWS = 100
FILTER_WORDS = {
    "im-lang": gettext_lazy("Silent for 30 days"),
    "duoi-muc-tieu": gettext_lazy("Below the target"),
    "khong-to-truong": gettext_lazy("Without team leader"),
}
RECENT_VISITS = 10
NEXT_VISITS = 5
TREND_POINTS = 12


@for_roles(*COMMUNE_ROLES)
@require_GET
def village_list(request):
    """Show every village of a commune on one page."""
    context = _listed(request)
    context |= {
        "is_demo": context["commune"].is_demo,
        "communes": communes_to_choose(request.user),
        "silent_days": SILENT_DAYS,
    }
    return render(request, "reports/village_list.html", context)


@exported("village_list", title=gettext_lazy("Villages"))
def village_table(request):
    """Draw the villages with their figures as a table, narrowed and sorted as the page is."""
    context = _listed(request)
    notes = [context["commune"].full_name, made_on_note()]
    if context["day"]:
        notes.append(_("Figures as of %(day)s") % {"day": written_day(context["day"])})
    notes += filter(None, (str(FILTER_WORDS.get(context["kept"], "")), context["search"]))
    return Table(
        title=_("Villages and residential areas"),
        file_name="ban-khu-dan-cu",
        notes=tuple(notes),
        columns=(
            TableColumn(_("No."), width=6),
            TableColumn(_("Village"), width=24),
            TableColumn(_("Households")),
            TableColumn(_("Adults able, percent"), is_percent=True),
            TableColumn(_("Adults able")),
            TableColumn(_("Adults")),
            TableColumn(_("Households visited, percent"), is_percent=True),
            TableColumn(_("Households visited")),
            TableColumn(_("Last activity")),
            TableColumn(_("Silent for 30 days")),
            TableColumn(_("Team leader"), is_personal=True, width=26),
        ),
        rows=(
            [
                row.number,
                row.full_name,
                row.households,
                row.adults.percent,
                row.adults.numerator,
                row.adults.denominator,
                row.visited.percent,
                row.visited.numerator,
                row.last_on,
                row.is_silent,
                row.leader,
            ]
            for row in context["rows"]
        ),
    )


def _listed(request):
    commune = commune_asked_for(request)
    day = last_counted_day(commune.pk)
    target = targets_for(commune, (day or today()).year).get(ADULTS)
    kept, sort = request.GET.get("loc", ""), request.GET.get("sort", "")
    kept = kept if kept in FILTERS else ""
    sort = sort if sort.removeprefix("-") in SORTS else "number"
    search = fold(request.GET.get("tim", "")[:SEARCH_LENGTH])
    rows = village_rows(commune, day, target)
    found = chosen_rows(rows, kept=kept, search=search, sort=sort)
    return {
        "commune": commune,
        "day": day,
        "target": target,
        "rows": found,
        "page": Paginator(found, ROWS).get_page(request.GET.get("page")),
        "all_count": len(rows),
        "kept": kept,
        "search": search,
        "sort": sort,
    }


@for_roles(*EVERYONE)
@require_GET
def village_detail(request, pk):
    """Show one village: its figures, whom to visit next, its team, what happened there."""
    village = get_object_or_404(
        Village.objects.visible_to(request.user).select_related("commune"), pk=pk
    )
    day, problem = _day_of(request, village)
    visits = Encounter.objects.standing().filter(village=village)
    last_on = visits.newest_first().values_list("held_on", flat=True).first()
    context = {
        "commune": village.commune,
        "is_demo": village.commune.is_demo,
        "village": village,
        "day": day,
        "problem": problem,
        "figures": _figures_of(village, day),
        "trend": _trend_of(village, day),
        "members": TeamMember.objects.filter(team__village=village).on(today()),
        "visits": visits.newest_first().select_related("household", "author")[:RECENT_VISITS],
        "last_on": last_on,
        "is_silent": village.to_on is None and is_silent(last_on, today()),
        "connectivity": ConnectivityReport.objects.filter(
            village=village, resolved_on__isnull=True
        ),
        "history": history_of(village),
        "worklist": worklist(
            village,
            today(),
            limit=NEXT_VISITS,
            with_poverty=scope_of(request.user).can_write,
        )
        if village.to_on is None
        else [],
        "may_change": scope_of(request.user).role in (OFFICIAL, ADMIN)
        and Village.objects.writable_by(request.user).filter(pk=pk).exists(),
        "is_leader": scope_of(request.user).role == TEAM_LEADER,
    }
    return render(request, "reports/village_detail.html", context)


def _day_of(request, village):
    asked = request.GET.get("ngay", "")
    if asked:
        return day_asked_for(asked)
    return last_counted_day(village.commune_id, village.to_on) or today(), ""


def _figures_of(village, day):
    """Return [(indicator, reading, target, missing)] of a village; groups it has none of go."""
    readings = stored_readings(day, unit__village=village)
    targets = target_rows(village.commune, day.year, village)
    found = []
    for indicator in all_indicators():
        reading = readings.get((village.pk, indicator.code))
        if reading is None or (reading.denominator == 0 and indicator.code != ADULTS):
            continue
        target = targets.get(indicator.code)
        goal = target.percent if target else None
        missing = missing_to_target(reading.numerator, reading.denominator, goal)
        found.append((indicator, reading, goal, missing))
    return found


def _trend_of(village, day):
    """Return [(day, reading)] at the end of each month with figures, oldest first."""
    rows = (
        CoverageFigure.objects.filter(
            unit__village=village, indicator=ADULTS, day__lte=day, numerator__isnull=False
        )
        .order_by("-day")
        .values_list("day", "numerator", "denominator")
    )
    by_month = {}
    for on, numerator, denominator in rows[: TREND_POINTS * 31]:
        by_month.setdefault((on.year, on.month), (on, Reading(numerator, denominator)))
    return list(by_month.values())[:TREND_POINTS][::-1]
