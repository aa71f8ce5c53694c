"""How class rolls and workers' declarations are handed in, and handed in again.

Sending the same numbers again changes nothing; other numbers for the same day replace the
earlier ones only when that was asked for. What a school had confirmed and somebody changes
waits for the school to confirm it again.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from training.models import ClassRoll, Enterprise, SchoolClass, WorkerDeclaration
from villages.refusals import ChangeRefused


class AlreadyHandedIn(Exception):
    """Other numbers stand for that day; ``rows`` are the stored rows."""

    def __init__(self, rows):
        super().__init__(len(rows))
        self.rows = rows


@transaction.atomic
def hand_in_rolls(rolls, *, counted_on, by=None, correct=False, modules=None):
    """Record the rolls of some classes on a day; return how many were new or changed.

    ``rolls`` maps classes to (enrolled, equipped), ``modules`` classes to the modules taught
    (``None``: nothing is said of them). Raises ``AlreadyHandedIn`` and writes nothing when
    other numbers stand for that day and ``correct`` is off.
    """
    classes = {school_class.pk: school_class for school_class in rolls}
    # Taken in one order, so that two people handing in one school wait for each other.
    list(SchoolClass.objects.select_for_update(of=("self",)).filter(pk__in=classes).order_by("pk"))
    stored = {
        roll.school_class_id: roll
        for roll in ClassRoll.objects.filter(
            school_class__in=classes, counted_on=counted_on
        ).prefetch_related("modules")
    }
    numbers = {school_class.pk: pair for school_class, pair in rolls.items()}
    taught = {school_class.pk: set(some) for school_class, some in (modules or {}).items()}
    other = [roll for pk, roll in stored.items() if _differs(roll, numbers[pk], taught.get(pk))]
    if other and not correct:
        raise AlreadyHandedIn(other)
    for roll in other:
        roll.enrolled, roll.equipped = numbers[roll.school_class_id]
        roll.handed_in_by = by
        ask_to_confirm_again(roll)
        roll.save()
        _teach(roll, taught)
    new = [pk for pk in numbers if pk not in stored]
    for pk in new:
        enrolled, equipped = numbers[pk]
        roll = ClassRoll.objects.create(
            school_class=classes[pk],
            counted_on=counted_on,
            enrolled=enrolled,
            equipped=equipped,
            handed_in_by=by,
        )
        _teach(roll, taught)
    return len(other) + len(new)


@transaction.atomic
def correct_roll(roll, *, counted_on, enrolled, equipped, modules, by):
    """Put a roll right; what the school had confirmed of the class waits for it again.

    The same numbers change nothing. Raises ChangeRefused when the class has a roll of that day.
    """
    roll = _locked(roll)
    others = roll.school_class.rolls.exclude(pk=roll.pk)
    if others.filter(counted_on=counted_on).exists():
        raise ChangeRefused(_("This class already has a roll of that day."), "counted_on")
    said = (counted_on, enrolled, equipped)
    is_same = said == (roll.counted_on, roll.enrolled, roll.equipped)
    if is_same and set(modules) == set(roll.modules.all()):
        return roll
    before = _last_of(roll.school_class)
    roll.counted_on, roll.enrolled, roll.equipped = said
    roll.handed_in_by = by
    ask_to_confirm_again(roll)
    roll.save()
    roll.modules.set(modules)
    _confirm_again_if_other(roll.school_class, before)
    return roll


@transaction.atomic
def delete_roll(roll):
    """Delete a roll; the one before it counts again, and the school is asked to confirm it."""
    roll = _locked(roll)
    before = _last_of(roll.school_class)
    roll.delete()
    _confirm_again_if_other(roll.school_class, before)


def _locked(roll):
    # The class first, as whoever hands in takes it.
    SchoolClass.objects.select_for_update(of=("self",)).filter(pk=roll.school_class_id).first()
    found = ClassRoll.objects.select_related("school_class").filter(pk=roll.pk).first()
    if found is None:
        raise ChangeRefused(_("This roll was deleted meanwhile."))
    return found


def _last_of(school_class):
    return school_class.rolls.order_by("-counted_on").first()


def _confirm_again_if_other(school_class, before):
    """Take back the confirmation of the roll that now stands in the place of another."""
    last = _last_of(school_class)
    if last is not None and last != before and last.confirmed_at is not None:
        ask_to_confirm_again(last)
        last.save()


def ask_to_confirm_again(roll):
    """Take back the school's confirmation of numbers that change; the caller saves."""
    roll.confirmed_by, roll.confirmed_at = None, None


def _differs(roll, numbers, taught):
    if (roll.enrolled, roll.equipped) != numbers:
        return True
    return taught is not None and taught != set(roll.modules.all())


def _teach(roll, taught):
    if roll.school_class_id in taught:
        roll.modules.set(taught[roll.school_class_id])


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
