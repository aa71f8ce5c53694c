"""The Steering Committee: set up, joined and left by days, and ended."""

from datetime import timedelta

import pytest
from django.urls import reverse

from portal.testing.cast import LONG_SINCE
from villages.models import SteeringCommittee, SteeringCommitteeMember
from villages.periods import today


def typed(**changes):
    return {"full_name": "Lò Văn Trưởng", "role": "head", "from_on": f"{today()}", **changes}


@pytest.fixture
def committee(cast):
    return SteeringCommittee.objects.create(
        commune=cast.commune, name="Ban Chỉ đạo xã", from_on=LONG_SINCE
    )


@pytest.fixture
def member(committee):
    return SteeringCommitteeMember.objects.create(
        committee=committee, full_name="Vàng A Phó", role="deputy", from_on=LONG_SINCE
    )


@pytest.fixture
def desk(cast, client):
    client.force_login(cast.official)
    return client


def test_it_works(cast, desk):
    desk.post(reverse("committee_add"), {"name": "Ban Chỉ đạo", "from_on": f"{LONG_SINCE}"})
    committee = SteeringCommittee.objects.get()
    assert committee.commune == cast.commune
    desk.post(reverse("committee_member_add", args=[committee.pk]), typed())
    page = desk.get(reverse("committee_detail", args=[committee.pk]))
    assert [member.full_name for member in page.context["members"]] == ["Lò Văn Trưởng"]
    assert "Ban Chỉ đạo" in desk.get(reverse("committee_list")).text


def test_whoever_leaves_is_kept_with_a_last_day(desk, committee, member):
    yesterday = today() - timedelta(days=1)
    leave = reverse("committee_member_leave", args=[member.pk])
    page = desk.post(leave, {"to_on": f"{LONG_SINCE - timedelta(days=1)}"})
    assert "to_on" in page.context["form"].errors
    desk.post(leave, {"to_on": f"{yesterday}"})
    page = desk.get(reverse("committee_detail", args=[committee.pk]))
    assert list(page.context["former"]) == [member]
    assert page.context["members"] == []


def test_the_list_of_members_names_the_committee_only_where_there_are_several(
    cast, desk, committee, member
):
    lists, column = reverse("committee_member_list"), 'data-label="Ban Chỉ đạo"'
    assert column not in desk.get(lists).text
    SteeringCommittee.objects.create(
        commune=cast.commune, name="Ban Chỉ đạo khác", from_on=LONG_SINCE
    )
    assert column in desk.get(lists).text


def test_the_end_of_an_office_is_edited_and_the_list_shows_former_ones_when_asked(
    desk, committee, member
):
    lists, yesterday = reverse("committee_member_list"), today() - timedelta(days=1)

    def listed(**asked):
        return list(desk.get(lists, asked).context["page"])

    assert (listed(), listed(state="former")) == ([member], [])
    edit = reverse("committee_member_edit", args=[member.pk])
    said = {"full_name": member.full_name, "role": member.role, "from_on": f"{LONG_SINCE}"}
    early = desk.post(edit, said | {"to_on": f"{LONG_SINCE - timedelta(days=1)}"})
    assert "to_on" in early.context["form"].errors
    desk.post(edit, said | {"to_on": f"{yesterday}"})
    assert (listed(), listed(state="former"), listed(state="all")) == ([], [member], [member])
    desk.post(edit, said | {"to_on": ""})
    assert (listed(), listed(state="former")) == ([member], [])


def test_a_committee_ended_by_mistake_goes_on_or_ends_on_another_day(desk, committee, member):
    edit = reverse("committee_edit", args=[committee.pk])
    assert "to_on" not in desk.get(edit).context["form"].fields
    desk.post(reverse("committee_close", args=[committee.pk]), {"to_on": f"{today()}"})
    said = {"name": committee.name, "from_on": f"{LONG_SINCE}"}
    earlier = today() - timedelta(days=30)
    desk.post(edit, said | {"to_on": f"{earlier}"})
    committee.refresh_from_db()
    member.refresh_from_db()
    assert (committee.to_on, member.to_on) == (earlier, earlier)
    desk.post(edit, said | {"to_on": ""})
    committee.refresh_from_db()
    assert committee.to_on is None


def test_a_committee_is_deleted_only_while_nobody_was_in_it(desk, committee, member):
    delete = reverse("committee_delete", args=[committee.pk])
    assert "thành viên Ban Chỉ đạo: 1" in desk.get(delete).text
    desk.post(delete)
    assert SteeringCommittee.objects.exists()
    desk.post(reverse("committee_member_delete", args=[member.pk]))
    desk.post(delete)
    assert not SteeringCommittee.objects.exists()


def test_a_committee_ends_with_its_memberships_and_shows_its_last_day(desk, committee, member):
    yesterday = today() - timedelta(days=1)
    desk.post(reverse("committee_close", args=[committee.pk]), {"to_on": f"{yesterday}"})
    member.refresh_from_db()
    assert member.to_on == yesterday
    page = desk.get(reverse("committee_detail", args=[committee.pk]))
    assert page.context["members"] == [member]
    late = desk.post(reverse("committee_member_add", args=[committee.pk]), typed())
    assert "from_on" in late.context["form"].errors


def test_a_committee_cannot_end_before_somebody_joined(desk, committee):
    desk.post(reverse("committee_member_add", args=[committee.pk]), typed())
    address = reverse("committee_close", args=[committee.pk])
    page = desk.post(address, {"to_on": f"{today() - timedelta(days=2)}"})
    assert "to_on" in page.context["form"].errors
    committee.refresh_from_db()
    assert committee.to_on is None


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("full_name", ""),
        ("full_name", "\0"),
        ("role", "king"),
        ("from_on", "0001-01-01"),
        ("from_on", "2023-01-01"),
        ("to_on", "2020-01-01"),
        ("position", "x" * 151),
    ],
)
def test_bad_input_is_named_beside_its_field(desk, committee, name, bad):
    page = desk.post(reverse("committee_member_add", args=[committee.pk]), typed(**{name: bad}))
    assert name in page.context["form"].errors
    assert not SteeringCommitteeMember.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("reader", 403), ("stranger", 404), ("leader", 403)])
def test_others_are_refused(cast, client, committee, member, who, status):
    client.force_login(getattr(cast, who))
    for name, row in (
        ("committee_edit", committee),
        ("committee_close", committee),
        ("committee_delete", committee),
        ("committee_member_add", committee),
        ("committee_member_edit", member),
        ("committee_member_leave", member),
        ("committee_member_delete", member),
    ):
        answer = client.post(reverse(name, args=[row.pk]), typed(to_on=f"{today()}"))
        assert answer.status_code == status, name
    member.refresh_from_db()
    assert member.to_on is None
    assert SteeringCommitteeMember.objects.count() == 1
