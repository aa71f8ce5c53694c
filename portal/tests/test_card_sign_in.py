"""Scanning a card: a look burns nothing, the button signs in once, a dead card says why."""

import logging

import pytest
from axes.models import AccessAttempt, AccessLog
from django.test import Client
from django.urls import reverse

from villages.cards import issue_card, withdraw_card
from villages.models import SignInCard

pytestmark = pytest.mark.django_db
SIXTY_DAYS = 60 * 60 * 24 * 60
ZALO = "Mozilla/5.0 (Linux; Android 11; wv) AppleWebKit/537.36 Chrome/130 Mobile Zalo/24.1"
CHROME = "Mozilla/5.0 (Linux; Android 11) AppleWebKit/537.36 Chrome/130 Mobile Safari/537.36"


@pytest.fixture
def scanned(cast):
    """The leader's card, its code and the address in its picture."""
    cast.card, cast.code = issue_card(user=cast.leader, commune=cast.commune, by=cast.official)
    cast.address = reverse("card_sign_in", args=[cast.card.pk, cast.code])
    return cast


def signed_in_as(client):
    return client.session.get("_auth_user_id")


def test_it_works(client, scanned):
    shown = client.get(scanned.address)
    assert "Lò Thị Tổ Trưởng" in shown.content.decode()
    assert signed_in_as(client) is None
    answer = client.post(scanned.address)
    assert answer.status_code == 302
    assert answer["Location"] == reverse("home")
    assert signed_in_as(client) == str(scanned.leader.pk)
    assert client.session["card"] == scanned.card.pk
    assert client.session.get_expiry_age() == SIXTY_DAYS
    assert client.cookies["sessionid"]["max-age"] == SIXTY_DAYS


def test_looking_any_number_of_times_burns_nothing(client, scanned):
    for _time in range(3):
        assert client.get(scanned.address).status_code == 200
        assert client.head(scanned.address).status_code == 200
    scanned.card.refresh_from_db()
    assert scanned.card.used_at is None


def test_a_second_scan_is_told_that_the_card_is_used(client, scanned):
    client.post(scanned.address)
    other_phone = Client()
    refused = other_phone.post(scanned.address)
    assert refused.status_code == 409
    assert "dùng rồi" in refused.content.decode() or "used already" in refused.content.decode()
    assert signed_in_as(other_phone) is None


def test_the_phone_that_used_it_may_scan_again_and_simply_goes_on(client, scanned):
    client.post(scanned.address)
    shown = client.get(scanned.address)
    assert reverse("home") in shown.content.decode()


def test_a_withdrawn_card_and_a_wrong_code_say_so_and_sign_nobody_in(client, scanned):
    wrong = reverse("card_sign_in", args=[scanned.card.pk, "aaaaa-bbbbb"])
    assert client.post(wrong).status_code == 409
    withdraw_card(card=scanned.card)
    assert client.post(scanned.address).status_code == 409
    assert signed_in_as(client) is None


def test_a_wrong_code_learns_no_name(client, scanned):
    wrong = client.get(reverse("card_sign_in", args=[scanned.card.pk, "aaaaa-bbbbb"]))
    missing = client.get(reverse("card_sign_in", args=[987654321, "aaaaa-bbbbb"]))
    assert wrong.status_code == missing.status_code == 200
    assert "Lò Thị" not in wrong.content.decode()


def test_a_session_of_somebody_else_is_ended_and_its_key_changes(client, scanned):
    client.force_login(scanned.neighbour)
    session = client.session
    session["phone_screen"] = "left behind"
    session.save()
    before = session.session_key
    assert "Vàng A Mẫu" in client.get(scanned.address).content.decode()
    client.post(scanned.address)
    assert signed_in_as(client) == str(scanned.leader.pk)
    assert client.session.session_key != before
    assert "phone_screen" not in client.session


def test_nothing_is_stored_and_no_other_site_hears_the_code(client, scanned):
    for answer in (client.get(scanned.address), client.post(scanned.address)):
        assert "no-store" in answer["Cache-Control"]
    assert client.get(scanned.address)["Referrer-Policy"] == "strict-origin"


def test_the_button_needs_the_forms_token(scanned):
    careful = Client(enforce_csrf_checks=True)
    assert careful.post(scanned.address).status_code == 403
    assert SignInCard.objects.get().used_at is None


def test_neither_the_log_nor_a_table_ever_holds_a_code(scanned, caplog, capfd):
    caplog.set_level(logging.INFO)
    client = Client()
    Client(enforce_csrf_checks=True).post(scanned.address)
    client.post(scanned.address)
    client.post(scanned.address)
    client.put(scanned.address)
    printed = capfd.readouterr()
    said = printed.out + printed.err
    assert said.count("/card/") >= 3, "the test listens to nothing"
    assert scanned.code not in said
    assert "•••" in said
    assert not AccessLog.objects.filter(path_info__contains=scanned.code).exists()
    assert AccessLog.objects.exists(), "the test looks at nothing"


def test_guessing_is_paused_for_the_address_and_the_card_stays_good(client, scanned, settings):
    settings.SIGN_IN_FAILURES_PER_ADDRESS = 3
    for number in range(3):
        wrong = reverse("card_sign_in", args=[scanned.card.pk, f"aaaaa-bbbb{'abc'[number]}"])
        assert client.get(wrong).status_code == 200
    assert AccessAttempt.objects.count() == 1
    paused = client.post(scanned.address)
    assert paused.status_code == 429
    assert signed_in_as(client) is None
    elsewhere = Client(REMOTE_ADDR="10.9.8.7")
    elsewhere.post(scanned.address)
    assert signed_in_as(elsewhere) == str(scanned.leader.pk)


def test_a_used_card_is_no_guess(client, scanned):
    client.post(scanned.address)
    for _time in range(3):
        Client().post(scanned.address)
    assert not AccessAttempt.objects.exists()


def test_inside_another_app_chrome_comes_before_the_button(client, scanned):
    inside = client.get(scanned.address, headers={"user-agent": ZALO}).content.decode()
    assert "intent://" in inside
    assert f"readonly>http://testserver{scanned.address}" in inside
    assert inside.index("intent://") < inside.index('method="post"', inside.index("<main"))
    outside = client.get(scanned.address, headers={"user-agent": CHROME}).content.decode()
    assert "intent://" not in outside
