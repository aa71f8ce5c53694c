"""Marks what is wrong in somebody's own workbook, in a process of its own as the reader is.

``python -m villages.importing.marking_process`` takes a line of JSON (see ``marking``) and the
file's bytes on stdin, and answers with the bytes of the marked workbook. Whatever it stumbles
on ends it with 1 and nothing said: the workbook is drawn anew instead. No Django here.
"""

import json
import resource
import sys
from copy import copy
from io import BytesIO

from openpyxl import load_workbook
from openpyxl.cell import MergedCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.colors import Color
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from villages.importing import archives, reader_process

MOST_SECONDS = 12
# Some thousand rows of a list are a few millions of bytes; a sheet of a million formatted
# blank rows would keep whoever waits for a minute, in vain.
MOST_UNPACKED = 20 * 2**20
# What is saved is put together from parts in a folder that goes with this process.
MOST_ON_DISK = 100 * 2**20
PINK, RED = "FFFFC7CE", "FF7A0A12"
MARK, NO_MARK = PatternFill("solid", fgColor=PINK), PatternFill()
WIDTH_OF_WORDS = 60


def main():
    """Mark one workbook."""
    reader_process.limit(MOST_SECONDS, MOST_ON_DISK)
    said = json.loads(sys.stdin.buffer.readline())
    source = sys.stdin.buffer.read()
    if archives.kind_of(source) != "xlsx" or archives.unpacked_size(source) > MOST_UNPACKED:
        sys.exit(1)
    book = load_workbook(BytesIO(source))
    page = next(p for p in book.worksheets if reader_process.plain_name(p.title) == said["sheet"])
    _Marker(book, page, said).mark()
    saved = BytesIO()
    book.save(saved)
    sys.stdout.buffer.write(saved.getvalue())


class _Marker:
    def __init__(self, book, page, said):
        self.book, self.page, self.said = book, page, said
        self.top = said["heading_row"]

    def mark(self):
        self._take_off_earlier_marks()
        for row, column, words in self.said["cells"]:
            cell = self._cell(row, column)
            cell.fill, cell.font = copy(MARK), _in_colour(cell.font, Color(rgb=RED))
            if words:
                cell.comment = self._note(words)
        column = self._column_of_words()
        self._cell(self.top, column).value = self.said["heading"]
        self._cell(self.top, column).font = Font(bold=True)
        for row, words in self.said["rows"]:
            cell = self._cell(row, column)
            # Never taken for a formula, whatever it quotes; some signs stand in no workbook.
            cell.value, cell.data_type = ILLEGAL_CHARACTERS_RE.sub("", words), "s"
            cell.font, cell.alignment = Font(color=RED), Alignment(wrap_text=True, vertical="top")
        self.page.column_dimensions[get_column_letter(column)].width = WIDTH_OF_WORDS
        self._help_with_columns()

    def _take_off_earlier_marks(self):
        """Clear what an earlier round of mending left: its colour, its notes, its words."""
        own = set(self.said["own"])
        for row in self.page.iter_rows(min_row=self.top):
            for cell in row:
                if isinstance(cell, MergedCell):
                    continue
                if cell.column in own:
                    cell.value = None
                if _is_marked(cell):
                    cell.fill, cell.font = NO_MARK, _in_colour(cell.font, None)
                    cell.comment = None

    def _column_of_words(self):
        """Return the first column from the wanted one on whose heading is no part of a title."""
        column = self.said["added"]
        while isinstance(self.page.cell(self.top, column), MergedCell):
            column += 1
        return column

    def _cell(self, row, column):
        cell = self.page.cell(row, column)
        if not isinstance(cell, MergedCell):
            return cell
        inside = (r for r in self.page.merged_cells.ranges if cell.coordinate in r)
        found = next(inside)
        return self.page.cell(found.min_row, found.min_col)

    def _help_with_columns(self):
        """Lay our notes and choices on columns that have none of their own."""
        last = max(self.page.max_row, self.top + 1)
        offered = []
        for column, note, labels in self.said["columns"]:
            head = self._cell(self.top, column)
            if head.comment is None:
                head.comment = self._note(note)
            known = self.page.data_validations.dataValidation
            first = f"{get_column_letter(column)}{self.top + 1}"
            if labels and not any(first in found.sqref for found in known):
                offered.append((column, labels))
        if offered:
            self._offer(offered, last)

    def _offer(self, offered, last):
        taken = {name.casefold() for name in self.book.sheetnames}
        name = next(n for n in self.said["sheets_of_choices"] if n.casefold() not in taken)
        hidden = self.book.create_sheet(name)
        hidden.sheet_state = "veryHidden"
        for place, (column, labels) in enumerate(offered, start=1):
            for row, label in enumerate(labels, start=1):
                hidden.cell(row, place).value = label
            letter, of_page = get_column_letter(place), get_column_letter(column)
            choices = DataValidation(
                type="list",
                formula1=f"={name}!${letter}$1:${letter}${len(labels)}",
                allow_blank=True,
                errorStyle="warning",
                errorTitle=self.said["not_listed"][0],
                error=self.said["not_listed"][1],
                showErrorMessage=True,
            )
            choices.add(f"{of_page}{self.top + 1}:{of_page}{last}")
            self.page.add_data_validation(choices)

    def _note(self, words):
        return Comment(
            ILLEGAL_CHARACTERS_RE.sub("", words), self.said["author"], height=100, width=250
        )


def _is_marked(cell):
    colour = cell.font.color
    return (
        cell.fill.fill_type == "solid"
        and cell.fill.fgColor.rgb == PINK
        and colour is not None
        and colour.rgb == RED
    )


def _in_colour(font, colour):
    changed = copy(font)
    changed.color = colour
    return changed


if __name__ == "__main__":
    try:
        main()
    except BaseException as problem:
        if isinstance(problem, SystemExit):
            raise
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        sys.exit(1)
