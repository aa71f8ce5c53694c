"""All villages of a commune at once: which figure, in which order, which of them."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from reports.dashboard import NOT_STORED
from reports.indicators import ADULTS, CONFIRMED, DEVICES, REACHED, VISITED
from villages.text import fold

TILES, TABLE = "o", "bang"
SILENT, BELOW = "im-lang", "duoi-muc-tieu"
FILTERS = {
    "": _("All"),
    SILENT: _("Silent for 30 days"),
    BELOW: _("Below the target"),
}
COLUMNS = (ADULTS, REACHED, CONFIRMED, VISITED, DEVICES)
SORTS = ("number", "name", "share", "last", *COLUMNS)
SEARCH_LENGTH = 80


@dataclass(frozen=True)
class BoardChoice:
    """How somebody wants to see the villages, as it stands in the address."""

    indicator: str = ADULTS
    view: str = TILES
    kept: str = ""
    search: str = ""
    sort: str = "number"


@dataclass(frozen=True)
class BoardRow:
    """One village on the board."""

    village: object
    share: object
    fraction: object
    is_below: bool
    cells: list


def choice_in(query, known_codes):
    """Read the choice from an address; whatever is not known becomes the default."""
    known = list(known_codes)
    indicator = query.get("chi-so", "")
    if indicator not in known:
        indicator = ADULTS if ADULTS in known or not known else known[0]
    view = query.get("xem", "")
    kept = query.get("loc", "")
    sort = query.get("sort", "")
    return BoardChoice(
        indicator=indicator,
        view=view if view in (TILES, TABLE) else TILES,
        kept=kept if kept in FILTERS else "",
        search=fold(query.get("tim", "")[:SEARCH_LENGTH]),
        sort=sort if sort.removeprefix("-") in SORTS else "number",
    )


def rows_of(picture, choice):
    """Return the board's rows: filtered, searched, sorted; a missing figure sorts last."""
    figure = picture.figures.get(choice.indicator)
    target = figure.target if figure else None
    rows = [
        _row(village, choice.indicator, target, picture.figures) for village in picture.villages
    ]
    if choice.kept == SILENT:
        rows = [row for row in rows if row.village.is_silent]
    elif choice.kept == BELOW:
        rows = [row for row in rows if row.is_below]
    if choice.search:
        rows = [row for row in rows if choice.search in row.village.name_folded]
    return _sorted(rows, choice.sort)


def _row(village, code, target, figures):
    reading = village.readings.get(code, NOT_STORED)
    share = reading.percent
    return BoardRow(
        village=village,
        share=share,
        fraction=reading,
        is_below=share is not None and target is not None and share < target,
        cells=[
            (figures[column].title, village.readings.get(column, NOT_STORED))
            for column in COLUMNS
            if column in figures
        ],
    )


def _sorted(rows, sort):
    down, by = sort.startswith("-"), sort.removeprefix("-")
    keys = {
        "number": lambda row: row.village.number,
        "name": lambda row: row.village.name_folded,
        "share": lambda row: row.share,
        "last": lambda row: row.village.last_on,
    }
    key = keys.get(by) or (lambda row: row.village.readings.get(by, NOT_STORED).percent)
    known = [row for row in rows if key(row) is not None]
    unknown = [row for row in rows if key(row) is None]
    return sorted(known, key=key, reverse=down) + unknown
