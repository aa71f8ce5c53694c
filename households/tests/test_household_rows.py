"""A commune's own list of households: named once above blanks, by its head, or by heads alone."""

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from households.import_kinds.household_rows import is_name, is_relative
from households.models import Household, Resident
from portal.testing.importing import Lists, workbook
from villages.importing import running
from villages.importing.error_workbook import error_workbook
from villages.importing.telling import notices

# The database has no say in it; once is enough.
pytestmark = pytest.mark.once

HEADINGS = ["STT", "Bản", "Số hộ", "Chủ hộ", "Họ và tên", "Năm sinh"]


@pytest.fixture
def lists(cast):
    return Lists(cast.official, cast.commune)


def planned(lists, rows, **shape):
    return running.plan_run(lists.start("households", workbook(rows, **shape)))


def written(lists, rows, **shape):
    run = planned(lists, rows, **shape)
    assert set(run.counts) <= {"new"}, list(run.rows.values_list("number", "errors"))
    running.apply_run(run, by=lists.user)
    assert run.status == "applied", run.problem
    return run


def people_of(number):
    household = Household.objects.get(number=number)
    found = household.residents.order_by("pk").values_list("full_name", flat=True)
    return [f"{name}*" if name == household.head.full_name else name for name in found]


def mistakes(run):
    wrong = run.rows.filter(outcome="wrong")
    return {row.number: [*row.errors] for row in wrong}


def test_a_household_is_named_once_above_blank_cells(lists):
    run = written(
        lists,
        [
            HEADINGS,
            [1, "Vi", 21, "x", "Lò Văn Một", 1970],
            [2, None, None, None, "Lò Thị Hai", 1972],
            [],
            [3, None, None, None, "Lò Thị Ba", 2001],
            [4, None, 22, "Chủ hộ", "Vàng A Bốn", 1980],
            [5, None, None, "vợ", "Giàng Thị Năm", 1982],
        ],
    )
    assert people_of(21) == ["Lò Văn Một*", "Lò Thị Hai", "Lò Thị Ba"]
    assert people_of(22) == ["Vàng A Bốn*", "Giàng Thị Năm"]
    # The row with a number of its own lacks its village alone, and is counted as well.
    assert any(words.startswith("4 dòng") for words in notices(run))


def test_merged_cells_say_the_same_of_every_row(lists):
    run = written(
        lists,
        [
            HEADINGS,
            [1, "Vi", 21, "Lò Văn Một", "Lò Văn Một", 1970],
            [2, None, None, None, "Lò Thị Hai", 1972],
            [3, None, 22, "Vàng A Bốn", "Giàng Thị Năm", 1982],
            [4, None, None, None, "Vàng A Bốn", 1980],
        ],
        merged=["B2:B5", "C2:C3", "C4:C5", "D2:D3", "D4:D5"],
    )
    assert people_of(21) == ["Lò Văn Một*", "Lò Thị Hai"]
    assert people_of(22) == ["Giàng Thị Năm", "Vàng A Bốn*"]
    # What is merged is certain: nothing to tell.
    assert notices(run) == []


def test_a_head_without_a_number_is_never_put_into_the_household_above(lists):
    run = planned(
        lists,
        [
            HEADINGS,
            [1, "Vi", 21, "x", "Lò Văn Một", 1970],
            [2, None, None, "x", "Vàng A Bốn", 1980],
            [3, None, None, None, "Giàng Thị Năm", 1982],
            [4, "Khì", None, None, "Lò Thị Sáu", 1982],
        ],
    )
    assert mistakes(run) == {
        3: ["village", "household"], 4: ["village", "household"], 5: ["household"],
    }  # fmt: skip


def test_another_village_s_value_is_filled_down_in_no_other_list(lists):
    rows = [
        ["Bản", "Họ tên", "Vai trò"],
        ["Vi", "Lò Văn Một", "Tổ viên"],
        [None, "Lò Hai", "Tổ viên"],
    ]
    run = running.plan_run(lists.start("teams", workbook(rows)))
    assert mistakes(run) == {3: ["village"]}
    run = running.plan_run(lists.start("teams", workbook(rows, merged=["A2:A3"])))
    assert mistakes(run) == {}


def test_the_head_s_name_beside_each_person_marks_the_head(lists):
    rows = [
        ["Bản", "Số hộ", "Họ tên chủ hộ", "Họ và tên", "Quan hệ với chủ hộ", "Ngày sinh"],
        ["Vi", 21, "Lò Văn Một", "Lò Thị Hai", "Vợ", date(1972, 3, 4)],
        ["Vi", 21, "Lò Văn Một", "LÒ VĂN MỘT", "Chủ hộ", date(1970, 3, 4)],
        ["Vi", 21, "Lò Văn Một", "Lò Văn Ba", "Con trai cả", date(2001, 3, 4)],
        ["Vi", 22, "Vàng A Bốn", "Vàng A Bốn", None, date(1980, 3, 4)],
        ["Vi", 22, "Vàng A Bốn", "Giàng Thị Năm", "Vợ hai", date(1982, 3, 4)],
    ]
    written(lists, rows)
    assert people_of(21) == ["Lò Thị Hai", "LÒ VĂN MỘT*", "Lò Văn Ba"]
    assert people_of(22) == ["Vàng A Bốn*", "Giàng Thị Năm"]
    assert Resident.objects.get(full_name="Lò Văn Ba").birth_year == 2001


def test_a_column_for_the_head_that_holds_names_is_told_from_the_kinship(lists):
    rows = [
        ["STT", "Bản", "Chủ hộ", "Họ và tên", "Năm sinh", "Quan hệ"],
        [21, "Vi", "Lò Văn Một", "Lò Văn Một", 1970, "Chủ hộ"],
        [None, None, None, "Lò Văn Một", 2001, "Con"],
    ]
    run = written(lists, rows)
    assert (run.matching["2"], run.matching["5"]) == ("head_name", "is_head")
    assert [r.birth_year for r in Resident.objects.filter(is_head=True, household__number=21)] == [
        1970
    ]


def test_a_head_who_is_not_on_the_list_is_told(lists):
    rows = [
        HEADINGS,
        [1, "Vi", 21, "Lò Văn Mốt", "Lò Văn Hai", 1970],
        [2, "Vi", 21, None, "Lò Ba", 1971],
    ]
    assert mistakes(planned(lists, rows)) == {2: [""], 3: [""]}


@pytest.mark.parametrize("heading", ["Họ và tên chủ hộ", "Chủ hộ"])
def test_a_list_of_heads_alone(lists, heading):
    """Its running numbers are those of the households."""
    rows = [
        ["DANH SÁCH CHỦ HỘ BẢN VI"],
        ["STT", "Bản", heading, "Năm sinh"],
        [21, "Vi", "Lò Văn Một", 1970],
        [22, "Vi", "Vàng A Bốn", 1980],
    ]
    run = written(lists, rows)
    assert run.matching == {"0": "household", "1": "village", "2": "head_name", "3": "birth_year"}
    assert people_of(21) == ["Lò Văn Một*"]
    assert people_of(22) == ["Vàng A Bốn*"]


def test_a_list_of_heads_takes_the_place_of_a_known_head(cast, lists):
    rows = [["Bản", "Số hộ", "Họ tên chủ hộ", "Năm sinh"], ["Vi", 1, "Lường Thị Mẫu", 1964]]
    run = planned(lists, rows)
    assert run.counts == {"changed": 1}
    running.apply_run(run, by=lists.user)
    assert cast.household.residents.get(is_head=True).full_name == "Lường Thị Mẫu"


def test_one_person_of_each_household_is_its_head_where_the_list_does_not_say(lists):
    written(lists, [["Bản", "Số hộ", "Họ tên", "Năm sinh"], ["Vi", 21, "Lò Văn Một", 1970]])
    assert people_of(21) == ["Lò Văn Một*"]
    # Whoever is left over beside a wrong row is not.
    marked = [["Bản", "Số hộ", "Chủ hộ", "Họ tên", "Năm sinh"], ["Vi", 22, "x", "Lò Hai", 19]]
    assert mistakes(planned(lists, [*marked, ["Vi", 22, None, "Lò Ba", 1970]])) == {
        2: ["birth_year"], 3: [""],
    }  # fmt: skip


BORN = [
    ["DANH SÁCH NHÂN KHẨU"],
    ["STT", "Họ và tên", "Năm sinh", None, "Quan hệ với chủ hộ", "Bản", "Số hộ"],
    [None, None, "Nam", "Nữ"],
    [1, "Lò Văn Một", 1961, None, "Chủ hộ", "Vi", 50],
    [2, "Lò Thị Hai", None, 1964, "Vợ", "Vi", 50],
]
TALL = ["A2:A3", "B2:B3", "E2:E3", "F2:F3", "G2:G3"]


@pytest.mark.parametrize("merged", [["C2:D2", *TALL], ["C2:D2"], []])
def test_the_year_of_birth_stands_below_men_or_below_women(cast, lists, client, merged):
    run = planned(lists, BORN, merged=merged)
    assert run.matching == {
        "1": "full_name", "2": "born_men", "3": "born_women", "4": "is_head", "5": "village",
        "6": "household",
    }  # fmt: skip
    client.force_login(cast.official)
    page = client.get(reverse("import_match", args=[run.uuid])).content.decode()
    assert "Năm sinh của nam" in page
    assert run.counts == {"new": 2}, list(run.rows.values_list("number", "errors"))
    running.apply_run(run, by=lists.user)
    found = Resident.objects.filter(household__number=50).order_by("pk")
    assert list(found.values_list("full_name", "birth_year", "sex")) == [
        ("Lò Văn Một", 1961, "male"),
        ("Lò Thị Hai", 1964, "female"),
    ]


def test_two_columns_of_years_may_be_headed_in_one_row(lists):
    rows = [
        ["Bản", "Số hộ", "Họ và tên", "Năm sinh (Nữ)", "Năm sinh (Nam)", "Chủ hộ"],
        ["Vi", 50, "Lò Thị Hai", "1964", None, "x"],
    ]
    run = written(lists, rows)
    (shown,) = run.rows.all()
    assert (shown.cells["birth_year"], shown.cells["sex"]) == ("1964", "Nữ")


def test_a_year_below_both_or_none_is_refused_and_marked_where_it_stands(lists):
    wrong = [
        [3, "Lò Văn Ba", None, "19x4", "Con", "Vi", 50],
        [4, "Lò Văn Bốn", 1990, 1991, "Con", "Vi", 50],
        [5, "Lò Văn Năm", None, None, "Con", "Vi", 50],
    ]
    run = planned(lists, [*BORN, *wrong])
    assert mistakes(run) == {6: ["birth_year"], 7: ["birth_year"], 8: ["birth_year"]}
    assert "1990 / 1991" in run.rows.get(number=7).errors["birth_year"]
    page = load_workbook(BytesIO(error_workbook(run))).active
    marked = {
        cell.coordinate
        for row in page.iter_rows(min_row=4)
        for cell in row
        if cell.comment is not None
    }
    assert marked == {"D6", "C7", "C8"}


def test_running_numbers_of_people_are_not_those_of_households(lists):
    rows = [["STT", "Bản", "Chủ hộ", "Họ tên", "Năm sinh"]]
    people = [[n, "Vi", "x", f"Lò Văn {name}", 1970] for n, name in ((1, "A"), (2, "B"))]
    total = [None, None, None, "Tổng cộng", 2]
    run = lists.start("households", workbook([*rows, *people, total]))
    assert "household" not in run.matching.values()
    # Blank below the first of each household, they are.
    people[1][0] = None
    run = lists.start("households", workbook([*rows, *people, total]))
    assert run.matching["0"] == "household"


def test_names_and_kinship_are_told_apart():
    for text in ("Lò Văn Một", "Hồ A Dơ", "VO VAN BA", "Vàng A Chu", "H'Mai Niê"):
        assert is_name(text), text
    for text in ("Con trai cả", "Vợ hai", "CON DAU TRUONG", "Cháu nội đích tôn"):
        assert is_relative(text), text
        assert not is_name(text), text
    for text in ("Chủ hộ mới", "vợ", "x", "con trai", "", "Lò", "12 3"):
        assert not is_name(text), text
