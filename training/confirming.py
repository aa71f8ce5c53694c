"""«Nhà trường xác nhận số liệu»: a school stands by the last rolls of its classes."""

import hashlib
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from training.models import ClassRoll, SchoolClass
from villages.periods import today
from villages.refusals import ChangeRefused


class Standing(TextChoices):
    """How far a school has come with its rolls."""

    NO_CLASSES = "no_classes", _("No classes this school year")
    NOT_HANDED_IN = "not_handed_in", _("Rolls not all handed in")
    WAITING = "waiting", _("Not confirmed")
    EARLIER = "earlier", _("Not confirmed this period")
    CONFIRMED = "confirmed", _("Confirmed this period")


@dataclass(frozen=True)
class Confirmation:
    """Where a school stands: ``confirmed_at`` and ``confirmed_by`` of its oldest confirmation."""

    standing: Standing
    confirmed_at: object = None
    confirmed_by: object = None

    @property
    def is_done(self):
        return self.standing == Standing.CONFIRMED


def period_begins(day):
    """Return the first day of the reporting period of a day: the calendar quarter."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def last_rolls(classes, day):
    """Return {class id: its last roll by a day} for some classes, in one query."""
    rolls = (
        ClassRoll.objects.filter(school_class__in=classes, counted_on__lte=day)
        .select_related("confirmed_by")
        .prefetch_related("modules")
        .order_by("counted_on")
    )
    return {roll.school_class_id: roll for roll in rolls}


def confirmations(schools, year, day):
    """Return {school id: Confirmation} of the school year's classes, in two queries."""
    classes = list(
        SchoolClass.objects.filter(school__in=schools, school_year=year).order_by()
        if year is not None
        else ()
    )
    last = last_rolls(classes, day)
    rolls = {school.pk: [] for school in schools}
    for one in classes:
        rolls[one.school_id].append(last.get(one.pk))
    begins = period_begins(day)
    return {pk: _confirmation(of_school, begins) for pk, of_school in rolls.items()}


def _confirmation(rolls, begins):
    if not rolls:
        return Confirmation(Standing.NO_CLASSES)
    if None in rolls:
        return Confirmation(Standing.NOT_HANDED_IN)
    if any(roll.confirmed_at is None for roll in rolls):
        return Confirmation(Standing.WAITING)
    oldest = min(rolls, key=lambda roll: roll.confirmed_at)
    in_period = timezone.localdate(oldest.confirmed_at) >= begins
    standing = Standing.CONFIRMED if in_period else Standing.EARLIER
    return Confirmation(standing, oldest.confirmed_at, oldest.confirmed_by)


def seal_of(rolls):
    """Return a short text that changes with any number or module of these rolls."""
    told = [
        (
            roll.pk,
            roll.enrolled,
            roll.equipped,
            sorted(module.pk for module in roll.modules.all()),
        )
        for roll in sorted(rolls, key=lambda roll: roll.pk)
    ]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


@transaction.atomic
def confirm_rolls(school, *, year, seen, by):
    """Confirm the last roll of each class of a school year; return how many.

    Refused while a class has none, and when the numbers are no longer those that were
    ``seen``. Confirming again moves the day: the numbers hold for this period too.
    """
    # In the order in which rolls are handed in, so that the two wait for each other.
    classes = list(
        SchoolClass.objects.select_for_update(of=("self",))
        .filter(school=school, school_year=year)
        .order_by("pk")
    )
    last = last_rolls(classes, today())
    if not classes or len(last) < len(classes):
        raise ChangeRefused(_("Hand in the rolls of every class first; then confirm them."))
    if seen != seal_of(last.values()):
        raise ChangeRefused(
            _("The numbers have changed meanwhile. Please look at them and confirm again.")
        )
    # The numbers stay as they are, so no figure has to be counted again.
    ClassRoll.objects.filter(pk__in=[roll.pk for roll in last.values()]).update(
        confirmed_by=by, confirmed_at=timezone.now()
    )
    return len(last)
