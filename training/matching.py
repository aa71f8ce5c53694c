"""Walk-ins found on a list later: which person of the commune came under that name.

Only somebody who looks at both says that two names are one person. From then on the resident
counts as reached on the session's day; until then nobody does.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from households.models import PersonMet, Resident
from training import session_guidance
from training.models import Attendance, StaffMember, TrainingSession
from villages.outbox import mark_stale
from villages.refusals import ChangeRefused
from villages.text import fold

MOST_CANDIDATES = 5


@transaction.atomic
def match_walk_in(attendance, *, resident=None, staff_member=None, by):
    """Say who a walk-in was: a resident or a member of staff of the commune.

    The name he came under stays beside it. Refused when that person is on the list already.
    """
    row, session = _locked(attendance)
    if not row.walk_in_name:
        raise ChangeRefused(_("Somebody else has said already who this was."))
    who = resident or staff_member
    if session.attendances.filter(resident=resident, staff_member=staff_member).exists():
        raise ChangeRefused(
            _(
                "%(name)s is on the list of this session already. If the walk-in is the same "
                "person noted twice, strike the walk-in from the list."
            )
            % {"name": who}
        )
    row.came_as, row.walk_in_name = row.walk_in_name, ""
    row.resident, row.staff_member = resident, staff_member
    row.matched_by, row.matched_at = by, timezone.now()
    row.save()
    if resident is not None:
        PersonMet.objects.create(
            encounter=session.encounter, resident=resident, happened_on=session.held_on
        )
    _recount_unnamed(session)
    return row


@transaction.atomic
def undo_match(attendance):
    """Take back who a walk-in was said to be; the name he came under stands alone again.

    What was noted of the resident in this session since goes with it.
    """
    row, session = _locked(attendance)
    if not row.came_as:
        raise ChangeRefused(_("This match was taken back already."))
    if row.certificates.exists():
        raise ChangeRefused(
            _("%(name)s has a certificate of this session, so the match stays.") % {"name": row}
        )
    encounter, resident = session.encounter, row.resident
    units = encounter.stale_units()
    row.walk_in_name, row.came_as = row.came_as, ""
    row.resident = row.staff_member = row.matched_by = row.matched_at = None
    row.save()
    if resident is not None:
        session_guidance.forget(encounter, residents=[resident])
        mark_stale(units=units, since_on=session.held_on, reason="match of a walk-in undone")
    _recount_unnamed(session)
    return row


def candidates_for(rows):
    """Return {attendance id: [resident or member of staff]} of the same name, likeliest first.

    Names are compared without accents; a birth year and a village that fit come first. Asks
    the database twice, however many walk-ins there are.
    """
    names = {row.pk: fold(row.walk_in_name) for row in rows}
    communes = {row.session.commune_id for row in rows}
    residents = _by_name(
        Resident.objects.present()
        .filter(household__village__commune__in=communes, name_folded__in=set(names.values()))
        .select_related("household__village")
    )
    staff = _by_name(
        StaffMember.objects.filter(commune__in=communes, name_folded__in=set(names.values()))
    )
    found = {}
    for row in rows:
        people = [
            who
            for who in residents.get(names[row.pk], ())
            if who.household.village.commune_id == row.session.commune_id
        ]
        people.sort(key=lambda who, row=row: (-_likeness(row, who), who.birth_year, who.pk))
        people += [
            who for who in staff.get(names[row.pk], ()) if who.commune_id == row.session.commune_id
        ]
        found[row.pk] = people[:MOST_CANDIDATES]
    return found


def _likeness(row, resident):
    """Return how much of what is known of a walk-in fits a resident."""
    village = row.walk_in_village_id or row.session.village_id
    return (
        2 * (row.walk_in_birth_year == resident.birth_year)
        + (village is not None and village == resident.household.village_id)
        + bool(row.walk_in_sex and row.walk_in_sex == resident.sex)
    )


def _by_name(people):
    named = {}
    for who in people:
        named.setdefault(who.name_folded, []).append(who)
    return named


def _locked(attendance):
    """Take the session's row first, like every verb about who came, then read the attendance."""
    session = TrainingSession.objects.select_for_update(of=("self",)).get(pk=attendance.session_id)
    row = Attendance.objects.select_related("resident", "staff_member").get(pk=attendance.pk)
    return row, session


def _recount_unnamed(session):
    encounter = session.encounter
    unnamed = session.attendances.exclude(walk_in_name="").count()
    if encounter.unnamed_people != unnamed:
        encounter.unnamed_people = unnamed
        encounter.save()
    mark_stale(
        units=encounter.stale_units() | session.stale_units(),
        since_on=session.held_on,
        reason="walk-in matched",
    )
