"""Sign-in cards: choosing leaders, issuing and printing, withdrawing one."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from villages.access import ADMIN, OFFICIAL, for_roles
from villages.card_sheets import card_sheet
from villages.cards import issue_card, withdraw_card
from villages.exporting import exported, made_on_note, words_of
from villages.leader_forms import CardsForm, LeaderFilter
from villages.leaders import leaders_of
from villages.lists import ROWS_PER_PAGE, in_order, listing_of
from villages.models import SignInCard
from villages.tables import Table, TableColumn
from villages.text import fold

ON_AN_A4 = 4
KEYS = {
    "name": lambda row: fold(str(row.user)),
    "village": lambda row: (row.commune.code, row.villages[0].number),
    "phones": lambda row: len(row.phones),
    "seen": lambda row: row.last_seen_at,
    "card": lambda row: row.card and row.card.issued_at,
}


@for_roles(OFFICIAL, ADMIN)
@require_GET
def card_list(request):
    """Show the team leaders with their phones and cards, to choose who gets a card."""
    context = _listed(request)
    context |= {
        "chosen": request.GET.get("chon", ""),
        "several_communes": len({row.commune.pk for row in context["rows"]}) > 1,
    }
    return render(request, "villages/card_list.html", context)


@exported("card_list", title=gettext_lazy("Sign-in cards"), roles=(OFFICIAL, ADMIN))
def card_table(request):
    """Draw the team leaders with their phones and cards as a table; no code is in it."""
    context = _listed(request)
    return Table(
        title=_("Sign-in cards"),
        file_name="the-dang-nhap",
        notes=(made_on_note(), *words_of(context["filter"])),
        columns=(
            TableColumn(_("Team leader"), is_personal=True, width=26),
            TableColumn(_("Village"), width=30),
            TableColumn(_("Phones")),
            TableColumn(_("Last seen"), width=18),
            TableColumn(_("Last card"), width=18),
            TableColumn(_("Expires"), width=18),
            TableColumn(_("Used"), width=18),
            TableColumn(_("Withdrawn"), width=18),
        ),
        rows=(
            [
                str(row.user),
                ", ".join(village.full_name for village in row.villages),
                len(row.phones),
                row.last_seen_at,
                *(
                    getattr(row.card, name, None)
                    for name in ("issued_at", "expires_at", "used_at", "withdrawn_at")
                ),
            ]
            for row in in_order(context)
        ),
    )


def _listed(request):
    chosen = LeaderFilter(request.GET or None)
    rows = chosen.kept(leaders_of(request.user))
    context = listing_of(request, rows, keys=KEYS, default="village")
    if "page" not in request.GET:
        context["page"] = _page_of_chosen(context["page"], request.GET.get("chon", ""))
    return context | {"filter": chosen}


def _page_of_chosen(page, chosen):
    """Return the page on which the leader stands for whom somebody came here."""
    found = [str(row.user.pk) for row in page.paginator.object_list]
    at = found.index(chosen) if chosen in found else 0
    return page.paginator.get_page(at // ROWS_PER_PAGE + 1)


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
