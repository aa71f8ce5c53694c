"""Every figure of a commune up to a day, by what it is about, to compare two communes."""

import calendar
from datetime import date

from reports.indicators import Place, all_indicators, count_all
from reports.management.commands.programme_results import as_json
from reports.results import programme_results
from villages.models import Village


def figures_of(commune, last):
    """Return the year's table, and {what: number} of every month and of every village.

    Plain texts, numbers and lists, as JSON has them.
    """
    first = date(last.year, 1, 1)
    months = [
        date(last.year, month, calendar.monthrange(last.year, month)[1])
        for month in range(1, last.month + 1)
    ]
    tables = {day: as_json(programme_results(commune, day.replace(day=1), day)) for day in months}
    names = dict(Village.objects.values_list("pk", "name"))
    counted = count_all(all_indicators(), Place(commune.pk), last)
    return {
        "year": as_json(programme_results(commune, first, last)),
        "months": {
            f"{day:%m/%Y} {name}": number
            for day, table in tables.items()
            for name, number in one_by_one(table)
        },
        "villages": {
            f"{names.get(village, 'commune')}, {code}": list(pair)
            for code, rows in counted.items()
            for (_commune, village), pair in rows.items()
        },
    }


def one_by_one(table):
    """Yield each figure of a results table under its name."""
    yield from table["figures"].items()
    for indicator in table["indicators"]:
        for part in ("numerator", "denominator", "reached", "able", "confirmed"):
            if part in indicator:
                yield f"{indicator['code']}, {part}", indicator[part]
