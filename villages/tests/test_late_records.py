"""Lists that name a village which has merged or taken another name since."""

from datetime import timedelta

import pytest

from households.models import Encounter
from households.village_changes import merge_villages, rename_village
from portal.testing.importing import Lists
from portal.testing.lists import ListDesk, outcomes
from training.models import Enterprise, TrainingSession
from villages.models import ConnectivityReport, PopulationGroup, Village
from villages.periods import today

ON = today() - timedelta(days=40)
BEFORE = ON - timedelta(days=1)


def typed(day):
    return f"{day:%d/%m/%Y}"


@pytest.fixture
def merged(cast):
    """Vi has been a part of Khì since the day."""
    return merge_villages(former=cast.vi, successor=cast.khi, effective_on=ON)


@pytest.fixture
def renamed(cast):
    rename_village(former=cast.vi, name="Vi Mới", effective_on=ON)
    return Village.objects.get(name="Vi Mới")


def desk(code, cast):
    return ListDesk(code, commune=cast.commune, user=cast.official)


@pytest.mark.parametrize(("day", "name"), [(BEFORE, "Vi"), (ON, "Khì"), (today(), "Khì")])
def test_a_session_stands_in_the_village_of_its_day(cast, merged, day, name):
    (row,) = desk("sessions", cast).bring({"title": "Lớp", "held_on": f"{day}", "village": "Vi"})
    assert TrainingSession.objects.get().village.name == name
    # What is read otherwise than it is written says so in the preview.
    assert ("village" in row.read_as) == (name == "Khì")
    assert name in row.read_as.get("village", name)


def test_the_preview_shows_how_a_village_is_read(cast, merged):
    row = {"title": "Lớp", "held_on": typed(ON), "village": "Vi"}
    run = Lists(cast.official, cast.commune).upload("sessions", row)
    assert "Khì" in run.rows.get().cells["village"]


def test_a_name_of_later_means_the_village_of_its_day(cast, renamed):
    list_ = desk("sessions", cast)
    for day, village in ((BEFORE, cast.vi), (ON, renamed)):
        for name in ("Vi", "Vi Mới"):
            title = f"Lớp {name}"
            list_.bring({"title": title, "held_on": f"{day}", "village": name})
            assert TrainingSession.objects.get(title=title, held_on=day).village == village


def visit(day, village, household):
    return {"visited_on": typed(day), "occasion": "Tại nhà", "village": village,
            "household": household, "difficulty": "Vắng nhà"}  # fmt: skip


def test_a_visit_is_to_a_household_by_its_number_of_today(cast, merged):
    lists = Lists(cast.official, cast.commune)
    for day in (BEFORE, ON):
        (row,) = lists.plan("guidance", visit(day, "Vi", "1"))
        assert "«Khì»" in " ".join(row.errors.values()), day
    cast.household.refresh_from_db()
    lists.bring_in("guidance", visit(BEFORE, "Khì", str(cast.household.number)))
    visited = Encounter.objects.get()
    assert (visited.household, visited.village) == (cast.household, cast.vi)


def test_a_renamed_village_keeps_the_numbers(cast, renamed):
    lists = Lists(cast.official, cast.commune)
    rows = [visit(BEFORE, "Vi", "1"), visit(ON, "Vi", "1"), visit(ON, "Vi Mới", "2")]
    assert [row.outcome for row in lists.bring_in("guidance", *rows)] == ["new"] * 3
    stood = Encounter.objects.order_by("held_on", "household__number")
    assert [visit.village for visit in stood] == [cast.vi, renamed, renamed]


def test_lists_without_a_day_are_told_the_successor(cast, merged):
    lists = Lists(cast.official, cast.commune)
    person = {"village": "Vi", "household": "1", "full_name": "Lò Văn Mẫu", "birth_year": "1961"}
    (row,) = lists.plan("households", person)
    assert "«Khì»" in row.errors["village"]


def test_a_report_on_connectivity_is_found_where_it_went(cast):
    lists = Lists(cast.official, cast.commune)
    row = {"village": "Vi", "operator": "Viettel", "technology": "4G", "quality": "Yếu",
           "where": "Cuối bản", "reported_on": typed(BEFORE)}  # fmt: skip
    lists.bring_in("connectivity", row)
    merge_villages(former=cast.vi, successor=cast.khi, effective_on=ON)
    report = ConnectivityReport.objects.get()
    assert (report.village, report.where) == (cast.khi, "Bản Vi: Cuối bản")
    assert outcomes(lists.plan("connectivity", row)) == ["same"]
    late = row | {"where": "Trường học"}
    lists.bring_in("connectivity", late, late | {"operator": "VNPT", "resolved_on": typed(BEFORE)})
    assert ConnectivityReport.objects.get(where="Bản Vi: Trường học").village == cast.khi
    assert ConnectivityReport.objects.get(operator="VNPT").village == cast.vi


def test_an_enterprise_stays_where_it_is_counted(cast, merged):
    group = PopulationGroup.objects.get(code="enterprise_workers")
    Enterprise.objects.create(commune=cast.commune, group=group, name="HTX Mẫu", village=cast.vi)
    said = {"enterprise": "HTX Mẫu", "workers": "10", "equipped": "5"}
    desk("declarations", cast).bring(
        said | {"village": "Vi", "declared_on": f"{BEFORE}"},
        said | {"village": "Khì", "declared_on": f"{ON}"},
    )
    assert Enterprise.objects.get().village == cast.vi
