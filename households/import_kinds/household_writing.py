"""Writing a planned list of households: what ends first, what begins then, all in bulk."""

from datetime import timedelta

from households.models import (
    Household,
    HouseholdObservation,
    HouseholdPlace,
    Residency,
    Resident,
)
from households.observing import latest_seen
from villages.outbox import EVERY_DAY
from villages.periods import today

PRESENT = Resident.Status.PRESENT
AT_ONCE = 2000
LEFT = {
    Residency.Ended.MOVED: Resident.Status.MOVED,
    Residency.Ended.DECEASED: Resident.Status.DECEASED,
}


def write_households(rows, request, journal):
    """Write the rows that are new or changed, with their households."""
    houses = list({id(row.record.house): row.record.house for row in rows}.values())
    writer = _Writer(request, journal)
    writer.end(rows)
    writer.make_houses([house for house in houses if house.stored is None], rows)
    writer.change_houses([house for house in houses if house.stored is not None], rows)
    writer.settle_people(rows)
    writer.observe(houses, rows)
    writer.touch_villages()


class _Writer:
    def __init__(self, request, journal):
        self.request, self.journal = request, journal
        self.commune = request.commune.pk
        self._touched = {}

    def end(self, rows):
        """End what has to be over before anything else may begin: headships and residencies."""
        people = [row.record for row in rows if row.record.stored is not None]
        open_stays = self._open_stays(people)
        for row in rows:
            former = row.record.values.pop("former_head", None)
            if former is not None:
                self.journal.change(former, is_head=False)
        for person in people:
            if person.act in ("moves", "leaves"):
                self.journal.change(person.stored, is_head=False)
            if person.act == "moves":
                self._move_out(person, open_stays)
            elif person.act == "leaves":
                self._leave(person, open_stays)
            elif person.act == "stays" and person.residency:
                for stay in open_stays.get(person.stored.pk, []):
                    since = min(stay.from_on, person.residency["from_on"])
                    self.journal.change(stay, **person.residency)
                    self._touch_village(person.stored.household, since)
        self.journal.settle()

    def _open_stays(self, people):
        ids = [p.stored.pk for p in people if p.act in ("moves", "leaves") or p.residency]
        found = {}
        for first in range(0, len(ids), 500):
            stays = Residency.objects.filter(resident__in=ids[first : first + 500], to_on=None)
            for stay in stays:
                found.setdefault(stay.resident_id, []).append(stay)
        return found

    def _move_out(self, person, open_stays):
        on = person.residency["from_on"]
        for stay in open_stays.get(person.stored.pk, []):
            last = on - timedelta(days=1)
            self.journal.change(stay, to_on=last, ended=Residency.Ended.OTHER_HOUSEHOLD)
        self._touch_village(person.stored.household, on)

    def _leave(self, person, open_stays):
        ended = person.residency["ended"]
        for stay in open_stays.get(person.stored.pk, []):
            self.journal.change(stay, to_on=person.residency["to_on"], ended=ended)
        self.journal.change(person.stored, status=LEFT[ended])
        self._touch_village(person.stored.household, person.residency["to_on"])

    def make_houses(self, houses, rows):
        """Make the households that are new, and let each stand in its village."""
        people = {}
        for row in rows:
            people.setdefault(id(row.record.house), []).append(row.record.residency)
        written = {id(row) for row in rows}
        made = []
        for house in houses:
            said = {
                name: value
                for name, (value, row) in house.said.items()
                if name in ("address", "phone", "poverty") and id(row) in written
            }
            if house.observation and id(house.observation[0]) in written:
                _row, day, device, connection = house.observation
                said |= {"smart_device": device, "connection": connection, "observed_on": day}
            household = Household(village_id=house.village.pk, number=house.number, **said)
            house.stored, house.is_new = household, True
            made.append(household)
        self.journal.create(Household, made)
        places = []
        for house in houses:
            stays = people[id(house)]
            first = min(stay["from_on"] for stay in stays)
            last = [stay.get("to_on") for stay in stays]
            places.append(
                HouseholdPlace(
                    household_id=house.stored.pk,
                    village_id=house.village.pk,
                    from_on=first,
                    # A household all of whose people have left has left with the last of them.
                    to_on=max(last) if all(last) else None,
                )
            )
            self.journal.touch([(self.commune, house.village.pk)], first)
        self.journal.create(HouseholdPlace, places)

    def change_houses(self, houses, rows):
        written = {id(row) for row in rows}
        for house in houses:
            values = {
                name: value
                for name, (value, row) in house.said.items()
                if name in ("address", "phone", "poverty") and id(row) in written
            }
            if values:
                self.journal.change(house.stored, **values)
                self.journal.touch([(self.commune, house.village.pk)], today())

    def settle_people(self, rows):
        """Make who is new, let arrive who moved here, and change what is said otherwise."""
        new = [row.record for row in rows if row.record.stored is None]
        # In parts: all at once, a large list's people would fill the worker's memory.
        for first in range(0, len(new), AT_ONCE):
            self._make_people(new[first : first + AT_ONCE])
            self.request.moved(first)
        stays = []
        for row in rows:
            if row.record.stored is not None:
                stays += self._change_person(row.record)
        self.journal.create(Residency, stays)

    def _make_people(self, new):
        residents = self.journal.create(
            Resident,
            [
                Resident(
                    household_id=person.house.stored.pk,
                    name_folded=person.folded,
                    is_head=person.is_head,
                    status=LEFT[person.residency["ended"]]
                    if person.residency["to_on"]
                    else PRESENT,
                    **person.values,
                )
                for person in new
            ],
        )
        stays = []
        for resident, person in zip(residents, new, strict=True):
            household = person.house.stored.pk
            stays.append(
                Residency(resident_id=resident.pk, household_id=household, **person.residency)
            )
            unit = self.commune, person.house.village.pk
            self.journal.touch([unit], person.residency["from_on"])
        self.journal.create(Residency, stays)
        for person in new:
            # Written; a large list's memory goes to what is not.
            person.values = person.residency = {}

    def _change_person(self, person):
        resident, household = person.stored, person.house.stored
        values = dict(person.values)
        arrives = person.act in ("moves", "returns")
        if arrives:
            values |= {"household": household, "status": PRESENT}
        if person.is_head or arrives:
            values["is_head"] = person.is_head
        if "birth_year" in values:
            self._touch_village(resident.household, EVERY_DAY)
        elif values:
            self._touch_village(resident.household, today())
        self.journal.change(resident, **values)
        if not arrives:
            return []
        on = person.residency["from_on"]
        self.journal.touch([(self.commune, person.house.village.pk)], on)
        return [Residency(resident_id=resident.pk, household_id=household.pk, from_on=on)]

    def observe(self, houses, rows):
        """Write what was seen of the households, and show on each what was seen last."""
        written = {id(row) for row in rows}
        seen = [
            (house, *house.observation[1:])
            for house in houses
            if house.observation and id(house.observation[0]) in written
        ]
        self.journal.create(
            HouseholdObservation,
            [
                HouseholdObservation(
                    household_id=house.stored.pk,
                    observed_on=day,
                    observed_by=self.request.user,
                    smart_device=device,
                    connection=connection,
                )
                for house, day, device, connection in seen
            ],
        )
        for house, day, _device, _connection in seen:
            self.journal.touch([(self.commune, house.village.pk)], day)
        known = [house.stored for house, *_rest in seen if not house.is_new]
        show_latest(known, self.journal)

    def _touch_village(self, household, since_on):
        self._touched[household.pk] = min(since_on, self._touched.get(household.pk, since_on))

    def touch_villages(self):
        """Mark every village a changed household ever stood in: the past is counted there."""
        ids = list(self._touched)
        for first in range(0, len(ids), 500):
            places = HouseholdPlace.objects.filter(household__in=ids[first : first + 500])
            for household, village in places.values_list("household_id", "village_id"):
                self.journal.touch([(self.commune, village)], self._touched[household])


def _status_of(person):
    return LEFT[person.residency["ended"]] if person.residency["to_on"] else PRESENT


def show_latest(households, journal):
    """Show on stored households what was observed of them last; return all that was."""
    by_pk = {household.pk: household for household in households}
    ids, seen = list(by_pk), {}
    for first in range(0, len(ids), 500):
        observations = HouseholdObservation.objects.filter(household__in=ids[first : first + 500])
        for observation in observations.select_related("encounter"):
            seen.setdefault(observation.household_id, []).append(observation)
    for pk, household in by_pk.items():
        device, connection, day = latest_seen(seen.get(pk, []))
        journal.change(household, smart_device=device, connection=connection, observed_on=day)
    return seen
