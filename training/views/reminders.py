"""Reminders by e-mail: choose, look at every mail, send, and see what became of them."""

from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from training.forms.agencies import ReminderForm, SendForm
from training.models import Agency, Reminder, ReminderMail
from training.reminding import order_reminder, send_again, send_failed_again, write_letters
from training.requirements import required_on
from training.staff_filters import ReminderFilter
from training.unfinished import agencies_with_progress
from training.views.sessions import form_methods
from villages.access import ADMIN, COMMUNE_ROLES, OFFICIAL, for_roles
from villages.answers import writes
from villages.exporting import exported, made_on_note, words_of
from villages.lists import in_order, listing
from villages.periods import today
from villages.refusals import ChangeRefused
from villages.tables import Table, TableColumn

State = ReminderMail.State
SORTS = {
    "when": ["made_at"],
    "to": ["to", "-made_at"],
    "who": ["made_by__full_name__folded", "-made_at"],
    "sent": ["sent", "-made_at"],
    "failed": ["failed", "-made_at"],
}


@for_roles(*COMMUNE_ROLES)
@require_GET
def staff_reminder_list(request):
    """List the reminders sent: who, when, how many mails, how many failed."""
    context = _listed(request) | {"may_write": writes(request.user)}
    return render(request, "training/staff_reminder_list.html", context)


@exported("staff_reminder_list", title=gettext_lazy("Reminders by e-mail"))
def staff_reminder_table(request):
    """Draw the reminders as a table, narrowed and sorted as the page is."""
    context = _listed(request)
    return Table(
        title=_("Reminders by e-mail"),
        file_name="nhac-qua-thu-dien-tu",
        notes=(made_on_note(), *words_of(context["filter"].form)),
        columns=(
            TableColumn(_("When"), width=18),
            TableColumn(_("Sent to"), width=26),
            TableColumn(_("Sent by"), is_personal=True, width=26),
            TableColumn(_("Mails")),
            TableColumn(_("Mails sent")),
            TableColumn(_("Not sent")),
        ),
        rows=(
            [
                one.made_at,
                one.get_to_display(),
                str(one.made_by or ""),
                one.mail_count,
                one.sent,
                one.failed,
            ]
            for one in in_order(context).iterator(chunk_size=1000)
        ),
    )


def _listed(request):
    reminders = (
        Reminder.objects.visible_to(request.user)
        .select_related("made_by")
        .annotate(
            mail_count=Count("mails"),
            sent=Count("mails", filter=Q(mails__state=State.SENT)),
            failed=Count("mails", filter=Q(mails__state__in=[State.FAILED, State.UNKNOWN])),
        )
    )
    return listing(request, ReminderFilter(request, reminders), sorts=SORTS, default="-when")


@for_roles(OFFICIAL, ADMIN)
@form_methods
def staff_reminder_add(request):
    """Choose whom to remind and look at every mail; a POST sends exactly what was seen."""
    day = today()
    agencies = _agencies(request.user, day)
    asked = request.POST if request.method == "POST" else request.GET
    is_asked = request.method == "POST" or "to" in request.GET
    form = ReminderForm(asked if is_asked else None, agencies=agencies, initial=_all(agencies))
    written, sending = None, None
    if is_asked and form.is_valid():
        chosen = form.cleaned_data
        written = write_letters(
            chosen["agency"], to=chosen["to"], day=day, finish_by=chosen["finish_by"]
        )
        sending = SendForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and sending.is_valid():
            try:
                reminder = _order(request, chosen, written, sending)
            except ChangeRefused as refusal:
                form.add_error(None, refusal.message)
            else:
                return redirect("staff_reminder_detail", uuid=reminder.uuid)
        sending = SendForm(initial={"seen": written.seal})
    return render(
        request,
        "training/staff_reminder_add.html",
        {
            "form": form,
            "written": written,
            "sending": sending,
            "agencies": agencies,
            "required": required_on(day),
        },
    )


def _order(request, chosen, written, sending):
    return order_reminder(
        written,
        uuid=sending.cleaned_data["uuid"],
        commune=chosen["agency"][0].commune,
        to=chosen["to"],
        finish_by=chosen["finish_by"],
        seen=sending.cleaned_data["seen"],
        by=request.user,
    )


def _agencies(user, day):
    """Return the agencies in which somebody lacks a required course."""
    required = required_on(day)
    behind = [
        agency.pk
        for agency in agencies_with_progress(user, required, day)
        if agency.finished < agency.staff_count
    ]
    return Agency.objects.writable_by(user).filter(pk__in=behind).select_related("commune")


def _all(agencies):
    return {"agency": [agency.pk for agency in agencies]}


@for_roles(*COMMUNE_ROLES)
@require_GET
def staff_reminder_detail(request, uuid):
    """Show a reminder's mails and what became of each."""
    reminder = get_object_or_404(
        Reminder.objects.visible_to(request.user).select_related("made_by"), uuid=uuid
    )
    mails = list(
        reminder.mails.select_related("agency", "staff_member").order_by(
            "agency__position", "agency__name", "staff_member__name_folded", "pk"
        )
    )
    return render(
        request,
        "training/staff_reminder_detail.html",
        {
            "reminder": reminder,
            "mails": mails,
            "mail_count": len(mails),
            "sent": sum(mail.state == State.SENT for mail in mails),
            "waiting": sum(mail.state in (State.WAITING, State.SENDING) for mail in mails),
            "lost": [mail for mail in mails if mail.state in (State.FAILED, State.UNKNOWN)],
            "failed": sum(mail.state == State.FAILED for mail in mails),
            "may_write": writes(request.user),
        },
    )


@for_roles(OFFICIAL, ADMIN)
@require_POST
def staff_reminder_retry(request, pk):
    """Send one mail again that failed, or of which nobody knows whether it went."""
    mails = ReminderMail.objects.writable_by(request.user).select_related("reminder")
    mail = get_object_or_404(mails, pk=pk)
    try:
        send_again(mail)
    except ChangeRefused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The mail is sent again in a moment."))
    return redirect("staff_reminder_detail", uuid=mail.reminder.uuid)


@for_roles(OFFICIAL, ADMIN)
@form_methods
def staff_reminder_retry_all(request, uuid):
    """Send every mail of a reminder that failed again, after saying how many they are."""
    reminder = get_object_or_404(Reminder.objects.writable_by(request.user), uuid=uuid)
    if request.method == "POST":
        try:
            count = send_failed_again(reminder)
        except ChangeRefused as refusal:
            messages.error(request, refusal.message)
        else:
            said = ngettext(
                "%(count)s mail is sent again in a moment.",
                "%(count)s mails are sent again in a moment.",
                count,
            )
            messages.success(request, said % {"count": count})
        return redirect("staff_reminder_detail", uuid=uuid)
    mails = reminder.mails.select_related("agency", "staff_member").order_by("pk")
    return render(
        request,
        "training/staff_reminder_retry_all.html",
        {
            "reminder": reminder,
            "failed": mails.filter(state=State.FAILED),
            "unknown": mails.filter(state=State.UNKNOWN).count(),
            "cancel_url": reverse("staff_reminder_detail", args=[uuid]),
        },
    )
