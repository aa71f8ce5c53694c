"""From invented people and events to rows of the tables, in the order of the days."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from households.models import (
    Confirmation,
    Doubt,
    Encounter,
    EncounterVersion,
    Household,
    HouseholdObservation,
    HouseholdPlace,
    PersonMet,
    Residency,
    Resident,
    SkillCheck,
)
from portal.demo import story
from portal.demo.events import LOCAL
from portal.demo.writing import insert
from training.models import Attendance, TrainingSession
from villages.text import fold

NUMBERED = (
    Household,
    HouseholdPlace,
    Resident,
    Residency,
    Encounter,
    HouseholdObservation,
    PersonMet,
    SkillCheck,
    Confirmation,
    Doubt,
    EncounterVersion,
)
VOID_REASON = "Ghi nhầm hộ, đã ghi lại ở hộ đúng."
CORRECTION_REASON = "Bổ sung thông tin về thiết bị và ghi chú."
SETTLEMENTS = ("Đã gọi tổ trưởng xác nhận, đúng.", "Hai thành viên cùng đến, giữ cả hai.")
COUNTER_HOWS = ("at_counter", "at_counter", "on_phone")
CLOSED_AFTER_DAYS = 20


class Store:
    """Writes one commune's rows; ids come from ``ids``, UUIDs from ``rng``."""

    def __init__(self, rng, ids, commune, skills, official, until, now):
        self.rng, self.ids, self.commune, self.skills = rng, ids, commune, skills
        self.official, self.until, self.now = official, until, now
        self.latest = min(now, datetime.combine(until, time(23, 30), LOCAL).astimezone(UTC))
        self.settler_id = official.pk
        self.folded = {}
        self.codes = [skill.code for skill in skills]
        self.by_code = sorted(range(len(skills)), key=lambda index: self.codes[index])

    def uuid(self):
        return UUID(int=self.rng.getrandbits(128), version=4)

    def fold(self, name):
        if name not in self.folded:
            self.folded[name] = fold(name)
        return self.folded[name]

    def houses(self, places, observed):
        """Store households where they stood when; ``observed`` is what was seen of each last."""
        households, stood = [], []
        for place in places:
            for house in place.houses:
                house.pk, house.uuid = self.ids.take(Household), self.uuid()
                device, connection, seen_on = observed.get(house, (None, "", None))
                households.append(
                    (house.pk, house.uuid, place.pk, house.number, "", "", house.poverty,
                     device, connection, seen_on)
                )  # fmt: skip
                begins = story.STORY_BEGINS_ON
                if house.former is not None:
                    last = house.moved_on - timedelta(days=1)
                    stood.append((self._place_id(), house.pk, house.former.pk, begins, last))
                    begins = house.moved_on
                stood.append((self._place_id(), house.pk, place.pk, begins, house.left_on))
        insert(
            Household,
            ("id", "uuid", "village", "number", "address", "phone", "poverty", "smart_device",
             "connection", "observed_on"),
            households,
        )  # fmt: skip
        insert(HouseholdPlace, ("id", "household", "village", "from_on", "to_on"), stood)

    def _place_id(self):
        return self.ids.take(HouseholdPlace)

    def residents(self, places):
        residents, residencies = [], []
        for place in places:
            for house in place.houses:
                for person in house.members:
                    if person.from_on > self.until:
                        continue
                    gone = person.to_on is not None and person.to_on <= self.until
                    person.pk, person.uuid = self.ids.take(Resident), self.uuid()
                    residents.append(
                        (person.pk, person.uuid, house.pk, person.name, self.fold(person.name),
                         person.born, person.sex, person.ethnic, person.is_head,
                         person.ended if gone else "present")
                    )  # fmt: skip
                    residencies.append(
                        (self.ids.take(Residency), person.pk, house.pk, person.from_on,
                         person.to_on if gone else None, person.ended if gone else "")
                    )  # fmt: skip
        insert(
            Resident,
            ("id", "uuid", "household", "full_name", "name_folded", "birth_year", "sex",
             "ethnic_group", "is_head", "status"),
            residents,
        )  # fmt: skip
        insert(Residency, ("id", "resident", "household", "from_on", "to_on", "ended"), residencies)

    def number_events(self, events):
        """Give events their ids in the order in which they came in."""
        for event in events:
            if event.received_at > self.latest:
                # What is still on its way to the commune on the last day came in at once.
                on_the_day = datetime.combine(event.held_on, time(12, 30), LOCAL)
                event.received_at = min(on_the_day.astimezone(UTC), self.latest)
                event.doubts = [doubt for doubt in event.doubts if doubt != "long_ago"]
        events.sort(key=lambda event: (event.received_at, event.held_on))
        for event in events:
            event.pk, event.uuid = self.ids.take(Encounter), self.uuid()

    def encounters(self, events):
        rows, versions, doubts = [], [], []
        for event in events:
            content = self._content(event)
            corrected = event.corrected is not None and event.corrected <= self.latest
            if corrected:
                earlier = content | {"note": "", "smart_device": None, "connection": ""}
                if earlier == content:
                    earlier["language"] = ""
                versions.append(
                    (self.ids.take(EncounterVersion), event.pk, 1, earlier,
                     max(event.corrected, event.received_at), event.author.pk, CORRECTION_REASON)
                )  # fmt: skip
            voided = event.voided_at is not None and event.voided_at <= self.latest
            rows.append(
                (event.pk, event.uuid, event.occasion, event.held_on, self.commune.pk,
                 event.place.pk if event.place else None,
                 event.house.pk if event.house else None,
                 event.author.pk, self._typist(event), event.unnamed, event.difficulty,
                 event.language, event.return_on, event.note, content, 2 if corrected else 1,
                 "service_centre" if event.occasion == "service_centre" else "",
                 event.received_at,
                 event.voided_at if voided else None, event.author.pk if voided else None,
                 VOID_REASON if voided else "")
            )  # fmt: skip
            doubts += [self._doubt(event, kind) for kind in event.doubts]
        insert(
            Encounter,
            ("id", "uuid", "occasion", "held_on", "commune", "village", "household", "author",
             "typed_by", "unnamed_people", "difficulty", "language", "return_on", "note",
             "content", "version", "office", "received_at", "voided_at", "voided_by",
             "void_reason"),
            rows,
        )  # fmt: skip
        insert(
            EncounterVersion,
            ("id", "encounter", "number", "content", "replaced_at", "replaced_by", "reason"),
            versions,
        )
        insert(
            Doubt,
            ("id", "encounter", "kind", "noted_at", "settled_at", "settled_by", "settlement"),
            doubts,
        )

    def _typist(self, event):
        """Now and then an official types in what a leader wrote on paper."""
        on_paper = event.occasion == "home_visit" and self.rng.random() < 0.04
        return self.official.pk if on_paper and event.author != self.official else None

    def _doubt(self, event, kind):
        settled_at = event.received_at + timedelta(days=self.rng.randint(2, 25))
        settled = self.rng.random() < 0.72 and settled_at <= self.latest
        return (
            self.ids.take(Doubt), event.pk, kind, event.received_at,
            settled_at if settled else None, self.settler_id if settled else None,
            self.rng.choice(SETTLEMENTS) if settled else "",
        )  # fmt: skip

    def _content(self, event):
        """What the visit form would have sent; nothing for lists kept at a counter or class."""
        if event.occasion not in ("home_visit", "gathering"):
            return {}
        people = [
            {
                "resident": str(person.uuid),
                "outcomes": self._outcomes(checks),
                "confirmed": confirmed,
            }
            for person, checks, confirmed in event.people
        ]
        return {
            "household": str(event.house.uuid) if event.house else "",
            "visited_on": event.held_on.isoformat(),
            "occasion": event.occasion,
            "people": sorted(people, key=lambda person: person["resident"]),
            "new_people": [],
            "unnamed_people": event.unnamed,
            "smart_device": event.device,
            "connection": event.connection,
            "difficulty": event.difficulty,
            "language": event.language,
            "return_on": event.return_on.isoformat() if event.return_on else None,
            "note": event.note,
        }

    def _outcomes(self, checks):
        outcomes = dict(checks)
        return {self.codes[i]: outcomes[i] for i in self.by_code if i in outcomes}

    def outcomes(self, events):
        met, checks, confirmations = [], [], []
        take, skills = self.ids.take, [skill.pk for skill in self.skills]
        for event in events:
            pk, day = event.pk, event.held_on
            for person, outcomes, confirmed in event.people:
                met.append((take(PersonMet), pk, person.pk, day))
                for skill, outcome in outcomes:
                    checks.append((take(SkillCheck), pk, person.pk, skills[skill], outcome, day))
                if confirmed:
                    at_counter = event.occasion == "service_centre"
                    how = self.rng.choice(COUNTER_HOWS) if at_counter else "on_phone"
                    confirmations.append(
                        (take(Confirmation), person.pk, day, how, event.author.pk, pk)
                    )
        insert(PersonMet, ("id", "encounter", "resident", "happened_on"), met)
        insert(
            SkillCheck,
            ("id", "encounter", "resident", "skill", "outcome", "happened_on"),
            checks,
        )
        insert(
            Confirmation,
            ("id", "resident", "seen_on", "how", "seen_by", "encounter"),
            confirmations,
        )

    def observations(self, places, events):
        rows = []
        for place in places:
            for house in place.houses:
                for day, device in house.observations:
                    at = datetime.combine(day, time(18, 0), LOCAL).astimezone(UTC)
                    rows.append((house.pk, None, day, None, device, "", at))
        rows += [
            (event.house.pk, event.pk, event.held_on, event.author.pk, event.device,
             event.connection, event.received_at)
            for event in events
            if event.house is not None and (event.device is not None or event.connection)
        ]  # fmt: skip
        rows.sort(key=lambda row: row[-1])
        insert(
            HouseholdObservation,
            ("id", "household", "encounter", "observed_on", "observed_by", "smart_device",
             "connection", "recorded_at"),
            [(self.ids.take(HouseholdObservation), *row) for row in rows],
        )  # fmt: skip

    def sessions(self, events):
        """Store the classes for residents; whoever attended was met at the class's encounter."""
        held = [event for event in events if event.session is not None]
        recent = self.until - timedelta(days=CLOSED_AFTER_DAYS)
        sessions = TrainingSession.objects.bulk_create(
            TrainingSession(
                uuid=self.uuid(),
                commune=self.commune,
                village_id=event.place.pk,
                title=event.session["title"],
                held_on=event.held_on,
                starts_at=time(19, 30),
                ends_at=time(21, 30),
                place="Nhà văn hóa bản",
                trainer="Tổ công nghệ số cộng đồng",
                organiser=f"UBND xã {self.commune.name}",
                status="held" if event.held_on > recent else "closed",
                encounter_id=event.pk,
            )
            for event in held
        )
        Attendance.objects.bulk_create(
            Attendance(session=session, resident_id=person.pk, completed=self.rng.random() < 0.94)
            for session, event in zip(sessions, held, strict=True)
            for person in event.session["people"]
        )
        TrainingSession.skills.through.objects.bulk_create(
            TrainingSession.skills.through(trainingsession_id=session.pk, skill_id=skill.pk)
            for session in sessions
            for skill in self.rng.sample(self.skills[:5], 3)
        )


def last_observed(places, events):
    """Return {household: (device, connection, day)} as the household's page shows it."""
    seen = {}
    told = [
        (day, device, "", house)
        for place in places
        for house in place.houses
        for day, device in house.observations
    ]
    told += [
        (event.held_on, event.device, event.connection, event.house)
        for event in sorted(events, key=lambda event: event.received_at)
        if event.house is not None and (event.device is not None or event.connection)
    ]
    told.sort(key=lambda row: row[0])
    for day, device, connection, house in told:
        before = seen.get(house, (None, "", None))
        seen[house] = (before[0] if device is None else device, connection or before[1], day)
    return seen
