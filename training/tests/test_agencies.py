"""Agencies: how far their staff have come, who has not finished, words to remind them."""

from datetime import date

import pytest
from django.urls import reverse

from training.models import Agency, Completion, Course, CourseRequirement, Employment, StaffMember
from training.requirements import (
    first_day_still_valid,
    is_valid,
    missing_of,
    required_on,
    valid_until,
)
from villages.periods import today

LONG_AGO = date(2025, 1, 1)


@pytest.fixture
def office(cast):
    return Agency.objects.create(commune=cast.commune, name="Phòng Kinh tế")


@pytest.fixture
def hire(cast, office):
    def hire(name, category="cadre", agency=None, **attributes):
        member = StaffMember.objects.create(
            commune=cast.commune, full_name=name, category=category, **attributes
        )
        Employment.objects.create(staff_member=member, agency=agency or office, from_on=LONG_AGO)
        return member

    return hire


@pytest.fixture
def require(db):
    def require(title, group="everybody", **attributes):
        course = Course.objects.create(code=title.lower(), title=title, **attributes)
        CourseRequirement.objects.create(course=course, group=group, from_on=LONG_AGO)
        return course

    return require


def finish(member, course, on=None):
    return Completion.objects.create(staff_member=member, course=course, completed_on=on or today())


def missing(member):
    day = today()
    return [one.course.title for one in missing_of([member], required_on(day), day)[member.pk]]


def test_it_works(cast, office, hire, require, as_user):
    done, open_ = hire("Hà Văn Xong"), hire("Lò Thị Dương")
    finish(done, require("AI"))
    client = as_user(cast.official)
    assert "Không thuộc bản nào" in client.get(reverse("agency_edit", args=[office.pk])).text
    row = next(iter(client.get(reverse("agency_list")).context["page"]))
    assert (row.finished, row.staff_count) == (1, 2)
    page = client.get(reverse("agency_detail", args=[office.pk]))
    assert page.context["finished"] == 1
    assert "AI" in page.text
    listed = client.get(reverse("unfinished_list"))
    assert [member.pk for member in listed.context["people"]] == [open_.pk]
    assert "Lò Thị Dương" in client.get(reverse("unfinished_list"), {"q": "lo thi duong"}).text


def test_an_agency_is_added_and_changed(cast, as_user):
    client = as_user(cast.official)
    answer = client.post(
        reverse("agency_add"),
        {"name": "Trạm Y tế", "contact_name": "Vi", "contact_email": "tram@example.org"},
    )
    agency = Agency.objects.get()
    assert answer.url == reverse("agency_detail", args=[agency.pk])
    assert (agency.commune, agency.position) == (cast.commune, 0)
    page = client.post(reverse("agency_add"), {"name": "Trạm Y tế"})
    assert "name" in page.context["form"].errors
    client.post(reverse("agency_edit", args=[agency.pk]), {"name": "Trạm Y tế xã"})
    assert Agency.objects.get().name == "Trạm Y tế xã"


@pytest.mark.parametrize(
    ("group", "asked"),
    [
        ("everybody", {"Cán", "Công", "Đảng"}),
        ("cadre", {"Cán"}),
        ("civil_servant", {"Công", "Đảng"}),
        ("party_member", {"Đảng"}),
        ("worker", set()),
    ],
)
def test_a_course_is_asked_of_its_group_only(cast, hire, require, as_user, group, asked):
    hire("Cán"), hire("Công", "civil_servant")
    hire("Đảng", "civil_servant", is_party_member=True)
    require("AI", group)
    page = as_user(cast.reader).get(reverse("unfinished_list"))
    assert {member.full_name for member in page.context["people"]} == asked
    whole = as_user(cast.reader).get(reverse("staff_list"), {"courses": "unfinished"})
    # Whoever nothing is asked of has not finished either.
    assert whole.context["page"].paginator.count == 3


def test_a_course_asked_of_two_groups_is_asked_once(hire, require):
    member = hire("Đảng", is_party_member=True)
    course = require("AI", "cadre")
    CourseRequirement.objects.create(course=course, group="party_member", from_on=LONG_AGO)
    assert missing(member) == ["AI"]
    finish(member, course)
    assert missing(member) == []


@pytest.mark.parametrize(
    ("completed_on", "months", "last"),
    [
        (date(2025, 12, 31), 12, date(2026, 12, 31)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2025, 5, 5), None, None),
    ],
)
def test_a_completion_counts_until_the_same_day_so_many_months_later(completed_on, months, last):
    assert valid_until(completed_on, months) == last
    if last is not None:
        assert is_valid(completed_on, months, last)
        assert first_day_still_valid(last, months) <= completed_on


@pytest.mark.parametrize("months", [1, 2, 6, 11, 12, 240])
def test_both_ways_of_counting_months_agree(months):
    for ordinal in range(date(2024, 1, 1).toordinal(), date(2024, 12, 31).toordinal()):
        day = date.fromordinal(ordinal)
        first = first_day_still_valid(day, months)
        assert is_valid(first, months, day)
        assert not is_valid(date.fromordinal(first.toordinal() - 1), months, day)


def test_what_ran_out_is_missing_until_it_is_finished_again(cast, hire, require, as_user):
    member, course = hire("Hà Văn Hết"), require("An toàn", valid_months=6)
    finish(member, course, date(2025, 3, 1))
    page = as_user(cast.reader).get(reverse("staff_detail", args=[member.pk]))
    assert "01/09/2025" in page.text
    assert missing(member) == ["An toàn"]
    finish(member, course)
    assert missing(member) == []
    assert Completion.objects.count() == 2


def test_requirements_are_added_corrected_ended_and_deleted(cast, as_user):
    client = as_user(cast.admin)
    course = Course.objects.create(code="ai", title="AI")
    add = reverse("requirement_add", args=[course.pk])
    client.post(add, {"group": "cadre", "from_on": "2025-05-01"})
    row = CourseRequirement.objects.get()
    page = client.post(add, {"group": "cadre", "from_on": "2025-06-01", "to_on": "2025-07-01"})
    assert "from_on" in page.context["form"].errors
    page = client.post(add, {"group": "worker", "from_on": "2025-06-01", "to_on": "2025-05-01"})
    assert "to_on" in page.context["form"].errors
    end = reverse("requirement_end", args=[row.pk])
    assert client.post(end, {"to_on": "2025-04-30"}).context["form"].errors
    client.post(end, {"to_on": "2025-12-31"})
    row.refresh_from_db()
    assert row.to_on == date(2025, 12, 31)
    client.post(add, {"group": "cadre", "from_on": "2026-01-01"})
    assert CourseRequirement.objects.count() == 2
    assert "AI" in client.get(reverse("course_list")).text
    client.get(reverse("requirement_delete", args=[row.pk]))
    assert CourseRequirement.objects.count() == 2
    client.post(reverse("requirement_delete", args=[row.pk]))
    assert CourseRequirement.objects.count() == 1


@pytest.mark.parametrize("bad", ["\x00", "0001-01-01", "31/02/2025", "9" * 400])
def test_hostile_input_is_refused_in_words(cast, office, as_user, bad):
    client = as_user(cast.admin)
    course = Course.objects.create(code="ai", title="AI")
    for name, key, row in (
        ("agency_edit", office.pk, {"name": bad * 300, "contact_email": bad}),
        ("requirement_add", course.pk, {"group": bad, "from_on": bad}),
        ("course_edit", course.pk, {"title": "AI", "code": "ai", "valid_months": bad}),
    ):
        page = client.post(reverse(name, args=[key]), row)
        assert page.status_code == 200
        assert page.context["form"].errors
    for name in ("agency_list", "unfinished_list"):
        asked = {"q": bad, "agency": bad, "course": bad, "state": bad, "sort": bad, "page": bad}
        assert client.get(reverse(name), asked).status_code == 200


def test_the_lists_are_filtered_and_sorted(cast, office, hire, require, as_user):
    other = Agency.objects.create(commune=cast.commune, name="Đảng ủy", position=2)
    one, two = hire("An", agency=other), hire("Bình", "worker")
    first, second = require("AI"), require("Số")
    finish(one, first)
    client = as_user(cast.reader)

    def people(**query):
        page = client.get(reverse("unfinished_list"), query)
        return [member.pk for member in page.context["people"]]

    assert people() == [two.pk, one.pk]
    assert people(sort="-agency") == [one.pk, two.pk]
    assert people(agency=other.pk) == [one.pk]
    assert people(course=first.pk) == [two.pk]
    assert people(category="worker") == [two.pk]
    assert people(all="1") == [two.pk, one.pk]
    finish(one, second)
    names = [
        [agency.name for agency in client.get(reverse("agency_list"), asked).context["page"]]
        for asked in (
            {"sort": "-share"},
            {"state": "finished"},
            {"state": "unfinished"},
            {"q": "dang uy"},
        )
    ]
    assert names == [["Đảng ủy", "Phòng Kinh tế"], ["Đảng ủy"], ["Phòng Kinh tế"], ["Đảng ủy"]]


def test_the_reminder_to_copy_names_people_and_courses_only(cast, office, hire, require, as_user):
    hire("Lò Thị Dương", email="duong@example.org", code="CB77", is_party_member=True)
    require("AI")
    text = as_user(cast.reader).get(reverse("agency_reminder", args=[office.pk])).context["text"]
    assert "Lò Thị Dương: AI" in text
    assert not any(hidden in text for hidden in ("duong@", "CB77", "Đảng"))


@pytest.mark.parametrize(
    ("who", "reading", "writing"),
    [("reader", 200, 403), ("stranger", 404, 404), ("leader", 403, 403)],
)
def test_others_are_refused(cast, office, as_user, who, reading, writing):
    client = as_user(getattr(cast, who))
    for name in ("agency_detail", "agency_reminder"):
        assert client.get(reverse(name, args=[office.pk])).status_code == reading
    assert client.post(reverse("agency_edit", args=[office.pk])).status_code == writing
    office.refresh_from_db()
    assert office.name == "Phòng Kinh tế"


def test_queries_do_not_grow_with_the_staff(
    cast, hire, require, as_user, django_assert_max_num_queries
):
    require("AI"), require("Số", "party_member")
    for number in range(60):
        hire(f"Người {number}", is_party_member=number % 2 == 0)
    client = as_user(cast.reader)
    client.get(reverse("unfinished_list"))
    for name in ("unfinished_list", "staff_list", "agency_list"):
        with django_assert_max_num_queries(14):
            client.get(reverse(name))
