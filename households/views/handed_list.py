"""The lists handed to villages, those handed over at once together."""

from dataclasses import dataclass, field

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from households.handing import ListProgress, is_late, progress_of_lists, shown_title
from households.list_filters import HandedFilter
from households.models import HandedList
from villages.access import ADMIN, COMMUNE_ROLES, EVERYONE, OFFICIAL, for_roles, scope_of
from villages.exporting import exported, made_on_note, words_of
from villages.lists import in_order, listing_of
from villages.tables import Table, TableColumn
from villages.text import fold

LONGEST_SHOWN = 6
KEYS = {
    "handed": lambda handing: handing.handed.handed_on,
    "title": lambda handing: fold(handing.title),
    "due": lambda handing: handing.handed.due_on,
    "open": lambda handing: handing.progress.open,
}
ORDERS = (
    ("-handed", gettext_lazy("Newest first")),
    ("due", gettext_lazy("Due first")),
    ("-open", gettext_lazy("Most left first")),
    ("title", gettext_lazy("By title")),
)


@dataclass
class Handing:
    """Lists handed over at once, one per village, and how far they have come together."""

    title: str
    handed: HandedList
    rows: list = field(default_factory=list)
    progress: ListProgress = field(default_factory=ListProgress)

    @property
    def is_late(self):
        return is_late(self.handed, self.progress)

    @property
    def is_long(self):
        return len(self.rows) > LONGEST_SHOWN


@for_roles(*EVERYONE)
@require_safe
def handed_list(request):
    """Show the lists in reach with what is left of each, those handed over at once together."""
    context = _listed(request)
    context |= {
        "orders": ORDERS,
        "can_hand": scope_of(request.user).role in (OFFICIAL, ADMIN),
        "is_desk": scope_of(request.user).role in COMMUNE_ROLES,
    }
    return render(request, "households/handed_list.html", context)


@exported("handed_list", title=gettext_lazy("Handed lists"))
def handed_table(request):
    """Draw the lists as a table, one row for each village, narrowed and sorted as the page."""
    context = _listed(request)
    return Table(
        title=_("Handed lists"),
        file_name="danh-sach-giao-to",
        notes=(made_on_note(), *words_of(context["filter"])),
        columns=(
            TableColumn(_("Title"), width=36),
            TableColumn(_("Village"), width=22),
            TableColumn(_("Handed over on")),
            TableColumn(_("Due on")),
            TableColumn(_("Handed over by"), is_personal=True, width=26),
            TableColumn(_("Households")),
            TableColumn(_("Visited since")),
            TableColumn(_("Left to visit")),
            TableColumn(_("Stand elsewhere by now")),
            TableColumn(_("Overdue")),
            TableColumn(_("Closed on"), width=18),
        ),
        rows=(
            [
                handing.title,
                handed.village.full_name,
                handed.handed_on,
                handed.due_on,
                str(handed.handed_by or ""),
                progress.total,
                progress.done,
                progress.open,
                progress.elsewhere,
                is_late(handed, progress),
                handed.closed_at,
            ]
            for handing in in_order(context)
            for handed, progress in handing.rows
        ),
    )


def _listed(request):
    chosen = HandedFilter(request.GET or None, user=request.user)
    shows_closed = chosen.found.get("show") == "closed"
    lists = HandedList.objects.visible_to(request.user).filter(closed_at__isnull=not shows_closed)
    context = listing_of(request, _handings(lists, chosen), keys=KEYS, default="-handed")
    return context | {"filter": chosen, "shows_closed": shows_closed}


def _handings(lists, chosen):
    lists = list(
        lists.select_related("village__commune", "handed_by").order_by(
            "-handed_on", "title", "village__number", "pk"
        )
    )
    progress, together = progress_of_lists(lists), {}
    for handed in lists:
        if not chosen.keeps(handed, progress[handed.pk]):
            continue
        act = (handed.handed_on, handed.title, handed.due_on, handed.handed_by_id)
        if act not in together:
            together[act] = Handing(shown_title(handed, chosen.user), handed)
        together[act].rows.append((handed, progress[handed.pk]))
        together[act].progress += progress[handed.pk]
    for handing in together.values():
        handing.rows.sort(key=lambda row: (-row[1].open, row[0].village.number))
    return list(together.values())
