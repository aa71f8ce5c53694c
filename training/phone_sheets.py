"""Attendance among the other records of phones: how the gate and the desk know it."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.held_content import Told
from households.holding import as_uuid
from households.models import HeldRecord, Resident, Skill, SkillCheck
from households.package import PackagePart, add_part
from households.phone_clock import WrongShape
from households.record_kinds import RecordKind, add_kind
from training.models import StaffMember, TrainingSession
from training.session_package import has_sessions, sessions_in_package
from training.sheet_content import read_sheet
from training.taking_attendance import known_receipt, sessions_for, take_attendance
from villages.models import Sex, Village

Reason = HeldRecord.Reason


def register():
    """Let phones carry sessions and send who came."""
    add_part(PackagePart(content=sessions_in_package, opens=has_sessions))
    add_kind(
        HeldRecord.Kind.ATTENDANCE,
        RecordKind(
            take=take_attendance,
            village_of=_village_of,
            day_of=_day_of,
            is_in_reach=_is_in_reach,
            receipt_of=known_receipt,
            told=told,
            labels={
                "session": gettext_lazy("Training session"),
                "staff": gettext_lazy("Staff"),
                "walk_ins": gettext_lazy("Walk-ins"),
            },
            advice=ADVICE,
        ),
    )


ADVICE = {
    Reason.NO_LONGER_LEADER: gettext_lazy(
        "The author no longer takes attendance of this session, or the account was switched "
        "off, when this arrived. If these people came, record it."
    ),
    Reason.REFUSED: gettext_lazy(
        "See below what stands in the way. A closed session is reopened, a cancelled one planned "
        "anew, on its own page; then record this list. It adds to what is noted already."
    ),
    Reason.CONFLICT: gettext_lazy(
        "The portal has another list with this number and kept both. Recording this one adds its "
        "people to the session."
    ),
}


def told(held, user):
    """Return what a held list says, as far as this person may know those it names."""
    session = _session_in(held.sent, held.commune)
    if session is not None:
        session = TrainingSession.objects.visible_to(user).filter(pk=session.pk).first()
    facts, link = [], ()
    if session is not None:
        facts.append((_("Training session"), session.title))
        facts.append((_("Status"), session.get_status_display()))
        if session.place:
            facts.append((_("Place"), session.place))
        link = (_("Open the training session"), reverse("session_detail", args=[session.uuid]))
    return Told(
        household=None,
        visit=None,
        day=session.held_on if session else None,
        facts=facts,
        people=_people_told(held, user),
        link=link,
    )


def _people_told(held, user):
    try:
        sent = {name: value for name, value in held.sent.items() if name != "phone"}
        content = read_sheet(sent)
    except WrongShape:
        # Nothing a phone of ours writes; why it was refused stands above.
        return []
    residents = Resident.objects.visible_to(user).filter(
        uuid__in=[person["resident"] for person in content["people"]]
    )
    names = {str(resident.uuid): resident for resident in residents}
    skills = dict(Skill.objects.values_list("code", "name"))
    outcomes = dict(SkillCheck.Outcome.choices)
    people = []
    for person in content["people"]:
        resident = names.get(person["resident"])
        people.append(
            {
                "resident": resident,
                "name": str(resident) if resident else _("Somebody not on your lists"),
                "outcomes": [
                    (skills.get(code, code), outcome, outcomes[outcome])
                    for code, outcome in person["outcomes"].items()
                ],
                "confirmed": "confirmed" in person,
                "words": str(resident.birth_year) if resident else "",
            }
        )
    staff = StaffMember.objects.visible_to(user).filter(pk__in=content["staff"])
    people += [{"name": str(member), "words": _("Staff")} for member in staff]
    return people + [_walk_in_told(person, held.commune) for person in content["walk_ins"]]


def _walk_in_told(person, commune):
    village = Village.objects.filter(commune=commune, pk=person["village"] or 0).first()
    words = [
        _("Walk-in"),
        str(person["birth_year"] or ""),
        str(dict(Sex.choices).get(person["sex"], "")),
        village.full_name if village else "",
    ]
    return {"name": person["full_name"], "words": ", ".join(filter(None, words))}


def _session_in(body, commune=None):
    wanted = as_uuid(body.get("session"))
    sessions = TrainingSession.objects.select_related("village")
    if commune is not None:
        sessions = sessions.filter(commune=commune)
    return sessions.filter(uuid=wanted).first() if wanted else None


def _village_of(body, commune):
    session = _session_in(body, commune)
    return session.village if session else None


def _day_of(body):
    session = _session_in(body)
    return session.held_on if session else None


def _is_in_reach(author, body, commune):
    session = _session_in(body, commune)
    return session is None or sessions_for(author).filter(pk=session.pk).exists()
