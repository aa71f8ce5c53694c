"""What repeats other rows follows them when somebody edits those by hand.

The verbs of `recording` and `residence` write both sides at once; the admin edits one
side and calls these in the same transaction.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from households.models import EncounterVersion, PersonMet, Residency, Resident
from households.observing import refresh_household
from households.visit_content import content_from_records
from villages.periods import today


@transaction.atomic
def follow_date(encounter):
    """Give everything that hangs off an encounter the encounter's date."""
    day = encounter.held_on
    for parts in (encounter.people_met, encounter.checks):
        for part in parts.exclude(happened_on=day):
            part.save()
    for confirmation in encounter.confirmations.exclude(seen_on=day):
        confirmation.seen_on = day
        confirmation.save()
    for observation in encounter.observations.exclude(observed_on=day):
        observation.observed_on = day
        observation.save()
    if encounter.household_id:
        refresh_household(encounter.household)


@transaction.atomic
def follow_parts(encounter, *, by):
    """Let an encounter's content say what its rows say; the earlier version is kept.

    Whoever showed a skill was met.
    """
    met = set(encounter.people_met.values_list("resident_id", flat=True))
    for resident in set(encounter.checks.values_list("resident_id", flat=True)) - met:
        PersonMet.objects.create(encounter=encounter, resident_id=resident)
    before, now = encounter.content, content_from_records(encounter)
    if not before or before == now:
        return
    EncounterVersion.objects.create(
        encounter=encounter,
        number=encounter.version,
        content=before,
        replaced_by=by,
        reason=str(_("Edited in the administration of records")),
    )
    encounter.content = now
    encounter.version += 1
    encounter.save()


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
