"""What is printed on a sign-in card: whose it is, its address as a QR picture and as text."""

from dataclasses import dataclass

import segno
from django.urls import reverse

from villages.cards import villages_led_by
from villages.models import SignInCard


@dataclass(frozen=True)
class CardSheet:
    """One card, ready to be printed; it holds the code and is shown once."""

    card: SignInCard
    villages: list
    address: str
    picture: str


def card_sheet(card, code, request):
    """Return the sheet of a card just issued; the address begins with this portal's host."""
    typed = request.build_absolute_uri(reverse("card_sign_in", args=[card.pk, code]))
    scanned = request.build_absolute_uri(
        reverse("card_sign_in", args=[card.pk, code.replace("-", "")])
    )
    # A quarter of the picture may be dirty or torn and it still reads.
    picture = segno.make(scanned, error="q", micro=False)
    drawn = picture.svg_data_uri(omitsize=True, border=4)
    return CardSheet(card, list(villages_led_by(card.user)), typed, drawn)
