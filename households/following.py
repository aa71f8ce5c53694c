"""What repeats other rows follows them when somebody edits those by hand.

The verbs of `recording` and `residence` write both sides at once; the admin edits one
side and calls these in the same transaction.
"""

from django.db import transaction

from households.models import Confirmation, Residency, Resident
from households.recording import refresh_household
from villages.periods import today


@transaction.atomic
def follow_date(encounter):
    """Give everything that hangs off an encounter the encounter's date."""
    day = encounter.held_on
    for parts in (encounter.people_met, encounter.checks):
        for part in parts.exclude(happened_on=day):
            part.save()
    for confirmation in encounter.confirmations.exclude(seen_on=day):
        already = Confirmation.objects.filter(resident=confirmation.resident, seen_on=day)
        if already.exists():
            confirmation.delete()
            continue
        confirmation.seen_on = day
        confirmation.save()
    for observation in encounter.observations.exclude(observed_on=day):
        observation.observed_on = day
        observation.save()
    if encounter.household_id:
        refresh_household(encounter.household)


@transaction.atomic
def follow_residencies(resident):
    """Let a resident's household and status say what the last residency says."""
    last = resident.residencies.order_by("-from_on", "-pk").first()
    if last is None:
        return
    moved = resident.household_id != last.household_id
    resident.household_id = last.household_id
    if last.to_on is None or last.to_on >= today():
        resident.status = Resident.Status.PRESENT
    elif last.ended == Residency.Ended.DECEASED:
        resident.status = Resident.Status.DECEASED
    else:
        resident.status = Resident.Status.MOVED
    if moved or resident.status != Resident.Status.PRESENT:
        resident.is_head = False
    resident.save()


@transaction.atomic
def follow_places(household):
    """Let a household stand where its last place says."""
    last = household.places.order_by("-from_on", "-pk").first()
    if last is not None and last.village_id != household.village_id:
        household.village = last.village
        household.save()
