"""Cards that sign a team leader's phone in: issued, withdrawn, redeemed once.

The code on a card is signed by django-sesame for this one card and stored nowhere. It is
written in 32 letters and digits that nobody confuses (a–z, 2–7), so that it can be typed.
A changed password ends the code as well.
"""

import base64
import binascii
from datetime import datetime, time, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from sesame.tokens import create_token, parse_token

from villages.access import TEAM_LEADER
from villages.models import Assignment, SignInCard, Village
from villages.periods import today

LONGEST_CODE = 80
TEN_YEARS = 60 * 60 * 24 * 365 * 10


class Refusal(models.TextChoices):
    """Why a card opens nothing."""

    WRONG = "wrong", _("The code on the card is not right.")
    USED = "used", _("This card has been used already.")
    WITHDRAWN = "withdrawn", _("The commune has withdrawn this card, or has issued a newer one.")
    EXPIRED = "expired", _("This card has expired.")
    SWITCHED_OFF = "switched_off", _("The account of this card is switched off.")
    NO_VILLAGE = (
        "no_village",
        _("The account of this card leads no team today, or may do more than lead one."),
    )


class CardRefused(Exception):
    """A card that opens nothing; ``reason`` is a Refusal."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = Refusal(reason)


class NotALeader(Exception):
    """A card was asked for somebody who is more, or less, than a team leader here."""


def leaders_in(communes):
    """Return the accounts that may have a card: they lead a team there and are nothing else.

    A card opens all that its account may do. Nobody prints one for an account with rights
    of another kind or in another commune.
    """
    on = today()
    not_over = Assignment.objects.filter(Q(to_on__isnull=True) | Q(to_on__gte=on))
    leading = Assignment.objects.on(on).filter(role=TEAM_LEADER, commune__in=communes)
    more = not_over.exclude(role=TEAM_LEADER, commune__in=communes)
    accounts = get_user_model().objects.filter(is_active=True, is_superuser=False, is_staff=False)
    return accounts.filter(pk__in=leading.values("user")).exclude(pk__in=more.values("user"))


@transaction.atomic
def issue_card(*, user, commune, by):
    """Give a team leader a new card and return (card, code); an open one is dead at once.

    Raises NotALeader.
    """
    # Two officials who issue at the same moment queue up here; the later card counts.
    user = get_user_model().objects.select_for_update(no_key=True).get(pk=user.pk)
    if not leaders_in([commune.pk]).filter(pk=user.pk).exists():
        raise NotALeader
    for card in _open_cards(user=user, commune=commune):
        withdraw_card(card=card)
    card = SignInCard.objects.create(
        commune=commune, user=user, issued_by=by, expires_at=_end_of_validity()
    )
    return card, _code_of(card)


@transaction.atomic
def withdraw_card(*, card):
    """Kill a card; a session that it opened ends too. Withdrawing twice changes nothing."""
    card = SignInCard.objects.select_for_update().get(pk=card.pk)
    if card.withdrawn_at is None:
        card.withdrawn_at = timezone.now()
        card.save(update_fields=["withdrawn_at"])
    return card


@transaction.atomic
def redeem_card(*, pk, code):
    """Use a card up and return it; of two scans at the same moment one wins.

    Raises CardRefused and leaves the card as it was.
    """
    rows = SignInCard.objects.select_for_update(of=("self",)).select_related("user")
    card = _checked(rows.filter(pk=pk).first(), code)
    card.used_at = timezone.now()
    card.save(update_fields=["used_at"])
    return card


def look_at_card(*, pk, code):
    """Return the card that this code opens, and use nothing up. Raises CardRefused."""
    rows = SignInCard.objects.select_related("user", "commune")
    return _checked(rows.filter(pk=pk).first(), code)


def _checked(card, code):
    """Return the card, or raise why it opens nothing. Only a right code learns more than that."""
    if card is None:
        raise CardRefused(Refusal.WRONG)
    if not _is_signed(card, code, TEN_YEARS):
        raise CardRefused(Refusal.WRONG)
    reasons = (
        (Refusal.USED, card.used_at is not None),
        (Refusal.WITHDRAWN, card.withdrawn_at is not None),
        (Refusal.EXPIRED, not card.is_open or not _is_signed(card, code, None)),
        (Refusal.SWITCHED_OFF, not card.user.is_active),
    )
    for reason, applies in reasons:
        if applies:
            raise CardRefused(reason)
    if not leaders_in([card.commune_id]).filter(pk=card.user_id).exists():
        raise CardRefused(Refusal.NO_VILLAGE)
    return card


def _open_cards(**whose):
    return SignInCard.objects.filter(used_at__isnull=True, withdrawn_at__isnull=True, **whose)


def _end_of_validity():
    """Return the last moment of the last day, so that the printed day counts whole."""
    last_day = today() + timedelta(days=settings.SIGN_IN_CARD_DAYS)
    return timezone.make_aware(datetime.combine(last_day, time.max))


def _scope(card):
    return f"card-{card.pk}"


def _code_of(card):
    token = create_token(card.user, _scope(card))
    packed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    letters = base64.b32encode(packed).decode().rstrip("=").lower()
    return "-".join(letters[n : n + 5] for n in range(0, len(letters), 5))


def _is_signed(card, code, max_age):
    """Whether the code was made for this card, its account and its password."""
    letters = code.replace("-", "").upper()
    if not letters or len(letters) > LONGEST_CODE:
        return False
    try:
        packed = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except (binascii.Error, ValueError):
        return False
    token = base64.urlsafe_b64encode(packed).decode().rstrip("=")

    def owner(pk):
        return card.user if pk == card.user_id else None

    return parse_token(token, owner, _scope(card), max_age) is not None


def villages_led_by(user):
    """Return the villages whose team the person leads today."""
    led = Assignment.objects.on(today()).filter(user=user, role=TEAM_LEADER)
    return Village.objects.filter(pk__in=led.values("village")).order_by("number")
