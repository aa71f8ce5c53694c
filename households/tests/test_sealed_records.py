"""What a phone sealed is taken in once, in the name of its owner, whoever brings it."""

import json
import random
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DataError, OperationalError, connection
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc.jwk import RSAKey

from households.holding import record_held
from households.models import Encounter, HeldRecord, Household
from households.tests.sealing_phone import SealingPhone, seal, visit_to
from households.views import sealed
from villages.models import Assignment, Phone
from villages.periods import today

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(cast):
    return SealingPhone(cast.leader, cast.commune)


@pytest.fixture
def send(client):
    def post(*records, **more):
        body = {"sent_at": timezone.now().isoformat(), "records": list(records)} | more
        answer = client.post(reverse("sealed_records"), body, content_type="application/json")
        assert answer.status_code == 200, answer.content
        assert answer["X-Portal"] == "1"
        return answer.json()["results"]

    return post


def test_it_works(cast, phone, send):
    uuid = uuid4()
    [result] = send(phone.record(visit_to(cast.household), uuid=uuid))
    visit = Encounter.objects.get(uuid=uuid)
    assert result["status"] == "received"
    assert (result["uuid"], result["kind"]) == (str(uuid), "visit")
    assert result["receipt_number"] == visit.receipt
    assert result["version"] == 1
    assert visit.author == cast.leader
    assert visit.people_met.count() == 3
    phone.row.refresh_from_db()
    assert phone.row.last_seen_at is not None


def test_sent_again_it_is_received_with_the_same_receipt(cast, phone, send):
    record = phone.record(visit_to(cast.household))
    [first], [again] = send(record), send(record)
    assert first["receipt_number"] == again["receipt_number"]
    assert again["status"] == "received"
    assert Encounter.objects.count() == 1


def test_one_visit_sealed_twice_is_one_visit(cast, phone, send):
    uuid, said = uuid4(), visit_to(cast.household)
    first, again = send(phone.record(said, uuid=uuid), phone.record(said, uuid=uuid))
    assert first["receipt_number"] == again["receipt_number"]
    assert Encounter.objects.count() == 1


def test_the_author_is_the_phone_s_owner_whatever_session_brings_it(cast, phone, send, client):
    client.force_login(cast.neighbour)
    record = phone.record(visit_to(cast.household))
    [result] = send(record)
    assert result["status"] == "received"
    assert Encounter.objects.get().author == cast.leader


def test_a_household_and_then_its_visit(cast, phone, send):
    home, person = uuid4(), uuid4()
    newly = {
        "village": cast.vi.pk,
        "since_on": today().isoformat(),
        "address": "",
        "people": [{"uuid": str(person), "full_name": "Lò Thị Mới", "birth_year": 1970, "sex": ""}],
        "confirmed": True,
    }
    visit = visit_to(cast.household, household=str(home), people=[], difficulty="away")
    first, second = send(phone.record(newly, kind="household", uuid=home), phone.record(visit))
    assert (first["status"], second["status"]) == ("received", "received")
    household = Household.objects.get(uuid=home)
    assert first["number"] == household.number
    assert household.encounters.count() == 1


def test_a_correction_waits_for_its_visit(cast, phone, send):
    visit = uuid4()
    said = visit_to(cast.household)
    correction = {**said, "note": "Đã gọi lại", "visit": str(visit), "version": 1, "reason": "Sót"}
    records = [phone.record(said, uuid=visit), phone.record(correction, kind="correction")]
    first, second = send(*records)
    assert (first["version"], second["version"]) == (1, 2)
    assert second["uuid"] != first["uuid"]
    assert Encounter.objects.get().note == "Đã gọi lại"
    assert [result["version"] for result in send(*records)] == [2, 2]


def test_one_bad_record_blocks_no_other(cast, phone, send):
    good = [phone.record(visit_to(cast.household)), phone.record(visit_to(cast.second_household))]
    refused = phone.record(visit_to(cast.household, visited_on="2999-01-01"))
    results = send("rubbish", good[0], None, refused, good[1])
    assert [result["status"] for result in results] == [
        "unreadable", "received", "unreadable", "held", "received",
    ]  # fmt: skip
    assert results[3]["reason"] == "refused"
    assert Encounter.objects.count() == 2
    held = HeldRecord.objects.get()
    assert "visited_on" in held.errors
    assert held.village == cast.vi


def held_after(send, record, reason):
    """Send twice; return the one held record."""
    [first], [again] = send(record), send(record)
    assert (first["status"], first["reason"]) == ("held", reason)
    assert again == first
    held = HeldRecord.objects.get()
    assert (held.reason, str(held.uuid)) == (reason, first["uuid"])
    assert not Encounter.objects.exists()
    return held


def test_a_revoked_phone_is_held_not_lost(cast, phone, send):
    Phone.objects.update(revoked_at=timezone.now())
    held = held_after(send, phone.record(visit_to(cast.household)), "revoked_phone")
    assert (held.author, held.village, held.phone) == (cast.leader, cast.vi, phone.row)
    assert held.sent["household"] == str(cast.household.uuid)


def test_a_leader_who_has_gone_is_held_not_lost(cast, phone, send):
    Assignment.objects.filter(user=cast.leader).update(to_on=today() - timedelta(days=1))
    held_after(send, phone.record(visit_to(cast.household)), "no_longer_leader")


def test_a_leader_of_another_village_is_held(cast, send):
    phone = SealingPhone(cast.neighbour, cast.commune)
    held_after(send, phone.record(visit_to(cast.household)), "no_longer_leader")


def test_an_account_that_was_switched_off_is_held(cast, phone, send):
    type(cast.leader).objects.filter(pk=cast.leader.pk).update(is_active=False)
    held_after(send, phone.record(visit_to(cast.household)), "no_longer_leader")


def test_an_account_with_a_phone_cannot_be_deleted(cast, phone):
    """Its unsent visits could no longer be told from anybody's."""
    with pytest.raises(ProtectedError):
        cast.leader.delete()


def test_what_was_received_before_the_phone_was_revoked_stays_received(cast, phone, send):
    record = phone.record(visit_to(cast.household))
    [first] = send(record)
    Phone.objects.update(revoked_at=timezone.now())
    [again] = send(record)
    assert again["receipt_number"] == first["receipt_number"]
    assert not HeldRecord.objects.exists()


def test_a_household_of_another_commune_is_no_household(cast, phone, send):
    held = held_after(send, phone.record(visit_to(cast.far_household)), "refused")
    assert (held.commune, held.village) == (cast.commune, None)


def test_two_contents_of_one_uuid_are_both_kept(cast, phone, send):
    uuid = uuid4()
    said = visit_to(cast.household)
    send(phone.record(said, uuid=uuid))
    other = phone.record({**said, "note": "Khác"}, uuid=uuid)
    [first], [again] = send(other), send(other)
    assert (first["status"], first["reason"]) == ("held", "conflict")
    assert (first, Encounter.objects.get().note) == (again, "")
    third = phone.record({**said, "note": "Khác nữa"}, uuid=uuid)
    assert send(third)[0]["uuid"] == str(uuid)
    assert {held.sent["note"] for held in HeldRecord.objects.all()} == {"Khác", "Khác nữa"}


def test_the_uuid_of_somebody_else_s_visit_tells_nothing(cast, phone, send):
    uuid = uuid4()
    send(phone.record(visit_to(cast.household), uuid=uuid))
    other = SealingPhone(cast.neighbour, cast.commune)
    [result] = send(other.record(visit_to(cast.khi_household), uuid=uuid))
    assert (result["status"], result["reason"]) == ("held", "conflict")
    assert "receipt_number" not in result
    assert Encounter.objects.get().household == cast.household


def test_only_the_phone_that_is_named_can_sign(cast, phone, send):
    other = SealingPhone(cast.neighbour, cast.commune)
    forged = SealingPhone(cast.leader, cast.commune, registered=False)
    forged.uuid = phone.uuid
    said = visit_to(cast.household)
    results = send(
        forged.record(said),
        other.record(said, user=str(cast.leader.pk)),
        seal(other.signed({"typ": "record"}, kid=str(phone.uuid))),
        SealingPhone(cast.leader, cast.commune, registered=False).record(said),
    )
    reasons = [result["reason"] for result in results]
    assert reasons == ["altered", "altered", "altered", "unknown_phone"]
    assert not Encounter.objects.exists()
    assert not HeldRecord.objects.exists()


def test_one_sign_changed_anywhere_makes_it_unreadable(cast, phone, send):
    text = phone.record(visit_to(cast.household))
    chance = random.Random(31)
    signs = "ABCDEFGHabcdefgh0123456789-_."
    spots = set(chance.sample(range(len(text)), 150)) | {0, len(text) - 1}
    spots |= {place + step for place in range(len(text)) if text[place] == "." for step in (-1, 1)}
    changed = []
    for spot in sorted(spots):
        other = chance.choice([sign for sign in signs if sign != text[spot]])
        changed.append(text[:spot] + other + text[spot + 1 :])
    changed += [text[:-1], text + "A", text + "=", text + "\n", " " + text]
    for start in range(0, len(changed), 100):
        for result in send(*changed[start : start + 100]):
            assert result["status"] == "unreadable"
            assert result["uuid"] is None
    assert not Encounter.objects.exists()
    assert send(text)[0]["status"] == "received"


def test_weak_or_unknown_ciphers_are_refused(cast, phone, send):
    said = {"typ": "record", "kind": "visit", "uuid": str(uuid4()), "user": str(cast.leader.pk)}
    signed = phone.signed(said | {"body": visit_to(cast.household)})
    head, payload, _signature = signed.split(".")
    unsigned = "eyJhbGciOiJub25lIn0." + payload + "."
    results = send(
        seal(signed, alg="RSA-OAEP"),
        seal(signed, enc="A128GCM"),
        seal(signed, enc="A128CBC-HS256"),
        seal(signed, zip="DEF"),
        seal(signed, typ="JOSE", jku="https://evil.example/keys"),
        seal(signed, cty="x" * 2000),
        seal(unsigned),
        seal(f"{head}.{payload}."),
        seal(json.dumps(said)),
        signed,
    )
    assert {result["reason"] for result in results} == {"altered"}
    assert send(seal(signed))[0]["status"] == "received"


def test_what_was_sealed_for_another_portal_says_so(cast, phone, send):
    other = RSAKey.generate_key(2048, private=True)
    signed = phone.signed({"typ": "record"})
    [result] = send(seal(signed, key=other, kid=other.thumbprint()))
    assert result["reason"] == "other_portal"
    assert result["message"]


def test_a_record_that_was_recorded_by_an_official_is_received(cast, phone, send):
    record = phone.record(visit_to(cast.household))
    Phone.objects.update(revoked_at=timezone.now())
    held = held_after(send, record, "revoked_phone")
    record_held(held=held, by=cast.official)
    [result] = send(record)
    visit = Encounter.objects.get()
    assert (result["status"], result["receipt_number"]) == ("received", visit.receipt)
    assert (visit.author, visit.typed_by) == (cast.leader, cast.official)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b" ", 400), (b"{", 400), (b"[]", 400), (b"null", 400), (b'"x"', 400), (b"\xff\xfe", 400),
        (b"[" * 3000, 400), (b'{"records": 7}', 400), (b'{"records": {}}', 400),
        (b'{"records": [], "records": []}', 400), (b'{"records": [], "sent_at": NaN}', 400),
        (b'{"records": [], "sent_at": 1e999}', 400),
        (b'{"records": [], "sent_at": "0001-01-01T00:00:00Z"}', 200),
        (b'{"records": [], "sent_at": "9999-12-31T23:59:59-12:00"}', 200),
        (b'{"records": [], "sent_at": "2025-13-45T99:00:00Z"}', 200),
        (b'{"records": [], "sent_at": {"a": 1}}', 200),
        (b'{"records": [null, 1, {}, [], "", "\\u0000", "\\ud83d", "a.b.c.d.e"]}', 200),
        (json.dumps({"records": [""] * 101}).encode(), 413),
        (b'{"records": ["' + b"x" * (2 * 1024 * 1024) + b'"]}', 413),
    ],
)  # fmt: skip
def test_hostile_bodies_are_answered_in_words(client, cast, body, status):
    url = reverse("sealed_records")
    answer = client.generic("POST", url, body, content_type="application/json")
    assert answer.status_code == status
    assert answer["X-Portal"] == "1"
    if status == 200:
        assert all(result["status"] == "unreadable" for result in answer.json()["results"])
    assert client.post(url, {"records": "x"}).status_code == 415
    assert client.get(url).status_code == 405


def test_no_token_is_asked_for(cast, phone):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.neighbour)
    body = {"records": [phone.record(visit_to(cast.household))]}
    answer = strict.post(reverse("sealed_records"), body, content_type="application/json")
    assert answer.json()["results"][0]["status"] == "received"


ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec=None), max_size=20)
    | st.sampled_from(["0001-01-01", "9999-12-31", "\x00", "\ud83d", str(uuid4()), "1e400", "-1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["resident", "outcomes", "x\x00"]), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES = (
    "household", "visited_on", "occasion", "people", "new_people", "unnamed_people", "note",
    "phone", "smart_device", "return_on", "village", "since_on", "address", "visit", "version",
    "reason", "confirmed",
)  # fmt: skip


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    changes=st.dictionaries(st.sampled_from(NAMES), ODD, max_size=5),
    kind=st.sampled_from(["visit", "household", "correction"]),
)
def test_whatever_a_phone_wrote_down_is_received_or_held(cast, phone, send, changes, kind):
    [result] = send(phone.record(visit_to(cast.household, **changes), kind=kind))
    assert result["status"] in {"received", "held"}
    client = Client()
    client.force_login(cast.official)
    if result["status"] == "held":
        held = HeldRecord.objects.latest("pk")
        assert held.settled_at is None
        assert client.get(reverse("held_detail", args=[held.uuid])).status_code == 200
        answer = client.post(reverse("held_record", args=[held.uuid]))
        assert answer.status_code in {302, 400}


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(said=ODD, kid=ODD)
def test_whatever_is_signed_or_sealed_is_answered(cast, phone, send, said, kid):
    texts = [
        seal(json.dumps(said)),
        phone.record(said) if not isinstance(said, dict) else "",
        phone.record({}, uuid=f"x{said}"[:35]),
        phone.record({}, typ=said, kind=said),
        seal(phone.signed({"typ": "record"}, kid=f"{kid}"[:60])),
    ]
    for result in send(*texts):
        assert result["status"] == "unreadable"


@pytest.mark.django_db(transaction=True)
def test_the_same_record_from_twenty_threads_is_one(cast, phone):
    record = phone.record(visit_to(cast.household))
    held = phone.record(visit_to(cast.household, visited_on="2999-01-01"))
    url, start, answers = reverse("sealed_records"), threading.Barrier(20), []

    def post():
        start.wait()
        try:
            sent = {"records": [record, held]}
            answer = Client().post(url, sent, content_type="application/json")
            answers.append(answer.json()["results"])
        finally:
            connection.close()

    threads = [threading.Thread(target=post) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 20
    assert len({first["receipt_number"] for first, _second in answers}) == 1
    assert {second["status"] for _first, second in answers} == {"held"}
    assert Encounter.objects.count() == HeldRecord.objects.count() == 1


def test_a_busy_portal_answers_in_time_and_takes_the_rest_later(cast, phone, send, monkeypatch):
    monkeypatch.setattr(sealed, "LONGEST_WORK", -1)
    homes = (cast.household, cast.second_household)
    records = [phone.record(visit_to(home)) for home in homes]
    first, second = send(*records)
    assert (first["status"], second["status"]) == ("received", "later")
    assert second["uuid"] is None
    assert send(records[1])[0]["status"] == "received"


def test_while_the_database_is_away_nothing_is_acknowledged(cast, phone):
    """503: the phone keeps everything and asks again."""

    def away(*_statement):
        raise OperationalError("the database is away")

    body = {"records": [phone.record(visit_to(cast.household))]}
    client = Client(raise_request_exception=False)
    with connection.execute_wrapper(away):
        answer = client.post(reverse("sealed_records"), body, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]) == (503, "unavailable")
    assert answer["Retry-After"]


def test_a_mistake_of_ours_holds_the_record_and_names_nobody(cast, phone, send, caplog):
    """What breaks over one record stops neither that record nor the next."""

    def broken(execute, sql, params, many, context):
        if sql.startswith("INSERT") and "households_encounter" in sql and "Kanari" in str(params):
            raise DataError(f"cannot store {params}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(broken):
        first, second = send(
            phone.record(visit_to(cast.household, note="Kanari")),
            phone.record(visit_to(cast.second_household)),
        )
    assert (first["status"], second["status"]) == ("held", "received")
    assert HeldRecord.objects.get().sent["note"] == "Kanari"
    assert "DataError" in caplog.text
    assert "Kanari" not in caplog.text
