"""Arriving, moving, leaving and merging: the past keeps its figures, and both sides wait."""

from datetime import timedelta

import pytest

from households.models import HouseholdPlace, Residency, Resident
from households.residence import (
    ResidenceError,
    add_household,
    add_resident,
    end_residency,
    move_household,
    move_resident,
)
from households.village_changes import merge_villages
from portal.testing.cast import LONG_SINCE, make_household
from reports.coverage import recount_stale
from reports.indicators import Place, indicator_by_code
from reports.models import CoverageFigure
from villages.models import Assignment, StaleMark, Team, TeamMember, Village
from villages.periods import first_overlap, today

ON = today() - timedelta(days=100)
BEFORE = ON - timedelta(days=1)


@pytest.fixture
def fresh(cast):
    StaleMark.objects.all().delete()
    return cast


def marked_villages():
    return set(
        StaleMark.objects.exclude(village=None).values_list("village_id", flat=True).distinct()
    )


def adults(village, day):
    """The denominator of a village as of a day, from the records."""
    return indicator_by_code("adults").count(Place(village.commune_id, village.pk), day)[1]


def assert_no_overlap():
    for rows in (HouseholdPlace.objects, Residency.objects):
        owner = "household_id" if rows.model is HouseholdPlace else "resident_id"
        for pk in set(rows.values_list(owner, flat=True)):
            periods = list(rows.filter(**{owner: pk}).values_list("from_on", "to_on"))
            assert first_overlap(periods) is None, periods


def test_it_works(fresh):
    household = add_household(village=fresh.vi, since_on=ON)
    add_resident(household=household, since_on=ON, full_name="Người Mới", birth_year=1980)
    assert adults(fresh.vi, ON) == adults(fresh.vi, BEFORE) + 1
    assert marked_villages() == {fresh.vi.pk}
    assert household.number == 3


def test_a_household_that_moves_counts_here_before_and_there_after(fresh):
    counted = len([r for r in fresh.household.residents.all() if r.birth_year < 2000])
    here, there = adults(fresh.vi, BEFORE), adults(fresh.khi, BEFORE)
    move_household(household=fresh.household, village=fresh.khi, on=ON)
    assert (adults(fresh.vi, BEFORE), adults(fresh.khi, BEFORE)) == (here, there)
    assert (adults(fresh.vi, ON), adults(fresh.khi, ON)) == (here - counted, there + counted)
    assert marked_villages() == {fresh.vi.pk, fresh.khi.pk}


def test_a_taken_number_is_replaced_and_a_free_one_kept(fresh):
    move_household(household=fresh.household, village=fresh.khi, on=ON)
    assert (fresh.household.village, fresh.household.number) == (fresh.khi, 2)
    move_household(household=fresh.household, village=fresh.khi, on=today())
    assert fresh.household.number == 2


def test_a_resident_who_joins_another_household_is_no_longer_its_head(fresh):
    head = fresh.household.head
    move_resident(resident=head, household=fresh.khi_household, on=ON)
    head.refresh_from_db()
    assert (head.household, head.is_head) == (fresh.khi_household, False)
    assert marked_villages() == {fresh.vi.pk, fresh.khi.pk}
    assert [row.ended for row in head.residencies.order_by("from_on")] == ["other_household", ""]


def test_whoever_leaves_counts_to_the_last_day(fresh):
    head = fresh.household.head
    here = adults(fresh.vi, ON)
    end_residency(resident=head, on=ON, ended=Residency.Ended.DECEASED)
    assert adults(fresh.vi, ON) == here
    assert adults(fresh.vi, ON + timedelta(days=1)) == here - 1
    head.refresh_from_db()
    assert head.status == Resident.Status.DECEASED
    assert marked_villages() == {fresh.vi.pk}


def test_a_move_noted_late_leaves_no_two_places_at_once(fresh):
    """Moved in May, noted; then it turns out it had moved elsewhere in March."""
    move_household(household=fresh.household, village=fresh.khi, on=ON)
    move_household(household=fresh.household, village=fresh.khi, on=ON - timedelta(days=60))
    resident = fresh.second_household.head
    move_resident(resident=resident, household=fresh.khi_household, on=ON)
    move_resident(resident=resident, household=fresh.household, on=ON - timedelta(days=60))
    end_residency(resident=resident, on=ON - timedelta(days=80), ended="moved")
    assert_no_overlap()
    assert fresh.household.places.get(to_on=None).from_on == ON - timedelta(days=60)


def test_a_merger_closes_the_village_and_moves_its_households(fresh):
    here, there = adults(fresh.khi, BEFORE), adults(fresh.vi, BEFORE)
    change = merge_villages(former=fresh.khi, successor=fresh.vi, effective_on=ON, by=fresh.admin)
    assert change.recorded_by == fresh.admin
    assert Village.objects.get(pk=fresh.khi.pk).to_on == BEFORE
    assert (adults(fresh.khi, BEFORE), adults(fresh.vi, BEFORE)) == (here, there)
    assert (adults(fresh.khi, ON), adults(fresh.vi, ON)) == (0, here + there)
    assert marked_villages() == {fresh.vi.pk, fresh.khi.pk}
    assert StaleMark.objects.filter(village=None, commune=fresh.commune).exists()
    numbers = list(fresh.vi.households.values_list("number", flat=True))
    assert len(numbers) == len(set(numbers)) == 3


def test_a_merger_ends_the_team_and_its_leader_s_access(fresh):
    TeamMember.objects.create(team=fresh.khi.team, full_name="Mẫu", from_on=LONG_SINCE)
    limited = Assignment.objects.get(user=fresh.neighbour)
    limited.to_on = today() + timedelta(days=300)
    limited.save()
    merge_villages(former=fresh.khi, successor=fresh.vi, effective_on=ON)
    for rows in (
        Team.objects.filter(village=fresh.khi),
        TeamMember.objects.filter(team__village=fresh.khi),
        Assignment.objects.filter(village=fresh.khi),
    ):
        assert {row.to_on for row in rows} == {BEFORE}
    assert not Team.objects.on(ON).filter(village=fresh.khi).exists()
    assert Team.objects.get(village=fresh.vi).to_on is None


def test_a_merger_noted_late_leaves_nobody_in_the_closed_village(fresh):
    """One household came after the day of the merger, another has left since."""
    late = make_household(fresh.vi, ("Đến Sau", 1970))
    move_household(household=late, village=fresh.khi, on=ON + timedelta(days=30))
    gone = make_household(fresh.khi, ("Đi Rồi", 1970))
    third = Village.objects.create(commune=fresh.commune, number=3, name="Ba", from_on=LONG_SINCE)
    move_household(household=gone, village=third, on=ON + timedelta(days=50))
    merge_villages(former=fresh.khi, successor=fresh.vi, effective_on=ON)
    assert_no_overlap()
    for day in (ON, ON + timedelta(days=40), today()):
        assert adults(fresh.khi, day) == 0
    assert not HouseholdPlace.objects.filter(village=fresh.khi, to_on=None).exists()
    gone.refresh_from_db()
    assert gone.village == third


def test_what_contradicts_the_records_is_refused(fresh):
    for wrong in (
        {"former": fresh.khi, "successor": fresh.khi, "effective_on": ON},
        {"former": fresh.khi, "successor": fresh.far, "effective_on": ON},
        {"former": fresh.khi, "successor": fresh.vi, "effective_on": LONG_SINCE},
    ):
        with pytest.raises(ResidenceError):
            merge_villages(**wrong)
    merge_villages(former=fresh.khi, successor=fresh.vi, effective_on=ON)
    with pytest.raises(ResidenceError, match="đã kết thúc từ trước"):
        merge_villages(former=fresh.vi, successor=fresh.khi, effective_on=today())


def test_after_a_recount_the_stored_figures_follow_the_move(fresh):
    recount_stale(fresh.commune.pk)
    move_household(household=fresh.household, village=fresh.khi, on=ON)
    recount_stale(fresh.commune.pk)
    assert not StaleMark.objects.filter(commune=fresh.commune).exists()
    for village in (fresh.vi, fresh.khi):
        stored = CoverageFigure.objects.get(unit__village=village, indicator="adults", day=today())
        assert stored.denominator == adults(village, today())
