"""Rows of a sheet that are no records: totals, headings again, the lines a list is signed with."""

import re

from villages.importing.headings import words_in
from villages.importing.identity import holds_identity_number
from villages.importing.sheets import numbers_the_columns
from villages.text import clean_text, fold

LONGEST = 120
# How many of them are named to a person.
NAMED = 10
# A line of signatures has a few cells far apart.
MOST_SIGNING = 3
TOTAL = re.compile(
    r"(?:tong cong|tong so|cong|tong|luy ke)(?: (?:la|gom|co|chung|toan|so|ho|ban|thon|khu|xa"
    r"|lop|khoi|truong|nguoi|nhan khau|khau|hoc sinh|can bo|trang|danh sach|[ivx]+|\d+)\b.*)?"
)
# «Tống» and «Công» differ from them by an accent alone.
TOTALS_BEGIN = "tTcClL"
FIRST_WORDS = ("tổng", "cộng", "lũy", "luỹ")
COUNTED = re.compile(
    r"(?:danh sach|bang|bieu) (?:nay )?(?:gom|co) (?:\d|tong).*|an dinh danh sach.*"
)
DATED = re.compile(r"(?:.{0,60} )?ngay ?\d{0,2} ?thang ?\d{0,2} ?nam ?\d{0,4}")
SIGNING = re.compile(
    r"ky (?:va )?(?:ten|ghi|ho|dong dau)\b.*|ky|nguoi (?:lap|ke khai|tong hop|thong ke|bao cao)"
    r"(?: (?:bieu|danh sach|bang|phieu|bao cao).*)?|can bo (?:lap|tong hop|thong ke)(?: .*)?"
    r"|(?:tm|kt|tl|tuq) (?:ubnd|uy ban|chu tich|ban|to|dang uy|thu truong|hieu truong)\b.*"
    r"|thu truong don vi|bang chu\b.*|xac nhan cua .*|noi nhan"
)
BRACKETED = re.compile(r"\s*\(.*\)\s*")


class HeadingsAgain:
    """Tells the rows that name the columns once more, with the row that numbers them below.

    ``words`` are what each column of the file may be called, ``choices`` what its cells may
    say: «Hộ nghèo» is both, and alone tells nothing.
    """

    def __init__(self, words, choices):
        self._words, self._choices = words, choices
        self._is_below = False
        self.count, self.first = 0, []

    def is_one(self, number, cells):
        """Whether a row names the columns, and no more; it is noted then."""
        is_one = self._names_the_columns(cells) or (self._is_below and numbers_the_columns(cells))
        self._is_below = is_one
        if is_one:
            self.count += 1
            if len(self.first) < NAMED:
                self.first.append(number)
        return is_one

    def _names_the_columns(self, cells):
        filled, tells, width = 0, False, len(cells)
        for place, words in self._words.items():
            cell = cells[place] if place < width else None
            if cell is None:
                continue
            # Of most rows the first cell, or a number, is none already.
            if type(cell) is not str or (said := words_in(cell[:LONGEST])) not in words:
                return False
            filled += 1
            tells = tells or said not in self._choices[place]
        return filled > 1 and tells


class NotRecords:
    """Tells the rows below, and totals between, from the rows of a list.

    ``needed`` are the columns of the file that every record fills; ``names`` those with names
    of people, ``days`` those with days. Whatever has all that is needed is a record, whatever
    it is called; but for a total whose numbers stand in all of them.
    """

    def __init__(self, *, needed, names=(), days=()):
        self._needed, self._names, self._days = tuple(needed), frozenset(names), frozenset(days)
        self._is_signed = False
        self.count, self.first = 0, []

    def is_one(self, number, cells):
        """Whether a row is no record; it is noted then."""
        words = self._words(cells)
        if words is None:
            return False
        self.count += 1
        if len(self.first) < NAMED:
            words = clean_text(words[: 2 * LONGEST])[:LONGEST]
            self.first.append([number, "…" if holds_identity_number(words) else words])
        return True

    def _words(self, cells):
        """Return what tells that a row is no record, or ``None``."""
        index = next((i for i, cell in enumerate(cells) if type(cell) is str), None)
        if index is None:
            return None
        text = cells[index]
        # Few words begin like this, and most rows are fuller than a line of signatures.
        if text.lstrip()[:1] in TOTALS_BEGIN and is_total(text):
            return None if self._has_all(cells) and self._is_named(index, cells) else text
        if len(cells) - cells.count(None) > MOST_SIGNING or self._has_all(cells):
            return None
        for place, cell in enumerate(cells):
            if type(cell) is str and place not in self._days and is_signing(cell):
                self._is_signed = True
                return cell
        return text if self._is_signed else None

    def _is_named(self, index, cells):
        """Whether what reads like a total is somebody's name, or has further words beside it."""
        others = (cell for place, cell in enumerate(cells) if place != index)
        return index in self._names or any(
            type(cell) is str and any(map(str.isalpha, cell)) for cell in others
        )

    def _has_all(self, cells):
        if not self._needed:
            return len(cells) - cells.count(None) > MOST_SIGNING
        width = len(cells)
        return all(i < width and cells[i] is not None for i in self._needed)


def is_total(text):
    """Whether a text begins a row of totals: «Tổng cộng», «Cộng: 45 hộ»."""
    if len(text) > LONGEST:
        return False
    first = re.match(r"\W*(\w*)", clean_text(text).casefold())[1]
    if not first.isascii() and first not in FIRST_WORDS:
        return False
    return TOTAL.fullmatch(_words_of(text)) is not None


def is_signing(text):
    """Whether a text stands where a list is signed: «Người lập biểu», «(Ký, ghi rõ họ tên)»."""
    if len(text) > LONGEST:
        return False
    words = _words_of(text)
    if words == "ky" or words.startswith("ky "):
        # «Kỳ» is a name; in brackets, or with all of its words, it is none.
        is_asked = BRACKETED.fullmatch(text) or ("ro" in words.split() or "dau" in words.split())
        return bool(is_asked and SIGNING.fullmatch(words))
    return bool(SIGNING.fullmatch(words) or COUNTED.fullmatch(words) or DATED.fullmatch(words))


def _words_of(text):
    return " ".join(re.findall(r"[^\W_]+", fold(text)))
