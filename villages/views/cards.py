"""Sign-in cards: choosing leaders, issuing and printing, withdrawing one."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from villages.access import ADMIN, OFFICIAL, for_roles
from villages.card_sheets import card_sheet
from villages.cards import issue_card, withdraw_card
from villages.leader_forms import CardsForm
from villages.leaders import leaders_of
from villages.models import SignInCard

WITHOUT_PHONE = "chua-co-dien-thoai"
ON_AN_A4 = 4


@for_roles(OFFICIAL, ADMIN)
@require_GET
def card_list(request):
    """Show the team leaders with their phones and cards, to choose who gets a card."""
    rows = leaders_of(request.user)
    kept = request.GET.get("loc")
    if kept == WITHOUT_PHONE:
        rows = [row for row in rows if not row.phones]
    context = {
        "rows": rows,
        "kept": kept,
        "chosen": request.GET.get("chon", ""),
        "several_communes": len({row.commune.pk for row in rows}) > 1,
    }
    return render(request, "villages/card_list.html", context)


@for_roles(OFFICIAL, ADMIN)
@require_POST
def card_issue(request):
    """Issue cards and show them once, to print; ask first when one replaces an open card."""
    form = CardsForm(request.POST, user=request.user)
    if not form.is_valid():
        messages.error(request, _("Choose at least one team leader."))
        return redirect("card_list")
    people = set(form.cleaned_data["people"])
    rows = [row for row in leaders_of(request.user) if row.user in people and row.may_have_card]
    replaced = [row for row in rows if row.card and row.card.is_open]
    if replaced and not form.cleaned_data["confirmed"]:
        return render(request, "villages/card_confirm.html", {"rows": rows, "replaced": replaced})
    with transaction.atomic():
        issued = [issue_card(user=row.user, commune=row.commune, by=request.user) for row in rows]
    sheets = [card_sheet(card, code, request) for card, code in issued]
    pages = [sheets[n : n + ON_AN_A4] for n in range(0, len(sheets), ON_AN_A4)]
    context = {"pages": pages, "sheet_count": len(sheets)}
    response = render(request, "villages/card_print.html", context)
    response["Cache-Control"] = "no-store, private"
    return response


@for_roles(OFFICIAL, ADMIN)
@require_http_methods(["GET", "POST"])
def card_withdraw(request, pk):
    """Withdraw a card, after asking; a session that it opened ends too."""
    cards = SignInCard.objects.writable_by(request.user).select_related("user")
    card = get_object_or_404(cards, pk=pk)
    if request.method == "POST":
        withdraw_card(card=card)
        messages.success(request, _("The card is withdrawn. It opens nothing any more."))
        return redirect("card_list")
    return render(request, "villages/card_withdraw.html", {"card": card})
