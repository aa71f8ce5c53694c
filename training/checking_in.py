"""Members of staff who check themselves in by scanning the session's QR picture.

The code in the picture is signed for the session and its day: on any other day, or once the
session has been moved, it opens nothing. It says that somebody was in the room, not who: that
says the account, which is linked to one member of staff.
"""

import base64

from django.db import models, transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from training.attendance import add_to_attendance
from training.models import Attendance, StaffMember, TrainingSession
from villages.periods import today
from villages.refusals import ChangeRefused

SALT = "training.checking_in"
# 80 bits, in letters and digits that make a coarse picture.
SIGNED_BYTES = 10
Status = TrainingSession.Status


class NoCheckIn(models.TextChoices):
    """Why somebody cannot check in."""

    WRONG_CODE = "wrong_code", _("This QR code does not belong to the session any more.")
    NOT_STAFF = (
        "not_staff",
        _("This account is not linked to a member of staff. Ask the trainer to note you down."),
    )
    ELSEWHERE = "elsewhere", _("This session is another commune's.")
    TOO_EARLY = "too_early", _("The session has not come yet. Scan the code on its day.")
    TOO_LATE = "too_late", _("The day of the session is over. Ask the trainer to note you down.")
    CANCELLED = "cancelled", _("The session was cancelled.")
    CLOSED = "closed", _("The list of the session is closed. Ask the trainer.")


def code_of(session):
    """Return the code for a session on its day."""
    signed = salted_hmac(SALT, f"{session.uuid}:{session.held_on}", algorithm="sha256").digest()
    return base64.b32encode(signed[:SIGNED_BYTES]).decode().lower()


def is_code_of(session, code):
    return constant_time_compare(code_of(session), code)


def takes_check_ins(session):
    """Say whether somebody can still check in, today or on the day that is planned."""
    return session.status in {Status.PLANNED, Status.HELD} and session.held_on >= today()


def member_of(user):
    """Return the member of staff that an account is linked to, or ``None``."""
    return StaffMember.objects.filter(user=user.pk).first()


def why_not(session, *, code, member):
    """Return why this person cannot check in now, or ``None``."""
    reasons = (
        (NoCheckIn.WRONG_CODE, not is_code_of(session, code)),
        (NoCheckIn.NOT_STAFF, member is None),
        (NoCheckIn.ELSEWHERE, member is not None and member.commune_id != session.commune_id),
        (NoCheckIn.CANCELLED, session.status == Status.CANCELLED),
        (NoCheckIn.TOO_EARLY, session.held_on > today()),
        (NoCheckIn.TOO_LATE, session.held_on < today()),
        (NoCheckIn.CLOSED, session.status == Status.CLOSED),
    )
    return next((reason for reason, applies in reasons if applies), None)


@transaction.atomic
def check_in(session, *, code, user):
    """Note that the member of staff behind an account came; once, however often it is asked."""
    session = TrainingSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    member = member_of(user)
    reason = why_not(session, code=code, member=member)
    if reason is not None:
        raise ChangeRefused(reason.label)
    add_to_attendance(session, staff=[member], noted=Attendance.Noted.SELF)
    return session.attendances.get(staff_member=member)
