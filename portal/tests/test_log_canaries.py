"""What is written and looked for about people never reaches the process's own output."""

import logging
import uuid

import pytest
from django.core.cache import cache
from django.urls import reverse

from villages.periods import today

CANARY = "Kanari Thị Bí Mật"
WORDS = ("Kanari", "kanari", "K%C3%A1nari", "B%C3%AD")


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


@pytest.fixture
def said(caplog, capfd):
    """Return a function that gives all that was logged and printed."""
    caplog.set_level(logging.INFO)

    def everything():
        captured = capfd.readouterr()
        return caplog.text + captured.out + captured.err

    return everything


def send(client, household, **content):
    visit = {
        "household": str(household.uuid),
        "visited_on": "2025-10-01",
        "occasion": "home_visit",
        "note": CANARY,
        "new_people": [{"full_name": CANARY, "birth_year": 1970}],
    }
    address = reverse("visit", args=[uuid.uuid4()])
    return client.put(address, visit | content, content_type="application/json")


def test_no_name_note_or_search_is_logged(client, cast, said):
    client.force_login(cast.official)
    day = {"visited_on": today().isoformat()}
    kept = send(client, cast.household, **day)
    assert kept.status_code == 201
    assert send(client, cast.far_household).status_code == 400
    assert send(client, cast.household, visited_on="2999-01-01").status_code == 400
    assert send(client, cast.household, **{CANARY: CANARY}).status_code == 400
    again = reverse("visit", args=[kept.json()["uuid"]])
    other = {"household": str(cast.household.uuid), "occasion": "home_visit", "note": CANARY}
    conflict = client.put(again, other | day | {"difficulty": "away"}, "application/json")
    assert conflict.status_code == 409
    for name in ("household_list", "visit_list", "staff_list", "dashboard"):
        assert client.get(reverse(name), {"q": CANARY, "tim": CANARY}).status_code == 200
    assert client.get("/nothing/", {"q": CANARY}).status_code == 404
    client.post(reverse("household_add"), {"full_name": CANARY, "birth_year": "x"})
    text = said()
    assert "Bad Request" in text, "the test listens to nothing"
    assert [word for word in WORDS if word in text] == []


def test_no_user_name_or_password_is_logged(client, cast, said):
    for password in ("Kanari-mat-khau", "x" * 200):
        for _ in range(6):
            client.post(reverse("sign_in"), {"username": "kanari.thi", "password": password})
    text = said()
    assert "AXES" in text, "the test listens to nothing"
    assert [word for word in WORDS if word in text] == []
