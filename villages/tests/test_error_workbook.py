"""The workbook comes back with exactly the wrong cells marked, and is taken again once mended."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
import xlsxwriter
from django import forms
from django.urls import reverse

from villages.importing import error_books, headings, marking, running, sheets
from villages.importing.error_workbook import error_workbook
from villages.importing.kinds import Column, ImportKind, Outcome, register
from villages.models import StoredFile

# The database has no say in it; once is enough.
pytestmark = pytest.mark.once

PINK = "FFFFC7CE"
# The cells planted wrong: row and column as Excel counts them.
FAULTS = {(6, 2), (6, 3), (8, 4), (9, 1), (10, 2), (11, 3), (12, 4), (13, 1), (13, 2), (14, 3)}


class PeopleKind(ImportKind):
    code = "people-of-a-test"
    title = "Người thử"
    list_url = "village_list"

    def columns(self, request):
        return [
            Column("name", "Họ và tên", forms.CharField(max_length=80)),
            Column("year", "Năm sinh", forms.IntegerField(min_value=1900), reads="year"),
            Column("day", "Ngày cấp", forms.DateField(), reads="day"),
            Column("sex", "Giới tính", forms.ChoiceField(choices=[("f", "Nữ"), ("m", "Nam")]),
                   reads="choice", choices=(("f", "Nữ"), ("m", "Nam"))),
        ]  # fmt: skip

    def plan(self, rows, request):
        for row in rows:
            row.outcome = Outcome.NEW
            if row.values["name"] == "Người Không Nhà":
                row.refuse("Chưa biết ở hộ nào.")


ROWS = [
    ("Lò Văn Một", 1961, date(2025, 1, 2), "Nữ"),
    ("Lò Văn Hai", "không rõ", "31/02/2025", "Nam"),
    (None,) * 4,
    ("Lò Văn Ba", 1970, date(2025, 1, 3), "khác"),
    (None, 1971, date(2025, 1, 3), "nữ"),
    ("Lò Văn Năm", None, "5/1/25", "Nam"),
    ("Lò Văn Sáu", "1972", "hôm qua", "Nam"),
    ("Lò Văn Bảy", "1973", 45961, "trai"),
    ("Lß V¨n T¸m", 61, 45961, "Nam"),
    ("Lò Văn Chín", 1974, "2025-13-01", "Nam"),
    ("Người Không Nhà", 1975, date(2025, 1, 4), "Nam"),
]


def workbook():
    made = BytesIO()
    book = xlsxwriter.Workbook(made)
    page = book.add_worksheet("Danh sách 2025")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    page.merge_range(0, 0, 0, 4, "DANH SÁCH NGƯỜI DÂN")
    page.write_row(3, 0, ["Họ và tên", "Năm sinh (ghi 4 số)", "Ngày cấp", "Giới tính", "Ghi chú"])
    for row, cells in enumerate(ROWS, start=4):
        for index, cell in enumerate(cells):
            if isinstance(cell, date):
                page.write_datetime(row, index, cell, day)
            elif cell is not None:
                page.write(row, index, cell)
        if cells[0]:
            page.write_string(row, 4, "=chú ý")
    book.close()
    return made.getvalue()


def planned(cast, source):
    kind = register(PeopleKind())
    run = running.start_run(
        kind=kind,
        commune=cast.commune,
        user=cast.official,
        file_name="dan.xlsx",
        source=source,
    )
    return running.plan_run(run)


def marked(source):
    page = openpyxl.load_workbook(BytesIO(source)).active
    return page, {
        (cell.row, cell.column): cell
        for row in page.iter_rows()
        for cell in row
        if cell.fill.fill_type and cell.fill.fgColor.rgb == PINK
    }


def test_exactly_the_ten_wrong_cells_are_marked_and_noted(cast):
    run = planned(cast, workbook())
    page, found = marked(error_workbook(run))
    assert set(found) == FAULTS
    assert all(cell.comment and cell.comment.text for cell in found.values())
    assert page.title == "Danh sách 2025"
    assert page["A1"].value == "DANH SÁCH NGƯỜI DÂN"
    assert page["F4"].value == "Lỗi"
    assert "không rõ" in page["F6"].value
    assert "31/02/2025" in page["F6"].value
    assert page["F5"].value is None
    # Wrong as a row, no single cell is.
    assert page["F15"].value == "Chưa biết ở hộ nào."


def test_every_cell_is_as_it_was(cast):
    source = workbook()
    run = planned(cast, source)

    def cells_of(workbook):
        rows = sheets.iter_rows(workbook, "", "Danh sách 2025", -1)
        # The column that is added makes rows longer.
        return [(number, (cells + [None] * 5)[:5]) for number, cells in rows]

    assert cells_of(error_workbook(run)) == cells_of(source)


def own_workbook():
    """A workbook as an office keeps it: a title over all columns, looks, a second sheet."""
    book = openpyxl.load_workbook(BytesIO(workbook()))
    page = book["Danh sách 2025"]
    page.merge_cells("A2:F2")
    page["A2"].value = "Bản Vi"
    page["A5"].font = openpyxl.styles.Font(bold=True, color="FF1F5D6B")
    page["E6"].value = '=CONCATENATE("a", B6)'
    page.merge_cells("A8:A9")
    page.column_dimensions["A"].width = 33
    notes = book.create_sheet("Ghi chú riêng")
    notes["B2"].value = "Giữ lại"
    notes["B3"].value = "=1+1"
    taken = BytesIO()
    book.save(taken)
    return taken.getvalue()


def test_it_is_the_same_workbook_with_all_its_sheets_and_looks(cast):
    run = planned(cast, own_workbook())
    book = openpyxl.load_workbook(BytesIO(error_workbook(run)))
    assert book.sheetnames == ["Danh sách 2025", "Ghi chú riêng", "DanhMuc"]
    page, notes = book["Danh sách 2025"], book["Ghi chú riêng"]
    assert (notes["B2"].value, notes["B3"].value) == ("Giữ lại", "=1+1")
    assert {str(found) for found in page.merged_cells.ranges} == {"A1:E1", "A2:F2", "A8:A9"}
    assert page["A5"].font.b
    assert page["A5"].font.color.rgb == "FF1F5D6B"
    assert page["E6"].value == '=CONCATENATE("a", B6)'
    assert page.column_dimensions["A"].width == 33
    assert page["F4"].value == "Lỗi"
    _page, found = marked(error_workbook(run))
    # The name of the ninth row is that of the eighth now, which reaches down to it.
    assert set(found) == FAULTS - {(9, 1)}


def test_what_was_mended_loses_its_mark_and_the_rest_keeps_it(cast):
    first = planned(cast, own_workbook())
    book = openpyxl.load_workbook(BytesIO(error_workbook(first)))
    page = book["Danh sách 2025"]
    page["B6"].value, page["C6"].value = 1980, date(2025, 1, 2)
    mended = BytesIO()
    book.save(mended)
    again = planned(cast, mended.getvalue())
    page, found = marked(error_workbook(again))
    assert set(found) == FAULTS - {(9, 1), (6, 2), (6, 3)}
    assert page["B6"].comment is None
    assert page["B6"].font.color is None
    assert page["F6"].value is None
    assert page["F8"].value
    assert [cell.value for cell in page[4]].count("Lỗi") == 1


@pytest.mark.parametrize("why", ["it is text", "it is long", "its process dies"])
def test_what_cannot_be_marked_is_drawn_anew(cast, monkeypatch, why):
    source = workbook()
    if why == "it is text":
        source = "Họ và tên;Năm sinh;Ngày cấp;Giới tính\nLò Văn Một;không rõ;;Nam\n".encode()
    elif why == "it is long":
        monkeypatch.setattr("villages.importing.error_workbook.MOST_IN_THE_FILE", 3)
    else:
        monkeypatch.setattr("villages.importing.marking.PROCESS", "villages.importing.no_such")
    run = planned(cast, source)
    page, found = marked(error_workbook(run))
    assert found
    assert all(cell.comment for cell in found.values())
    # Drawn by us: the merged title is a plain cell.
    assert not page.merged_cells.ranges


def test_words_that_look_like_a_formula_are_words(cast):
    source = openpyxl.load_workbook(BytesIO(workbook()))
    source["Danh sách 2025"]["B6"].value = "=1+1"
    source["Danh sách 2025"]["B6"].data_type = "s"
    taken = BytesIO()
    source.save(taken)
    page, _found = marked(error_workbook(planned(cast, taken.getvalue())))
    assert page["F6"].data_type == "s"


def test_signs_of_no_workbook_do_not_keep_it_from_being_marked():
    """What a cell quotes may be anything; the workbook is the same all the same."""
    said = {
        "sheet": "Danh sách 2025", "heading_row": 4, "heading": "Lỗi", "added": 6, "own": [],
        "cells": [[6, 2, "\x0bsai\x00"]], "rows": [[6, "\x0bsai\x00"], [8, "à" * 100_000]],
        "columns": [], "sheets_of_choices": ["DanhMuc"], "not_listed": ["", ""], "author": "Xã",
    }  # fmt: skip
    page, found = marked(marking.marked_workbook(own_workbook(), said))
    assert set(found) == {(6, 2)}
    assert (page["F6"].value, page["B6"].comment.text) == ("sai", "sai")
    assert marking.marked_workbook(own_workbook(), said | {"sheet": "Không có"}) is None
    assert marking.marked_workbook(b"PK\x03\x04", said) is None


def test_uploaded_again_it_says_the_same_and_grows_no_second_column(cast):
    first = planned(cast, workbook())
    again = planned(cast, error_workbook(first))
    assert again.matching == first.matching
    assert again.counts == first.counts
    page, found = marked(error_workbook(again))
    assert set(found) == FAULTS
    assert [cell.value for cell in page[4]].count("Lỗi") == 1


def test_mended_it_is_right(cast):
    run = planned(cast, workbook())
    book = openpyxl.load_workbook(BytesIO(error_workbook(run)))
    page = book.active
    right = ["Lò Văn Mới", 1980, "31/10/2025", "Nam"]
    for row, column in FAULTS | {(15, 1)}:
        page.cell(row, column).value = right[column - 1]
    mended = BytesIO()
    book.save(mended)
    assert planned(cast, mended.getvalue()).counts == {"new": 10}


def test_the_column_we_add_names_no_column_of_a_list(cast):
    columns = PeopleKind().columns(None)
    assert headings.match_headings(["Lỗi", "Họ và tên"], columns) == {1: "name"}


def test_columns_have_the_notes_and_choices_of_our_template(cast):
    """Also in a workbook of somebody else's, and again in the one that was mended."""
    run = planned(cast, workbook())
    book = openpyxl.load_workbook(BytesIO(error_workbook(run)))
    page = book["Danh sách 2025"]
    choices = page.data_validations.dataValidation
    assert [str(found.sqref) for found in choices] == ["D5:D15"]
    assert choices[0].formula1.endswith("!$A$1:$A$2")
    assert [cell.value for cell in book["DanhMuc"]["A"]] == ["Nữ", "Nam"]
    assert book["DanhMuc"].sheet_state == "veryHidden"
    assert "Chọn trong danh sách" in page["D4"].comment.text
    assert page["E4"].comment is None
    again = planned(cast, error_workbook(planned(cast, error_workbook(run))))
    assert (again.sheet, again.counts) == (run.sheet, run.counts)


def test_a_long_list_s_workbook_is_made_by_a_worker_and_goes_with_the_list(
    cast, client, monkeypatch
):
    run = planned(cast, workbook())
    monkeypatch.setattr(error_books, "AT_ONCE", 5)
    client.force_login(cast.official)
    address, preview = (reverse(n, args=[run.uuid]) for n in ("import_errors", "import_preview"))
    assert client.get(address)["Location"] == preview
    assert f'<form method="post" action="{address}"' in client.get(preview).content.decode()
    client.post(address)
    client.post(address)
    waits = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert f'hx-get="{address}"' in waits
    # No ring reached anybody: a sweep finds what waits, and a second worker nothing more.
    error_books.sweep()
    assert not error_books.make_errors(run.pk)
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "hx-get" not in part
    _page, found = marked(client.get(address).content)
    assert set(found) == FAULTS
    file = StoredFile.objects.get()
    assert client.get(reverse("stored_file", args=[file.uuid])).status_code == 404
    client.force_login(cast.stranger)
    assert client.get(address).status_code == 404
    # Checked again, other cells may be wrong.
    running.plan_run(run)
    assert not StoredFile.objects.exists()
    client.force_login(cast.official)
    client.post(address)
    error_books.make_errors(run.pk)
    running.discard_run(run, by=cast.official)
    assert not StoredFile.objects.exists()


def test_a_workbook_that_was_asked_for_is_not_kept_once_the_list_was_checked_again(
    cast, monkeypatch
):
    run = planned(cast, workbook())
    error_books.ask_for_errors(run)
    made = error_books.error_workbook

    def make_slowly(asked):
        running.plan_run(run)
        return made(asked)

    monkeypatch.setattr(error_books, "error_workbook", make_slowly)
    error_books.make_errors(run.pk)
    assert not StoredFile.objects.exists()


def test_a_sheet_of_blank_formatted_rows_keeps_nobody_waiting(cast, monkeypatch):
    """It is not opened to be marked: its size says that it is no list."""
    monkeypatch.setattr("villages.importing.marking.PATIENCE_SECONDS", 20)
    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"constant_memory": True})
    page, look = book.add_worksheet("Danh sách"), book.add_format({"bg_color": "yellow"})
    page.write_row(0, 0, ["Họ và tên", "Năm sinh", "Ngày cấp", "Giới tính"])
    page.write_row(1, 0, ["Lò Văn Một", "không rõ", "31/10/2025", "Nam"])
    for row in range(2, 500_000):
        page.write_blank(row, 0, None, look)
    book.close()
    run = planned(cast, made.getvalue())
    page, found = marked(error_workbook(run))
    assert set(found) == {(2, 2)}
    assert page.max_row < 10
