"""Who lives where from when: arriving, moving, leaving."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from households.doubting import note_household_doubts
from households.models import Household, HouseholdPlace, Residency, Resident
from villages.models import Village
from villages.periods import not_ended_before

ATTEMPTS = 5


class ResidenceError(Exception):
    """A move that the records contradict; its text is for people."""


class OtherHousehold(Exception):
    """The UUID is taken by a household with other content; ``household`` is that one."""

    def __init__(self, household):
        super().__init__(str(household.uuid))
        self.household = household


@transaction.atomic
def add_household(*, village, since_on, number=None, **attributes):
    """Record a household of a village from a day on, under the next free number."""
    if number is None:
        lock_village(village)
        number = next_household_number(village)
    household = Household.objects.create(village=village, number=number, **attributes)
    HouseholdPlace.objects.create(household=household, village=village, from_on=since_on)
    return household


def settle_household(*, village, since_on, people, **attributes):
    """Record a household with its members, the first being its head; once for a given UUID.

    ``people`` are mappings of full_name, birth_year and sex. Two people who add households
    at the same moment get two numbers.
    """
    for attempt in range(ATTEMPTS):
        try:
            return _settle(village=village, since_on=since_on, people=people, **attributes)
        except IntegrityError:
            known = Household.objects.filter(uuid=attributes.get("uuid")).first()
            if known is not None:
                return known
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("the loop returns or raises")


def record_household(*, uuid, content, author, **said):
    """Record a household that a phone added, once; return (household, created).

    ``content`` is the same in canonical JSON; ``said`` is what ``settle_household`` takes.
    Raises ``OtherHousehold`` when the UUID already stands for something else.
    """
    known = _known(uuid, content)
    if known is not None:
        return known, False
    kept = {"sent": content, "author": author.pk, "received_at": timezone.now().isoformat()}
    try:
        with transaction.atomic():
            household = _settle(uuid=uuid, content=kept, **said)
            note_household_doubts(household)
    except IntegrityError:
        # Sent twice at the same moment: the other one has won.
        known = _known(uuid, content)
        if known is None:
            raise
        return known, False
    return household, True


def _known(uuid, content):
    household = Household.objects.filter(uuid=uuid).first()
    if household is None:
        return None
    if household.content and household.content["sent"] == content:
        return household
    raise OtherHousehold(household)


@transaction.atomic
def _settle(*, village, since_on, people, **attributes):
    household = add_household(village=village, since_on=since_on, **attributes)
    for position, person in enumerate(people):
        add_resident(household=household, since_on=since_on, is_head=position == 0, **person)
    return household


@transaction.atomic
def add_resident(*, household, since_on, full_name, birth_year, **attributes):
    """Record a member of a household from a day on."""
    resident = Resident.objects.create(
        household=household, full_name=full_name, birth_year=birth_year, **attributes
    )
    Residency.objects.create(resident=resident, household=household, from_on=since_on)
    return resident


@transaction.atomic
def make_head(resident):
    """Have a present member head the household, in place of whoever did."""
    for former in Resident.objects.filter(household=resident.household, is_head=True):
        if former.pk != resident.pk:
            former.is_head = False
            former.save()
    if not resident.is_head:
        resident.is_head = True
        resident.save()


@transaction.atomic
def move_resident(*, resident, household, on):
    """Have a resident live in another household from a day on; the past stays as it was."""
    _end_open_period(resident.residencies, on, ended=Residency.Ended.OTHER_HOUSEHOLD)
    Residency.objects.create(resident=resident, household=household, from_on=on)
    resident.household, resident.is_head = household, False
    resident.status = Resident.Status.PRESENT
    resident.save()


@transaction.atomic
def end_residency(*, resident, on, ended):
    """Record that a resident moved away or died: ``on`` is the last day here."""
    _end_open_period(resident.residencies, on + timedelta(days=1), ended=ended)
    resident.is_head = False
    resident.status = (
        Resident.Status.DECEASED if ended == Residency.Ended.DECEASED else Resident.Status.MOVED
    )
    resident.save()


@transaction.atomic
def move_household(*, household, village, on):
    """Have a household stand in another village from a day on; the past stays as it was."""
    _end_open_period(household.places, on)
    HouseholdPlace.objects.create(household=household, village=village, from_on=on)
    enter_village(household, village)


def lock_village(village):
    """Let one transaction at a time number households or add people in a village."""
    villages = Village.objects.select_for_update(no_key=True, of=("self",)).order_by()
    villages.get(pk=village.pk)


def next_household_number(village):
    """Return the number after the highest of a village."""
    highest = Household.objects.filter(village=village).aggregate(Max("number"))["number__max"]
    return (highest or 0) + 1


def enter_village(household, village):
    """Note the village a household stands in now, under a free number."""
    taken = Household.objects.filter(village=village, number=household.number)
    if taken.exclude(pk=household.pk).exists():
        household.number = next_household_number(village)
    household.village = village
    household.save()


def _end_open_period(periods, next_starts_on, **changes):
    """Let no period reach the day the next one starts; what began later than that goes."""
    for period in periods.filter(not_ended_before(next_starts_on)):
        if period.from_on >= next_starts_on:
            period.delete()
            continue
        period.to_on = next_starts_on - timedelta(days=1)
        for name, value in changes.items():
            setattr(period, name, value)
        period.save()
