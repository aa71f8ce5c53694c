"""The sessions that somebody takes attendance of on a phone, as that phone carries them.

A trainer who does not lead the village sees who is expected, and nothing else of it.
"""

from datetime import timedelta

from django.db.models import Q

from training.models import Attendance, Invitation, TrainingSession
from villages.access import scope_of
from villages.models import Commune, Village
from villages.periods import today

DAYS_BEHIND, DAYS_AHEAD = 14, 30
OPEN = (TrainingSession.Status.PLANNED, TrainingSession.Status.HELD)


def takeable_by(user):
    """Return the sessions whose attendance this person may take on a phone, of any day.

    Those of the villages they lead, and those they were named for in a commune they work in.
    """
    scope, sessions = scope_of(user), TrainingSession.objects.all()
    if not scope.can_write:
        return sessions.none()
    theirs = Q(commune__in=scope.writable_communes)
    theirs |= Q(commune__villages__in=scope.writable_villages)
    named = Q(trainer_user=user.pk)
    if not scope.everything:
        named &= Q(pk__in=TrainingSession.objects.filter(theirs).values("pk"))
    return sessions.filter(Q(village__in=scope.writable_villages) | named)


def on_phones_of(user):
    """Keep what a phone carries: planned or held, from two weeks ago to a month ahead."""
    first = today() - timedelta(days=DAYS_BEHIND)
    last = today() + timedelta(days=DAYS_AHEAD)
    return takeable_by(user).filter(status__in=OPEN).within(first, last)


def has_sessions(user):
    """Whether somebody who leads no village needs a phone for a session."""
    return scope_of(user).can_write and on_phones_of(user).exists()


def sessions_in_package(user, villages):
    """Return ``{"sessions", "places"}``: what a phone shows of sessions, in short names.

    ``places`` are the villages a walk-in may come from; without a session there are none.
    """
    sessions = list(
        on_phones_of(user)
        .select_related("village", "commune")
        .prefetch_related("skills")
        .order_by("held_on", "starts_at", "pk")
    )
    expected = _by_session(_invitations(sessions))
    came = _by_session(Attendance.objects.filter(session__in=sessions).select_related("resident"))
    rows = [_session(row, expected.get(row.pk, []), came.get(row.pk, [])) for row in sessions]
    return {"sessions": rows, "places": _places(sessions)}


def _invitations(sessions):
    people = Invitation.objects.filter(session__in=sessions)
    people = people.select_related("resident__household__village", "staff_member")
    return people.order_by("resident__name_folded", "staff_member__name_folded", "pk")


def _by_session(rows):
    found = {}
    for row in rows:
        found.setdefault(row.session_id, []).append(row)
    return found


def _session(session, invitations, attendances):
    """``x`` who is expected, ``c`` ``cs`` ``cw`` who is noted already, ``n`` how many they are."""
    return {
        "u": str(session.uuid),
        "t": session.title,
        "d": session.held_on.isoformat(),
        "a": _hour(session.starts_at),
        "z": _hour(session.ends_at),
        "p": session.place,
        "w": session.village.full_name if session.village else "",
        "s": [skill.code for skill in session.skills.all()],
        "x": [_expected(invitation) for invitation in invitations],
        "c": [str(row.resident.uuid) for row in attendances if row.resident_id],
        "cs": [row.staff_member_id for row in attendances if row.staff_member_id],
        "cw": [str(row.uuid) for row in attendances if row.uuid],
        "n": len(attendances),
    }


def _expected(invitation):
    if invitation.staff_member_id:
        return {"i": invitation.staff_member_id, "f": invitation.staff_member.full_name}
    resident = invitation.resident
    return {
        "u": str(resident.uuid),
        "f": resident.full_name,
        "y": resident.birth_year,
        "v": resident.household.village.full_name,
        "h": str(resident.household.uuid),
        "n": resident.household.number,
    }


def _hour(time):
    return time.strftime("%H:%M") if time else ""


def _places(sessions):
    communes = {session.commune_id for session in sessions}
    villages = Village.objects.filter(commune__in=communes).on(today())
    several = len(communes) > 1
    names = dict(Commune.objects.filter(pk__in=communes).values_list("pk", "name"))
    return [
        {
            "id": village.pk,
            "name": f"{village.full_name}, {names[village.commune_id]}"
            if several
            else village.full_name,
        }
        for village in villages.order_by("commune__code", "number", "pk")
    ]
