"""Cards of households: printed for a village, and the address that a card's code holds."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from households.holding import as_uuid
from households.household_cards import cards_of, on_pages
from households.models import Household
from households.views.household_form import visible_household
from villages.access import EVERYONE, TEAM_LEADER, for_roles, scope_of
from villages.models import Village
from villages.periods import today


@for_roles(*EVERYONE)
@require_safe
def household_cards(request):
    """Show the cards of a village's households to print: ``?village=``, or one ``?household=``.

    Without either, whoever reaches several villages chooses one.
    """
    villages = Village.objects.visible_to(request.user).on(today()).order_by("number", "pk")
    chosen = request.GET.get("household", "")
    if chosen:
        households = [visible_household(request.user, as_uuid(chosen))]
        village = households[0].village
    else:
        village = _village(request.GET.get("village", ""), villages)
        households = _households(request.user, village)
    cards = cards_of(households, request)
    context = {
        "village": village,
        "villages": villages,
        "card_count": len(cards),
        "pages": on_pages(cards),
        "one": households[0] if chosen else None,
    }
    return render(request, "households/household_cards.html", context)


@for_roles(*EVERYONE)
@require_safe
def household_card(request, uuid):
    """Lead from a card's code to its household: on a leader's phone, or on the desk's page."""
    household = visible_household(request.user, uuid)
    if scope_of(request.user).role == TEAM_LEADER:
        return redirect(f"{reverse('field')}#/household/{household.uuid}")
    return redirect("household_detail", household.uuid)


def _village(wanted, villages):
    if not wanted:
        return villages[0] if len(villages) == 1 else None
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 16):
        raise Http404
    return get_object_or_404(villages, pk=wanted)


def _households(user, village):
    if village is None:
        return []
    households = Household.objects.visible_to(user).filter(village=village)
    return list(
        households.select_related("village__commune")
        .prefetch_related("residents")
        .order_by("number", "pk")
    )
