"""Periods with a first and a last day, both included; an open end means «still so»."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def today():
    """Return today's date in the commune's time zone."""
    return timezone.localdate()


def during(day, prefix=""):
    """Return the condition that a row's ``from_on``–``to_on`` includes ``day``.

    ``prefix`` is the path to the row, such as ``"residencies__"``. All of it has to stand
    in one ``filter()`` so that both ends are asked of the same row.
    """
    return Q(**{f"{prefix}from_on__lte": day}) & (
        Q(**{f"{prefix}to_on__isnull": True}) | Q(**{f"{prefix}to_on__gte": day})
    )


def not_ended_before(day):
    """Return the condition that a period reaches the day or begins after it."""
    return Q(to_on__isnull=True) | Q(to_on__gte=day)


class PeriodQuerySet(models.QuerySet):
    """Rows that hold from one day to another."""

    def on(self, day):
        return self.filter(during(day))


class Period(models.Model):
    """A row that holds from ``from_on`` to ``to_on``, both days included."""

    from_on = models.DateField(_("from"))
    to_on = models.DateField(_("to"), null=True, blank=True, help_text=_("Empty: still so."))

    class Meta:
        abstract = True

    @classmethod
    def ends_after_it_begins(cls, name):
        """Return the constraint that every subclass adds under a readable name."""
        return models.CheckConstraint(
            condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
            name=name,
            violation_error_message=_("The last day cannot be before the first."),
        )


def first_overlap(periods):
    """Return the first day that two of the periods share, or ``None``.

    ``periods`` are pairs (first day, last day or ``None``).
    """
    in_order = sorted(periods, key=lambda period: period[0])
    reach, is_open = None, False
    for first, last in in_order:
        if is_open or (reach is not None and first <= reach):
            return first
        is_open = last is None
        reach = last if reach is None or is_open else max(reach, last)
    return None
