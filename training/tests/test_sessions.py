"""Sessions are listed, planned, changed, closed and cancelled."""

from datetime import timedelta

import pytest
from django.urls import reverse

from training import attendance
from training.models import Attendance, TrainingSession
from villages.periods import today


def at(name, session):
    return reverse(name, args=[session.uuid])


def typed(cast, **changes):
    return {
        "title": "Thanh toán không dùng tiền mặt",
        "kind": "residents",
        "held_on": today().isoformat(),
        "village": cast.khi.pk,
        "skills": [skill.pk for skill in cast.skills],
        **changes,
    }


def test_it_works(cast, as_user):
    client = as_user(cast.official)
    answer = client.post(reverse("session_add"), typed(cast))
    session = TrainingSession.objects.get()
    assert answer.url == at("session_detail", session)
    assert (session.commune, session.village, session.status) == (cast.commune, cast.khi, "planned")
    assert list(session.skills.all()) == cast.skills
    assert session.title in client.get(answer.url).text
    assert session.title in client.get(reverse("session_list"), {"q": "thanh toan"}).text


def test_people_and_attendances_are_told_apart(cast, session, as_user, yesterday):
    people = list(cast.household.residents.all())
    other = TrainingSession.objects.create(
        commune=cast.commune, title="Buổi hai", held_on=yesterday
    )
    attendance.add_to_attendance(session, residents=people, walk_ins=[("Khách", "male")])
    attendance.add_to_attendance(other, residents=people[:1])
    page = as_user(cast.reader).get(reverse("session_list"))
    assert page.context["counts"] == {"people": 4, "attendances": 5}
    assert page.context["sessions_held"] == 2


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("title", ""),
        ("title", "a\0b"),
        ("title", "x" * 201),
        ("held_on", "0001-01-01"),
        ("held_on", "9999-12-31"),
        ("held_on", "31/02/2025"),
        ("starts_at", "25:00"),
        ("ends_at", "10:00"),
        ("kind", "party"),
        ("skills", ["99999999999999999999"]),
        ("village", "far"),
        ("note", "n" * 3000),
    ],
)
def test_bad_input_is_named_beside_its_field_and_kept(cast, as_user, name, bad):
    bad = cast.far.pk if bad == "far" else bad
    more = {"starts_at": "11:00"} if name == "ends_at" else {}
    page = as_user(cast.official).post(
        reverse("session_add"), typed(cast, **{"place": "Nhà văn hóa", name: bad, **more})
    )
    assert page.context["form"].errors.keys() == {name}
    assert "Nhà văn hóa" in page.text
    assert not TrainingSession.objects.exists()


def test_a_new_date_takes_the_people_along(cast, session, as_user, long_ago):
    attendance.add_to_attendance(session, residents=list(cast.household.residents.all()))
    client = as_user(cast.official)
    row = typed(cast, village=cast.vi.pk, held_on=long_ago.isoformat())
    client.post(at("session_edit", session), row)
    session.refresh_from_db()
    assert session.encounter.held_on == long_ago
    assert set(session.encounter.people_met.values_list("happened_on", flat=True)) == {long_ago}
    ahead = row | {"held_on": (today() + timedelta(days=2)).isoformat()}
    page = client.post(at("session_edit", session), ahead)
    assert "held_on" in page.context["form"].errors


def test_it_is_closed_with_the_right_count_and_reopened(cast, session, as_user):
    attendance.add_to_attendance(session, residents=list(cast.household.residents.all()))
    client = as_user(cast.leader)
    page = client.post(at("session_close", session), {"counted": 2})
    assert "counted" in page.context["form"].errors
    client.post(at("session_close", session), {"counted": 3})
    session.refresh_from_db()
    assert session.status == "closed"
    assert client.post(at("session_reopen", session)).status_code == 403
    as_user(cast.official).post(at("session_reopen", session))
    session.refresh_from_db()
    assert session.status == "held"


def test_cancelling_asks_why(cast, session, as_user):
    attendance.add_to_attendance(session, residents=list(cast.household.residents.all()))
    client = as_user(cast.official)
    assert "reason" in client.post(at("session_cancel", session), {}).context["form"].errors
    assert Attendance.objects.count() == 3
    client.post(at("session_cancel", session), {"reason": "Mưa lũ"})
    session.refresh_from_db()
    assert (session.status, session.cancel_reason) == ("cancelled", "Mưa lũ")
    assert not Attendance.objects.exists()
    assert "Mưa lũ" in client.get(at("session_detail", session)).text


def test_leaders_see_the_sessions_of_their_village(cast, session, as_user):
    client = as_user(cast.leader)
    assert session.title in client.get(reverse("session_list")).text
    assert client.get(at("session_detail", session)).status_code == 200
    assert client.get(at("session_edit", session)).status_code == 403
    client = as_user(cast.neighbour)
    assert session.title not in client.get(reverse("session_list")).text
    assert client.get(at("session_detail", session)).status_code == 404


@pytest.mark.parametrize(("who", "status"), [("reader", 403), ("stranger", 404)])
def test_others_change_nothing(cast, session, as_user, who, status):
    client = as_user(getattr(cast, who))
    for name in ("session_edit", "session_cancel", "session_reopen"):
        assert client.post(at(name, session), {"reason": "x"}).status_code == status
    assert client.post(at("session_close", session), {"counted": 0}).status_code == status


def test_strange_filters_break_no_list(cast, session, as_user):
    client = as_user(cast.official)
    for query in (
        {"q": "\0"}, {"first": "9999-99-99"}, {"village": "x"}, {"village": "9" * 30},
        {"kind": "x"}, {"sort": "-\0"}, {"sort": "-attendances"}, {"page": "9" * 6000},
        {"page": "-1"}, {"q": "x" * 9000},
    ):  # fmt: skip
        assert client.get(reverse("session_list"), query).status_code == 200


def test_the_way_back_keeps_the_filter(cast, session, as_user):
    client = as_user(cast.reader)
    client.get(reverse("session_list"), {"kind": "residents", "sort": "title"})
    back = client.get(at("session_detail", session)).context["back"]
    assert back == reverse("session_list") + "?kind=residents&sort=title"
