"""Whose address counts: at the door and in the log, a caller cannot choose its own."""

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.urls import reverse

from portal.addresses import client_address

WRONG = "sai-mat-khau-roi"


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


def sign_in(client, username, password=WRONG, **extra):
    data = {"username": username, "password": password}
    return client.post(reverse("sign_in"), data, **extra)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "6.6.6.6", "10.0.0.1"),
        (1, "6.6.6.6, 203.0.113.7", "203.0.113.7"),
        (1, "6.6.6.6,2001:db8::7", "2001:db8::7"),
        (2, "6.6.6.6, 203.0.113.7, 10.0.0.9", "203.0.113.7"),
        (2, "6.6.6.6", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "nobody", "10.0.0.1"),
    ],
)
def test_only_what_our_own_proxies_heard_is_believed(rf, settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", headers={"x-forwarded-for": forwarded})
    assert client_address(request) == expected


@pytest.mark.parametrize("forged", ["6.6.6.6", "abc<b>", "9" * 500])
def test_the_log_keeps_the_real_address_whatever_a_header_says(client, cast, forged):
    client.force_login(cast.leader)
    resident = cast.household.residents.first()
    answer = client.get(
        reverse("resident_detail", args=[resident.uuid]),
        headers={"x-forwarded-for": forged, "x-forwarded-port": "9" * 30},
    )
    assert answer.status_code == 200
    entry = LogEntry.objects.filter(action=LogEntry.Action.ACCESS).latest("pk")
    assert (entry.remote_addr, entry.remote_port, entry.actor) == ("127.0.0.1", None, cast.leader)


def test_guessing_through_many_names_is_paused_before_a_hash(client, cast, settings, monkeypatch):
    settings.SIGN_IN_FAILURES_PER_ADDRESS = 6
    assert {sign_in(client, f"name-{number}").status_code for number in range(6)} == {200}
    hashed = []
    encode = Argon2PasswordHasher.encode
    monkeypatch.setattr(
        Argon2PasswordHasher, "encode", lambda *given: hashed.append(1) or encode(*given)
    )
    paused = sign_in(client, "name-7")
    assert (paused.status_code, paused["Retry-After"]) == (429, "300")
    assert sign_in(client, "leader", cast.password).status_code == 429
    assert hashed == []


def test_the_pause_of_one_address_does_not_keep_another_out(client, cast, settings):
    settings.SIGN_IN_FAILURES_PER_ADDRESS = 3
    for number in range(4):
        sign_in(client, f"name-{number}", REMOTE_ADDR="10.0.0.66")
    assert sign_in(client, "leader", cast.password, REMOTE_ADDR="10.0.0.66").status_code == 429
    assert sign_in(client, "leader", cast.password, REMOTE_ADDR="10.0.0.7").status_code == 302


def test_behind_a_proxy_an_enemy_does_not_keep_the_owner_out(client, cast, settings):
    settings.TRUSTED_PROXIES = 1
    for _ in range(6):
        enemy = sign_in(client, "leader", headers={"x-forwarded-for": "198.51.100.6"})
    assert enemy.status_code == 429
    owner = sign_in(client, "leader", cast.password, headers={"x-forwarded-for": "203.0.113.7"})
    assert owner.status_code == 302
