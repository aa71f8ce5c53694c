"""Cards of households: what a phone scans to find a household at once.

A card says no more than the door does: number, head and village, and a code with the
household's address here. Whoever scans it without being signed in sees a sign-in page.
"""

from dataclasses import dataclass

import segno
from django.urls import reverse

from households.models import Household

ON_AN_A6_PAGE, ON_AN_A7_PAGE = 4, 8


@dataclass(frozen=True)
class HouseholdCard:
    """One card, ready to be printed."""

    household: Household
    picture: str


def cards_of(households, request):
    """Return the cards of these households; their address begins with this portal's host."""
    return [HouseholdCard(household, code_of(household, request)) for household in households]


def on_pages(cards):
    """Return the cards by sheets of A4 with eight, each as its two halves of four."""
    halves = [cards[n : n + ON_AN_A6_PAGE] for n in range(0, len(cards), ON_AN_A6_PAGE)]
    per_page = ON_AN_A7_PAGE // ON_AN_A6_PAGE
    return [halves[n : n + per_page] for n in range(0, len(halves), per_page)]


def code_of(household, request):
    """Return a household's code as a picture: what a phone scans to find it."""
    address = request.build_absolute_uri(reverse("household_card", args=[household.uuid]))
    # A quarter of the picture may be dirty or torn and it still reads.
    code = segno.make(address, error="q", micro=False)
    return code.svg_data_uri(omitsize=True, border=4)
