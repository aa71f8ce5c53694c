"""Who is expected: chosen by what they have in common, invited on paper, noted by one tap."""

from datetime import timedelta

import pytest
from django.urls import reverse

from households.handing import hand_list
from portal.testing.cast import LONG_SINCE, make_household
from training.attendance import add_to_attendance, cancel_session, close_session
from training.invitation_slips import blank_rows, slips_of, where_of
from training.inviting import invite, uninvite
from training.models import Agency, Attendance, Employment, StaffMember, TrainingSession
from training.planning import restore_session
from training.rosters import expected_of
from villages.periods import today
from villages.refusals import ChangeRefused


@pytest.fixture
def member(cast):
    agency = Agency.objects.create(commune=cast.commune, name="UBND xã")
    member = StaffMember.objects.create(
        commune=cast.commune, full_name="Hà Văn Cán", category="cadre", is_party_member=True
    )
    Employment.objects.create(staff_member=member, agency=agency, from_on=LONG_SINCE)
    return member


@pytest.fixture
def ahead(cast):
    return TrainingSession.objects.create(
        commune=cast.commune,
        village=cast.vi,
        title="Dùng VNeID",
        held_on=today() + timedelta(days=3),
        capacity=2,
    )


def names(session):
    return [str(row) for row in expected_of(session)["people"]]


def ask(client, session, query="", **sent):
    address = reverse("session_expected", args=[session.uuid]) + query
    return client.post(address, sent, follow=True) if sent else client.get(address)


def test_people_are_expected_once(cast, ahead, member):
    people = list(cast.household.residents.all())
    assert invite(ahead, residents=[*people, people[0]], staff=[member], by=cast.official) == 4
    assert invite(ahead, residents=people, staff=[member], by=cast.official) == 0
    assert expected_of(ahead) | {"people": None} == {
        "people": None, "total": 4, "came": 0, "absent": 4, "over": 2,
    }  # fmt: skip
    assert not Attendance.objects.exists()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("group=older", {"Lò Văn Mẫu", "Lường Thị Mẫu"}),
        ("", {"Lò Văn Mẫu", "Lường Thị Mẫu", "Vàng Thị Mẫu", "Giàng A Mẫu"}),
        ("q=vang thi", {"Vàng Thị Mẫu"}),
        ("q=lo van&group=everybody", {"Lò Văn Mẫu", "Lò Văn Mẫu Em"}),
        ("village={khi}", {"Giàng A Mẫu"}),
        ("handed={handed}", {"Vàng Thị Mẫu"}),
        ("group=poor", {"Giàng A Mẫu"}),
        ("group=not_reached", {"Lò Văn Mẫu", "Lường Thị Mẫu", "Vàng Thị Mẫu", "Giàng A Mẫu"}),
    ],
)
def test_residents_are_found_by_what_they_have_in_common(cast, ahead, as_user, query, expected):
    cast.khi_household.poverty = "near_poor"
    cast.khi_household.save()
    handed = hand_list(
        village=cast.vi, households=[cast.second_household], title="Hộ", by=cast.official
    )
    query = "?" + query.format(khi=cast.khi.pk, handed=handed.pk)
    client = as_user(cast.official)
    found = {str(who) for who in ask(client, ahead, query).context["page"]}
    assert found == expected
    ask(client, ahead, query, action="all")
    assert set(names(ahead)) == expected
    assert not ask(client, ahead, query).context["page"].object_list


def test_staff_are_found_by_agency_and_party(cast, ahead, member, as_user):
    StaffMember.objects.create(commune=cast.commune, full_name="Đã Nghỉ", category="cadre")
    client = as_user(cast.official)
    assert list(ask(client, ahead, "?who=staff&group=party").context["page"]) == [member]
    ask(client, ahead, "?who=staff", add=[member.pk])
    assert names(ahead) == ["Hà Văn Cán"]


def test_more_people_than_places_are_warned_of_and_kept(cast, ahead, as_user):
    answer = ask(as_user(cast.official), ahead, "?village=", action="all")
    assert len(names(ahead)) == 4
    assert [message.level_tag for message in answer.context["messages"]] == ["success", "warning"]


def test_only_people_of_the_commune_that_were_found_can_be_chosen(cast, ahead, as_user):
    foreign = cast.far_household.residents.get()
    answer = ask(as_user(cast.official), ahead, add=[foreign.pk, "x", "9" * 30])
    assert answer.status_code == 200
    assert names(ahead) == []


def test_people_are_taken_off_and_whoever_came_stays_noted(cast, session):
    people = list(cast.household.residents.all())
    invite(session, residents=people, by=cast.official)
    add_to_attendance(session, residents=people[:1])
    uninvite(session, invitations=session.invitations.all())
    assert names(session) == []
    assert session.attendances.count() == 1


def test_a_cancelled_session_keeps_whom_it_expected_and_takes_nobody_more(cast, ahead):
    people = list(cast.household.residents.all())
    invite(ahead, residents=people[:1], by=cast.official)
    cancel_session(ahead, reason="Mưa lũ")
    assert len(names(ahead)) == 1
    with pytest.raises(ChangeRefused):
        invite(ahead, residents=people, by=cast.official)
    restore_session(ahead)
    assert invite(ahead, residents=people, by=cast.official) == 2


def test_a_closed_session_takes_nobody_more(cast, session):
    add_to_attendance(session, walk_ins=[("Khách", "")])
    close_session(session, counted=1)
    with pytest.raises(ChangeRefused):
        invite(session, residents=cast.household.residents.all(), by=cast.official)


def test_one_tap_notes_somebody_expected(cast, session, as_user):
    people = list(cast.household.residents.all())
    invite(session, residents=people, by=cast.official)
    page = reverse("session_attendance", args=[session.uuid])
    client = as_user(cast.official)
    invitation = session.invitations.first()
    client.post(page, {"add": f"invitation:{invitation.pk}"})
    assert session.attendances.get().resident == invitation.resident
    assert client.get(page).context["expected"]["absent"] == 2
    for word in ("invitation:0", "invitation:x", "invitation:" + "9" * 40):
        assert client.post(page, {"add": word}).status_code == 200


def test_a_trainer_from_another_village_notes_whom_the_session_expects_and_no_more(
    cast, session, as_user
):
    expected, *others = cast.household.residents.all()
    invite(session, residents=[expected], by=cast.official)
    page = reverse("session_attendance", args=[session.uuid])
    client = as_user(cast.neighbour)
    assert client.get(page).status_code == 404
    session.trainer_user = cast.neighbour
    session.save()
    assert expected.full_name in client.get(page).content.decode()
    client.post(page, {"add": f"invitation:{session.invitations.get().pk}"})
    client.post(page, {"add": f"resident:{others[0].uuid}"})
    assert [row.resident for row in session.attendances.all()] == [expected]
    assert client.get(reverse("session_detail", args=[session.uuid])).status_code == 200
    assert client.get(reverse("session_edit", args=[session.uuid])).status_code == 403
    household = reverse("household_detail", args=[cast.household.uuid])
    assert client.get(household).status_code == 404


def test_a_trainer_is_chosen_among_accounts_of_the_commune(cast, session, as_user):
    client = as_user(cast.official)
    page = reverse("session_edit", args=[session.uuid])
    offered = set(client.get(page).context["form"].fields["trainer_user"].queryset)
    assert {cast.leader, cast.neighbour, cast.official, cast.admin} == offered


def test_slips_are_for_households_or_for_people(cast, ahead, member, as_user):
    people = [*cast.household.residents.all(), *cast.khi_household.residents.all()]
    invite(ahead, residents=people, staff=[member], by=cast.official)
    assert [len(slip["names"]) for slip in slips_of(ahead, per_person=False)] == [3, 1, 1]
    assert len(slips_of(ahead, per_person=True)) == 5
    client = as_user(cast.reader)
    for name in ("session_invitations", "session_sheet"):
        page = client.get(reverse(name, args=[ahead.uuid]), {"per": "person"}).content.decode()
        assert "Giàng A Mẫu" in page
        assert "Hà Văn Cán" in page


def test_a_household_s_invitation_bears_the_code_of_its_card(cast, ahead, member, as_user):
    people = [*cast.household.residents.all(), *cast.khi_household.residents.all()]
    invite(ahead, residents=people, staff=[member], by=cast.official)
    client = as_user(cast.official)
    slips = client.get(reverse("session_invitations", args=[ahead.uuid])).context["slips"]
    cards = client.get(reverse("household_cards"), {"household": cast.household.uuid})
    ((half,),) = cards.context["pages"]
    assert slips[0]["code"] == half[0].picture
    assert len({slip["code"] for slip in slips}) == 3
    assert slips[-1]["code"] == ""


@pytest.mark.parametrize(
    ("place", "written"),
    [
        ("Nhà văn hóa bản Vi", "Nhà văn hóa bản Vi"),
        ("Trường THCS", "Trường THCS, Bản Vi"),
        ("", "Bản Vi"),
    ],
)
def test_a_place_names_its_village_once(ahead, place, written):
    ahead.place = place
    assert where_of(ahead) == written


@pytest.mark.parametrize(("expected", "last"), [(0, 22), (12, 22), (13, 44), (60, 88)])
def test_the_list_to_sign_has_room_for_ten_more_and_fills_its_page(expected, last):
    assert list(blank_rows(expected))[-1] == last


def test_the_household_of_another_commune_is_never_offered(cast, ahead, as_user):
    make_household(cast.far, ("Vàng Thị Mẫu", 1950))
    found = ask(as_user(cast.official), ahead, "?q=vang").context["page"]
    assert [who.household.village for who in found] == [cast.vi]
