"""What a leader's phone asks for and brings, apart from single visits."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpResponseNotAllowed, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from households.package import works_on_phone
from households.sealing import NotAKey, phone_key, public_key, strict_json
from households.seen import note_seen
from households.views.phone_answers import JSON, gate, marked, refusal, session_phone
from villages.access import EVERYONE, WRITERS, scope_of
from villages.models import Commune, Phone, Village
from villages.phones import bind_phone, card_of
from villages.text import clean_text

LONGEST_REGISTRATION = 8 * 1024
LONGEST_PHONE_NAME = 120


@login_not_required
@require_safe
def phone_hello(request):
    """Say who is signed in, what time it is and what to seal with; give a fresh CSRF token.

    Asked before each round of sending, by every role::

        {"user": "12", "name": "…", "role": "team_leader", "works_here": true,
         "villages": [{"id": 1, "name": "Bản Vi"}], "csrf_token": "…", "now": "2025-10-31T…",
         "server_key": {"kty": "RSA", "kid": "…", …}, "phone": {"uuid": "…", "revoked": false},
         "language": "vi", "is_demo": false}

    ``works_here``: whether this person has work on a phone, as every leader has and an official
    who takes attendance. ``villages`` are the ones this person leads, ``phone`` the one this
    session is bound to or null. ``is_demo``, which a signed-out caller is told too: whether
    demonstration data are here, for the band on every screen. 401 ``signed_out``, 403
    ``forbidden`` for an account without a role.
    """
    user = request.user
    if not user.is_authenticated:
        return refusal(401, "signed_out", _("Please sign in again."), is_demo=_is_demo())
    scope = scope_of(user)
    if scope.role not in EVERYONE:
        return refusal(403, "forbidden", _("This account may not open or change this."))
    villages = Village.objects.filter(pk__in=scope.villages).order_by("number")
    phone = session_phone(request)
    if phone is not None:
        note_seen(phone)
    response = JsonResponse(
        {
            "user": str(user.pk),
            "name": user.get_short_name(),
            "role": scope.role,
            "works_here": works_on_phone(user),
            "villages": [{"id": village.pk, "name": village.full_name} for village in villages]
            if scope.villages
            else [],
            "csrf_token": get_token(request),
            "now": timezone.localtime().isoformat(),
            "server_key": public_key(),
            "phone": phone and {"uuid": str(phone.uuid), "revoked": phone.revoked_at is not None},
            "language": translation.get_language(),
            "is_demo": _is_demo(),
        }
    )
    response["Cache-Control"] = "no-store, private"
    return marked(response)


def _is_demo():
    return Commune.objects.filter(is_demo=True).exists()


phone_hello.roles = EVERYONE
phone_hello.is_json = True


# `gate` makes the CSRF check itself, so that a phone is answered in JSON.
@csrf_exempt
@login_not_required
def phone_registration(request, uuid):
    """Take the public key of a phone and bind this session to that phone (PUT).

    ``{"public_key": {"kty": "EC", "crv": "P-256", "x": …, "y": …}, "name": "Chrome, Android"}``
    → 201 noted, 200 noted before: ``{"uuid": …, "user": "12"}``. 400 no such key, 409
    ``conflict`` the UUID is another person's or has another key, 409 ``revoked_phone`` the
    commune has signed this phone out: the phone then makes itself a new key and UUID.
    """
    refused = gate(request)
    if refused is not None:
        return refused
    if request.method != "PUT":
        return marked(HttpResponseNotAllowed(["PUT"]))
    refused = _may_not_register(request)
    if refused is not None:
        return refused
    try:
        key, name = _read_registration(request)
    except RequestDataTooBig:
        return refusal(413, "too_large", _("This is larger than anything a phone sends."))
    except (NotAKey, ValueError):
        return refusal(400, "bad_key", _("This is no public key of a phone."))
    phone, created = _register(request, uuid, key, name)
    if phone is None:
        return refusal(409, "conflict", _("This number belongs to another phone."))
    if phone.revoked_at is not None:
        return refusal(409, "revoked_phone", _("The commune has signed this phone out."))
    bind_phone(request, phone)
    answer = {"uuid": str(phone.uuid), "user": str(phone.user_id)}
    return marked(JsonResponse(answer, status=201 if created else 200))


phone_registration.roles = WRITERS


def _may_not_register(request):
    if _commune_of(request.user) is None:
        return refusal(403, "forbidden", _("This account may not open or change this."))
    if request.content_type != JSON:
        return refusal(415, "content_type", _("Send JSON."))
    return None


def _read_registration(request):
    if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST_REGISTRATION:
        raise RequestDataTooBig
    said = strict_json(request.body.decode("utf-8"))
    if not isinstance(said, dict):
        raise NotAKey
    name = said.get("name")
    return phone_key(said.get("public_key")), clean_text(name if isinstance(name, str) else "")


def _register(request, uuid, key, name):
    """Return (phone, created); the phone is None when the UUID stands for another one."""
    name = name[:LONGEST_PHONE_NAME]
    known = Phone.objects.filter(uuid=uuid).first()
    if known is None:
        try:
            with transaction.atomic():
                phone = Phone.objects.create(
                    uuid=uuid,
                    commune=_commune_of(request.user),
                    user=request.user,
                    name=name,
                    public_key=key,
                    card=card_of(request),
                    last_seen_at=timezone.now(),
                )
            return phone, True
        except IntegrityError:
            # The same phone twice at one moment: the other request has made it.
            known = Phone.objects.get(uuid=uuid)
    if known.user_id != request.user.pk or known.public_key != key:
        return None, False
    note_seen(known)
    return known, False


def _commune_of(user):
    """Return the commune in which the person writes; None for a superuser of several."""
    scope = scope_of(user)
    if scope.everything and not (scope.writable_communes or scope.writable_villages):
        first_two = list(Commune.objects.all()[:2])
        return first_two[0] if len(first_two) == 1 else None
    reach = Q(pk__in=scope.writable_communes) | Q(villages__in=scope.writable_villages)
    return Commune.objects.filter(reach).order_by("pk").first()
