"""The one place that turns a fraction into a percentage."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

TENTH = Decimal("0.1")


def percent(numerator, denominator, target=None):
    """Return the percentage with one decimal, or ``None`` when there is nothing to count.

    Rounded half up, but never up across the target or to 100: 79.96 % of a target of 80
    is 79.9, not 80.0.
    """
    if not denominator or numerator is None:
        return None
    exact = Decimal(numerator) * 100 / Decimal(denominator)
    rounded = exact.quantize(TENTH, ROUND_HALF_UP)
    for line in (target, Decimal(100)):
        if line is not None and exact < line <= rounded:
            return exact.quantize(TENTH, ROUND_FLOOR)
    return rounded


def missing_to_target(numerator, denominator, target):
    """Return how many more are needed to reach the target: 0 when it is reached."""
    if not denominator or numerator is None or target is None:
        return None
    needed = Decimal(denominator) * Decimal(target) / 100
    return max(0, int(needed.to_integral_value(ROUND_CEILING)) - numerator)
