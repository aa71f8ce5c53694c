"""The records that somebody should look at."""

from itertools import islice

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from households.doubt_words import with_details
from households.forms.doubt_filter import DoubtFilter
from households.models import Doubt, Encounter, Household
from households.views.visit_list import open_doubts
from villages.access import COMMUNE_ROLES, for_roles, scope_of
from villages.exporting import exported, made_on_note, words_of
from villages.lists import ROWS_PER_PAGE, containing, ordering
from villages.tables import Table, TableColumn

AT_ONCE = 100
SORTS = {
    "noted": ["noted_at"],
    "kind": ["kind", "noted_at"],
    "village": ["village_number", "noted_at"],
    "held": ["encounter__held_on", "noted_at"],
    "author": ["encounter__author__full_name__folded", "noted_at"],
}


@for_roles(*COMMUNE_ROLES)
@require_safe
def doubt_list(request):
    """List the open doubts, the oldest first, each with what it is about beside it."""
    chosen, doubts = _found(request)
    page = Paginator(doubts, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = with_details(page.object_list)
    context = {
        "filter": chosen,
        "page": page,
        "sort": chosen.sort,
        "can_write": scope_of(request.user).can_write,
    }
    return render(request, "households/doubt_list.html", context)


@exported("doubt_list", title=gettext_lazy("Doubtful records"))
def doubt_table(request):
    """Draw the open doubts as a table, narrowed and sorted as the page is."""
    chosen, doubts = _found(request)
    return Table(
        title=_("Doubtful records"),
        file_name="ban-ghi-can-xem-lai",
        notes=(made_on_note(), *words_of(chosen)),
        columns=(
            TableColumn(_("Receipt number")),
            TableColumn(_("What is doubtful"), width=40),
            TableColumn(_("Details"), is_personal=True, width=60),
            TableColumn(_("Village"), width=22),
            TableColumn(_("Household")),
            TableColumn(_("Guided by"), is_personal=True, width=26),
            TableColumn(_("Date")),
            TableColumn(_("Received"), width=18),
        ),
        rows=(_row(doubt) for doubt in _with_details(doubts)),
    )


def _row(doubt):
    visit = doubt.encounter
    return [
        visit.receipt if visit else "",
        doubt.get_kind_display(),
        "; ".join(str(detail.text) for detail in doubt.details),
        doubt.village.full_name if doubt.village else "",
        doubt.about.number if doubt.about else None,
        visit.guided_by if visit else "",
        visit.held_on if visit else None,
        visit.received_at if visit else doubt.noted_at,
    ]


def _with_details(doubts):
    rows = doubts.iterator(chunk_size=AT_ONCE)
    while some := list(islice(rows, AT_ONCE)):
        yield from with_details(some)


def _found(request):
    """Return the filter and the open doubts that answer it, in order."""
    doubts = open_doubts(request.user)
    counts = dict(doubts.order_by().values_list("kind").annotate(Count("pk")))
    chosen = DoubtFilter(request.GET or None, user=request.user, counts=counts)
    found, sort = chosen.found, chosen.sort
    if found.get("kind"):
        doubts = doubts.filter(kind=found["kind"])
    if found.get("village"):
        village = found["village"]
        doubts = doubts.filter(Q(encounter__village=village) | Q(household__village=village))
    if found.get("q"):
        doubts = doubts.filter(_is_about(found["q"], doubts, request.user))
    doubts = doubts.annotate(
        village_number=Coalesce("encounter__village__number", "household__village__number")
    )
    first, *others = SORTS[sort.removeprefix("-")]
    by = ordering(Doubt, f"-{first}" if sort.startswith("-") else first)
    return chosen, doubts.order_by(by, *others, "pk")


def _is_about(text, doubts, user):
    """Return the condition that a doubt's household, author or receipt is meant by a text."""
    households = Household.objects.visible_to(user).search(text).order_by().values("pk")
    wanted = Q(encounter__household__in=households) | Q(household__in=households)
    guided = containing(
        doubts, text, "encounter__author__full_name", "encounter__member__full_name"
    )
    wanted |= Q(pk__in=guided.order_by().values("pk"))
    receipt = Encounter.pk_of_receipt(text)
    return wanted if receipt is None else wanted | Q(encounter=receipt)
