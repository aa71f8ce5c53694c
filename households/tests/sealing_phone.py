"""A phone, played in Python with the formats of the browser's own ciphers."""

import json
from uuid import uuid4

from django.utils import timezone
from joserfc import jwe, jws
from joserfc.jwk import ECKey, RSAKey

from households.sealing import public_key
from villages.models import Phone
from villages.periods import today

SEALED = {"alg": "RSA-OAEP-256", "enc": "A256GCM", "cty": "JWT"}
JWE_ALGORITHMS = [
    "RSA-OAEP-256",
    "RSA-OAEP",
    "RSA1_5",
    "A256GCM",
    "A128GCM",
    "A128CBC-HS256",
    "DEF",
]


class SealingPhone:
    """A registered phone of one person: signs, seals and saves rescue files."""

    def __init__(self, user, commune, registered=True):
        self.user, self.uuid = user, uuid4()
        self.key = ECKey.generate_key("P-256", private=True)
        self.row = registered and Phone.objects.create(
            uuid=self.uuid,
            user=user,
            commune=commune,
            name="Chrome, Android",
            public_key=self.key.as_dict(private=False),
        )

    def signed(self, said, **header):
        header = {"alg": "ES256", "kid": str(self.uuid)} | header
        registry = jws.JWSRegistry(algorithms=["ES256"])
        registry.max_payload_length = 10**7
        return jws.serialize_compact(header, json.dumps(said), self.key, registry=registry)

    def record(self, body, kind="visit", uuid=None, **more):
        said = {
            "typ": "record",
            "kind": kind,
            "uuid": str(uuid or uuid4()),
            "user": str(self.user.pk),
            "body": body,
        }
        return seal(self.signed(said | more))

    def rescue(self, brought, **more):
        said = {
            "typ": "rescue",
            "phone": str(self.uuid),
            "user": str(self.user.pk),
            "made_at": timezone.now().isoformat(),
            "records": brought,
        }
        return f"BDHVS-1\n{seal(self.signed(said | more))}\n"


def seal(text, key=None, **header):
    """Seal a text for the portal, or for another key, under this header."""
    known = public_key()
    header = SEALED | {"kid": known["kid"]} | header
    registry = jwe.JWERegistry(algorithms=JWE_ALGORITHMS)
    registry.max_ciphertext_length = 10**7
    key = key or RSAKey.import_key({name: known[name] for name in ("kty", "n", "e")})
    return jwe.encrypt_compact(header, text, key, registry=registry)


def visit_to(home, **changes):
    """What a phone writes down of a visit to everybody of a household."""
    people = [
        {"resident": str(resident.uuid), "outcomes": {"vneid": "alone"}}
        for resident in home.residents.all()
    ]
    said = {
        "household": str(home.uuid),
        "visited_on": today().isoformat(),
        "occasion": "home_visit",
        "people": people,
        "phone": {"recorded_at": timezone.now().isoformat(), "known_until": None},
    }
    return said | changes
