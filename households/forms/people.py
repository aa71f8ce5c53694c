"""The people of the visit form: who was met, and what they showed."""

import re
import uuid
from dataclasses import dataclass, field

from django import forms

from households.models import Resident, Skill

UUID_LENGTH = 36
NEW_ROW = re.compile(r"(?s)new-([0-9]{1,2})-(?:uuid|full_name|birth_year|sex|confirmed|outcome-.+)")


class PeopleWidget(forms.Widget):
    """Gathers ``met``, ``confirmed`` and ``outcome-<resident>-<skill>`` into one list.

    Each entry has the shape that JSON uses, ``resident``, ``outcomes`` and ``confirmed``,
    and ``met``, which JSON implies.
    """

    use_fieldset = True

    def value_from_datadict(self, data, files, name):
        people = {}

        def person(key):
            blank = {"resident": key, "met": False, "confirmed": False, "outcomes": {}}
            return people.setdefault(key, blank)

        for text in data.getlist("met"):
            entry = person(plain_uuid(text))
            entry["is_repeated"] = entry["met"]
            entry["met"] = True
        for text in data.getlist("confirmed"):
            person(plain_uuid(text))["confirmed"] = True
        for key, outcome in data.items():
            if key.startswith("outcome-") and outcome:
                named = key.removeprefix("outcome-")
                resident, code = named[:UUID_LENGTH], named[UUID_LENGTH + 1 :]
                person(plain_uuid(resident))["outcomes"][code] = outcome
        return list(people.values())


@dataclass
class SkillChoice:
    """One skill of one person on the form, under its field name, with what is chosen."""

    skill: Skill
    name: str
    outcome: str


@dataclass
class PersonRow:
    """One member on the form: what stands there now, and what is wrong with it."""

    resident: Resident
    is_met: bool = False
    is_confirmed: bool = False
    required: list = field(default_factory=list)
    others: list = field(default_factory=list)
    errors: list = field(default_factory=list)

    @property
    def shows_others(self):
        """Whether one of the folded-away skills has an answer."""
        return any(choice.outcome for choice in self.others)


def plain_uuid(text):
    """Return a UUID as it is stored, or the text itself when it is none."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return text


def as_one_person(entries, aliases):
    """Return the entries with each name of a person (``aliases``) said of the one.

    What is said under the person's own name goes before what is said under another.
    """
    people = {}
    for entry in sorted(entries, key=lambda entry: entry["resident"] in aliases):
        key = aliases.get(entry["resident"], entry["resident"])
        known = people.get(key)
        if known is None:
            people[key] = {**entry, "resident": key}
            continue
        known["outcomes"] = entry["outcomes"] | known["outcomes"]
        known["confirmed"] = known["confirmed"] or entry["confirmed"]
        known["met"] = known.get("met", True) or entry.get("met", True)
    return list(people.values())


def new_rows(keys):
    """Return the numbers of the rows for new people that these field names fill."""
    return {int(match[1]) for key in keys if (match := NEW_ROW.fullmatch(key))}


def new_outcomes(posted, prefix):
    """Return {skill code: outcome} of one new person."""
    start = f"{prefix}-outcome-"
    return {
        key.removeprefix(start): outcome
        for key, outcome in posted.items()
        if key.startswith(start) and outcome
    }
