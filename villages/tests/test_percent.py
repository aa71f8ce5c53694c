"""A percentage never rounds up across a target, and a gap reaches it exactly."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from villages.percent import missing_to_target, percent


def test_nothing_to_count_is_no_percentage():
    assert percent(0, 0) is None
    assert percent(None, None) is None
    assert missing_to_target(0, 0, 80) is None
    assert missing_to_target(1, 2, None) is None


def test_just_below_the_target_stays_below_it():
    assert percent(7996, 10000, Decimal(80)) == Decimal("79.9")
    assert percent(9999, 10000) == Decimal("99.9")


@given(
    denominator=st.integers(1, 20_000),
    share=st.floats(0, 1),
    target=st.decimals(0, 100, places=2),
)
def test_the_gap_is_the_fewest_more_that_reach_the_target(denominator, share, target):
    numerator = int(denominator * share)
    missing = missing_to_target(numerator, denominator, target)
    assert Decimal(numerator + missing) * 100 >= target * denominator
    if missing:
        assert Decimal(numerator + missing - 1) * 100 < target * denominator
