"""Whatever a file is, it is read within its limits or refused in words that say what to do."""

import struct
import subprocess
import sys
import time
import zipfile
from datetime import date, datetime
from datetime import time as clock
from io import BytesIO

import openpyxl
import pytest
import xlsxwriter
import xlwt
from django.conf import settings

from villages.importing import reader_process
from villages.importing.sheets import WORDS, Unreadable, iter_rows, read_sheets

# The database has no say in it; once is enough.
pytestmark = pytest.mark.once

MEGABYTE = 2**20
HALF_PAST_SEVEN = datetime.fromisoformat("2025-10-31T07:30")
SHEET = "xl/worksheets/sheet1.xml"


def workbook(fill, name="Trang"):
    made = BytesIO()
    book = xlsxwriter.Workbook(made)
    fill(book.add_worksheet(name), book)
    book.close()
    return made.getvalue()


def table(*rows):
    def fill(page, book):
        for index, row in enumerate(rows):
            page.write_row(index, 0, row)

    return workbook(fill)


def rewritten(source, part, content):
    """Return a workbook with one of its parts replaced."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(source)) as old, zipfile.ZipFile(made, "w", 8) as new:
        for entry in old.namelist():
            new.writestr(entry, content if entry == part else old.read(entry))
    return made.getvalue()


def rewritten_by(source, part, change):
    with zipfile.ZipFile(BytesIO(source)) as old:
        return rewritten(source, part, change(old.read(part)))


def sheet_of(rows):
    head = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    return head + rows + b"</sheetData></worksheet>"


def why(source):
    """Return the words with which a file is refused."""
    with pytest.raises(Unreadable) as refused:
        read_sheets(source, "ds.xlsx")
    return str(refused.value)


def rows_of(source, sheet="Trang", heading_row=0):
    return list(iter_rows(source, "ds", sheet, heading_row))


def test_it_works():
    def fill(page, book):
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        page.write_row(0, 0, ["Họ tên", "Năm", "Ngày", "Giờ", "Đúng", "Tỷ lệ"])
        page.write_row(1, 0, ["Lò Văn Mẫu", 1961])
        page.write_datetime(1, 2, date(2025, 10, 31), day)
        page.write_datetime(1, 3, HALF_PAST_SEVEN, moment)
        page.write_boolean(1, 4, True)
        page.write_number(1, 5, 82.5)
        page.write(3, 0, "Lường Thị Mẫu")
        page.write_datetime(3, 3, clock(7, 30), book.add_format({"num_format": "hh:mm"}))

    source = workbook(fill)
    [head] = read_sheets(source, "ds.xlsx")
    assert (head.name, head.row_count, len(head.rows)) == ("Trang", 4, 4)
    assert head.rows[2] == []
    assert rows_of(source) == [
        (2, ["Lò Văn Mẫu", 1961, date(2025, 10, 31), HALF_PAST_SEVEN, True, 82.5]),
        # Blank rows are left out, and the numbers are those that Excel shows.
        (4, ["Lường Thị Mẫu", None, None, clock(7, 30)]),
    ]


def test_rows_and_columns_before_the_list_keep_their_numbers():
    source = workbook(lambda page, book: page.write_row(5, 2, ["a", "b"]))
    assert read_sheets(source)[0].rows[5] == [None, None, "a", "b"]
    assert rows_of(source, heading_row=-1) == [(6, [None, None, "a", "b"])]


def test_merged_titles_and_tall_headings():
    def fill(page, book):
        page.merge_range("A1:E1", "DANH SÁCH")
        page.merge_range("A3:A4", "Họ tên")
        page.merge_range("B3:C3", "Giới tính")
        page.write("B4", "Nam")
        page.write("C4", "Nữ")

    [head] = read_sheets(workbook(fill))
    assert head.rows[3] == ["Họ tên", "Nam", "Nữ"]
    assert ((0, 0), (0, 4)) in head.merged


def test_two_sheets_come_in_order_and_hidden_ones_not():
    made = BytesIO()
    book = xlsxwriter.Workbook(made)
    for name in ("Một", "Hai", "Ẩn"):
        book.add_worksheet(name).write(0, 0, name)
    book.get_worksheet_by_name("Ẩn").hide()
    book.add_worksheet("Trống")
    book.close()
    assert [head.name for head in read_sheets(made.getvalue())] == ["Một", "Hai"]
    assert rows_of(made.getvalue(), "Hai", -1) == [(1, ["Hai"])]
    with pytest.raises(Unreadable):
        rows_of(made.getvalue(), "Ba")


def test_a_row_that_numbers_the_columns_is_no_row():
    source = table(["TT", "Họ tên", "Năm"], ["(1)", "(2)", "(3)"], [1, "Lò", 1961], [1, 2, 3])
    assert [number for number, _cells in rows_of(source)] == [3, 4]


def test_formulas_give_what_excel_showed_last():
    def fill(page, book):
        page.write_formula(0, 0, "=1+1", None, 2)
        page.write_formula(1, 0, '=A1&" hộ"', None, "2 hộ")
        page.write_formula(2, 0, "=1/0", None, "#DIV/0!")
        page.write_formula(3, 0, "='[http://10.0.0.1/x.xlsx]S'!A1", None, 7)

    found = rows_of(workbook(fill), heading_row=-1)
    assert found == [(1, [2]), (2, ["2 hộ"]), (3, ["#DIV/0!"]), (4, [7])]


def test_a_formula_that_gives_an_empty_text_is_an_empty_cell():
    cells = b'<c r="A1" t="str"><f>IF(1,"","")</f><v></v></c><c r="B1"><v>5</v></c>'
    source = rewritten(table(["x"]), SHEET, sheet_of(b'<row r="1">' + cells + b"</row>"))
    assert rows_of(source, heading_row=-1) == [(1, [None, 5])]


def test_a_formula_that_was_never_computed_is_not_empty():
    book = openpyxl.Workbook()
    book.active.title = "Trang"
    book.active.append(["a", "=1+1", "b"])
    made = BytesIO()
    book.save(made)
    assert rows_of(made.getvalue(), heading_row=-1) == [(1, ["a", "#CALC!", "b"])]


def test_an_external_link_is_never_followed():
    source = workbook(lambda page, book: page.write(0, 0, "a"))
    link = b"<externalLink/>"
    made = BytesIO(source)
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr("xl/externalLinks/externalLink1.xml", link)
        archive.writestr(
            "xl/externalLinks/_rels/externalLink1.xml.rels",
            '<Relationships><Relationship Id="r" Target="http://127.0.0.1:9/x" '
            'TargetMode="External"/></Relationships>',
        )
    assert rows_of(made.getvalue(), heading_row=-1) == [(1, ["a"])]


def test_a_million_empty_formatted_rows_are_nothing():
    cells = b"".join(b'<row r="%d"><c r="A%d" s="1"/></row>' % (n, n) for n in range(2, 1_048_577))
    first = b'<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>'
    source = rewritten(table(["x"]), SHEET, sheet_of(first + cells))
    started = time.monotonic()
    [head] = read_sheets(source)
    assert head.row_count == 1
    assert time.monotonic() - started < 20


def test_a_far_cell_is_refused_in_words_and_not_in_memory():
    def fill(page, book):
        page.write(0, 0, "a")
        page.write(1_048_575, 16_383, "b")

    assert why(workbook(fill)) == str(WORDS["too_large"])


def test_a_zip_bomb_is_refused():
    bomb = rewritten(table(["x"]), SHEET, sheet_of(b" " * (60 * MEGABYTE)))
    assert len(bomb) < MEGABYTE
    assert why(bomb) == str(WORDS["bomb"])


def test_a_bomb_that_lies_about_its_size_dies_alone():
    strings = b"<sst><si><t>" + b"x" * (200 * MEGABYTE)
    made = BytesIO(rewritten(table(["x"]), "xl/sharedStrings.xml", strings))
    content = bytearray(made.getvalue())
    # Both headers claim a kilobyte.
    place = content.find(struct.pack("<I", len(strings)))
    while place >= 0:
        content[place : place + 4] = struct.pack("<I", 1000)
        place = content.find(struct.pack("<I", len(strings)))
    refused = (str(WORDS[word]) for word in ("bomb", "too_large", "damaged"))
    assert why(bytes(content)) in refused
    assert rows_of(table(["x"]), heading_row=-1) == [(1, ["x"])]


def test_too_many_rows_and_columns_are_refused():
    assert why(table(["x"] * 201)) == str(WORDS["too_many_columns"])
    assert len(read_sheets(table(["x"] * 200))[0].rows[0]) == 200
    lines = "a;b\n" * (reader_process.MOST_ROWS + 1)
    assert why(lines.encode()) == str(WORDS["too_many_rows"])


def test_a_password_a_damaged_file_and_what_is_no_workbook():
    whole = table(["x"])
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500
    book_of_2003 = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:%s"/>'
    old = BytesIO()
    book = xlwt.Workbook()
    book.add_sheet("Trang").write(0, 0, "x")
    book.save(old)
    # Behind the first record the one that says how the others are enciphered.
    first = old.getvalue().find(b"\x09\x08\x10\x00") + 20
    enciphered = old.getvalue()[:first] + b"\x2f\x00" + old.getvalue()[first + 2 :]
    binary = BytesIO()
    with zipfile.ZipFile(binary, "w") as parts:
        parts.writestr("xl/workbook.bin", b"\x83\x01")
    for source, word in (
        (ole + "EncryptedPackage".encode("utf-16-le"), "password"),
        (whole[: len(whole) // 2], "damaged"),
        (rewritten(whole, SHEET, b"<worksheet><sheetData><row></wrong>"), "damaged"),
        (b"%PDF-1.7\n", "not_a_workbook"),
        (ole, "not_a_workbook"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not_a_workbook"),
        (rewritten(whole, "xl/workbook.xml", b"<workbook"), "damaged"),
        (b"<html><table><tr><td>x</td></tr></table></html>", "web_page"),
        (book_of_2003 % b"spreadsheet", "xml_book"),
        (binary.getvalue(), "binary_book"),
        (enciphered, "password"),
        (b"", "empty"),
        (table(), "empty"),
    ):
        assert why(source) == str(WORDS[word]), word


def test_what_old_offices_keep_is_read():
    book = xlwt.Workbook()
    page = book.add_sheet("Trang")
    page.write_merge(0, 0, 0, 2, "DANH SÁCH")
    for column, words in enumerate(("Họ tên", "Năm sinh", "Ngày")):
        page.write(1, column, words)
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    page.write(2, 0, "Lò Văn Mẫu")
    page.write(2, 1, 1961, day)
    page.write(2, 2, datetime.fromisoformat("2025-10-31"), day)
    made = BytesIO()
    book.save(made)
    # Whatever its name says.
    assert read_sheets(made.getvalue(), "ds.xlsx")[0].row_count == 3
    assert rows_of(made.getvalue(), heading_row=1) == [
        (3, ["Lò Văn Mẫu", date(1905, 5, 14), date(2025, 10, 31)])
    ]


def test_a_failed_formula_of_an_old_workbook_is_not_empty():
    book = xlwt.Workbook()
    for name in ("Trang", "Trang hai"):
        page = book.add_sheet(name)
        page.write(0, 0, "Lò Văn Mẫu")
        page.row(0).set_cell_error(2, 0x2A if name == "Trang" else 0x07)
        page.write(1, 1, 5)
    made = BytesIO()
    book.save(made)
    expected = [(1, ["Lò Văn Mẫu", None, "#N/A"]), (2, [None, 5])]
    assert rows_of(made.getvalue(), heading_row=-1) == expected
    assert rows_of(made.getvalue(), "Trang hai", -1)[0] == (1, ["Lò Văn Mẫu", None, "#DIV/0!"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_text_files_of_every_kind(encoding, separator):
    lines = ["Họ tên;Ghi chú", 'Lò Văn Mẫu;"một, hai; ""ba"""', ";", "Lường;x"]
    text = "\r\n".join(lines).replace(";", separator) if separator != ";" else "\r\n".join(lines)
    source = text.encode(encoding)
    found = rows_of(source, "CSV", 0)
    assert [number for number, _cells in found] == [2, 4]
    assert found[0][1][0] == "Lò Văn Mẫu"
    assert found[0][1][1].endswith('"ba"')


def test_excel_says_itself_what_stands_between():
    assert rows_of("sep=|\nHọ|Tên,x\nLò|A".encode(), "CSV", 1) == [(3, ["Lò", "A"])]


def test_an_old_code_page_is_refused_with_advice():
    # TCVN3, as Excel saves it as CSV.
    assert why(b"H\xe4 v\xb5 t\xaan;N\xa8m\n") == str(WORDS["encoding"])


def test_the_reader_starts_without_django():
    code = (
        "import sys, villages.importing.reader_process;"
        "print([name for name in sys.modules if name.split('.')[0] in ('django', 'portal')])"
    )
    loaded = subprocess.check_output([sys.executable, "-c", code], cwd=settings.BASE_DIR, text=True)
    assert loaded.strip() == "[]"


def test_leaving_early_leaves_no_process():
    rows = iter_rows(table(*[["x" * 100] * 20] * 3000), "ds", "Trang", -1)
    assert next(rows)[0] == 1
    rows.close()
    assert not rows.gi_running


@pytest.mark.parametrize("name", [b"T" * 200_000, b"T\x00rang", b"--help", b"T\x1b[31m"])
def test_the_name_of_a_sheet_may_be_anything(name):
    """It is handed to a process, kept in the database and shown."""
    named = rewritten_by(
        table(["a"], ["b"]), "xl/workbook.xml", lambda old: old.replace(b"Trang", name)
    )
    [head] = read_sheets(named)
    assert head.name.isprintable()
    assert 0 < len(head.name) <= 100
    assert rows_of(named, head.name) == [(2, ["b"])]


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/sharedStrings.xml"])
def test_entities_are_neither_grown_nor_fetched(part):
    grown = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 10))
    for entities in (b'<!ENTITY e0 "x">' + grown, b'<!ENTITY e9 SYSTEM "file:///etc/passwd">'):
        head = b'<?xml version="1.0"?><!DOCTYPE x [' + entities + b"]>"

        def spoil(old, head=head):
            body = old[old.index(b"?>") + 2 :]
            return head + body.replace(b"Trang", b"&e9;").replace(b"<t>a<", b"<t>&e9;<")

        assert why(rewritten_by(table(["a"], ["b"]), part, spoil)) == str(WORDS["damaged"])


def test_a_text_file_that_never_closes_its_quote_is_refused_in_words():
    assert why(b'"' + b"b\n" * 2 * MEGABYTE) == str(WORDS["damaged"])
