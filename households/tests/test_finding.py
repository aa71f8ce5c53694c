"""What the list of households can be narrowed to says the same as the reasons to visit."""

import random
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from households.finding import CONDITIONS, found_households, sorted_households
from households.models import OLDER_AGE, Encounter, Household, Skill
from households.recording import Guidance, PersonOutcome, record_visit, void_visit
from households.rungs import is_adult
from households.worklist import facts_of, reasons_for
from portal.testing.again import Again
from portal.testing.cast import make_cast, make_household
from villages.periods import today

OUTCOMES = ("alone", "alone", "alone", "with_help", "not_yet")


def signed_in(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def visit(cast, household, on, **said):
    return record_visit(
        uuid=uuid.uuid4(),
        author=cast.leader,
        guidance=Guidance(
            commune=cast.commune, village=household.village, household=household,
            held_on=on, content={}, **{"occasion": "home_visit"} | said,
        ),
    )[0]  # fmt: skip


def _make_histories():
    cast = make_cast()
    chance = random.Random(11)
    skills = list(Skill.objects.all())
    for number in range(24):
        ages = [chance.choice((5, 17, 18, 40, 59, 60, 80)) for _ in range(chance.randint(0, 3))]
        household = make_household(
            cast.vi,
            *((f"Lò Văn Mẫu {number} {k}", today().year - age) for k, age in enumerate(ages)),
            smart_device=chance.choice((True, False, None)),
            poverty=chance.choice(("", "poor", "near_poor", "not_poor")),
            connection=("", "4g", "wifi", "none")[number % 4],
        )
        members = list(household.residents.all())
        for _ in range(chance.randint(0, 4)):
            on = today() - timedelta(days=chance.choice((0, 1, 5, 5, 20, 70)))
            people = tuple(
                PersonOutcome(
                    member,
                    {skill: chance.choice(OUTCOMES) for skill in skills if chance.random() < 0.8},
                    confirmed=chance.random() < 0.1,
                )
                for member in members
                if chance.random() < 0.8
            )
            after = chance.choice((None, None, 1, 2, 5, 6, 20, 90))
            made = visit(
                cast, household, on, people=people,
                occasion=chance.choice(("home_visit", "home_visit", "gathering")),
                return_on=after and on + timedelta(days=after),
            )  # fmt: skip
            if chance.random() < 0.2:
                void_visit(encounter=made, reason="nhầm", by=cast.leader)
    return cast


_histories = Again(_make_histories)


@pytest.fixture
def histories(db):
    """Households with random pasts, some visits void, some at the cultural house."""
    return _histories()


def by_facts(name, facts):
    """Whether a household answers a condition, told from what the worklist knows of it."""
    adults = [member for member in facts.members if is_adult(member.birth_year, today())]
    older = [m for m in facts.members if today().year - m.birth_year >= OLDER_AGE]
    return {
        "not_visited": facts.last_visit_on is None,
        "not_reached": not any(member.is_reached for member in facts.members),
        "not_able": any(not member.is_able for member in adults),
        "older": bool(older),
        "older_without_vneid": any(not (m.does_vneid_alone or m.is_confirmed) for m in older),
        "poor": facts.household.poverty in {"poor", "near_poor"},
        "no_device": facts.household.smart_device is False,
        "no_signal": facts.household.connection == "none",
        "promised": facts.return_on is not None and facts.return_on <= today() + timedelta(days=1),
    }[name]


@pytest.mark.parametrize("name", CONDITIONS)
def test_it_works(histories, name):
    facts = facts_of(Household.objects.filter(village=histories.vi), today())
    expected = {known.household.pk for known in facts if by_facts(name, known)}
    everybody = Household.objects.filter(village=histories.vi)
    found = {household.pk for household in found_households(everybody, {"show": [name]})}
    assert found == expected
    assert 0 < len(found) < len(facts), "some and not all"


def test_with_no_skill_required_nobody_is_able(histories):
    Skill.objects.update(required_from_on=None)
    everybody = Household.objects.filter(village=histories.vi)
    facts = facts_of(everybody, today())
    found = {household.pk for household in found_households(everybody, {"show": ["not_able"]})}
    assert found == {known.household.pk for known in facts if by_facts("not_able", known)}


def test_several_conditions_have_to_hold_together(histories):
    everybody = Household.objects.filter(village=histories.vi)

    def found(*show):
        return set(found_households(everybody, {"show": show}).values_list("pk", flat=True))

    both = found("poor", "not_able")
    assert both == found("poor") & found("not_able")
    assert both


def test_the_order(histories):
    everybody = Household.objects.filter(village=histories.vi)
    facts = {known.household.pk: known for known in facts_of(everybody, today())}
    visited = list(sorted_households(everybody, "visited"))
    last = [facts[household.pk].last_visit_on for household in visited]
    assert last[0] is None
    known = [on for on in last if on]
    assert last == [None] * (len(last) - len(known)) + sorted(known)
    promised = list(sorted_households(everybody, "promised"))
    days = [facts[household.pk].return_on for household in promised]
    assert [household.promised_on for household in promised] == days
    assert days[0] is not None
    assert days[-1] is None


def test_the_list_shows_why_and_switches_conditions(cast):
    Household.objects.filter(pk=cast.second_household.pk).update(poverty="poor")
    visit(cast, cast.second_household, today() - timedelta(days=20))
    url = reverse("household_list")
    page = signed_in(cast.official).get(url, {"show": ["poor"], "village": cast.vi.pk, "q": "vang"})
    said = page.content.decode()
    assert "Hộ nghèo" in said
    assert "show=poor&amp;show=not_visited" in said, "another condition comes on top"
    assert page.context["page"].paginator.count == 1
    assert f"/households/lists/new/?q=vang&amp;village={cast.vi.pk}&amp;show=poor" in said
    reader = signed_in(cast.reader).get(url, {"show": ["poor", "nonsense"]})
    assert reader.context["page"].paginator.count == 3
    assert "Hộ nghèo" not in reader.content.decode()
    assert "show=poor&amp;show=not_visited" not in reader.content.decode()
    leader = signed_in(cast.leader).get(url, {"show": "not_visited", "sort": "promised"})
    assert [row.pk for row in leader.context["page"]] == [cast.household.pk]
    assert "Chưa thăm lần nào" in leader.content.decode()


def test_it_costs_the_same_for_any_page(histories):
    client = signed_in(histories.official)

    def queries(**query):
        client.get(reverse("household_list"), query)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("household_list"), query)
        return len(captured)

    assert queries(village=histories.khi.pk) == queries(village=histories.vi.pk) <= 30
    assert queries(show=["not_able", "promised"]) <= 30


def test_the_page_of_a_resident_names_the_others_in_the_household(cast):
    head = cast.household.residents.get(is_head=True)
    page = signed_in(cast.leader).get(reverse("resident_detail", args=[head.uuid]))
    others = [other.full_name for other in page.context["others"]]
    assert others == ["Lường Thị Mẫu", "Lò Văn Mẫu Em"]
    alone = cast.second_household.residents.get()
    page = signed_in(cast.leader).get(reverse("resident_detail", args=[alone.uuid]))
    assert "Người khác trong hộ" not in page.content.decode()


def test_the_page_of_a_household_says_why(cast):
    Household.objects.filter(pk=cast.household.pk).update(poverty="poor")
    visit(cast, cast.household, today() - timedelta(days=30))
    assert Encounter.objects.count() == 1
    url = reverse("household_detail", args=[cast.household.uuid])
    assert "Lý do đến thăm" in signed_in(cast.leader).get(url).content.decode()
    (facts,) = facts_of(Household.objects.filter(pk=cast.household.pk), today())
    kinds = [reason.kind for reason in reasons_for(facts, today())]
    assert "poor" in kinds
    assert "Hộ nghèo" not in signed_in(cast.reader).get(url).content.decode()
