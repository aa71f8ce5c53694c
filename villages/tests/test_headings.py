"""Headings are found below titles and matched by their words."""

import pytest
from django import forms

from villages.importing.headings import find_heading_row, match_headings
from villages.importing.kinds import Column

# The database has no say in it; once is enough.
pytestmark = pytest.mark.once

NAME = ("Họ tên", "Họ và tên", "Tên")
COLUMNS = [
    Column("full_name", "Full name", forms.CharField(), synonyms=NAME),
    Column("year", "Birth year", forms.IntegerField(), synonyms=("Năm sinh", "NS")),
    Column("women", "Women", forms.IntegerField(), synonyms=("Số người (nữ)",)),
    Column("people", "People", forms.IntegerField(), synonyms=("Số người",)),
]


def named(*headings):
    return match_headings(list(headings), COLUMNS)


def test_it_works():
    assert named("TT", "Họ và tên", "Năm sinh") == {1: "full_name", 2: "year"}


def test_case_accents_punctuation_and_brackets_do_not_matter():
    for words in ("HỌ TÊN", "ho ten", "Họ, tên:", "  Họ  \n tên (chữ in hoa)", "Full name *"):
        assert named(words) == {0: "full_name"}, words
    assert named("Năm sinh (ghi 4 số) *") == {0: "year"}


def test_brackets_tell_two_columns_apart_where_both_are_known():
    assert named("Số người (nữ)", "Số người") == {0: "women", 1: "people"}
    assert named("Số người (hộ nghèo)", "Số người (nữ)") == {0: "people", 1: "women"}


def test_no_column_is_taken_twice_and_unknown_ones_are_left():
    assert named("Họ tên", "Tên", "Ghi chú", None, 5, "Lỗi") == {0: "full_name"}


def test_it_stands_below_titles_and_above_the_rows():
    rows = [
        ["ỦY BAN NHÂN DÂN XÃ"],
        [],
        ["DANH SÁCH", None, "Họ tên"],
        ["TT", "Họ và tên", "Năm sinh"],
        [1, "Tên", 1961],
    ]
    assert find_heading_row(rows, COLUMNS) == 3


def test_of_a_heading_two_rows_high_the_lower_row_counts():
    rows = [["DANH SÁCH"], ["Họ tên", "Năm sinh", "Giới tính"], ["Họ tên", "Năm sinh", "Nam"]]
    assert find_heading_row(rows, COLUMNS) == 2
    # Not so for a second one further down.
    assert find_heading_row([rows[1], ["Lò", 1961], rows[1]], COLUMNS) == 0


def test_nothing_known_is_no_failure():
    assert find_heading_row([], COLUMNS) == 0
    assert find_heading_row([["a"], ["b", "c", "d"], [1, 2]], COLUMNS) == 1
    assert named() == {}
