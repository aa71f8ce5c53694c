"""What is saved on the screens of training reaches the stored figures, and only through marks."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from reports.coverage import recount_stale
from reports.indicators import Place, all_indicators
from reports.models import CoverageFigure
from training.models import (
    Agency,
    Completion,
    Course,
    CourseRequirement,
    Enterprise,
    School,
    SchoolClass,
    SchoolYear,
    StaffMember,
    TrainingSession,
)
from villages.models import PopulationGroup, StaleMark
from villages.periods import today


@pytest.fixture
def send(client, cast):
    """Return a function that posts a form as the admin and recounts what it marked."""
    client.force_login(cast.admin, backend="django.contrib.auth.backends.ModelBackend")
    recount_stale(cast.commune.pk)

    def post(page, *keys, **typed):
        answer = client.post(reverse(page, args=keys), typed)
        assert answer.status_code == 302, answer.context["form"].errors
        recount_stale(cast.commune.pk)
        assert not StaleMark.objects.filter(commune=cast.commune).exists()
        assert_every_figure_is_true(cast)

    return post


def assert_every_figure_is_true(cast):
    for indicator in all_indicators():
        for village in (None, cast.vi, cast.khi):
            place = Place(cast.commune.pk, village.pk if village else None)
            assert figure(cast, indicator.code, village) == indicator.count(place, today())


def figure(cast, code, village=None):
    row = CoverageFigure.objects.get(
        unit__commune=cast.commune, unit__village=village, indicator=code, day=today()
    )
    return row.numerator, row.denominator


def test_staff_and_their_courses(cast, send):
    school, office = (
        Agency.objects.create(commune=cast.commune, name=name, village=village)
        for name, village in (("Trường", cast.vi), ("Ủy ban", None))
    )
    send("course_add", title="Kỹ năng số", code="ks")
    send("requirement_add", Course.objects.get().pk, group="everybody", from_on="2025-01-01")
    send(
        "staff_add", commune=cast.commune.pk, full_name="Hà Văn Cán", category="cadre",
        agency=school.pk, from_on="2025-02-01",
    )  # fmt: skip
    assert figure(cast, "officials", cast.vi) == (0, 1)
    member, course = StaffMember.objects.get(), Course.objects.get()
    send(
        "completion_add", member.pk, course=course.pk, completed_on="2025-03-01",
        source="certificate",
    )  # fmt: skip
    assert figure(cast, "officials") == figure(cast, "officials", cast.vi) == (1, 1)
    send("staff_agency", member.pk, agency=office.pk, from_on="2025-09-01")
    assert figure(cast, "officials", cast.vi) == (0, 0)
    assert figure(cast, "officials") == (1, 1)
    send("completion_delete", Completion.objects.get().pk)
    assert figure(cast, "officials") == (0, 1)
    requirement = CourseRequirement.objects.get()
    send("requirement_edit", requirement.pk, group="party_member", from_on="2025-01-01")
    send("requirement_end", requirement.pk, to_on="2025-10-31")
    send("course_edit", course.pk, title="Kỹ năng số", code="ks", valid_months="12")
    send("staff_leave", member.pk, last_day="2025-10-31")
    assert figure(cast, "officials") == (0, 0)


def test_schools_and_their_rolls(cast, send):
    start = today() - timedelta(days=90)
    send("school_year_add", name="Nay", starts_on=start, ends_on=start + timedelta(days=364))
    row = {"name": "THCS", "level": "lower_secondary"}
    send("school_add", commune=cast.commune.pk, village=cast.vi.pk, **row)
    school, year = School.objects.get(), SchoolYear.objects.get()
    send("class_add", school.pk, school_year=year.pk, grade=6, name="6A")
    one = SchoolClass.objects.get()
    numbers = {f"enrolled_{one.pk}": 30, f"equipped_{one.pk}": 20, "counted_on": start}
    send("roll_sheet", school.pk, **numbers)
    assert figure(cast, "students", cast.vi) == (20, 30)
    send("roll_add", one.pk, **numbers | {f"equipped_{one.pk}": 27, "correct": "on"})
    assert figure(cast, "students") == (27, 30)
    send("school_edit", school.pk, village=cast.khi.pk, **row)
    assert figure(cast, "students", cast.vi) == (0, 0)
    assert figure(cast, "students", cast.khi) == (27, 30)


def test_enterprises_and_their_declarations(cast, send):
    group = PopulationGroup.objects.get(code="enterprise_workers")
    send("enterprise_add", commune=cast.commune.pk, name="HTX", group=group.pk, village=cast.vi.pk)
    enterprise = Enterprise.objects.get()
    send("declaration_add", enterprise.pk, declared_on="2025-05-01", workers=20, equipped=12)
    assert figure(cast, "enterprise_workers", cast.vi) == (12, 20)
    send("declaration_add", enterprise.pk, declared_on="2025-05-02", workers=20, equipped=15)
    assert figure(cast, "enterprise_workers") == (15, 20)
    send("enterprise_edit", enterprise.pk, name="HTX", group=group.pk, village="")
    assert figure(cast, "enterprise_workers", cast.vi) == (0, 0)


def test_sessions_and_who_came(cast, send):
    send(
        "session_add", commune=cast.commune.pk, title="Lớp", kind="residents", village=cast.vi.pk,
        held_on="2025-06-01", skills=[skill.pk for skill in cast.skills],
    )  # fmt: skip
    session = TrainingSession.objects.get()
    person = cast.khi_household.residents.get()
    send("session_attendance", session.uuid, add=f"resident:{person.uuid}")
    assert figure(cast, "adults_reached", cast.khi) == (1, 1)
    row = session.attendances.get()
    outcomes = {f"outcome_{person.pk}_{skill.pk}": "alone" for skill in cast.skills}
    send("session_attendance", session.uuid, listed=row.pk, completed=row.pk, **outcomes)
    assert figure(cast, "adults", cast.khi) == (1, 1)
    send(
        "session_edit", session.uuid, title="Lớp", kind="residents", village=cast.khi.pk,
        held_on=date(2025, 7, 1), skills=[skill.pk for skill in cast.skills],
    )  # fmt: skip
    assert figure(cast, "adults", cast.khi) == (1, 1)
    send("session_attendance", session.uuid, remove=row.pk)
    assert figure(cast, "adults_reached", cast.khi) == (0, 1)
    send("session_attendance", session.uuid, add=f"resident:{person.uuid}")
    send("session_cancel", session.uuid, reason="Mưa lũ")
    assert figure(cast, "adults_reached", cast.khi) == (0, 1)
