"""All teams on one page: members, what they did this year, what is missing."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from households.recording import record_visit
from portal.testing.cast import LONG_SINCE
from portal.tests.records import guidance
from reports.teams import FEW, NO_LEADER, NO_TEAM, QUIET, team_rows
from villages.models import TeamMember
from villages.periods import today


def row_of(cast, village, day=None):
    return next(row for row in team_rows(cast.commune, day) if row.pk == village.pk)


def visit(cast, on, household=None):
    said = guidance(cast.vi, household or cast.household, on, cast.skills)
    return record_visit(uuid=uuid4(), guidance=said, author=cast.leader)


@pytest.fixture
def full(cast):
    for number in range(3):
        TeamMember.objects.create(
            team=cast.vi.team, full_name=f"Thành Viên {number}", sex="female", from_on=LONG_SINCE
        )


def test_it_works(cast, full, client):
    visit(cast, today())
    client.force_login(cast.reader)
    page = client.get(reverse("team_list"))
    assert cast.leader.full_name in page.text
    row = row_of(cast, cast.vi)
    assert (row.members, row.women, row.days, row.visits, row.households) == (4, 3, 1, 1, 1)
    assert row.gaps == ()


def test_visits_and_households_are_kept_apart(cast, full):
    visit(cast, today())
    visit(cast, today())
    visit(cast, today(), cast.second_household)
    row = row_of(cast, cast.vi)
    assert (row.days, row.visits, row.households) == (1, 3, 2)


def test_what_is_missing_is_said(cast):
    assert row_of(cast, cast.khi).gaps == (NO_LEADER, FEW, QUIET)
    assert row_of(cast, cast.vi).gaps == (FEW, QUIET)
    cast.khi.team.delete()
    assert row_of(cast, cast.khi).gaps == (NO_TEAM,)


@pytest.mark.parametrize(("ago", "is_quiet"), [(44, False), (45, True)])
def test_a_team_is_quiet_after_forty_five_days(cast, full, ago, is_quiet):
    visit(cast, today() - timedelta(days=ago))
    assert (QUIET in row_of(cast, cast.vi).gaps) == is_quiet


def test_former_members_do_not_count(cast, full):
    TeamMember.objects.filter(full_name="Thành Viên 0").update(to_on=today() - timedelta(days=1))
    row = row_of(cast, cast.vi)
    assert row.members == 3
    assert FEW in row.gaps


def test_it_narrows_searches_and_sorts(cast, full, client):
    client.force_login(cast.official)
    address = reverse("team_list")

    def villages(**query):
        return [row.village for row in client.get(address, query).context["page"]]

    assert villages(loc=NO_LEADER) == ["Bản Khì"]
    assert villages(loc="con-thieu", sort="-number") == ["Bản Khì", "Bản Vi"]
    assert villages(tim="lo thi to") == ["Bản Vi"]
    assert villages(sort="-members") == ["Bản Vi", "Bản Khì"]
    for query in ({"tim": "\0"}, {"loc": "x"}, {"sort": "x"}, {"page": "x"}, {"sort": "last"}):
        assert len(villages(**query)) == 2, query


def test_only_the_commune_sees_its_teams(cast, client):
    client.force_login(cast.stranger)
    assert "Bản Vi" not in client.get(reverse("team_list")).text
    assert client.get(reverse("team_list"), {"xa": cast.commune.code}).status_code == 404
    client.force_login(cast.leader)
    assert client.get(reverse("team_list")).status_code == 403


def test_its_queries_do_not_grow_with_the_teams(cast, full, django_assert_num_queries):
    with django_assert_num_queries(3):
        team_rows(cast.commune)
