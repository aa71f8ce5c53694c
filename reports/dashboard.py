"""What the dashboard says. It reads stored rows and counts nothing but flows of a period."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import OuterRef, Q, Subquery

from households.models import Encounter
from reports.counting import answers_to, count_together
from reports.indicators import ADULTS, CONFIRMED, DEVICES, REACHED, VISITED, all_indicators
from reports.models import CoverageFigure
from reports.periods import ReportPeriod
from villages.models import Village
from villages.percent import missing_to_target, percent
from villages.templatetags.display import day as written_day
from villages.templatetags.display import number

SILENT_DAYS = 30
TEAMS_OWN_OCCASIONS = (
    Encounter.Occasion.HOME_VISIT,
    Encounter.Occasion.GATHERING,
    Encounter.Occasion.ONLINE,
)


@dataclass(frozen=True)
class Reading:
    """A stored fraction of one unit on one day; ``None`` until it has been counted."""

    numerator: int | None = None
    denominator: int | None = None
    computed_at: datetime | None = None
    is_stale: bool = False

    @property
    def is_counted(self):
        return self.numerator is not None

    @property
    def percent(self):
        return percent(self.numerator, self.denominator)


NOT_STORED = Reading()


@dataclass(frozen=True)
class Figure:
    """One indicator of the commune as the dashboard shows it."""

    code: str
    title: str
    numerator: int | None
    denominator: int | None
    unit: str
    percent: Decimal | None
    target: Decimal | None
    missing: int | None
    missing_text: str
    change: Decimal | None
    counted_from: str
    is_headline: bool
    is_waiting: bool

    @property
    def change_size(self):
        return abs(self.change)

    @property
    def reaches_target(self):
        return self.missing == 0


@dataclass(frozen=True)
class VillageReading:
    """One village as the dashboard shows it: its figures, and when its team was last heard."""

    pk: int
    number: int
    name: str
    full_name: str
    name_folded: str
    last_on: date | None
    is_silent: bool
    readings: dict


@dataclass(frozen=True)
class Trend:
    """One indicator of the commune over the month ends."""

    code: str
    title: str
    target: Decimal | None
    points: list  # (day, percent or None, numerator, denominator)

    @property
    def as_json(self):
        """What the chart draws: [{"on", "share"}] and the target."""
        points = [
            {"on": written_day(on)[:5], "share": None if share is None else float(share)}
            for on, share, _numerator, _denominator in self.points
        ]
        target = None if self.target is None else float(self.target)
        return json.dumps({"points": points, "target": target})


@dataclass(frozen=True)
class Picture:
    """All that the dashboard says of a commune's stocks on a day."""

    period: ReportPeriod
    day: date
    figures: dict
    villages: list
    trends: dict
    computed_at: datetime | None
    is_waiting: bool
    is_being_recounted: bool
    counts: dict = field(default_factory=dict)
    days_to_count: list = field(default_factory=list)

    @property
    def headlines(self):
        return [figure for figure in self.figures.values() if figure.is_headline]

    @property
    def further_groups(self):
        """Groups that are not headlines; the rungs and households have places of their own."""
        own_place = {REACHED, CONFIRMED, VISITED, DEVICES}
        return [
            figure
            for figure in self.figures.values()
            if not figure.is_headline and figure.code not in own_place
        ]

    @property
    def silent_villages(self):
        return [village for village in self.villages if village.is_silent]

    @property
    def has_figures(self):
        return any(figure.numerator is not None for figure in self.figures.values())


def read_picture(commune, period, state, targets, measures):
    """Return the picture of a commune at the end of a period, from stored rows.

    ``targets`` are percentages by indicator code; ``measures`` are what the page counts of
    the period's records, as for ``count_together``.
    """
    day = period.as_of
    indicators = all_indicators()
    stored = _stored(commune, [day, period.previous_month_end], period.trend_days)
    now, before = stored[None, day], stored[None, period.previous_month_end]
    figures = {
        found.code: _figure(
            found, now.get(found.code), before.get(found.code), targets.get(found.code)
        )
        for found in indicators
    }
    villages, first_on, counts = _villages(commune, day, stored, measures)
    wanted = [day, period.previous_month_end, *period.trend_days]
    return Picture(
        period=period,
        day=day,
        figures=figures,
        villages=villages,
        trends={
            found.code: _trend(found, period.trend_days, stored, targets) for found in indicators
        },
        computed_at=min((r.computed_at for r in now.values() if r.computed_at), default=None),
        counts=counts,
        is_waiting=any(figure.is_waiting for figure in figures.values())
        and _is_countable(day, first_on, state.on),
        is_being_recounted=state.is_being_recounted(day)
        or any(reading.is_stale and reading.is_counted for reading in now.values()),
        days_to_count=[
            missing
            for missing in sorted(set(wanted), reverse=True)
            if _is_countable(missing, first_on, state.on)
            and any(found.code not in stored[None, missing] for found in indicators)
        ],
    )


def unit_text(indicator, count):
    """Return a count with the unit of an indicator: «1.219 người», «164 học sinh»."""
    return str(indicator.unit_word() % {"count": _Written(count)})


class _Written(int):
    """A count that chooses the plural as a number and is written as the page writes it."""

    def __str__(self):
        return number(int(self))


def _stored(commune, days, trend_days):
    rows = (
        CoverageFigure.objects.filter(unit__commune=commune)
        .filter(Q(day__in=days) | Q(day__in=trend_days, unit__village__isnull=True))
        .order_by()
        .values_list(
            "unit__village",
            "day",
            "indicator",
            "numerator",
            "denominator",
            "computed_at",
            "is_stale",
        )
    )
    stored = defaultdict(dict)
    for village, day, indicator, *reading in rows:
        stored[village, day][indicator] = Reading(*reading)
    return stored


def _figure(indicator, now, before, target):
    now, before = now or NOT_STORED, before or NOT_STORED
    share = percent(now.numerator, now.denominator, target)
    missing = missing_to_target(now.numerator, now.denominator, target)
    earlier = before.percent
    return Figure(
        code=indicator.code,
        title=str(indicator.title),
        numerator=now.numerator,
        denominator=now.denominator,
        unit=unit_text(indicator, now.denominator or 0),
        percent=share,
        target=target,
        missing=missing,
        missing_text=unit_text(indicator, missing or 0),
        change=None if share is None or earlier is None else share - earlier,
        counted_from=indicator.group.counted_from if indicator.group else "",
        is_headline=indicator.group is not None and indicator.group.is_headline,
        is_waiting=not now.is_counted,
    )


def _villages(commune, day, stored, measures):
    rows = with_last_activity(Village.objects.filter(commune=commune), day)
    # The counts ride along with the villages: one query less on every drawing.
    rows = list(rows.annotate(**{f"counted_{k}": v for k, v in answers_to(measures).items()}))
    found, first_on = [], None
    for village in rows:
        first_on = min(first_on or village.from_on, village.from_on)
        if village.from_on > day or (village.to_on and village.to_on < day):
            continue
        found.append(
            VillageReading(
                pk=village.pk,
                number=village.number,
                name=village.name,
                full_name=village.full_name,
                name_folded=village.name_folded,
                last_on=village.last_on,
                is_silent=is_silent(village.last_on, day),
                readings=stored[village.pk, day],
            )
        )
    if not rows:
        return found, first_on, count_together(commune.pk, measures)
    return found, first_on, {name: getattr(rows[0], f"counted_{name}") for name in measures}


def with_last_activity(villages, day):
    """Give each village ``last_on``: the last visit or gathering of its team by a day."""
    last = (
        Encounter.objects.standing()
        .filter(village=OuterRef("pk"), occasion__in=TEAMS_OWN_OCCASIONS, held_on__lte=day)
        .order_by("-held_on")
        .values("held_on")[:1]
    )
    return villages.annotate(last_on=Subquery(last))


def is_silent(last_on, day, days=SILENT_DAYS):
    """Whether a village whose team was last active on ``last_on`` is silent on a day."""
    return last_on is None or last_on <= day - timedelta(days=days)


def _trend(indicator, days, stored, targets):
    points = []
    for day in days:
        reading = stored[None, day].get(indicator.code, NOT_STORED)
        share = percent(reading.numerator, reading.denominator, targets.get(indicator.code))
        points.append((day, share, reading.numerator, reading.denominator))
    return Trend(
        code=indicator.code,
        title=str(indicator.title),
        target=targets.get(indicator.code),
        points=points,
    )


def _is_countable(day, first_on, today):
    return first_on is not None and first_on <= day <= today


def rungs_of(picture):
    """Return the three rungs of the adults (reached, able, confirmed), or ``None``."""
    codes = (REACHED, ADULTS, CONFIRMED)
    rungs = [picture.figures.get(code) for code in codes]
    return rungs if all(rungs) and rungs[1].numerator is not None else None
