"""The visits in reach, and those that somebody should look at."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe

from households.doubt_words import with_details
from households.doubting import settle_doubt
from households.forms.filters import VisitFilter
from households.forms.settling import SettlementForm
from households.models import Doubt, Encounter, HeldRecord, Household
from villages.access import (
    ADMIN,
    EVERYONE,
    OFFICIAL,
    TEAM_LEADER,
    for_roles,
    scope_of,
)
from villages.exporting import exported, made_on_note, words_of
from villages.lists import ordering
from villages.tables import Table, TableColumn

PER_PAGE = 50
SORTS = {
    "held": ["held_on"],
    "received": ["received_at"],
    "village": ["village__number", "-held_on"],
    "author": ["author__full_name__folded", "-held_on"],
}


@for_roles(*EVERYONE)
@require_safe
def visit_list(request):
    """List the visits in reach; a team leader's are those of the village."""
    chosen, visits = _found(request)
    page = Paginator(visits, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "held_waiting": HeldRecord.objects.visible_to(request.user).waiting().count(),
        "filter": chosen,
        "page": page,
        "sort": chosen.sort,
        "several_villages": len(chosen.villages) > 1,
        "can_write": scope_of(request.user).can_write,
        "is_desk": scope_of(request.user).role != TEAM_LEADER,
    }
    return render(request, "households/visit_list.html", context)


@exported("visit_list", title=_lazy("Visits"))
def visit_table(request):
    """Draw the list of visits as a table, narrowed and sorted as the page is."""
    chosen, visits = _found(request)
    return Table(
        title=_("Visits"),
        file_name="luot-tham",
        notes=(made_on_note(), *words_of(chosen)),
        columns=(
            TableColumn(_("Receipt number")),
            TableColumn(_("Date")),
            TableColumn(_("Village"), width=22),
            TableColumn(_("Household")),
            TableColumn(_("Where it was"), width=18),
            TableColumn(_("Guided by"), is_personal=True, width=26),
            TableColumn(_("Typed in by"), is_personal=True, width=26),
            TableColumn(_("Received"), width=18),
            TableColumn(_("State")),
        ),
        rows=(
            [
                visit.receipt,
                visit.held_on,
                visit.village.full_name if visit.village else "",
                visit.household.number if visit.household else None,
                visit.get_occasion_display(),
                visit.guided_by,
                str(visit.typed_by) if visit.is_typed_in else "",
                visit.received_at,
                _state_of(visit),
            ]
            for visit in visits.iterator(chunk_size=1000)
        ),
    )


@for_roles(OFFICIAL, ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def doubt_settle(request, pk):
    """Keep a doubtful record as it is, with a word why."""
    doubt = get_object_or_404(
        Doubt.objects.visible_to(request.user).select_related(
            "encounter__household__village", "household__village"
        ),
        pk=pk,
    )
    if not Doubt.objects.writable_by(request.user).filter(pk=doubt.pk).exists():
        raise PermissionDenied
    form = SettlementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        settle_doubt(doubt=doubt, settlement=form.cleaned_data["settlement"], by=request.user)
        messages.success(
            request,
            _("%(record)s is kept as it is.") % {"record": doubt.title},
        )
        return redirect("doubt_list")
    status = 400 if request.method == "POST" else 200
    [doubt] = with_details([doubt])
    context = {"form": form, "doubt": doubt, "visit": doubt.encounter}
    return render(request, "households/doubt_settle.html", context, status=status)


def open_doubts(user):
    """Return the doubts in reach that nobody has settled."""
    return (
        Doubt.objects.visible_to(user)
        .open()
        .select_related(
            "encounter__household",
            "encounter__village",
            "encounter__author",
            "encounter__member",
            "household__village",
        )
        .order_by("noted_at", "pk")
    )


def _found(request):
    """Return the filter and the visits that answer it, in order."""
    chosen = VisitFilter(request.GET or None, user=request.user)
    visits = Encounter.objects.visible_to(request.user)
    visits = _filtered(visits, chosen.found, request.user).order_by(*_order(chosen.sort))
    return chosen, visits.select_related("household", "village", "author", "member", "typed_by")


def _state_of(visit):
    if visit.voided_at:
        return _("void")
    return _("corrected") if visit.version > 1 else _("counts")


def _filtered(visits, found, user):
    if found.get("first_on"):
        visits = visits.filter(held_on__gte=found["first_on"])
    if found.get("last_on"):
        visits = visits.filter(held_on__lte=found["last_on"])
    for name in ("village", "occasion", "author"):
        if found.get(name):
            visits = visits.filter(**{name: found[name]})
    states = {
        "standing": Q(voided_at__isnull=True),
        "voided": Q(voided_at__isnull=False),
        "corrected": Q(version__gt=1),
        "doubtful": Q(pk__in=Doubt.objects.open().exclude(encounter=None).values("encounter")),
    }
    if found.get("state"):
        visits = visits.filter(states[found["state"]])
    text = found.get("q") or ""
    if text:
        households = Household.objects.visible_to(user).search(text)
        condition = Q(household__in=households.order_by().values("pk"))
        receipt = Encounter.pk_of_receipt(text)
        if receipt is not None:
            condition |= Q(pk=receipt)
        visits = visits.filter(condition)
    return visits


def _order(sort):
    first, *others = SORTS[sort.removeprefix("-")]
    down = sort.startswith("-")
    by = f"-{first}" if down else first
    # Days are never empty, and plain they are read off an index.
    by = ordering(Encounter, by) if "__" in first else by
    return [by, *others, "-pk" if down else "pk"]
