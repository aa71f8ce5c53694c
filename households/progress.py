"""The stored figures of a village, as its team leader sees them.

They are read, never counted here: the floor above counts and keeps them on the village's
``coverage_unit``. A missing figure is None, not 0.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q

from villages.models import Village

ADULTS, VISITED, REACHED, CONFIRMED = (
    "adults",
    "households_visited",
    "adults_reached",
    "adults_confirmed",
)
# The path of the floor above to what it keeps of a village.
FIGURES = "coverage_unit__figures__"


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
    return progress_by_village([village])[village.pk]


def progress_by_village(villages):
    """Return {village id: {indicator: Progress}} of each one's latest day, in two queries."""
    ids = [village.pk for village in villages]
    nothing = {code: Progress() for code in (ADULTS, VISITED, REACHED, CONFIRMED)}
    known = {pk: dict(nothing) for pk in ids}
    counted = Q(
        **{f"{FIGURES}indicator__in": nothing, f"{FIGURES}numerator__isnull": False}, pk__in=ids
    )
    latest = Village.objects.filter(counted).annotate(latest=Max(f"{FIGURES}day"))
    days = dict(latest.order_by().values_list("pk", "latest"))
    if not days:
        return known
    on_these_days = Q()
    for pk, day in days.items():
        on_these_days |= Q(**{f"{FIGURES}day": day}, pk=pk)
    columns = ("indicator", "numerator", "denominator", "computed_at")
    for pk, code, *fraction in (
        Village.objects.filter(counted & on_these_days)
        .order_by()
        .values_list("pk", *(f"{FIGURES}{column}" for column in columns))
    ):
        known[pk][code] = Progress(*fraction)
    return known
