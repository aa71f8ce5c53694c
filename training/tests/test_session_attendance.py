"""The page on which attendance is taken, without JavaScript and with it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from households.models import Confirmation, SkillCheck
from training.attendance import note_outcomes
from training.models import Attendance, StaffMember, TrainingSession
from villages.periods import today


@pytest.fixture
def address(session):
    return reverse("session_attendance", args=[session.uuid])


@pytest.fixture
def head(cast):
    return cast.household.residents.get(is_head=True)


def test_it_works_without_javascript(cast, session, address, head, as_user):
    client = as_user(cast.official)
    found = client.get(address, {"q": "lo van mau"})
    assert "Lò Văn Mẫu" in found.text
    assert cast.vi.full_name in found.text
    answer = client.post(address, {"q": "lo van", "add": f"resident:{head.uuid}"})
    assert answer.status_code == 302
    assert "q=lo+van" in answer.url
    page = client.get(answer.url)
    assert f"outcome_{head.pk}_{cast.skills[0].pk}" in page.text
    row = session.attendances.get()
    client.post(
        address,
        {
            "listed": row.pk,
            "completed_shown": row.pk,
            f"outcome_{head.pk}_{cast.skills[0].pk}": "with_help",
            "seen": row.pk,
            "walk_in-name": "Khách Lạ",
            "walk_in-sex": "female",
            "action": "walk_in",
        },
    )
    assert SkillCheck.objects.get().outcome == "with_help"
    row.refresh_from_db()
    assert row.completed is False
    seen = Confirmation.objects.get()
    assert (seen.resident, seen.seen_by) == (head, cast.official)
    assert Attendance.objects.get(walk_in_name="Khách Lạ").walk_in_sex == "female"
    client.post(address, {"remove": row.pk})
    assert not session.attendances.filter(resident=head).exists()
    assert not SkillCheck.objects.exists()
    assert not Confirmation.objects.exists()


def test_what_a_phone_sent_since_the_page_was_drawn_stays(cast, session, address, head, as_user):
    client = as_user(cast.official)
    client.post(address, {"add": f"resident:{head.uuid}"})
    row, skill = session.attendances.get(), cast.skills[0]
    name = f"outcome_{head.pk}_{skill.pk}"
    drawn = {"listed": row.pk, "completed": row.pk, "completed_shown": row.pk, f"{name}_shown": ""}
    note_outcomes(
        session, outcomes={(head.pk, skill.pk): "alone"}, seen={head.pk: True}, by=cast.leader
    )
    client.post(address, {**drawn, name: "", "action": "done"})
    assert SkillCheck.objects.get().outcome == "alone"
    assert Confirmation.objects.get().seen_by == cast.leader
    page = client.get(address).text
    assert f'name="{name}_shown" value="alone"' in page
    assert f'name="seen_shown" value="{row.pk}"' in page
    changed = {**drawn, f"{name}_shown": "alone", name: "", "seen_shown": row.pk}
    client.post(address, changed)
    assert not SkillCheck.objects.exists()
    assert not Confirmation.objects.exists()


def test_a_walk_in_sent_twice_is_one_and_another_name_another(cast, session, address, as_user):
    client = as_user(cast.official)
    key = str(client.get(address).context["walk_in"]["uuid"].value())
    said = {"walk_in-uuid": key, "walk_in-name": "Khách Lạ", "action": "walk_in"}
    for _click in range(2):
        answer = client.post(address, said, follow=True)
        assert [str(message) for message in answer.context["messages"]] == ["Đã thêm: Khách Lạ"]
    # Back, and the sex after all: the same person, not a second one.
    client.post(address, said | {"walk_in-sex": "female"})
    assert session.attendances.count() == 1
    client.post(address, said | {"walk_in-name": "Người Khác"})
    assert set(session.attendances.values_list("walk_in_name", flat=True)) == {
        "Khách Lạ", "Người Khác",
    }  # fmt: skip


def test_the_signed_list_is_counted_beside_what_is_recorded(cast, session, address, as_user):
    client = as_user(cast.leader)
    client.post(address, {"walk_in-name": "Khách", "action": "walk_in", "counted": ""})
    session.refresh_from_db()
    assert session.counted is None
    client.post(address, {"counted": "3", "counted_shown": ""})
    client.post(address, {"counted": "", "counted_shown": "", "action": "done"})
    session.refresh_from_db()
    assert session.counted == 3
    page = client.post(address, {"counted": "ba", "counted_shown": "3"})
    assert page.context["count"].errors


def test_the_search_answers_a_part_to_htmx(cast, address, as_user):
    part = as_user(cast.official).get(
        address, {"q": "giang", "part": "found"}, headers={"HX-Request": "true"}
    )
    assert "Giàng A Mẫu" in part.text
    assert "<html" not in part.text


def test_adding_twice_adds_once(cast, session, address, head, as_user):
    client = as_user(cast.official)
    for _time in range(2):
        client.post(address, {"add": f"resident:{head.uuid}"})
    assert session.attendances.count() == 1


def test_a_leader_takes_attendance_in_her_village_of_people_she_may_see(
    cast, session, address, head, as_user
):
    client = as_user(cast.leader)
    client.post(address, {"add": f"resident:{head.uuid}"})
    neighbour = cast.khi_household.residents.get()
    client.post(address, {"add": f"resident:{neighbour.uuid}"})
    assert [row.resident for row in session.attendances.all()] == [head]
    assert "Giàng" not in client.get(address, {"q": "giang"}).text.replace("value=", "")


@pytest.mark.parametrize(
    ("who", "status"),
    [("neighbour", 404), ("stranger", 404), ("stranger_leader", 404), ("reader", 403)],
)
def test_others_are_refused(cast, session, address, as_user, who, status):
    client = as_user(getattr(cast, who))
    assert client.get(address).status_code == status
    assert client.post(address, {"walk_in-name": "X", "action": "walk_in"}).status_code == status
    assert not Attendance.objects.exists()


@pytest.mark.parametrize(
    "bad",
    [
        {"add": "resident:not-a-uuid"},
        {"add": "resident:00000000-0000-0000-0000-000000000000"},
        {"add": "staff_member:99999999999999999999"},
        {"add": "staff_member:\0"},
        {"add": "commune:1"},
        {"remove": "-1"},
        {"remove": "9" * 40},
        {"listed": "²", "completed": "x"},
        {"walk_in-name": "", "action": "walk_in"},
        {"walk_in-name": "a\0b", "action": "walk_in"},
        {"walk_in-name": "a" * 5000, "action": "walk_in"},
        {"walk_in-name": "Ai", "walk_in-sex": "dragon"},
        {"q": "\0"},
        {"q": "x" * 5000},
    ],
)
def test_bad_input_changes_nothing(cast, session, address, as_user, bad):
    client = as_user(cast.official)
    assert client.post(address, bad).status_code in {200, 302}
    assert client.get(address, bad).status_code == 200
    assert not Attendance.objects.exists()


def test_a_refused_walk_in_keeps_its_name(cast, address, as_user):
    page = as_user(cast.official).post(
        address, {"walk_in-name": "Tên " + "dài" * 60, "action": "walk_in"}
    )
    assert "dàidài" in page.text


def test_a_session_to_come_takes_nobody(cast, session, address, head, as_user):
    TrainingSession.objects.update(held_on=today() + timedelta(days=3))
    client = as_user(cast.official)
    assert client.get(address).status_code == 200
    assert client.post(address, {"add": f"resident:{head.uuid}"}).status_code == 200
    assert not Attendance.objects.exists()


def test_staff_are_added_too(cast, session, address, as_user):
    member = StaffMember.objects.create(
        commune=cast.commune, full_name="Hà Văn Cán", category="cadre"
    )
    client = as_user(cast.official)
    assert "Hà Văn Cán" in client.get(address, {"q": "ha van"}).text
    client.post(address, {"add": f"staff_member:{member.pk}"})
    assert session.attendances.get().staff_member == member


@pytest.mark.browser
def test_people_are_found_while_typing_and_nothing_typed_is_lost(
    transactional_db, cast, session, address, head, screen
):
    page = screen.open(user=cast.leader, size={"width": 360, "height": 740})
    page.goto(address)
    page.fill("#id_q", "lo van mau")
    page.get_by_role("button", name="Lò Văn Mẫu", exact=False).first.click()
    page.wait_for_url("**added=**")
    page.locator(f"[name=outcome_{head.pk}_{cast.skills[0].pk}][value=alone]").check(force=True)
    page.fill("#id_q", "luong")
    page.get_by_role("button", name="Lường Thị Mẫu").click()
    page.wait_for_load_state()
    assert session.attendances.count() == 2
    assert SkillCheck.objects.get().outcome == "alone"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
