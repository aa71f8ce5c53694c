"""The QR picture of a session, and the page on which a member of staff checks in."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from training.accounts import link_account
from training.certificate_sheets import qr_picture
from training.checking_in import check_in as note_check_in
from training.checking_in import code_of, is_code_of, member_of, takes_check_ins, why_not
from training.forms.certificates import AccountForm
from training.models import StaffMember, TrainingSession
from training.session_package import takeable_by
from training.taking_attendance import sessions_for
from training.views.sessions import form_methods
from villages.access import ADMIN, EVERYONE, OFFICIAL, STAFF, WRITERS, for_roles
from villages.answers import answer_form, sent
from villages.periods import today
from villages.refusals import ChangeRefused


@for_roles(*WRITERS)
@require_GET
def session_check_in(request, uuid):
    """Show and print the QR picture with which staff check themselves in on the day."""
    sessions = sessions_for(request.user).select_related("commune", "village")
    session = get_object_or_404(sessions, uuid=uuid)
    path = reverse("check_in", args=[session.uuid, code_of(session)])
    address = request.build_absolute_uri(path)
    context = {
        "session": session,
        "address": address,
        "picture": qr_picture(address),
        "is_open": takes_check_ins(session),
        "lies_ahead": session.held_on > today(),
        "checked_in": session.attendances.filter(noted="self").count(),
    }
    return render(request, "training/session_check_in.html", context)


@for_roles(*EVERYONE, STAFF)
@form_methods
def check_in(request, uuid, code):
    """Let a member of staff with an account say «I am here», once, on the session's day."""
    session = TrainingSession.objects.filter(uuid=uuid).select_related("commune", "village").first()
    if session is None or not (is_code_of(session, code) or _sees(request, session)):
        # A wrong code tells nobody that there is such a session.
        raise Http404
    member = member_of(request.user)
    reason = why_not(session, code=code, member=member)
    done = member is not None and session.attendances.filter(staff_member=member).exists()
    if request.method == "POST" and reason is None:
        try:
            note_check_in(session, code=code, user=request.user)
            return redirect("check_in", uuid=session.uuid, code=code)
        except ChangeRefused as refusal:
            messages.error(request, refusal.message)
    context = {"session": session, "member": member, "reason": reason, "done": done}
    status = 403 if reason is not None and not done else 200
    return render(request, "training/check_in.html", context, status=status)


def _sees(request, session):
    theirs = TrainingSession.objects.visible_to(request.user) | takeable_by(request.user)
    return theirs.filter(pk=session.pk).exists()


@for_roles(OFFICIAL, ADMIN)
@form_methods
def staff_account(request, pk):
    """Link a member of staff to an account, or take the link away."""
    members = StaffMember.objects.writable_by(request.user).select_related("user")
    member = get_object_or_404(members, pk=pk)
    form = AccountForm(sent(request), member=member, initial={"user": member.user_id})
    return answer_form(
        request,
        form,
        "training/staff_account.html",
        save=lambda form: link_account(member, user=form.cleaned_data["user"]),
        done=reverse("staff_detail", args=[member.pk]),
        message=lambda member: (
            _("The account is linked.") if member.user_id else _("No account is linked any more.")
        ),
        member=member,
        cancel_url=reverse("staff_detail", args=[member.pk]),
    )
