"""Who has not finished the required courses, by agency; the words that remind of it."""

from dataclasses import dataclass

from django.db.models import Count, F, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from training.models import Agency, Employment, StaffMember
from training.requirements import has_finished, is_asked_anything, missing_of, required_on
from villages.templatetags.display import day as written_day


@dataclass(frozen=True)
class Unfinished:
    """A member of staff of an agency and what is missing."""

    member: StaffMember
    missing: list


def unfinished_staff(staff, required, day):
    """Keep staff employed on a day who lack a course required of them, with their agency."""
    return (
        staff.active_on(day)
        .annotate(
            agency_on_day=F("employments__agency"),
            agency_name=F("employments__agency__name"),
            agency_position=F("employments__agency__position"),
        )
        .filter(is_asked_anything(required))
        .exclude(has_finished(required, day))
    )


def agencies_with_progress(user, required, day):
    """Return the agencies somebody may see with ``staff_count`` and ``finished`` on a day."""
    employed = Employment.objects.on(day).filter(agency=OuterRef("pk"))
    done = StaffMember.objects.filter(has_finished(required, day)).order_by().values("pk")
    return Agency.objects.visible_to(user).annotate(
        staff_count=_count_of(employed),
        finished=_count_of(employed.filter(staff_member__in=done)),
    )


def _count_of(employments):
    counted = employments.order_by().values("agency").annotate(people=Count("pk"))
    return Coalesce(Subquery(counted.values("people")), 0, output_field=IntegerField())


def unfinished_by_agency(agencies, day):
    """Return {agency: [Unfinished]}; agencies in which everybody has finished are left out."""
    required = required_on(day)
    by_pk = {agency.pk: agency for agency in agencies}
    staff = list(
        unfinished_staff(StaffMember.objects.all(), required, day)
        .filter(agency_on_day__in=by_pk)
        .order_by("agency_position", "agency_name", "name_folded", "pk")
    )
    missing = missing_of(staff, required, day)
    found = {}
    for member in staff:
        found.setdefault(by_pk[member.agency_on_day], []).append(
            Unfinished(member, missing[member.pk])
        )
    return found


def missing_in_words(missing):
    """Return the title of a missing course, and when a completion of it ran out."""
    if missing.expired_on is None:
        return missing.course.title
    return _("%(course)s (expired on %(day)s)") % {
        "course": missing.course.title,
        "day": written_day(missing.expired_on),
    }


def agency_words(agency, people, day, finish_by=None):
    """Return the reminder of an agency: who has not finished what, and nothing else of them."""
    lines = [
        _("%(agency)s: required courses not finished, %(day)s")
        % {"agency": agency.name, "day": written_day(day)},
        ngettext(
            "%(count)s member of staff has not finished:",
            "%(count)s members of staff have not finished:",
            len(people),
        )
        % {"count": len(people)},
        "",
    ]
    for number, one in enumerate(people, start=1):
        courses = "; ".join(missing_in_words(missing) for missing in one.missing)
        lines.append(f"{number}. {one.member.full_name}: {courses}")
    return "\n".join([*lines, "", *_closing(finish_by)])


def member_words(one, day, finish_by=None):
    """Return the reminder of one member of staff: the own courses only."""
    lines = [
        _("Dear %(name)s,") % {"name": one.member.full_name},
        "",
        _("As of %(day)s these required courses are not finished:") % {"day": written_day(day)},
        *(f"- {missing_in_words(missing)}" for missing in one.missing),
        "",
        *_closing(finish_by),
    ]
    return "\n".join(lines)


def _closing(finish_by):
    lines = []
    if finish_by is not None:
        lines.append(_("Please finish them by %(day)s.") % {"day": written_day(finish_by)})
    lines.append(_("If a course is finished already, please report the day to the commune office."))
    return lines
