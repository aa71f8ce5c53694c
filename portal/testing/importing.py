"""Bringing in a list in a test: rows of plain texts, with a file or without one."""

import csv
import io

import xlsxwriter
from django.core.exceptions import ValidationError
from django.db import transaction
from xlsxwriter.utility import xl_cell_to_rowcol

from villages.importing import deciding, running
from villages.importing.journal import Journal, mark_units
from villages.importing.kinds import Outcome, Request, Row, kind_of
from villages.text import fold

WRITTEN = (Outcome.NEW, Outcome.CHANGED)


def workbook(sheets, merged=()):
    """Return the bytes of a workbook: ``sheets`` maps names to rows, or is the rows of one.

    ``merged`` are ranges of the first sheet, such as "A2:A5"; the value is that of the first cell.
    """
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    days = book.add_format({"num_format": "dd/mm/yyyy"})
    sheets = sheets if isinstance(sheets, dict) else {"Sheet1": sheets}
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for index, value in enumerate(row):
                page.write(number, index, value, days if hasattr(value, "year") else None)
    page = book.worksheets()[0]
    rows = next(iter(sheets.values()))
    for cells in merged:
        top, left, _bottom, _right = page_range(cells)
        page.merge_range(cells, rows[top][left])
    book.close()
    return made.getvalue()


def page_range(cells):
    """Return (first row, first column, last row, last column) of «A2:A5», from 0."""
    first, last = (xl_cell_to_rowcol(cell) for cell in cells.split(":"))
    return *first, *last


class Lists:
    """One person's lists for one commune."""

    def __init__(self, user, commune):
        self.user, self.commune = user, commune

    def request(self, decisions=None, **options):
        return Request(
            commune=self.commune, user=self.user, options=options, decisions=decisions or {}
        )

    def plan(self, code, *rows, decisions=None, **options):
        """Plan rows, mappings of column to what a person types; return them, from row 2 on."""
        kind, request = kind_of(code), self.request(decisions, **options)
        columns = {column.name: column for column in kind.columns(request)}
        found = [read_row(number, said, columns) for number, said in enumerate(rows, start=2)]
        kind.plan([row for row in found if not row.errors], request)
        return found

    def bring_in(self, code, *rows, decisions=None, **options):
        """Plan rows and write those that are new or changed; return all of them."""
        with transaction.atomic():
            found = self.plan(code, *rows, decisions=decisions, **options)
            written = [row for row in found if row.outcome in WRITTEN]
            journal = Journal()
            kind_of(code).write(written, self.request(decisions, **options), journal)
            journal.settle()
            mark_units(journal.units, f"import {code}")
        return found

    def start(self, code, source, file_name="ds.xlsx", **options):
        """Upload a file; return the run, its headings matched."""
        return running.start_run(
            kind=kind_of(code),
            commune=self.commune,
            user=self.user,
            file_name=file_name,
            source=source,
            options=options,
        )

    def upload(self, code, *rows, decisions=None, **options):
        """Upload rows as a file of our own headings and plan it; return the run."""
        kind = kind_of(code)
        headings = {c.name: str(c.heading) for c in kind.columns(self.request(None, **options))}
        names = list(dict.fromkeys(name for row in rows for name in row))
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";")
        writer.writerow([headings[name] for name in names])
        writer.writerows([[row.get(name, "") for name in names] for row in rows])
        run = self.start(code, text.getvalue().encode(), f"{code}.csv", **options)
        running.plan_run(run)
        if decisions:
            deciding.decide(run, decisions)
            running.plan_run(run)
        return run


def read_row(number, said, columns):
    """Return a row as it is handed to a list; wrong cells are noted on it."""
    row = Row(number)
    for name, typed in said.items():
        column = columns[name]
        try:
            row.values[name] = column.field.clean(_value(column, typed))
        except ValidationError as wrong:
            row.refuse(" ".join(wrong.messages), name)
    return row


def _value(column, typed):
    if column.reads not in ("choice", "yes_no") or typed in ("", None):
        return typed
    wanted = fold(str(typed))
    for value, *words in column.choices:
        if wanted in {fold(str(word)) for word in (value, *words)}:
            return value
    return typed
