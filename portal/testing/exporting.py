"""Taking a list out as an official would, and reading the file again."""

import csv
from io import BytesIO, StringIO
from urllib.parse import urlencode

import python_calamine
from django.urls import reverse

REASON = "Gửi UBND tỉnh theo công văn 12"


def file_of(client, name, query, file_format, *, with_names=False):
    """Return the bytes of an exported list."""
    asked = {"file_format": file_format}
    if with_names:
        asked |= {"with_names": "on", "reason": REASON}
    address = reverse("export", args=[name]) + (f"?{query}" if query else "")
    answer = client.post(address, asked)
    assert answer.status_code == 200, (name, answer.status_code)
    assert "attachment" in answer.headers.get("Content-Disposition", ""), answer.content[:3000]
    return b"".join(answer.streaming_content)


def csv_rows(source):
    """Return the headings and rows of an exported CSV."""
    assert source.startswith("\ufeff".encode()), "Excel needs the byte order mark"
    return list(csv.reader(StringIO(source.decode("utf-8-sig")), delimiter=";"))


def xlsx_rows(source):
    """Return the headings and rows of an exported workbook, without title and notes."""
    sheet = python_calamine.load_workbook(BytesIO(source)).get_sheet_by_index(0)
    rows = sheet.to_python(skip_empty_area=False)
    # An empty row parts the title and the notes from the headings.
    empty = next(number for number, row in enumerate(rows) if not any(row))
    return rows[empty + 1 :]


def taken(client, name, *, with_names=False, **query):
    """Return the headings and rows of a list as CSV, narrowed as asked."""
    return csv_rows(file_of(client, name, urlencode(query), "csv", with_names=with_names))
