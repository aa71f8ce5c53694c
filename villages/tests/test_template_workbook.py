"""Each list's template is Vietnamese, offers its choices, and reads back as its own list."""

from io import BytesIO

import openpyxl
import pytest
from django.utils import translation

from villages.importing import kinds, sheets
from villages.importing.headings import find_heading_row, match_headings
from villages.importing.kinds import Request
from villages.importing.template_workbook import HEADING_ROW, template_workbook

# The database has no say in it; once is enough.
pytestmark = pytest.mark.once


@pytest.fixture
def request_of(cast):
    return Request(cast.commune, cast.official)


def lists():
    return [kind for kind in kinds.all_kinds() if not kind.__module__.startswith("portal.testing")]


def test_every_list_knows_its_own_template(request_of):
    found = 0
    for kind in lists():
        columns = list(kind.columns(request_of))
        heads = sheets.read_sheets(template_workbook(kind, request_of))
        # Examples, guidance and the hidden choices are not taken for the list.
        assert len(heads) == 1, kind.code
        assert find_heading_row(heads[0].rows, columns) == HEADING_ROW, kind.code
        matched = match_headings(heads[0].rows[HEADING_ROW], columns)
        assert list(matched.values()) == [column.name for column in columns], kind.code
        found += 1
    assert found >= 8


def test_it_is_vietnamese_on_an_english_screen(request_of):
    kind = kinds.kind_of("villages")
    with translation.override("en"):
        book = openpyxl.load_workbook(BytesIO(template_workbook(kind, request_of)))
        columns = kind.columns(request_of)
        page = book.worksheets[0]
        row = [cell.value for cell in page[HEADING_ROW + 1]]
        assert page.title.startswith("Bản")
        # And such a list is understood on that screen.
        assert len(match_headings(row, columns)) == len(columns)
    assert [sheet.title for sheet in book.worksheets[1:3]] == ["Ví dụ", "Hướng dẫn"]


def test_columns_carry_notes_drop_downs_and_formats(request_of):
    kind = kinds.kind_of("teams")
    columns = list(kind.columns(request_of))
    book = openpyxl.load_workbook(BytesIO(template_workbook(kind, request_of)))
    page = book.worksheets[0]
    assert page.freeze_panes == f"A{HEADING_ROW + 2}"
    assert all(cell.comment for cell in page[HEADING_ROW + 1])
    formats = {"code": "@", "day": "dd/mm/yyyy"}
    for index, column in enumerate(columns, start=1):
        letter = openpyxl.utils.get_column_letter(index)
        if column.reads in formats:
            style = page.column_dimensions[letter].number_format
            assert style == formats[column.reads], column.name
    offered = {str(rule.sqref)[0]: rule.formula1 for rule in page.data_validations.dataValidation}
    chosen = [i for i, column in enumerate(columns) if column.reads in ("choice", "yes_no")]
    assert set(offered) == {openpyxl.utils.get_column_letter(i + 1) for i in chosen}
    assert book["DanhMuc"].sheet_state == "veryHidden"
    first = next(column for column in columns if column.choices)
    listed = [cell.value for cell in book["DanhMuc"]["A"] if cell.value]
    ours = [str(choice[1]) for choice in first.choices]
    assert listed == ours + ["(xóa)"] * (first.name in kind.clears)


def test_the_example_rows_are_right(request_of):
    from villages.importing.cells import clean_cell

    for kind in lists():
        for example in kind.examples(request_of):
            for column in kind.columns(request_of):
                if said := example.get(column.name):
                    clean_cell(column, said)


def test_the_note_sheet_says_which_columns_can_be_emptied(request_of):
    for code, columns in (("teams", "Tổ chức, Giới tính"), ("villages", None)):
        book = openpyxl.load_workbook(BytesIO(template_workbook(kinds.kind_of(code), request_of)))
        told = [str(cell.value) for cell in book["Hướng dẫn"]["A"] if "(xóa)" in str(cell.value)]
        assert len(told) == (columns is not None)
        assert columns is None or columns in told[0]
