"""A visit with what its phone says beside it: the clock, what it knew, who sends."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from households.models import Doubt, Encounter, Resident
from households.tests.phone_records import a_note, a_phone, a_visit, at_once, put, signed_in
from villages.periods import today

Kind = Doubt.Kind


@pytest.fixture
def phone(cast):
    return signed_in(cast.leader)


def day(days):
    return (today() + timedelta(days=days)).isoformat()


def kinds():
    return set(Doubt.objects.values_list("kind", flat=True))


def test_it_works(cast, phone):
    mine = a_phone(cast.leader, cast.commune)
    session = phone.session
    session["phone"] = str(mine.uuid)
    session.save()
    known = timezone.now() - timedelta(days=2)
    note = a_note(known=known)
    key = uuid.uuid4()
    answer = put(phone, "visit", a_visit(cast, phone=note), key)
    assert answer.status_code == 201
    assert answer["X-Portal"] == "1"
    visit = Encounter.objects.get()
    assert visit.phone == mine
    assert (visit.recorded_at.isoformat()[:19], visit.known_until) == (
        note["recorded_at"][:19],
        known,
    )
    assert "phone" not in visit.content
    assert not kinds()
    again = put(phone, "visit", a_visit(cast, phone=a_note(timedelta(days=9))), key)
    assert (again.status_code, again.json()) == (200, answer.json())
    assert Encounter.objects.get().recorded_at == visit.recorded_at


def test_somebody_elses_phone_in_the_session_is_not_kept(cast, phone):
    session = phone.session
    session["phone"] = str(a_phone(cast.neighbour, cast.commune).uuid)
    session.save()
    assert put(phone, "visit", a_visit(cast, phone=a_note())).status_code == 201
    assert Encounter.objects.get().phone is None


@pytest.mark.parametrize("name", ["visit", "visit_correct", "household_detail"])
def test_every_answer_is_marked_and_a_stranger_hears_why(cast, phone, name):
    from django.test import Client

    other = {"X-User": str(cast.neighbour.pk)}
    answers = [
        put(Client(), name, {}),
        put(phone, name, {}, **other),
        put(phone, name, {}, **{"X-User": "\u00b2"}),
        put(signed_in(cast.reader), name, {}),
        put(signed_in(cast.leader, enforce_csrf_checks=True), name, {}),
        put(phone, name, {}, **{"X-User": str(cast.leader.pk)}),
    ]
    assert [answer["X-Portal"] for answer in answers] == ["1"] * 6
    assert [(answer.status_code, answer.json().get("error")) for answer in answers[:5]] == [
        (401, "signed_out"),
        (401, "other_user"),
        (401, "other_user"),
        (403, "forbidden"),
        (403, "form_expired"),
    ]
    assert answers[5].status_code in {400, 404}


@pytest.mark.parametrize(
    ("wrong_by", "written", "counted"),
    [
        (365, 365, 0),
        (365, 363, -2),
        (-365, -365, 0),
        (-365, -366, -1),
        (-6000, -6000, 0),
        (40, 41, 0),
        (-2, -2, 0),
    ],
)
def test_a_clock_wrong_by_days_moves_the_day_and_loses_nothing(
    cast, phone, wrong_by, written, counted
):
    key = uuid.uuid4()
    note = a_note(timedelta(days=wrong_by), recorded=timedelta(0))
    sent = a_visit(cast, visited_on=day(written), return_on=day(written + 7), phone=note)
    assert put(phone, "visit", sent, key).status_code == 201
    visit = Encounter.objects.get()
    assert (visit.held_on - today()).days == counted
    assert (visit.return_on - visit.held_on).days == 7
    assert visit.content["visited_on"] == day(written)
    assert kinds() == {Kind.CLOCK}
    # Sent again by a clock that is right by now.
    assert put(phone, "visit", sent | {"phone": a_note()}, key).status_code == 200
    assert Encounter.objects.get().held_on == visit.held_on
    page = signed_in(cast.official).get(reverse("visit", args=[key])).content.decode()
    listed = signed_in(cast.official).get(reverse("doubt_list")).content.decode()
    for told in (page, listed):
        assert f"{today() + timedelta(days=written):%d/%m/%Y}" in told
        assert f"{visit.held_on:%d/%m/%Y}" in told


@pytest.mark.parametrize("wrong_by", [365, -365, -6000])
@pytest.mark.parametrize("mended", [False, True])
def test_a_day_that_the_phone_set_right_itself_is_not_moved_again(cast, phone, wrong_by, mended):
    note = a_note(timedelta(days=wrong_by), recorded=timedelta(0))
    note["corrected_by"] = -wrong_by * 24 * 60 * 60
    if mended:
        note["sent_at"] = timezone.now().isoformat()
    sent = a_visit(cast, visited_on=day(-1), phone=note)
    assert put(phone, "visit", sent).status_code == 201
    assert Encounter.objects.get().held_on == today() - timedelta(days=1)
    assert kinds() == set()


@pytest.mark.parametrize(
    ("recorded_after", "written", "counted"), [(400, 400, 0), (-400, -401, -3), (-2000, -2000, -3)]
)
def test_a_clock_set_right_before_sending_leaves_its_trace(
    cast, phone, recorded_after, written, counted
):
    now = timezone.now()
    note = {
        "recorded_at": (now + timedelta(days=recorded_after)).isoformat(),
        "sent_at": now.isoformat(),
        "known_until": (now - timedelta(days=3)).isoformat(),
    }
    answer = put(phone, "visit", a_visit(cast, visited_on=day(written), phone=note))
    assert answer.status_code == 201
    assert (Encounter.objects.get().held_on - today()).days == counted
    assert Kind.CLOCK in kinds()


@pytest.mark.parametrize(("days", "status"), [(3, 201), (4, 400), (-400, 201), (-401, 400)])
def test_which_days_are_plausible_without_a_wrong_clock(cast, phone, days, status):
    answer = put(phone, "visit", a_visit(cast, visited_on=day(days), phone=a_note()))
    assert answer.status_code == status
    if status == 201:
        assert (Encounter.objects.get().held_on - today()).days == days
        assert (Kind.CLOCK in kinds()) == (days > 0)
    else:
        assert list(answer.json()["errors"]) == ["visited_on"]


def test_a_small_difference_of_clocks_is_no_doubt(cast, phone):
    for hours in (-23, 23):
        note = a_note(timedelta(hours=hours))
        assert put(phone, "visit", a_visit(cast, phone=note)).status_code == 201
    assert Kind.CLOCK not in kinds()


NASTY_NOTES = [
    [],
    "x",
    7,
    True,
    {"x": 1},
    *(
        {name: value}
        for name in ("recorded_at", "sent_at", "known_until")
        for value in (
            7,
            True,
            [],
            {},
            "x",
            "\x00",
            "\ud800",
            "2025-10-31",
            "2025-10-31T08:00:00",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "2025-10-31T08:00:00+99:00",
            "٢٠٢٥-١٠-٣١T08:00:00Z",
            "x" * 5000,
        )
    ),
]


@pytest.mark.parametrize("name", ["visit", "household_detail"])
def test_a_note_of_another_shape_is_refused_in_words(cast, phone, name):
    for note in NASTY_NOTES:
        answer = put(phone, name, a_visit(cast, phone=note))
        assert answer.status_code == 400, note
        assert "phone" in answer.json()["errors"]
    assert not Encounter.objects.exists()


def test_the_farthest_days_and_clocks_break_nothing(cast, phone):
    for written in ("0001-01-01", "9999-12-31", "1969-12-31"):
        for clock in ("1970-01-01T00:00:00Z", "2199-12-31T23:59:59+14:00"):
            note = {"recorded_at": clock, "sent_at": clock, "known_until": clock}
            answer = put(phone, "visit", a_visit(cast, visited_on=written, phone=note))
            assert answer.status_code in {201, 400}


def test_a_newcomer_keeps_the_phones_uuid_and_a_later_visit_names_them(cast, phone):
    key, theirs = uuid.uuid4(), str(uuid.uuid4())
    newcomer = {"uuid": theirs, "full_name": "Lò Thị Mới", "birth_year": 2001}
    later = a_visit(
        cast, people=[{"resident": theirs, "outcomes": {"qr": "alone"}}], phone=a_note()
    )
    assert put(phone, "visit", later).status_code == 400, "nobody knows this person yet"
    sent = a_visit(cast, new_people=[newcomer], phone=a_note())
    assert put(phone, "visit", sent, key).status_code == 201
    resident = Resident.objects.get(uuid=theirs)
    assert (resident.full_name, resident.household) == ("Lò Thị Mới", cast.household)
    assert put(phone, "visit", sent, key).status_code == 200
    assert put(phone, "visit", later).status_code == 201
    assert resident.met.count() == 2
    page = phone.get(reverse("visit", args=[key])).content.decode()
    assert reverse("resident_detail", args=[theirs]) in page


def test_a_uuid_of_somebody_else_is_refused(cast, phone):
    own = cast.household.residents.get(is_head=True)
    for household in (cast.khi_household, cast.far_household, cast.second_household):
        taken = household.residents.first()
        newcomer = {"uuid": str(taken.uuid), "full_name": "Lò Thị Mới", "birth_year": 2001}
        answer = put(phone, "visit", a_visit(cast, new_people=[newcomer], phone=a_note()))
        assert answer.status_code == 400
        assert list(answer.json()["errors"]) == ["new_people"]
    twice = str(uuid.uuid4())
    pairs = [
        [{"uuid": str(own.uuid), "full_name": "Lò Thị Mới", "birth_year": 2001}],
        [
            {"uuid": twice, "full_name": "Lò Thị Mới", "birth_year": 2001},
            {"uuid": twice, "full_name": "Lò Thị Nữa", "birth_year": 2002},
        ],
        [{"uuid": "x", "full_name": "Lò Thị Mới", "birth_year": 2001}],
        [{"uuid": 7, "full_name": "Lò Thị Mới", "birth_year": 2001}],
        [{"uuid": "\ud800", "full_name": "Lò Thị Mới", "birth_year": 2001}],
        [{"uuid": twice}],
    ]
    for newcomers in pairs:
        answer = put(phone, "visit", a_visit(cast, new_people=newcomers, phone=a_note()))
        assert answer.status_code == 400, newcomers
        assert "new_people" in answer.json()["errors"]
    assert not Encounter.objects.exists()


@pytest.mark.parametrize("household", ["household", "second_household"])
def test_somebody_who_may_be_on_the_list_already_is_stored_and_noted(cast, phone, household):
    namesake = [{"full_name": "lo  van MẪU", "birth_year": 1961}]
    sent = a_visit(cast, getattr(cast, household), new_people=namesake, phone=a_note())
    assert put(phone, "visit", sent).status_code == 201
    assert Resident.objects.filter(name_folded="lo van mau", birth_year=1961).count() == 2
    assert kinds() == {Kind.DUPLICATE}
    listed = signed_in(cast.official).get(reverse("doubt_list")).content.decode()
    for resident in Resident.objects.filter(name_folded="lo van mau", birth_year=1961):
        assert reverse("resident_detail", args=[resident.uuid]) in listed


def test_a_namesake_of_another_village_is_no_doubt(cast, phone):
    namesake = [{"full_name": "Giàng A Mẫu", "birth_year": 1985}]
    assert put(phone, "visit", a_visit(cast, new_people=namesake)).status_code == 201
    assert not kinds()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_fifty_identical_puts_store_one_visit(cast):
    key = uuid.uuid4()
    newcomer = {"uuid": str(uuid.uuid4()), "full_name": "Lò Thị Mới", "birth_year": 2000}
    sent = a_visit(cast, new_people=[newcomer], smart_device=True, phone=a_note())
    answers = at_once(
        [lambda client: put(client, "visit", sent, key)] * 50,
        [signed_in(cast.leader) for _ in range(50)],
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
    assert len({answer.json()["receipt_number"] for answer in answers}) == 1
    assert Encounter.objects.count() == 1
    assert cast.household.residents.count() == 4
    assert not kinds()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_phones_that_add_the_same_person_at_once_are_noted(cast):
    def send(household):
        newcomer = {"uuid": str(uuid.uuid4()), "full_name": "Lò Thị Mới", "birth_year": 2000}
        sent = a_visit(cast, household, new_people=[newcomer], phone=a_note())
        return lambda client: put(client, "visit", sent)

    answers = at_once(
        [send(household) for household in (cast.household, cast.second_household) * 4],
        [signed_in(cast.leader) for _ in range(8)],
    )
    assert [answer.status_code for answer in answers] == [201] * 8
    assert Resident.objects.filter(full_name="Lò Thị Mới").count() == 8
    assert Doubt.objects.filter(kind=Kind.DUPLICATE).count() == 7


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_visits_with_one_newcomer_at_once_share_the_person(cast):
    newcomer = {"uuid": str(uuid.uuid4()), "full_name": "Lò Thị Mới", "birth_year": 2000}
    answers = at_once(
        [lambda client: put(client, "visit", a_visit(cast, new_people=[newcomer], phone=a_note()))]
        * 6,
        [signed_in(cast.leader) for _ in range(6)],
    )
    assert {answer.status_code for answer in answers} == {201}
    assert Resident.objects.get(uuid=newcomer["uuid"]).met.count() == 6
