"""Every change that a figure counts leaves its marks, in the transaction of the change."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from households.models import Encounter, SkillCheck
from households.recording import correct_visit, record_visit, void_visit
from portal.testing.cast import LONG_SINCE
from portal.tests.records import fill, guidance
from training.attendance import add_to_attendance, take_from_attendance
from training.models import TrainingSession
from villages.models import Commune, ConnectivityReport, StaleMark, Target, Village
from villages.outbox import EVERY_DAY, CountedModel, mark_stale
from villages.periods import today

A_MONTH_AGO = today() - timedelta(days=30)


@pytest.fixture
def fresh(cast):
    """The cast, with nothing waiting to be recounted."""
    StaleMark.objects.all().delete()
    return cast


def marks():
    """{village id, or None for a commune: the earliest day marked}."""
    found = {}
    for mark in StaleMark.objects.all():
        found[mark.village_id] = min(mark.since_on, found.get(mark.village_id, date.max))
    return found


def visit(cast, household=None, held_on=A_MONTH_AGO, **changes):
    household = household or cast.household
    encounter, _created = record_visit(
        uuid=uuid4(),
        guidance=guidance(household.village, household, held_on, cast.skills, **changes),
        author=cast.leader,
    )
    return encounter


def test_a_mark_names_the_village_and_its_commune(fresh):
    with transaction.atomic():
        mark_stale(units={(fresh.commune.pk, fresh.vi.pk)}, since_on=A_MONTH_AGO, reason="x" * 200)
    assert marks() == {fresh.vi.pk: A_MONTH_AGO, None: A_MONTH_AGO}
    assert {mark.commune for mark in StaleMark.objects.all()} == {fresh.commune}


def test_units_without_a_commune_are_nobody_s(fresh):
    with transaction.atomic():
        mark_stale(units={(None, None)}, since_on=A_MONTH_AGO, reason="x")
    assert not StaleMark.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_mark_outside_the_transaction_of_its_change_is_refused(cast):
    before = StaleMark.objects.count()
    with pytest.raises(transaction.TransactionManagementError):
        mark_stale(units={(cast.commune.pk, None)}, since_on=A_MONTH_AGO, reason="x")
    assert StaleMark.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_leaves_no_mark(cast):
    StaleMark.objects.all().delete()

    with transaction.atomic():
        visit(cast)
        assert StaleMark.objects.exists()
        transaction.set_rollback(True)
    assert not Encounter.objects.exists()
    assert not StaleMark.objects.exists()


def test_a_visit_marks_from_its_own_day(fresh):
    visit(fresh)
    assert marks() == {fresh.vi.pk: A_MONTH_AGO, None: A_MONTH_AGO}


def test_a_visit_with_somebody_new_reaches_back_to_its_own_day_only(fresh):
    from households.recording import NewResident, PersonOutcome

    people = (PersonOutcome(NewResident("Người Mới", 1980), {}),)
    visit(fresh, people=people)
    assert marks() == {fresh.vi.pk: A_MONTH_AGO, None: A_MONTH_AGO}


def test_a_correction_marks_the_day_before_and_the_day_after(fresh):
    encounter = visit(fresh)
    for other in (A_MONTH_AGO - timedelta(days=20), A_MONTH_AGO + timedelta(days=20)):
        StaleMark.objects.all().delete()
        before = encounter.held_on
        encounter = correct_visit(
            encounter=encounter,
            guidance=guidance(fresh.vi, fresh.household, other, fresh.skills, content={"d": 1}),
            reason="Nhầm ngày",
            by=fresh.leader,
        )
        assert marks()[fresh.vi.pk] == min(before, other)


def test_a_correction_to_another_household_marks_both_villages(fresh):
    encounter = visit(fresh)
    StaleMark.objects.all().delete()
    correct_visit(
        encounter=encounter,
        guidance=guidance(fresh.khi, fresh.khi_household, A_MONTH_AGO, content={"other": 1}),
        reason="Nhầm hộ",
        by=fresh.official,
    )
    assert marks() == dict.fromkeys((fresh.vi.pk, fresh.khi.pk, None), A_MONTH_AGO)


def test_declaring_void_marks_all_that_counted_it(fresh):
    encounter = visit(fresh)
    StaleMark.objects.all().delete()
    void_visit(encounter=encounter, reason="Trùng", by=fresh.official)
    assert marks() == {fresh.vi.pk: A_MONTH_AGO, None: A_MONTH_AGO}


def test_an_encounter_marks_where_the_people_it_met_lived(fresh):
    """A gathering in Vi that somebody of Khì came to counts in Khì."""
    said = guidance(
        fresh.vi, fresh.khi_household, A_MONTH_AGO, household=None, occasion="gathering"
    )
    encounter, _created = record_visit(uuid=uuid4(), guidance=said, author=fresh.leader)
    assert fresh.khi.pk in marks()
    StaleMark.objects.all().delete()
    encounter.delete()
    assert marks() == dict.fromkeys((fresh.vi.pk, fresh.khi.pk, None), A_MONTH_AGO)


def test_deleting_by_queryset_and_by_cascade_marks_each_row(fresh):
    visit(fresh)
    visit(fresh, fresh.khi_household)
    StaleMark.objects.all().delete()
    Encounter.objects.all().delete()
    assert not SkillCheck.objects.exists()
    assert marks() == dict.fromkeys((fresh.vi.pk, fresh.khi.pk, None), A_MONTH_AGO)


def test_attendance_marks_where_the_people_live(fresh):
    session = TrainingSession.objects.create(
        commune=fresh.commune, village=fresh.vi, title="Lớp", held_on=A_MONTH_AGO
    )
    came = fresh.khi_household.residents.first()
    StaleMark.objects.all().delete()
    add_to_attendance(session, residents=[came])
    assert fresh.khi.pk in marks()
    StaleMark.objects.all().delete()
    take_from_attendance(session, attendances=session.attendances.all())
    assert marks()[fresh.khi.pk] == A_MONTH_AGO


def test_a_row_that_changes_its_unit_marks_both(fresh):
    report = ConnectivityReport.objects.create(
        village=fresh.vi,
        operator="Viettel",
        technology="4g",
        quality="weak",
        reported_on=A_MONTH_AGO,
    )
    StaleMark.objects.all().delete()
    report.village, report.reported_on = fresh.khi, today()
    report.save()
    assert marks() == dict.fromkeys((fresh.vi.pk, fresh.khi.pk, None), A_MONTH_AGO)


def test_a_birth_year_reaches_back_to_the_first_day_in_the_commune(fresh):
    resident = fresh.household.residents.first()
    resident.birth_year = 2010
    resident.save()
    assert marks() == {fresh.vi.pk: LONG_SINCE, None: LONG_SINCE}


def test_a_skill_concerns_every_unit_and_day(fresh):
    skill = fresh.skills[0]
    skill.required_to_on = today()
    skill.save()
    villages = set(Village.objects.values_list("pk", flat=True))
    assert marks() == dict.fromkeys({None} | villages, EVERY_DAY)


def test_a_deleted_unit_leaves_no_mark_behind(fresh):
    village = Village.objects.create(
        commune=fresh.commune, number=50, name="Nhầm", from_on=LONG_SINCE
    )
    Target.objects.create(
        indicator="adults", commune=fresh.commune, village=village, year=2025, percent=80
    )
    StaleMark.objects.all().delete()
    village.delete()
    assert set(marks()) == {None}
    commune = Commune.objects.create(code="03999", name="Nhầm")
    Target.objects.create(indicator="adults", commune=commune, year=2025, percent=80)
    commune.delete()
    assert not StaleMark.objects.exclude(commune=fresh.commune).exists()


def test_every_counted_row_marks_its_commune_when_saved_and_deleted(fresh):
    """No model forgets: each is saved as it is, and its commune waits."""
    made = fill(fresh.vi, fresh.household, fresh.leader, fresh.skills)
    for name, row in made.items():
        if not isinstance(row, CountedModel):
            continue
        StaleMark.objects.all().delete()
        row = type(row).objects.get(pk=row.pk)
        row.save()
        assert None in marks(), name
        assert marks()[None] <= today(), name
