"""Typing in a visit for a team member: both names are kept."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from households.models import Doubt, Encounter, HouseholdObservation
from households.tests.phone_records import signed_in
from villages.models import TeamMember
from villages.periods import today

ADDRESS = "/households/visits/new/"


@pytest.fixture
def member(cast):
    """A member of the team of Vi without an account."""
    return TeamMember.objects.create(
        team=cast.vi.team, full_name="Vì Thị Thành Viên", from_on=today() - timedelta(days=90)
    )


def opened(client, household):
    page = client.get(ADDRESS, {"household": household.uuid}).content.decode()
    return page, {
        "uuid": re.search(r'name="uuid" value="([^"]+)"', page)[1],
        "household": str(household.uuid),
        "visited_on": today().isoformat(),
        "occasion": "home_visit",
        "met": household.residents.get(is_head=True).uuid,
        "smart_device": "yes",
    }


def test_it_works(cast, member):
    official = signed_in(cast.official)
    page, fields = opened(official, cast.household)
    offered = re.search(r'<select name="member".*?</select>', page, re.DOTALL)[0]
    names = re.findall(r"<option[^>]*>\s*([^<]+?)\s*</option>", offered)
    assert [name.split(" (")[0] for name in names[1:]] == ["Lò Thị Tổ Trưởng", member.full_name]
    answer = official.post(ADDRESS, fields | {"member": member.pk}, follow=True)
    visit = Encounter.objects.get()
    assert (visit.author, visit.member, visit.typed_by) == (None, member, cast.official)
    assert HouseholdObservation.objects.get().observed_by is None
    listed = official.get(reverse("visit_list"))
    for told in (answer, listed):
        assert member.full_name in told.content.decode()
        assert "Nguyễn Thị Cán Bộ nhập thay" in told.content.decode()
    told = official.get(
        reverse("visit", args=[visit.uuid]), headers={"accept": "application/json"}
    ).json()
    assert (told["guided_by"], told["typed_by"]) == (member.full_name, "Nguyễn Thị Cán Bộ")


def test_a_leader_is_the_author_of_what_an_official_types_in(cast):
    leading = TeamMember.objects.get(user=cast.leader)
    official = signed_in(cast.official)
    _page, fields = opened(official, cast.household)
    official.post(ADDRESS, fields | {"member": leading.pk})
    visit = Encounter.objects.get()
    assert (visit.author, visit.typed_by, visit.is_typed_in) == (cast.leader, cast.official, True)
    correct = reverse("visit_correct", args=[visit.uuid])
    assert signed_in(cast.leader).get(correct).status_code == 200


def test_a_leader_types_in_for_the_own_team_and_may_correct_it(cast, member):
    leader = signed_in(cast.leader)
    page, fields = opened(leader, cast.household)
    assert cast.leader.full_name not in re.search(r"<select.*?</select>", page, re.DOTALL)[0]
    assert leader.post(ADDRESS, fields | {"member": member.pk}).status_code == 302
    visit = Encounter.objects.get()
    assert (visit.author, visit.typed_by) == (None, cast.leader)
    correct = reverse("visit_correct", args=[visit.uuid])
    page = leader.get(correct)
    assert page.status_code == 200
    assert 'name="member"' not in page.content.decode()
    Encounter.objects.update(received_at=timezone.now() - timedelta(days=8))
    assert leader.get(correct).status_code == 403


def test_oneself_is_the_choice_that_stands_there(cast, member):
    leader = signed_in(cast.leader)
    _page, fields = opened(leader, cast.household)
    leader.post(ADDRESS, fields | {"member": ""})
    visit = Encounter.objects.get()
    assert (visit.author, visit.member, visit.typed_by) == (cast.leader, None, None)


def test_nobody_else_can_be_chosen(cast, member):
    khi = TeamMember.objects.create(
        team=cast.khi.team, full_name="Người Bản Khì", from_on=today() - timedelta(days=9)
    )
    far = TeamMember.objects.create(
        team=cast.far.team, full_name="Người Ở Xa", from_on=today() - timedelta(days=9)
    )
    TeamMember.objects.filter(pk=member.pk).update(to_on=today() - timedelta(days=1))
    for who in (cast.leader, cast.official):
        client = signed_in(who)
        page, fields = opened(client, cast.household)
        for wrong in (khi.pk, far.pk, member.pk, "x", "\x00", "9" * 400, "-1"):
            answer = client.post(ADDRESS, fields | {"member": wrong})
            assert answer.status_code == 400, wrong
            assert "id_member" in answer.content.decode()
        assert "Người Bản Khì" not in page
    assert not Encounter.objects.exists()


def test_back_and_sent_for_somebody_else_changes_nothing_and_says_so(cast, member):
    official = signed_in(cast.official)
    _page, fields = opened(official, cast.household)
    assert official.post(ADDRESS, fields | {"member": member.pk}).status_code == 302
    assert official.post(ADDRESS, fields | {"member": member.pk}).status_code == 302
    assert official.post(ADDRESS, fields).status_code == 409
    assert Encounter.objects.get().member == member


def test_many_on_one_day_counts_who_guided(cast, member):
    from households.doubting import MANY_ON_ONE_DAY

    Encounter.objects.bulk_create(
        Encounter(
            occasion="home_visit",
            held_on=today(),
            commune=cast.commune,
            village=cast.vi,
            household=cast.second_household,
            member=member,
            typed_by=cast.official,
        )
        for _number in range(MANY_ON_ONE_DAY)
    )
    official = signed_in(cast.official)
    for who, found in ((cast.official, False), (member, True)):
        _page, fields = opened(official, cast.household)
        chosen = {"member": who.pk} if who == member else {}
        official.post(ADDRESS, fields | chosen | {"other_visit": "on"})
        visit = Encounter.objects.latest("pk")
        kinds = set(visit.doubts.values_list("kind", flat=True))
        assert (Doubt.Kind.MANY_ON_ONE_DAY in kinds) == found


def test_the_list_of_doubts_is_narrowed_by_kind(cast, member):
    official = signed_in(cast.official)
    for _time in range(2):
        _page, fields = opened(official, cast.household)
        official.post(ADDRESS, fields | {"other_visit": "on"})
    Doubt.objects.create(encounter=Encounter.objects.first(), kind=Doubt.Kind.NOBODY_MET)
    for kind, rows in (("same_day", 1), ("nobody_met", 1), ("", 2), ("clock", 2), ("\x00", 2)):
        page = official.get(reverse("doubt_list"), {"kind": kind}).content.decode()
        assert page.count("/void/") == rows, kind
    assert "(1)" in page
