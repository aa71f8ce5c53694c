"""Opening what phones seal: nobody who carries it can read it, alter it or forge it.

A record is signed by the phone that wrote it (JWS, ES256) and then sealed for this portal
(JWE, RSA-OAEP-256 and A256GCM). A rescue file is a list of such records, signed and sealed
again as a whole. Anything else is refused: other ciphers, compression, unknown headers,
another key, one sign changed anywhere.
"""

import json
import math
import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from joserfc.util import int_to_base64, urlsafe_b64decode

from villages.models import Phone

SEALED_WITH = ("RSA-OAEP-256", "A256GCM")
SIGNED_WITH = ("ES256",)
LONGEST_RECORD = 128 * 1024
LONGEST_RESCUE = 3 * 1024 * 1024
DEEPEST = 20
RESCUE_HEAD = "BDHVS-1\n"
KINDS = ("visit", "household", "correction", "attendance")
SEGMENT = r"[A-Za-z0-9_-]+"
JWE_SHAPE = re.compile(rf"{SEGMENT}(?:\.{SEGMENT}){{4}}", re.ASCII)
JWS_SHAPE = re.compile(rf"{SEGMENT}(?:\.{SEGMENT}){{2}}", re.ASCII)
# What the library raises for texts that are not what they claim to be.
NOT_WHAT_IT_CLAIMS = (JoseError, ValueError, TypeError, KeyError, AssertionError, RecursionError)


class Unreadable(Exception):
    """What was sent cannot be opened; ``code`` for scripts, ``words`` for people."""

    code = "altered"
    words = _("This was altered on the way or is not complete.")


class Altered(Unreadable):
    """Not sealed as phones seal, cut off, or changed after it was sealed or signed."""


class OtherPortal(Unreadable):
    """Sealed for a key that is not this portal's."""

    code = "other_portal"
    words = _("This was made for another portal.")


class UnknownPhone(Unreadable):
    """Signed by a phone that this portal does not know."""

    code = "unknown_phone"
    words = _("This comes from a phone that the portal does not know.")


class TooLarge(Unreadable):
    """Larger than anything a phone seals."""

    code = "too_large"
    words = _("This is larger than anything a phone sends.")


class NotAKey(Exception):
    """A public key that is no point of P-256."""


@dataclass(frozen=True)
class SealedRecord:
    """One record of a phone, opened: its author is the phone's owner, whoever brought it."""

    phone: Phone
    kind: str
    uuid: UUID
    body: dict

    @property
    def author(self):
        return self.phone.user


@dataclass(frozen=True)
class RescueContent:
    """A rescue file, opened: by which phone, when by its clock, and its records in order."""

    phone: Phone
    made_at: datetime
    records: tuple


def public_key():
    """Return the portal's public key as a JWK with its ``kid``; phones seal with it."""
    return dict(_server_key(settings.SEALING_KEY)[1])


def phone_key(jwk):
    """Return a phone's public key with nothing but its point; raise ``NotAKey``."""
    try:
        if jwk["kty"] != "EC" or jwk["crv"] != "P-256" or "d" in jwk:
            raise NotAKey
        x, y = (urlsafe_b64decode(jwk[part].encode("ascii")) for part in ("x", "y"))
        if len(x) != 32 or len(y) != 32:
            raise NotAKey
        numbers = (int.from_bytes(part, "big") for part in (x, y))
        point = ec.EllipticCurvePublicNumbers(*numbers, ec.SECP256R1())
        # Refuses what does not lie on the curve.
        point.public_key()
    except (KeyError, TypeError, AttributeError, ValueError):
        raise NotAKey from None
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": int_to_base64(point.x, 32),
        "y": int_to_base64(point.y, 32),
    }


def open_record(text, *, phones=None):
    """Return the ``SealedRecord`` in a JWE text, or raise ``Unreadable``.

    ``phones`` is a dictionary that keeps the phones already read, for many records of one.
    """
    phone, said = _open(text, LONGEST_RECORD, phones if phones is not None else {})
    try:
        uuid, kind, body = UUID(said["uuid"]), said["kind"], said["body"]
        true_record = said["typ"] == "record" and said["user"] == str(phone.user_id)
    except (KeyError, ValueError, TypeError, AttributeError):
        raise Altered from None
    if not true_record or kind not in KINDS or not isinstance(body, dict):
        raise Altered
    return SealedRecord(phone=phone, kind=kind, uuid=uuid, body=body)


def open_rescue(text):
    """Return the ``RescueContent`` of a rescue file's text, all of it, or raise ``Unreadable``."""
    text = text.replace("\r\n", "\n")
    if len(text) > LONGEST_RESCUE:
        raise TooLarge
    if not text.startswith(RESCUE_HEAD):
        raise Altered
    phones = {}
    phone, said = _open(text.removeprefix(RESCUE_HEAD).strip("\n"), LONGEST_RESCUE, phones)
    try:
        made_at = instant(said["made_at"])
        true_rescue = (
            said["typ"] == "rescue"
            and said["phone"] == str(phone.uuid)
            and said["user"] == str(phone.user_id)
        )
        records = said["records"]
    except (KeyError, ValueError, TypeError):
        raise Altered from None
    if not true_rescue or made_at is None or not isinstance(records, list):
        raise Altered
    opened = tuple(open_record(record, phones=phones) for record in records)
    return RescueContent(phone=phone, made_at=made_at, records=opened)


def instant(text):
    """Return the instant that a phone wrote, or None when nobody can have meant it."""
    try:
        found = parse_datetime(text)
    except (ValueError, TypeError):
        return None
    # A database cannot keep the ends of the calendar, and moving them has no result.
    if found is None or not 2000 <= found.year < 2100:
        return None
    return timezone.make_aware(found) if timezone.is_naive(found) else found


def strict_json(text):
    """Return what JSON text says; refuse what no phone writes and PostgreSQL cannot keep.

    Raises ``ValueError`` for names that stand twice, numbers without end, text nested
    deeper than any record.
    """
    try:
        said = json.loads(
            text, object_pairs_hook=_once_each, parse_constant=_refuse, parse_float=_finite
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if _depth_beyond(said, DEEPEST):
        raise ValueError("nested too deeply")
    return said


def _open(text, longest, phones):
    """Return (phone, what it signed) of a JWE text."""
    if not isinstance(text, str):
        raise Altered
    if len(text) > longest:
        raise TooLarge
    signed = _unseal(text, longest)
    if not JWS_SHAPE.fullmatch(signed):
        raise Altered
    header = _header_of(signed, {"alg", "kid", "typ"})
    if header.get("alg") not in SIGNED_WITH:
        raise Altered
    phone = _phone(header.get("kid"), phones)
    registry = jws.JWSRegistry(algorithms=SIGNED_WITH)
    registry.max_payload_length = longest
    try:
        checked = jws.deserialize_compact(
            signed, ECKey.import_key(phone.public_key), registry=registry
        )
        said = strict_json(checked.payload.decode("utf-8"))
    except NOT_WHAT_IT_CLAIMS:
        raise Altered from None
    if not isinstance(said, dict):
        raise Altered
    return phone, said


def _unseal(text, longest):
    if not JWE_SHAPE.fullmatch(text):
        raise Altered
    header = _header_of(text, {"alg", "enc", "kid", "cty", "typ"})
    if (header.get("alg"), header.get("enc")) != SEALED_WITH:
        raise Altered
    private, public = _server_key(settings.SEALING_KEY)
    if header.get("kid") != public["kid"]:
        raise OtherPortal
    registry = jwe.JWERegistry(algorithms=SEALED_WITH)
    registry.max_ciphertext_length = longest
    try:
        return jwe.decrypt_compact(text, private, registry=registry).plaintext.decode("ascii")
    except NOT_WHAT_IT_CLAIMS:
        raise Altered from None


def _header_of(text, names):
    """Return the protected header; one with other names than these is refused."""
    head = text.partition(".")[0]
    if len(head) > 1024:
        raise Altered
    try:
        header = strict_json(urlsafe_b64decode(head.encode("ascii")).decode("utf-8"))
    except ValueError:
        raise Altered from None
    if not isinstance(header, dict) or not all(isinstance(v, str) for v in header.values()):
        raise Altered
    if set(header) - names:
        raise Altered
    return header


def _phone(kid, phones):
    if kid not in phones:
        try:
            known = Phone.objects.select_related("user", "commune").filter(uuid=UUID(kid))
        except (ValueError, TypeError, AttributeError):
            raise Altered from None
        phones[kid] = known.first()
    if phones[kid] is None:
        raise UnknownPhone
    return phones[kid]


@lru_cache(maxsize=2)
def _server_key(pem):
    """Return (private key, public JWK) of the portal."""
    private = RSAKey.import_key(pem)
    public = private.as_dict(private=False)
    named = {"kty": public["kty"], "n": public["n"], "e": public["e"]}
    return private, {
        **named,
        "alg": SEALED_WITH[0],
        "use": "enc",
        "kid": private.thumbprint(),
    }


def _once_each(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _refuse(name):
    raise ValueError(name)


def _finite(text):
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _depth_beyond(value, depth):
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return depth == 0 or any(_depth_beyond(entry, depth - 1) for entry in inner)
