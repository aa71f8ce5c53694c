"""A phone that the commune signs out reads nothing from the next request on."""

from uuid import uuid4

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from joserfc.jwk import ECKey

from villages.cards import issue_card, withdraw_card
from villages.models import Phone
from villages.phones import bind_phone, revoke_phone

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SCRIPT = {"accept": "application/json"}
SIXTY_DAYS, FORTNIGHT = 60 * 60 * 24 * 60, 60 * 60 * 24 * 14


@pytest.fixture
def on_phone(cast, client):
    """The leader, signed in on a registered phone."""
    cast.phone = Phone.objects.create(
        commune=cast.commune, user=cast.leader, name="Chrome, Android", public_key={"kty": "EC"}
    )
    client.force_login(cast.leader)
    session = client.session
    session["phone"] = str(cast.phone.uuid)
    session.save()
    cast.visit = reverse("visit", args=["00000000-0000-0000-0000-000000000009"])
    return cast


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_it_works(client, on_phone):
    assert client.get(reverse("my_village")).status_code == 200
    revoke_phone(phone=on_phone.phone, by=on_phone.official)
    refused = client.get(reverse("my_village"))
    assert refused.status_code == 302
    assert refused["Location"].startswith(reverse("sign_in"))
    assert not is_signed_in(client)
    assert "đăng xuất" in client.get(refused["Location"]).content.decode()


@pytest.mark.parametrize("method", ["get", "put"])
def test_a_script_hears_signed_out(client, on_phone, method):
    revoke_phone(phone=on_phone.phone, by=on_phone.official)
    answer = getattr(client, method)(on_phone.visit, headers=SCRIPT)
    assert answer.status_code == 401
    assert answer.json()["error"] == "signed_out"
    assert answer["X-Portal"] == "1"
    assert not is_signed_in(client)


def test_a_preloaded_greeting_hears_it_too(client, on_phone):
    revoke_phone(phone=on_phone.phone, by=on_phone.official)
    answer = client.get(reverse("phone_hello"), headers={"accept": "*/*"})
    assert answer.status_code == 401
    assert answer.json()["error"] == "signed_out"


def test_a_phone_that_is_deleted_is_signed_out(client, on_phone):
    on_phone.phone.delete()
    assert client.get(reverse("my_village")).status_code == 302


def test_a_switched_off_account_is_signed_out(client, on_phone):
    on_phone.leader.is_active = False
    on_phone.leader.save()
    assert client.get(on_phone.visit, headers=SCRIPT).status_code == 401
    assert not is_signed_in(client)


def test_another_phone_of_the_same_person_goes_on(client, on_phone):
    other = Phone.objects.create(commune=on_phone.commune, user=on_phone.leader, public_key={})
    revoke_phone(phone=other, by=on_phone.leader)
    assert client.get(reverse("my_village")).status_code == 200


def test_a_new_number_does_not_save_the_session_of_a_revoked_phone(client, on_phone):
    key = ECKey.generate_key("P-256").as_dict(private=False)
    for _another in range(2):
        address = reverse("phone_registration", args=[uuid4()])
        sent = client.put(address, {"public_key": key}, content_type="application/json")
        assert sent.status_code == 201
    assert client.get(reverse("my_village")).status_code == 200
    revoke_phone(phone=on_phone.phone, by=on_phone.official)
    assert client.get(reverse("phone_package"), headers=SCRIPT).status_code == 401
    assert not is_signed_in(client)


def test_a_session_opened_by_a_card_ends_with_the_card(client, cast):
    card, code = issue_card(user=cast.leader, commune=cast.commune, by=cast.official)
    client.post(reverse("card_sign_in", args=[card.pk, code]))
    assert client.get(reverse("my_village")).status_code == 200
    withdraw_card(card=card)
    assert client.get(reverse("my_village")).status_code == 302
    assert not is_signed_in(client)


def test_a_newer_card_leaves_the_phone_of_the_used_one_signed_in(client, cast):
    card, code = issue_card(user=cast.leader, commune=cast.commune, by=cast.official)
    client.post(reverse("card_sign_in", args=[card.pk, code]))
    issue_card(user=cast.leader, commune=cast.commune, by=cast.official)
    assert client.get(reverse("my_village")).status_code == 200


def test_a_phone_whose_card_was_withdrawn_works_again_with_a_newer_card(client, on_phone):
    first, code = issue_card(user=on_phone.leader, commune=on_phone.commune, by=on_phone.official)
    client.post(reverse("card_sign_in", args=[first.pk, code]))
    on_phone.phone.card = first
    on_phone.phone.save()
    assert client.session["phone"] == str(on_phone.phone.uuid)
    withdraw_card(card=first)
    assert client.get(reverse("my_village")).status_code == 302
    newer, code = issue_card(user=on_phone.leader, commune=on_phone.commune, by=on_phone.official)
    client.post(reverse("card_sign_in", args=[newer.pk, code]))
    session = client.session
    session["phone"] = str(on_phone.phone.uuid)
    session.save()
    assert client.get(reverse("my_village")).status_code == 200


def test_it_is_logged_who_signed_a_phone_out_and_never_its_key(client, on_phone):
    client.force_login(on_phone.official)
    client.post(reverse("phone_revoke", args=[on_phone.phone.uuid]))
    entry = LogEntry.objects.get_for_object(on_phone.phone).first()
    assert entry.actor == on_phone.official
    assert "revoked_at" in entry.changes
    every = LogEntry.objects.get_for_object(on_phone.phone)
    assert not [one for one in every if "public_key" in one.changes]


@pytest.mark.parametrize("who", ["neighbour", "stranger", "stranger_leader", "reader"])
def test_nobody_else_signs_a_phone_out(client, on_phone, who):
    client.force_login(getattr(on_phone, who))
    url = reverse("phone_revoke", args=[on_phone.phone.uuid])
    assert client.post(url).status_code in {403, 404}
    on_phone.phone.refresh_from_db()
    assert on_phone.phone.revoked_at is None


def test_signing_out_twice_keeps_the_first_name(on_phone):
    revoke_phone(phone=on_phone.phone, by=on_phone.leader)
    assert revoke_phone(phone=on_phone.phone, by=on_phone.official).revoked_by == on_phone.leader


def test_it_costs_one_query_and_only_a_session_with_a_phone(on_phone):
    def queries_of(client):
        page = reverse("password_change_done")
        client.get(page)
        with CaptureQueriesContext(connection) as captured:
            client.get(page)
        return len(captured)

    plain, bound = Client(), Client()
    for client in (plain, bound):
        client.force_login(on_phone.leader)
    session = bound.session
    session["phone"] = str(on_phone.phone.uuid)
    session.save()
    assert queries_of(bound) == queries_of(plain) + 1


def test_an_official_keeps_a_fortnight_on_a_registered_phone(rf, client, cast):
    for user, age in ((cast.official, FORTNIGHT), (cast.leader, SIXTY_DAYS)):
        client.force_login(user)
        request = rf.get("/")
        request.user, request.session = user, client.session
        bind_phone(request, Phone.objects.create(commune=cast.commune, user=user, public_key={}))
        assert request.session.get_expiry_age() == age
