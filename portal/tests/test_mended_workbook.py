"""Ten mistakes in a workbook come back as ten marked cells, and the mended one goes in whole."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from households.models import Household, Resident
from portal.testing.workbooks import fill
from villages.importing import running
from villages.models import ImportRun

pytestmark = [pytest.mark.django_db, pytest.mark.once]
MARKED = "FFC7CE"
# (household number, column, what was typed, what it should have been)
FAULTS = (
    (21, "village", "Bản Không Có", "Vi"),
    (23, "household", "hai mươi ba", 23),
    (25, "full_name", "12345", "Lò Văn 25"),
    (27, "birth_year", 2175, 1975),
    (29, "sex", "khác", "Nam"),
    (31, "poverty", "rất giàu", "Không nghèo"),
    (33, "smart_device", "để hỏi lại", "Có"),
    (35, "connection", "bồ câu", "4G"),
    (37, "since", "31/02/2025", "28/02/2025"),
    (39, "observed_on", "01/01/2099", "01/03/2025"),
)


def rows_with(faults):
    """Twenty households of one person each; these cells are wrong."""
    wrong = {number: {column: typed} for number, column, typed, _right in faults}
    for number in range(20, 40):
        yield {
            "village": "Khì",
            "household": number,
            "is_head": True,
            "full_name": f"Lò Văn Mẫu {number}",
            "birth_year": 1950 + number,
            "sex": "male",
            "poverty": "not_poor",
            "smart_device": True,
            "connection": "mobile",
            "observed_on": "01/03/2025",
            "since": "01/01/2025",
        } | wrong.get(number, {})


@pytest.fixture
def official(cast, client):
    client.force_login(cast.official)
    return client


def upload(client, source, name="ho.xlsx"):
    """Send a list of households through its screens until it is checked; return the run."""
    address = reverse("import_new", args=["households"])
    file = SimpleUploadedFile(name, source)
    match = client.post(address, {"as_of": "2025-10-31", "file": file}, follow=True)
    run = ImportRun.objects.latest("pk")
    form = match.context["form"]
    said = {name: form[name].value() or "" for name in form.fields}
    client.post(reverse("import_match", args=[run.uuid]), said)
    running.sweep()
    run.refresh_from_db()
    return run


def marked_cells(book):
    """Return {(row, heading): words beside it} of the coloured cells of a workbook."""
    page = book.worksheets[0]
    rows = list(page.iter_rows())
    head = next(row for row in rows if any(cell.value == "Lỗi" for cell in row))
    return {
        (cell.row, head[cell.column - 1].value): cell.comment and cell.comment.text
        for row in rows[head[0].row :]
        for cell in row
        if cell.fill.fgColor.rgb and cell.fill.fgColor.rgb.endswith(MARKED)
    }


def planted(cast):
    return fill("households", rows_with(FAULTS), commune=cast.commune, user=cast.official)


def headings_of(book):
    page = book.worksheets[0]
    return next(
        {cell.value: cell.column for cell in row}
        for row in page.iter_rows()
        if any(cell.value == "Lỗi" for cell in row)
    )


def test_ten_mistakes_come_back_as_exactly_ten_marked_cells(official, cast):
    run = upload(official, planted(cast))
    assert run.counts == {"new": 10, "wrong": 10}
    answer = official.get(reverse("import_errors", args=[run.uuid]))
    book = load_workbook(BytesIO(answer.content))
    marked = marked_cells(book)
    assert len(marked) == 10
    page = book.worksheets[0]
    columns = headings_of(book)
    typed = {
        (str(page.cell(row, columns[heading]).value), bool(words))
        for (row, heading), words in marked.items()
    }
    assert typed == {(str(wrong), True) for _number, _column, wrong, _right in FAULTS}
    assert len({heading for _row, heading in marked}) == 10
    # The words stand in the row as well, for whoever prints the list.
    assert all(page.cell(row, columns["Lỗi"]).value for row, _heading in marked)
    assert sum(bool(cell.value) for cell in page[_letter(page, columns["Lỗi"])]) == 11
    assert Household.objects.filter(village=cast.khi, number__gte=20).count() == 0


def test_the_mended_workbook_goes_in_whole(official, cast):
    run = upload(official, planted(cast))
    answer = official.get(reverse("import_errors", args=[run.uuid]))
    book = load_workbook(BytesIO(answer.content))
    page, columns = book.worksheets[0], headings_of(book)
    right = {str(wrong): value for _number, _column, wrong, value in FAULTS}
    for row, heading in marked_cells(book):
        cell = page.cell(row, columns[heading])
        cell.value = right[str(cell.value)]
    saved = BytesIO()
    book.save(saved)
    mended = upload(official, saved.getvalue(), "ho-da-sua.xlsx")
    assert mended.counts == {"new": 20}
    official.post(reverse("import_apply", args=[mended.uuid]))
    running.sweep()
    assert Resident.objects.filter(full_name__startswith="Lò Văn").count() >= 20
    assert Household.objects.filter(village=cast.khi, number__gte=20).count() == 19
    assert Household.objects.filter(village=cast.vi, number=21).count() == 1


def _letter(page, column):
    return page.cell(1, column).column_letter
