"""Whatever is typed into a sheet or asked of an activity sheet, nothing breaks."""

from urllib.parse import quote_from_bytes

import pytest
from django.test import Client
from django.urls import reverse

from households.paper import print_sheet
from villages.models import TeamMember

# On PostgreSQL, which is the pickier of the two about what it stores.
pytestmark = pytest.mark.once

NASTY = (
    "\x00",
    "\ud83d",
    "0001-01-01",
    "31/12/9999",
    "99999999999999999999999999",
    "x" * 5000,
)
FORM = "application/x-www-form-urlencoded"
TYPED = (
    "visited_on", "member", "page", "r1-met0", "r1-s0-vneid", "r1-seen0", "r1-visited_on",
    "r1-smart_device", "r1-connection", "r1-difficulty", "r1-return_on", "r1-note",
)  # fmt: skip
CHOSEN = ("village", "uuid", "member", "how_many", "skills")
ASKED = ("ban", "tu", "den", "village", "page", "visited_on", "member")


def encoded(values):
    return "&".join(
        f"{name}={quote_from_bytes(value.encode('utf-8', 'surrogatepass'))}"
        for name, value in values.items()
    )


@pytest.mark.parametrize("nasty", NASTY)
def test_it_never_breaks(cast, nasty):
    sheet = print_sheet(village=cast.vi, by=cast.official)
    leader = TeamMember.objects.get(user=cast.leader)
    entry = reverse("paper_entry", args=[sheet.uuid])
    browser = Client(raise_request_exception=False)
    browser.force_login(cast.official)
    fine = {"visited_on": "1/1", "r1-met0": "1", "row": "1"}
    bodies = [(entry, fine | {name: nasty}) for name in (*TYPED, "row")]
    bodies += [(entry, dict.fromkeys(TYPED, nasty))]
    bodies += [
        (reverse("paper_sheet_new"), {"village": f"{cast.vi.pk}"} | {name: nasty})
        for name in CHOSEN
    ]
    for url, values in bodies:
        status = browser.post(url, encoded(values), content_type=FORM).status_code
        assert status < 500, (url, values)
    query = encoded(dict.fromkeys(ASKED, nasty))
    for url in (
        entry,
        reverse("paper_list"),
        reverse("paper_sheet_new"),
        reverse("activity_list"),
        reverse("activity_sheet", args=[leader.pk]),
    ):
        assert browser.get(f"{url}?{query}").status_code < 500, url
