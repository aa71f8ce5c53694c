"""Records of phones that wait for an official."""

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from households.forms.held import DismissForm, HeldRecordForm
from households.held_content import day_of, label_of, told
from households.holding import SettledBefore, dismiss_held, record_held
from households.list_filters import HeldFilter
from households.models import HeldRecord
from households.record_kinds import kind_of
from households.taking import Conflict, Refused
from villages.access import ADMIN, COMMUNE_ROLES, OFFICIAL, for_roles, scope_of
from villages.exporting import exported, made_on_note, words_of
from villages.lists import in_order, listing
from villages.tables import Table, TableColumn

SORTS = {
    "waiting": ["is_settled", "-settled_at", "received_at"],
    "received": ["received_at"],
    "author": ["author__full_name__folded"],
    "village": ["village__number"],
    "kind": ["kind"],
    "reason": ["reason"],
}
Reason = HeldRecord.Reason
OVERTAKEN = "overtaken"
WHAT_TO_DO = {
    Reason.REVOKED_PHONE: _(
        "This phone was signed out before it sent this. Ask the author whether they wrote it, "
        "then record it."
    ),
    Reason.NO_LONGER_LEADER: _(
        "The author had handed over the village, or the account was switched off, when this "
        "arrived. If the visit took place, record it."
    ),
    Reason.REFUSED: _("Put right below what is wrong, then record it."),
    OVERTAKEN: _(
        "The visit was corrected by somebody else meanwhile. Compare them; recording this one "
        "puts it in the place of the other."
    ),
    Reason.CONFLICT: _(
        "The portal has another record with this number and different content, and kept both. "
        "Compare them; recording this one adds it beside the other."
    ),
}


@for_roles(*COMMUNE_ROLES)
@require_safe
def held_list(request):
    """List what phones sent and nobody could simply record: what waits first, oldest on top."""
    context = _listed(request)
    for held in context["page"]:
        held.day = day_of(held)
    context |= {
        "waiting": HeldRecord.objects.visible_to(request.user).waiting().count(),
        "can_write": scope_of(request.user).can_write,
    }
    return render(request, "households/held_list.html", context)


@exported("held_list", title=_("Held records from phones"))
def held_table(request):
    """Draw the held records as a table, narrowed and sorted as the page is."""
    context = _listed(request)
    return Table(
        title=gettext("Held records from phones"),
        file_name="ban-ghi-cho-xu-ly",
        notes=(made_on_note(), *words_of(context["filter"].form)),
        columns=(
            TableColumn(gettext("Record"), width=18),
            TableColumn(gettext("Date")),
            TableColumn(gettext("Why it is held"), width=40),
            TableColumn(gettext("Village"), width=22),
            TableColumn(gettext("Written by"), is_personal=True, width=26),
            TableColumn(gettext("Received"), width=18),
            TableColumn(gettext("State"), width=18),
            TableColumn(gettext("Receipt number")),
        ),
        rows=(
            [
                held.get_kind_display(),
                day_of(held),
                held.get_reason_display(),
                held.village.full_name if held.village else "",
                str(held.author),
                held.received_at,
                held.get_settlement_display() if held.settled_at else gettext("waits"),
                held.encounter.receipt if held.encounter else "",
            ]
            for held in in_order(context).iterator(chunk_size=1000)
        ),
    )


def _listed(request):
    records = (
        HeldRecord.objects.visible_to(request.user)
        .select_related("village", "author", "settled_by", "encounter")
        .annotate(is_settled=Q(settled_at__isnull=False))
    )
    return listing(request, HeldFilter(request, records), sorts=SORTS, default="waiting")


@for_roles(*COMMUNE_ROLES)
@require_safe
def held_detail(request, uuid):
    """Show a held record: what it says, why it waits, and what an official can do."""
    return _show(request, _held(request.user, uuid))


@for_roles(OFFICIAL, ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def held_record(request, uuid):
    """Record a held record in the name of whoever wrote it (POST)."""
    held = _held(request.user, uuid)
    if request.method != "POST" or held.settled_at is not None:
        return redirect("held_detail", held.uuid)
    about = told(held, request.user)
    form = HeldRecordForm(request.POST, held=held, user=request.user, household=about.household)
    if not form.is_valid():
        return _show(request, held, record_form=form)
    try:
        held = record_held(held=held, by=request.user, changes=form.changes)
    except Refused as refusal:
        form.add_error(None, _in_words(refusal.errors))
        return _show(request, held, record_form=form)
    except Conflict:
        form.add_error(None, gettext("Another record has this number. Nothing was recorded."))
        return _show(request, held, record_form=form)
    except SettledBefore:
        return redirect("held_detail", uuid)
    messages.success(
        request, gettext("It is recorded in the name of %(who)s.") % {"who": held.author}
    )
    return redirect("held_detail", held.uuid)


@for_roles(OFFICIAL, ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def held_dismiss(request, uuid):
    """Decide with a reason that a held record is not recorded (POST); it stays listed."""
    held = _held(request.user, uuid)
    if request.method != "POST" or held.settled_at is not None:
        return redirect("held_detail", held.uuid)
    form = DismissForm(request.POST)
    if not form.is_valid():
        return _show(request, held, dismiss_form=form)
    try:
        dismiss_held(held=held, note=form.cleaned_data["note"], by=request.user)
    except SettledBefore:
        return redirect("held_detail", uuid)
    messages.success(request, gettext("It is not recorded. It stays on the list with the reason."))
    return redirect("held_list")


def _held(user, uuid):
    records = HeldRecord.objects.visible_to(user).select_related(
        "commune", "village", "author", "phone", "file__uploaded_by", "settled_by", "encounter"
    )
    return get_object_or_404(records, uuid=uuid)


def _show(request, held, record_form=None, dismiss_form=None):
    about = told(held, request.user)
    can_write = scope_of(request.user).can_write and held.settled_at is None
    refused = record_form is not None or dismiss_form is not None
    context = {
        "held": held,
        "about": about,
        "errors": _in_words(held.errors),
        "can_write": can_write,
        "reason_help": _advice(held),
        # Only what was refused, then or now, needs something put right.
        "may_change": held.reason == HeldRecord.Reason.REFUSED or record_form is not None,
        "record_form": record_form
        or HeldRecordForm(held=held, user=request.user, household=about.household),
        "dismiss_form": dismiss_form or DismissForm(),
    }
    return render(request, "households/held_detail.html", context, status=400 if refused else 200)


def _advice(held):
    """Return what an official can do about a held record, in words."""
    added = kind_of(held.kind)
    return (added.advice if added else {}).get(held.reason) or WHAT_TO_DO[_situation(held)]


def _situation(held):
    correction = held.kind == HeldRecord.Kind.CORRECTION
    return OVERTAKEN if correction and held.reason == Reason.CONFLICT else held.reason


def _in_words(errors):
    """Return [«Date: this day has not come yet»] of what a form or a phone was told."""
    found = []
    for name, texts in (errors if isinstance(errors, dict) else {}).items():
        label = label_of(name)
        found += [f"{label}: {text}" if label else str(text) for text in texts]
    return found
