"""What a held record says, in words, however odd what was sent may be."""

from dataclasses import dataclass

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from households.forms.visit import VisitForm
from households.holding import as_uuid, visit_of
from households.models import Encounter, HeldRecord, Household, Resident
from households.record_kinds import all_kinds, kind_of
from households.visit_history import Teller
from villages.models import Sex, Village

TEXTS = ("occasion", "connection", "difficulty", "language", "note")
DAYS = ("visited_on", "return_on")
SEXES = dict(Sex.choices)


@dataclass(frozen=True)
class Told:
    """A held record in words: what it is about, its facts and its people.

    ``visit`` is the one to be corrected, or the one that has the same number; ``link`` (words,
    address) leads to what another kind of record is about.
    """

    household: Household | None
    visit: Encounter | None
    day: object
    facts: list
    people: list
    reason: str = ""
    link: tuple = ()


def told(held, user):
    """Return what a held record says, as far as this person may know those it names."""
    added = kind_of(held.kind)
    if added is not None:
        return added.told(held, user)
    if held.kind == HeldRecord.Kind.HOUSEHOLD:
        return _household_told(held, user)
    content = readable(held.sent)
    is_correction = held.kind == HeldRecord.Kind.CORRECTION
    visits = Encounter.objects.visible_to(user).select_related("household__village")
    corrected = as_uuid(visit_of(held.sent)) if is_correction else held.uuid
    visit = visits.filter(uuid=corrected).first()
    teller = Teller(visit or held, [content])
    known = Resident.objects.visible_to(user).filter(uuid__in=teller.residents)
    mine = {str(uuid) for uuid in known.values_list("uuid", flat=True)}
    teller.residents = {key: who for key, who in teller.residents.items() if key in mine}
    household = Household.objects.visible_to(user).select_related("village")
    wanted = as_uuid(held.sent.get("household"))
    found = household.filter(uuid=wanted).first() if wanted else None
    return Told(
        household=found or (visit.household if visit and is_correction else None),
        visit=visit,
        day=day_of(held),
        facts=teller.facts(content),
        people=list(teller.people(content).values()),
        reason=_text(held.sent.get("reason")),
    )


def day_of(held):
    """Return the day that a held record is about, or None when it cannot be read."""
    return day_in(held.kind, held.sent)


def day_in(kind, body):
    """Return the day that a record of this kind is about, or None when it cannot be read."""
    added = kind_of(kind)
    if added is not None:
        return added.day_of(body)
    day = _day(body.get("since_on" if kind == HeldRecord.Kind.HOUSEHOLD else "visited_on"))
    return parse_date(day) if day else None


def readable(sent):
    """Return the content of a visit with what can be read of what was sent."""
    content = {name: _text(sent.get(name)) for name in TEXTS}
    content |= {name: _day(sent.get(name)) for name in DAYS}
    unnamed = sent.get("unnamed_people")
    content["unnamed_people"] = unnamed if _is_number(unnamed) else 0
    device = sent.get("smart_device")
    content["smart_device"] = device if isinstance(device, bool) else None
    content["people"] = [
        {"resident": str(as_uuid(entry.get("resident"))), **_shown(entry)}
        for entry in _entries(sent.get("people"))
        if as_uuid(entry.get("resident"))
    ]
    content["new_people"] = [
        {**_person(entry), **_shown(entry)} for entry in _entries(sent.get("new_people"))
    ]
    return content


def _household_told(held, user):
    sent = held.sent
    village = Village.objects.visible_to(user).filter(pk=held.village_id).first()
    facts = [
        (_("Village"), village.full_name if village else ""),
        (_("Address"), _text(sent.get("address"))),
    ]
    people = []
    for entry in _entries(sent.get("people")):
        person = _person(entry)
        words = [str(person["birth_year"] or ""), str(SEXES.get(person["sex"], ""))]
        people.append({"name": person["full_name"], "words": ", ".join(filter(None, words))})
    return Told(
        household=None,
        visit=None,
        day=day_of(held),
        facts=[(label, words) for label, words in facts if words],
        people=people,
    )


def label_of(name):
    """Return the words for a field of a record: errors are shown beside them."""
    if name in VisitForm.base_fields:
        return VisitForm.base_fields[name].label
    labels = {"since_on": _("Lives here since"), "village": _("Village")}
    for kind in all_kinds():
        labels |= kind.labels
    return labels.get(name, "")


def _entries(value):
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _person(entry):
    year = entry.get("birth_year")
    person = {
        "full_name": _text(entry.get("full_name")),
        "birth_year": year if _is_number(year) else 0,
        "sex": _text(entry.get("sex")),
    }
    key = as_uuid(entry.get("uuid"))
    return person | ({"uuid": str(key)} if key else {})


def _shown(entry):
    outcomes = entry.get("outcomes")
    outcomes = outcomes if isinstance(outcomes, dict) else {}
    return {
        "outcomes": {code: _text(outcome) for code, outcome in outcomes.items()},
        "confirmed": entry.get("confirmed") is True,
    }


def _text(value):
    return value[:2000] if isinstance(value, str) else ""


def _day(value):
    try:
        found = parse_date(value)
    except (ValueError, TypeError):
        found = None
    return found.isoformat() if found else ""


def _is_number(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10_000
