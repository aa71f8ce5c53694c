"""Who came to a session. Residents count through the session's encounter, nowhere else."""

from django.db import transaction

from households.models import Encounter, PersonMet, SkillCheck
from training.models import Attendance, TrainingSession
from villages.outbox import mark_stale


@transaction.atomic
def hold_session(session, *, author=None):
    """Note that a planned session took place, and open its encounter."""
    session = TrainingSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if session.encounter_id is None:
        session.encounter = Encounter.objects.create(
            occasion=Encounter.Occasion.TRAINING_SESSION,
            held_on=session.held_on,
            commune=session.commune,
            village=session.village,
            author=author,
        )
    if session.status == TrainingSession.Status.PLANNED:
        session.status = TrainingSession.Status.HELD
    session.save()
    return session


@transaction.atomic
def set_attendance(session, *, residents=(), staff=(), walk_ins=(), outcomes=None, author=None):
    """Make the attendance of a session exactly this.

    ``walk_ins`` are pairs (name, sex); ``outcomes`` maps (resident, skill) to an outcome.
    Sending the same again changes nothing.
    """
    session = hold_session(session, author=author)
    encounter = session.encounter
    _mark_people(encounter, "attendance before")
    wanted = {resident.pk: resident for resident in residents}
    wanted_staff = {member.pk: member for member in staff}
    session.attendances.exclude(resident__isnull=True).exclude(resident__in=wanted).delete()
    session.attendances.exclude(staff_member__isnull=True).exclude(
        staff_member__in=wanted_staff
    ).delete()
    session.attendances.exclude(walk_in_name="").delete()
    Attendance.objects.bulk_create(
        [
            *(Attendance(session=session, resident=resident) for resident in wanted.values()),
            *(Attendance(session=session, staff_member=who) for who in wanted_staff.values()),
        ],
        ignore_conflicts=True,
    )
    Attendance.objects.bulk_create(
        Attendance(session=session, walk_in_name=name, walk_in_sex=sex) for name, sex in walk_ins
    )
    encounter.people_met.exclude(resident__in=wanted).delete()
    PersonMet.objects.bulk_create(
        [
            PersonMet(encounter=encounter, resident=resident, happened_on=session.held_on)
            for resident in wanted.values()
        ],
        ignore_conflicts=True,
    )
    if outcomes is not None:
        encounter.checks.all().delete()
        SkillCheck.objects.bulk_create(
            SkillCheck(
                encounter=encounter,
                resident=resident,
                skill=skill,
                outcome=outcome,
                happened_on=session.held_on,
            )
            for (resident, skill), outcome in outcomes.items()
            if resident.pk in wanted
        )
    else:
        encounter.checks.exclude(resident__in=wanted).delete()
    encounter.unnamed_people = len(walk_ins)
    encounter.save()
    _mark_people(encounter, "attendance after")
    return session


@transaction.atomic
def move_session(session, *, held_on):
    """Give a session another date; its encounter and all that hangs off it follow."""
    session = TrainingSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
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
    session = TrainingSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    session.attendances.all().delete()
    encounter, session.encounter = session.encounter, None
    session.status = TrainingSession.Status.CANCELLED
    session.cancel_reason = reason
    session.save()
    if encounter is not None:
        encounter.delete()
    return session


def _mark_people(encounter, reason):
    mark_stale(units=encounter.stale_units(), since_on=encounter.held_on, reason=reason)
