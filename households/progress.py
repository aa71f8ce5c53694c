"""The stored figures of a village, as its team leader sees them.

They are read, never counted here: the floor above counts and keeps them on the village's
``coverage_unit``. A missing figure is None, not 0.
"""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ObjectDoesNotExist

ADULTS, VISITED, REACHED, CONFIRMED = (
    "adults",
    "households_visited",
    "adults_reached",
    "adults_confirmed",
)


@dataclass(frozen=True)
class Progress:
    """One fraction with the moment it was counted."""

    numerator: int | None = None
    denominator: int | None = None
    computed_at: datetime | None = None

    @property
    def is_known(self):
        return bool(self.denominator) and self.numerator is not None

    @property
    def width(self):
        """How far the bar reaches, of 100; the bar only, never shown as a number."""
        return self.numerator * 100 / self.denominator if self.is_known else None


def progress_of(village):
    """Return {indicator: Progress} of the village's latest day with figures."""
    nothing = {code: Progress() for code in (ADULTS, VISITED, REACHED, CONFIRMED)}
    try:
        figures = village.coverage_unit.figures
    except (AttributeError, ObjectDoesNotExist):
        return nothing
    counted = figures.filter(indicator__in=nothing, numerator__isnull=False).order_by("-day")
    latest = counted.values("day")[:1]
    rows = figures.filter(indicator__in=nothing, day=latest, numerator__isnull=False)
    return nothing | {
        row.indicator: Progress(row.numerator, row.denominator, row.computed_at) for row in rows
    }
