"""Training sessions: the list, one session, planning, changing, cancelling, closing."""

from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from training import attendance
from training.filters import SessionFilter
from training.forms.sessions import CancelForm, CloseForm, SessionForm
from training.lists import listing, way_back
from training.models import Attendance, TrainingSession
from training.rosters import count_people, roster
from training.views.answers import answer_form, sent, writes
from villages.access import ADMIN, EVERYONE, OFFICIAL, WRITERS, for_roles
from villages.periods import today

SORTS = {
    "day": ["held_on"],
    "title": ["title"],
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
    sessions = TrainingSession.objects.visible_to(request.user).select_related("village")
    filterset = SessionFilter(request, sessions.annotate(listed=Count("attendances")))
    context = listing(request, filterset, sorts=SORTS, default="-day")
    held = filterset.qs.held().order_by().values("pk")
    context |= {
        "sessions_held": held.count(),
        "counts": count_people(Attendance.objects.filter(session__in=held)),
        "may_write": writes(request.user),
    }
    return render(request, "training/session_list.html", context)


@for_roles(*EVERYONE)
@require_GET
def session_detail(request, uuid):
    """Show one session: who came, what they showed, and what of it counts."""
    session = _visible(request, uuid)
    can_take = TrainingSession.objects.writable_by(request.user).filter(pk=session.pk).exists()
    return render(
        request,
        "training/session_detail.html",
        {
            "session": session,
            "roster": roster(session),
            "back": way_back(request, "session_list"),
            "may_write": can_take and writes(request.user),
            "may_take_attendance": can_take,
            "lies_ahead": session.held_on > today(),
        },
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def session_add(request):
    """Plan a session, or record one that took place."""
    form = SessionForm(
        sent(request),
        user=request.user,
        instance=TrainingSession(),
        initial={"held_on": today()},
    )
    return answer_form(
        request,
        form,
        "training/session_add.html",
        save=lambda form: form.save(),
        done=_address,
        message=_("The session is saved."),
        cancel_url=way_back(request, "session_list"),
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def session_edit(request, uuid):
    """Change a session; who came and what counts follow its date."""
    session = _writable(request, uuid)
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
    """Close the list once the number counted in the room is the number on it."""
    session = _writable(request, uuid)
    return answer_form(
        request,
        CloseForm(sent(request)),
        "training/session_close.html",
        save=lambda form: attendance.close_session(session, counted=form.cleaned_data["counted"]),
        done=_address,
        message=_("The session is closed. The list can no longer change by mistake."),
        session=session,
        roster=roster(session),
    )


@for_roles(OFFICIAL, ADMIN)
@require_POST
def session_reopen(request, uuid):
    """Open a closed session for corrections, or plan a cancelled one anew."""
    return redirect(_address(attendance.reopen_session(_writable(request, uuid))))


def _address(session):
    return reverse("session_detail", args=[session.uuid])


def _visible(request, uuid):
    sessions = TrainingSession.objects.visible_to(request.user)
    return get_object_or_404(sessions.select_related("village", "commune", "encounter"), uuid=uuid)


def _writable(request, uuid):
    sessions = TrainingSession.objects.writable_by(request.user)
    return get_object_or_404(sessions.select_related("village", "commune"), uuid=uuid)
