"""A visit stored by a phone: once, whatever is sent how often, and refused in words."""

import json
import threading
import uuid
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from households.models import Doubt, Encounter, PersonMet, Resident, SkillCheck
from villages.periods import today

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def phone(cast):
    """The leader's phone, signed in."""
    return signed_in(cast.leader)


def signed_in(user, **options):
    client = Client(**options)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def a_visit(cast, **changes):
    head = cast.household.residents.get(is_head=True)
    return {
        "household": str(cast.household.uuid),
        "visited_on": today().isoformat(),
        "occasion": "home_visit",
        "people": [{"resident": str(head.uuid), "outcomes": {"vneid": "alone"}, "confirmed": True}],
        "smart_device": True,
        "connection": "mobile",
        "note": "Đã cài VNeID",
    } | changes


def put(client, visit, key=None, **headers):
    address = reverse("visit", args=[key or uuid.uuid4()])
    return client.put(address, json.dumps(visit), "application/json", headers=headers)


def put_form(client, fields, key=None, content_type=FORM):
    address = reverse("visit", args=[key or uuid.uuid4()])
    return client.put(address, urlencode(fields, doseq=True), content_type)


def test_it_works(cast, phone):
    key = uuid.uuid4()
    answer = put(phone, a_visit(cast), key)
    assert answer.status_code == 201
    visit = Encounter.objects.get()
    assert answer.json() == {
        "uuid": str(key),
        "receipt_number": visit.receipt,
        "received_at": visit.received_at.isoformat(),
        "version": 1,
        "voided": False,
    }
    assert (visit.author, visit.typed_by, visit.village) == (cast.leader, None, cast.vi)
    assert visit.note == "Đã cài VNeID"
    assert PersonMet.objects.get().resident.is_head
    assert SkillCheck.objects.get().outcome == "alone"
    cast.household.refresh_from_db()
    assert cast.household.smart_device is True


def test_the_same_visit_again_is_acknowledged_and_not_stored(cast, phone):
    key = uuid.uuid4()
    visit = a_visit(cast, new_people=[{"full_name": "Lò Thị Mới", "birth_year": 2000}])
    first = put(phone, visit, key)
    again = put(phone, visit, key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Encounter.objects.count() == 1
    assert cast.household.residents.count() == 4


def test_form_fields_and_json_are_the_same_content(cast, phone):
    key = uuid.uuid4()
    head = cast.household.residents.get(is_head=True)
    fields = {
        "household": cast.household.uuid,
        "visited_on": today().isoformat(),
        "occasion": "home_visit",
        "met": [head.uuid],
        "confirmed": [head.uuid],
        f"outcome-{head.uuid}-vneid": "alone",
        "smart_device": "yes",
        "connection": "mobile",
        "note": "Đã cài VNeID",
    }
    assert put_form(phone, fields, key).status_code == 201
    assert put(phone, a_visit(cast), key).status_code == 200


def test_other_content_under_the_same_uuid_is_a_conflict(cast, phone):
    key = uuid.uuid4()
    put(phone, a_visit(cast), key)
    answer = put(phone, a_visit(cast, note="khác"), key)
    assert answer.status_code == 409
    assert answer.json()["receipt_number"] == Encounter.objects.get().receipt
    assert Encounter.objects.get().note == "Đã cài VNeID"


def test_a_uuid_of_another_village_is_a_conflict_without_any_detail(cast, phone):
    key = uuid.uuid4()
    other = signed_in(cast.neighbour)
    theirs = {
        "household": str(cast.khi_household.uuid),
        "visited_on": today().isoformat(),
        "occasion": "home_visit",
        "difficulty": "away",
    }
    assert put(other, theirs, key).status_code == 201
    answer = put(phone, a_visit(cast), key)
    assert answer.status_code == 409
    assert set(answer.json()) == {"error", "message"}
    assert phone.get(reverse("visit", args=[key])).status_code == 404


def test_a_household_of_somebody_else_looks_like_a_missing_one(cast, phone):
    foreign = put(phone, a_visit(cast, household=str(cast.khi_household.uuid)))
    missing = put(phone, a_visit(cast, household=str(uuid.uuid4())))
    assert foreign.status_code == missing.status_code == 400
    assert foreign.json() == missing.json()
    assert list(foreign.json()["errors"]) == ["household", "people"]


def test_signed_out_phones_hear_401_before_anything_else(cast):
    for client in (Client(), Client(enforce_csrf_checks=True)):
        answer = put(client, a_visit(cast))
        assert answer.status_code == 401
        assert answer.json()["error"] == "signed_out"
    page = Client().get(reverse("visit", args=[uuid.uuid4()]))
    assert page.status_code == 302
    script = Client().get(reverse("visit", args=[uuid.uuid4()]), headers={"accept": FORM})
    assert script.status_code == 302


def test_readers_and_requests_without_a_token_are_refused(cast):
    assert put(signed_in(cast.reader), a_visit(cast)).status_code == 403
    guarded = signed_in(cast.leader, enforce_csrf_checks=True)
    answer = put(guarded, a_visit(cast))
    assert (answer.status_code, answer.json()["error"]) == (403, "form_expired")
    guarded.get(reverse("visit_form"), {"household": cast.household.uuid})
    token = guarded.cookies["csrftoken"].value
    address = reverse("visit", args=[uuid.uuid4()])
    sent = guarded.put(
        address,
        json.dumps(a_visit(cast)),
        "application/json",
        headers={"X-CSRFToken": token},
    )
    assert sent.status_code == 201


@pytest.mark.parametrize("who", ["official", "admin", "leader"])
def test_everybody_who_writes_here_may_store(cast, who):
    assert put(signed_in(getattr(cast, who)), a_visit(cast)).status_code == 201


@pytest.mark.parametrize("who", ["stranger", "stranger_leader", "neighbour"])
def test_nobody_from_elsewhere_may_store(cast, who):
    answer = put(signed_in(getattr(cast, who)), a_visit(cast))
    assert answer.status_code == 400
    assert "household" in answer.json()["errors"]
    assert not Encounter.objects.exists()


def test_a_second_visit_on_one_day_is_kept_and_noted(cast, phone):
    put(phone, a_visit(cast))
    assert put(phone, a_visit(cast)).status_code == 201
    assert Doubt.objects.get().kind == Doubt.Kind.SAME_DAY


def test_a_corrected_visit_sent_again_in_its_first_form_is_acknowledged(cast, phone):
    from households.forms.visit import VisitForm
    from households.recording import correct_visit
    from households.visit_content import guidance_of, read_json

    key = uuid.uuid4()
    put(phone, a_visit(cast), key)
    visit = Encounter.objects.get()
    form = VisitForm(
        read_json(json.dumps(a_visit(cast, note="sửa"))), user=cast.leader, known=visit
    )
    assert form.is_valid()
    correct_visit(encounter=visit, guidance=guidance_of(form, key), reason="nhầm", by=cast.leader)
    answer = put(phone, a_visit(cast), key)
    assert (answer.status_code, answer.json()["version"]) == (200, 2)


def test_a_visit_sent_again_after_its_people_have_moved_is_acknowledged(cast, phone):
    from households.residence import move_household, move_resident

    key = uuid.uuid4()
    visit = a_visit(cast)
    put(phone, visit, key)
    head = cast.household.residents.get(is_head=True)
    move_resident(resident=head, household=cast.second_household, on=today())
    move_household(household=cast.household, village=cast.khi, on=today())
    Encounter.objects.update(village=cast.vi)
    assert put(phone, visit, key).status_code == 200


def test_the_page_and_the_json_of_a_visit(cast, phone):
    key = uuid.uuid4()
    put(phone, a_visit(cast), key)
    address = reverse("visit", args=[key])
    for who in (cast.leader, cast.official, cast.reader, cast.admin):
        client = signed_in(who)
        page = client.get(address)
        assert page.status_code == 200
        assert Encounter.objects.get().receipt in page.content.decode()
        told = client.get(address, headers={"accept": "application/json"}).json()
        assert told["note"] == "Đã cài VNeID"
        assert told["people"][0]["outcomes"] == {"vneid": "alone"}
    for who in (cast.neighbour, cast.stranger, cast.stranger_leader):
        assert signed_in(who).get(address).status_code == 404


NASTY = [
    None,
    True,
    0,
    -1,
    10**30,
    1e308,
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ufffd",
    "\ud800",
    "x" * 5000,
    "0001-01-01",
    "9999-12-31",
    "2025-02-30",
    "NaN",
    "١٢٣",
    "'; drop table --",
    "{{ 7 }}<script>",
    [],
    [[]],
    ["home_visit"],
    {},
    {"a": {"b": []}},
    [{"resident": []}],
    [{"resident": "x", "outcomes": []}],
    [{"resident": "x", "outcomes": {"vneid": []}}],
    [{"resident": "\ud800", "outcomes": {"\ud800": "\x00"}, "confirmed": 1}],
    [{"full_name": [], "birth_year": {}}],
    [{"full_name": "Lò", "birth_year": 10**30}],
    [{"full_name": "Lò", "birth_year": 1850}],
    [{"full_name": "\ud800\ud800", "birth_year": 1990}],
    [{}],
    [{}] * 500,
]
FIELDS = [
    "household",
    "visited_on",
    "occasion",
    "people",
    "new_people",
    "new_people_confirmed",
    "unnamed_people",
    "smart_device",
    "connection",
    "difficulty",
    "language",
    "return_on",
    "note",
    "no_such_field",
    "\ud800",
]


@pytest.mark.parametrize("field", FIELDS)
def test_no_value_anywhere_breaks_the_portal(cast, phone, field):
    stored = 0
    for value in NASTY:
        answer = put(phone, a_visit(cast, **{field: value}))
        assert answer.status_code in {200, 201, 400}, (field, value)
        if answer.status_code == 400:
            errors = answer.json()["errors"]
            assert errors
            assert all(texts and all(texts) for texts in errors.values())
        else:
            stored += 1
    assert Encounter.objects.count() == stored
    fields = {"household": str(cast.household.uuid), "occasion": "home_visit"}
    for value in NASTY:
        if isinstance(value, str) and "\ud800" not in value and "\ud800" not in field:
            answer = put_form(phone, fields | {field: value, f"outcome-{value}-x": value})
            assert answer.status_code in {201, 400}, (field, value)


BODIES = [
    b" ",
    b"null",
    b"[]",
    b"{",
    b"\xff\xfe",
    b'{"note": "\xff"}',
    b'{"note": "a", "note": "b"}',
    b'{"unnamed_people": 1e999}',
    b'{"unnamed_people": NaN}',
    b'{"unnamed_people": ' + b"9" * 6000 + b"}",
    b"[" * 100_000,
    b'{"people": ' + b'[{"outcomes": ' * 5000,
]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_what_is_no_visit_at_all_is_refused_in_words(cast, phone, body):
    answer = phone.put(reverse("visit", args=[uuid.uuid4()]), body, "application/json")
    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_other_types_and_too_much(cast, phone, settings):
    for content_type in ("text/plain", "multipart/form-data; boundary=x", "text/html", ""):
        assert put_form(phone, {}, content_type=content_type).status_code == 415
    assert put_form(phone, {"note": b"\xff\xfe\x00"}).status_code == 400
    assert put_form(phone, {f"f{n}": n for n in range(3000)}).status_code == 400
    big = a_visit(cast, note="x" * 10_000_000)
    answer = put(phone, big)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["note"]
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert put(phone, big).status_code == 413
    address = reverse("visit", args=[uuid.uuid4()])
    for method in ("post", "delete", "patch"):
        assert getattr(phone, method)(address).status_code == 405


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("visited_on", (today() + timedelta(days=4)).isoformat()),
        ("visited_on", "2000-01-01"),
        ("return_on", "2000-01-01"),
        ("return_on", (today() + timedelta(days=500)).isoformat()),
        ("occasion", "training_session"),
        ("people", []),
        ("unnamed_people", 501),
        ("note", "x" * 2001),
        ("new_people", [{"full_name": "Lò Văn Mẫu", "birth_year": 1961}]),
        ("new_people", [{"full_name": "Lò", "birth_year": 1999}] * 2),
        ("new_people", [{"full_name": "Lò", "birth_year": 1899}]),
        ("new_people", [{"full_name": "12", "birth_year": 1999}]),
        ("new_people", [{"full_name": "Lò", "birth_year": 1999, "sex": "x"}]),
        ("new_people", [{"full_name": "Lò", "birth_year": 1999, "outcomes": {"x": "alone"}}]),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(cast, phone, field, value):
    assert put(phone, a_visit(cast)).status_code == 201
    answer = put(phone, a_visit(cast, **{field: value}))
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


def test_a_namesake_is_added_when_that_is_said(cast, phone):
    namesake = [{"full_name": "lo  van MẪU", "birth_year": 1961}]
    answer = put(phone, a_visit(cast, new_people=namesake, new_people_confirmed=True))
    assert answer.status_code == 201
    assert Resident.objects.filter(birth_year=1961).count() == 2


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_twenty_phones_at_once_store_one_visit(cast):
    key = uuid.uuid4()
    visit = a_visit(cast, new_people=[{"full_name": "Lò Thị Mới", "birth_year": 2000}])
    clients = [signed_in(cast.leader) for _ in range(20)]
    start = threading.Barrier(20)
    answers = []

    def send(client):
        start.wait()
        try:
            answers.append(put(client, visit, key))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert connection.vendor == "postgresql"
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["receipt_number"] for answer in answers}) == 1
    assert Encounter.objects.count() == 1
    assert cast.household.residents.count() == 4
