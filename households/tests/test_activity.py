"""An activity sheet counts what its list shows, and both are what was recorded."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from households.activity import activity_of, people_of, without_member
from households.models import Encounter, PersonMet
from households.recording import correct_visit, record_visit, void_visit
from portal.testing.cast import LONG_SINCE
from portal.tests.records import guidance
from villages.models import TeamMember

OCTOBER = date(2025, 10, 1), date(2025, 10, 31)


@pytest.fixture
def leader(cast):
    return TeamMember.objects.get(user=cast.leader)


@pytest.fixture
def member(cast):
    return TeamMember.objects.create(
        team=cast.vi.team, full_name="Quàng Thị Không Máy", from_on=LONG_SINCE
    )


@pytest.fixture
def visit(cast):
    """Record a visit in Vi: ``visit(day, household, by, member)``."""

    def record(day, household=None, by=cast.leader, member=None, **changes):
        said = guidance(cast.vi, household or cast.household, day, **changes)
        encounter, _created = record_visit(uuid=uuid4(), guidance=said, author=by, member=member)
        return encounter

    return record


def sheet_of(client, user, member, **query):
    client.force_login(user)
    return client.get(reverse("activity_sheet", args=[member.pk]), query)


def test_it_works(client, cast, leader, visit):
    visit(date(2025, 10, 1))
    visit(date(2025, 10, 31), cast.second_household)
    visit(date(2025, 10, 31))
    visit(date(2025, 10, 5), None, occasion="gathering", unnamed_people=4)
    visit(date(2025, 9, 30))
    visit(date(2025, 11, 1))
    page = sheet_of(client, cast.leader, leader, tu="2025-10-01", den="2025-10-31")
    activity = page.context["activity"]
    expected = Encounter.objects.filter(author=cast.leader).within(*OCTOBER)
    assert [row.pk for row in activity.encounters] == list(
        expected.order_by("held_on", "pk").values_list("pk", flat=True)
    )
    at_home = expected.home_visits()
    assert activity.home_visits == at_home.count() == 3
    assert activity.households == at_home.values("household").distinct().count() == 2
    assert activity.days == 3
    met = PersonMet.objects.filter(encounter__in=expected)
    assert activity.attendances == met.count() + 4
    assert activity.people == met.values("resident").distinct().count()
    text = page.content.decode()
    for encounter in activity.encounters:
        assert encounter.receipt in text


def test_void_visits_are_left_out_and_corrected_ones_stand_as_they_are(cast, leader, visit):
    void_visit(encounter=visit(date(2025, 10, 2)), reason="Nhầm", by=cast.leader)
    moved = visit(date(2025, 10, 3))
    said = guidance(cast.vi, cast.second_household, date(2025, 10, 4), content={"again": True})
    correct_visit(encounter=moved, guidance=said, reason="Nhầm hộ", by=cast.leader)
    activity = activity_of(leader, *OCTOBER, visible_to=cast.leader)
    (row,) = activity.encounters
    assert (row.household, row.held_on) == (cast.second_household, date(2025, 10, 4))


def test_typed_for_a_member_it_stands_on_the_members_sheet_alone(cast, leader, member, visit):
    mine = visit(date(2025, 10, 2))
    theirs = visit(date(2025, 10, 3), by=None, member=member)
    also_theirs = visit(date(2025, 10, 4), by=cast.leader, member=member)
    sheets = {
        person.pk: [
            row.pk for row in activity_of(person, *OCTOBER, visible_to=cast.official).encounters
        ]
        for person in people_of(cast.vi)
    }
    assert sheets == {leader.pk: [mine.pk], member.pk: [theirs.pk, also_theirs.pk]}
    assert not without_member(cast.vi, *OCTOBER, visible_to=cast.official).exists()


def test_all_sheets_and_the_rest_are_all_encounters(client, cast, leader, member, visit):
    visit(date(2025, 10, 2))
    visit(date(2025, 10, 3), by=None, member=member)
    visit(date(2025, 10, 4), by=cast.official)
    visit(date(2025, 10, 5), by=None)
    client.force_login(cast.official)
    page = client.get(
        reverse("activity_list"), {"ban": cast.vi.pk, "tu": "2025-10-01", "den": "2025-10-31"}
    ).context
    listed = sum(len(activity.encounters) for _person, activity in page["people"])
    assert listed + page["nobodys"] == Encounter.objects.within(*OCTOBER).count() == 4


def test_two_memberships_of_one_person_are_one_sheet(cast, leader, visit):
    TeamMember.objects.filter(pk=leader.pk).update(role="member", to_on=date(2025, 10, 15))
    again = TeamMember.objects.create(
        team=cast.vi.team,
        full_name=leader.full_name,
        role="leader",
        user=cast.leader,
        from_on=date(2025, 10, 16),
    )
    visit(date(2025, 10, 2), member=leader)
    visit(date(2025, 10, 20))
    assert people_of(cast.vi) == [again]
    assert len(activity_of(again, *OCTOBER, visible_to=cast.official).encounters) == 2


def test_an_empty_month_says_so(client, cast, leader):
    page = sheet_of(client, cast.leader, leader, tu="2025-03-01", den="2025-03-31")
    assert page.status_code == 200
    assert "chưa ghi nhận" in page.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"tu": "2025-10-31", "den": "2025-10-01"},
        {"tu": "0001-01-01"},
        {"tu": "\x00", "den": "9999-12-31"},
        {"ban": "999999999999", "tu": "x"},
    ],
)
def test_a_period_that_makes_no_sense_is_told(client, cast, leader, query):
    page = sheet_of(client, cast.leader, leader, **query)
    assert page.status_code == 200
    assert client.get(reverse("activity_list"), query).status_code == 200


def test_who_may_open_a_sheet(client, cast, leader):
    for who, status in (
        ("leader", 200),
        ("official", 200),
        ("reader", 200),
        ("neighbour", 404),
        ("stranger", 404),
    ):
        assert sheet_of(client, getattr(cast, who), leader).status_code == status, who
