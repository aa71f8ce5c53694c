"""A table becomes a file that Excel opens as it was meant, and that computes nothing."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import openpyxl
import pytest

from villages.tables import Table, TableColumn
from villages.writing_tables import sheet_name, write_csv, write_xlsx

# The database has no say in it; once is enough.
pytestmark = pytest.mark.once

HOSTILE = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1"]
# What stands before the sign is not seen, and some programs drop it; or the sign looks alike.
HOSTILE += [" =1+1", "\ufeff=1+1", "\u200b\u00a0@SUM(A1)", "﹦1+1", "−1+cmd"]
HARMLESS = ["-", "-5", "+84912345678", "Lò Văn Mẫu", "a=b", "", "1-2"]
COLUMNS = (TableColumn("Tên", is_personal=True), TableColumn("=Số"))


def table(*rows, **changes):
    said = {"title": "Hộ dân", "columns": COLUMNS, "rows": iter(rows)} | changes
    return Table(**said)


def as_csv(one):
    stream = BytesIO()
    count = write_csv(one, stream)
    raw = stream.getvalue()
    assert raw.startswith(b"\xef\xbb\xbf")
    return count, list(csv.reader(StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";"))


def as_xlsx(one):
    stream = BytesIO()
    count = write_xlsx(one, stream)
    stream.seek(0)
    return count, openpyxl.load_workbook(stream).active


def test_it_works():
    moment = datetime(2025, 10, 31, 0, 30, tzinfo=UTC)
    row = [1820, Decimal("82.5"), date(2025, 10, 31), moment, True, None, "007"]
    row += [Decimal("82.5"), Decimal("79.95"), None]
    columns = tuple(TableColumn(str(n), is_percent=n > 6) for n in range(len(row)))
    count, page = as_xlsx(table(row, columns=columns, notes=("Đến 31/10/2025",)))
    assert count == 1
    assert [page["A1"].value, page["A2"].value] == ["Hộ dân", "Đến 31/10/2025"]
    cells = [cell.value for cell in page[5]]
    assert cells[:2] == [1820, 82.5]
    assert [cells[2].date(), f"{cells[3]:%d/%m %H:%M}"] == [date(2025, 10, 31), "31/10 07:30"]
    assert cells[4:] == ["Có", None, "007", 0.825, 0.7995, None]
    assert [cell.number_format for cell in page[5]][7:9] == ["0.0 %", "0.00 %"]
    assert page["C5"].number_format == "dd/mm/yyyy"
    assert page.freeze_panes == "A5"
    count, lines = as_csv(table(row, columns=columns))
    assert count == 1
    assert lines[1] == [
        "1820",
        "82,5",
        "31/10/2025",
        "31/10/2025 07:30",
        "Có",
        "",
        "007",
        "82,5",
        "79,95",
        "",
    ]


def test_no_cell_becomes_a_formula():
    _count, page = as_xlsx(table(*([text, text] for text in HOSTILE)))
    found = [page.cell(row, 1) for row in range(4, 4 + len(HOSTILE))]
    assert all(cell.data_type == "s" for cell in found)
    assert [cell.value for cell in found[:4]] == HOSTILE[:4]
    assert page["B3"].data_type == "s"
    _count, lines = as_csv(table(*([text, text] for text in HOSTILE)))
    assert lines[0] == ["Tên", "'=Số"]
    assert [line[0] for line in lines[1:]] == [f"'{text}" for text in HOSTILE]


def test_what_is_harmless_stays_as_it_is():
    _count, lines = as_csv(table(*([text, 1] for text in HARMLESS)))
    assert [line[0] for line in lines[1:]] == HARMLESS


def test_without_personal_columns():
    _count, lines = as_csv(table(["Lò", 5]).without_personal())
    assert lines == [["'=Số"], ["5"]]


def test_rows_are_read_one_by_one():
    alive = []

    def rows():
        for number in range(5000):
            alive.append(number)
            yield ["Lò Văn Mẫu", number]

    assert write_xlsx(table(rows=rows()), BytesIO()) == 5000
    assert len(alive) == 5000


def test_an_empty_table_and_odd_values():
    assert as_xlsx(table())[0] == 0
    assert as_csv(table())[0] == 0
    _count, page = as_xlsx(table([date(1850, 1, 1), 10**20], ["x" * 40_000, Decimal("1E+2")]))
    assert [page["A4"].value, page["B4"].value] == ["01/01/1850", str(10**20)]
    assert (len(page["A5"].value), page["B5"].value) == (32_767, 100)


@pytest.mark.parametrize(
    ("title", "name"),
    [("Hộ dân", "Hộ dân"), ("a/b:c?*[x]", "a b c   x"), ("x" * 50, "x" * 31), ("", "Danh sách")],
)
def test_a_title_becomes_the_name_of_a_sheet(title, name):
    assert sheet_name(title) == name
