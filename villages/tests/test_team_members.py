"""Members of a team come and go by days; who leads is changed by handing over."""

from datetime import timedelta

import pytest
from django.urls import reverse

from portal.testing.cast import LONG_SINCE
from villages.access import scope_of
from villages.models import Team, TeamMember
from villages.periods import today


def typed(**changes):
    return {
        "full_name": "Lò Thị Thành Viên",
        "role": "member",
        "organisation": "womens_union",
        "sex": "female",
        "phone": "0912 345 678",
        "document_number": "38/QĐ-UBND",
        "from_on": f"{today()}",
        **changes,
    }


@pytest.fixture
def desk(cast, client):
    client.force_login(cast.official)
    return client


@pytest.fixture
def member(cast):
    return TeamMember.objects.create(
        team=cast.vi.team, full_name="Vàng A Thành", role="deputy", from_on=LONG_SINCE
    )


def test_it_works(cast, desk):
    desk.post(reverse("team_member_add", args=[cast.vi.pk]), typed())
    row = TeamMember.objects.get(full_name="Lò Thị Thành Viên")
    assert (row.team, row.organisation, row.document_number) == (
        cast.vi.team, "womens_union", "38/QĐ-UBND",
    )  # fmt: skip
    assert row.full_name in desk.get(reverse("team_detail", args=[cast.vi.pk])).text


def test_a_village_without_a_team_gets_one(cast, desk):
    cast.khi.team.delete()
    page = desk.get(reverse("team_detail", args=[cast.khi.pk])).text
    assert reverse("team_edit", args=[cast.khi.pk]) in page
    desk.post(reverse("team_edit", args=[cast.khi.pk]), {"from_on": "2025-07-11"})
    assert Team.objects.get(village=cast.khi).from_on.isoformat() == "2025-07-11"


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("full_name", ""),
        ("full_name", "\0"),
        ("role", "leader"),
        ("organisation", "circus"),
        ("sex", "x"),
        ("phone", "gọi tôi"),
        ("from_on", "0001-01-01"),
        ("from_on", "2020-01-01"),
        ("to_on", "2024-01-02"),
    ],
)
def test_bad_input_is_named_beside_its_field(cast, desk, name, bad):
    before = TeamMember.objects.count()
    page = desk.post(reverse("team_member_add", args=[cast.vi.pk]), typed(**{name: bad}))
    assert name in page.context["form"].errors
    assert TeamMember.objects.count() == before


def test_whoever_leaves_is_kept_as_a_former_member(cast, desk, member):
    yesterday = today() - timedelta(days=1)
    desk.post(reverse("team_member_leave", args=[member.pk]), {"to_on": f"{yesterday}"})
    page = desk.get(reverse("team_detail", args=[cast.vi.pk]))
    assert list(page.context["former"]) == [member]


def test_a_leader_who_leaves_without_successor_loses_the_village(cast, desk):
    leader = TeamMember.objects.get(team=cast.vi.team, role="leader")
    yesterday = today() - timedelta(days=1)
    address = reverse("team_member_leave", args=[leader.pk])
    assert reverse("handover", args=[cast.vi.pk]) in desk.get(address).text
    desk.post(address, {"to_on": f"{yesterday}"})
    user = type(cast.leader).objects.get(pk=cast.leader.pk)
    assert scope_of(user).role is None
    page = desk.get(reverse("team_detail", args=[cast.vi.pk]))
    assert not page.context["has_leader"]
    assert list(page.context["leaders"]) == [leader]


def test_a_leader_is_corrected_and_never_deleted_or_demoted(cast, desk):
    leader = TeamMember.objects.get(team=cast.vi.team, role="leader")
    desk.post(reverse("team_member_edit", args=[leader.pk]), typed(from_on=f"{LONG_SINCE}"))
    leader.refresh_from_db()
    assert (leader.role, leader.full_name) == ("leader", "Lò Thị Thành Viên")
    desk.post(reverse("team_member_delete", args=[leader.pk]))
    assert TeamMember.objects.filter(pk=leader.pk).exists()


def test_what_was_typed_by_mistake_is_deleted_after_asking(desk, member):
    address = reverse("team_member_delete", args=[member.pk])
    assert desk.get(address).status_code == 200
    assert TeamMember.objects.filter(pk=member.pk).exists()
    desk.post(address)
    assert not TeamMember.objects.filter(pk=member.pk).exists()


@pytest.mark.parametrize(("who", "status"), [("reader", 403), ("stranger", 404), ("leader", 403)])
def test_others_are_refused(cast, client, member, who, status):
    client.force_login(getattr(cast, who))
    for name, row in (
        ("team_edit", cast.vi),
        ("team_member_add", cast.vi),
        ("team_member_edit", member),
        ("team_member_leave", member),
        ("team_member_delete", member),
    ):
        answer = client.post(reverse(name, args=[row.pk]), typed(to_on=f"{today()}"))
        assert answer.status_code == status, name
    member.refresh_from_db()
    assert (member.full_name, member.to_on) == ("Vàng A Thành", None)
