"""What a session's encounter says of residents: who was met, what each showed, what was seen.

All of it is written beside the attendance and struck with it: a figure never counts what
nobody on the list vouches for.
"""

from households.models import Confirmation, PersonMet, SkillCheck
from training.models import Attendance
from villages.outbox import mark_stale


def write(session, *, come=(), gone=(), outcomes=(), seen=(), by=None):
    """Write attendances and what hangs on them; mark what changed, and only then.

    ``outcomes`` are (resident id, skill id, outcome), empty for «not asked»; ``seen`` are
    (resident id, whether VNeID was seen to confirm them), of whom ``by`` saw the new ones.
    """
    encounter = session.encounter
    checks = _Checks(encounter, outcomes)
    seen = _changed_confirmations(encounter, seen)
    if not (come or gone or checks.changed or seen):
        return
    if gone:
        session.attendances.filter(pk__in=[row.pk for row in gone]).delete()
        forget(encounter, residents=[row.resident_id for row in gone if row.resident_id])
    for row in come:
        row.session = session
    Attendance.objects.bulk_create(come)
    PersonMet.objects.bulk_create(
        PersonMet(encounter=encounter, resident=row.resident, happened_on=session.held_on)
        for row in come
        if row.resident_id
    )
    checks.write(session.held_on)
    _write_confirmations(session, seen, by)
    walk_ins = session.attendances.exclude(walk_in_name="").count()
    if encounter.unnamed_people != walk_ins:
        encounter.unnamed_people = walk_ins
        encounter.save()
    mark_stale(
        units=encounter.stale_units() | session.stale_units(),
        since_on=session.held_on,
        reason="attendance noted",
    )


def forget(encounter, *, residents):
    """Take back all that the encounter says of residents; deleting marks the units of each."""
    for rows in (encounter.people_met, encounter.checks, encounter.confirmations):
        rows.filter(resident__in=residents).delete()


def redate(encounter, *, held_on):
    """Give all that an encounter says another day."""
    encounter.people_met.update(happened_on=held_on)
    encounter.checks.update(happened_on=held_on)
    encounter.confirmations.update(seen_on=held_on)


class _Checks:
    """The outcomes that differ from what an encounter knows."""

    def __init__(self, encounter, outcomes):
        self.encounter, self.known = encounter, {}
        if outcomes:
            self.known = {(one.resident_id, one.skill_id): one for one in encounter.checks.all()}
        self.changed = [
            (resident, skill, outcome)
            for resident, skill, outcome in outcomes
            if outcome != self._before(resident, skill)
        ]

    def _before(self, resident, skill):
        known = self.known.get((resident, skill))
        return known.outcome if known else ""

    def write(self, held_on):
        replaced = [self.known[pair[:2]].pk for pair in self.changed if pair[:2] in self.known]
        if replaced:
            self.encounter.checks.filter(pk__in=replaced).delete()
        SkillCheck.objects.bulk_create(
            SkillCheck(
                encounter=self.encounter,
                resident_id=resident,
                skill_id=skill,
                outcome=outcome,
                happened_on=held_on,
            )
            for resident, skill, outcome in self.changed
            if outcome
        )


def _changed_confirmations(encounter, seen):
    if not seen:
        return []
    known = set(encounter.confirmations.values_list("resident_id", flat=True))
    return [(resident, is_seen) for resident, is_seen in seen if is_seen != (resident in known)]


def _write_confirmations(session, seen, by):
    taken_back = [resident for resident, is_seen in seen if not is_seen]
    if taken_back:
        session.encounter.confirmations.filter(resident__in=taken_back).delete()
    Confirmation.objects.bulk_create(
        Confirmation(
            resident_id=resident, seen_on=session.held_on, seen_by=by, encounter=session.encounter
        )
        for resident, is_seen in seen
        if is_seen
    )
