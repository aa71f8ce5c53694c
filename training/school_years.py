"""A new school year: the classes of the year before, a grade up."""

import re
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from training.models import School, SchoolClass
from villages.refusals import ChangeRefused

HIGHEST = {
    School.Level.LOWER_SECONDARY: 9,
    School.Level.UPPER_SECONDARY: 12,
    School.Level.BOTH: 12,
}


@dataclass(frozen=True)
class Promotion:
    """What becomes of a class: its grade and name next year; ``None`` where it leaves school."""

    former: SchoolClass
    grade: int | None
    name: str
    is_there: bool = False

    @property
    def is_new(self):
        return self.grade is not None and not self.is_there


def promotions(school, *, former, year):
    """Return what becomes of each class of the school year ``former`` in ``year``."""
    there = {
        name.casefold()
        for name in SchoolClass.objects.filter(school=school, school_year=year).values_list(
            "name", flat=True
        )
    }
    found = []
    for one in SchoolClass.objects.filter(school=school, school_year=former).order_by(
        "grade", "name"
    ):
        grade = one.grade + 1
        if grade > HIGHEST[school.level]:
            found.append(Promotion(one, None, ""))
            continue
        name = name_a_grade_up(one.name, one.grade)
        found.append(Promotion(one, grade, name, name.casefold() in there))
        there.add(name.casefold())
    return found


def name_a_grade_up(name, grade):
    """Return a class's name in the next grade: 6A1 becomes 7A1, «Chuyên Toán» stays."""
    return re.sub(rf"^(\D*?){grade}(?!\d)", rf"\g<1>{grade + 1}", name, count=1)


@transaction.atomic
def promote_classes(school, *, former, year):
    """Make the classes that are new in ``year``; return how many. Again makes none twice."""
    School.objects.select_for_update(of=("self",)).get(pk=school.pk)
    if former.starts_on >= year.starts_on:
        raise ChangeRefused(_("Choose an earlier school year to copy from."))
    new = [one for one in promotions(school, former=former, year=year) if one.is_new]
    for one in new:
        SchoolClass.objects.create(school=school, school_year=year, grade=one.grade, name=one.name)
    return len(new)
