"""The households in reach, with what makes one look for them."""

from itertools import islice

from auditlog.signals import accessed
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from households.doubt_words import with_details
from households.finding import found_households, sorted_households
from households.forms.filters import HouseholdFilter
from households.handing import open_lists_with
from households.models import Household, Resident
from households.rungs import is_adult, rungs_of
from households.views.household_form import may_write, visible_household
from households.views.visit_list import open_doubts
from households.worklist import facts_of, reasons_for
from villages.access import ADMIN, COMMUNE_ROLES, EVERYONE, OFFICIAL, for_roles, scope_of
from villages.exporting import exported, made_on_note, words_of
from villages.periods import today
from villages.tables import Table, TableColumn

PER_PAGE = 50
AT_ONCE = 500


@for_roles(*EVERYONE)
@require_safe
def household_list(request):
    """List households: found by number or name without accents, filtered, sorted, paged."""
    chosen, rows = _found(request)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    _say_why(page, with_poverty=scope_of(request.user).can_write)
    context = {
        "filter": chosen,
        "page": page,
        "sort": chosen.sort,
        "several_villages": len(chosen.villages) > 1,
        "can_add": any(village.is_writable for village in chosen.villages),
        "can_hand": scope_of(request.user).role in (OFFICIAL, ADMIN),
    }
    return render(request, "households/household_list.html", context)


@exported("household_list", title=_("Households"))
def household_table(request):
    """Draw the list of households as a table, narrowed and sorted as the page is."""
    chosen, rows = _found(request)
    return Table(
        title=_("Households"),
        file_name="ho-dan",
        notes=(made_on_note(), *words_of(chosen)),
        columns=(
            TableColumn(_("Village"), width=22),
            TableColumn(_("Household")),
            TableColumn(_("Household head"), is_personal=True, width=26),
            TableColumn(_("Household members")),
            TableColumn(_("Smart device")),
            TableColumn(_("Connection")),
            TableColumn(_("Last home visit")),
            TableColumn(_("Promised return")),
            TableColumn(_("Why visit"), width=40),
        ),
        rows=(
            [
                household.village.full_name,
                household.number,
                household.head.full_name if household.head else "",
                household.members,
                household.smart_device,
                household.get_connection_display() if household.connection else "",
                household.last_visit_on,
                household.promised_on,
                str(household.why or ""),
            ]
            for household in _with_why(rows, scope_of(request.user).can_write)
        ),
    )


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
        .select_related("author", "member")
        .newest_first()[:50],
        "observations": household.observations.select_related("observed_by")[:20],
        "places": household.places.select_related("village").order_by("-from_on"),
        "can_write": may_write(request.user, household),
        "reasons": _reasons_of(household, may_write(request.user, household)),
        "lists": open_lists_with(household, request.user),
        "doubts": with_details(_doubts_of(household, request.user)),
    }
    return render(request, "households/household_detail.html", context)


def _found(request):
    """Return the filter and the households that answer it, in order."""
    chosen = HouseholdFilter(request.GET or None, user=request.user)
    households = found_households(Household.objects.visible_to(request.user), chosen.found)
    members = Resident.objects.present().order_by("-is_head", "birth_year", "pk")
    rows = sorted_households(households, chosen.sort).prefetch_related(
        Prefetch("residents", members)
    )
    return chosen, rows


def _with_why(rows, with_poverty):
    """Yield households with the first reason to visit each, some hundred at a time."""
    households = rows.iterator(chunk_size=AT_ONCE)
    while some := list(islice(households, AT_ONCE)):
        _say_why(some, with_poverty=with_poverty)
        yield from some


def _say_why(page, *, with_poverty):
    """Give each household of a page the first reason to visit it."""
    shown = Household.objects.filter(pk__in=[household.pk for household in page])
    why = {
        facts.household.pk: next(iter(reasons_for(facts, today(), with_poverty=with_poverty)), None)
        for facts in facts_of(shown, today())
    }
    for household in page:
        household.why = why.get(household.pk)


def _doubts_of(household, user):
    """Return the open doubts of a household, for those who may open the list of doubts."""
    if scope_of(user).role not in COMMUNE_ROLES:
        return []
    return open_doubts(user).filter(Q(encounter__household=household) | Q(household=household))


def _reasons_of(household, with_poverty):
    known = facts_of(Household.objects.filter(pk=household.pk), today())
    return [
        reason
        for facts in known
        for reason in reasons_for(facts, today(), with_poverty=with_poverty)
    ]
