"""A phone says hello and gives its public key; the session then belongs to that phone."""

import base64
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from joserfc.jwk import ECKey

from villages.models import Phone

P256 = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF


def new_key():
    return ECKey.generate_key("P-256", private=True)


def register(client, uuid, key, **more):
    body = {"public_key": key.as_dict(private=False), "name": "Chrome, Android"} | more
    return client.put(
        reverse("phone_registration", args=[uuid]), body, content_type="application/json"
    )


def test_it_works(client, cast):
    client.force_login(cast.leader)
    uuid, key = uuid4(), new_key()
    made = register(client, uuid, key)
    assert made.status_code == 201
    assert made.json() == {"uuid": str(uuid), "user": str(cast.leader.pk)}
    assert made["X-Portal"] == "1"
    phone = Phone.objects.get(uuid=uuid)
    assert (phone.user, phone.commune, phone.name) == (cast.leader, cast.commune, "Chrome, Android")
    assert set(phone.public_key) == {"kty", "crv", "x", "y"}
    again = register(client, uuid, key)
    assert again.status_code == 200
    assert Phone.objects.count() == 1
    hello = client.get(reverse("phone_hello")).json()
    assert hello["phone"] == {"uuid": str(uuid), "revoked": False}


def test_hello_tells_what_sending_needs(client, cast, django_assert_max_num_queries):
    client.force_login(cast.leader)
    with django_assert_max_num_queries(5):
        answer = client.get(reverse("phone_hello"))
    hello = answer.json()
    assert hello["user"] == str(cast.leader.pk)
    assert hello["role"] == "team_leader"
    assert hello["villages"] == [{"id": cast.vi.pk, "name": cast.vi.full_name}]
    assert hello["language"] == "vi"
    assert hello["phone"] is None
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Portal"] == "1"
    server_key = hello["server_key"]
    assert set(server_key) == {"kty", "n", "e", "alg", "use", "kid"}
    assert (server_key["kty"], server_key["alg"]) == ("RSA", "RSA-OAEP-256")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    uuid, key = uuid4(), new_key()
    assert register(strict, uuid, key).json()["error"] == "form_expired"
    strict.defaults["HTTP_X_CSRFTOKEN"] = hello["csrf_token"]
    assert register(strict, uuid, key).status_code == 201


@pytest.mark.parametrize("who", ["leader", "official", "reader", "admin"])
def test_hello_answers_every_role(client, cast, who):
    client.force_login(getattr(cast, who))
    assert client.get(reverse("phone_hello")).json()["role"] == (
        "team_leader" if who == "leader" else who
    )


def test_whoever_is_signed_out_hears_so_in_json(client, cast):
    hello = client.get(reverse("phone_hello"))
    put = register(client, uuid4(), new_key())
    for answer in (hello, put):
        assert (answer.status_code, answer.json()["error"]) == (401, "signed_out")
        assert answer["X-Portal"] == "1"


def test_a_session_of_somebody_else_is_told_apart(client, cast):
    client.force_login(cast.neighbour)
    client.defaults["HTTP_X_USER"] = str(cast.leader.pk)
    answer = register(client, uuid4(), new_key())
    assert (answer.status_code, answer.json()["error"]) == (401, "other_user")


def test_a_reader_registers_nothing(client, cast):
    client.force_login(cast.reader)
    assert register(client, uuid4(), new_key()).status_code == 403
    assert not Phone.objects.exists()


def test_a_known_uuid_keeps_its_owner_and_its_key(client, cast):
    client.force_login(cast.leader)
    uuid, key = uuid4(), new_key()
    register(client, uuid, key)
    assert register(client, uuid, new_key()).status_code == 409
    client.force_login(cast.neighbour)
    assert register(client, uuid, key).status_code == 409
    assert client.get(reverse("phone_hello")).json()["phone"] is None
    assert Phone.objects.get().public_key == {
        name: key.as_dict(private=False)[name] for name in ("kty", "crv", "x", "y")
    }


def test_a_revoked_phone_needs_a_new_key(client, cast):
    client.force_login(cast.leader)
    uuid, key = uuid4(), new_key()
    register(client, uuid, key)
    Phone.objects.update(revoked_at=timezone.now())
    client = Client()
    client.force_login(cast.leader)
    answer = register(client, uuid, key)
    assert (answer.status_code, answer.json()["error"]) == (409, "revoked_phone")
    assert register(client, uuid4(), new_key()).status_code == 201


def of_32_bytes(number):
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).decode().rstrip("=")


GOOD = new_key().as_dict(private=False)


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        "key",
        {},
        GOOD | {"crv": "P-384"},
        GOOD | {"kty": "RSA"},
        GOOD | {"x": GOOD["y"], "y": GOOD["x"]},
        GOOD | {"x": of_32_bytes(0), "y": of_32_bytes(0)},
        GOOD | {"x": of_32_bytes(P256), "y": of_32_bytes(1)},
        GOOD | {"x": GOOD["x"] + "AA"},
        GOOD | {"x": GOOD["x"][:-4]},
        GOOD | {"x": "ø" * 43},
        GOOD | {"x": 7},
        new_key().as_dict(private=True),
        ECKey.generate_key("P-384", private=False).as_dict(),
    ],
)
def test_only_a_point_of_p_256_is_a_key(client, cast, wrong):
    client.force_login(cast.leader)
    answer = register(client, uuid4(), new_key(), public_key=wrong)
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_key")
    assert not Phone.objects.exists()


@pytest.mark.parametrize(
    "body",
    [b" ", b"{", b"\xff", b"[" * 5000, b'{"a": NaN}', b'{"a":1,"a":1}', b"null", b"1" * 5000],
)
def test_hostile_json_is_refused(client, cast, body):
    client.force_login(cast.leader)
    url = reverse("phone_registration", args=[uuid4()])
    assert client.put(url, body, content_type="application/json").status_code == 400


def test_a_registration_is_small(client, cast):
    client.force_login(cast.leader)
    assert register(client, uuid4(), new_key(), name="x" * 10_000).status_code == 413
    odd = register(client, uuid4(), new_key(), name="Chrome\x00 " + "y" * 500)
    assert odd.status_code == 201
    assert len(Phone.objects.get().name) == 120
