"""Days as people write them by hand: «5/11», the year left to be understood."""

import re
from datetime import date

SHORT = re.compile(r"([0-9]{1,2})[/. -]([0-9]{1,2})(?:[/. -]([0-9]{4}))?")
ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def latest_day(text, until):
    """Return the day meant; without a year the last such day up to ``until``, or ``None``."""
    return _day(text, (until.year, until.year - 1), lambda day: day <= until)


def next_day(text, after):
    """Return the day meant; without a year the first such day after ``after``, or ``None``."""
    return _day(text, (after.year, after.year + 1), lambda day: day > after)


def _day(text, years, fits):
    text = text.strip()
    if match := ISO.fullmatch(text):
        return _date(*map(int, match.groups()))
    match = SHORT.fullmatch(text)
    if match is None:
        return None
    day, month, year = match.groups()
    if year:
        return _date(int(year), int(month), int(day))
    found = [_date(candidate, int(month), int(day)) for candidate in years]
    return next((on for on in found if on is not None and fits(on)), None)


def _date(year, month, day):
    try:
        return date(year, month, day)
    except ValueError:
        return None
