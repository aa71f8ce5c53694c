"""Any period can be asked for, and each has a name in words."""

from datetime import date

import pytest
from django.utils import translation

from reports import periods
from reports.periods import (
    ReportPeriod,
    closing_period,
    day_asked_for,
    default_period,
    named_periods,
    period_asked_for,
)


@pytest.fixture(autouse=True)
def a_day_in_november(monkeypatch):
    monkeypatch.setattr(periods, "today", lambda: date(2025, 11, 20))


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        ("2025-01-01", "2025-10-31", "10 tháng đầu năm 2025"),
        ("2025-01-01", "2025-06-30", "6 tháng đầu năm 2025"),
        ("2025-01-01", "2025-12-31", "năm 2025"),
        ("2025-10-01", "2025-10-31", "tháng 10/2025"),
        ("2025-01-01", "2025-01-31", "tháng 1/2025"),
        ("2025-07-01", "2025-09-30", "quý III năm 2025"),
        ("2025-01-01", "2025-03-31", "quý I năm 2025"),
        ("2025-01-01", "2025-11-20", "từ đầu năm đến 20/11/2025"),
        ("2025-11-01", "2025-11-20", "từ đầu tháng đến 20/11/2025"),
        ("2025-10-15", "2025-11-14", "kỳ chốt số liệu tháng 11/2025"),
        ("2024-12-15", "2025-12-14", "kỳ chốt số liệu năm 2025"),
        ("2024-12-15", "2025-06-14", "kỳ chốt số liệu 6 tháng đến 14/06/2025"),
        ("2025-02-03", "2025-03-09", "từ 03/02/2025 đến 09/03/2025"),
    ],
)
def test_a_period_is_named_in_words(first, last, name):
    with translation.override("vi"):
        period = ReportPeriod(date.fromisoformat(first), date.fromisoformat(last))
        assert period.name == name


def test_the_default_is_the_year_up_to_today():
    assert default_period() == ReportPeriod(date(2025, 1, 1), date(2025, 11, 20))
    period, form = period_asked_for({})
    assert period == default_period()
    assert form is None


def test_an_address_asks_for_any_period():
    period, form = period_asked_for({"tu": "2025-02-03", "den": "09/03/2025"})
    assert form is None
    assert period == ReportPeriod(date(2025, 2, 3), date(2025, 3, 9))


@pytest.mark.parametrize(
    "asked",
    [
        {"tu": "garbage"},
        {"tu": "2025-02-31"},
        {"tu": "31-02-2025", "den": "2025-03-01"},
        {"tu": "2025-03-01", "den": "2025-02-01"},
        {"tu": "2026-01-01", "den": "2026-02-01"},
        {"tu": "0001-01-01"},
        {"den": "9999-12-31"},
        {"tu": ""},
        {"tu": "\0", "den": "x" * 5000},
    ],
)
def test_what_is_no_period_becomes_the_default_and_is_told(asked):
    period, form = period_asked_for(asked)
    assert period == default_period()
    assert form is not None
    assert form.errors


def test_a_period_that_goes_on_is_counted_up_to_today():
    period, form = period_asked_for({"tu": "2025-10-01", "den": "2025-12-31"})
    assert form is None
    assert period.as_of == date(2025, 11, 20)
    assert period.previous_month_end == date(2025, 10, 31)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("2025-10-31", date(2025, 10, 31)), ("", None), ("31-02", None), ("2025-11-21", None)],
)
def test_a_day_that_cannot_be_becomes_today(asked, expected):
    day, problem = day_asked_for(asked)
    assert day == (expected or date(2025, 11, 20))
    assert bool(problem) == (expected is None and asked != "")


def test_data_closing_periods_run_from_the_15th_to_the_14th():
    assert closing_period(2025, 1) == ReportPeriod(date(2024, 12, 15), date(2025, 1, 14))
    assert closing_period(2025, 6, months=6) == ReportPeriod(date(2024, 12, 15), date(2025, 6, 14))


@pytest.mark.parametrize("on", [date(2025, m, d) for m in range(1, 13) for d in (1, 14, 15, 28)])
def test_no_period_to_choose_begins_after_the_day(on):
    for _heading, found in named_periods(on):
        for period in found:
            assert period.from_on <= on
            assert period.from_on <= period.to_on


def test_a_trend_ends_on_the_day_itself_with_month_ends_before_it():
    period = ReportPeriod(date(2025, 1, 1), date(2025, 10, 31))
    assert period.trend_days[0] == date(2025, 1, 31)
    assert period.trend_days[-1] == date(2025, 10, 31)
    assert len(period.trend_days) == 10
    short = ReportPeriod(date(2025, 10, 1), date(2025, 10, 17))
    assert short.trend_days[-2:] == [date(2025, 9, 30), date(2025, 10, 17)]
    assert len(short.trend_days) == 6
    assert len(ReportPeriod(date(2010, 1, 1), date(2025, 10, 31)).trend_days) == 12
