"""Recounting: from marks to stored figures. Recount, never add.

A recount locks its unit's row, reads the marks, counts from the records, writes, and
strikes only the marks it read. A change that commits meanwhile leaves a mark of its own,
so a figure is right or marked, never wrong and unmarked. Running one twice, late or out
of order gives the same rows.
"""

import logging
import time
from collections import defaultdict
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from reports.indicators import Place, all_indicators, count_all, total
from reports.models import CoverageFigure, CoverageUnit, Drift
from villages.models import Commune, StaleMark, Village
from villages.periods import today

logger = logging.getLogger(__name__)

HISTORY_SECONDS = 60
COMMUNES_AT_ONCE = 40


def recount_stale(commune_id, *, history_seconds=HISTORY_SECONDS):
    """Recount every marked unit of a commune until no mark is left that is ours to strike.

    A unit that another worker holds is left to it: that worker looks for marks again after
    it has let go.
    """
    ensure_units(commune_id)
    while True:
        counted = [recount_unit(unit_id) for unit_id in list(_marked_units(commune_id))]
        if not any(counted):
            break
    recount_waiting_days(commune_id, seconds=history_seconds)


def sweep():
    """Recount all communes that have marks or days that wait."""
    communes = set(StaleMark.objects.values_list("commune_id", flat=True).distinct())
    communes |= set(
        CoverageFigure.objects.filter(is_stale=True)
        .values_list("unit__commune_id", flat=True)
        .distinct()
    )
    for commune_id in sorted(communes):
        recount_stale(commune_id, history_seconds=20)


def recount_unit(unit_id):
    """Recount one unit as of today and strike its marks; ``False`` if there was nothing to do.

    Stored figures of earlier days that the marks reach back to are noted as stale in the
    same transaction and recounted after.
    """
    with transaction.atomic():
        unit = _locked_units(skip_locked=True).filter(pk=unit_id).first()
        if unit is None:
            return False
        marks = list(_marks_of(unit).values_list("pk", "since_on"))
        if not marks:
            return False
        day = today()
        _write(unit_rows(unit, day), day)
        earliest = min(since_on for _pk, since_on in marks)
        unit.figures.filter(day__gte=earliest, is_stale=False).exclude(day=day).update(
            is_stale=True
        )
        StaleMark.objects.filter(pk__in=[pk for pk, _since_on in marks]).delete()
        _touch([unit])
    return True


def recount_waiting_days(commune_id, *, seconds):
    """Recount earlier days that wait, newest first, for about so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        waiting = (
            CoverageFigure.objects.filter(unit__commune=commune_id, is_stale=True)
            .order_by("-day")
            .values_list("day", flat=True)
            .first()
        )
        if waiting is None:
            return True
        recount_day(commune_id, waiting, only_waiting=True)
    return False


def recount_day(commune_id, day, *, only_waiting=False, only_village=None):
    """Recount a commune and all its villages as of a day; return the drift that was found."""
    with transaction.atomic():
        wanted = {"commune": commune_id} | ({"village": only_village} if only_village else {})
        units = list(_locked_units().filter(**wanted))
        if only_waiting:
            waiting = set(
                CoverageFigure.objects.filter(
                    unit__commune=commune_id, day=day, is_stale=True
                ).values_list("unit_id", flat=True)
            )
            units = [unit for unit in units if unit.pk in waiting]
        rows = unit_rows(units[0], day) if len(units) == 1 else rows_of(units, day)
        drift = [] if only_waiting else _find_drift(rows, day)
        _write(rows, day)
        _touch(units)
    return drift


def recount_communes(commune_ids, day):
    """Recount some communes and all their villages as of a day, together; return the drift.

    Counting many at once lets the database read each table once. Changes that commit
    meanwhile keep their marks for the next sweep.
    """
    with transaction.atomic():
        units = list(_locked_units().filter(commune__in=commune_ids))
        rows = rows_of(units, day)
        drift = _find_drift(rows, day)
        _write(rows, day)
        _touch(units)
    return drift


def recount_everything(*, communes=None, days=None, only_village=None):
    """Recount all communes as of yesterday and today; log, keep and return any drift.

    Yesterday's figures are complete and carry no mark, so a difference is a defect.
    """
    wanted = communes if communes is not None else Commune.objects.values_list("pk", flat=True)
    found, due = [], defaultdict(list)
    for commune_id in list(wanted):
        ensure_units(commune_id)
        recount_stale(commune_id)
        for day in days or _kept_days(commune_id, since=today() - timedelta(days=1)):
            due[day].append(commune_id)
    for day, commune_ids in sorted(due.items()):
        if only_village:
            for commune_id in commune_ids:
                found += recount_day(commune_id, day, only_village=only_village)
            continue
        for first in range(0, len(commune_ids), COMMUNES_AT_ONCE):
            found += recount_communes(commune_ids[first : first + COMMUNES_AT_ONCE], day)
    for drift in found:
        logger.error(
            "Drift: unit %s, %s as of %s was stored as %s/%s and counted as %s/%s.",
            drift.unit_id,
            drift.indicator,
            drift.day,
            drift.stored_numerator,
            drift.stored_denominator,
            drift.counted_numerator,
            drift.counted_denominator,
        )
    Drift.objects.bulk_create(found)
    return found


def ask_for_day(commune_id, day):
    """Have the figures of a past day counted: store empty ones that wait for the worker."""
    from reports.doorbell import ring_after_commit

    with transaction.atomic():
        units = ensure_units(commune_id)
        CoverageFigure.objects.bulk_create(
            [
                CoverageFigure(unit=unit, indicator=indicator.code, day=day, is_stale=True)
                for unit in units
                for indicator in all_indicators()
            ],
            ignore_conflicts=True,
        )
        ring_after_commit(sender=CoverageFigure, commune_id=commune_id)


def ensure_units(commune_id):
    """Return the commune's units, made if they are missing.

    The days of a village that was recorded late wait to be counted like the others.
    """
    have = list(CoverageUnit.objects.filter(commune=commune_id))
    villages = set(Village.objects.filter(commune=commune_id).values_list("pk", flat=True))
    missing = ({None} | villages) - {unit.village_id for unit in have}
    if not missing:
        return have
    CoverageUnit.objects.bulk_create(
        [CoverageUnit(commune_id=commune_id, village_id=village) for village in missing],
        ignore_conflicts=True,
    )
    units = list(CoverageUnit.objects.filter(commune=commune_id).select_related("village"))
    _let_earlier_days_wait(units, missing - {None})
    return units


def _let_earlier_days_wait(units, new_villages):
    new = [unit for unit in units if unit.village_id in new_villages]
    if not new:
        return
    since = min(unit.village.from_on for unit in new)
    days = CoverageFigure.objects.filter(unit__in=units, day__gte=since, day__lt=today())
    CoverageFigure.objects.bulk_create(
        [
            CoverageFigure(unit=unit, indicator=indicator.code, day=day, is_stale=True)
            for day in days.order_by().values_list("day", flat=True).distinct()
            for unit in new
            if unit.village.from_on <= day
            for indicator in all_indicators()
        ],
        ignore_conflicts=True,
    )


def unit_rows(unit, day):
    """Count one unit as of a day: [(unit id, indicator, numerator, denominator)]."""
    indicators = all_indicators()
    counted = count_all(indicators, Place(unit.commune_id, unit.village_id), day)
    return [(unit.pk, found, *total(list(counted[found.code].values()))) for found in indicators]


def rows_of(units, day):
    """Count many units of some communes as of a day, in a query a population."""
    if not units:
        return []
    indicators, rows = all_indicators(), []
    place = Place(communes=tuple(sorted({unit.commune_id for unit in units})))
    counted = count_all(indicators, place, day)
    for indicator in indicators:
        by_commune = defaultdict(list)
        for (commune, _village), numbers in counted[indicator.code].items():
            by_commune[commune].append(numbers)
        for unit in units:
            if unit.village_id is None:
                numbers = total(by_commune[unit.commune_id])
            else:
                numbers = counted[indicator.code].get((unit.commune_id, unit.village_id), (0, 0))
            rows.append((unit.pk, indicator, *numbers))
    return rows


def _locked_units(**options):
    # «of self» and no order by the commune: locking the commune's row as well would make
    # every visit, whose foreign key points at it, wait for the recount.
    return CoverageUnit.objects.select_for_update(of=("self",), **options).order_by("pk")


def _marks_of(unit):
    return StaleMark.objects.filter(commune=unit.commune_id, village=unit.village_id)


def _marked_units(commune_id):
    marks = StaleMark.objects.filter(commune=commune_id).values_list("village_id", flat=True)
    villages = set(marks.distinct())
    condition = Q(village__in=[v for v in villages if v is not None])
    if None in villages:
        condition |= Q(village__isnull=True)
    units = CoverageUnit.objects.filter(condition, commune=commune_id)
    return units.order_by("pk").values_list("pk", flat=True)


def _write(rows, day):
    now = timezone.now()
    CoverageFigure.objects.bulk_create(
        [
            CoverageFigure(
                unit_id=unit_id,
                indicator=indicator.code,
                day=day,
                numerator=numerator,
                denominator=denominator,
                definition_version=indicator.version,
                computed_at=now,
                is_stale=False,
            )
            for unit_id, indicator, numerator, denominator in rows
        ],
        update_conflicts=True,
        unique_fields=["unit", "indicator", "day"],
        update_fields=[
            "numerator",
            "denominator",
            "definition_version",
            "computed_at",
            "is_stale",
        ],
    )


def _touch(units):
    now = timezone.now()
    for unit in units:
        unit.version += 1
        unit.recounted_at = now
    CoverageUnit.objects.bulk_update(units, ["version", "recounted_at"])


def _find_drift(rows, day):
    unit_ids = {unit_id for unit_id, *_rest in rows}
    marked = {
        (commune, village)
        for commune, village in StaleMark.objects.filter(
            commune__coverage_units__in=unit_ids
        ).values_list("commune_id", "village_id")
    }
    unmarked = {
        unit.pk
        for unit in CoverageUnit.objects.filter(pk__in=unit_ids)
        if (unit.commune_id, unit.village_id) not in marked
    }
    stored = {
        (figure.unit_id, figure.indicator): figure
        for figure in CoverageFigure.objects.filter(
            unit__in=unmarked, day=day, is_stale=False, numerator__isnull=False
        )
    }
    found = []
    for unit_id, indicator, numerator, denominator in rows:
        figure = stored.get((unit_id, indicator.code))
        if figure is None or figure.definition_version != indicator.version:
            continue
        if (figure.numerator, figure.denominator) != (numerator, denominator):
            found.append(
                Drift(
                    unit_id=unit_id,
                    indicator=indicator.code,
                    day=day,
                    stored_numerator=figure.numerator,
                    stored_denominator=figure.denominator,
                    counted_numerator=numerator,
                    counted_denominator=denominator,
                )
            )
    return found


def _kept_days(commune_id, since):
    days = set(
        CoverageFigure.objects.filter(unit__commune=commune_id, day__gte=since)
        .values_list("day", flat=True)
        .distinct()
    )
    return sorted(days | {today()})
