"""What was entered by mistake is deleted on screen, unless other records hang on it."""

from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.urls import reverse

from portal.testing.cast import LONG_SINCE
from training import planning
from training.employing import correct_employment
from training.models import (
    Agency,
    ClassRoll,
    Communication,
    Completion,
    Course,
    CourseRequirement,
    Employment,
    Enterprise,
    School,
    SchoolClass,
    SchoolYear,
    StaffMember,
    TrainingSession,
    WorkerDeclaration,
)
from training.publishing import show_to_public
from training.rolls import correct_roll
from villages.models import PopulationGroup, StaleMark
from villages.periods import today
from villages.refusals import ChangeRefused


def agency_with_staff(cast):
    agency = Agency.objects.create(commune=cast.commune, name="Văn phòng", village=cast.vi)
    member = StaffMember.objects.create(commune=cast.commune, full_name="Hà Văn Cán")
    return agency, Employment.objects.create(staff_member=member, agency=agency, from_on=LONG_SINCE)


def member_with_course(cast):
    _agency, employment = agency_with_staff(cast)
    course = Course.objects.create(code="ai", title="AI cho cán bộ")
    done = Completion.objects.create(
        staff_member=employment.staff_member, course=course, completed_on=today()
    )
    return employment.staff_member, done


def course_with_requirement(cast):
    course = Course.objects.create(code="ai", title="AI cho cán bộ")
    return course, CourseRequirement.objects.create(course=course, from_on=LONG_SINCE)


def school_with_class(cast):
    year = SchoolYear.objects.create(
        name="2025-2026",
        starts_on=today() - timedelta(days=60),
        ends_on=today() + timedelta(days=300),
    )
    school = School.objects.create(
        commune=cast.commune, village=cast.vi, name="THCS", level="lower_secondary"
    )
    return school, SchoolClass.objects.create(school=school, school_year=year, grade=6, name="6A")


def school_year_with_class(cast):
    _school, school_class = school_with_class(cast)
    return school_class.school_year, school_class


def class_with_roll(cast):
    _school, one = school_with_class(cast)
    roll = ClassRoll.objects.create(school_class=one, counted_on=today(), enrolled=30, equipped=20)
    return one, roll


def enterprise_with_declaration(cast):
    enterprise = Enterprise.objects.create(
        commune=cast.commune,
        village=cast.vi,
        group=PopulationGroup.objects.get(code="enterprise_workers"),
        name="HTX Chè",
    )
    return enterprise, WorkerDeclaration.objects.create(
        enterprise=enterprise, declared_on=today(), workers=10, equipped=8
    )


KINDS = {
    "agency": (agency_with_staff, "người đang hoặc từng làm việc ở đó: 1"),
    "staff": (member_with_course, "khóa học đã hoàn thành: 1"),
    "course": (course_with_requirement, "quy định bắt buộc: 1"),
    "school": (school_with_class, "lớp: 1"),
    "school_year": (school_year_with_class, "lớp: 1"),
    "class": (class_with_roll, "sĩ số lớp: 1"),
    "enterprise": (enterprise_with_declaration, "kê khai lao động: 1"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_it_goes_once_nothing_hangs_on_it(cast, as_user, kind):
    make, named = KINDS[kind]
    record, hanging = make(cast)
    rows = type(record)._base_manager.filter(pk=record.pk)
    address = reverse(f"{kind}_delete", args=[record.pk])
    # Courses and school years are everybody's.
    client = as_user(cast.admin)
    asked = client.get(address)
    assert named in asked.text
    assert '<button class="btn btn-danger"' not in asked.text
    assert named in client.post(address, follow=True).text
    assert rows.exists()
    assert type(hanging)._base_manager.filter(pk=hanging.pk).exists()

    hanging.delete()
    StaleMark.objects.all().delete()
    assert str(record) in client.get(address).text
    assert rows.exists(), "asked first"
    assert client.post(address).status_code == 302
    assert not rows.exists()
    assert LogEntry.objects.get_for_model(type(record)).filter(
        object_id=record.pk, action=LogEntry.Action.DELETE, actor=cast.admin
    )
    assert StaleMark.objects.filter(commune=cast.commune).exists()
    assert client.get(address).status_code == 404


def test_a_person_goes_with_the_employment_typed_along(cast, as_user):
    member, done = member_with_course(cast)
    done.delete()
    as_user(cast.official).post(reverse("staff_delete", args=[member.pk]))
    assert not Employment.objects.exists()
    assert StaleMark.objects.filter(village=cast.vi, since_on=LONG_SINCE).exists()


def test_a_declaration_goes_and_the_one_before_counts_again(cast, as_user):
    enterprise, wrong = enterprise_with_declaration(cast)
    before = WorkerDeclaration.objects.create(
        enterprise=enterprise, declared_on=today() - timedelta(days=90), workers=9, equipped=3
    )
    client = as_user(cast.official)
    client.post(reverse("declaration_delete", args=[wrong.pk]))
    assert WorkerDeclaration.objects.current_on(today()).get() == before


@pytest.mark.parametrize(("who", "status"), [("reader", 403), ("stranger", 404), ("leader", 403)])
def test_others_delete_nothing(cast, as_user, who, status):
    agency, employment = agency_with_staff(cast)
    client = as_user(getattr(cast, who))
    employment.delete()
    assert client.post(reverse("agency_delete", args=[agency.pk])).status_code == status
    assert Agency.objects.exists()


def test_what_somebody_deleted_meanwhile_is_refused_in_words(cast):
    """Between opening a page and the lock of the verb; the object in hand is a stale one."""
    agency, employment = agency_with_staff(cast)
    _school, school_class = school_with_class(cast)
    roll = ClassRoll.objects.create(
        school_class=school_class, counted_on=today(), enrolled=30, equipped=10
    )
    session = TrainingSession.objects.create(
        commune=cast.commune, title="Lớp", kind="residents", held_on=today(), status="cancelled",
        cancel_reason="Mưa",
    )  # fmt: skip
    told = Communication.objects.create(
        commune=cast.commune, title="Tin", kind="news", channel="zalo", published_on=today()
    )
    Employment.objects.filter(pk=employment.pk).delete()
    ClassRoll.objects.filter(pk=roll.pk).delete()
    SchoolClass.objects.filter(pk=school_class.pk).delete()
    TrainingSession.objects.filter(pk=session.pk).delete()
    Communication.objects.filter(pk=told.pk).delete()
    for change in (
        lambda: correct_employment(employment, agency=agency, from_on=LONG_SINCE, to_on=None),
        lambda: correct_roll(
            roll, counted_on=today(), enrolled=1, equipped=1, modules=(), by=cast.official
        ),
        lambda: planning.restore_session(session),
        lambda: show_to_public(communication=told, shown=True),
    ):
        with pytest.raises(ChangeRefused):
            change()
