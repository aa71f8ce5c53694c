"""Writing a planned list of guidance: encounters with their parts, in bulk, through the journal."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from households.import_kinds.guidance_doubts import doubts_about
from households.import_kinds.household_writing import show_latest
from households.models import (
    Confirmation,
    Encounter,
    EncounterVersion,
    Household,
    HouseholdObservation,
    HouseholdPlace,
    PersonMet,
    Residency,
    Resident,
    Skill,
    SkillCheck,
)

FEW = 500
PARTS = (PersonMet, SkillCheck, Confirmation, HouseholdObservation)


@dataclass(frozen=True)
class Told:
    """One encounter that is written, with what it says from now on."""

    encounter: Encounter
    meeting: object
    since_on: date


def write_guidance(rows, request, journal):
    """Write the encounters of rows that are new or changed, and what follows from them."""
    meetings = list({row.record.meeting.uuid: row.record.meeting for row in rows}.values())
    people = _people(rows, meetings, request, journal)
    told = _make([m for m in meetings if m.stored is None], request, journal)
    changed = [m for m in meetings if m.stored is not None]
    seen = _strike_parts([meeting.stored.pk for meeting in changed], journal)
    told += _change(changed, request, journal)
    seen |= _write_parts(told, people, journal)
    observations = show_latest(_households(seen), journal)
    journal.create(*doubts_about([t for t in told if t.meeting.stored is None], observations))
    _touch(told, people, request.commune.pk, journal)


def _people(rows, meetings, request, journal):
    """Return {UUID: id} of everybody in these encounters; who is new is added to the household."""
    found = {row.record.person_uuid: row.record.resident.pk for row in rows if row.record.resident}
    new = {}
    for row in rows:
        if row.record.newcomer:
            key, met = row.record.person_uuid, row.record
            first = new.setdefault(key, met)
            new[key] = min(first, met, key=lambda known: known.meeting.held_on)
    residents = [
        Resident(uuid=key, household_id=met.household.pk, **met.newcomer)
        for key, met in new.items()
    ]
    journal.create(Resident, residents)
    journal.create(
        Residency,
        [
            Residency(
                resident_id=resident.pk,
                household_id=resident.household_id,
                from_on=met.meeting.held_on,
            )
            for resident, met in zip(residents, new.values(), strict=True)
        ],
    )
    found |= {key: resident.pk for key, resident in zip(new, residents, strict=True)}
    named = {person["resident"] for meeting in meetings for person in meeting.content["people"]}
    missing = sorted(named - found.keys())
    for first in range(0, len(missing), FEW):
        known = Resident.objects.filter(uuid__in=missing[first : first + FEW])
        found |= {str(key): pk for key, pk in known.values_list("uuid", "pk")}
    return found


def _make(meetings, request, journal):
    encounters = [
        Encounter(
            uuid=meeting.uuid,
            commune=request.commune,
            village_id=meeting.village_id,
            office=meeting.fact("office"),
            **_whose(meeting.member, request.user),
            **_values(meeting),
        )
        for meeting in meetings
    ]
    journal.create(Encounter, encounters)
    return [
        Told(encounter, meeting, encounter.held_on)
        for encounter, meeting in zip(encounters, meetings, strict=True)
    ]


def _whose(member, user):
    """Return whose work it is: the member's for whom it is brought in, or one's own."""
    if member is None or member.user_id == user.pk:
        return {"author": user}
    return {"author": member.user, "member": member, "typed_by": user}


def _values(meeting):
    content = meeting.content
    return {
        "occasion": content["occasion"],
        "held_on": date.fromisoformat(content["visited_on"]),
        "household_id": meeting.household.pk if content["household"] else None,
        "unnamed_people": content["unnamed_people"],
        "difficulty": content["difficulty"],
        "language": content["language"],
        "return_on": date.fromisoformat(content["return_on"]) if content["return_on"] else None,
        "note": content["note"],
        "content": content,
    }


def _change(meetings, request, journal):
    """Let stored encounters say more; what they said before is kept with the reason."""
    journal.create(
        EncounterVersion,
        [
            EncounterVersion(
                encounter=meeting.stored,
                number=meeting.stored.version,
                content=meeting.before,
                replaced_by=request.user,
                reason=_("Brought in again from a list."),
            )
            for meeting in meetings
        ],
    )
    told = []
    for meeting in meetings:
        stored = meeting.stored
        since_on = stored.held_on
        values = _values(meeting)
        if not meeting.content["household"] and stored.village_id != meeting.village_id:
            values["village_id"] = None
        elif meeting.content["household"]:
            values["village_id"] = meeting.village_id
        if meeting.household is None and meeting.content["household"]:
            # The rows name no household, and the one that is known stays.
            values["household_id"], values["village_id"] = stored.household_id, stored.village_id
        journal.change(stored, version=stored.version + 1, **values)
        told.append(Told(stored, meeting, min(since_on, stored.held_on)))
    return told


def _strike_parts(ids, journal):
    """Take away what encounters said; return the households that were observed in them."""
    seen = set()
    for model in PARTS:
        for first in range(0, len(ids), FEW):
            parts = list(model.objects.filter(encounter__in=ids[first : first + FEW]))
            journal.delete(parts)
            if model is HouseholdObservation:
                seen |= {part.household_id for part in parts}
    return seen


def _households(ids):
    ids, found = sorted(ids), []
    for first in range(0, len(ids), FEW):
        found += Household.objects.filter(pk__in=ids[first : first + FEW])
    return found


def _write_parts(told, people, journal):
    """Write whom each encounter met and what was seen; return the households observed."""
    skills = dict(Skill.objects.values_list("code", "pk"))
    met, checks, confirmations, observations = [], [], [], []
    for one in told:
        encounter, content = one.encounter, one.encounter.content
        day, author = encounter.held_on, encounter.author_id
        for person in content["people"]:
            resident = people[person["resident"]]
            both = {"encounter_id": encounter.pk, "resident_id": resident}
            met.append(PersonMet(**both, happened_on=day))
            checks += [
                SkillCheck(**both, skill_id=skills[code], outcome=outcome, happened_on=day)
                for code, outcome in person["outcomes"].items()
            ]
            if person["confirmed"]:
                confirmations.append(Confirmation(**both, seen_on=day, seen_by_id=author))
        if encounter.household_id and (
            content["smart_device"] is not None or content["connection"]
        ):
            observations.append(
                HouseholdObservation(
                    household_id=encounter.household_id,
                    encounter_id=encounter.pk,
                    observed_on=day,
                    observed_by_id=author,
                    smart_device=content["smart_device"],
                    connection=content["connection"],
                )
            )
    for model, parts in zip(PARTS, (met, checks, confirmations, observations), strict=True):
        journal.create(model, parts)
    return {observation.household_id for observation in observations}


def _touch(told, people, commune, journal):
    """Mark what these encounters count for: their village, and wherever their people lived."""
    homes, places = _homes(sorted(set(people.values()))), {}
    named = {t.encounter.household_id for t in told} - {None}
    named |= {household for found in homes.values() for household in found}
    ids = sorted(named)
    for first in range(0, len(ids), FEW):
        rows = HouseholdPlace.objects.filter(household__in=ids[first : first + FEW])
        for household, village in rows.values_list("household_id", "village_id"):
            places.setdefault(household, set()).add(village)
    for one in told:
        encounter = one.encounter
        villages = {encounter.village_id} | places.get(encounter.household_id, set())
        for person in encounter.content["people"]:
            for household in homes.get(people[person["resident"]], ()):
                villages |= places.get(household, set())
        journal.touch([(commune, village) for village in villages], one.since_on)


def _homes(residents):
    found = {}
    for first in range(0, len(residents), FEW):
        rows = Residency.objects.filter(resident__in=residents[first : first + FEW])
        for resident, household in rows.values_list("resident_id", "household_id"):
            found.setdefault(resident, set()).add(household)
    return found
