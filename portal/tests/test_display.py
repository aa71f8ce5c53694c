"""Numbers, shares and dates as each language writes them; missing is never 0."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from villages.templatetags import display

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("written", "vietnamese", "english"),
    [
        (lambda: display.number(1820), "1.820", "1,820"),
        (lambda: display.number(1234567), "1.234.567", "1,234,567"),
        (lambda: display.number(0), "0", "0"),
        (lambda: display.number(-1820), "−1.820", "−1,820"),
        (lambda: display.number(Decimal("76.2")), "76,2", "76.2"),
        (lambda: display.number(None), "–", "–"),
        (lambda: display.percent(Decimal("82.5")), f"82,5{NBSP}%", "82.5%"),
        (lambda: display.percent(90), f"90,0{NBSP}%", "90.0%"),
        (lambda: display.percent(0), f"0,0{NBSP}%", "0.0%"),
        (lambda: display.percent(Decimal("79.96")), f"79,9{NBSP}%", "79.9%"),
        (lambda: display.percent(None), "chưa có số liệu", "no figures yet"),
        (lambda: display.percent(None, "–"), "–", "–"),
        (lambda: display.target(Decimal("80.00")), f"80{NBSP}%", "80%"),
        (lambda: display.target(100), f"100{NBSP}%", "100%"),
        (lambda: display.target(Decimal("82.50")), f"82,5{NBSP}%", "82.5%"),
        (lambda: display.points(Decimal("3.1")), "+3,1 điểm", "+3.1 points"),
        (lambda: display.points(Decimal("-1.2")), "−1,2 điểm", "−1.2 points"),
        (lambda: display.points(0), "0,0 điểm", "0.0 points"),
        (lambda: display.points(None), "", ""),
        (lambda: display.fraction(1512, 2077), f"1.512{NBSP}/{NBSP}2.077", None),
        (lambda: display.people(1), "1 người", "1 person"),
        (lambda: display.people(12966), "12.966 người", "12,966 people"),
        (lambda: display.households(1820), "1.820 hộ", "1,820 households"),
        (lambda: display.visits(1), "1 lượt thăm", "1 visit"),
        (lambda: display.attendances(220), "220 lượt người", "220 attendances"),
        (lambda: display.villages(43), "43 bản", "43 villages"),
        (lambda: display.day(date(2025, 10, 31)), "31/10/2025", "31/10/2025"),
        (lambda: display.day("2025-10-31"), "31/10/2025", "31/10/2025"),
        (lambda: display.day(None), "–", "–"),
        (lambda: display.day("not a day"), "–", "–"),
        (lambda: display.month(date(2025, 9, 1)), "09/2025", "09/2025"),
    ],
)
def test_each_language_writes_in_its_own_way(written, vietnamese, english):
    with translation.override("vi"):
        assert str(written()) == vietnamese
    with translation.override("en"):
        assert english is None or str(written()) == english


def test_a_moment_stands_on_the_clock_of_the_commune():
    seven_there = datetime(2025, 10, 31, 0, 0, tzinfo=UTC)
    with translation.override("vi"):
        assert display.moment(seven_there) == "07:00 ngày 31/10/2025"
        assert display.day(datetime(2025, 10, 30, 20, 0, tzinfo=UTC)) == "31/10/2025"


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "hôm nay"), (1, "hôm qua"), (63, "63 ngày trước"), (-3, "sau 3 ngày")],
)
def test_days_are_counted_from_today(days, words):
    with translation.override("vi"):
        assert display.days_ago(timezone.localdate() - timedelta(days=days)) == words


@pytest.mark.parametrize(
    ("share", "step"),
    [
        (None, "heat-none"),
        (0, "heat-0"),
        (Decimal("49.9"), "heat-0"),
        (50, "heat-1"),
        (60, "heat-2"),
        (70, "heat-3"),
        (Decimal("89.9"), "heat-4"),
        (100, "heat-5"),
    ],
)
def test_a_tile_takes_the_step_of_its_share(share, step):
    assert display.heat(share) == step


def test_a_bar_is_a_plain_number_within_its_track():
    with translation.override("vi"):
        assert display.bar(Decimal("81.3")) == "81.3"
    assert (display.bar(120), display.bar(-1), display.bar(None)) == ("100", "0", "0")


@pytest.mark.parametrize("odd", ["", "abc", float("nan"), float("inf"), True, object()])
def test_what_is_no_number_is_missing(odd):
    assert display.number(odd) == "–"


@pytest.mark.parametrize("odd", ["2025-02-31", "0000-00-00", "31/10/2025", "", None, "9" * 5000])
def test_what_is_no_day_is_missing(odd):
    """A form that comes back shows what was typed beside it."""
    assert display.day(odd) == "–"
