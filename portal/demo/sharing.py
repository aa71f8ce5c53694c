"""Dividing whole numbers, and drawing days, so that sums come out exactly."""

from datetime import timedelta


def apportion(total, weights, caps=None, floors=None):
    """Divide ``total`` into whole parts near the weights; the parts sum to ``total``.

    No part passes its cap or falls below its floor.
    """
    caps = caps or [total] * len(weights)
    parts = list(floors or [0] * len(weights))
    if not sum(parts) <= total <= sum(caps):
        raise ValueError(f"{total} cannot be divided within these bounds")
    wanted = [total * weight / sum(weights) for weight in weights]
    for index, share in enumerate(wanted):
        parts[index] = min(max(parts[index], int(share)), caps[index])
    floors = floors or [0] * len(weights)
    while (missing := total - sum(parts)) != 0:
        step = 1 if missing > 0 else -1
        free = [
            index
            for index, part in enumerate(parts)
            if (part < caps[index] if step > 0 else part > floors[index])
        ]
        free.sort(key=lambda index: step * (parts[index] - wanted[index]))
        for index in free[: abs(missing)]:
            parts[index] += step
    return parts


def draw_day(rng, months, *, last=None, weekdays_only=False):
    """Draw a day out of ``(first, last, weight)`` months, not after ``last``."""
    if last is not None:
        months = [(a, min(b, last), weight) for a, b, weight in months if a <= last]
    first, end, _weight = rng.choices(months, [weight for *_days, weight in months])[0]
    day = first + timedelta(days=int(rng.random() * ((end - first).days + 1)))
    if weekdays_only and day.weekday() > 4:
        # Saturday becomes Friday and Sunday Monday, unless the month ends.
        day += timedelta(days=-1 if day.weekday() == 5 else 1)
        if day > end:
            day -= timedelta(days=3)
        if day < first:
            day += timedelta(days=3)
    return day


def sample(rng, population, count):
    """Draw ``count`` or, where there are fewer, all of them; in random order."""
    return rng.sample(population, min(count, len(population)))
