"""The one gate for attendance that a phone wrote down, whichever way it reached the commune.

A sheet adds to the session's list and takes nobody off it: two phones, or one phone twice,
add up. Of two outcomes of one person in one skill the better one counts, and what one of them
saw on VNeID was seen, so that the order in which sheets arrive changes nothing.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from households.merging import kept_of
from households.models import Resident, Skill, SkillCheck
from households.phone_clock import WrongShape, read_note
from households.taking import Conflict, Refused, Taken, again_when_overtaken
from training.attendance import WalkIn, add_to_attendance, note_outcomes
from training.forms.sheet import SheetWalkInForm
from training.models import Attendance, AttendanceSheet, StaffMember, TrainingSession
from training.session_package import takeable_by
from training.sheet_content import read_sheet
from villages.refusals import ChangeRefused

BEST_FIRST = SkillCheck.Outcome.values


class NoSession(Refused):
    """There is no such session in reach."""

    def __init__(self):
        super().__init__({"session": [_("There is no such session here.")]})


class NeedsOfficial(Refused):
    """Nothing the trainer could mend on the phone: an official has to look at it."""


def sessions_for(user):
    """Return the sessions that this person may take attendance of, at a desk or on a phone."""
    return TrainingSession.objects.writable_by(user) | takeable_by(user)


def take_attendance(*, uuid, body, author, phone=None, sent_at=None, typed_by=None):
    """Add to a session's list what a phone wrote down, once.

    ``body`` and the rest as in ``households.taking``. Raises ``Refused`` (``NoSession``,
    ``NeedsOfficial``) and ``Conflict``.
    """
    content, note = _read(body, sent_at)
    writer = typed_by or author

    def attempt():
        known = AttendanceSheet.objects.select_related("session").filter(uuid=uuid).first()
        if known is not None:
            return _known(known, content, author)
        session = sessions_for(writer).filter(uuid=content["session"]).first()
        if session is None:
            raise NoSession
        people = _people(session, content, writer)
        with transaction.atomic():
            _add(session, people, author)
            sheet = AttendanceSheet.objects.create(
                uuid=uuid,
                session=session,
                author=author,
                phone=phone,
                recorded_at=note.recorded_at,
                content=content,
            )
        return Taken(sheet, True, receipt_of_sheet(sheet))

    return again_when_overtaken(attempt)


def receipt_of_sheet(sheet):
    """Return what a phone needs to tell its owner that the commune has the list."""
    return {
        "uuid": str(sheet.uuid),
        "session": str(sheet.session.uuid),
        "received_at": sheet.received_at.isoformat(),
    }


def known_receipt(uuid, author, body):
    """Return the receipt of a sheet its author sent before, or None; its content decides."""
    sheet = AttendanceSheet.objects.select_related("session").filter(uuid=uuid).first()
    if sheet is None or sheet.author_id != author.pk:
        return None
    try:
        content, _note = _read(body, None)
    except Refused:
        return None
    return receipt_of_sheet(sheet) if sheet.content == content else None


def _read(body, sent_at):
    try:
        said = {name: value for name, value in body.items() if name != "phone"}
        return read_sheet(said), read_note(body.get("phone"), sent_at=sent_at)
    except WrongShape as problem:
        raise Refused(problem.errors) from None


def _known(sheet, content, author):
    if (sheet.author_id, sheet.content) != (author.pk, content):
        raise Conflict
    return Taken(sheet, False, receipt_of_sheet(sheet))


def _add(session, people, author):
    residents, staff, walk_ins, outcomes, confirmed = people
    try:
        add_to_attendance(
            session,
            residents=residents,
            staff=staff,
            walk_ins=walk_ins,
            author=author,
            noted=Attendance.Noted.PHONE,
        )
        session.refresh_from_db()
        note_outcomes(
            session,
            outcomes=_better(session, outcomes),
            seen=dict.fromkeys(confirmed, True),
            by=author,
        )
    except ChangeRefused as refusal:
        raise NeedsOfficial({"session": [str(refusal.message)]}) from None


def _better(session, outcomes):
    """Keep the outcomes that are better than what the list has."""
    noted = {
        (resident, skill): outcome
        for resident, skill, outcome in session.encounter.checks.values_list(
            "resident_id", "skill_id", "outcome"
        )
    }
    return {
        pair: outcome
        for pair, outcome in outcomes.items()
        if pair not in noted or BEST_FIRST.index(outcome) < BEST_FIRST.index(noted[pair])
    }


def _people(session, content, writer):
    """Return (residents, staff, walk-ins, outcomes, whom VNeID confirms) as rows or their keys."""
    residents = _residents(session, content["people"], writer)
    staff = _staff(session, content["staff"], writer)
    walk_ins = _walk_ins(session, content["walk_ins"])
    outcomes = _outcomes(content["people"], residents)
    confirmed = {
        residents[person["resident"]].pk for person in content["people"] if "confirmed" in person
    }
    return list(residents.values()), staff, walk_ins, outcomes, confirmed


def _residents(session, people, writer):
    """Return residents by UUID: those the writer may see, and whoever is expected."""
    wanted = {person["resident"] for person in people}
    here = Resident.objects.filter(uuid__in=wanted, household__village__commune=session.commune)
    reach = here.visible_to(writer) | here.filter(invitations__session=session)
    found = {str(resident.uuid): resident for resident in reach.distinct()}
    if set(found) != wanted:
        raise NeedsOfficial({"people": [_("Somebody on this list is not known here any more.")]})
    kept = kept_of(found.values())
    return {uuid: kept[resident.pk] for uuid, resident in found.items()}


def _staff(session, wanted, writer):
    here = StaffMember.objects.filter(pk__in=wanted, commune=session.commune)
    reach = here.visible_to(writer) | here.filter(invitations__session=session)
    found = list(reach.distinct())
    if {member.pk for member in found} != set(wanted):
        words = _("A member of staff on this list is not known here any more.")
        raise NeedsOfficial({"staff": [words]})
    return found


def _walk_ins(session, said):
    errors, found = [], []
    for person in said:
        form = SheetWalkInForm(person, commune=session.commune)
        if form.is_valid():
            clean = form.cleaned_data
            found.append(
                WalkIn(
                    clean["full_name"],
                    clean["sex"],
                    clean["birth_year"],
                    clean["village"],
                    clean["uuid"],
                )
            )
        else:
            texts = [str(text) for texts in form.errors.values() for text in texts]
            errors += [f"{person['full_name'] or '–'}: {text}" for text in texts]
    if errors:
        raise Refused({"walk_ins": errors})
    elsewhere = Attendance.objects.filter(uuid__in=[who.uuid for who in found])
    if elsewhere.exclude(session=session).exists():
        raise Refused({"walk_ins": [_("This number belongs to another record.")]})
    return found


def _outcomes(people, residents):
    codes = {code for person in people for code in person["outcomes"]}
    skills = {skill.code: skill.pk for skill in Skill.objects.filter(code__in=codes)}
    if set(skills) != codes:
        raise Refused({"people": [_("There is no skill of this code.")]})
    best = {}
    for person in people:
        for code, outcome in person["outcomes"].items():
            # Two entries of one person may both stand on the sheet.
            pair = residents[person["resident"]].pk, skills[code]
            best[pair] = min(best.get(pair, outcome), outcome, key=BEST_FIRST.index)
    return best
