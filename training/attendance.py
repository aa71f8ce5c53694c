"""Who came to a session. Residents count through the session's encounter, nowhere else.

Every verb takes the session's row first, so that two people at two screens follow each
other and neither meets half of the other's work.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from households.models import Encounter, PersonMet, SkillCheck
from training.models import Attendance, TrainingSession
from training.refusals import ChangeRefused
from villages.outbox import mark_stale
from villages.periods import today
from villages.text import fold

Status = TrainingSession.Status


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
def add_to_attendance(session, *, residents=(), staff=(), walk_ins=(), author=None):
    """Note that these people came too; who is on the list already stays as he is.

    A walk-in of the same name and sex is taken for the same person. Return how many were
    not on the list before.
    """
    _require_open(_locked(session))
    session = hold_session(session, author=author)
    there = list(session.attendances.all())
    residents_there = {row.resident_id for row in there}
    staff_there = {row.staff_member_id for row in there}
    names_there = {(fold(row.walk_in_name), row.walk_in_sex) for row in there if row.walk_in_name}
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
    for name, sex in walk_ins:
        if (fold(name), sex) not in names_there:
            names_there.add((fold(name), sex))
            come.append(Attendance(walk_in_name=name, walk_in_sex=sex))
    _write(session, come=come)
    return len(come)


@transaction.atomic
def take_from_attendance(session, *, attendances):
    """Strike people from the list, with what they showed in this session."""
    _require_open(_locked(session))
    session = hold_session(session)
    wanted = {row.pk for row in attendances}
    gone = [row for row in session.attendances.all() if row.pk in wanted]
    _write(session, gone=gone)
    return len(gone)


@transaction.atomic
def note_outcomes(session, *, outcomes, completed=None):
    """Note what residents on the list showed; an empty outcome means «not asked».

    ``outcomes`` maps (resident id, skill id) to an outcome; pairs that are not named stay.
    ``completed`` maps attendance ids to whether the person stayed to the end.
    """
    _require_open(_locked(session))
    session = hold_session(session)
    rows = list(session.attendances.all())
    on_list = {row.resident_id for row in rows if row.resident_id}
    _write(
        session,
        outcomes=[
            (resident, skill, outcome)
            for (resident, skill), outcome in outcomes.items()
            if resident in on_list
        ],
    )
    for row in rows:
        if completed is not None and row.completed != completed.get(row.pk, row.completed):
            row.completed = completed[row.pk]
            row.save()
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
    session.status = Status.CLOSED
    session.save()
    return session


@transaction.atomic
def reopen_session(session):
    """Let a closed session be changed again, or plan a cancelled one anew."""
    session = _locked(session)
    if session.status == Status.CLOSED:
        session.status = Status.HELD
        session.save()
    elif session.status == Status.CANCELLED:
        session.status, session.cancel_reason = Status.PLANNED, ""
        session.save()
    return session


@transaction.atomic
def edit_session(session, *, skills=None, **attributes):
    """Change what is known of a session; its encounter follows its date and village."""
    session = _locked(session)
    _require_not_cancelled(session)
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
    if session.encounter_id is not None and held_on > today():
        raise ChangeRefused(
            _("People are noted as having come, so the date cannot lie in the future."), "held_on"
        )
    if session.held_on != held_on:
        session.held_on = held_on
        session.save()
    encounter = session.encounter
    if encounter is not None and encounter.held_on != held_on:
        since_on = min(encounter.held_on, held_on)
        encounter.held_on = held_on
        encounter.save()
        encounter.people_met.update(happened_on=held_on)
        encounter.checks.update(happened_on=held_on)
        mark_stale(units=encounter.stale_units(), since_on=since_on, reason="session moved")
    return session


@transaction.atomic
def cancel_session(session, *, reason):
    """Cancel a session: nobody attended, and its encounter goes."""
    session = _locked(session)
    if session.status == Status.CLOSED:
        raise ChangeRefused(_("The session is closed. Reopen it before cancelling it."))
    session.attendances.all().delete()
    encounter, session.encounter = session.encounter, None
    session.status = Status.CANCELLED
    session.cancel_reason = reason
    session.save()
    if encounter is not None:
        encounter.delete()
    return session


def _locked(session):
    return TrainingSession.objects.select_for_update(of=("self",)).get(pk=session.pk)


def _require_not_cancelled(session):
    if session.status == Status.CANCELLED:
        raise ChangeRefused(_("The session was cancelled. Plan it anew first."))


def _require_open(session):
    _require_not_cancelled(session)
    if session.status == Status.CLOSED:
        raise ChangeRefused(_("The session is closed. Reopen it to change the list."))


def _write(session, *, come=(), gone=(), outcomes=()):
    """Write attendances, people met and skill checks; mark what changed, and only then."""
    encounter = session.encounter
    known = {}
    if outcomes:
        known = {(check.resident_id, check.skill_id): check for check in encounter.checks.all()}
    changed = [
        (resident, skill, outcome)
        for resident, skill, outcome in outcomes
        if outcome != (known[resident, skill].outcome if (resident, skill) in known else "")
    ]
    if not (come or gone or changed):
        return
    if gone:
        _strike(session, gone)
    for row in come:
        row.session = session
    Attendance.objects.bulk_create(come)
    PersonMet.objects.bulk_create(
        PersonMet(encounter=encounter, resident=row.resident, happened_on=session.held_on)
        for row in come
        if row.resident_id
    )
    replaced = [known[pair[:2]].pk for pair in changed if pair[:2] in known]
    if replaced:
        encounter.checks.filter(pk__in=replaced).delete()
    SkillCheck.objects.bulk_create(
        SkillCheck(
            encounter=encounter,
            resident_id=resident,
            skill_id=skill,
            outcome=outcome,
            happened_on=session.held_on,
        )
        for resident, skill, outcome in changed
        if outcome
    )
    walk_ins = session.attendances.exclude(walk_in_name="").count()
    if encounter.unnamed_people != walk_ins:
        encounter.unnamed_people = walk_ins
        encounter.save()
    mark_stale(
        units=encounter.stale_units() | session.stale_units(),
        since_on=session.held_on,
        reason="attendance noted",
    )


def _strike(session, gone):
    """Take people off; deleting marks the units of each of them."""
    residents = [row.resident_id for row in gone if row.resident_id]
    session.attendances.filter(pk__in=[row.pk for row in gone]).delete()
    session.encounter.people_met.filter(resident__in=residents).delete()
    session.encounter.checks.filter(resident__in=residents).delete()
