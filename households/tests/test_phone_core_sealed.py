"""What a real phone seals, a real server opens: without a session, from a file, after a refusal."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from households.models import Encounter, HeldRecord, Household
from households.tests.test_phone_core import PIN, visit_of
from portal.testing.browser import PHONE
from portal.testing.field import OPENED, FieldPhone
from villages.models import Phone
from villages.periods import today

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RESCUE = (
    OPENED
    + """
    const file = await (await at("seal")).rescueFile(entry.user);
    return [file.name, await file.text()];
}"""
)


@pytest.fixture
def phone(cast, screen):
    """The leader's phone, signed in, its vault open, its key known to the server."""
    phone = FieldPhone(screen.open(user=cast.leader, size=PHONE), cast.leader)
    phone.prepare(PIN)
    return phone


def end_session(phone):
    phone.page.context.clear_cookies()


def household_of(cast):
    person = {"uuid": "6f1c1d1e-6f0e-4a63-9a39-8d2a6d8f2b11", "full_name": "Vàng Thị Mới"}
    return {
        "village": cast.vi.pk,
        "since_on": today().isoformat(),
        "address": "",
        "people": [{**person, "birth_year": 1990, "sex": "female"}],
        "confirmed": True,
    }


@pytest.mark.parametrize("session", ["signed in", "signed out"])
def test_a_household_goes_before_its_visit_and_its_correction(cast, phone, screen, session):
    household = phone.add(household_of(cast), kind="household", title="Hộ mới")
    resident = {"resident": household["body"]["people"][0]["uuid"], "outcomes": {"vneid": "alone"}}
    about = {"household": household["uuid"], "people": [resident]}
    visit = phone.add(visit_of(cast, **about), after=[household["uuid"]])
    # As after an attempt whose end is not known: the change has to be a correction.
    phone.change(visit["uuid"], {"attempts": 1})
    change = visit_of(cast, **about, note="Đã sửa", reason="Ghi thiếu")
    correction = phone.outbox("edit", visit["uuid"], change)
    assert correction["after"] == [visit["uuid"]]
    phone.let_go()
    if session == "signed out":
        end_session(phone)
    tally = phone.send()
    assert (tally["received"], tally["left"]) == (3, 0), [
        (entry["kind"], entry["problem"]) for entry in phone.outbox("list", phone.user)
    ]
    kept = Household.objects.get(uuid=household["uuid"])
    assert kept.residents.get().full_name == "Vàng Thị Mới"
    assert Encounter.objects.get(uuid=visit["uuid"]).note == "Đã sửa"
    if session == "signed out":
        screen.expect_problem("401")


def test_a_lost_reply_and_then_an_ended_session_make_one_visit(cast, phone, screen):
    saved = phone.add(visit_of(cast))
    phone.let_go()

    def lose_the_reply(route):
        route.fetch()
        route.abort()

    phone.page.route("**/households/visits/*/", lose_the_reply)
    assert phone.send()["left"] == 1
    visit = Encounter.objects.get(uuid=saved["uuid"])
    end_session(phone)
    assert phone.send(force=True)["received"] == 1
    assert phone.entry(saved["uuid"])["receipt_number"] == visit.receipt
    assert Encounter.objects.count() == 1
    screen.problems.clear()


def test_a_rescue_file_and_the_phone_itself_make_one_visit(cast, phone, client, screen):
    saved = [phone.add(visit_of(cast)), phone.add(household_of(cast), kind="household")]
    name, text = phone.page.evaluate(RESCUE, {"user": phone.user})
    client.force_login(cast.official)
    client.post(reverse("rescue_upload"), {"file": SimpleUploadedFile(name, text.encode())})
    visit = Encounter.objects.get(uuid=saved[0]["uuid"])
    assert visit.author == cast.leader
    phone.let_go()
    assert phone.send()["received"] == 2
    assert phone.entry(str(visit.uuid))["receipt_number"] == visit.receipt
    assert Encounter.objects.count() == 1


def test_a_number_with_other_content_asks_and_can_be_handed_over(cast, phone, screen):
    other = FieldPhone(screen.open(user=cast.leader, size=PHONE), cast.leader)
    other.prepare(PIN)
    first = other.add(visit_of(cast, note="Một"))
    other.let_go()
    other.send()
    entry = {"user": phone.user, "kind": "visit", "body": visit_of(cast, note="Hai")}
    phone.outbox("add", {**entry, "uuid": first["uuid"]})
    phone.let_go()
    assert phone.send()["review"] == 1
    assert phone.entry(first["uuid"])["problem"]["kind"] == "conflict"
    assert phone.entry(first["uuid"])["sealed"]
    screen.expect_problem("409")
    phone.outbox("handOver", first["uuid"])
    phone.send(force=True)
    assert phone.entry(first["uuid"])["state"] == "held"
    assert HeldRecord.objects.get().sent["note"] == "Hai"
    assert Encounter.objects.get().note == "Một"


def test_a_revoked_phone_still_delivers_and_begins_anew(cast, phone, screen):
    phone.add(visit_of(cast))
    phone.let_go()
    Phone.objects.update(revoked_at=timezone.now() - timedelta(days=1))
    assert phone.send()["held"] == 1
    before = phone.module("vault", "registration", phone.user)["uuid"]
    screen.sign_in(phone.page.context, cast.leader)
    phone.add(visit_of(cast, note="Sau"))
    phone.let_go()
    assert phone.send(force=True)["received"] == 1
    assert phone.module("vault", "registration", phone.user)["uuid"] != before
    assert Phone.objects.trusted().count() == 1
    screen.problems.clear()


def test_a_phone_that_the_server_does_not_know_keeps_its_records(cast, phone, screen):
    saved = phone.add(visit_of(cast))
    phone.let_go()
    Phone.objects.all().delete()
    end_session(phone)
    assert phone.send()["left"] == 1
    entry = phone.entry(saved["uuid"])
    assert entry["sealed"]
    assert entry["problem"] == {"kind": "unreadable", "reason": "unknown_phone"}
    screen.sign_in(phone.page.context, cast.leader)
    assert phone.send(force=True)["received"] == 1, "greeting the server makes it known again"
    screen.problems.clear()


def test_a_new_key_of_the_server_is_sealed_for(cast, phone, settings, screen):
    saved = phone.add(visit_of(cast))
    phone.let_go()
    new = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    settings.SEALING_KEY = new.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    ).decode()
    end_session(phone)
    assert phone.send()["left"] == 1
    assert phone.entry(saved["uuid"])["problem"]["reason"] == "other_portal"
    screen.sign_in(phone.page.context, cast.leader)
    phone.module("api", "hello")
    end_session(phone)
    assert phone.send(force=True)["received"] == 1
    screen.problems.clear()
