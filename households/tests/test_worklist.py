"""Whom to visit next, and why, in words."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from households.models import Encounter, Household, Skill
from households.recording import Guidance, PersonOutcome, record_visit, void_visit
from households.worklist import HouseholdFacts, MemberFacts, reasons_for, worklist
from villages.periods import today

DAY = date(2025, 11, 22)
YOUNG = MemberFacts("Lò Văn Mẫu", 1990, is_head=True)
OLD = MemberFacts("Lường Thị Mẫu", 1950, is_head=False)


def kinds(*, household=None, as_of=DAY, **facts):
    found = reasons_for(HouseholdFacts(household or Household(number=14), **facts), as_of)
    return [reason.kind for reason in found]


def ago(days):
    return DAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, ["never_visited"]),
        ({"members": (OLD,)}, ["never_visited", "older_without_vneid"]),
        ({"last_visit_on": ago(3)}, []),
        ({"last_visit_on": ago(20)}, []),
        ({"last_visit_on": ago(63)}, ["long_ago"]),
        ({"last_visit_on": ago(3), "return_on": DAY}, ["promised_today"]),
        ({"last_visit_on": ago(30), "return_on": ago(10)}, ["promised_late"]),
        ({"last_visit_on": ago(3), "return_on": DAY + timedelta(days=1)}, ["promised_soon"]),
        ({"last_visit_on": ago(3), "return_on": DAY + timedelta(days=9)}, []),
        ({"last_visit_on": ago(20), "was_away": True}, ["was_away"]),
        ({"last_visit_on": ago(20), "members": (YOUNG,)}, ["nobody_able"]),
        (
            {
                "last_visit_on": ago(20),
                "members": (YOUNG, MemberFacts("Lò Thị Mẫu", 1991, False, is_able=True)),
            },
            ["some_not_able"],
        ),
        ({"last_visit_on": ago(20), "members": (MemberFacts("Em", 2015, False),)}, []),
        (
            {
                "last_visit_on": ago(20),
                "members": (MemberFacts("Già", 1950, True, is_able=True, is_confirmed=True),),
            },
            [],
        ),
    ],
)
def test_what_makes_a_household_due(facts, expected):
    assert kinds(**facts) == expected


def test_poverty_is_a_reason_only_for_those_who_may_see_it():
    facts = HouseholdFacts(Household(number=1, poverty="poor"), last_visit_on=ago(20))
    assert [str(r.kind) for r in reasons_for(facts, DAY)] == ["poor"]
    assert reasons_for(facts, DAY, with_poverty=False) == []


def test_the_reasons_are_words_in_the_language_of_the_page():
    facts = HouseholdFacts(
        Household(number=1), members=(OLD,), last_visit_on=ago(63), return_on=ago(10)
    )
    with translation.override("en"):
        assert [str(reason) for reason in reasons_for(facts, DAY)] == [
            "Promised to come back on 12/11, overdue",
            "1 older person without VNeID",
            "visited 63 days ago",
        ]


def test_an_appointment_of_last_year_says_its_year():
    facts = HouseholdFacts(Household(number=1), last_visit_on=ago(400), return_on=ago(350))
    with translation.override("en"):
        reason = str(reasons_for(facts, DAY)[0])
    assert reason == f"Promised to come back on {ago(350):%d/%m/%Y}, overdue"


def test_it_reads_the_records(cast):
    with translation.override("en"):
        entries = worklist(cast.vi, today())
    assert [entry.household for entry in entries] == [cast.household, cast.second_household]
    assert entries[0].title.endswith("Lò Văn Mẫu")
    head = cast.household.residents.get(is_head=True)
    required = list(Skill.objects.required_on(today()))
    visit, _created = record_visit(
        uuid=Encounter().uuid,
        author=cast.leader,
        guidance=Guidance(
            commune=cast.commune,
            village=cast.vi,
            household=cast.household,
            occasion="home_visit",
            held_on=today(),
            content={},
            people=(PersonOutcome(head, dict.fromkeys(required, "alone"), confirmed=True),),
        ),
    )
    assert [entry.household for entry in worklist(cast.vi, today())] == [cast.second_household]
    later = worklist(cast.vi, today() + timedelta(days=30))
    assert [reason.kind for reason in later[1].reasons] == ["older_without_vneid"]
    void_visit(encounter=visit, reason="nhầm", by=cast.leader)
    assert len(worklist(cast.vi, today())) == 2
    assert len(worklist(cast.vi, today(), 1)) == 1
    assert worklist(cast.khi, today())[0].household == cast.khi_household


def test_a_kept_promise_is_no_reason(cast):
    def visit(held_on, return_on=None):
        record_visit(
            uuid=Encounter().uuid,
            author=cast.leader,
            guidance=Guidance(
                commune=cast.commune,
                village=cast.vi,
                household=cast.second_household,
                occasion="home_visit",
                held_on=held_on,
                content={},
                return_on=return_on,
                difficulty="away",
            ),
        )

    def first_reasons():
        entries = worklist(cast.vi, today())
        return [r.kind for e in entries if e.household == cast.second_household for r in e.reasons]

    visit(today() - timedelta(days=30), today() - timedelta(days=5))
    assert first_reasons()[0] == "promised_late"
    visit(today() - timedelta(days=1))
    assert first_reasons() == []


def test_it_costs_the_same_for_any_village(cast, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        worklist(cast.vi, today())
