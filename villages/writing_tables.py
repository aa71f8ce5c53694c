"""A table as a file that office programs open. No cell can become a formula."""

import csv
import re
from datetime import date, datetime
from decimal import Decimal
from io import TextIOWrapper

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

MOST_ROWS = 1_048_000
LONGEST_CELL = 32_767
# Excel keeps 15 digits of a number; what is longer is a text.
LARGEST_NUMBER = 10**15
FIRST_DAY = date(1900, 3, 1)
TENTHS, HUNDREDTHS = "tenths", "hundredths"
# What a spreadsheet takes for a formula when it opens a text file, also in full width.
STARTS_A_FORMULA = tuple("=+-@\t\r\n＝＋－＠﹦﹢﹣﹫−")
# What stands before it unseen; some programs drop it when they open the file.
UNSEEN = (
    " \u00a0\u00ad\u180e\u2007\u202f\u3000\ufeff\u2060"
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
)
# A sign before plain digits, or a dash alone, is no formula: «-5», «+84912345678», «-».
HARMLESS = re.compile(r"[+\-](?:[\d., ]*\d)?")
NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\']")


class TooManyRows(Exception):
    """More rows than a sheet of Excel has."""


def write_xlsx(table, stream):
    """Write a table into a binary stream row by row; return how many rows it had.

    Title and notes stand above the headings, which stay in sight and are printed on every
    page. Numbers are numbers, days are days, and percentages are shares that Excel counts with.
    """
    book = xlsxwriter.Workbook(
        stream,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    try:
        return _fill(book, table)
    finally:
        book.close()


def write_csv(table, stream):
    """Write a table as CSV into a binary stream; return how many rows it had.

    With a byte order mark, or Excel takes the letters for another alphabet; with semicolons,
    because Excel under Vietnamese settings separates lists by them (the comma is the decimal
    sign). Nothing stands above the headings, so that programs can read it too.
    """
    text = TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([_safe(str(column.heading)) for column in table.columns])
    count = 0
    for row in table.rows:
        writer.writerow([_safe(_as_text(value)) for value in row])
        count += 1
    text.flush()
    text.detach()
    return count


def _fill(book, table):
    sheet = book.add_worksheet(sheet_name(str(table.title)))
    bold = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E8F1F2", "bottom": 1}
    )
    formats = {
        date: book.add_format({"num_format": "dd/mm/yyyy", "align": "left"}),
        datetime: book.add_format({"num_format": "dd/mm/yyyy hh:mm", "align": "left"}),
        TENTHS: book.add_format({"num_format": "0.0 %"}),
        HUNDREDTHS: book.add_format({"num_format": "0.00 %"}),
    }
    percents = {index for index, column in enumerate(table.columns) if column.is_percent}
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, column.width)
    sheet.write_string(0, 0, str(table.title)[:LONGEST_CELL], bold)
    for row, note in enumerate(table.notes, start=1):
        sheet.write_string(row, 0, str(note)[:LONGEST_CELL])
    top = len(table.notes) + 2
    for index, column in enumerate(table.columns):
        sheet.write_string(top, index, str(column.heading), head)
    sheet.freeze_panes(top + 1, 0)
    sheet.repeat_rows(top)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    count = 0
    for count, values in enumerate(table.rows, start=1):
        if count > MOST_ROWS:
            raise TooManyRows
        for index, value in enumerate(values):
            if index in percents and isinstance(value, (int, Decimal)):
                _write_percent(sheet, top + count, index, value, formats)
            else:
                _write(sheet, top + count, index, value, formats)
    sheet.autofilter(top, 0, top + max(count, 1), max(len(table.columns) - 1, 0))
    return count


def _write_percent(sheet, row, column, value, formats):
    """Write a percentage with the decimals it has: none is rounded across a target."""
    places = TENTHS if value * 10 == int(value * 10) else HUNDREDTHS
    sheet.write_number(row, column, Decimal(value) / 100, formats[places])


def _write(sheet, row, column, value, formats):
    kind = type(value)
    if value is None or value == "":
        return
    if kind is datetime:
        value = _local(value)
        if value.date() >= FIRST_DAY:
            sheet.write_datetime(row, column, value, formats[datetime])
            return
    elif kind is date:
        if value >= FIRST_DAY:
            sheet.write_datetime(row, column, value, formats[date])
            return
    elif kind in (int, float, Decimal) and -LARGEST_NUMBER < value < LARGEST_NUMBER:
        sheet.write_number(row, column, value)
        return
    sheet.write_string(row, column, _as_text(value)[:LONGEST_CELL])


def _as_text(value):
    """Return a value as it is written in Vietnamese: 31/10/2025 and 82,5."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        value = _local(value)
        return f"{value:%d/%m/}{value.year:04d} {value:%H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/}{value.year:04d}"
    if isinstance(value, (Decimal, float)):
        return f"{Decimal(str(value)):f}".replace(".", ",")
    return str(value)


def _local(moment):
    return timezone.localtime(moment).replace(tzinfo=None) if timezone.is_aware(moment) else moment


def _safe(text):
    """Return text that no spreadsheet computes: an apostrophe before what would start it."""
    if text.lstrip(UNSEEN).startswith(STARTS_A_FORMULA) and not HARMLESS.fullmatch(text):
        return "'" + text
    return text


def sheet_name(title):
    """Return a title as Excel allows it for a sheet."""
    return NOT_IN_SHEET_NAMES.sub(" ", title)[:31].strip() or "Danh sách"
