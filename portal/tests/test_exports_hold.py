"""Every list that leaves as a file, one after the other: no name, nothing foreign, all noted."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import get_resolver, reverse

from households.models import Resident
from training.models import Attendance, Certificate, StaffMember
from villages.exporting import all_exports
from villages.models import ExportRecord, SteeringCommitteeMember, TeamMember

# The database has no say in it; once is enough.
pytestmark = pytest.mark.once

# One that is about a single figure, chosen by the address.
NEEDS_A_CHOICE = {"figure"}
NAMES = (
    (Resident, "full_name"),
    (StaffMember, "full_name"),
    (StaffMember, "email"),
    (TeamMember, "full_name"),
    (TeamMember, "phone"),
    (SteeringCommitteeMember, "full_name"),
    (Certificate, "full_name"),
    (Certificate, "code"),
    (Attendance, "walk_in_name"),
)
ASKED = {"file_format": "csv", "with_names": "on", "reason": "Gửi UBND tỉnh theo công văn"}


@pytest.fixture
def cast(cast_with_rows):
    return cast_with_rows


@pytest.fixture
def rows(cast):
    # Lists are registered beside their pages.
    assert get_resolver().url_patterns
    assert len(all_exports()) > 20
    return cast.rows


def taken(client, export, query="", **asked):
    """Return (status, text of the file) of a list; an empty text where none was handed out."""
    answer = client.post(reverse("export", args=[export.name]) + query, asked)
    body = b"".join(answer.streaming_content) if answer.streaming else b""
    return answer.status_code, body.decode()


def personal_texts():
    found = {text for model, name in NAMES for text in model.objects.values_list(name, flat=True)}
    # Who exported or recorded something is named beside it: that is what the note is for.
    accounts = set(get_user_model().objects.values_list("full_name", flat=True))
    return {text for text in found - accounts if len(text) > 3}


def test_a_reader_gets_no_name_whatever_is_asked(cast, rows, client):
    client.force_login(cast.reader)
    secrets, handed_out = personal_texts(), 0
    assert "Lò Văn Mẫu" in secrets
    for export in all_exports():
        noted = ExportRecord.objects.count()
        status, text = taken(client, export, **ASKED)
        assert status in (200, 403) or export.name in NEEDS_A_CHOICE, export.name
        assert [one for one in secrets if one in text] == [], export.name
        if text:
            handed_out += 1
            assert ExportRecord.objects.count() == noted + 1, export.name
    assert handed_out > 15
    assert not ExportRecord.objects.filter(with_names=True).exists()


def test_a_reason_of_signs_is_none_and_no_filter_widens_the_reach(cast, rows, client):
    client.force_login(cast.official)
    query = f"?commune={cast.elsewhere.pk}&village={cast.far.pk}&q="
    named = 0
    for export in all_exports():
        blank = ASKED | {"reason": " \u00a0\u3000.,;:!?----------"}
        _status, _text = taken(client, export, **blank)
        assert not ExportRecord.objects.filter(reason__startswith=".").exists(), export.name
        for asked in ("", query):
            _status, text = taken(client, export, asked, **ASKED)
            assert "Người Ở Xa" not in text, export.name
            assert cast.elsewhere.name not in text, export.name
            named += "Lò Văn Mẫu" in text
    assert named


def test_no_file_leaves_without_the_token_of_the_page(cast, rows):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.official)
    before = ExportRecord.objects.count()
    for export in all_exports():
        assert taken(client, export, **ASKED)[0] == 403, export.name
    assert ExportRecord.objects.count() == before


def test_a_leader_takes_no_file_of_any_list(cast, rows, client):
    client.force_login(cast.leader)
    assert {taken(client, export, **ASKED)[0] for export in all_exports()} == {403}
