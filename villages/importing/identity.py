"""Columns that hold identity numbers: they are never read, and a person is told so.

The programme needs no identity number, and the law forbids keeping what is not needed.
"""

import re

from django.utils.translation import gettext as _

from villages.text import fold

HEADINGS = re.compile(
    r"\b(cccd|cmnd|cmt|can cuoc|chung minh|dinh danh|so giay to|ho chieu|passport|bhxh|bhyt"
    r"|so the bao hiem|ma so thue|so tai khoan|stk)\b"
)
# Twelve digits since 2016; a Vietnamese phone number has ten, and begins with 84 abroad.
NUMBER = re.compile(r"(?<![\d+])(?!84)\d{12}(?!\d)")
# In a cell of its own also nine, as before 2016, and eleven: Excel drops a zero in front.
# Nine digits from 3 on are a telephone number that lost its zero.
CELL = re.compile(r"\d{12}|[0-2]\d{8}|(?!84)[1-9]\d{10}")
SPACED = re.compile(r"(?<=\d)[ .](?=\d{3})")
LEAST_SHARE = 0.5


def holds_identity_number(text):
    """Whether a text has a run of digits that is as long as an identity number."""
    return len(text) >= 12 and NUMBER.search(SPACED.sub("", text)) is not None


def identity_columns(headings, first_rows):
    """Return {column: heading} of the columns that hold identity numbers.

    A column is one by its heading, or when most of what stands in it are such numbers.
    """
    found = {}
    for index, heading in enumerate(headings):
        name = str(heading or "").strip()
        # «Mức độ định danh», yes or no, is no number: without digits it is none.
        cells = [_text(row[index]) for row in first_rows if index < len(row)]
        filled = [cell for cell in cells if cell]
        numbers = [cell for cell in filled if _is_number(cell)]
        by_heading = bool(HEADINGS.search(fold(name))) and (not filled or _have_digits(filled))
        if by_heading or (filled and len(numbers) >= LEAST_SHARE * len(filled)):
            found[index] = name
    return found


def identity_columns_of(head, heading_row):
    """Return {column as text: heading} of a sheet's columns that hold identity numbers."""
    row = head.rows[heading_row] if heading_row < len(head.rows) else []
    below = head.rows[heading_row + 1 :]
    width = max(map(len, (row, *below)), default=0)
    headings = [row[index] if index < len(row) else "" for index in range(width)]
    return {str(index): name for index, name in identity_columns(headings, below).items()}


def identity_words(columns):
    """Return the sentence about the columns that are left out, or nothing."""
    if not columns:
        return ""
    names = ", ".join(
        f"«{name}»" if name else _("Column %(number)s") % {"number": int(index) + 1}
        for index, name in columns.items()
    )
    return _(
        "Not read, because identity numbers stand there: %(names)s. They reach no record; the "
        "file itself is deleted after 7 days at most."
    ) % {"names": names}


def _text(cell):
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def _is_number(text):
    return CELL.fullmatch(SPACED.sub("", text).lstrip("'")) is not None


def _have_digits(cells):
    return any(sum(sign.isdigit() for sign in cell) >= 8 for cell in cells)
