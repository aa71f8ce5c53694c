"""What stands behind one figure: its meaning, its sources, who counts and who does not yet."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_GET

from reports.counted import (
    BY_VILLAGE,
    NOT_YET,
    SORTS,
    choice_in,
    live_figure,
    page_behind,
)
from reports.dashboard import unit_text
from reports.indicators import Place, indicator_by_code
from reports.periods import day_asked_for
from reports.views.places import place_asked_for
from villages.access import EVERYONE, TEAM_LEADER, for_roles, scope_of
from villages.models import Village
from villages.percent import percent
from villages.periods import today
from villages.targets import target_for

KINDS_OF_A_VILLAGE = ("residents", "households")


@for_roles(*EVERYONE)
@require_GET
def figure(request, indicator):
    """Open a figure of a commune or village as of a day."""
    found = indicator_by_code(indicator)
    if found is None:
        raise Http404
    commune, village = place_asked_for(request)
    is_leader = scope_of(request.user).role == TEAM_LEADER
    if is_leader and found.kind not in KINDS_OF_A_VILLAGE:
        raise PermissionDenied
    day, problem = day_asked_for(request.GET.get("ngay", ""))
    place = Place(commune.pk, village.pk if village else None)
    choice = choice_in(request.GET, found.kind)
    target = target_for(found.code, commune, village, day.year)
    live = live_figure(found, place, day, target.percent if target else None)
    villages = list(Village.objects.filter(commune=commune).order_by("number", "-from_on"))
    names = {known.pk: known.full_name for known in villages}
    context = {
        "commune": commune,
        "is_demo": commune.is_demo,
        "village": village,
        "indicator": found,
        "day": day,
        "is_past": day < today(),
        "problem": problem,
        "live": live,
        "target": target,
        "numerator_text": unit_text(found, live.numerator),
        "denominator_text": unit_text(found, live.denominator),
        "gap_text": unit_text(found, live.gap),
        "missing_text": unit_text(found, live.missing or 0),
        "choice": choice,
        "is_leader": is_leader,
        "tabs": tabs_of(request, choice, live, with_villages=village is None),
        "villages": [] if is_leader else villages_on(villages, day),
        "list_template": f"reports/_figure_{found.kind}.html",
        "sorts": SORTS[found.kind],
        "sort": choice.sort,
    }
    if choice.tab == BY_VILLAGE and village is None:
        context["by_village"] = by_village(request, live, names)
    else:
        page = page_behind(found, place, day, choice, live, request.GET.get("page"))
        note_villages(page.object_list, names, request.user)
        context["page"] = page
    return render(request, "reports/figure.html", context)


def tabs_of(request, choice, live, *, with_villages):
    """Return [(tab, count, address, whether it is open)]."""
    counts = {NOT_YET: live.gap, "dat": live.numerator}
    if with_villages:
        counts[BY_VILLAGE] = None
    kept = {
        name: request.GET[name]
        for name in ("ngay", "xa", "ban", "tim", "tuoi")
        if name in request.GET
    }
    return [
        (tab, count, f"?{urlencode({**kept, 'the': tab})}", tab == choice.tab)
        for tab, count in counts.items()
    ]


def villages_on(villages, day):
    return [v for v in villages if v.from_on <= day and (v.to_on is None or v.to_on >= day)]


def by_village(request, live, names):
    """Return the villages' own figures, the lowest first; no share sorts last."""
    asked = {name: request.GET[name] for name in ("ngay",) if name in request.GET}
    rows = [
        {
            "name": names.get(pk),
            "url": f"?{urlencode({**asked, 'ban': pk})}" if pk else "",
            "numerator": numerator,
            "denominator": denominator,
            "percent": percent(numerator, denominator, live.target),
            "gap": denominator - numerator,
        }
        for pk, (numerator, denominator) in live.by_village.items()
    ]
    return sorted(rows, key=lambda row: (row["percent"] is None, row["percent"] or 0))


def note_villages(rows, names, user):
    """Name each row's village on the day, and say whether its own page may be opened."""
    scope = scope_of(user)
    for row in rows:
        row.village_name = names.get(getattr(row, "village_on_day", None), "")
        household = row if hasattr(row, "village_id") else getattr(row, "household", None)
        if household is not None and hasattr(household, "village"):
            row.may_open = (
                scope.everything
                or household.village.commune_id in scope.communes
                or household.village_id in scope.villages
            )
