"""What was seen of a household's devices: which observation counts, and who saw otherwise."""

from django.utils import timezone

from households.models import Household


def lock_household(household):
    """Let one transaction at a time write about a household; return its row.

    No key of the row changes, so visits that point at it do not wait for each other.
    """
    locked = Household.objects.select_for_update(no_key=True, of=("self",)).order_by()
    return locked.get(pk=household.pk)


def refresh_household(household):
    """Show on the household what was observed last, in whatever order it arrived.

    The later day wins; of one day what was written down later, or arrived later. One at a
    time: of two visits that commit together the second sees what the first wrote.
    """
    household = lock_household(household)
    shown = latest_seen(household.observations.select_related("encounter"))
    household.smart_device, household.connection, household.observed_on = shown
    household.save(update_fields=["smart_device", "connection", "observed_on"])


def latest_seen(observations):
    """Return (smart device, connection, day) as observations of one household show them."""
    seen = sorted(observations, key=_when, reverse=True)
    device = next((found for found in seen if found.smart_device is not None), None)
    connection = next((found for found in seen if found.connection), None)
    return (
        device.smart_device if device else None,
        connection.connection if connection else "",
        seen[0].observed_on if seen else None,
    )


def observed_otherwise(encounter):
    """Return what others saw differently in the household, unknown to this encounter's phone.

    Unknown is what arrived after the phone's data were fetched; without such data, what was
    seen on the same day. What arrives later is compared when it arrives.
    """
    own = encounter.observations.first()
    if own is None or encounter.household_id is None:
        return []
    others = encounter.household.observations.exclude(pk=own.pk).select_related(
        "observed_by", "encounter__author", "encounter__member"
    )
    return [
        other
        for other in others.order_by("observed_on", "pk")
        if _differ(own, other) and _is_unknown(encounter, own, other)
    ]


def seen_otherwise(own, others):
    """Return what others had noted differently of the household on the same day before."""
    return [
        other
        for other in others
        if other.pk < own.pk
        and other.observed_on == own.observed_on
        and _differ(own, other)
        and _observer_of(own) != _observer_of(other)
    ]


def _when(observation):
    return observation.observed_on, _moment_of(observation), observation.pk


def _moment_of(observation):
    """Return when it was written down, if that clock can be believed, or when it arrived."""
    arrived, encounter = _arrival_of(observation), observation.encounter
    written = encounter.recorded_at if encounter else None
    if written is None:
        return arrived
    off_by = timezone.localdate(written) - observation.observed_on
    return min(written, arrived) if abs(off_by.days) <= 1 else arrived


def _arrival_of(observation):
    encounter = observation.encounter
    return encounter.received_at if encounter else observation.recorded_at


def _differ(own, other):
    devices = {own.smart_device, other.smart_device} - {None}
    connections = {own.connection, other.connection} - {""}
    return len(devices) > 1 or len(connections) > 1


def _is_unknown(encounter, own, other):
    if _observer_of(own) == _observer_of(other):
        return False
    arrived = _arrival_of(other)
    if arrived > encounter.received_at:
        return False
    if encounter.known_until is not None:
        return arrived > encounter.known_until
    return other.observed_on == own.observed_on


def _observer_of(observation):
    encounter = observation.encounter
    if observation.observed_by_id is None and encounter is not None:
        return "member", encounter.member_id
    return "account", observation.observed_by_id
