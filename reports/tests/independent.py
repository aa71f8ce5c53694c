"""The same percentages counted a second way: plain Python over plain rows.

Shares no query and no helper with ``reports.indicators``; only the words of the
definitions are the same.
"""

import calendar
from collections import defaultdict
from datetime import date

from households.models import (
    Confirmation,
    Encounter,
    HouseholdObservation,
    HouseholdPlace,
    PersonMet,
    Residency,
    Resident,
    Skill,
    SkillCheck,
)
from training.models import (
    Agency,
    ClassRoll,
    Completion,
    Course,
    CourseRequirement,
    Employment,
    School,
    SchoolClass,
    SchoolYear,
    StaffMember,
    WorkerDeclaration,
)
from villages.models import Village, VillageChange


def holds(row, day):
    """Whether a row's period includes the day."""
    return row["from_on"] <= day and (row["to_on"] is None or row["to_on"] >= day)


def required(rows, day):
    """The ids of the rows that are required on the day."""
    return {
        row["id"]
        for row in rows
        if row["required_from_on"] is not None
        and row["required_from_on"] <= day
        and (row["required_to_on"] is None or row["required_to_on"] >= day)
    }


def ran_out(completed_on, months, day):
    """Whether a course finished on one day counts no longer on another: month by month."""
    if months is None:
        return False
    year, month = completed_on.year, completed_on.month
    for _month in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    last = calendar.monthrange(year, month)[1]
    return day > date(year, month, min(completed_on.day, last))


class IndependentCount:
    """Reads every record once; then counts any day of any unit in memory."""

    def __init__(self):
        self.communes = dict(Village.objects.values_list("pk", "commune_id"))
        self.places = list(HouseholdPlace.objects.values())
        self.residencies = list(Residency.objects.values())
        self.births = dict(Resident.objects.values_list("pk", "birth_year"))
        self.skills = list(Skill.objects.values())
        self.requirements = list(CourseRequirement.objects.values())
        self.validity = dict(Course.objects.values_list("pk", "valid_months"))
        self.staff = {row["id"]: row for row in StaffMember.objects.values()}
        self.employments = list(Employment.objects.values())
        self.agencies = {row["id"]: row for row in Agency.objects.values()}
        self.completions = list(Completion.objects.values())
        self.years = {row["id"]: row for row in SchoolYear.objects.values()}
        self.schools = {row["id"]: row for row in School.objects.values()}
        self.classes = {row["id"]: row for row in SchoolClass.objects.values()}
        self.rolls = list(ClassRoll.objects.values())
        self.declarations = list(
            WorkerDeclaration.objects.values(
                "enterprise_id",
                "enterprise__village_id",
                "enterprise__commune_id",
                "enterprise__group__code",
                "declared_on",
                "workers",
                "equipped",
            )
        )
        self.encounter_days = dict(Encounter.objects.values_list("pk", "held_on"))
        self.visits = [
            (row["household_id"], row["held_on"])
            for row in Encounter.objects.values()
            if row["occasion"] == "home_visit" and row["voided_at"] is None
        ]
        self.met = [
            (row["resident_id"], self.encounter_days[row["encounter_id"]])
            for row in PersonMet.objects.values()
        ]
        self.checks = [
            (
                row["resident_id"],
                row["skill_id"],
                self.encounter_days[row["encounter_id"]],
                row["outcome"],
            )
            for row in SkillCheck.objects.values()
        ]
        self.changes = [
            row
            for row in VillageChange.objects.order_by("effective_on", "pk").values()
            if row["kind"] != "split"
        ]
        self.confirmations = list(Confirmation.objects.values_list("resident_id", "seen_on"))
        self.observations = list(
            HouseholdObservation.objects.values_list("household_id", "observed_on", "smart_device")
        )

    def counts(self, day, commune, village=None):
        """Return {indicator code: (numerator, denominator)} of a unit on a day."""
        where = {row["household_id"]: row["village_id"] for row in self.places if holds(row, day)}

        def inside(village_id, commune_id=None):
            if village is not None:
                return village_id == village
            return (commune_id or self.communes.get(village_id)) == commune

        households = {household for household, place in where.items() if inside(place)}
        adults = set()
        for row in self.residencies:
            old_enough = day.year - self.births[row["resident_id"]] >= 18
            if holds(row, day) and row["household_id"] in households and old_enough:
                adults.add(row["resident_id"])
        return {
            "adults": (len(self.able(day) & adults), len(adults)),
            "adults_reached": (len({r for r, on in self.met if on <= day} & adults), len(adults)),
            "adults_confirmed": (
                len({r for r, on in self.confirmations if on <= day} & adults),
                len(adults),
            ),
            "households_visited": (
                len({h for h, on in self.visits if on <= day} & households),
                len(households),
            ),
            "smart_devices": (len(self.equipped(day) & households), len(households)),
            "officials": self.officials(day, inside),
            "students": self.students(day, inside),
            "enterprise_workers": self.workers(day, inside),
        }

    def able(self, day):
        needed = required(self.skills, day)
        last = defaultdict(lambda: (date.min, set()))
        for resident, skill, on, outcome in self.checks:
            if on > day:
                continue
            best_day, outcomes = last[resident, skill]
            if on > best_day:
                last[resident, skill] = (on, {outcome})
            elif on == best_day:
                outcomes.add(outcome)
        shown = defaultdict(set)
        for (resident, skill), (_on, outcomes) in last.items():
            if "alone" in outcomes:
                shown[resident].add(skill)
        return {resident for resident, skills in shown.items() if needed and needed <= skills}

    def equipped(self, day):
        last = {}
        for household, on, device in self.observations:
            if on > day or device is None:
                continue
            known = last.get(household)
            if known is None or on > known[0]:
                last[household] = (on, device)
            elif on == known[0]:
                last[household] = (on, known[1] or device)
        return {household for household, (_on, device) in last.items() if device}

    def officials(self, day, inside):
        staff = set()
        for row in self.employments:
            agency = self.agencies[row["agency_id"]]
            if holds(row, day) and inside(
                self.village_then(agency["village_id"], day), agency["commune_id"]
            ):
                staff.add(row["staff_member_id"])
        done = defaultdict(set)
        for row in self.completions:
            months = self.validity[row["course_id"]]
            if row["completed_on"] <= day and not ran_out(row["completed_on"], months, day):
                done[row["staff_member_id"]].add(row["course_id"])
        finished = 0
        for member in staff:
            needed = self.courses_of(self.staff[member], day)
            finished += bool(needed) and needed <= done[member]
        return finished, len(staff)

    def village_then(self, village, day):
        """Where an organisation of a village is on a day: village after village."""
        while True:
            steps = [
                row
                for row in self.changes
                if row["former_id"] == village and row["effective_on"] <= day
            ]
            if not steps:
                return village
            village = steps[-1]["successor_id"]

    def courses_of(self, member, day):
        """The courses asked of one member of staff on a day."""
        groups = {"everybody", member["category"]}
        if member["is_party_member"]:
            groups.add("party_member")
        return {
            row["course_id"]
            for row in self.requirements
            if holds(row, day) and row["group"] in groups
        }

    def students(self, day, inside):
        last = {}
        for row in self.rolls:
            year = self.years[self.classes[row["school_class_id"]]["school_year_id"]]
            if not (year["starts_on"] <= day <= year["ends_on"]) or row["counted_on"] > day:
                continue
            known = last.get(row["school_class_id"])
            if known is None or row["counted_on"] > known["counted_on"]:
                last[row["school_class_id"]] = row
        equipped = enrolled = 0
        for school_class, row in last.items():
            school = self.schools[self.classes[school_class]["school_id"]]
            if inside(self.village_then(school["village_id"], day), school["commune_id"]):
                equipped += row["equipped"]
                enrolled += row["enrolled"]
        return equipped, enrolled

    def workers(self, day, inside):
        last = {}
        for row in self.declarations:
            if row["declared_on"] > day or row["enterprise__group__code"] != "enterprise_workers":
                continue
            known = last.get(row["enterprise_id"])
            if known is None or row["declared_on"] > known["declared_on"]:
                last[row["enterprise_id"]] = row
        counted = [
            row
            for row in last.values()
            if inside(
                self.village_then(row["enterprise__village_id"], day),
                row["enterprise__commune_id"],
            )
        ]
        return sum(row["equipped"] for row in counted), sum(row["workers"] for row in counted)
