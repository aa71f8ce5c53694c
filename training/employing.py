"""Who works where from when: hiring, changing agency, leaving. The past stays as it was.

Only what was typed wrongly is corrected or deleted: then past figures change with it.
"""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from training.models import Employment, StaffMember
from villages.refusals import ChangeRefused


@transaction.atomic
def hire(member, *, agency, from_on):
    """Save a member of staff and have her work at an agency from a day on.

    Somebody known who has left returns the same way; the periods never overlap.
    """
    if member.pk is None:
        member.save()
    member = _locked(member)
    last = member.employments.order_by("-from_on").first()
    if last is not None and last.to_on is None:
        raise ChangeRefused(_("This person works at an agency already."), "agency")
    if last is not None and from_on <= last.to_on:
        raise ChangeRefused(
            _("She or he worked at %(agency)s until %(day)s. Enter a later day.")
            % {"agency": last.agency, "day": f"{last.to_on:%d/%m/%Y}"},
            "from_on",
        )
    Employment.objects.create(staff_member=member, agency=agency, from_on=from_on)
    return member


@transaction.atomic
def change_agency(member, *, agency, from_on):
    """Have a member of staff work at another agency from a day on."""
    current = _current(_locked(member))
    if current.agency_id == agency.pk:
        raise ChangeRefused(_("This person works at that agency already."), "agency")
    if from_on <= current.from_on:
        raise ChangeRefused(
            _("Work at %(agency)s began on %(day)s. Enter a later day.")
            % {"agency": current.agency, "day": f"{current.from_on:%d/%m/%Y}"},
            "from_on",
        )
    current.to_on = from_on - timedelta(days=1)
    current.save()
    Employment.objects.create(staff_member=member, agency=agency, from_on=from_on)
    return member


@transaction.atomic
def leave(member, *, last_day):
    """End the employment of a member of staff; ``last_day`` still counts."""
    current = _current(_locked(member))
    if last_day < current.from_on:
        raise ChangeRefused(
            _("Work at %(agency)s began on %(day)s. The last day cannot be earlier.")
            % {"agency": current.agency, "day": f"{current.from_on:%d/%m/%Y}"},
            "last_day",
        )
    current.to_on = last_day
    current.save()
    return member


@transaction.atomic
def correct_employment(employment, *, agency, from_on, to_on):
    """Correct where and from when to when somebody worked; the periods never overlap."""
    member = _locked(employment.staff_member)
    known = member.employments.filter(pk=employment.pk).first()
    if known is None:
        raise ChangeRefused(_("This employment was deleted meanwhile."))
    others = member.employments.exclude(pk=employment.pk)
    for other in others.order_by("from_on").select_related("agency"):
        ends_before = other.to_on is not None and other.to_on < from_on
        begins_after = to_on is not None and other.from_on > to_on
        if not (ends_before or begins_after):
            raise ChangeRefused(
                _("These days overlap with the work at %(agency)s, %(days)s.")
                % {"agency": other.agency, "days": _span(other)},
                "from_on",
            )
    known.agency, known.from_on, known.to_on = agency, from_on, to_on
    known.save()
    return member


def _span(employment):
    first, last = employment.from_on, employment.to_on
    return f"{first:%d/%m/%Y} – {last:%d/%m/%Y}" if last else f"{first:%d/%m/%Y} –"


def _locked(member):
    found = StaffMember.objects.select_for_update(of=("self",)).filter(pk=member.pk).first()
    if found is None:
        raise ChangeRefused(_("This member of staff was deleted meanwhile."))
    return found


def _current(member):
    current = member.employments.filter(to_on__isnull=True).select_related("agency").first()
    if current is None:
        raise ChangeRefused(_("This person no longer works at an agency."))
    return current
