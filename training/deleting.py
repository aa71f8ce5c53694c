"""What hangs on the records of this app and keeps one entered by mistake from being deleted.

What a record was made with goes with it; what was recorded of it since does not.
"""

from django.utils.translation import gettext as _

from villages.deleting import kept_by
from villages.periods import today


def uses_of_agency(agency):
    """Whoever works or ever worked there, and the mails sent to it."""
    return kept_by(
        (_("people who work or worked there"), agency.employments.count()),
        (_("reminders by e-mail"), agency.mails.count()),
    )


def uses_of_member(member):
    """All that somebody did; only where she or he works goes with the person."""
    return kept_by(
        (_("courses finished"), member.completions.count()),
        (_("attendances at sessions"), member.attendances.count()),
        (_("sessions that expect this person"), member.invitations.count()),
        (_("reminders by e-mail"), member.mails.count()),
        (_("linked accounts"), int(member.user_id is not None)),
    )


def uses_of_course(course):
    """Of whom it is or was required, and who finished it."""
    return kept_by(
        (_("requirements"), course.requirements.count()),
        (_("people who finished it"), course.completions.count()),
    )


def uses_of_school(school):
    """Its classes of any school year, and the accounts that hand in for it now."""
    return kept_by(
        (_("classes"), school.classes.count()),
        (_("accounts of the school"), school.accounts.on(today()).count()),
    )


def uses_of_class(school_class):
    """The rolls handed in for it."""
    return kept_by((_("class rolls"), school_class.rolls.count()))


def uses_of_school_year(year):
    """The classes of every school in it."""
    return kept_by((_("classes"), year.classes.count()))


def uses_of_enterprise(enterprise):
    """What it declared."""
    return kept_by((_("declarations of workers"), enterprise.declarations.count()))
