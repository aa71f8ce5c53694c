"""Cells whose formula failed or was never computed. No Django here.

The reader gives them as empty cells, and an empty cell would say that nothing is known.
"""

import re
import sys
import zipfile
from io import BytesIO
from xml.etree import ElementTree

import xlrd

from villages.importing.refused import Refused

CHUNK = 2**20
# A cell longer than this is a text, not a formula that failed.
OVERLAP = 20_000
MOST_PART = 5 * 2**20
FAILED = re.compile(
    rb'<(?:\w+:)?c (?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})(\d{1,7})"[^>]*>'
    rb"(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>(#[^<]{1,30})</",
    re.DOTALL,
)
UNCOMPUTED = re.compile(
    # An empty text is what many formulas are meant to give.
    rb'<(?:\w+:)?c (?![^>]*\bt="str")[^>]*\br="([A-Z]{1,3})(\d{1,7})"[^>/]*>'
    rb"<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
NEVER_COMPUTED = "#CALC!"


def finder(source, kind):
    """Return what finds broken cells in a workbook's bytes; ``None`` where they are text."""
    return {"xlsx": Finder, "xls": OldFinder}.get(kind, lambda source: None)(source)


class OldFinder:
    """Looks into workbooks of Excel 2003 and older."""

    def __init__(self, source):
        # What it has to say of odd files must not come between our answers.
        options = {"on_demand": True, "logfile": sys.stderr}
        try:
            self._book = xlrd.open_workbook(file_contents=source, **options)
        except xlrd.XLRDError as problem:
            if "encrypted" in str(problem):
                raise Refused("password") from problem
            raise

    def in_sheet(self, name):
        """Return {row from 0: {column from 0: what Excel shows there}}."""
        sheet, found = self._book.sheet_by_name(name), {}
        for row in range(sheet.nrows):
            types = sheet.row_types(row)
            if xlrd.XL_CELL_ERROR in types:
                found[row] = {
                    column: xlrd.error_text_from_code.get(sheet.cell_value(row, column), "#N/A")
                    for column, kind in enumerate(types)
                    if kind == xlrd.XL_CELL_ERROR
                }
        self._book.unload_sheet(name)
        return found


class Finder:
    """Looks into the XML of workbooks since Excel 2007."""

    def __init__(self, source):
        self._archive = zipfile.ZipFile(BytesIO(source))
        self._paths = self._paths_of_sheets()

    def in_sheet(self, name):
        """Return {row from 0: {column from 0: what Excel shows there}}."""
        path = self._paths.get(name)
        found = {}
        if path is None:
            return found
        tail = b""
        with self._archive.open(path) as part:
            while chunk := part.read(CHUNK):
                window = tail + chunk
                if b'"e"' in window:
                    for column, row, words in FAILED.findall(window):
                        _note(found, column, row, words.decode("ascii", "replace"))
                if b"<f" in window or b":f" in window:
                    for column, row in UNCOMPUTED.findall(window):
                        _note(found, column, row, NEVER_COMPUTED)
                tail = window[-OVERLAP:]
        return found

    def _paths_of_sheets(self):
        try:
            book = self._tree("xl/workbook.xml")
            relations = self._tree("xl/_rels/workbook.xml.rels")
        except (KeyError, ElementTree.ParseError):
            return {}
        targets = {item.get("Id"): item.get("Target", "") for item in relations}
        paths, known = {}, set(self._archive.namelist())
        for item in book.iter():
            if item.tag.rpartition("}")[2] == "sheet":
                target = targets.get(item.get(RELATION), "")
                path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                if path in known:
                    paths[item.get("name")] = path
        return paths

    def _tree(self, path):
        with self._archive.open(path) as part:
            text = part.read(MOST_PART)
        # Expat refuses entities that grow, and this process has little memory to lose.
        return ElementTree.fromstring(text)  # noqa: S314


def _note(found, column, row, words):
    index = 0
    for letter in column:
        index = index * 26 + letter - 64
    if index <= 200:
        found.setdefault(int(row) - 1, {})[index - 1] = words
