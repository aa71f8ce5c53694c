"""The results table as people and programs read it."""

import json
from datetime import date, timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from households.models import SkillCheck
from households.recording import Guidance, PersonOutcome, record_visit
from reports.models import CoverageFigure
from reports.results import programme_results
from villages.models import GoverningDocument, Target
from villages.periods import today
from villages.targets import target_for, targets_for

FIRST, LAST = date(2025, 1, 1), date(2025, 10, 31)
FIGURES = {
    "villages", "teams", "staff", "communications", "training_sessions", "people_trained",
    "training_attendances", "households_visited", "household_visits",
    "people_helped_at_service_centre", "households_with_smart_device", "documents",
    "steering_committee_members",
}  # fmt: skip


def printed(cast, *words, first="2025-01-01", last="2025-10-31"):
    said = StringIO()
    call_command(
        "programme_results", "--from", first, "--to", last, "--commune", cast.commune.code, *words,
        stdout=said,
    )  # fmt: skip
    return said.getvalue()


def make_able(cast, day, *, confirmed=False):
    """Have the first adult of the cast's household do every required skill alone."""
    adult = cast.household.residents.get(birth_year=1961)
    guidance = Guidance(
        commune=cast.commune,
        village=cast.vi,
        household=cast.household,
        occasion="home_visit",
        held_on=day,
        content={},
        people=(
            PersonOutcome(
                adult, dict.fromkeys(cast.skills, SkillCheck.Outcome.ALONE), confirmed=confirmed
            ),
        ),
    )
    record_visit(uuid=uuid4(), guidance=guidance, author=cast.leader)


def test_it_works_as_json(cast):
    make_able(cast, LAST, confirmed=True)
    Target.objects.create(indicator="adults", year=2025, percent=80, source="Kế hoạch mẫu")
    found = json.loads(printed(cast, "--json"))
    assert found["period"] == {"from": "2025-01-01", "to": "2025-10-31"}
    assert set(found["figures"]) == FIGURES
    assert all(isinstance(count, int) for count in found["figures"].values())
    assert found["figures"]["households_visited"] == 1
    adults = next(row for row in found["indicators"] if row["code"] == "adults")
    # Vi: 1961, 1964, 1990; Khì: 1985. The one born in 2012 is no adult.
    assert (adults["numerator"], adults["denominator"], adults["percent"]) == (1, 4, 25.0)
    assert (adults["target"], adults["target_source"]) == (80.0, "Kế hoạch mẫu")
    assert (adults["reached"], adults["able"], adults["confirmed"]) == (1, 1, 1)
    assert adults["as_of"] == "2025-10-31"
    assert adults["definition"]


def test_nothing_to_count_is_missing_and_not_zero(cast):
    found = json.loads(printed(cast, "--json"))
    students = next(row for row in found["indicators"] if row["code"] == "students")
    assert (students["denominator"], students["percent"], students["target"]) == (0, None, None)
    assert "chưa có số liệu" in printed(cast)


def test_it_works_as_a_table(cast):
    make_able(cast, LAST)
    text = printed(cast, first="1/1/2025", last="31/10/2025")
    assert "Mường Kim" in text
    assert "01/01/2025" in text
    assert "25,0 %" in text.replace("\N{NO-BREAK SPACE}", " ")
    lines = text.splitlines()
    table = lines[2 : lines.index("", 2)]
    assert len(table) == 2 + len(FIGURES)
    # Aligned: the counts end in one column.
    assert all(row[len(table[1]) :] == "" for row in table)


def test_it_counts_records_and_not_what_is_stored(cast):
    make_able(cast, LAST)
    CoverageFigure.objects.all().delete()
    assert programme_results(cast.commune, FIRST, LAST).indicator("adults").numerator == 1


def test_a_stock_is_of_the_last_day(cast):
    make_able(cast, LAST)
    before = LAST - timedelta(days=1)
    assert programme_results(cast.commune, FIRST, before).indicator("adults").numerator == 0


def test_a_running_period_is_counted_as_of_today(cast):
    make_able(cast, today())
    results = programme_results(cast.commune, today(), today() + timedelta(days=40))
    assert results.as_of == today()
    assert results.figures["household_visits"] == 1
    assert results.indicator("adults").as_of == today()


def test_the_narrowest_target_applies(cast):
    def target(percent, **where):
        return Target.objects.create(indicator="adults", year=2025, percent=percent, **where)

    general = target(80)
    assert target_for("adults", cast.commune, None, 2025) == general
    own = target(70, commune=cast.commune)
    villages = target(60, commune=cast.commune, village=cast.vi)
    assert target_for("adults", cast.commune, None, 2025) == own
    assert target_for("adults", cast.commune, cast.vi, 2025) == villages
    assert target_for("adults", cast.commune, cast.khi, 2025) == own
    assert target_for("adults", cast.elsewhere, cast.far, 2025) == general
    assert target_for("adults", cast.commune, None, 2026) is None
    assert targets_for(cast.commune, 2025) == {"adults": 70}


def test_a_target_without_words_names_its_document(cast):
    plan = GoverningDocument.objects.create(
        number="01-KH", kind="plan", issuer="Cấp trên", issued_on=FIRST, title="Kế hoạch"
    )
    Target.objects.create(indicator="adults", year=2025, percent=80, document=plan)
    results = programme_results(cast.commune, FIRST, LAST)
    assert results.indicator("adults").target_source == str(plan)


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2025-13-01", "2025-10-31", "is not a day"),
        ("hôm qua", "2025-10-31", "is not a day"),
        ("2025-11-01", "2025-10-31", "must not be after"),
        ("2999-01-01", "2999-10-31", "has not begun yet"),
    ],
)
def test_wrong_days_are_refused_in_words(cast, first, last, said):
    with pytest.raises(CommandError, match=said):
        printed(cast, first=first, last=last)


def test_several_communes_need_a_choice(cast):
    with pytest.raises(CommandError, match="--commune CODE"):
        call_command("programme_results", "--from", "2025-01-01", "--to", "2025-10-31")
    with pytest.raises(CommandError, match="no commune of code «99999»"):
        call_command(
            "programme_results", "--from", "2025-01-01", "--to", "2025-10-31", "--commune", "99999"
        )


def test_an_empty_portal_says_how_to_begin(db):
    with pytest.raises(CommandError, match="load_demo"):
        call_command("programme_results", "--from", "2025-01-01", "--to", "2025-10-31")
