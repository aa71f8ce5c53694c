"""Which target applies: a village's own, then its commune's, then the one for all."""

from django.db.models import Q

from villages.models import Target


def targets_for(commune, year):
    """Return {indicator: target percentage} of a commune for a year, in one query."""
    return {code: target.percent for code, target in target_rows(commune, year).items()}


def target_rows(commune, year, village=None):
    """Return {indicator: Target} that apply to a commune, or to a village of it, for a year."""
    wanted = Q(commune__isnull=True) | Q(commune=commune, village__isnull=True)
    if village is not None:
        wanted |= Q(village=village)
    rows = Target.objects.filter(wanted, year=year)
    return {row.indicator: row for row in sorted(rows, key=_width, reverse=True)}


def target_for(indicator_code, commune, village, year):
    """Return the Target that applies to one indicator, or ``None``."""
    return target_rows(commune, year, village).get(indicator_code)


def _width(row):
    return 0 if row.village_id else 1 if row.commune_id else 2
