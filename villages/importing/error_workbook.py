"""The workbook that was uploaded once more, with what is wrong marked, to be mended."""

from datetime import date, datetime, time
from io import BytesIO

import xlsxwriter
from django.utils import translation

from villages.importing.gathering import places_of
from villages.importing.headings import (
    MISTAKES,
    headings_of_two,
    holder_of,
    is_mistakes_heading,
    parts_of,
)
from villages.importing.kinds import Outcome, kind_of
from villages.importing.marking import marked_workbook
from villages.importing.planning import request_of
from villages.importing.sheets import iter_rows
from villages.importing.template_workbook import (
    AUTHOR,
    CHOICES,
    NUMBER_FORMATS,
    labels_of,
    not_listed,
    note_of,
    offer_choices,
    write_note,
)
from villages.writing_tables import FIRST_DAY, LARGEST_NUMBER, sheet_name

WHOLE_SHEET = -1
# Excel takes minutes to open some ten thousand notes; the words stand in the last column.
MOST_NOTES = 2000
# What keeps a workbook whole holds all of it in memory, and takes a second a thousand rows.
MOST_IN_THE_FILE = 5000
SHAPES = {
    str: "@", date: "dd/mm/yyyy", datetime: "dd/mm/yyyy hh:mm", time: "hh:mm", int: "General",
    float: "General", bool: "General",
}  # fmt: skip


def error_workbook(run):
    """Return the bytes of a run's workbook, the wrong cells coloured and noted.

    It is the workbook itself where that can be marked: an .xlsx of some thousand rows. Of any
    other file the sheet that was read is drawn anew, row for row.

    The last column, «Lỗi», says in words all that is wrong with a row. Uploaded again, the
    workbook reads as before: that column is no part of the list. Columns that were recognised
    have the notes and drop-down lists of our template, whoever made the workbook.
    """
    with translation.override("vi"):
        marked = _Marked(run)
        return marked.in_the_file() or marked.made()


class _Marked:
    def __init__(self, run):
        self.run = run
        wrong = run.rows.filter(outcome=Outcome.WRONG)
        self.mistakes = dict(wrong.order_by().values_list("number", "errors"))
        kind = kind_of(run.kind)
        columns, self.clears = list(kind.columns(request_of(run, run.uploaded_by))), kind.clears
        # A name in two columns is marked in the last one, a village from the sheet's name nowhere.
        places = places_of(run.matching, columns)
        held = {
            column: places[holder]
            for column in columns
            if (holder := holder_of(column, places)) and places[holder][-1] >= 0
        }
        self.places = {column.name: found[-1] for column, found in held.items()}
        # Of several parts the one that a row fills.
        self.parts = {
            column.name: [places[name][-1] for name in parts_of(column, places)] for column in held
        }
        # What says a column in another way than our template is left as it is.
        self.columns = {
            found[0]: column
            for column, found in held.items()
            if len(found) == 1 and column.name in places
        }
        with translation.override(run.language):
            # Beside words that were written in this language.
            self.headings = {column.name: str(column.heading) for column in columns}
        # Their heading may be merged over both columns, which is lost here.
        self.two_headings = {
            tuple(places[holder][-2:]): headings_of_two(column, holder)
            for column in columns
            if (holder := holder_of(column, places)) and len(places[holder]) > 1
        }
        self.notes_left = MOST_NOTES
        self.own, self.added = self._columns_to_leave()

    def in_the_file(self):
        """Return the workbook that was uploaded with its marks, or ``None`` where it has none."""
        if self.run.rows_total > MOST_IN_THE_FILE:
            return None
        cells, rows = [], []
        for number, said in self._rows():
            mistakes = self.mistakes.get(number)
            if not mistakes:
                continue
            marked = self._marked(mistakes, said)
            for index, words in marked.items():
                cells.append([number, index + 1, words[:500] if len(cells) < MOST_NOTES else ""])
            rows.append([number, self._in_words(mistakes)])
        helped = sorted(self.columns.items())
        said = {
            "sheet": self.run.sheet,
            "heading_row": self.run.heading_row + 1,
            "heading": MISTAKES,
            "added": self.added + 1,
            "own": [index + 1 for index in self.own],
            "cells": cells,
            "rows": rows,
            "columns": [[i + 1, note_of(c), labels_of(c, self.clears)] for i, c in helped],
            "sheets_of_choices": CHOICES,
            "not_listed": [str(words) for words in not_listed()],
            "author": AUTHOR,
        }
        return marked_workbook(bytes(self.run.source), said)

    def made(self):
        taken = BytesIO()
        options = {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
        book = xlsxwriter.Workbook(taken, options)
        self.page = book.add_worksheet(sheet_name(self.run.sheet))
        self.page.set_column(0, self.added - 1, 16)
        self.page.set_column(self.added, self.added, 60)
        self._prepare(book)
        for index, column in self.columns.items():
            # A cell that is filled in later is taken as the template's would be.
            if column.reads in NUMBER_FORMATS:
                shape = book.add_format({"num_format": NUMBER_FORMATS[column.reads]})
                self.page.set_column(index, index, 16, shape)
        last = 0
        for number, cells in self._rows():
            last = number - 1
            self._write_row(number, cells)
        top = self.run.heading_row
        self.page.freeze_panes(top + 1, 0)
        self.page.autofilter(top, 0, max(last, top + 1), self.added)
        rows = {"first_row": top + 1, "last_row": max(last, top + 1)}
        placed = sorted(self.columns.items())
        offer_choices(book, self.page, placed, clears=self.clears, **rows)
        book.close()
        return taken.getvalue()

    def _rows(self):
        run = self.run
        return iter_rows(bytes(run.source), run.file_name, run.sheet, WHOLE_SHEET)

    def _columns_to_leave(self):
        """Return (columns an earlier round of mending added, where the words go now)."""
        own, width = set(), 1 + max(self.places.values(), default=0)
        for number, cells in self._rows():
            width = max(width, len(cells))
            if number == self.run.heading_row + 1:
                own = {i for i, cell in enumerate(cells) if is_mistakes_heading(cell)}
                own -= set(self.places.values())
        # Words of an earlier round make room for those of this one.
        return own, min(own) if own and min(own) >= width - 1 else width

    def _prepare(self, book):
        marked = {"bg_color": "#FFC7CE", "font_color": "#7A0A12", "border": 1}
        self.plain = {k: book.add_format({"num_format": shape}) for k, shape in SHAPES.items()}
        self.wrong = {
            kind: book.add_format({"num_format": shape, **marked}) for kind, shape in SHAPES.items()
        }
        self.head = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#EEF4F5"})
        self.words = book.add_format({"font_color": "#7A0A12", "text_wrap": True})

    def _write_row(self, number, cells):
        mistakes = self.mistakes.get(number, {})
        marked = self._marked(mistakes, cells)
        # A cell that is missing at the end of a row can be what is wrong with it.
        cells = cells + [None] * (max(marked, default=0) + 1 - len(cells))
        if number == self.run.heading_row + 1:
            cells = self._with_two_headings(cells)
        for index, value in enumerate(cells):
            if index in self.own:
                continue
            formats = self.wrong if index in marked else self.plain
            if number == self.run.heading_row + 1:
                self.page.write_string(number - 1, index, _as_heading(value), self.head)
                if index in self.columns:
                    write_note(self.page, number - 1, index, self.columns[index])
            elif value is not None or index in marked:
                self._write(number - 1, index, value, formats)
        self._write_notes(number - 1, marked)
        if number == self.run.heading_row + 1:
            self.page.write_string(number - 1, self.added, MISTAKES, self.head)
        elif mistakes:
            self.page.write_string(number - 1, self.added, self._in_words(mistakes), self.words)

    def _marked(self, mistakes, cells):
        """Return {column of the file: what is wrong there} of a row."""
        named = (name for name in mistakes if name in self.places)
        return {self._place_of(name, cells): mistakes[name] for name in named}

    def _place_of(self, name, cells):
        """Return the column of the file that says a column of the list in this row."""
        filled = (i for i in self.parts[name] if i < len(cells) and cells[i] is not None)
        return next(filled, self.places[name])

    def _with_two_headings(self, cells):
        for places, headings in self.two_headings.items():
            cells = cells + [None] * (max(places) + 1 - len(cells))
            if cells[places[1]] is None:
                for place, heading in zip(places, headings, strict=True):
                    cells[place] = heading
        return cells

    def _write(self, row, index, value, formats):
        kind = type(value)
        if value is None:
            self.page.write_blank(row, index, None, formats[str])
        elif kind is bool:
            self.page.write_boolean(row, index, value, formats[bool])
        elif kind in (int, float) and -LARGEST_NUMBER < value < LARGEST_NUMBER:
            self.page.write_number(row, index, value, formats[kind])
        elif kind is time or (kind is datetime and value.date() >= FIRST_DAY):
            self.page.write_datetime(row, index, value, formats[kind])
        elif kind is date and value >= FIRST_DAY:
            self.page.write_datetime(row, index, value, formats[date])
        else:
            self.page.write_string(row, index, str(value), formats[str])

    def _write_notes(self, row, marked):
        for index, words in sorted(marked.items()):
            if self.notes_left <= 0:
                return
            self.notes_left -= 1
            self.page.write_comment(
                row, index, words[:500], {"author": AUTHOR, "x_scale": 2, "y_scale": 1.2}
            )

    def _in_words(self, mistakes):
        named = [
            f"{self.headings.get(name, name)}: {words}" if name else words
            for name, words in mistakes.items()
        ]
        return " ".join(_sentence(words) for words in named)[:32_000]


def _as_heading(value):
    return "" if value is None else str(value)


def _sentence(words):
    return words if words.endswith((".", "!", "?", "…")) else words + "."
