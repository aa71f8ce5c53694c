"""The phone says the same as the commune: whom to visit next, why, in the same words."""

import random
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.test import RequestFactory
from django.utils import translation
from django.views.i18n import JavaScriptCatalog

from households.models import Household, Skill
from households.package import household_row, skill_row
from households.rungs import _is_able
from households.worklist import VNEID, HouseholdFacts, MemberFacts, most_urgent_first

pytestmark = pytest.mark.browser

VILLAGES = 300
SKILLS = [
    Skill(pk=1, code="find-information", name="Tìm thông tin"),
    Skill(pk=2, code=VNEID, name="VNeID"),
    Skill(pk=3, code="qr", name="Quét mã QR"),
]
OUTCOMES = ("alone", "alone", "with_help", "not_yet", None)
# The edges of every rule, and far beyond them.
AGO = (0, 1, 2, 13, 14, 15, 30, 59, 60, 61, 63, 99, 100, 364, 400, 599, 600, 700, 4000)
AHEAD = (-400, -91, -90, -89, -10, -1, 0, 1, 2, 9)
AGES = (0, 5, 17, 18, 19, 40, 59, 60, 61, 90, 110)
DAYS = (date(2025, 11, 22), date(2026, 1, 1), date(2024, 2, 29), date(2025, 12, 31))


def a_village(chance):
    """Return (day, required skills, facts of its households) of one random village."""
    day = chance.choice(DAYS)
    required = {pk for pk in (1, 2, 3) if chance.random() < 0.6}
    numbers = chance.sample(range(1, 400), chance.randint(0, 14))
    return day, required, [a_household(chance, day, required, number) for number in numbers]


def a_household(chance, day, required, number):
    last = chance.choice([None, *AGO])
    ahead = chance.choice([None, None, *AHEAD])
    return HouseholdFacts(
        Household(
            pk=number,
            uuid=UUID(int=number),
            village_id=7,
            number=number,
            poverty=chance.choice(["", "poor", "near_poor", "not_poor"]),
        ),
        tuple(a_member(chance, day, required, place) for place in range(chance.randint(0, 4))),
        last_visit_on=None if last is None else day - timedelta(days=last),
        return_on=None if ahead is None else day + timedelta(days=ahead),
        was_away=chance.random() < 0.3,
    )


def a_member(chance, day, required, place):
    outcomes = {pk: chance.choice(OUTCOMES) for pk in (1, 2, 3)}
    outcomes = {pk: outcome for pk, outcome in outcomes.items() if outcome}
    return MemberFacts(
        name=f"Lò Văn Mẫu {place}",
        birth_year=day.year - chance.choice(AGES),
        is_head=place == 0 and chance.random() < 0.8,
        is_able=_is_able(required, outcomes),
        is_confirmed=chance.random() < 0.3,
        does_vneid_alone=outcomes.get(2) == "alone",
        uuid=UUID(int=place),
        outcomes=outcomes,
    )


def package_of(required, facts):
    return {
        "skills": [skill_row(skill, required) for skill in SKILLS],
        "households": [household_row(known, SKILLS) for known in facts],
    }


def poverty_of(facts):
    poor = {"poor": [], "near_poor": []}
    for known in facts:
        if known.household.poverty in poor:
            poor[known.household.poverty].append(str(known.household.uuid))
    return poor


def told(entries):
    return [
        {
            "household": str(entry.uuid),
            "urgency": entry.urgency,
            "pressing": entry.is_pressing,
            "title": entry.title,
            "reasons": [[reason.kind, reason.weight, str(reason)] for reason in entry.reasons],
        }
        for entry in entries
    ]


def words(language):
    """The script with the phone's words, as the browser gets it."""
    with translation.override(language):
        view = JavaScriptCatalog.as_view(domain="djangojs")
        return view(RequestFactory().get("/")).content.decode()


ASK = """async ([villages, words]) => {
  (0, eval)(words);
  const { worklist } = await import("/static/js/field/worklist.js");
  return villages.map(({ known, today, poor }) => {
    const poverty = poor && { poor: new Set(poor.poor), near_poor: new Set(poor.near_poor) };
    return worklist(known, today, { poverty }).map((entry) => ({
      household: entry.household.u,
      urgency: entry.urgency,
      pressing: entry.pressing,
      title: entry.title,
      reasons: entry.reasons.map((reason) => [reason.kind, reason.weight, reason.text]),
    }));
  });
}"""


@pytest.fixture
def page(db, screen):
    page = screen.open()
    page.goto("/sign-in/")
    return page


@pytest.mark.parametrize("language", ["vi", "en"])
def test_it_works(page, language):
    chance = random.Random(2025)
    villages, expected = [], []
    with translation.override(language):
        for number in range(VILLAGES):
            day, required, facts = a_village(chance)
            with_poverty = number % 3 > 0
            expected.append(told(most_urgent_first(facts, day, with_poverty=with_poverty)))
            villages.append(
                {
                    "known": package_of(required, facts),
                    "today": day.isoformat(),
                    "poor": poverty_of(facts) if with_poverty else None,
                }
            )
    found = page.evaluate(ASK, [villages, words(language)])
    for number, (on_the_phone, here) in enumerate(zip(found, expected, strict=True)):
        assert on_the_phone == here, number
    kinds = {reason[0] for entries in expected for entry in entries for reason in entry["reasons"]}
    assert len(kinds) == 11, "every reason came up"
