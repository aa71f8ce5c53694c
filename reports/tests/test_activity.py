"""People are not attendances, households are not visits, and a period has two ends."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from households.models import Encounter
from households.recording import Guidance, PersonOutcome, record_visit, void_visit
from households.village_changes import merge_villages
from reports.activity import activity_of
from training.attendance import WalkIn, add_to_attendance, cancel_session
from training.models import (
    Agency,
    Attendance,
    Communication,
    Employment,
    StaffMember,
    TrainingSession,
)
from training.rosters import count_people
from villages.models import (
    ConnectivityReport,
    GoverningDocument,
    SteeringCommittee,
    SteeringCommitteeMember,
)

FIRST, LAST = date(2025, 3, 1), date(2025, 3, 31)
DAY = date(2025, 3, 10)


def visit(cast, household, day, *, people=1, occasion="home_visit", **said):
    """Record an encounter at which the first members of a household were met."""
    guidance = Guidance(
        commune=cast.commune,
        village=None if occasion == "service_centre" else household.village,
        household=household if occasion == "home_visit" else None,
        occasion=occasion,
        held_on=day,
        content={"day": day.isoformat(), "mark": str(uuid4())},
        people=tuple(PersonOutcome(resident) for resident in household.residents.all()[:people]),
        **said,
    )
    encounter, _created = record_visit(uuid=uuid4(), guidance=guidance, author=cast.leader)
    return encounter


def session(cast, day=DAY, kind="residents"):
    return TrainingSession.objects.create(
        commune=cast.commune, title="Lớp mẫu", kind=kind, held_on=day
    )


def activity(cast):
    return activity_of(cast.commune, FIRST, LAST)


def test_a_household_visited_twice_is_one_household_and_two_visits(cast):
    visit(cast, cast.household, DAY)
    visit(cast, cast.household, DAY + timedelta(days=7))
    visit(cast, cast.khi_household, DAY)
    assert (activity(cast).households_visited, activity(cast).household_visits) == (2, 3)


def test_a_person_trained_twice_is_one_person_and_two_attendances(cast):
    first, second = cast.household.residents.all()[:2]
    add_to_attendance(session(cast), residents=[first, second])
    add_to_attendance(session(cast, DAY + timedelta(days=9)), residents=[first])
    found = activity(cast)
    assert (found.training_sessions, found.people_trained, found.training_attendances) == (2, 2, 3)


def test_staff_and_walk_ins_are_people_too(cast):
    member = StaffMember.objects.create(
        commune=cast.commune, full_name="Cán Bộ Mẫu", category="cadre"
    )
    resident = cast.household.residents.first()
    for day in (DAY, DAY + timedelta(days=1)):
        add_to_attendance(
            session(cast, day), residents=[resident], staff=[member], walk_ins=[("Khách Mẫu", "")]
        )
    found = activity(cast)
    # One resident, one member of staff; two walk-ins who cannot be told apart.
    assert (found.people_trained, found.training_attendances) == (4, 6)


def test_a_walk_in_of_two_sessions_is_one_person_when_known_again(cast):
    """By name, sex, birth year and village; what is unknown of both does not make them one."""
    known = WalkIn("Lò Thị Khách", "female", 1970, cast.khi)
    for day, walk_ins in (
        (DAY, [known, WalkIn("Khách Lạ")]),
        (DAY + timedelta(days=1), [known._replace(name="LÒ THỊ KHÁCH"), WalkIn("Khách Lạ")]),
        (DAY + timedelta(days=2), [known._replace(birth_year=1990), known._replace(village=None)]),
    ):
        add_to_attendance(session(cast, day), walk_ins=walk_ins)
    found = activity(cast)
    assert (found.people_trained, found.training_attendances) == (5, 6)
    assert count_people(Attendance.objects.all()) == {"people": 5, "attendances": 6}


def test_activities_for_others_do_not_count_as_training_of_residents(cast):
    resident = cast.household.residents.first()
    for kind in ("party_members", "teams", "school"):
        add_to_attendance(session(cast, kind=kind), residents=[resident])
    found = activity(cast)
    assert (found.training_sessions, found.people_trained) == (0, 0)
    assert (found.party_member_sessions, found.team_sessions, found.school_sessions) == (1, 1, 1)


def test_planned_and_cancelled_sessions_did_not_happen(cast):
    session(cast)
    held = session(cast)
    add_to_attendance(held, residents=[cast.household.residents.first()])
    cancel_session(held, reason="Mưa lũ")
    assert activity(cast).training_sessions == 0


def test_at_the_service_centre_people_are_those_by_name_and_attendances_are_all(cast):
    visit(cast, cast.household, DAY, people=2, occasion="service_centre", unnamed_people=3)
    visit(cast, cast.household, DAY + timedelta(days=1), people=1, occasion="service_centre")
    found = activity(cast)
    assert found.people_helped_at_service_centre == 2
    assert found.service_centre_attendances == 3 + 3
    assert found.household_visits == 0


def test_people_guided_are_met_on_any_occasion_each_once(cast):
    visit(cast, cast.household, DAY, people=2)
    visit(cast, cast.household, DAY, people=3, occasion="gathering")
    add_to_attendance(session(cast), residents=[cast.khi_household.residents.first()])
    assert activity(cast).people_guided == 4


def test_void_visits_do_not_count(cast):
    void_visit(encounter=visit(cast, cast.household, DAY), reason="Ghi nhầm", by=cast.official)
    found = activity(cast)
    assert (found.households_visited, found.household_visits, found.people_guided) == (0, 0, 0)


@pytest.mark.parametrize(("day", "counted"), [(-1, 0), (0, 1), (30, 1), (31, 0)])
def test_both_ends_of_the_period_belong_to_it(cast, day, counted):
    on = FIRST + timedelta(days=day)
    visit(cast, cast.household, on)
    add_to_attendance(session(cast, on), residents=[cast.household.residents.first()])
    Communication.objects.create(
        commune=cast.commune, kind="news", channel="zalo", title="Tin", published_on=on
    )
    GoverningDocument.objects.create(
        commune=cast.commune,
        number="01",
        kind="plan",
        issuer="UBND",
        issued_on=on,
        title="Kế hoạch",
    )
    found = activity(cast)
    assert found.household_visits == found.training_sessions == counted
    assert found.communications == found.documents == counted


def test_stocks_stand_as_of_the_last_day(cast):
    committee = SteeringCommittee.objects.create(
        commune=cast.commune, name="Ban Chỉ đạo", from_on=FIRST
    )
    agency = Agency.objects.create(commune=cast.commune, name="Cơ quan mẫu")
    for number, to_on in enumerate((None, LAST, LAST - timedelta(days=1))):
        SteeringCommitteeMember.objects.create(
            committee=committee, full_name=f"Ủy viên {number}", from_on=FIRST, to_on=to_on
        )
        member = StaffMember.objects.create(
            commune=cast.commune, full_name=f"Cán bộ {number}", category="cadre"
        )
        Employment.objects.create(staff_member=member, agency=agency, from_on=FIRST, to_on=to_on)
    found = activity(cast)
    assert (found.steering_committee_members, found.staff) == (2, 2)
    assert (found.villages, found.teams) == (2, 2)


def test_a_device_counts_as_last_observed_by_the_last_day(cast):
    visit(cast, cast.household, DAY, smart_device=True)
    visit(cast, cast.second_household, DAY, smart_device=True)
    visit(cast, cast.second_household, DAY + timedelta(days=2), smart_device=False)
    visit(cast, cast.khi_household, LAST + timedelta(days=1), smart_device=True)
    assert activity(cast).households_with_smart_device == 1


def test_a_coverage_gap_counts_villages_until_it_is_resolved(cast):
    def report(village, quality, **dates):
        ConnectivityReport.objects.create(
            village=village, operator="Mạng mẫu", technology="4g", quality=quality, **dates
        )

    report(cast.vi, "none", reported_on=DAY)
    report(cast.vi, "none", reported_on=DAY)
    report(cast.khi, "weak", reported_on=DAY)
    report(cast.khi, "none", reported_on=DAY, resolved_on=LAST)
    assert activity(cast).no_signal_villages == 1


def test_a_coverage_gap_of_a_merged_village_counts_where_it_was_then(cast):
    for village in (cast.vi, cast.khi):
        ConnectivityReport.objects.create(
            village=village, operator="Mạng mẫu", technology="4g", quality="none", reported_on=DAY
        )
    merge_villages(former=cast.vi, successor=cast.khi, effective_on=LAST + timedelta(days=1))
    assert activity(cast).no_signal_villages == 2
    after = activity_of(cast.commune, FIRST, LAST + timedelta(days=1))
    assert after.no_signal_villages == 1


def test_other_communes_do_not_count(cast):
    far = cast.far_household
    guidance = Guidance(
        commune=cast.elsewhere,
        village=cast.far,
        household=far,
        occasion="home_visit",
        held_on=DAY,
        content={},
        people=(PersonOutcome(far.residents.first()),),
    )
    record_visit(uuid=uuid4(), guidance=guidance, author=cast.stranger)
    assert activity(cast).household_visits == 0
    assert activity_of(cast.elsewhere, FIRST, LAST).household_visits == 1


def test_a_whole_block_is_one_query(cast, django_assert_num_queries):
    visit(cast, cast.household, DAY)
    with django_assert_num_queries(1):
        activity(cast)
    assert Encounter.objects.count() == 1
