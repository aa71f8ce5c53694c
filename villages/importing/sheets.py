"""What stands in a workbook, read by a process that may die without hurting anybody."""

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, time

from django.conf import settings
from django.utils.translation import gettext_lazy as _

# The longest the reader may be silent while somebody waits for its next rows.
SILENT_SECONDS = 90
# A file made for it keeps a reader busy for half a minute, and with it whoever waits for the
# answer. One at a time in a process of the web server leaves its other threads to others.
WAITING_SECONDS = 5
_turn = threading.Semaphore(1)
# Sheets of our own templates that are no lists.
EXAMPLES, GUIDANCE = "Ví dụ", "Hướng dẫn"

WORDS = {
    "password": _(
        "The file is protected by a password. Open it in Excel, take the password away "
        "(File → Info → Protect Workbook), save it and upload it again."
    ),
    "damaged": _(
        "The file is damaged. Open it in Excel, save it under another name as .xlsx and upload "
        "that one."
    ),
    "bomb": _(
        "The file unpacks to far more than a list can hold, so it was not opened. Copy the list "
        "into a new workbook and upload that one."
    ),
    "too_large": _(
        "The sheet reaches too far to be read: often one forgotten cell far below or to the "
        "right. Copy only the rows and columns of the list into a new workbook and upload that "
        "one."
    ),
    "too_slow": _(
        "The file takes too long to read. Copy the list into a new workbook, or divide it into "
        "smaller ones."
    ),
    "too_many_rows": _("The sheet has more than 200.000 rows. Divide it into smaller lists."),
    "too_many_columns": _(
        "The sheet has more than 200 columns. Copy the columns of the list into a new workbook."
    ),
    "not_a_workbook": _(
        "This is not a workbook. Upload an Excel file (.xlsx or .xls) or a CSV file."
    ),
    "web_page": _(
        "This is a web page with the name of a workbook, as some systems export it. Open it in "
        "Excel, choose «Save as» and the type «Excel Workbook (.xlsx)», and upload that one."
    ),
    "xml_book": _(
        "This is a workbook in the XML format of 2003. Open it in Excel, choose «Save as» and "
        "the type «Excel Workbook (.xlsx)», and upload that one."
    ),
    "binary_book": _(
        "This is a binary workbook (.xlsb). Open it in Excel, choose «Save as» and the type "
        "«Excel Workbook (.xlsx)», and upload that one."
    ),
    "encoding": _(
        "The letters of this text file are not in Unicode. Open the list in Excel, choose "
        "«Save as» and the type «CSV UTF-8» or «Excel Workbook (.xlsx)», and upload that one. "
        "If the list is typed in an old font (.VnTime, VNI-Times), first convert it to Unicode, "
        "for instance with UniKey (Ctrl+Shift+F6)."
    ),
    "empty": _("The file is empty."),
    "busy": _("Other files are being read at this moment. Please wait a little and try again."),
    "no_such_sheet": _("The file has no such sheet. Upload it again."),
}


class Unreadable(Exception):
    """A file that cannot be read; the message tells a person what to do."""


class Busy(Unreadable):
    """Others are being read; nothing is wrong with this one."""


@dataclass(frozen=True)
class SheetHead:
    """The first rows of a sheet as they stand in the file, blank ones included.

    ``row_count`` is the number of the last row that holds something; ``merged`` are pairs of
    corners, (row, column) from 0, both included.
    """

    name: str
    rows: list
    row_count: int
    merged: tuple = ()
    is_visible: bool = True


def read_sheets(source, file_name=""):
    """Return the heads of a workbook's sheets that hold something, in order.

    Raises ``Unreadable``.
    """
    with one_at_a_time():
        heads = [
            SheetHead(
                name=said["name"],
                rows=_with_merged(said["rows"], said["merged"]),
                row_count=said["row_count"],
                merged=tuple((tuple(first), tuple(last)) for first, last in said["merged"]),
                is_visible=said["is_visible"],
            )
            for said in _ask(source, "heads")
        ]
    filled = [head for head in heads if head.row_count]
    if not filled:
        raise Unreadable(WORDS["empty"])
    # Hidden sheets hold the choices of drop-down lists.
    shown = [head for head in filled if head.is_visible] or filled
    return [head for head in shown if head.name not in (EXAMPLES, GUIDANCE)] or shown


@contextmanager
def one_at_a_time():
    """Read while somebody waits for the answer; ``Busy`` when others take too long."""
    if not _turn.acquire(timeout=WAITING_SECONDS):
        raise Busy(WORDS["busy"])
    try:
        yield
    finally:
        _turn.release()


def iter_rows(source, file_name, sheet, heading_row):
    """Yield (row number as in the file, raw cells) below the headings, without blank rows.

    ``heading_row`` counts from 0; -1 reads all. Cells are str, int, float, bool, date,
    datetime, time or None, up to the last filled one of the row. Raises ``Unreadable``.
    """
    is_first = heading_row >= 0
    for said in _ask(source, "rows", str(heading_row), sheet):
        for number, cells in said["rows"]:
            if is_first and numbers_the_columns(cells):
                continue
            is_first = False
            yield number, cells


def _with_merged(rows, merged):
    """Repeat in every row what stands in a cell that is merged downwards: a tall heading."""
    for (top, left), (bottom, _right) in merged:
        value = rows[top][left] if top < len(rows) and left < len(rows[top]) else None
        for row in rows[top + 1 : bottom + 1] if value is not None else ():
            row.extend([None] * (left + 1 - len(row)))
            row[left] = value
    return rows


def numbers_the_columns(cells):
    """Whether a row only numbers the columns, as official forms do: (1), (2), (3) …"""
    words = [str(cell).strip("() ") for cell in cells if cell is not None]
    while words and words[0] in ("A", "B", "C", "D"):
        words.pop(0)
    return len(words) >= 3 and words == [str(n) for n in range(1, len(words) + 1)]


def _ask(source, *question):
    process = subprocess.Popen(
        [sys.executable, "-m", "villages.importing.reader_process", *question],
        cwd=settings.BASE_DIR,
        # Nothing of ours: no secret reaches what reads a stranger's file.
        env={"PATH": os.defpath, "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        _hand_over(process, source)
        while line := _next_line(process):
            said = json.loads(line, object_hook=_untagged)
            if "refused" in said:
                raise Unreadable(WORDS[said["refused"]])
            if "end" in said:
                return
            yield said
        raise Unreadable(WORDS[_why_it_died(process)])
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def _hand_over(process, source):
    # The reader takes all of it before it says a word, so neither waits for the other.
    with suppress(BrokenPipeError):
        # If it died at once: what it said or how it died tells why.
        process.stdin.write(source)
    with suppress(BrokenPipeError):
        process.stdin.close()


def _next_line(process):
    timer = threading.Timer(SILENT_SECONDS, process.kill)
    timer.start()
    try:
        return process.stdout.readline()
    finally:
        timer.cancel()


def _why_it_died(process):
    # 6: the reader got no more memory; 24: no more time; 9: silent for too long.
    return {-6: "too_large", -24: "too_slow", -9: "too_slow"}.get(process.wait(), "damaged")


def _untagged(said):
    if len(said) != 1:
        return said
    [(tag, value)] = said.items()
    if tag == "d":
        return date.fromisoformat(value)
    if tag == "m":
        return datetime.fromisoformat(value)
    return time.fromisoformat(value) if tag == "t" else said
