"""Who lives where, who guided, what is recorded already: read once for a list of guidance."""

from collections import defaultdict

from django.db.models import F

from households.import_kinds.household_book import PRESENT, HouseholdBook
from households.models import (
    Encounter,
    EncounterVersion,
    HouseholdPlace,
    Residency,
    Skill,
)
from villages.import_kinds.flat import is_said
from villages.models import TeamMember
from villages.text import fold

FEW = 500


class GuidanceBook(HouseholdBook):
    """Households, people and team members by what a list calls them, and known encounters."""

    def __init__(self, request):
        super().__init__(request)
        self.request, self.commune = request, request.commune
        self.skills = {skill.code: skill for skill in Skill.objects.all()}
        self.stored, self.versions = {}, defaultdict(list)
        self.same_day = defaultdict(list)
        # Who was new earlier in this list, by household, name and birth year.
        self.newcomers = {}

    def open_villages(self, villages):
        """Read also who lived in the households before, where they stood, and the teams."""
        super().open_villages(villages)
        self.former = defaultdict(list)
        gone = Residency.objects.filter(household__village__in=self.named).exclude(
            resident__household=F("household"), resident__status=PRESENT
        )
        for stay in gone.select_related("resident__household__village"):
            self.former[stay.household_id].append(stay)
            self.by_uuid.setdefault(str(stay.resident.uuid), stay.resident)
        self.places = defaultdict(list)
        places = HouseholdPlace.objects.filter(household__village__in=self.named)
        for place in places.order_by("from_on"):
            self.places[place.household_id].append(place)
        self.members = defaultdict(list)
        members = TeamMember.objects.filter(team__village__in=self.named)
        for member in members.select_related("team", "user").order_by("from_on", "pk"):
            self.members[fold(member.full_name)].append(member)

    def open_encounters(self, uuids, days):
        """Read the encounters of these UUIDs with what they said before, and home visits."""
        wanted = sorted(uuids)
        for first in range(0, len(wanted), FEW):
            found = Encounter.objects.filter(uuid__in=wanted[first : first + FEW])
            self.stored |= {encounter.uuid: encounter for encounter in found}
        ids = [encounter.pk for encounter in self.stored.values()]
        for first in range(0, len(ids), FEW):
            versions = EncounterVersion.objects.filter(encounter__in=ids[first : first + FEW])
            for encounter, content in versions.values_list("encounter_id", "content"):
                self.versions[encounter].append(content)
        if days:
            visits = Encounter.objects.standing().home_visits().filter(commune=self.commune)
            for visit in visits.within(min(days), max(days)).select_related("author", "member"):
                self.same_day[visit.household_id, visit.held_on].append(visit)

    def people_of(self, household, day):
        """Return who is of a household now, and who lived there on the day."""
        here = [r for r in self.people[household.pk] if r.status == PRESENT]
        known = {resident.pk for resident in here}
        for stay in self.former[household.pk]:
            lived = stay.from_on <= day and (stay.to_on is None or stay.to_on >= day)
            if lived and stay.resident_id not in known:
                known.add(stay.resident_id)
                here.append(stay.resident)
        return here

    def village_on(self, household, day):
        """Return the village in which a household stood on a day, or stands now."""
        for place in self.places[household.pk]:
            if place.from_on <= day and (place.to_on is None or place.to_on >= day):
                return place.village_id
        return household.village_id

    def guides(self, text, village, day):
        """Return the team members of this name on a day, of one village's team or of any."""
        name, _bracket, role = text.partition("(")
        found = [
            member
            for member in self.members.get(fold(name), ())
            if member.from_on <= day
            and (member.to_on is None or member.to_on >= day)
            and (village is None or member.team.village_id == village)
        ]
        wanted = fold(role.rstrip(") "))
        if is_said(wanted):
            found = [m for m in found if wanted in (fold(m.get_role_display()), m.role)]
        return found
