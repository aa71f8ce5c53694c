"""Training sessions: the list, one session, planning, changing, cancelling, closing."""

from uuid import uuid4

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from training import attendance, planning
from training.checking_in import takes_check_ins
from training.filters import SessionFilter
from training.forms.sessions import (
    CancelForm,
    CloseForm,
    NewSessionForm,
    ReopenForm,
    SessionForm,
)
from training.lacking import lacking, lacks_in_words, with_what_counts
from training.models import Attendance, Certificate, TrainingSession
from training.rosters import count_people, expected_of, roster
from training.session_package import takeable_by
from training.taking_attendance import sessions_for
from villages.access import ADMIN, EVERYONE, OFFICIAL, WRITERS, for_roles
from villages.answers import answer_form, sent, writes
from villages.lists import listing, way_back
from villages.periods import today
from villages.refusals import ChangeRefused

SORTS = {
    "day": ["held_on"],
    "title": ["title__folded"],
    "kind": ["kind"],
    "village": ["village__number"],
    "status": ["status"],
    "attendances": ["listed"],
}
form_methods = require_http_methods(["GET", "HEAD", "POST"])


@for_roles(*EVERYONE)
@require_GET
def session_list(request):
    """List the sessions of the scope, with people and attendances apart."""
    context = listed_sessions(request)
    filterset = context["filter"]
    held = filterset.qs.held().order_by().values("pk")
    for session in context["page"]:
        session.lacks = lacks_in_words(
            session, listed=session.listed, has_photograph=session.has_photograph
        )
    if not filterset.form.cleaned_data.get("lack"):
        context["lacking"] = lacking(filterset.queryset).count()
    context |= {
        "sessions_held": held.count(),
        "walk_ins_waiting": Attendance.objects.visible_to(request.user)
        .exclude(walk_in_name="")
        .count(),
        "counts": count_people(Attendance.objects.filter(session__in=held)),
        "may_write": writes(request.user),
    }
    return render(request, "training/session_list.html", context)


def listed_sessions(request):
    """Return the context of the list as it is filtered and sorted; ``rows`` are all of it."""
    sessions = TrainingSession.objects.visible_to(request.user) | takeable_by(request.user)
    sessions = with_what_counts(sessions.select_related("village"))
    filterset = SessionFilter(request, sessions)
    return listing(request, filterset, sorts=SORTS, default="-day")


@for_roles(*EVERYONE)
@require_GET
def session_detail(request, uuid):
    """Show one session: who came, what they showed, and what of it counts."""
    session = _visible(request, uuid)
    can_take = sessions_for(request.user).filter(pk=session.pk).exists()
    listed, photographs = roster(session), session.evidence.without_content().order_by("pk")
    return render(
        request,
        "training/session_detail.html",
        {
            "session": session,
            "roster": listed,
            "lacks": lacks_in_words(
                session, listed=listed["total"], has_photograph=bool(photographs)
            ),
            "back": way_back(request, "session_list"),
            "may_write": _writes(request, session),
            "expected": expected_of(session),
            "photographs": photographs,
            "certificates": Certificate.objects.filter(attendance__session=session).count(),
            "may_take_attendance": can_take,
            "may_show_code": can_take and takes_check_ins(session),
            "lies_ahead": session.held_on > today(),
            "may_delete": planning.why_kept(session) is None,
        },
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def session_add(request):
    """Plan a session, or record one that took place; its page sent twice saves it once."""
    form = NewSessionForm(
        sent(request),
        user=request.user,
        instance=TrainingSession(),
        initial={"held_on": today(), "uuid": uuid4()},
    )

    def save(form):
        try:
            return planning.plan_session(form, uuid=form.cleaned_data["uuid"], by=request.user)
        except planning.SavedAlready:
            form.ask_again()
            raise

    return answer_form(
        request,
        form,
        "training/session_add.html",
        save=save,
        done=_address,
        message=_("The session is saved."),
        cancel_url=way_back(request, "session_list"),
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def session_edit(request, uuid):
    """Change a session; who came and what counts follow its date. A closed one stays as it is."""
    session = _writable(request, uuid)
    if request.method != "POST" and session.status == TrainingSession.Status.CLOSED:
        messages.warning(request, _("The session is closed. Reopen it first, on its page."))
        return redirect(_address(session))
    form = SessionForm(sent(request), user=request.user, instance=_writable(request, uuid))

    def save(form):
        typed = {name: form.cleaned_data[name] for name in form.fields}
        return attendance.edit_session(session, **typed)

    return answer_form(
        request,
        form,
        "training/session_edit.html",
        save=save,
        done=_address,
        message=_("The changes are saved."),
        session=session,
        cancel_url=_address(session),
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def session_cancel(request, uuid):
    """Cancel a session after asking why; whoever was noted as having come is struck."""
    session = _writable(request, uuid)
    return answer_form(
        request,
        CancelForm(sent(request)),
        "training/session_cancel.html",
        save=lambda form: attendance.cancel_session(session, reason=form.cleaned_data["reason"]),
        done=_address,
        message=_("The session is cancelled."),
        session=session,
        listed=session.attendances.count(),
    )


@for_roles(*WRITERS)
@form_methods
def session_close(request, uuid):
    """Close the list once the number counted in the room is the number on it.

    The number is kept either way, so that the list of sessions says what is lacking.
    """
    session = get_object_or_404(sessions_for(request.user), uuid=uuid)
    form = CloseForm(sent(request), initial={"counted": session.counted})
    if form.is_bound and form.is_valid() and session.status == TrainingSession.Status.HELD:
        try:
            attendance.count_list(session, counted=form.cleaned_data["counted"])
        except ChangeRefused as refusal:
            form.add_error(None, refusal.message)
    return answer_form(
        request,
        form,
        "training/session_close.html",
        save=lambda form: attendance.close_session(session, counted=form.cleaned_data["counted"]),
        done=_address,
        message=_("The session is closed. The list can no longer change by mistake."),
        session=session,
        roster=roster(session),
        expected=expected_of(session),
        photographs=session.evidence.count(),
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def session_reopen(request, uuid):
    """Open a closed session for corrections, after asking why."""
    session = _writable(request, uuid)
    if session.status != TrainingSession.Status.CLOSED:
        return redirect(_address(session))
    return answer_form(
        request,
        ReopenForm(sent(request)),
        "training/session_reopen.html",
        save=lambda form: attendance.reopen_session(session, reason=form.cleaned_data["reason"]),
        done=_address,
        message=_("The session is open again. Close it once it is corrected."),
        session=session,
        certificates=Certificate.objects.filter(
            attendance__session=session, revoked_at__isnull=True
        ).count(),
    )


@for_roles(OFFICIAL, ADMIN)
@require_POST
def session_restore(request, uuid):
    """Plan a cancelled session anew."""
    try:
        session = planning.restore_session(_writable(request, uuid))
    except ChangeRefused as refusal:
        messages.error(request, refusal.message)
        return redirect(way_back(request, "session_list"))
    messages.success(request, _("The session is planned again."))
    return redirect(_address(session))


@for_roles(OFFICIAL, ADMIN)
@form_methods
def session_delete(request, uuid):
    """Delete a session entered by mistake, after asking; one that means something is kept."""
    session = _writable(request, uuid)
    if request.method == "POST":
        try:
            planning.delete_session(session)
        except ChangeRefused as refusal:
            messages.error(request, refusal.message)
            return redirect(_address(session))
        messages.success(
            request, _("The session «%(title)s» is deleted.") % {"title": session.title}
        )
        return redirect(way_back(request, "session_list"))
    context = {
        "session": session,
        "expected": session.invitations.count(),
        "kept": planning.why_kept(session),
        "cancel_url": _address(session),
    }
    return render(request, "training/session_delete.html", context)


def _address(session):
    return reverse("session_detail", args=[session.uuid])


def _visible(request, uuid):
    sessions = TrainingSession.objects.visible_to(request.user) | takeable_by(request.user)
    sessions = sessions.select_related("village", "commune", "encounter", "trainer_user")
    return get_object_or_404(sessions, uuid=uuid)


def _writes(request, session):
    """Whether the buttons that change the session itself are shown."""
    theirs = TrainingSession.objects.writable_by(request.user).filter(pk=session.pk)
    return writes(request.user) and theirs.exists()


def _writable(request, uuid):
    sessions = TrainingSession.objects.writable_by(request.user)
    return get_object_or_404(sessions.select_related("village", "commune"), uuid=uuid)
