"""What stands on printed invitations: whom they are for, grouped by household."""

from itertools import groupby

from households.household_cards import code_of
from training.rosters import expected_of
from villages.text import fold

# Below the lines of a page there is room for the count and the signature of the trainer.
FEWEST_BLANKS, LINES_ON_A_PAGE = 10, 22


def slips_of(session, *, per_person):
    """Return the invitations to print, in the order in which villages are walked.

    Each is a dict of ``names``, ``household`` (``None`` for staff) and ``place``; a household
    gets one for all its people unless one per person is wanted.
    """
    rows = expected_of(session)["people"]
    residents = [row.resident for row in rows if row.resident_id]
    slips = []
    for household, members in groupby(residents, key=lambda who: who.household):
        names = [who.full_name for who in members]
        groups = [[name] for name in names] if per_person else [names]
        slips += [
            {"names": group, "household": household, "place": household.village.full_name}
            for group in groups
        ]
    staff = [row.staff_member for row in rows if row.staff_member_id]
    return slips + [
        {"names": [who.full_name], "household": None, "place": who.position} for who in staff
    ]


def with_codes(slips, request):
    """Give each household's invitation the code of its card, to be scanned at the door."""
    return [
        {**slip, "code": code_of(slip["household"], request) if slip["household"] else ""}
        for slip in slips
    ]


def where_of(session):
    """Return the place with its village, named once: «Nhà văn hóa bản Vi» says it already."""
    place, village = session.place, session.village
    if village is None:
        return place or session.commune.full_name
    if not place:
        return village.full_name
    names_it = f" {fold(village.name)} " in f" {fold(place)} "
    return place if names_it else f"{place}, {village.full_name}"


def blank_rows(expected):
    """Return the numbers of the empty lines: at least ten, and the last page filled."""
    to_fill = -(expected + FEWEST_BLANKS) % LINES_ON_A_PAGE
    return range(expected + 1, expected + FEWEST_BLANKS + to_fill + 1)
