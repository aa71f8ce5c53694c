"""A list leaves as a file: as it was filtered, without names unless for a reason, and noted."""

import csv
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.urls import reverse

from portal.testing.cast import make_user
from villages.models import ExportRecord

REASON = "Gửi Ủy ban nhân dân tỉnh theo công văn 12"


def address(name, query=""):
    return reverse("export", args=[name]) + query


def taken(response):
    return b"".join(response.streaming_content)


def lines(response):
    text = taken(response).decode("utf-8-sig")
    return list(csv.reader(StringIO(text), delimiter=";"))


def cells(response):
    sheet = openpyxl.load_workbook(BytesIO(taken(response))).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_it_works(cast, client):
    client.force_login(cast.official)
    asked = client.get(address("household_list"))
    assert asked.status_code == 200
    assert not ExportRecord.objects.exists()
    response = client.post(address("household_list"), {"file_format": "xlsx"})
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith('attachment; filename="ho-dan-')
    rows = cells(response)
    heading = next(i for i, row in enumerate(rows) if row[0] == "Bản")
    assert len(rows) - heading - 1 == 3
    assert not any("Mẫu" in str(cell) for row in rows for cell in row)
    record = ExportRecord.objects.get()
    assert (record.list_name, record.rows, record.with_names) == ("household_list", 3, False)
    assert (record.exported_by, record.commune) == (cast.official, cast.commune)


def test_names_leave_for_a_reason_only(cast, client):
    client.force_login(cast.official)
    wanted = {"file_format": "csv", "with_names": "on"}
    for reason in ("", "cần", "..........................."):
        refused = client.post(address("household_list"), {**wanted, "reason": reason})
        assert refused.context["form"].errors
    assert not ExportRecord.objects.exists()
    given = lines(client.post(address("household_list"), {**wanted, "reason": REASON}))
    assert any("Lò Văn Mẫu" in row for row in given)
    record = ExportRecord.objects.get()
    assert (record.with_names, record.reason, record.rows) == (True, REASON, len(given) - 1)


def test_a_reader_takes_no_names(cast, client):
    client.force_login(cast.reader)
    wanted = {"file_format": "csv", "with_names": "on", "reason": REASON}
    given = lines(client.post(address("household_list"), wanted))
    assert len(given) == 4
    assert not any("Mẫu" in cell for row in given for cell in row)
    assert not ExportRecord.objects.get().with_names


def test_who_only_reads_in_one_of_two_communes_takes_no_names(cast, client):
    both = make_user("both", "official", cast.commune)
    both.assignments.create(role="reader", commune=cast.elsewhere, from_on="2024-01-01")
    client.force_login(both)
    wanted = {"file_format": "csv", "with_names": "on", "reason": REASON}
    given = lines(client.post(address("household_list"), wanted))
    assert len(given) == 5
    assert not any("Mẫu" in cell or "Người Ở Xa" in cell for row in given for cell in row)
    assert set(ExportRecord.objects.values_list("commune", flat=True)) == {
        cast.commune.pk,
        cast.elsewhere.pk,
    }


def test_the_file_holds_what_the_page_shows(cast, client):
    client.force_login(cast.official)
    query = f"?village={cast.khi.pk}&q=giang"
    page = client.get(reverse("household_list") + query)
    assert address("household_list", "?village=") in page.content.decode()
    given = lines(client.post(address("household_list", query), {"file_format": "csv"}))
    assert [row[0] for row in given[1:]] == [cast.khi_household.village.full_name]
    assert ExportRecord.objects.get().filters == "Số hộ hoặc tên: giang; Bản: Bản Khì"


def test_another_commune_stays_there(cast, client):
    client.force_login(cast.stranger)
    wanted = {"file_format": "csv", "with_names": "on", "reason": REASON}
    given = lines(client.post(address("household_list"), wanted))
    assert [row[2] for row in given[1:]] == ["Người Ở Xa"]
    client.force_login(cast.official)
    assert client.get(reverse("export_list")).context["page"].paginator.count == 0


@pytest.mark.parametrize("name", ["household_list", "visit_list", "export_list"])
def test_a_team_leader_takes_no_file(cast, client, name):
    client.force_login(cast.leader)
    assert client.get(address(name)).status_code == 403
    assert client.post(address(name), {"file_format": "csv"}).status_code == 403
    assert not ExportRecord.objects.exists()
    assert "/exports/" not in client.get(reverse("household_list")).content.decode()
    client.force_login(cast.official)
    assert client.post(address(name), {"file_format": "csv"}).status_code == 200


def test_a_list_that_is_not_there_is_not_found(cast, client):
    client.force_login(cast.official)
    assert client.get(address("no_such_list")).status_code == 404


def test_an_unknown_format_is_refused(cast, client):
    client.force_login(cast.official)
    refused = client.post(address("visit_list"), {"file_format": "exe"})
    assert list(refused.context["form"].errors) == ["file_format"]
    assert not ExportRecord.objects.exists()


def test_what_left_is_found_again(cast, client):
    client.force_login(cast.official)
    wanted = {"file_format": "csv", "with_names": "on", "reason": REASON}
    taken(client.post(address("household_list"), wanted))
    taken(client.post(address("visit_list"), {"file_format": "xlsx"}))
    client.force_login(cast.reader)

    def found(query):
        page = client.get(reverse("export_list") + query).context["page"]
        return [record.list_name for record in page]

    assert found("") == ["visit_list", "household_list"]
    assert found("?q=uy+ban") == ["household_list"]
    assert found("?names=True") == ["household_list"]
    assert found("?list=visit_list") == ["visit_list"]
    assert found("?sort=list") == ["household_list", "visit_list"]
    assert found("?first=2099-01-01") == []
    given = lines(client.post(address("export_list"), {"file_format": "csv"}))
    assert len(given) == 3
