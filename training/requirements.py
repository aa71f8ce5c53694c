"""Which courses staff must have finished on a day, and who has.

A requirement asks a course of a group from one day to another. Having finished it counts
from that day on, for as many months as the course is valid. The percentage, the lists, the
reminders and the page of one person all ask here.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When

from training.models import Completion, CourseRequirement

# True of no row, and of every row, also inside an aggregate.
NOBODY, EVERYBODY = Q(pk__isnull=True), Q(pk__isnull=False)
Group = CourseRequirement.Group


@dataclass(frozen=True)
class RequiredCourse:
    """A course that some groups must have finished on a day."""

    pk: int
    title: str
    valid_months: int | None
    groups: frozenset
    since_on: date

    def __str__(self):
        return self.title

    def is_asked_of(self, member):
        """Whether the course is required of a member of staff."""
        return (
            Group.EVERYBODY in self.groups
            or member.category in self.groups
            or (Group.PARTY_MEMBER in self.groups and member.is_party_member)
        )

    @property
    def whom(self):
        """The condition under which it is required of a member of staff."""
        if Group.EVERYBODY in self.groups:
            return EVERYBODY
        condition = Q(category__in=sorted(self.groups - {Group.PARTY_MEMBER}))
        if Group.PARTY_MEMBER in self.groups:
            condition |= Q(is_party_member=True)
        return condition

    def is_done(self, day):
        """The condition under which a member of staff has finished it, still valid on a day."""
        done = Completion.objects.filter(
            staff_member=OuterRef("pk"), course=self.pk, completed_on__lte=day
        )
        if self.valid_months is not None:
            done = done.filter(completed_on__gte=first_day_still_valid(day, self.valid_months))
        return Q(Exists(done))


@dataclass(frozen=True)
class Missing:
    """A required course that somebody has not finished, or whose completion ran out."""

    course: RequiredCourse
    expired_on: date | None = None


def required_on(day):
    """Return the courses required of anybody on a day, as stated by the requirements."""
    rows = (
        CourseRequirement.objects.on(day)
        .order_by("course__title", "course_id", "from_on")
        .values_list("course_id", "course__title", "course__valid_months", "group", "from_on")
    )
    found = {}
    for pk, title, months, group, from_on in rows:
        known = found.get(pk)
        groups, since = (known.groups, known.since_on) if known else (frozenset(), from_on)
        found[pk] = RequiredCourse(pk, title, months, groups | {group}, min(since, from_on))
    return list(found.values())


def has_finished(required, day):
    """Return the condition: every course required of the person is finished and still valid.

    Whoever nothing is required of has not finished: with nothing asked nothing is shown.
    """
    asked, done = NOBODY, EVERYBODY
    for course in required:
        asked |= course.whom
        done &= course.is_done(day) if course.whom == EVERYBODY else _done_if_asked(course, day)
    return asked & done


def _done_if_asked(course, day):
    return ~course.whom | course.is_done(day)


def is_asked_anything(required):
    """Return the condition: some course is required of the person."""
    asked = NOBODY
    for course in required:
        asked |= course.whom
    return asked


def with_progress(staff, required, day):
    """Annotate staff with ``asked`` and ``finished``: required courses, and those finished."""
    asked, finished = Value(0), Value(0)
    for course in required:
        asked += _one_if(course.whom)
        finished += _one_if(course.whom & course.is_done(day))
    return staff.annotate(asked=asked, finished=finished)


def _one_if(condition):
    return Case(When(condition, then=1), default=0, output_field=IntegerField())


def missing_of(staff, required, day):
    """Return {pk of a member of staff: [Missing]} for these people, in one query."""
    last = {}
    completions = Completion.objects.filter(
        staff_member__in=staff, course__in=[course.pk for course in required], completed_on__lte=day
    )
    for member, course, on in completions.values_list("staff_member", "course", "completed_on"):
        last[member, course] = max(on, last.get((member, course), on))
    missing = {}
    for member in staff:
        missing[member.pk] = [
            Missing(course, expired_on=valid_until(done, course.valid_months) if done else None)
            for course in required
            if course.is_asked_of(member)
            and not is_valid(done := last.get((member.pk, course.pk)), course.valid_months, day)
        ]
    return missing


def is_valid(completed_on, months, day):
    """Whether a course finished on a day (``None``: never) still counts on another."""
    if completed_on is None or completed_on > day:
        return False
    last = valid_until(completed_on, months)
    return last is None or day <= last


def valid_until(completed_on, months):
    """Return the last day on which a completion counts, or ``None`` if it always does.

    The same day so many months later, or the last day of a month that has no such day.
    """
    if months is None:
        return None
    year, month = _month_away(completed_on, months)
    if year > date.max.year:
        return None
    return date(year, month, min(completed_on.day, calendar.monthrange(year, month)[1]))


def first_day_still_valid(day, months):
    """Return the earliest day of a completion that still counts on ``day``."""
    year, month = _month_away(day, -months)
    if year < date.min.year:
        return date.min
    last = calendar.monthrange(year, month)[1]
    if day.day <= last:
        return date(year, month, day.day)
    # The month has no such day: what was finished on its last day ran out before.
    return date(year, month, last) + timedelta(days=1)


def _month_away(day, months):
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return years, month + 1
