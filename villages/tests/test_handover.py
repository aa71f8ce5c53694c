"""«Thay tổ trưởng»: one step, one leader at every moment, and the past keeps its author."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, connections
from django.urls import reverse

from households.models import Encounter
from households.recording import record_visit
from portal.testing.cast import make_user
from portal.tests.records import guidance
from villages.access import scope_of
from villages.cards import CardRefused, issue_card, look_at_card, redeem_card
from villages.handover import HandoverRefused, NewLeader, hand_over, plan_handover
from villages.models import Assignment, Phone, TeamMember
from villages.periods import today

pytestmark = pytest.mark.django_db
TODAY = today()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
NEW = NewLeader(full_name="Giàng Thị Mới", sex="female", phone="0912345678")


def fresh(user):
    return get_user_model().objects.get(pk=user.pk)


def hand(cast, new=NEW, on=TODAY, **more):
    return hand_over(village=cast.vi, new=new, on=on, by=cast.official, **more)


def leaders_on(cast, day):
    """The names of who leads and of whose account reaches the village on that day."""
    members = TeamMember.objects.on(day).filter(team=cast.vi.team, role="leader")
    rights = Assignment.objects.on(day).filter(village=cast.vi, role="team_leader")
    return (
        [member.full_name for member in members],
        [right.user.full_name for right in rights],
    )


def state_of(cast):
    return (
        list(Assignment.objects.order_by("pk").values()),
        list(TeamMember.objects.order_by("pk").values()),
        list(Phone.objects.order_by("pk").values()),
        get_user_model().objects.count(),
    )


def test_it_works(cast):
    done = hand(cast)
    new = done.assignment.user
    assert leaders_on(cast, YESTERDAY) == (["Lò Thị Tổ Trưởng"], ["Lò Thị Tổ Trưởng"])
    assert leaders_on(cast, TODAY) == (["Giàng Thị Mới"], ["Giàng Thị Mới"])
    assert new.username == "giang-thi-moi"
    assert not new.has_usable_password()
    assert scope_of(fresh(new)).writable_villages == {cast.vi.pk}
    assert scope_of(fresh(cast.leader)).role is None
    card, code = issue_card(user=new, commune=cast.commune, by=cast.official)
    assert redeem_card(pk=card.pk, code=code).user == new


def test_visits_keep_their_author(cast):
    visit, _created = record_visit(
        uuid=uuid4(),
        guidance=guidance(cast.vi, cast.household, YESTERDAY, cast.skills),
        author=cast.leader,
    )
    before = Encounter.objects.filter(pk=visit.pk).values().get()
    hand(cast)
    assert Encounter.objects.filter(pk=visit.pk).values().get() == before
    assert Encounter.objects.get().author == cast.leader


def test_the_former_leader_may_stay_as_a_member(cast):
    hand(cast, stays=True)
    member = TeamMember.objects.on(TODAY).get(team=cast.vi.team, user=cast.leader)
    assert member.role == "member"
    assert scope_of(fresh(cast.leader)).role is None


def test_a_member_of_the_team_takes_over(cast):
    member = TeamMember.objects.create(
        team=cast.vi.team,
        full_name="Vàng Thị Thành Viên",
        organisation="youth_union",
        from_on=TODAY - timedelta(days=50),
    )
    new = hand(cast, NewLeader(member=member)).assignment.user
    member.refresh_from_db()
    assert (member.to_on, member.user) == (YESTERDAY, new)
    leading = TeamMember.objects.on(TODAY).get(team=cast.vi.team, role="leader")
    assert (leading.full_name, leading.organisation) == ("Vàng Thị Thành Viên", "youth_union")


def test_a_member_since_today_becomes_the_leader(cast):
    member = TeamMember.objects.create(team=cast.vi.team, full_name="Vàng Mới", from_on=TODAY)
    hand(cast, NewLeader(member=member))
    member.refresh_from_db()
    assert (member.role, member.to_on) == ("leader", None)
    assert leaders_on(cast, TODAY) == (["Vàng Mới"], ["Vàng Mới"])


def test_the_neighbours_leader_takes_over_and_keeps_the_own_village(cast):
    hand(cast, NewLeader(user=cast.neighbour))
    assert scope_of(fresh(cast.neighbour)).villages == {cast.vi.pk, cast.khi.pk}


def test_another_member_with_an_account_keeps_the_village(cast):
    helper = make_user("helper", "team_leader", cast.commune, cast.vi, full_name="Lò Văn Giúp")
    TeamMember.objects.create(
        team=cast.vi.team, full_name="Lò Văn Giúp", user=helper, from_on=YESTERDAY
    )
    hand(cast)
    assert scope_of(fresh(helper)).villages == {cast.vi.pk}


def test_two_people_of_one_name_get_two_accounts(cast):
    make_user("giang-thi-moi")
    assert hand(cast).assignment.user.username == "giang-thi-moi-2"


def test_a_name_without_letters_gets_an_account_all_the_same(cast):
    user = hand(cast, NewLeader(full_name="王 ☃")).assignment.user
    assert user.username == "to-truong"
    assert user.full_name == "王 ☃"


def test_phones_and_cards_of_a_leader_with_nothing_left_are_dead(cast):
    phone = Phone.objects.create(commune=cast.commune, user=cast.leader, public_key={})
    card, code = issue_card(user=cast.leader, commune=cast.commune, by=cast.official)
    assert [p.pk for p in plan_handover(village=cast.vi, new=NEW, on=TODAY).signed_out] == [
        phone.pk
    ]
    hand(cast)
    phone.refresh_from_db()
    assert phone.revoked_by == cast.official
    with pytest.raises(CardRefused):
        look_at_card(pk=card.pk, code=code)


def test_phones_of_a_leader_with_another_village_go_on(cast):
    phone = Phone.objects.create(commune=cast.commune, user=cast.leader, public_key={})
    Assignment.objects.create(
        user=cast.leader,
        role="team_leader",
        commune=cast.commune,
        village=cast.khi,
        from_on=YESTERDAY,
    )
    assert hand(cast).staying == [cast.leader]
    phone.refresh_from_db()
    assert phone.revoked_at is None


def test_a_day_to_come_leaves_today_as_it_is(cast):
    phone = Phone.objects.create(commune=cast.commune, user=cast.leader, public_key={})
    hand(cast, on=TODAY + timedelta(days=31))
    assert leaders_on(cast, TODAY) == (["Lò Thị Tổ Trưởng"], ["Lò Thị Tổ Trưởng"])
    assert leaders_on(cast, TODAY + timedelta(days=31)) == (["Giàng Thị Mới"], ["Giàng Thị Mới"])
    phone.refresh_from_db()
    assert phone.revoked_at is None


def test_the_first_leader_of_a_village(cast):
    hand_over(village=cast.khi, new=NEW, on=TODAY, by=cast.official)
    assert scope_of(fresh(cast.neighbour)).role is None
    assert TeamMember.objects.get(team=cast.khi.team).full_name == "Giàng Thị Mới"


REFUSED = {
    "too far ahead": (NEW, TODAY + timedelta(days=32)),
    "before the present leader began": (NEW, TODAY - timedelta(days=10_000)),
    "on the day the present leader began": (NEW, None),
    "the leader already": ("leader", TODAY),
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_refusal_changes_nothing(cast, why):
    new, on = REFUSED[why]
    if new == "leader":
        new = NewLeader(user=cast.leader)
    on = on or TeamMember.objects.get(role="leader").from_on
    before = state_of(cast)
    with pytest.raises(HandoverRefused):
        hand(cast, new, on)
    assert state_of(cast) == before
    hand(cast)


def test_a_second_handover_on_the_same_day_is_refused(cast):
    hand(cast)
    with pytest.raises(HandoverRefused):
        hand(cast, NewLeader(full_name="Người Thứ Ba"))


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_officials_at_the_same_moment_leave_one_leader(cast):
    assert connection.vendor == "postgresql"
    start, outcomes = threading.Barrier(4), []

    def run(number):
        start.wait()
        try:
            hand(cast, NewLeader(full_name=f"Người Mới {number}"))
            outcomes.append("handed over")
        except HandoverRefused:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["handed over", "refused", "refused", "refused"]
    names, rights = leaders_on(cast, TODAY)
    assert len(names) == len(rights) == 1


@pytest.fixture
def said(cast):
    return {"who": "new", "full_name": "Giàng Thị Mới", "on": f"{TODAY:%Y-%m-%d}"}


def test_the_page_shows_what_will_change_before_it_does(client, cast, said):
    client.force_login(cast.official)
    url = reverse("handover", args=[cast.vi.pk])
    assert client.get(url).status_code == 200
    before = state_of(cast)
    shown = client.post(url, said).content.decode()
    assert "Giàng Thị Mới" in shown
    assert "Lò Thị Tổ Trưởng" in shown
    assert state_of(cast) == before
    assert client.post(url, said | {"change": "1"}).status_code == 200
    assert state_of(cast) == before
    done = client.post(url, said | {"confirm": "1"})
    user = get_user_model().objects.get(full_name="Giàng Thị Mới")
    assert done["Location"] == f"{reverse('card_list')}?chon={user.pk}"
    assert leaders_on(cast, TODAY) == (["Giàng Thị Mới"], ["Giàng Thị Mới"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"full_name": ""},
        {"full_name": "\x00"},
        {"who": "account-987654"},
        {"who": ""},
        {"on": "9999-12-31"},
        {"on": "0001-01-01"},
        {"sex": "x"},
    ],
)
def test_a_wrong_form_changes_nothing(client, cast, said, wrong):
    client.force_login(cast.official)
    before = state_of(cast)
    url = reverse("handover", args=[cast.vi.pk])
    assert client.post(url, said | wrong | {"confirm": "1"}).status_code == 400
    assert state_of(cast) == before


def test_nobody_of_another_commune_is_offered(client, cast):
    client.force_login(cast.official)
    page = client.get(reverse("handover", args=[cast.vi.pk])).content.decode()
    assert "Vàng A Mẫu" in page
    assert "stranger" not in page
