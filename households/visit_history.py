"""What a visit says, and what its corrections changed, in words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from households.forms.visit import VisitForm
from households.models import Encounter, Household, Resident, Skill, SkillCheck
from households.newcomers import newcomer_key

PLAIN = ("visited_on", "occasion", "smart_device", "connection", "difficulty", "language")
LAST = ("unnamed_people", "return_on", "note")
CHOICES = {
    "occasion": dict(Encounter.Occasion.choices),
    "connection": dict(Household.Connection.choices),
    "difficulty": dict(Encounter.Difficulty.choices),
    "language": dict(Encounter.Language.choices),
}


@dataclass(frozen=True)
class PersonTold:
    """One person of a visit, in words; ``resident`` is None for somebody unknown by now."""

    name: str
    resident: Resident | None
    outcomes: tuple
    confirmed: bool
    is_new: bool = False

    @property
    def sentence(self):
        parts = [f"{skill}: {outcome}" for skill, _code, outcome in self.outcomes]
        if self.confirmed:
            parts.append(_("VNeID confirmation seen"))
        return "; ".join(parts) or _("met, nothing asked")


@dataclass(frozen=True)
class Replaced:
    """One correction: who replaced which version when and why, and what differs."""

    version: object
    differences: tuple


class Teller:
    """Puts contents of visits into words; reads skills and people once for all of them."""

    def __init__(self, visit, contents):
        self.visit = visit
        keys = {key for content in contents for key, _entry, _is_new in self._entries(content)}
        self.residents = {
            str(resident.uuid): resident
            for resident in Resident.objects.filter(uuid__in=keys).order_by()
        }
        self.skills = {skill.code: skill for skill in Skill.objects.all()}

    def facts(self, content):
        """Return [(label, words)] of what was recorded apart from the people."""
        told = [(name, self._words(name, content.get(name))) for name in (*PLAIN, *LAST)]
        return [(VisitForm.base_fields[name].label, words) for name, words in told if words]

    def people(self, content):
        """Return {key: PersonTold}."""
        return {
            key: PersonTold(
                name=resident.full_name if resident else entry.get("full_name") or _("Somebody"),
                resident=resident,
                outcomes=tuple(self._outcomes(entry)),
                confirmed=entry.get("confirmed", False),
                is_new=is_new,
            )
            for key, entry, is_new in self._entries(content)
            for resident in [self.residents.get(key)]
        }

    def differences(self, earlier, later):
        """Return [(label, before, after)]; empty words are «–»."""
        found = []
        for name in (*PLAIN, *LAST):
            before, after = (self._words(name, c.get(name)) for c in (earlier, later))
            if before != after:
                found.append((VisitForm.base_fields[name].label, before, after))
        people_before, people_after = self.people(earlier), self.people(later)
        for key in dict.fromkeys([*people_before, *people_after]):
            before, after = people_before.get(key), people_after.get(key)
            told = [person.sentence if person else _("not met") for person in (before, after)]
            if told[0] != told[1]:
                found.append(((before or after).name, *told))
        return found

    def _entries(self, content):
        for entry in content.get("people", []):
            yield entry["resident"], entry, False
        for entry in content.get("new_people", []):
            yield newcomer_key(self.visit.uuid, entry), entry, True

    def _outcomes(self, entry):
        labels = dict(SkillCheck.Outcome.choices)
        for code, outcome in entry.get("outcomes", {}).items():
            skill = self.skills.get(code)
            yield (skill.title if skill else code, outcome, str(labels.get(outcome, outcome)))

    @staticmethod
    def _words(name, value):
        if value in (None, "", 0) and value is not False:
            return ""
        if name in CHOICES:
            return str(CHOICES[name].get(value, value))
        if name == "smart_device":
            return _("Yes") if value else _("No")
        if name in {"visited_on", "return_on"}:
            year, month, day = value.split("-")
            return f"{day}/{month}/{year}"
        return str(value)


def corrections_of(visit, versions, teller):
    """Return what each correction of a visit changed, the newest first."""
    contents = [version.content for version in versions] + [visit.content]
    told = [
        Replaced(version, tuple(teller.differences(earlier, later) if earlier else ()))
        for version, earlier, later in zip(versions, contents, contents[1:], strict=False)
    ]
    return told[::-1]
