"""Random histories: everything that may happen to the records, in any order, on any day."""

import random
import uuid
from datetime import date, timedelta

from django.utils import timezone

from households.models import Encounter, Household, Resident, SkillCheck
from households.recording import (
    Guidance,
    NewResident,
    PersonOutcome,
    correct_visit,
    record_visit,
    void_visit,
)
from households.residence import (
    add_household,
    add_resident,
    end_residency,
    move_household,
    move_resident,
)
from households.village_changes import merge_villages, rename_village, split_village
from households.village_undoing import NotUndone, undo_change
from training.attendance import (
    add_to_attendance,
    cancel_session,
    move_session,
    note_outcomes,
    take_from_attendance,
)
from training.models import (
    Agency,
    Attendance,
    ClassRoll,
    Completion,
    Course,
    CourseRequirement,
    Employment,
    Enterprise,
    School,
    SchoolClass,
    SchoolYear,
    StaffMember,
    TrainingSession,
    WorkerDeclaration,
)
from villages.models import PopulationGroup, Village, VillageChange

FIRST_DAY = date(2025, 1, 1)
OCCASIONS = ["home_visit", "home_visit", "gathering", "service_centre", "online"]


class History:
    """Acts on a cast at random; the same seed does the same."""

    def __init__(self, cast, seed):
        self.cast = cast
        self.random = random.Random(seed)
        self.last_day = timezone.localdate()
        self.villages = [cast.vi, cast.khi]
        self.agency = Agency.objects.create(commune=cast.commune, name="UBND xã")
        self.village_agency = Agency.objects.create(
            commune=cast.commune, name="Trường bản Vi", village=cast.vi
        )
        self.course = Course.objects.create(code="basic", title="Kỹ năng số cơ bản")
        self.later_course = Course.objects.create(code="ai", title="AI", valid_months=6)
        CourseRequirement.objects.create(course=self.course, from_on=FIRST_DAY)
        CourseRequirement.objects.create(course=self.later_course, from_on=date(2026, 3, 1))
        years = [
            SchoolYear.objects.create(
                name=f"{year}-{year + 1}",
                starts_on=date(year, 9, 1),
                ends_on=date(year + 1, 8, 31),
            )
            for year in (2024, 2025, 2026)
        ]
        school = School.objects.create(
            commune=cast.commune, village=cast.vi, name="THCS", level="lower_secondary"
        )
        self.classes = [
            SchoolClass.objects.create(school=school, school_year=year, grade=6, name=name)
            for year in years
            for name in ("6A", "6B")
        ]
        self.enterprise = Enterprise.objects.create(
            commune=cast.commune,
            name="HTX Mẫu",
            group=PopulationGroup.objects.get(code="enterprise_workers"),
        )

    @classmethod
    def actions(cls):
        """The names of everything that can happen."""
        return sorted(name for name in vars(cls) if name.startswith("do_"))

    def day(self):
        """Some day of the story; recent ones are likelier."""
        span = (self.last_day - FIRST_DAY).days
        back = min(span, int(self.random.expovariate(1 / 90)))
        return self.last_day - timedelta(days=back)

    def one_of(self, rows):
        rows = list(rows.order_by("pk"))
        return self.random.choice(rows) if rows else None

    def open_village(self):
        return self.random.choice([v for v in self.villages if v.to_on is None])

    def guidance(self, household, day):
        people = []
        for resident in household.residents.filter(status="present"):
            if self.random.random() < 0.7:
                checks = {
                    skill: self.random.choice(SkillCheck.Outcome.values[:1] * 3 + ["not_yet"])
                    for skill in [*self.cast.skills, self.cast.optional_skill]
                    if self.random.random() < 0.8
                }
                people.append(PersonOutcome(resident, checks, self.random.random() < 0.3))
        if self.random.random() < 0.15:
            people.append(PersonOutcome(NewResident("Người Mới", self.random.randint(1940, 2015))))
        return Guidance(
            commune=self.cast.commune,
            village=household.village,
            household=household,
            occasion=self.random.choice(OCCASIONS),
            held_on=day,
            content={"made": self.random.random()},
            people=tuple(people),
            smart_device=self.random.choice([None, True, False]),
        )

    def do_visit(self):
        household = self.one_of(Household.objects.filter(village__in=self.villages))
        record_visit(
            uuid=uuid.UUID(int=self.random.getrandbits(128)),
            guidance=self.guidance(household, self.day()),
            author=self.cast.leader,
        )

    def do_correct(self):
        encounter = self.one_of(
            Encounter.objects.filter(voided_at__isnull=True, household__isnull=False)
        )
        if encounter:
            correct_visit(
                encounter=encounter,
                guidance=self.guidance(encounter.household, self.day()),
                reason="ghi nhầm",
                by=self.cast.official,
            )

    def do_void(self):
        encounter = self.one_of(Encounter.objects.filter(voided_at__isnull=True))
        if encounter and not hasattr(encounter, "session"):
            void_visit(encounter=encounter, reason="trùng", by=self.cast.official)

    def do_delete_encounter(self):
        encounter = self.one_of(Encounter.objects.filter(session__isnull=True))
        if encounter:
            encounter.delete()

    def do_edit_check(self):
        check = self.one_of(SkillCheck.objects.all())
        if check:
            check.outcome = self.random.choice(SkillCheck.Outcome.values)
            check.save()

    def do_add_household(self):
        household = add_household(village=self.open_village(), since_on=self.day())
        for _member in range(self.random.randint(1, 3)):
            add_resident(
                household=household,
                since_on=household.places.get().from_on,
                full_name="Người Mẫu",
                birth_year=self.random.randint(1930, 2012),
            )

    def do_move_household(self):
        household = self.one_of(Household.objects.filter(village__in=self.villages))
        move_household(household=household, village=self.open_village(), on=self.day())

    def do_move_resident(self):
        resident = self.one_of(Resident.objects.filter(status="present"))
        home = self.one_of(Household.objects.exclude(pk=resident.household_id))
        move_resident(resident=resident, household=home, on=self.day())

    def do_leave(self):
        resident = self.one_of(Resident.objects.filter(status="present"))
        ended = self.random.choice(["moved", "deceased"])
        end_residency(resident=resident, on=self.day(), ended=ended)

    def do_correct_birth_year(self):
        resident = self.one_of(Resident.objects.all())
        resident.birth_year = self.random.randint(1930, 2012)
        resident.save()

    def do_merge(self):
        day = self.day()
        stood = max(self.cast.khi.from_on, self.cast.vi.from_on)
        if self.cast.khi.to_on is None and day > stood and self.random.random() < 0.3:
            merge_villages(former=self.cast.khi, successor=self.cast.vi, effective_on=day)
            self.cast.khi.refresh_from_db()

    def do_rename_village(self):
        former, day = self.open_village(), self.day()
        if day > former.from_on and self.random.random() < 0.3:
            change = rename_village(former=former, name=self._new_name(), effective_on=day)
            self._go_on_in(former, change.successor)

    def do_split_village(self):
        former, day = self.open_village(), self.day()
        households = list(former.households.order_by("pk"))
        if day > former.from_on and len(households) > 1 and len(self.villages) < 5:
            change = split_village(
                former=former,
                name=self._new_name(),
                number=10 + len(self.villages),
                households=households[:1],
                effective_on=day,
            )
            self.villages.append(change.successor)

    def do_undo_village_change(self):
        change = self.one_of(VillageChange.objects.all())
        if change is None:
            return
        try:
            undo_change(change=change)
        except NotUndone:
            return
        standing = {village.pk: village for village in Village.objects.all()}
        self.villages = [standing[v.pk] for v in self.villages if v.pk in standing]
        for name in ("vi", "khi"):
            village = getattr(self.cast, name)
            setattr(self.cast, name, standing.get(village.pk) or standing[change.former_id])

    def _new_name(self):
        return f"Bản mới {len(self.villages)}"

    def _go_on_in(self, former, successor):
        former.refresh_from_db()
        self.villages.append(successor)
        for name in ("vi", "khi"):
            if getattr(self.cast, name) == former:
                setattr(self.cast, name, successor)

    def do_hire(self):
        member = StaffMember.objects.create(
            commune=self.cast.commune,
            full_name="Cán Bộ Mẫu",
            category=self.random.choice(StaffMember.Category.values),
            is_party_member=self.random.random() < 0.4,
        )
        Employment.objects.create(
            staff_member=member,
            agency=self.random.choice([self.agency, self.village_agency]),
            from_on=self.day(),
        )

    def do_complete_course(self):
        member = self.one_of(StaffMember.objects.all())
        if member:
            Completion.objects.get_or_create(
                staff_member=member,
                course=self.random.choice([self.course, self.later_course]),
                completed_on=self.day(),
            )

    def do_require_course(self):
        first = self.day()
        CourseRequirement.objects.get_or_create(
            course=self.random.choice([self.course, self.later_course]),
            group=self.random.choice(CourseRequirement.Group.values),
            from_on=first,
            defaults={"to_on": self.random.choice([None, max(first, self.day())])},
        )

    def do_change_course_requirement(self):
        row = self.one_of(CourseRequirement.objects.all())
        if row and self.random.random() < 0.5:
            row.group = self.random.choice(CourseRequirement.Group.values)
            row.from_on = min(row.from_on, self.day())
            taken = CourseRequirement.objects.exclude(pk=row.pk).filter(
                course=row.course, group=row.group, from_on=row.from_on
            )
            if not taken.exists():
                row.save()
        elif row:
            row.delete()

    def do_change_validity(self):
        course = self.random.choice([self.course, self.later_course])
        course.valid_months = self.random.choice([None, 1, 3, 12])
        course.save()

    def do_change_member(self):
        member = self.one_of(StaffMember.objects.all())
        if member:
            member.category = self.random.choice(StaffMember.Category.values)
            member.is_party_member = not member.is_party_member
            member.save()

    def do_end_employment(self):
        employment = self.one_of(Employment.objects.filter(to_on__isnull=True))
        if employment:
            employment.to_on = max(employment.from_on, self.day())
            employment.save()

    def do_roll(self):
        enrolled = self.random.randint(0, 40)
        ClassRoll.objects.update_or_create(
            school_class=self.random.choice(self.classes),
            counted_on=self.day(),
            defaults={"enrolled": enrolled, "equipped": self.random.randint(0, enrolled)},
        )

    def do_declare(self):
        workers = self.random.randint(0, 40)
        WorkerDeclaration.objects.update_or_create(
            enterprise=self.enterprise,
            declared_on=self.day(),
            defaults={"workers": workers, "equipped": self.random.randint(0, workers)},
        )

    def do_session(self):
        session = TrainingSession.objects.create(
            commune=self.cast.commune, village=self.cast.vi, title="Lớp mẫu", held_on=self.day()
        )
        residents = list(Resident.objects.filter(status="present").order_by("pk"))
        present = self.random.sample(residents, min(3, len(residents)))
        add_to_attendance(session, residents=present, walk_ins=[("Khách", "")])
        note_outcomes(
            session,
            outcomes={
                (resident.pk, skill.pk): "alone"
                for resident in present
                for skill in self.cast.skills
            },
        )

    def do_come_late(self):
        session = self.one_of(TrainingSession.objects.exclude(status="cancelled"))
        if session:
            add_to_attendance(session, residents=[self.one_of(Resident.objects.all())])

    def do_strike(self):
        row = self.one_of(Attendance.objects.all())
        if row:
            take_from_attendance(row.session, attendances=[row])

    def do_change_outcomes(self):
        row = self.one_of(Attendance.objects.filter(resident__isnull=False))
        if row:
            skills = [*self.cast.skills, self.cast.optional_skill]
            outcomes = {
                (row.resident_id, skill.pk): self.random.choice(["", *SkillCheck.Outcome.values])
                for skill in skills
                if self.random.random() < 0.7
            }
            completed = {row.pk: self.random.random() < 0.5}
            note_outcomes(row.session, outcomes=outcomes, completed=completed)

    def do_move_session(self):
        session = self.one_of(TrainingSession.objects.exclude(status="cancelled"))
        if session:
            move_session(session, held_on=self.day())

    def do_cancel_session(self):
        session = self.one_of(TrainingSession.objects.exclude(status="cancelled"))
        if session:
            cancel_session(session, reason="mưa lũ")

    def do_change_requirement(self):
        skill = self.random.choice([*self.cast.skills, self.cast.optional_skill])
        skill.required_from_on = self.random.choice([None, FIRST_DAY, self.day()])
        skill.save()
