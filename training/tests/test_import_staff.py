"""The list of staff and of their completed courses: who is meant, and the past stays."""

from datetime import date

import pytest

from portal.testing.lists import ListDesk, outcomes
from training.employing import hire
from training.models import Agency, Completion, Course, CourseRequirement, Employment, StaffMember
from villages.models import StaleMark

pytestmark = pytest.mark.django_db
OFFICE, STATION = "Văn phòng UBND xã", "Trạm Y tế"
AN = {
    "code": "CB0007", "full_name": "Lò Thị An", "category": "civil_servant", "agency": OFFICE,
    "from_on": "2024-08-01",
}  # fmt: skip


@pytest.fixture
def desk(cast):
    return ListDesk("staff", commune=cast.commune, user=cast.official)


@pytest.fixture
def completions(cast):
    return ListDesk("completions", commune=cast.commune, user=cast.official)


def employed(cast, name, agency, code="", **attributes):
    agency, _made = Agency.objects.get_or_create(commune=cast.commune, name=agency)
    member = StaffMember(
        commune=cast.commune, full_name=name, code=code, category="cadre", **attributes
    )
    return hire(member, agency=agency, from_on=date(2024, 1, 1))


def test_it_works(desk, cast):
    rows = desk.bring(AN, AN | {"code": "", "full_name": "Vàng A Bình", "is_party_member": "yes"})
    assert outcomes(rows) == ["new", "new"]
    assert OFFICE in str(rows[0].changes)
    assert Agency.objects.get().name == OFFICE
    member = StaffMember.objects.get(code="CB0007")
    assert (member.name_folded, member.is_party_member) == ("lo thi an", False)
    assert member.employments.get().from_on == date(2024, 8, 1)
    assert StaffMember.objects.get(full_name="Vàng A Bình").is_party_member
    assert StaleMark.objects.filter(commune=cast.commune, since_on=date(2024, 8, 1)).exists()
    assert outcomes(desk.plan(AN)) == ["same"]


def test_a_column_that_is_missing_or_empty_wipes_nothing(desk):
    desk.bring(AN | {"email": "an@example.vn", "position": "Chuyên viên"})
    assert outcomes(desk.plan({"code": "CB0007", "agency": OFFICE, "email": ""})) == ["same"]
    desk.bring(
        {"code": "CB0007", "full_name": "Lò Thị An", "agency": OFFICE, "position": "Kế toán"}
    )
    member = StaffMember.objects.get()
    assert (member.email, member.position) == ("an@example.vn", "Kế toán")


def test_who_changes_agency_keeps_the_past(desk):
    desk.bring(AN)
    rows = desk.bring(AN | {"agency": STATION, "from_on": "2025-06-01"})
    assert outcomes(rows) == ["changed"]
    spells = Employment.objects.order_by("from_on").values_list("agency__name", "from_on", "to_on")
    assert list(spells) == [
        (OFFICE, date(2024, 8, 1), date(2025, 5, 31)),
        (STATION, date(2025, 6, 1), None),
    ]
    # The older list, brought in again, changes nothing.
    assert outcomes(desk.plan(AN)) == ["same"]


@pytest.mark.parametrize(
    ("said", "column"),
    [
        ({"agency": STATION, "from_on": "2024-08-01"}, "from_on"),
        ({"agency": STATION, "from_on": "2024-01-01"}, "from_on"),
        ({"agency": STATION, "from_on": ""}, "from_on"),
        ({"to_on": "2024-07-31"}, "to_on"),
    ],
)
def test_what_the_past_contradicts_is_refused_beside_the_cell(desk, said, column):
    desk.bring(AN)
    (row,) = desk.plan(AN | said)
    assert list(row.errors) == [column]
    assert outcomes(desk.plan(AN | {"to_on": "2025-10-01"})) == ["changed"]


def test_a_name_known_elsewhere_is_for_a_person_to_decide(desk, cast):
    known = employed(cast, "Lò Thị An", STATION)
    said = AN | {"code": "", "from_on": "2025-06-01"}
    (row,) = desk.plan(said)
    assert row.outcome == "uncertain"
    assert row.candidates == [[str(known.pk), f"Lò Thị An · {STATION}"]]
    assert outcomes(desk.plan(said, decisions={2: "skip"})) == ["skipped"]
    assert outcomes(desk.plan(said, decisions={2: "new"})) == ["new"]
    desk.bring(said, decisions={2: str(known.pk)})
    assert [spell.agency.name for spell in known.employments.order_by("from_on")] == [
        STATION,
        OFFICE,
    ]


def test_a_code_under_another_name_is_for_a_person_to_decide(desk):
    desk.bring(AN)
    (row,) = desk.plan(AN | {"full_name": "Vàng A Bình"})
    assert row.outcome == "uncertain"
    # Two people never share a code.
    (row,) = desk.plan(AN | {"full_name": "Vàng A Bình"}, decisions={2: "new"})
    assert list(row.errors) == ["code"]


def test_the_same_row_twice_is_left_out_and_another_one_refused(desk):
    rows = desk.plan(AN, AN, AN | {"position": "Kế toán"})
    assert outcomes(rows) == ["new", "skipped", "wrong"]
    assert "2" in rows[2].errors[""]


def test_somebody_new_needs_a_category_and_a_first_day(desk):
    (row,) = desk.plan(AN | {"category": "", "from_on": ""})
    assert set(row.errors) == {"category", "from_on"}


def test_staff_of_another_commune_are_not_found(desk, cast):
    other = Agency.objects.create(commune=cast.elsewhere, name=OFFICE)
    member = StaffMember(
        commune=cast.elsewhere, full_name="Lò Thị An", code="CB0007", category="cadre"
    )
    hire(member, agency=other, from_on=date(2024, 1, 1))
    assert outcomes(desk.bring(AN)) == ["new"]
    assert StaffMember.objects.filter(code="CB0007").count() == 2


def test_no_row_asks_the_database(desk, cast, django_assert_max_num_queries):
    rows = [AN | {"code": f"CB{n:04d}", "full_name": f"Lò Thị {n} An"} for n in range(60)]
    with django_assert_max_num_queries(5):
        assert set(outcomes(desk.plan(*rows))) == {"new"}
    with django_assert_max_num_queries(25):
        desk.bring(*rows)


def test_a_list_of_courses_says_of_whom_they_are_required(cast):
    desk = ListDesk("courses", commune=cast.commune, user=cast.official)
    said = {"code": "an-toan", "title": "An toàn", "group": "cadre", "from_on": "2025-03-01"}
    desk.bring(said, said | {"group": "worker"}, {"code": "tu-chon", "title": "Tự chọn"})
    assert Course.objects.count() == 2
    assert set(CourseRequirement.objects.values_list("group", "course__code")) == {
        ("cadre", "an-toan"),
        ("worker", "an-toan"),
    }
    assert outcomes(desk.plan(said, said | {"to_on": "2026-01-01"}))[0] == "same"
    desk.bring(said | {"to_on": "2026-01-01"})
    assert CourseRequirement.objects.get(group="cadre").to_on == date(2026, 1, 1)
    (row,) = desk.plan(said | {"from_on": "2025-09-01"})
    assert list(row.errors) == ["from_on"]


def test_completions_come_in_by_code_or_by_name_and_agency(completions, cast):
    Course.objects.create(code="an-toan", title="An toàn thông tin")
    employed(cast, "Lò Thị An", OFFICE, code="CB0007")
    employed(cast, "Vàng A Bình", STATION)
    rows = completions.bring(
        {"code": "cb0007", "course_code": "an-toan", "completed_on": "2025-09-15"},
        {
            "full_name": "Vàng A Bình", "agency": "Trạm y tế", "course_title": "an toàn thông tin",
            "completed_on": "2025-09-16", "certificate_number": "0071", "source": "certificate",
        },
    )  # fmt: skip
    assert outcomes(rows) == ["new", "new"]
    found = Completion.objects.order_by("completed_on").values_list("source", "certificate_number")
    assert list(found) == [("national_portal", ""), ("certificate", "0071")]
    assert outcomes(completions.plan({
        "code": "CB0007", "course_code": "an-toan", "completed_on": "2025-09-15",
    })) == ["same"]  # fmt: skip


def test_a_course_is_made_only_when_that_was_allowed(completions, cast):
    employed(cast, "Lò Thị An", OFFICE, code="CB0007")
    said = {"code": "CB0007", "course_title": "Trí tuệ nhân tạo", "completed_on": "2025-09-15"}
    (row,) = completions.plan(said)
    assert list(row.errors) == ["course_title"]
    completions.options = {"may_create": True}
    completions.bring(said)
    assert Course.objects.get().code == "tri-tue-nhan-tao"


def test_a_completion_of_somebody_unknown_is_refused_and_an_uncertain_one_asked(completions, cast):
    Course.objects.create(code="an-toan", title="An toàn thông tin")
    first = employed(cast, "Lò Thị An", OFFICE)
    employed(cast, "Lò Thị An", STATION)
    said = {"full_name": "Lò Thị An", "course_code": "an-toan", "completed_on": "2025-09-15"}
    rows = completions.plan(
        said, said | {"full_name": "Không Ai"}, said | {"completed_on": "2099-01-01"}
    )
    assert outcomes(rows) == ["uncertain", "wrong", "wrong"]
    assert list(rows[1].errors) == ["full_name"]
    assert list(rows[2].errors) == ["completed_on"]
    assert len(rows[0].candidates) == 2
    completions.bring(said, decisions={2: str(first.pk)})
    assert Completion.objects.get().staff_member == first
