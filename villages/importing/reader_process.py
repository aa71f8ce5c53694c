"""Reads one workbook in a process of its own, with little memory and little time.

``python -m villages.importing.reader_process heads`` and ``… rows <heading row> <sheet>``
take the file's bytes on stdin and answer with lines of JSON on stdout; the last one is
``{"end": true}`` or ``{"refused": "<why>"}``. No Django here, so that it starts at once. A
file made to fill the memory kills this process and nothing else: see ``sheets``.
"""

import json
import os
import resource
import sys
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import islice

import python_calamine

from villages.importing import archives, broken_cells, comma_files
from villages.importing.refused import Refused

MOST_MEMORY = 512 * 2**20
# Somebody waits for the heads; a worker reads the rest.
MOST_SECONDS, MOST_SECONDS_OF_HEADS = 60, 30
MOST_ROWS, MOST_COLUMNS, MOST_SHEETS = 200_000, 200, 30
# As many as Excel itself keeps in a cell.
LONGEST_CELL, LONGEST_NAME = 32_767, 100
ROWS_OF_A_HEAD = 40
# What is said at once is held twice by whoever listens.
ROWS_AT_ONCE, MOST_AT_ONCE, MOST_ALTOGETHER = 200, 16 * 2**20, 300 * 2**20
LARGEST_WHOLE = 10**15


def main(arguments):
    """Answer one question about the file on stdin."""
    # Whoever only opens a page goes first.
    os.nice(10)
    # A reader writes no file, not even of its own memory when it dies.
    limit(MOST_SECONDS_OF_HEADS if arguments[0] == "heads" else MOST_SECONDS, most_on_disk=0)
    try:
        source = sys.stdin.buffer.read()
        workbook = open_workbook(source)
        if arguments[0] == "heads":
            for head in heads(workbook):
                _say(head)
        else:
            heading_row, name = int(arguments[1]), arguments[2]
            _say_rows(rows_below(workbook, name, heading_row))
        _say({"end": True})
    except Refused as refused:
        _say({"refused": refused.why})
    except MemoryError:
        _say({"refused": "too_large"})
    except python_calamine.PasswordError:
        _say({"refused": "password"})
    except BrokenPipeError:
        # Whoever asked has heard enough.
        sys.stderr.close()
    except BaseException as problem:
        # The reader is Rust: what it stumbles on comes as a panic, beside its own errors.
        if isinstance(problem, (SystemExit, KeyboardInterrupt)):
            raise
        _say({"refused": "damaged", "of": type(problem).__name__})


def open_workbook(source):
    """Return the workbook in some bytes, whatever the file is called."""
    kind = archives.kind_of(source)
    if kind == "text":
        return comma_files.CommaFile(source)
    return Workbook(source, kind)


class Workbook:
    """What Calamine reads, with the places of its sheets as the file has them."""

    def __init__(self, source, kind):
        self._broken = broken_cells.finder(source, kind)
        self._book = python_calamine.CalamineWorkbook.from_object(BytesIO(source))
        visible = python_calamine.SheetVisibleEnum.Visible
        sheets = [
            sheet
            for sheet in self._book.sheets_metadata
            if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        ][:MOST_SHEETS]
        self.sheets = [(plain_name(sheet.name), sheet.visible == visible) for sheet in sheets]
        self._in_the_file = {plain_name(sheet.name): sheet.name for sheet in sheets}

    def open(self, name):
        """Return (rows from the file's first on, merged ranges) of a sheet."""
        if name not in self._in_the_file:
            raise Refused("no_such_sheet")
        name = self._in_the_file[name]
        sheet = self._book.get_sheet_by_name(name)
        return self._rows(sheet, name), list(sheet.merged_cell_ranges or ())

    def _rows(self, sheet, name):
        if sheet.start is None:
            return
        broken = self._broken.in_sheet(name) if self._broken else {}
        left = [None] * sheet.start[1]
        for number, row in enumerate(sheet.iter_rows()):
            found = left + row if left else row
            if number in broken:
                for column, words in broken[number].items():
                    found.extend([None] * (column + 1 - len(found)))
                    found[column] = words
            yield found


def plain_name(name):
    """Return the name of a sheet as it is shown, kept and asked for again.

    Excel allows 31 signs; a file made by hand may have any number, and signs of no text.
    """
    return "".join(sign for sign in name if sign.isprintable())[:LONGEST_NAME] or "?"


def heads(workbook):
    """Yield of each sheet its name, its first rows, how far it goes, and merged ranges."""
    for name, is_visible in workbook.sheets:
        rows, merged = workbook.open(name)
        first, last, filled = [], 0, 0
        for number, row in enumerate(rows):
            cells = _cells(row)
            if cells:
                last, filled = number + 1, filled + 1
                _check_rows(filled)
            if number < ROWS_OF_A_HEAD:
                first.append(cells)
        yield {
            "name": name,
            "is_visible": is_visible,
            "rows": first[:last],
            "row_count": last,
            "merged": merged[:1000],
        }


def rows_below(workbook, name, heading_row):
    """Yield (row number as in the file, cells) below the headings, without blank rows.

    What stands in a cell that is merged downwards is said of each of its rows that holds
    anything else.
    """
    rows, merged = workbook.open(name)
    tall = _merged_downwards(merged, heading_row)
    filled, reaching = 0, {}
    for index, row in enumerate(rows):
        if index <= heading_row:
            continue
        cells = _cells(row)
        if cells:
            if reaching:
                reaching = _taken_down(cells, reaching, index)
            filled += 1
            _check_rows(filled)
            yield index + 1, cells
        for column, bottom in tall.get(index, ()):
            if column < len(cells) and cells[column] is not None:
                reaching[column] = bottom, cells[column]


def _merged_downwards(merged, heading_row):
    """Return {row: (column, last row) of the cells that reach down from it}."""
    found = {}
    for (top, left), (bottom, _right) in merged:
        if bottom > top > heading_row and left < MOST_COLUMNS:
            found.setdefault(top, []).append((left, bottom))
    return found


def _taken_down(cells, reaching, index):
    """Write into a row what reaches down into it; return what reaches further."""
    reaching = {column: kept for column, kept in reaching.items() if kept[0] >= index}
    for column, (_bottom, value) in reaching.items():
        cells.extend([None] * (column + 1 - len(cells)))
        if cells[column] is None:
            cells[column] = value
    return reaching


def _check_rows(filled):
    if filled > MOST_ROWS:
        raise Refused("too_many_rows")


def _cells(row):
    """Return the cells up to the last that holds something."""
    # Most cells are words and need no second look.
    cells = [
        value
        if type(value) is str and value[:1].isalnum() and len(value) <= LONGEST_CELL
        else _cell(value)
        for value in row
    ]
    while cells and cells[-1] is None:
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        raise Refused("too_many_columns")
    return cells


def _cell(value):
    kind = type(value)
    if kind is str:
        return value[:LONGEST_CELL] if value and not value.isspace() else None
    if kind is float:
        if value.is_integer() and -LARGEST_WHOLE < value < LARGEST_WHOLE:
            return int(value)
        # Not numbers for JSON, nor for anybody else.
        return value if value - value == 0 else None
    if kind is timedelta:
        return _cell(value.total_seconds() / 86400)
    return value


def _say_rows(rows):
    total = 0
    while some := list(islice(rows, ROWS_AT_ONCE)):
        total += _say({"rows": some})
        if total > MOST_ALTOGETHER:
            raise Refused("too_large")


def _say(words):
    line = json.dumps(words, default=_tagged, separators=(",", ":")).encode()
    if len(line) > MOST_AT_ONCE:
        raise Refused("too_large")
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()
    return len(line)


def _tagged(value):
    if isinstance(value, datetime):
        return {"m": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, time):
        return {"t": value.isoformat()}
    raise TypeError(type(value).__name__)


def limit(most_seconds, most_on_disk):
    """Keep this process from taking more memory, time and room than a list may need."""
    for what, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, most_seconds),
        (resource.RLIMIT_FSIZE, most_on_disk),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main(sys.argv[1:])
