"""Documents, the Steering Committee and the teams, to read within one's commune."""

from datetime import date, timedelta

import pytest

from portal.testing.cast import LONG_SINCE
from villages.models import (
    GoverningDocument,
    SteeringCommittee,
    SteeringCommitteeMember,
    TeamMember,
)
from villages.periods import today


@pytest.fixture
def committee(cast):
    decision = GoverningDocument.objects.create(
        commune=cast.commune,
        number="37/QĐ-UBND",
        kind="decision",
        issuer="UBND xã",
        issued_on=date(2025, 7, 11),
        title="Thành lập Ban Chỉ đạo",
    )
    committee = SteeringCommittee.objects.create(
        commune=cast.commune, name="Ban Chỉ đạo xã", document=decision, from_on=LONG_SINCE
    )
    SteeringCommitteeMember.objects.create(
        committee=committee, full_name="Trưởng Ban Mẫu", role="head", from_on=LONG_SINCE
    )
    SteeringCommitteeMember.objects.create(
        committee=committee,
        full_name="Người Đã Thôi",
        from_on=LONG_SINCE,
        to_on=today() - timedelta(days=1),
    )
    return committee


@pytest.mark.parametrize("who", ["official", "reader", "admin"])
def test_documents_and_committee_are_read(cast, client, committee, who):
    GoverningDocument.objects.create(
        number="01-KH/BCĐTW",
        kind="plan",
        issuer="Trung ương",
        issued_on=date(2025, 3, 21),
        title="KH",
    )
    client.force_login(getattr(cast, who))
    text = client.get("/villages/documents/").content.decode()
    assert "37/QĐ-UBND" in text
    assert "01-KH/BCĐTW" in text
    page = client.get(f"/villages/committees/{committee.pk}/").content.decode()
    assert "Trưởng Ban Mẫu" in page.split('<details class="more"')[0]
    assert "Người Đã Thôi" not in page.split('<details class="more"')[0]


def test_a_foreign_committee_looks_like_a_missing_one(cast, client, committee):
    client.force_login(cast.stranger)
    assert client.get(f"/villages/committees/{committee.pk}/").status_code == 404
    assert "37/QĐ-UBND" not in client.get("/villages/documents/").content.decode()
    client.force_login(cast.leader)
    assert client.get("/villages/documents/").status_code == 403


def test_a_team_shows_its_members_and_former_ones(cast, client):
    TeamMember.objects.create(
        team=cast.vi.team,
        full_name="Thành Viên Cũ",
        from_on=LONG_SINCE,
        to_on=today() - timedelta(days=1),
    )
    client.force_login(cast.leader)
    text = client.get(f"/villages/{cast.vi.pk}/team/").content.decode()
    assert cast.leader.full_name in text
    assert "Thành Viên Cũ" in text.split('<details class="more"')[1]
    assert client.get(f"/villages/{cast.khi.pk}/team/").status_code == 404


def test_a_village_without_a_team_says_so(cast, client):
    cast.khi.team.delete()
    client.force_login(cast.official)
    assert "Chưa thành lập tổ" in client.get(f"/villages/{cast.khi.pk}/team/").content.decode()
