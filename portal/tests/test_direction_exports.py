"""The lists of communication, direction and infrastructure leave as files, as filtered."""

import pytest
from django.urls import reverse

from villages.models import ExportRecord

# The database has no say in it; once is enough.
pytestmark = pytest.mark.once

LISTS = (
    "communication_list",
    "document_list",
    "target_list",
    "team_list",
    "connectivity_list",
    "connectivity_sheet",
)


@pytest.fixture
def world(cast_with_rows):
    return cast_with_rows


def taken(client, name, **query):
    address = reverse("export", args=[name])
    if query:
        address += "?" + "&".join(f"{key}={value}" for key, value in query.items())
    answer = client.post(address, {"file_format": "csv"})
    assert answer.status_code == 200, answer.content[:500]
    return b"".join(answer.streaming_content).decode("utf-8-sig")


@pytest.mark.parametrize("name", LISTS)
def test_it_works(world, client, name):
    client.force_login(world.official)
    assert reverse("export", args=[name]) in client.get(reverse(name)).text
    rows = taken(client, name).strip().splitlines()
    assert len(rows) > 1
    assert ExportRecord.objects.filter(list_name=name).exists()


def test_a_leader_is_not_named_without_a_reason(world, client):
    client.force_login(world.official)
    assert world.leader.full_name not in taken(client, "team_list")


def test_a_file_holds_what_the_filter_keeps(world, client):
    client.force_login(world.official)
    assert "Tin" in taken(client, "communication_list", channel="facebook")
    assert "Facebook: 1" not in taken(client, "communication_list", channel="zalo")
    assert "37/QĐ-UBND" not in taken(client, "document_list", kind="letter")


@pytest.mark.parametrize("name", LISTS)
def test_a_team_leader_takes_nothing_out(world, client, name):
    client.force_login(world.leader)
    assert client.get(reverse("export", args=[name])).status_code in {403, 404}
