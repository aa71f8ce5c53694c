"""The lists of staff, agencies and schools leave as files with the rows of their pages."""

import csv
import io

import pytest
from django.urls import reverse

from training.models import Agency, Course, CourseRequirement, Employment, School, StaffMember
from villages.models import ExportRecord
from villages.periods import today


@pytest.fixture
def people(cast):
    office = Agency.objects.create(commune=cast.commune, name="=Phòng Kinh tế", contact_name="Vi")
    course = Course.objects.create(code="ai", title="AI cho cán bộ")
    CourseRequirement.objects.create(course=course, from_on=today())
    for name in ("Lò Thị Dương", "Hà Văn Cán"):
        member = StaffMember.objects.create(
            commune=cast.commune, full_name=name, category="cadre", code=f"M-{name[:2]}"
        )
        Employment.objects.create(staff_member=member, agency=office, from_on=today())
    School.objects.create(commune=cast.commune, name="THCS Mường Kim", level="lower_secondary")


def file_of(client, name, query="", **typed):
    address = reverse("export", args=[name]) + query
    answer = client.post(address, {"file_format": "csv", **typed})
    assert answer.status_code == 200, answer.content[:300]
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_each_list_leaves_as_its_page_shows_it(cast, people, as_user):
    client = as_user(cast.official)
    for name, word in (
        ("staff_list", "Phòng Kinh tế"),
        ("agency_list", "Phòng Kinh tế"),
        ("unfinished_list", "AI cho cán bộ"),
        ("school_list", "THCS Mường Kim"),
    ):
        assert reverse("export", args=[name]) in client.get(reverse(name)).text
        assert word in str(file_of(client, name))
    assert ExportRecord.objects.count() == 4


def test_names_leave_only_with_a_reason_and_as_filtered(cast, people, as_user):
    client = as_user(cast.official)
    without = str(file_of(client, "unfinished_list"))
    assert "Lò Thị Dương" not in without
    assert "M-Lò" not in without
    typed = {"with_names": "on", "reason": "Gửi cơ quan nhắc học"}
    named = str(file_of(client, "unfinished_list", "?q=lo+thi+duong", **typed))
    assert "Lò Thị Dương" in named
    assert "Hà Văn Cán" not in named


def test_a_name_that_looks_like_a_formula_stays_text(cast, people, as_user):
    rows = file_of(as_user(cast.official), "agency_list")
    assert not any(cell.startswith("=") for row in rows for cell in row)
