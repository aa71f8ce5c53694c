"""The programme's results table: what went up to the province, out of the records."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reports.activity import Activity, activity_of
from reports.indicators import ADULTS, CONFIRMED, REACHED, Place, all_indicators
from reports.periods import ReportPeriod
from villages.percent import percent
from villages.targets import target_rows

# The figures of the table, in its order, which is also that of the report's outline.
FIGURES = (
    "documents",
    "steering_committee_members",
    "villages",
    "teams",
    "staff",
    "communications",
    "training_sessions",
    "people_trained",
    "training_attendances",
    "households_visited",
    "household_visits",
    "people_helped_at_service_centre",
    "households_with_smart_device",
)


@dataclass(frozen=True)
class Result:
    """One indicator as of the last day of a period, beside its target."""

    code: str
    title: str
    numerator: int
    denominator: int
    percent: Decimal | None
    target: Decimal | None
    target_source: str
    as_of: date
    definition: str


@dataclass(frozen=True)
class ProgrammeResults:
    """The results of a commune: flows from ``first`` to ``last``, stocks as of ``as_of``.

    ``as_of`` is ``last``, or today while the period is still running.
    """

    commune: object
    first: date
    last: date
    as_of: date
    activity: Activity
    indicators: tuple[Result, ...]

    @property
    def figures(self):
        """The figures of the table by name, in its order."""
        return {name: getattr(self.activity, name) for name in FIGURES}

    def indicator(self, code):
        return next((found for found in self.indicators if found.code == code), None)

    @property
    def rungs(self):
        """How many adults are reached, able and confirmed: three rungs, never merged."""
        found = {name: self.indicator(code) for name, code in RUNGS.items()}
        return {name: result.numerator for name, result in found.items() if result is not None}


RUNGS = {"reached": REACHED, "able": ADULTS, "confirmed": CONFIRMED}


def programme_results(commune, first, last):
    """Count the programme's results of a commune in a period, from its records.

    Nothing is read from stored figures, so this agrees with them or shows that they drifted.
    """
    as_of = ReportPeriod(first, last).as_of
    targets = target_rows(commune, last.year)
    place = Place(commune.pk)
    return ProgrammeResults(
        commune=commune,
        first=first,
        last=last,
        as_of=as_of,
        activity=activity_of(commune, first, last),
        indicators=tuple(
            _result(indicator, indicator.count(place, as_of), targets.get(indicator.code), as_of)
            for indicator in all_indicators()
        ),
    )


def _result(indicator, counted, target, as_of):
    numerator, denominator = counted
    goal = target.percent if target else None
    return Result(
        code=indicator.code,
        title=str(indicator.title),
        numerator=numerator,
        denominator=denominator,
        percent=percent(numerator, denominator, goal),
        target=goal,
        target_source=_source(target),
        as_of=as_of,
        definition=str(indicator.definition),
    )


def _source(target):
    if target is None:
        return ""
    return target.source or (str(target.document) if target.document_id else "")
