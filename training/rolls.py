"""How class rolls and workers' declarations are handed in, and handed in again.

Sending the same numbers again changes nothing; other numbers for the same day replace the
earlier ones only when that was asked for.
"""

from django.db import transaction

from training.models import ClassRoll, Enterprise, SchoolClass, WorkerDeclaration


class AlreadyHandedIn(Exception):
    """Other numbers stand for that day; ``rows`` are the stored rows."""

    def __init__(self, rows):
        super().__init__(len(rows))
        self.rows = rows


@transaction.atomic
def hand_in_rolls(rolls, *, counted_on, by=None, correct=False):
    """Record the rolls of some classes on a day; return how many were new or changed.

    ``rolls`` maps classes to (enrolled, equipped). Raises ``AlreadyHandedIn`` and writes
    nothing when other numbers stand for that day and ``correct`` is off.
    """
    classes = {school_class.pk: school_class for school_class in rolls}
    # Taken in one order, so that two people handing in one school wait for each other.
    list(SchoolClass.objects.select_for_update(of=("self",)).filter(pk__in=classes).order_by("pk"))
    stored = {
        roll.school_class_id: roll
        for roll in ClassRoll.objects.filter(school_class__in=classes, counted_on=counted_on)
    }
    numbers = {school_class.pk: pair for school_class, pair in rolls.items()}
    other = [roll for pk, roll in stored.items() if (roll.enrolled, roll.equipped) != numbers[pk]]
    if other and not correct:
        raise AlreadyHandedIn(other)
    for roll in other:
        roll.enrolled, roll.equipped = numbers[roll.school_class_id]
        roll.handed_in_by = by
        roll.save()
    new = [pk for pk in numbers if pk not in stored]
    for pk in new:
        enrolled, equipped = numbers[pk]
        ClassRoll.objects.create(
            school_class=classes[pk],
            counted_on=counted_on,
            enrolled=enrolled,
            equipped=equipped,
            handed_in_by=by,
        )
    return len(other) + len(new)


@transaction.atomic
def declare_workers(enterprise, *, declared_on, workers, equipped, correct=False):
    """Record what an enterprise declares for a day; return whether anything changed.

    Raises ``AlreadyHandedIn`` when other numbers stand for that day and ``correct`` is off.
    """
    Enterprise.objects.select_for_update(of=("self",)).get(pk=enterprise.pk)
    stored = WorkerDeclaration.objects.filter(
        enterprise=enterprise, declared_on=declared_on
    ).first()
    if stored is None:
        WorkerDeclaration.objects.create(
            enterprise=enterprise, declared_on=declared_on, workers=workers, equipped=equipped
        )
        return True
    if (stored.workers, stored.equipped) == (workers, equipped):
        return False
    if not correct:
        raise AlreadyHandedIn([stored])
    stored.workers, stored.equipped = workers, equipped
    stored.save()
    return True
