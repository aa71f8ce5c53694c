"""What everybody may know of a commune: totals only, and none built on fewer than 5 people."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.cache import cache
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from reports.indicators import VISITED, all_indicators
from reports.models import CoverageFigure
from training.models import TrainingSession
from villages.models import Team
from villages.percent import percent
from villages.periods import today
from villages.targets import targets_for
from villages.templatetags import display

FEWEST_PEOPLE = 5
SECONDS_KEPT = 60


@dataclass(frozen=True)
class PublicFigure:
    """One group's share as the public page shows it; ``percent`` is None when it says nothing."""

    title: str
    percent: Decimal | None
    target: Decimal | None
    is_withheld: bool

    @property
    def percent_text(self):
        return _("not published") if self.is_withheld else display.percent(self.percent)

    @property
    def note(self):
        if self.is_withheld:
            return _("Built on fewer than five people.")
        if self.target is None:
            return ""
        return _("Target of the year: %(target)s") % {"target": display.target(self.target)}


@dataclass(frozen=True)
class Headline:
    """The public page's figures on one day, and the year's counts beside them."""

    as_of: date
    figures: tuple
    households_visited: int | None
    sessions: int
    teams: int

    @property
    def counts(self):
        """Return (number, words) of each count; what is not known is left out."""
        counts = (
            (self.households_visited, _("households visited at home")),
            (self.sessions, _("training sessions this year")),
            (self.teams, _("community digital technology teams")),
        )
        return [(number, words) for number, words in counts if number is not None]


def headline(commune):
    """Return the commune's headline as last counted, or None; kept for a minute."""
    key = f"portal-headline:{commune.pk}:{today()}:{get_language()}"
    known = cache.get(key, default=key)
    if known == key:
        known = _read(commune)
        cache.set(key, known, SECONDS_KEPT)
    return known


def _read(commune):
    counted = CoverageFigure.objects.filter(
        unit__commune=commune, unit__village__isnull=True, numerator__isnull=False
    )
    as_of = counted.filter(day__lte=today()).order_by("-day").values_list("day", flat=True).first()
    if as_of is None:
        return None
    rows = {row.indicator: row for row in counted.filter(day=as_of)}
    targets = targets_for(commune, as_of.year)
    visited = rows.get(VISITED)
    return Headline(
        as_of=as_of,
        figures=tuple(
            _figure(indicator, rows[indicator.code], targets.get(indicator.code))
            for indicator in all_indicators()
            if indicator.group and indicator.group.is_headline and indicator.code in rows
        ),
        households_visited=_unless_few(visited.numerator) if visited else None,
        sessions=TrainingSession.objects.filter(
            commune=commune, kind=TrainingSession.Kind.RESIDENTS
        )
        .held()
        .within(date(as_of.year, 1, 1), as_of)
        .count(),
        teams=Team.objects.on(as_of).filter(village__commune=commune).count(),
    )


def _figure(indicator, row, target):
    # Both sides of the fraction can point at people: the covered and those who are not.
    sides = (row.numerator, row.denominator - row.numerator)
    is_withheld = row.denominator > 0 and (
        row.denominator < FEWEST_PEOPLE or any(0 < side < FEWEST_PEOPLE for side in sides)
    )
    share = None if is_withheld else percent(row.numerator, row.denominator, target)
    return PublicFigure(str(indicator.title), share, target, is_withheld)


def _unless_few(count):
    return None if 0 < count < FEWEST_PEOPLE else count
