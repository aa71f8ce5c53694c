"""What leaves as a file about sessions: the columns of table 03, one row per attendance."""

import csv
import io

import pytest
from django.urls import reverse

from training.attendance import WalkIn, add_to_attendance, close_session, note_outcomes
from training.certifying import issue_certificates
from training.models import StaffMember
from villages.models import ExportRecord


@pytest.fixture
def closed(cast, session):
    """Five came: three of a poor Thái household, a member of staff and a walk-in of 1950."""
    cast.household.poverty = "poor"
    cast.household.save()
    cast.household.residents.update(ethnic_group="Thái")
    cast.household.residents.filter(full_name="Lường Thị Mẫu").update(sex="female")
    member = StaffMember.objects.create(
        commune=cast.commune, full_name="Hà Thị Cán", category="cadre", sex="female"
    )
    add_to_attendance(
        session,
        residents=cast.household.residents.all(),
        staff=[member],
        walk_ins=[WalkIn("Khách", "female", 1950)],
        author=cast.official,
    )
    first = session.attendances.order_by("pk").first()
    note_outcomes(session, outcomes={}, completed={first.pk: False})
    close_session(session, counted=5)
    issue_certificates(session, attendances=session.attendances.all(), by=cast.official)
    return session


def exported(client, name, query="", **asked):
    answer = client.post(reverse("export", args=[name]) + query, {"file_format": "csv", **asked})
    assert answer.status_code == 200, answer.content.decode()[:2000]
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text[:400] else ","))


def test_sessions_leave_in_the_columns_of_table_03(cast, closed, as_user):
    rows = exported(as_user(cast.official), "session_list")
    line = next(row for row in rows if "Dùng VNeID an toàn" in row)
    # Trainees, women, minorities, poor, older (1961, 1964 and 1950 in 2026), completed.
    older = sum(closed.held_on.year - year >= 60 for year in (1961, 1964, 1950))
    assert [str(cell) for cell in line[5:11]] == ["5", "3", "3", "3", str(older), "4"]


def test_attendances_leave_without_names_unless_there_is_a_reason(cast, closed, as_user):
    client = as_user(cast.official)
    plain = exported(client, "attendance_list", f"?session={closed.pk}")
    assert not any("Lường Thị Mẫu" in row for row in plain)
    named = exported(
        client, "attendance_list", f"?session={closed.pk}", with_names="on",
        reason="Gửi UBND tỉnh theo công văn 12",
    )  # fmt: skip
    assert sum("Dùng VNeID an toàn" in row for row in named) == 5
    assert any("Lường Thị Mẫu" in row for row in named)
    assert ExportRecord.objects.filter(with_names=True).count() == 1


def test_walk_ins_and_certificates_leave_too(cast, closed, as_user):
    client = as_user(cast.reader)
    assert any("1950" not in row and "Dùng VNeID an toàn" in row
               for row in exported(client, "walk_in_list"))  # fmt: skip
    rows = exported(client, "certificate_list")
    assert sum("Dùng VNeID an toàn" in row for row in rows) == 4
    assert not any("Lường Thị Mẫu" in row for row in rows)


def test_the_list_counts_people_and_attendances_apart(cast, closed, as_user):
    page = as_user(cast.reader).get(reverse("attendance_list"))
    assert page.context["counts"] == {"people": 5, "attendances": 5}
    assert as_user(cast.stranger).get(reverse("attendance_list")).context["counts"] == {
        "people": 0, "attendances": 0,
    }  # fmt: skip
    client = as_user(cast.reader)
    for query, count in (({"q": "luong"}, 1), ({"who": "walk_in"}, 1), ({"who": "resident"}, 3)):
        found = client.get(reverse("attendance_list"), query)
        assert found.context["page"].paginator.count == count
