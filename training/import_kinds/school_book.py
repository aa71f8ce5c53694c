"""The schools, classes and rolls a list is about, and what a row brings to them."""

import re
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from training.models import ClassRoll, School, SchoolClass, SchoolYear, TaughtModule
from villages.import_kinds.finding_villages import VillageBook
from villages.import_kinds.flat import shown
from villages.periods import today
from villages.text import fold

Level = School.Level
GRADES = {
    Level.LOWER_SECONDARY: range(6, 10),
    Level.UPPER_SECONDARY: range(10, 13),
    Level.BOTH: range(6, 13),
}
YEAR = re.compile(r"^(20\d\d)\s*[-–/]\s*(20\d\d)$")
ROLL = ("enrolled", "equipped")


@dataclass
class Planned:
    """What a row brings: values of its school and class, and a roll or its correction."""

    school: School
    school_class: SchoolClass
    school_values: dict = field(default_factory=dict)
    grade: int | None = None
    roll: ClassRoll | None = None
    numbers: dict = field(default_factory=dict)
    modules: list | None = None

    @property
    def has_new_roll(self):
        return self.roll is None and bool(self.numbers)


class SchoolBook:
    """Schools, classes and rolls of one commune that a person may write for."""

    def __init__(self, request):
        own = School.objects.writable_by(request.user).filter(commune=request.commune).distinct()
        self.commune, self.villages = request.commune, VillageBook(request)
        self.schools = {fold(school.name): school for school in own.select_related("village")}
        self.years = {year.name: year for year in SchoolYear.objects.all()}
        self.modules = {module.name: module for module in TaughtModule.objects.all()}
        by_pk = {school.pk: school for school in self.schools.values()}
        years = {year.pk: year for year in self.years.values()}
        self.classes = {}
        for one in SchoolClass.objects.filter(school__in=by_pk):
            one.school, one.school_year = by_pk[one.school_id], years[one.school_year_id]
            self.classes[self._key(one.school, one.school_year, one.name)] = one
        self.rolls = {
            (roll.school_class_id, roll.counted_on): roll
            for roll in ClassRoll.objects.filter(school_class__school__in=by_pk).prefetch_related(
                "modules"
            )
        }
        # What the file itself said of each school so far, and in which row.
        self.said = {}

    def school(self, name):
        """Return the school of a name, new where there is none."""
        return self.schools.setdefault(fold(name), School(commune=self.commune, name=name))

    def year(self, text):
        """Return the school year written so, new where there is none, or ``None``."""
        found = YEAR.match(text)
        if found is None:
            return self.years.get(text)
        first, last = int(found[1]), int(found[2])
        if last != first + 1:
            return None
        name = f"{first}-{last}"
        if name not in self.years:
            year = SchoolYear(name=name, starts_on=date(first, 9, 1), ends_on=date(last, 8, 31))
            if any(
                other.starts_on <= year.ends_on and year.starts_on <= other.ends_on
                for other in self.years.values()
            ):
                return None
            self.years[name] = year
        return self.years[name]

    def school_class(self, school, year, name):
        """Return the class of a name, new where there is none."""
        key = self._key(school, year, name)
        if key not in self.classes:
            self.classes[key] = SchoolClass(school=school, school_year=year, name=name)
        return self.classes[key]

    def contradicts(self, row, school, attribute, value):
        """Whether an earlier row says something else of the school; the row is then refused."""
        number, before = self.said.setdefault((id(school), attribute), (row.number, value))
        if before != value:
            row.refuse(_("Row %(row)s says otherwise about the same.") % {"row": number}, attribute)
        return before != value

    def _key(self, school, year, name):
        return fold(school.name), year.name, fold(name)


class Reading:
    """One row on its way to a plan."""

    def __init__(self, row, book, headings, words):
        self.row, self.book, self.headings, self.words = row, book, headings, words

    def planned(self):
        """Return what the row brings, or ``None`` where it is refused."""
        row, book = self.row, self.book
        year = book.year(row.said("school_year"))
        if year is None:
            row.refuse(_("Write the school year as 2025-2026."), "school_year")
            return None
        school = book.school(row.said("school"))
        values = self._school_values(school)
        grade = self._grade(school, values)
        self._check_roll(year)
        if row.errors:
            return None
        school_class = book.school_class(school, year, row.said("name"))
        planned = Planned(school, school_class)
        self._say_new(school, year)
        if school.pk is None:
            for name, value in values.items():
                setattr(school, name, value)
        else:
            planned.school_values = self._changed(school, values)
        if school_class.pk is None:
            school_class.grade = grade
        elif grade is not None:
            planned.grade = self._changed(school_class, {"grade": grade}).get("grade")
        self._plan_roll(planned)
        return planned

    def _school_values(self, school):
        row, values = self.row, {}
        if row.said("level"):
            values["level"] = row.said("level")
        if row.said("village"):
            villages = self.book.villages
            village = villages.find(row)
            # It stands where it stood: what is counted before a merger stays there.
            is_there = village and villages.is_where(school.village, village, today())
            values["village"] = school.village if is_there else village
        for name, value in values.items():
            self.book.contradicts(row, school, name, value)
        if not school.level and "level" not in values:
            row.refuse(_("Write the level of a new school."), "level")
        return values

    def _grade(self, school, values):
        row = self.row
        grade = row.said("grade")
        digits = re.match(r"\d+", row.said("name"))
        if grade is None and digits:
            grade = int(digits[0])
        level = values.get("level") or school.level
        if grade is None:
            row.refuse(_("Write the grade."), "grade")
        elif level and grade not in GRADES[level]:
            row.refuse(
                _("A school of this level has the grades %(first)s to %(last)s.")
                % {"first": GRADES[level][0], "last": GRADES[level][-1]},
                "grade",
            )
        return grade

    def _check_roll(self, year):
        row = self.row
        enrolled, equipped, counted_on = (row.said(n) for n in (*ROLL, "counted_on"))
        if enrolled is None and equipped is None:
            return
        if enrolled is None:
            row.refuse(_("Enter how many are enrolled."), "enrolled")
        elif equipped is None:
            row.refuse(_("Enter how many are equipped; 0 if nobody is."), "equipped")
        elif equipped > enrolled:
            row.refuse(_("More pupils equipped than enrolled."), "equipped")
        if counted_on is None:
            row.refuse(_("Write on which day they were counted."), "counted_on")
        elif not year.starts_on <= counted_on <= year.ends_on:
            row.refuse(
                _("The school year %(year)s lasts from %(first)s to %(last)s.")
                % {"year": year, "first": shown(year.starts_on), "last": shown(year.ends_on)},
                "counted_on",
            )

    def _say_new(self, school, year):
        if school.pk is None:
            said = _("%(name)s (a new school)") % {"name": school.name}
            self.row.changes.append([self.headings["school"], shown(None), said])
        if year.pk is None:
            said = _("%(name)s (a new school year)") % {"name": year.name}
            self.row.changes.append([self.headings["school_year"], shown(None), said])

    def _changed(self, record, values):
        """Return the values that differ from a record's, and tell them on the row."""
        changed = {}
        for name, value in values.items():
            before, words = getattr(record, name), self.words.get(name)
            if before != value:
                changed[name] = value
                self.row.changes.append(
                    [self.headings[name], shown(before, words), shown(value, words)]
                )
        return changed

    def _plan_roll(self, planned):
        row = self.row
        if row.said("enrolled") is None:
            return
        counted_on = row.said("counted_on")
        numbers = {name: row.said(name) for name in ROLL}
        planned.roll = self.book.rolls.get((planned.school_class.pk, counted_on))
        modules = [self.book.modules[name] for name in row.said("modules") or ()]
        if planned.roll is None:
            planned.numbers = {"counted_on": counted_on, **numbers}
        else:
            planned.numbers = self._changed(planned.roll, numbers)
            known = list(planned.roll.modules.all())
            added = [module for module in modules if module not in known]
            if added:
                before = ", ".join(module.name for module in known)
                after = ", ".join(module.name for module in (*known, *added))
                row.changes.append([self.headings["modules"], shown(before), after])
            modules = added
        planned.modules = modules
