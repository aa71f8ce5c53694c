"""Staff, where they work, and the courses they finish."""

from datetime import date, timedelta

import pytest
from auditlog.models import LogEntry
from django.urls import reverse

from training import employing
from training.models import Agency, Completion, Course, CourseRequirement, Employment, StaffMember
from villages.models import StaleMark
from villages.periods import today
from villages.refusals import ChangeRefused


@pytest.fixture
def agencies(cast):
    return [
        Agency.objects.create(commune=cast.commune, name="Văn phòng HĐND và UBND"),
        Agency.objects.create(commune=cast.commune, name="Trường THCS", village=cast.vi),
        Agency.objects.create(commune=cast.elsewhere, name="Cơ quan nơi khác"),
    ]


@pytest.fixture
def member(cast, agencies, long_ago):
    member = StaffMember(
        commune=cast.commune, full_name="Hà Văn Cán", category="cadre", code="CB01"
    )
    return employing.hire(member, agency=agencies[0], from_on=long_ago)


@pytest.fixture
def course(db, long_ago):
    course = Course.objects.create(code="ky-nang-so", title="Kỹ năng số cơ bản")
    CourseRequirement.objects.create(course=course, from_on=long_ago)
    return course


def typed(agency, **changes):
    return {
        "full_name": "Lò Thị Dương",
        "category": "civil_servant",
        "agency": agency.pk,
        "from_on": "2025-05-01",
        **changes,
    }


def test_it_works(cast, agencies, as_user):
    client = as_user(cast.official)
    answer = client.post(reverse("staff_add"), typed(agencies[1]))
    member = StaffMember.objects.get()
    assert answer.url == reverse("staff_detail", args=[member.pk])
    assert member.commune == cast.commune
    assert member.employments.get().agency == agencies[1]
    assert StaleMark.objects.filter(village=cast.vi, since_on=date(2025, 5, 1)).exists()
    assert "Lò Thị Dương" in client.get(reverse("staff_list"), {"q": "lo thi duong"}).text
    assert "Lò Thị Dương" in client.get(answer.url).text


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("full_name", ""),
        ("full_name", "a\0b"),
        ("full_name", "x" * 100_000),
        ("category", "king"),
        ("from_on", "0001-01-01"),
        ("from_on", "9999-12-31"),
        ("from_on", "2025-02-31"),
        ("agency", "999999999999999999999"),
        ("agency", "elsewhere"),
        ("email", "not an address"),
    ],
)
def test_bad_input_is_named_beside_its_field_and_kept(cast, agencies, as_user, name, bad):
    bad = agencies[2].pk if bad == "elsewhere" else bad
    page = as_user(cast.official).post(
        reverse("staff_add"), typed(agencies[0]) | {"position": "Chuyên viên kế toán", name: bad}
    )
    assert page.status_code == 200
    assert page.context["form"].errors.keys() == {name}
    assert "Chuyên viên kế toán" in page.text
    assert not StaffMember.objects.exists()


def test_two_people_cannot_share_a_code(cast, agencies, member, as_user):
    page = as_user(cast.official).post(reverse("staff_add"), typed(agencies[0], code="CB01"))
    assert "code" in page.context["form"].errors
    assert StaffMember.objects.get() == member


def test_an_admin_of_several_communes_chooses_one(cast, agencies, as_user):
    client = as_user(cast.admin)
    page = client.post(reverse("staff_add"), typed(agencies[2], commune=cast.commune.pk))
    assert page.context["form"].errors.keys() == {"agency"}
    client.post(reverse("staff_add"), typed(agencies[2], commune=cast.elsewhere.pk))
    assert StaffMember.objects.get().commune == cast.elsewhere


def test_a_change_of_agency_keeps_the_past(cast, agencies, member, as_user, long_ago):
    address = reverse("staff_agency", args=[member.pk])
    client = as_user(cast.official)
    early = {"agency": agencies[1].pk, "from_on": long_ago.isoformat()}
    assert "from_on" in client.post(address, early).context["form"].errors
    client.post(address, {"agency": agencies[1].pk, "from_on": "2025-09-01"})
    before, after = member.employments.order_by("from_on")
    assert (before.agency, before.to_on) == (agencies[0], date(2025, 8, 31))
    assert (after.agency, after.to_on) == (agencies[1], None)


def test_leaving_and_coming_back(cast, agencies, member, as_user):
    client = as_user(cast.official)
    leave = reverse("staff_leave", args=[member.pk])
    assert client.get(leave).status_code == 200
    assert "last_day" in client.post(leave, {"last_day": "2024-12-31"}).context["form"].errors
    client.post(leave, {"last_day": "2025-10-01"})
    assert not StaffMember.objects.active_on(today()).exists()
    assert client.get(leave).status_code == 404
    assert member.full_name not in client.get(reverse("staff_list")).text
    assert member.full_name in client.get(reverse("staff_list"), {"working": "left"}).text
    again = reverse("staff_agency", args=[member.pk])
    overlap = client.post(again, {"agency": agencies[0].pk, "from_on": "2025-10-01"})
    assert "from_on" in overlap.context["form"].errors
    client.post(again, {"agency": agencies[0].pk, "from_on": "2025-10-02"})
    assert StaffMember.objects.active_on(today()).get() == member


def test_a_mistyped_employment_is_corrected_and_both_spans_recounted(
    cast, agencies, member, as_user, long_ago
):
    employing.change_agency(member, agency=agencies[1], from_on=date(2025, 9, 1))
    wrong = member.employments.get(agency=agencies[1])
    client = as_user(cast.official)
    edit = reverse("employment_edit", args=[wrong.pk])
    assert client.get(edit).context["form"]["from_on"].value() == date(2025, 9, 1)
    said = {"agency": agencies[1].pk, "from_on": "2025-08-31", "to_on": ""}
    overlap = client.post(edit, said)
    assert "01/03/2025" in overlap.context["form"].errors["from_on"][0]
    backwards = client.post(edit, said | {"from_on": "2025-10-01", "to_on": "2025-09-30"})
    assert "to_on" in backwards.context["form"].errors
    elsewhere = client.post(edit, said | {"agency": agencies[2].pk, "from_on": "2025-10-01"})
    assert "agency" in elsewhere.context["form"].errors
    StaleMark.objects.all().delete()
    assert client.post(edit, said | {"from_on": "2025-10-01"}).status_code == 302
    wrong.refresh_from_db()
    assert (wrong.from_on, wrong.to_on) == (date(2025, 10, 1), None)
    assert StaleMark.objects.filter(village=cast.vi, since_on=date(2025, 9, 1)).exists()
    before = member.employments.get(agency=agencies[0])
    open_end = reverse("employment_edit", args=[before.pk])
    two = client.post(open_end, {"agency": agencies[0].pk, "from_on": f"{long_ago}", "to_on": ""})
    assert two.context["form"].errors, "nobody works in two places at once"


def test_an_employment_entered_by_mistake_is_deleted(cast, agencies, member, as_user):
    employing.change_agency(member, agency=agencies[1], from_on=date(2025, 9, 1))
    wrong = member.employments.get(agency=agencies[1])
    client = as_user(cast.official)
    delete = reverse("employment_delete", args=[wrong.pk])
    assert "Trường THCS" in client.get(delete).text
    assert member.employments.count() == 2
    StaleMark.objects.all().delete()
    client.post(delete)
    assert member.employments.get().agency == agencies[0]
    assert StaleMark.objects.filter(village=cast.vi, since_on=date(2025, 9, 1)).exists()
    assert LogEntry.objects.get_for_model(Employment).filter(object_id=wrong.pk, action=2).exists()


def test_nobody_works_in_two_places_at_once(agencies, member):
    with pytest.raises(ChangeRefused):
        employing.hire(member, agency=agencies[1], from_on=today())
    assert Employment.objects.count() == 1


def test_a_completion_is_recorded_corrected_and_deleted(cast, member, course, as_user):
    client = as_user(cast.official)
    row = {"course": course.pk, "completed_on": "2025-06-01", "source": "certificate"}
    client.post(reverse("completion_add", args=[member.pk]), row)
    completion = Completion.objects.get()
    assert StaleMark.objects.filter(since_on=date(2025, 6, 1)).exists()
    edit = reverse("completion_edit", args=[completion.pk])
    client.post(edit, row | {"completed_on": "2025-06-02"})
    completion.refresh_from_db()
    assert completion.completed_on == date(2025, 6, 2)
    again = client.post(
        reverse("completion_add", args=[member.pk]), row | {"completed_on": "2025-06-02"}
    )
    assert "course" in again.context["form"].errors
    delete = reverse("completion_delete", args=[completion.pk])
    assert client.get(delete).status_code == 200
    assert Completion.objects.exists()
    client.post(delete)
    assert not Completion.objects.exists()


def test_a_course_is_not_finished_in_the_future(cast, member, course, as_user):
    tomorrow = today() + timedelta(days=1)
    page = as_user(cast.official).post(
        reverse("completion_add", args=[member.pk]),
        {"course": course.pk, "completed_on": tomorrow.isoformat(), "source": "certificate"},
    )
    assert "completed_on" in page.context["form"].errors


def test_a_completion_before_the_first_day_of_work_is_saved_with_a_warning(
    cast, member, course, as_user
):
    client = as_user(cast.official)
    page = client.post(
        reverse("completion_add", args=[member.pk]),
        {"course": course.pk, "completed_on": "2025-01-01", "source": "certificate"},
        follow=True,
    )
    assert Completion.objects.exists()
    assert "notice-warning" in page.text


def test_the_list_tells_who_has_finished(cast, member, course, as_user):
    client = as_user(cast.reader)
    address = reverse("staff_list")
    assert member.full_name in client.get(address, {"courses": "unfinished"}).text
    assert member.full_name not in client.get(address, {"courses": "finished"}).text
    assert client.get(address).context["finished"] == 0
    Completion.objects.create(staff_member=member, course=course, completed_on=today())
    assert client.get(address).context["finished"] == client.get(address).context["people"] == 1
    assert member.full_name in client.get(address, {"courses": "finished"}).text
    assert member.full_name not in client.get(address, {"courses": "unfinished"}).text


def test_courses_are_changed_by_who_writes_for_all_communes(cast, course, as_user):
    client = as_user(cast.official)
    assert client.get(reverse("course_list")).status_code == 200
    assert client.get(reverse("course_add")).status_code == 403
    client = as_user(cast.admin)
    client.post(reverse("course_add"), {"title": "AI cho cán bộ", "code": "ai"})
    assert Course.objects.filter(code="ai").exists()


@pytest.mark.parametrize(
    ("who", "reading", "writing"),
    [("reader", 200, 403), ("stranger", 404, 404), ("leader", 403, 403)],
)
def test_others_are_refused(cast, member, course, as_user, who, reading, writing):
    completion = Completion.objects.create(staff_member=member, course=course, completed_on=today())
    employment = member.employments.get()
    client = as_user(getattr(cast, who))
    assert client.get(reverse("staff_detail", args=[member.pk])).status_code == reading
    for name, key in (
        ("staff_edit", member.pk),
        ("staff_agency", member.pk),
        ("staff_leave", member.pk),
        ("completion_add", member.pk),
        ("completion_edit", completion.pk),
        ("completion_delete", completion.pk),
        ("employment_edit", employment.pk),
        ("employment_delete", employment.pk),
    ):
        assert client.post(reverse(name, args=[key])).status_code == writing
    assert Completion.objects.exists()
    assert Employment.objects.exists()
