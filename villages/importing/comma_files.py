"""Tables as plain text: CSV with whatever stands between the cells. No Django here."""

import codecs
import csv
from io import StringIO

from villages.importing.refused import Refused

SEPARATORS = ";,\t|"
LINES_LOOKED_AT = 30


class CommaFile:
    """A text file as a workbook of one sheet."""

    def __init__(self, source):
        self._text = decoded(source)
        self.sheets = [("CSV", True)]

    def open(self, name):
        """Return (rows, no merged ranges)."""
        text = self._text
        first, _line, rest = text.partition("\n")
        if first.strip().lower()[:4] == "sep=" and len(first.strip()) == 5:
            # Excel's own note on what stands between the cells; it is a line of the file.
            return self._rows("\n" + rest, first.strip()[4]), []
        return self._rows(text, separator_of(text)), []

    def _rows(self, text, separator):
        csv.field_size_limit(10**6)
        try:
            # A line break within a cell makes no new row; Excel counts rows the same way.
            yield from csv.reader(StringIO(text, newline=""), delimiter=separator)
        except csv.Error as problem:
            raise Refused("damaged") from problem


def decoded(source):
    """Return the text of some bytes: UTF-8 or UTF-16, with or without a mark in front."""
    try:
        text = source.decode(_encoding_of(source))
    except UnicodeDecodeError as problem:
        raise Refused("encoding") from problem
    if any(sign < " " and sign not in "\t\r\n\f\v" for sign in set(text)):
        raise Refused("not_a_workbook")
    return text


def separator_of(text):
    """Return what stands between the cells: the sign that cuts most lines alike."""
    lines = [line for line in text.splitlines()[: LINES_LOOKED_AT * 3] if line.strip()]
    best, most = ";", 0
    for separator in SEPARATORS:
        counts = [len(row) - 1 for row in csv.reader(lines[:LINES_LOOKED_AT], delimiter=separator)]
        common = max(set(counts), key=lambda n: (counts.count(n) if n else 0, n), default=0)
        score = counts.count(common) * min(common, 3) if common else 0
        if score > most:
            best, most = separator, score
    return best


def _encoding_of(source):
    if source.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = source[:4096]
    if b"\x00" in start:
        return "utf-16-le" if start[1::2].count(0) > start[0::2].count(0) else "utf-16-be"
    return "utf-8-sig"
