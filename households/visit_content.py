"""One visit in its three shapes: what a phone sends, the form's fields, and the Guidance.

The canonical content has the shape that a phone may send as JSON. Whatever way a visit
came in, equal visits have equal content: that is how a repeated UUID is recognised.
"""

import json

from django.http import QueryDict
from django.utils.translation import gettext as _

from households.models import Encounter, Resident
from households.newcomers import newcomer_key
from households.phone_clock import WrongShape
from households.recording import Guidance, NewResident, PersonOutcome
from villages.periods import during

TEXTS = ("household", "visited_on", "occasion", "connection", "difficulty", "language", "note")
DAYS = ("return_on",)
NUMBERS = ("unnamed_people",)
SWITCHES = ("new_people_confirmed",)
MOST_PEOPLE = 200
DEVICE = {True: "yes", False: "no", None: ""}


def read_object(body):
    """Return what a phone sent as one JSON object; raises ``WrongShape``."""
    try:
        found = json.loads(body, object_pairs_hook=_once_each, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise WrongShape({"__all__": [_("This is not readable JSON.")]}) from None
    if not isinstance(found, dict):
        raise WrongShape({"__all__": [_("A record is written as one JSON object.")]})
    return found


def read_json(body):
    """Return the form's fields from a visit in JSON; the view ``visit`` tells its shape."""
    return read_visit(read_object(body))


def read_visit(visit):
    """Return the form's fields from a visit that was sent as one object."""
    return _Reader().read(visit)


def guidance_of(form, visit_uuid, *, office=None):
    """Return what a valid visit form says, ready to be recorded under this UUID.

    ``office`` is where the counter stood, when it was one.
    """
    found = form.cleaned_data
    household = form.household
    village = _village_on(household, form.held_on)
    moved_by = form.held_on - found["visited_on"]
    people = [
        PersonOutcome(resident, outcomes, confirmed)
        for resident, outcomes, confirmed in found["people"]
    ]
    people += [
        PersonOutcome(_newcomer(person, visit_uuid), outcomes, confirmed)
        for person, outcomes, confirmed in found["new_people"]
    ]
    return Guidance(
        commune=village.commune,
        village=village,
        household=household,
        occasion=found["occasion"],
        held_on=form.held_on,
        written_on=found["visited_on"],
        content=_content_of(form),
        people=tuple(people),
        unnamed_people=found["unnamed_people"],
        smart_device={"yes": True, "no": False}.get(found["smart_device"]),
        connection=found["connection"],
        difficulty=found["difficulty"],
        language=found["language"],
        return_on=found["return_on"] + moved_by if found["return_on"] else None,
        note=found["note"],
        office=office,
    )


def content_from_records(encounter):
    """Return the content that the records of an encounter amount to."""
    people = {}

    def person_of(resident):
        key = str(resident.uuid)
        return people.setdefault(key, {"resident": key, "outcomes": {}, "confirmed": False})

    for met in encounter.people_met.select_related("resident"):
        person_of(met.resident)
    for check in encounter.checks.select_related("resident", "skill").order_by("skill__code"):
        person_of(check.resident)["outcomes"][check.skill.code] = check.outcome
    for confirmation in encounter.confirmations.select_related("resident"):
        person = people.get(str(confirmation.resident.uuid))
        if person is not None:
            person["confirmed"] = True
    observation = encounter.observations.first()
    return {
        "household": str(encounter.household.uuid) if encounter.household else "",
        "visited_on": encounter.held_on.isoformat(),
        "occasion": encounter.occasion,
        "people": [people[key] for key in sorted(people)],
        "new_people": [],
        "unnamed_people": encounter.unnamed_people,
        "smart_device": observation.smart_device if observation else None,
        "connection": observation.connection if observation else "",
        "difficulty": encounter.difficulty,
        "language": encounter.language,
        "return_on": encounter.return_on.isoformat() if encounter.return_on else None,
        "note": encounter.note,
    }


def keep_content(encounter):
    """Give an encounter that came without content the content its records amount to.

    Called before its records change, so that its first version can be read for good.
    """
    if not encounter.content:
        encounter.content = content_from_records(encounter)
        Encounter.objects.filter(pk=encounter.pk).update(content=encounter.content)


def form_initial(content):
    """Return the starting values of a form that shows this content."""
    initial = {name: content[name] for name in (*TEXTS, *DAYS, *NUMBERS)}
    initial["smart_device"] = DEVICE[content["smart_device"]]
    initial["unnamed_people"] = content["unnamed_people"] or None
    initial["people"] = [person | {"met": True} for person in content["people"]]
    return initial


def _newcomer(person, visit_uuid):
    key = newcomer_key(visit_uuid, person)
    known = Resident.objects.filter(uuid=key).first()
    return known or NewResident(**{**person, "uuid": key})


def _content_of(form):
    found = form.cleaned_data
    people = [
        {"resident": str(resident.uuid), "outcomes": _codes(outcomes), "confirmed": confirmed}
        for resident, outcomes, confirmed in found["people"]
    ]
    new_people = [
        {**person, "outcomes": _codes(outcomes), "confirmed": confirmed}
        for person, outcomes, confirmed in found["new_people"]
    ]
    return {
        "household": str(form.household.uuid),
        "visited_on": found["visited_on"].isoformat(),
        "occasion": found["occasion"],
        "people": sorted(people, key=lambda person: person["resident"]),
        "new_people": sorted(
            new_people, key=lambda person: (person["full_name"], person["birth_year"])
        ),
        "unnamed_people": found["unnamed_people"],
        "smart_device": {"yes": True, "no": False}.get(found["smart_device"]),
        "connection": found["connection"],
        "difficulty": found["difficulty"],
        "language": found["language"],
        "return_on": found["return_on"].isoformat() if found["return_on"] else None,
        "note": found["note"],
    }


def _codes(outcomes):
    return {skill.code: outcome for skill, outcome in sorted(outcomes.items(), key=_by_code)}


def _by_code(pair):
    return pair[0].code


def _village_on(household, day):
    place = household.places.filter(during(day)).select_related("village__commune").first()
    return place.village if place is not None else household.village


def _once_each(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_constant(name):
    raise ValueError(name)


class _Reader:
    """Turns a visit's JSON into form fields, and collects what has the wrong shape."""

    def __init__(self):
        self.fields = QueryDict(mutable=True)
        self.errors = {}

    def read(self, visit):
        for name, value in visit.items():
            if name in TEXTS or name in DAYS:
                self._text(name, name, value)
            elif name in NUMBERS:
                self._number(name, name, value)
            elif name in SWITCHES:
                self._switch(name, name, value)
            elif name == "smart_device":
                self._device(value)
            elif name == "people":
                self._people(value)
            elif name == "new_people":
                self._new_people(value)
            else:
                self._wrong(name[:60], _("There is no field of this name."))
        if self.errors:
            raise WrongShape(self.errors)
        return self.fields

    def _wrong(self, name, message):
        self.errors.setdefault(name, []).append(message)

    def _text(self, name, field, value):
        if value is None:
            return
        if not isinstance(value, str):
            self._wrong(name, _("Write this as text."))
        elif value:
            self.fields[field] = value

    def _number(self, name, field, value):
        if value is None:
            return
        if isinstance(value, bool) or not isinstance(value, int):
            self._wrong(name, _("Write this as a whole number."))
        else:
            self.fields[field] = str(value)

    def _switch(self, name, field, value):
        if not isinstance(value, bool):
            self._wrong(name, _("Write this as true or false."))
        elif value:
            self.fields[field] = "on"

    def _device(self, value):
        if value is None or isinstance(value, bool):
            self.fields["smart_device"] = DEVICE[value]
        else:
            self._wrong("smart_device", _("Write this as true, false or null."))

    def _entries(self, name, value):
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            self._wrong(name, _("Write this as a list of objects."))
            return []
        if len(value) > MOST_PEOPLE:
            self._wrong(name, _("That is more people than one visit can have."))
            return []
        return value

    def _people(self, value):
        for entry in self._entries("people", value):
            resident = entry.get("resident")
            if not isinstance(resident, str) or set(entry) - {"resident", "outcomes", "confirmed"}:
                self._wrong("people", _("Each person has «resident», «outcomes», «confirmed»."))
                continue
            self.fields.appendlist("met", resident)
            if self._is_confirmed("people", entry):
                self.fields.appendlist("confirmed", resident)
            self._outcomes("people", f"outcome-{resident}", entry)

    def _new_people(self, value):
        parts = ("uuid", "full_name", "birth_year", "sex")
        for row, entry in enumerate(self._entries("new_people", value)[:100]):
            if set(entry) - {*parts, "outcomes", "confirmed"}:
                self._wrong("new_people", _("There is no field of this name."))
                continue
            self._text("new_people", f"new-{row}-uuid", entry.get("uuid"))
            self._text("new_people", f"new-{row}-full_name", entry.get("full_name"))
            self._number("new_people", f"new-{row}-birth_year", entry.get("birth_year"))
            self._text("new_people", f"new-{row}-sex", entry.get("sex"))
            if self._is_confirmed("new_people", entry):
                self.fields[f"new-{row}-confirmed"] = "on"
            self._outcomes("new_people", f"new-{row}-outcome", entry)

    def _is_confirmed(self, name, entry):
        confirmed = entry.get("confirmed", False)
        if not isinstance(confirmed, bool):
            self._wrong(name, _("«confirmed» is true or false."))
        return confirmed is True

    def _outcomes(self, name, prefix, entry):
        outcomes = entry.get("outcomes") or {}
        if not isinstance(outcomes, dict) or not all(
            isinstance(outcome, str) for outcome in outcomes.values()
        ):
            self._wrong(name, _("«outcomes» maps the code of a skill to an outcome."))
            return
        for code, outcome in outcomes.items():
            self.fields[f"{prefix}-{code}"] = outcome
