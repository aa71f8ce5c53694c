"""Phones that are signed in: what their session keeps, revoking one, and noticing it."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists
from django.utils import timezone

from villages.access import TEAM_LEADER, scope_of
from villages.models import Phone, SignInCard

PHONE_IN_SESSION = "phone"
EARLIER_PHONES = "earlier_phones"
CARD_IN_SESSION = "card"


def bind_phone(request, phone):
    """Note in the session which registered phone it belongs to; a leader's lasts 60 days.

    A session that begins anew under another number keeps the earlier ones: revoking one of
    them ends it.
    """
    before, now = request.session.get(PHONE_IN_SESSION), str(phone.uuid)
    if before not in {None, now}:
        earlier = request.session.get(EARLIER_PHONES, [])
        request.session[EARLIER_PHONES] = sorted({*earlier, before})
    request.session[PHONE_IN_SESSION] = now
    _keep_signed_in(request)


def bind_card(request, card):
    """Note in the session which card opened it; a leader's lasts 60 days."""
    request.session[CARD_IN_SESSION] = card.pk
    _keep_signed_in(request)


def card_of(request):
    """Return the card that opened this session for this person, or None."""
    known = request.session.get(CARD_IN_SESSION)
    if known is None:
        return None
    return SignInCard.objects.filter(pk=known, user=request.user).first()


def _keep_signed_in(request):
    if scope_of(request.user).role == TEAM_LEADER:
        request.session.set_expiry(settings.PHONE_SESSION_AGE)


def is_signed_out(session):
    """Whether the commune has signed out the phone, or the card, that this session is of.

    Asks the database once, and only for a session that names one.
    """
    phone, card = session.get(PHONE_IN_SESSION), session.get(CARD_IN_SESSION)
    if phone is not None:
        withdrawn = SignInCard.objects.filter(pk=card, withdrawn_at__isnull=False)
        revoked = Phone.objects.filter(
            uuid__in=session.get(EARLIER_PHONES, []), revoked_at__isnull=False
        )
        known = (
            Phone.objects.trusted()
            .filter(uuid=UUID(phone))
            .exclude(Exists(withdrawn))
            .exclude(Exists(revoked))
        )
    elif card is not None:
        known = SignInCard.objects.filter(pk=card, withdrawn_at__isnull=True)
    else:
        return False
    return not known.filter(user__is_active=True).exists()


@transaction.atomic
def revoke_phone(*, phone, by):
    """Sign a phone out for good: it reads nothing more, and what it still sends is held.

    A phone that was revoked keeps the day and the name of the first time.
    """
    phone = Phone.objects.select_for_update().get(pk=phone.pk)
    if phone.revoked_at is None:
        phone.revoked_at, phone.revoked_by = timezone.now(), by
        phone.save(update_fields=["revoked_at", "revoked_by"])
    return phone
