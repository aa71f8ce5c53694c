"""Who came to a session. Residents count through the session's encounter, nowhere else.

Every verb takes the session's row first, so that two people at two screens follow each
other and neither meets half of the other's work.
"""

from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from households.models import Encounter
from training import session_guidance
from training.models import Attendance, TrainingSession
from villages.models import Village
from villages.outbox import mark_stale
from villages.periods import today
from villages.refusals import ChangeRefused
from villages.text import fold

Status = TrainingSession.Status


class WalkIn(NamedTuple):
    """Somebody who came and is on no list; ``uuid`` is the one that a phone gave."""

    name: str
    sex: str = ""
    birth_year: int | None = None
    village: Village | None = None
    uuid: UUID | None = None


@transaction.atomic
def hold_session(session, *, author=None):
    """Note that a planned session took place, and open its encounter."""
    session = _locked(session)
    _require_not_cancelled(session)
    if session.held_on > today():
        raise ChangeRefused(_("The session has not taken place yet."), "held_on")
    if session.encounter_id is not None and session.status != Status.PLANNED:
        return session
    if session.encounter_id is None:
        session.encounter = Encounter.objects.create(
            occasion=Encounter.Occasion.TRAINING_SESSION,
            held_on=session.held_on,
            commune=session.commune,
            village=session.village,
            author=author,
        )
    if session.status == Status.PLANNED:
        session.status = Status.HELD
    session.save()
    return session


@transaction.atomic
def add_to_attendance(
    session, *, residents=(), staff=(), walk_ins=(), author=None, noted=Attendance.Noted.DESK
):
    """Note that these people came too; who is on the list already stays as he is.

    A walk-in (a ``WalkIn``, or just name and sex) of the same name and sex is taken for the
    same person, unless two birth years say otherwise. Return how many were not on the list
    before.
    """
    _require_open(_locked(session))
    session = hold_session(session, author=author)
    there = list(session.attendances.all())
    residents_there = {row.resident_id for row in there}
    staff_there = {row.staff_member_id for row in there}
    strangers = _Strangers(there)
    come = [
        *(
            Attendance(resident=who)
            for pk, who in {who.pk: who for who in residents}.items()
            if pk not in residents_there
        ),
        *(
            Attendance(staff_member=who)
            for pk, who in {who.pk: who for who in staff}.items()
            if pk not in staff_there
        ),
    ]
    come += [
        strangers.row_of(who) for who in (WalkIn(*one) for one in walk_ins) if strangers.add(who)
    ]
    for row in come:
        row.noted = noted
    session_guidance.write(session, come=come)
    return len(come)


@transaction.atomic
def take_from_attendance(session, *, attendances):
    """Strike people from the list, with what they showed in this session."""
    _require_open(_locked(session))
    session = hold_session(session)
    wanted = {row.pk for row in attendances}
    gone = [row for row in session.attendances.all() if row.pk in wanted]
    _require_no_certificate(gone)
    session_guidance.write(session, gone=gone)
    return len(gone)


@transaction.atomic
def note_outcomes(session, *, outcomes, completed=None, seen=None, by=None):
    """Note what residents on the list showed; an empty outcome means «not asked».

    ``outcomes`` maps (resident id, skill id) to an outcome; pairs that are not named stay.
    ``completed`` maps attendance ids to whether the person stayed to the end; ``seen`` maps
    resident ids to whether ``by`` saw that VNeID confirms them.
    """
    _require_open(_locked(session))
    session = hold_session(session, author=by)
    seen = seen or {}
    rows = list(session.attendances.all())
    on_list = {row.resident_id for row in rows if row.resident_id}
    session_guidance.write(
        session,
        outcomes=[
            (resident, skill, outcome)
            for (resident, skill), outcome in outcomes.items()
            if resident in on_list
        ],
        seen=[(resident, is_seen) for resident, is_seen in seen.items() if resident in on_list],
        by=by,
    )
    for row in rows:
        if completed is not None and row.completed != completed.get(row.pk, row.completed):
            row.completed = completed[row.pk]
            row.save()
    return session


@transaction.atomic
def count_list(session, *, counted):
    """Note how many people the signed list names; it stands beside the number recorded."""
    _require_open(_locked(session))
    session = hold_session(session)
    if session.counted != counted:
        session.counted = counted
        session.save()
    return session


@transaction.atomic
def close_session(session, *, counted):
    """Close the list once the number of people counted in the room is the list's own."""
    session = _locked(session)
    if session.status == Status.CLOSED:
        return session
    if session.status != Status.HELD:
        raise ChangeRefused(_("Note who came before closing the session."))
    listed = session.attendances.count()
    if counted != listed:
        raise ChangeRefused(
            _("The list has %(listed)s people and %(counted)s were counted. Please correct one.")
            % {"listed": listed, "counted": counted},
            "counted",
        )
    session.status, session.counted = Status.CLOSED, counted
    session.save()
    return session


@transaction.atomic
def reopen_session(session, *, reason):
    """Let a closed session be changed again; why stands on its page and in the log."""
    session = _locked(session)
    if session.status == Status.CLOSED:
        session.status, session.reopen_reason = Status.HELD, reason
        session.save()
    return session


@transaction.atomic
def edit_session(session, *, skills=None, **attributes):
    """Change what is known of a session; its encounter follows its date and village."""
    session = _locked(session)
    _require_changeable(session)
    held_on = attributes.pop("held_on", session.held_on)
    for name, value in attributes.items():
        setattr(session, name, value)
    session.save()
    if skills is not None:
        session.skills.set(skills)
    encounter = session.encounter
    if encounter is not None and encounter.village_id != session.village_id:
        encounter.village = session.village
        encounter.save()
    return move_session(session, held_on=held_on)


@transaction.atomic
def move_session(session, *, held_on):
    """Give a session another date; its encounter and all that hangs off it follow."""
    session = _locked(session)
    _require_changeable(session)
    if held_on > today() and session.encounter_id is not None:
        if took_place(session):
            raise ChangeRefused(
                _("People are noted as having come, so the date cannot lie in the future."),
                "held_on",
            )
        _plan_again(session)
    if session.held_on != held_on:
        session.held_on = held_on
        session.save()
    encounter = session.encounter
    if encounter is not None and encounter.held_on != held_on:
        since_on = min(encounter.held_on, held_on)
        encounter.held_on = held_on
        encounter.save()
        session_guidance.redate(encounter, held_on=held_on)
        mark_stale(units=encounter.stale_units(), since_on=since_on, reason="session moved")
    return session


@transaction.atomic
def cancel_session(session, *, reason):
    """Cancel a session: nobody attended, and its encounter goes."""
    session = _locked(session)
    if session.status == Status.CLOSED:
        raise ChangeRefused(_("The session is closed. Reopen it before cancelling it."))
    _require_no_certificate(session.attendances.all())
    session.attendances.all().delete()
    encounter, session.encounter = session.encounter, None
    session.status, session.counted = Status.CANCELLED, None
    session.cancel_reason = reason
    session.save()
    if encounter is not None:
        encounter.delete()
    return session


def took_place(session):
    """Whether people, a photograph or a phone's list show that a held session took place."""
    if session.encounter_id is None:
        return False
    return session.attendances.exists() or session.evidence.exists() or session.sheets.exists()


def _plan_again(session):
    """Take back that a session was held to which nobody came."""
    encounter, session.encounter = session.encounter, None
    session.status, session.counted = Status.PLANNED, None
    session.save()
    encounter.delete()


class _Strangers:
    """Who came without being on a list, as one recognises them; also who was found on one since."""

    def __init__(self, rows):
        self.uuids = {row.uuid for row in rows if row.uuid}
        self.years = {}
        for row in rows:
            name = row.walk_in_name or row.came_as
            if name:
                self._know(name, row.walk_in_sex, row.walk_in_birth_year)

    def add(self, who):
        """Whether this is somebody new; from now on known."""
        years = self.years.get((fold(who.name), who.sex), ())
        same = who.uuid in self.uuids or any(
            None in (year, who.birth_year) or year == who.birth_year for year in years
        )
        if not same:
            self._know(who.name, who.sex, who.birth_year)
            self.uuids |= {who.uuid} - {None}
        return not same

    @staticmethod
    def row_of(who):
        return Attendance(
            walk_in_name=who.name,
            walk_in_sex=who.sex,
            walk_in_birth_year=who.birth_year,
            walk_in_village=who.village,
            uuid=who.uuid,
        )

    def _know(self, name, sex, birth_year):
        self.years.setdefault((fold(name), sex), set()).add(birth_year)


def _locked(session):
    return TrainingSession.objects.select_for_update(of=("self",)).get(pk=session.pk)


def _require_not_cancelled(session):
    if session.status == Status.CANCELLED:
        raise ChangeRefused(_("The session was cancelled. Plan it anew first."))


def _require_open(session):
    _require_not_cancelled(session)
    if session.status == Status.CLOSED:
        raise ChangeRefused(_("The session is closed. Reopen it to change the list."))


def _require_changeable(session):
    _require_not_cancelled(session)
    if session.status == Status.CLOSED:
        raise ChangeRefused(_("The session is closed. Reopen it first, on its page."))


def _require_no_certificate(rows):
    """Refuse to strike whom a certificate names, a revoked one too: it says that he came."""
    named = Attendance.objects.filter(pk__in=[row.pk for row in rows], certificates__isnull=False)
    person = named.select_related("resident", "staff_member").first()
    if person is not None:
        raise ChangeRefused(
            _("%(name)s has a certificate of this session and stays on the list.")
            % {"name": person}
        )
