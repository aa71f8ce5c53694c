"""Households with residents, brought in: new, changed, same, wrong, to be decided."""

from datetime import date, timedelta

import pytest

from households.models import Household, Residency, Resident
from portal.testing.cast import LONG_SINCE
from portal.testing.hamlets import all_records
from portal.testing.importing import Lists
from reports.indicators import Place, all_indicators
from villages.importing import running
from villages.models import StaleMark
from villages.periods import today

NEW_YEAR = date(2025, 1, 1)


@pytest.fixture
def lists(cast):
    return Lists(cast.official, cast.commune)


def outcomes(rows):
    return [row.outcome for row in rows]


def person(name, born, household="7", village="Vi", **said):
    return {"village": village, "household": household, "full_name": name, "birth_year": born,
            **said}  # fmt: skip


def head(name, born, **said):
    return person(name, born, is_head="Chủ hộ", **said)


def members_of_the_first(cast):
    """The household 001 of Vi as its list says it."""
    return [
        head("Lò Văn Mẫu", "1961", household="1"),
        person("Lường Thị Mẫu", "1964", household="1"),
        person("Lò Văn Mẫu Em", "2012", household="1"),
    ]


def test_a_new_household_comes_with_its_people(cast, lists):
    rows = lists.bring_in(
        "households",
        head("Lò Văn Suối", "1970", sex="Nam", since="01/01/2025", ethnic_group="Thái",
             address="Đầu bản", phone="0912 345 678", poverty="Hộ cận nghèo"),
        person("Tòng Thị Mây", "1972", sex="nữ", is_head="vợ", since="01/02/2025",
               smart_device="x", connection="4G", observed_on="15/03/2025"),
        person("Lò Thị Sao", "1950", until="31/05/2025", since="01/01/2025", ended="mất"),
    )  # fmt: skip
    assert outcomes(rows) == ["new"] * 3
    made = Household.objects.get(village=cast.vi, number=7)
    assert (made.address, made.poverty, made.smart_device, made.connection, made.observed_on) == (
        "Đầu bản", "near_poor", True, "mobile", date(2025, 3, 15),
    )  # fmt: skip
    assert (made.places.get().from_on, made.places.get().to_on) == (NEW_YEAR, None)
    assert (made.head.full_name, made.head.name_folded) == ("Lò Văn Suối", "lo van suoi")
    assert made.observations.get().observed_by == cast.official
    gone = made.residents.get(status="deceased")
    assert (gone.residencies.get().to_on, gone.residencies.get().ended) == (
        date(2025, 5, 31), "deceased",
    )  # fmt: skip
    assert StaleMark.objects.filter(village=cast.vi, since_on=NEW_YEAR).exists()


def test_the_same_list_again_changes_nothing(cast, lists):
    said = [
        head("Lò Văn Suối", "1970", sex="Nam", smart_device="Có", connection="Wi-Fi",
             poverty="nghèo", since="01/01/2025"),
        person("Lò Thị Sao", "1950", until="31/05/2025", since="01/01/2025"),
        *members_of_the_first(cast),
    ]  # fmt: skip
    assert outcomes(lists.bring_in("households", *said)) == ["new", "new", "same", "same", "same"]
    assert outcomes(lists.plan("households", *said)) == ["same"] * 5
    # Two ways to write it, without accents and with them, are one.
    assert outcomes(lists.plan("households", person("lo thi sao", "1950", until="31/05/2025"),
                               person("LÒ VĂN SUỐI", "1970"))) == ["same", "same"]  # fmt: skip


def test_what_differs_is_shown_before_and_after(cast, lists):
    rows = lists.bring_in(
        "households",
        head("Lò Văn Mẫu", "1961", household="1", sex="nam", poverty="nghèo", phone="0987654321"),
        person("Lường Thị Mẫu", "1964", household="1", smart_device="không"),
        person("Lò Văn Mẫu Em", "2012", household="1", sex=""),
        as_of="2025-06-01",
    )  # fmt: skip
    assert outcomes(rows) == ["changed", "changed", "same"]
    assert {change[2] for change in rows[0].changes} == {"Nam", "Hộ nghèo", "0987654321"}
    cast.household.refresh_from_db()
    assert (cast.household.poverty, cast.household.smart_device) == ("poor", False)
    assert cast.household.observed_on == date(2025, 6, 1)


def test_what_a_file_does_not_say_never_wipes(cast, lists):
    cast.household.phone, cast.household.poverty = "0912000111", "poor"
    cast.household.save()
    lists.bring_in("households", person("Lò Văn Mẫu", "1961", household="1", phone="", poverty=""))
    cast.household.refresh_from_db()
    assert (cast.household.phone, cast.household.poverty) == ("0912000111", "poor")
    assert cast.household.head.full_name == "Lò Văn Mẫu"


def test_a_household_has_one_head(cast, lists):
    rows = lists.plan(
        "households",
        person("Lò Văn A", "1970"),
        person("Lò Văn B", "1975"),
        head("Lò Văn C", "1970", household="8"),
        head("Lò Văn D", "1975", household="8"),
        person("Lò Văn Mẫu", "1961", household="1", is_head="không"),
    )
    assert outcomes(rows) == ["wrong", "wrong", "new", "wrong", "wrong"]
    assert [*rows[0].errors] == [""]
    assert [*rows[3].errors] == ["is_head"]


def test_a_new_head_takes_the_place_of_the_former(cast, lists):
    rows = lists.bring_in("households", head("Lường Thị Mẫu", "1964", household="1"))
    assert outcomes(rows) == ["changed"]
    heads = cast.household.residents.filter(is_head=True)
    assert [resident.full_name for resident in heads] == ["Lường Thị Mẫu"]
    rows = lists.bring_in(
        "households",
        head("Lò Văn Mới", "1990", household="1"),
        person("Lường Thị Mẫu", "1964", household="1", until="31/10/2025", ended="mất"),
    )
    assert outcomes(rows) == ["new", "changed"]
    assert cast.household.residents.get(is_head=True).full_name == "Lò Văn Mới"


def test_another_birth_year_is_asked_about(cast, lists):
    said = person("Lường Thị Mẫu", "1965", household="1")
    (asked,) = lists.plan("households", said)
    assert asked.outcome == "uncertain"
    ((key, words),) = asked.candidates
    assert "1964" in words
    (skipped,) = lists.bring_in("households", said, decisions={2: "skip"})
    assert skipped.outcome == "skipped"
    (known,) = lists.bring_in("households", said, decisions={2: key})
    assert known.outcome == "changed"
    assert cast.household.residents.get(full_name="Lường Thị Mẫu").birth_year == 1965
    (new,) = lists.bring_in("households", {**said, "birth_year": "1999"}, decisions={2: "new"})
    assert new.outcome == "new"
    assert cast.household.residents.filter(full_name="Lường Thị Mẫu").count() == 2


def test_somebody_of_another_household_may_have_moved(cast, lists):
    mover = cast.second_household.residents.get()
    said = person("Vàng Thị Mẫu", "1990", household="1", since="01/07/2025")
    (asked,) = lists.plan("households", said)
    assert (asked.outcome, asked.candidates[0][0]) == ("uncertain", str(mover.uuid))
    (moved,) = lists.bring_in("households", said, decisions={2: str(mover.uuid)})
    assert moved.outcome == "changed"
    mover.refresh_from_db()
    assert (mover.household, mover.is_head) == (cast.household, False)
    past, present = mover.residencies.order_by("from_on")
    assert (past.household, past.from_on, past.to_on, past.ended) == (
        cast.second_household, LONG_SINCE, date(2025, 6, 30), "other_household",
    )  # fmt: skip
    assert (present.household, present.from_on, present.to_on) == (
        cast.household, date(2025, 7, 1), None,
    )  # fmt: skip
    assert outcomes(lists.plan("households", said)) == ["same"]


def test_namesakes_that_the_list_itself_keeps_apart_are_not_asked_about(cast, lists):
    rows = lists.plan(
        "households",
        person("Vàng Thị Mẫu", "1990", household="1"),
        head("Vàng Thị Mẫu", "1990", household="2"),
    )
    assert outcomes(rows) == ["new", "same"]


def test_who_comes_back_lives_here_again(cast, lists):
    lists.bring_in("households", person("Lò Văn Mẫu Em", "2012", household="1", until="01/03/2025"))
    resident = Resident.objects.get(full_name="Lò Văn Mẫu Em")
    assert resident.status == "moved"
    said = person("Lò Văn Mẫu Em", "2012", household="1", since="01/09/2025")
    (asked,) = lists.plan("households", said)
    assert asked.outcome == "uncertain"
    lists.bring_in("households", said, decisions={2: str(resident.uuid)})
    resident.refresh_from_db()
    assert resident.status == "present"
    assert resident.residencies.filter(to_on=None).get().from_on == date(2025, 9, 1)


def test_what_cannot_be_is_refused_beside_its_column(cast, lists):
    tomorrow = (today() + timedelta(days=1)).strftime("%d/%m/%Y")
    rows = lists.plan(
        "households",
        head("Lò Văn A", "1899"),
        head("Lò Văn B", "2020", since="01/01/2019", household="8"),
        head("Lò Văn C", "1980", since="01/01/2025", until="01/12/2024", household="9"),
        head("Lò Văn D", "1980", phone="012345678901", household="10"),
        head("12345", "1980", household="11"),
        head("Lò Văn F", "1980", household="12", village="Xa"),
        head("Lò Văn G", "1980", household="13", since=tomorrow),
        head("Lò Văn H", "1980", household="14", poverty="giàu sang"),
        head("Lò Văn I\x00", "1980", household="15"),
    )
    assert [[*row.errors] for row in rows] == [
        ["birth_year"], ["since"], ["until"], ["phone"], ["full_name"], ["village"], ["since"],
        ["poverty"], ["full_name"],
    ]  # fmt: skip


def test_a_person_who_stands_twice(cast, lists):
    said = head("Lò Văn A", "1970")
    rows = lists.plan("households", said, dict(said), {**said, "sex": "nam"},
                      person("Lò Văn B", "1980", poverty="nghèo"),
                      person("Lò Văn C", "1990", poverty="cận nghèo"))  # fmt: skip
    assert outcomes(rows) == ["new", "skipped", "wrong", "new", "wrong"]
    assert [*rows[4].errors] == ["poverty"]


def test_only_what_the_person_may_write_is_found(cast):
    for user in (cast.stranger, cast.reader):
        rows = Lists(user, cast.commune).plan("households", *members_of_the_first(cast))
        assert outcomes(rows) == ["wrong"] * 3
    rows = Lists(cast.official, cast.elsewhere).plan("households", *members_of_the_first(cast))
    assert outcomes(rows) == ["wrong"] * 3


def test_a_household_left_by_all_has_left_with_the_last(cast, lists):
    lists.bring_in(
        "households",
        person("Lò Văn A", "1970", since="01/01/2025", until="30/04/2025"),
        person("Lò Thị B", "1972", since="01/01/2025", until="31/05/2025"),
    )
    place = Household.objects.get(village=cast.vi, number=7).places.get()
    assert (place.from_on, place.to_on) == (NEW_YEAR, date(2025, 5, 31))


def counted(commune, day):
    return {found.code: found.count(Place(commune.pk), day) for found in all_indicators()}


def test_figures_are_those_of_the_same_typed_by_hand(cast, lists):
    from households.residence import add_household, add_resident, end_residency

    other = add_household(village=cast.khi, since_on=NEW_YEAR, number=30, poverty="poor")
    typed = [
        add_resident(household=other, since_on=NEW_YEAR, full_name=name, birth_year=born)
        for name, born in (("Lò Văn Một", 1980), ("Lò Thị Hai", 1985), ("Lò Thị Ba", 1940))
    ]
    end_residency(resident=typed[2], on=date(2025, 6, 30), ended=Residency.Ended.DECEASED)
    days = (date(2025, 3, 1), date(2025, 6, 30), date(2025, 12, 31))
    by_hand = [counted(cast.commune, day) for day in days]
    Residency.objects.filter(household=other).delete()
    Resident.objects.filter(household=other).delete()
    other.places.all().delete()
    other.delete()
    assert [counted(cast.commune, day) for day in days] != by_hand
    lists.bring_in(
        "households",
        head("Lò Văn Một", "1980", village="Khì", household="30", since="01/01/2025"),
        person("Lò Thị Hai", "1985", village="Khì", household="30", since="01/01/2025"),
        person("Lò Thị Ba", "1940", village="Khì", household="30", since="01/01/2025",
               until="30/06/2025", ended="mất"),
    )  # fmt: skip
    assert [counted(cast.commune, day) for day in days] == by_hand


def test_planning_asks_the_database_no_more_for_many_rows(
    cast, lists, django_assert_max_num_queries
):
    few = [head(f"Lò Văn Số {n}", "1980", household=str(n)) for n in range(20, 30)]
    many = [head(f"Lò Văn Số {n}", "1980", household=str(n)) for n in range(20, 220)]
    with django_assert_max_num_queries(8):
        lists.plan("households", *few)
    with django_assert_max_num_queries(8):
        lists.plan("households", *many)


def test_all_of_it_goes_through_a_file_and_is_undone_to_the_last_row(cast, lists):
    mover = cast.second_household.residents.get()
    before = all_records()
    run = lists.upload(
        "households",
        head("Lường Thị Mẫu", "1964", household="1", poverty="Hộ nghèo", smart_device="Có"),
        person("Lò Văn Mẫu", "1961", household="1", until="31/05/2025", ended="Đã mất"),
        person("Vàng Thị Mẫu", "1990", household="1", since="01/07/2025"),
        head("Lò Văn Suối", "1970", since="01/01/2025", connection="4G"),
        decisions={"4": str(mover.uuid)},
    )
    assert run.counts == {"changed": 3, "new": 1}, list(run.rows.values("errors", "cells"))
    running.apply_run(run, by=cast.official)
    assert run.status == "applied", run.problem
    assert Resident.objects.get(pk=mover.pk).household == cast.household
    running.undo_run(run, by=cast.official)
    assert run.status == "undone", run.problem
    assert all_records() == before
