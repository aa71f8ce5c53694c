"""Whatever a phone sends, in the open or sealed, nothing breaks and nobody else is touched."""

import json
import random
from copy import deepcopy
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from joserfc.jwk import ECKey

from households.models import HeldRecord
from households.tests.sealing_phone import SealingPhone, visit_to
from villages.periods import today

# On PostgreSQL, which is the pickier of the two about what it stores.
pytestmark = pytest.mark.once

HOSTILE = (
    None, True, 0, -1, 1.5, 1e308, 2**31, 2**63, 10**4000, "", " ", "\x00", "a\x00b", "\ud83d",
    "0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00",
    "2025-02-31", "x" * 5000, "\u202e", "\u0661", "=1+1", "<img onerror=alert(1)>", "{{ 7*7 }}",
    "00000000-0000-0000-0000-000000000000", [], [[]], [None], ["\x00"], {}, {"\x00": "\ud83d"},
    {"uuid": {"uuid": []}},
)  # fmt: skip
MOMENT = "2025-10-31T08:00:00Z"
BROKEN = (
    b"{", b"[]", b"null", b"\xff\xfe", b'"x"', b"NaN", b'{"a": Infinity}', b'{"a": 1e999}',
    b'{"household": "a", "household": "b"}', b"[" * 100_000, b'{"a":' * 5000, b"1" * 5000,
    b'{"public_key": {"kty": "EC"}, "public_key": 1}', b'{"people": ' + b"[" * 900 + b"]" * 900
    + b"}",
)  # fmt: skip


def places_in(value, path=()):
    """Every place in nested JSON, the outermost first."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for name, entry in inner if isinstance(value, dict | list) else ():
        yield from (
            places_in(entry, (*path, name)) if isinstance(entry, dict | list) else [(*path, name)]
        )


def with_instead(said, path, value):
    said = deepcopy(said)
    place = said
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return said


def odd_versions(said, each):
    """The record with one value replaced, some odd values for each place."""
    chance = random.Random(2025)
    for place in list(places_in(said))[1:]:
        for value in chance.sample(HOSTILE, each):
            yield place, value, with_instead(said, place, value)


def said_of(cast):
    """A right body for each kind of record, with everything in it that can stand in one."""
    note = {
        "recorded_at": MOMENT, "sent_at": MOMENT, "known_until": MOMENT, "corrected_by": 0,
    }  # fmt: skip
    new = {"uuid": str(uuid4()), "full_name": "Lò Thị Mới", "birth_year": 1990, "sex": "female"}
    visit = visit_to(
        cast.household,
        new_people=[{**new, "outcomes": {"vneid": "alone"}, "confirmed": True}],
        new_people_confirmed=False,
        unnamed_people=1,
        smart_device=True,
        connection="mobile",
        difficulty="",
        language="thai",
        return_on=None,
        note="",
        phone=note,
    )
    household = {
        "village": cast.vi.pk,
        "since_on": today().isoformat(),
        "address": "",
        "people": [new],
        "confirmed": True,
        "phone": note,
    }
    return {
        "visit": visit,
        "household": household,
        "correction": visit | {"reason": "Nhầm", "version": 1},
    }


@pytest.fixture
def browser(cast):
    browser = Client(raise_request_exception=False)
    browser.force_login(cast.leader)
    return browser


@pytest.fixture
def addresses(cast, browser):
    """Where each kind is put; the visit to be corrected exists."""
    visit = reverse("visit", args=[uuid4()])
    said = visit_to(cast.household)
    assert browser.put(visit, said, content_type="application/json").status_code == 201
    return {
        "visit": lambda: reverse("visit", args=[uuid4()]),
        "household": lambda: reverse("household_detail", args=[uuid4()]),
        "correction": lambda: f"{visit}correct/",
        "phone": lambda: reverse("phone_registration", args=[uuid4()]),
    }


def put(browser, address, body):
    with transaction.atomic():
        answer = browser.put(address, body, content_type="application/json")
        transaction.set_rollback(True)
    return answer


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["visit", "household", "correction"])
def test_a_record_with_one_odd_value_is_stored_or_refused(cast, browser, addresses, kind):
    said = said_of(cast)[kind]
    fine = put(browser, addresses[kind](), json.dumps(said))
    assert fine.status_code in {200, 201}, fine.content
    broken = []
    for place, value, odd in odd_versions(said, 1):
        answer = put(browser, addresses[kind](), json.dumps(odd))
        if answer.status_code not in {200, 201, 400, 404, 409}:
            broken.append((place, str(value)[:40], answer.status_code))
    assert not broken, broken[:10]


@pytest.mark.django_db
def test_a_registration_with_one_odd_value_is_kept_or_refused(browser, addresses):
    said = {"public_key": ECKey.generate_key("P-256").as_dict(private=False), "name": "Chrome"}
    assert put(browser, addresses["phone"](), json.dumps(said)).status_code == 201
    broken = []
    for place, value, odd in odd_versions(said, 6):
        answer = put(browser, addresses["phone"](), json.dumps(odd))
        if answer.status_code not in {200, 201, 400}:
            broken.append((place, str(value)[:40], answer.status_code))
    assert not broken, broken[:10]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["visit", "household", "correction", "phone"])
def test_what_is_no_record_is_refused(browser, addresses, kind):
    for body in BROKEN:
        assert put(browser, addresses[kind](), body).status_code in {400, 413}, body[:40]


@pytest.mark.django_db
def test_sealed_with_one_odd_value_it_is_stored_or_held(cast, client):
    phone = SealingPhone(cast.leader, cast.commune)
    said = said_of(cast)
    visit = uuid4()
    said["correction"]["visit"] = str(visit)
    records = [phone.record(visit_to(cast.household), uuid=visit)]
    for kind, body in said.items():
        records += [phone.record(odd, kind=kind) for *_what, odd in odd_versions(body, 1)]
    found = set()
    client.raise_request_exception = False
    for start in range(0, len(records), 50):
        sent = {"sent_at": MOMENT, "records": records[start : start + 50]}
        answer = client.post(reverse("sealed_records"), sent, content_type="application/json")
        assert answer.status_code == 200
        found |= {result["status"] for result in answer.json()["results"]}
    assert found == {"received", "held"}
    assert not HeldRecord.objects.filter(errors__has_key="__all__").exists()


@pytest.mark.django_db
def test_what_is_no_batch_is_refused(client):
    client.raise_request_exception = False
    for body in (*BROKEN, b'{"records": 1}', b'{"records": {}}', b'{"sent_at": "x"}'):
        answer = client.post(reverse("sealed_records"), body, content_type="application/json")
        assert answer.status_code == 400, body[:40]
    odd = {"sent_at": "0001-01-01T00:00:00Z", "records": [1, None, "", "\x00", "a.b.c.d.e", []]}
    answer = client.post(reverse("sealed_records"), odd, content_type="application/json")
    assert {result["reason"] for result in answer.json()["results"]} == {"altered"}
