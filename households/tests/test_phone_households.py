"""A household that a phone added: stored once, numbered by the commune, never merged."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from households.models import Doubt, Household, Resident
from households.residence import move_resident
from households.tests.phone_records import a_household, a_note, a_visit, at_once, put, signed_in
from villages.models import Assignment
from villages.periods import today

HEAD = {"uuid": str(uuid.uuid4()), "full_name": "Lò Văn Mới", "birth_year": 1970, "sex": "male"}
WIFE = {"uuid": str(uuid.uuid4()), "full_name": "Lường Thị Mới", "birth_year": 1972}


@pytest.fixture
def phone(cast):
    return signed_in(cast.leader)


def send(client, body, key=None, **headers):
    return put(client, "household_detail", body, key, **headers)


def test_it_works(cast, phone):
    key = uuid.uuid4()
    sent = a_household(cast, HEAD, WIFE, phone=a_note())
    answer = send(phone, sent, key)
    assert answer.status_code == 201
    household = Household.objects.get(uuid=key)
    told = answer.json()
    assert told == {
        "uuid": str(key),
        "number": 3,
        "label": "003",
        "received_at": told["received_at"],
    }
    assert (household.village, household.address) == (cast.vi, "Đầu bản")
    assert household.places.get().from_on == today()
    head = household.residents.get(uuid=HEAD["uuid"])
    assert (head.is_head, head.sex) == (True, "male")
    assert not Doubt.objects.exists()
    again = send(phone, sent | {"phone": a_note(timedelta(days=5)), "confirmed": False}, key)
    assert (again.status_code, again.json()) == (200, told)
    visit = a_visit(cast, household, phone=a_note())
    assert put(phone, "visit", visit).status_code == 201


def test_the_page_is_where_it_was(cast, phone):
    address = reverse("household_detail", args=[cast.household.uuid])
    assert "Lò Văn Mẫu" in phone.get(address).content.decode()
    assert Client().get(address).status_code == 302
    assert phone.post(address).status_code == 405
    assert phone.delete(address).status_code == 405


def test_sent_again_after_officials_worked_on_it_is_acknowledged(cast, phone):
    key = uuid.uuid4()
    sent = a_household(cast, HEAD, phone=a_note())
    send(phone, sent, key)
    Household.objects.filter(uuid=key).update(number=99, address="Cuối bản")
    move_resident(
        resident=Resident.objects.get(uuid=HEAD["uuid"]), household=cast.household, on=today()
    )
    Assignment.objects.filter(user=cast.leader).update(village=cast.khi)
    answer = send(signed_in(cast.leader), sent, key)
    assert (answer.status_code, answer.json()["number"]) == (200, 99)
    assert Household.objects.filter(uuid=key).count() == 1


def test_other_content_is_a_conflict_and_a_stranger_learns_nothing(cast, phone):
    key = uuid.uuid4()
    send(phone, a_household(cast, HEAD), key)
    answer = send(phone, a_household(cast, HEAD, WIFE), key)
    assert (answer.status_code, answer.json()["label"]) == (409, "003")
    foreign = send(signed_in(cast.neighbour), a_household(cast, village=cast.khi.pk), key)
    assert (foreign.status_code, set(foreign.json())) == (409, {"error", "message"})
    existing = send(phone, a_household(cast), cast.household.uuid)
    assert existing.status_code == 409
    assert not cast.household.residents.filter(full_name="Lò Văn Mới").exists()


@pytest.mark.parametrize("village", ["khi", "far"])
def test_a_foreign_village_looks_like_a_missing_one(cast, phone, village):
    foreign = send(phone, a_household(cast, village=getattr(cast, village).pk))
    missing = send(phone, a_household(cast, village=10**9))
    assert foreign.status_code == missing.status_code == 400
    assert foreign.json() == missing.json()
    assert list(foreign.json()["errors"]) == ["village"]


def test_who_may_be_on_the_list_twice_is_stored_and_noted(cast, phone):
    namesake = {"full_name": "lo van mau", "birth_year": 1961}
    answer = send(phone, a_household(cast, namesake, phone=a_note()))
    assert answer.status_code == 201
    doubt = Doubt.objects.get()
    assert (doubt.kind, doubt.household.number) == (Doubt.Kind.DUPLICATE, 3)
    page = signed_in(cast.official).get(reverse("doubt_list")).content.decode()
    for resident in Resident.objects.filter(name_folded="lo van mau"):
        assert reverse("resident_detail", args=[resident.uuid]) in page
    settle = reverse("doubt_settle", args=[doubt.pk])
    for who, status in (("stranger", 404), ("reader", 403), ("leader", 403)):
        assert signed_in(getattr(cast, who)).get(settle).status_code == status
    assert "Lò Văn Mẫu" in signed_in(cast.official).get(settle).content.decode()
    done = signed_in(cast.official).post(settle, {"settlement": "Hai người khác nhau"})
    assert done.status_code == 302
    assert not Doubt.objects.open().exists()


def test_a_wrong_clock_does_not_lose_the_household(cast, phone):
    in_a_year = (today() + timedelta(days=365)).isoformat()
    note = a_note(timedelta(days=365), recorded=timedelta(0))
    assert send(phone, a_household(cast, since_on=in_a_year, phone=note)).status_code == 201
    assert Household.objects.get(number=3).places.get().from_on == today()


NASTY = [
    None,
    True,
    0,
    -1,
    10**30,
    1.5,
    "",
    " ",
    "\x00",
    "\ud800",
    "x" * 5000,
    "0001-01-01",
    "9999-12-31",
    "2025-02-30",
    [],
    {},
    [[]],
    [{}],
    [{"uuid": []}],
    [{"uuid": "x", "full_name": "Lò", "birth_year": 1990}],
    [{"full_name": "\ud800", "birth_year": 1990}],
    [{"full_name": "Lò", "birth_year": 10**30}],
    [{"full_name": "Lò", "birth_year": "1990"}],
    [{"full_name": "Lò", "birth_year": 1990, "x": 1}],
    [{"full_name": "Lò", "birth_year": 1990}] * 31,
]


FIELDS = ["village", "since_on", "address", "people", "confirmed", "no_such_field", "\ud800"]


@pytest.mark.parametrize("field", FIELDS)
def test_no_value_anywhere_breaks_the_portal(cast, phone, field):
    before = Household.objects.count()
    stored = 0
    for value in NASTY:
        answer = send(phone, a_household(cast) | {field: value})
        assert answer.status_code in {201, 400}, value
        stored += answer.status_code == 201
        if answer.status_code == 400:
            assert all(texts and all(texts) for texts in answer.json()["errors"].values())
    assert Household.objects.count() == before + stored


def test_what_is_no_household_at_all_is_refused_in_words(cast, phone, settings):
    address = reverse("household_detail", args=[uuid.uuid4()])
    for body in (b" ", b"null", b"[]", b"{", b"\xff", b'{"a": 1, "a": 2}', b"[" * 100_000):
        answer = phone.put(address, body, "application/json")
        assert answer.status_code == 400
        assert answer.json()["errors"]
    assert phone.put(address, b"a=b", "application/x-www-form-urlencoded").status_code == 415
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    assert send(phone, a_household(cast)).status_code == 413


def test_somebody_elses_uuid_is_refused(cast, phone):
    taken = str(cast.far_household.residents.get().uuid)
    for people in ([HEAD | {"uuid": taken}], [HEAD, WIFE | {"uuid": HEAD["uuid"]}]):
        answer = send(phone, a_household(cast, *people))
        assert answer.status_code == 400
        assert list(answer.json()["errors"]) == ["people"]
    assert not Resident.objects.filter(full_name="Lò Văn Mới").exists()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_store_one_household(cast):
    key = uuid.uuid4()
    sent = a_household(cast, HEAD, WIFE, phone=a_note())
    answers = at_once(
        [lambda client: send(client, sent, key)] * 20, [signed_in(cast.leader) for _ in range(20)]
    )
    assert connection.vendor == "postgresql"
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.content for answer in answers}) == 1
    assert Household.objects.filter(uuid=key).count() == 1
    assert Resident.objects.filter(household__uuid=key).count() == 2


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_twenty_different_ones_at_once_get_twenty_numbers(cast):
    answers = at_once(
        [lambda client: send(client, a_household(cast, phone=a_note()))] * 20,
        [signed_in(cast.leader) for _ in range(20)],
    )
    assert {answer.status_code for answer in answers} == {201}
    assert sorted(answer.json()["number"] for answer in answers) == list(range(3, 23))
    # All but the first have a namesake in the village by then.
    assert Doubt.objects.filter(kind=Doubt.Kind.DUPLICATE).count() == 19


def test_the_start_page_counts_a_household_to_look_at(cast, phone):
    send(phone, a_household(cast, {"full_name": "Lò Văn Mẫu", "birth_year": 1961}))
    page = signed_in(cast.official).get(reverse("dashboard"), follow=True).content.decode()
    assert reverse("doubt_list") in page
