"""What is known of the households of the villages a list names, read once."""

from collections import defaultdict
from functools import cached_property

from households.models import Household, HouseholdObservation, Residency, Resident
from villages.import_kinds.finding_villages import VillageBook

PRESENT = Resident.Status.PRESENT


class HouseholdBook:
    """Households and people by what a list calls them."""

    # Whether the list has one person of each household, and no column for its head.
    has_heads_alone = False

    def __init__(self, request):
        self.villages = VillageBook(request)

    def open_villages(self, villages):
        """Read the households and people of these villages."""
        self.named = sorted(villages)
        households = Household.objects.filter(village__in=self.named)
        self.households = {(h.village_id, h.number): h for h in households}
        self.by_pk = {household.pk: household for household in self.households.values()}
        for household in self.by_pk.values():
            household.village = self.villages.by_pk[household.village_id]
        self.people = defaultdict(list)
        self.by_name, self.by_person = defaultdict(list), defaultdict(list)
        self.by_uuid = {}
        for resident in Resident.objects.filter(household__village__in=self.named).order_by("pk"):
            household = self.by_pk[resident.household_id]
            resident.household = household
            self.people[household.pk].append(resident)
            self.by_name[household.pk, resident.name_folded].append(resident)
            person = household.village_id, resident.name_folded, resident.birth_year
            self.by_person[person].append(resident)
            self.by_uuid[str(resident.uuid)] = resident

    @cached_property
    def residencies(self):
        """The residencies of each person, by id, the oldest first."""
        found = defaultdict(list)
        rows = Residency.objects.filter(resident__household__village__in=self.named)
        for residency in rows.order_by("from_on", "pk"):
            found[residency.resident_id].append(residency)
        return found

    @cached_property
    def observations(self):
        """What was observed of each household on a day: (device, connection) pairs."""
        found = defaultdict(set)
        rows = HouseholdObservation.objects.filter(household__village__in=self.named)
        for household, day, device, connection in rows.values_list(
            "household_id", "observed_on", "smart_device", "connection"
        ):
            found[household, day].add((device, connection))
        return found

    def head_of(self, household):
        """Return the present head of a stored household, or ``None``."""
        people = self.people[household.pk]
        return next((r for r in people if r.is_head and r.status == PRESENT), None)
