"""The households in reach, with what makes one look for them."""

from auditlog.signals import accessed
from django.core.paginator import Paginator
from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, Subquery
from django.shortcuts import render
from django.views.decorators.http import require_safe

from households.forms.filters import HouseholdFilter
from households.models import OLDER_AGE, Encounter, Household, PersonMet, Resident
from households.rungs import is_adult, rungs_of
from households.views.household_form import may_write, visible_household
from villages.access import EVERYONE, for_roles
from villages.periods import today

PER_PAGE = 50
SORTS = {
    "number": ["village__number", "number"],
    "head": ["head_name", "village__number", "number"],
    "members": ["members", "village__number", "number"],
    "visited": ["last_visit_on", "village__number", "number"],
}


@for_roles(*EVERYONE)
@require_safe
def household_list(request):
    """List households: found by number or name without accents, filtered, sorted, paged."""
    chosen = HouseholdFilter(request.GET or None, user=request.user)
    found = chosen.found
    households = _filtered(Household.objects.visible_to(request.user), found)
    page = Paginator(_sorted(households, chosen.sort), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": chosen,
        "page": page,
        "sort": chosen.sort,
        "several_villages": len(chosen.villages) > 1,
        "can_add": any(village.is_writable for village in chosen.villages),
    }
    return render(request, "households/household_list.html", context)


@for_roles(*EVERYONE)
@require_safe
def household_detail(request, uuid):
    """Show one household: its members with their rungs, its visits, what was observed.

    That somebody looked is kept in the log.
    """
    household = visible_household(request.user, uuid)
    accessed.send(sender=Household, instance=household)
    present = Resident.objects.present().filter(household=household)
    rungs = rungs_of(present, today())
    members = list(present.order_by("-is_head", "birth_year", "pk"))
    for member in members:
        member.rungs = rungs[member.pk]
        member.age = member.age_on(today())
        member.is_adult = is_adult(member.birth_year, today())
    context = {
        "household": household,
        "members": members,
        "former": household.residents.exclude(status=Resident.Status.PRESENT),
        "visits": household.encounters.visible_to(request.user)
        .select_related("author")
        .newest_first()[:50],
        "observations": household.observations.select_related("observed_by")[:20],
        "places": household.places.select_related("village").order_by("-from_on"),
        "can_write": may_write(request.user, household),
    }
    return render(request, "households/household_detail.html", context)


def _filtered(households, found):
    households = households.search(found.get("q") or "")
    if found.get("village"):
        households = households.filter(village=found["village"])
    show = found.get("show")
    met = PersonMet.objects.filter(resident__household=OuterRef("pk"), resident__status="present")
    visits = Encounter.objects.standing().home_visits().filter(household=OuterRef("pk"))
    older = Resident.objects.present().filter(
        household=OuterRef("pk"), birth_year__lte=today().year - OLDER_AGE
    )
    conditions = {
        "not_visited": ~Exists(visits),
        "not_reached": ~Exists(met),
        "older": Exists(older),
        "poor": Q(poverty__in=["poor", "near_poor"]),
        "no_device": Q(smart_device=False),
    }
    return households.filter(conditions[show]) if show else households


def _sorted(households, sort):
    visits = Encounter.objects.standing().home_visits().filter(household=OuterRef("pk"))
    head = Resident.objects.present().filter(household=OuterRef("pk"), is_head=True)
    last = visits.order_by().values("household").annotate(last=Max("held_on")).values("last")
    households = households.annotate(
        last_visit_on=Subquery(last),
        head_name=Subquery(head.order_by().values("name_folded")[:1]),
        members=Count("residents", filter=Q(residents__status="present")),
    )
    names = SORTS[sort.removeprefix("-")]
    first = f"-{names[0]}" if sort.startswith("-") else names[0]
    members = Resident.objects.present().order_by("-is_head", "birth_year", "pk")
    return (
        households.order_by(first, *names[1:], "pk")
        .select_related("village")
        .prefetch_related(Prefetch("residents", members))
    )
