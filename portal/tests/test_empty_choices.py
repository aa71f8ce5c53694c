"""A list to choose from begins with words, never with a row of dashes."""

import pytest
from django.db.models.fields import BLANK_CHOICE_DASH
from django.urls import reverse

DASHES = BLANK_CHOICE_DASH[0][1]


@pytest.fixture
def desk(cast, client):
    client.force_login(cast.official)
    return client


@pytest.mark.parametrize(
    "name",
    [
        "committee_add",
        "communication_add",
        "connectivity_add",
        "document_add",
        "enterprise_add",
        "household_add",
        "paper_sheet_new",
        "school_add",
        "session_add",
        "staff_add",
        "target_add",
    ],
)
def test_nothing_chosen_yet_is_said_in_words(desk, name):
    answer = desk.get(reverse(name))
    assert answer.status_code == 200
    assert DASHES not in answer.text


def test_so_it_is_for_a_member_of_a_team(cast, desk):
    page = desk.get(reverse("team_member_add", args=[cast.vi.pk]))
    assert "Chưa rõ" in page.text
    assert DASHES not in page.text
