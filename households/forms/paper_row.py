"""A row of a printed sheet as it is typed back in, and its way through the visit form."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from households.forms.visit import checked_form
from households.models import Encounter, Household, Skill, SkillCheck
from households.short_days import latest_day, next_day
from villages.periods import today

Outcome = SkillCheck.Outcome
# The letters printed in the boxes, in both languages, and the number keys.
OUTCOMES = {
    **dict.fromkeys("tTaA1", Outcome.ALONE),
    **dict.fromkeys("gGhH2", Outcome.WITH_HELP),
    **dict.fromkeys("cCnN3", Outcome.NOT_YET),
}
TEXTS = ("visited_on", "smart_device", "connection", "difficulty", "return_on", "note")
DEVICES = ("yes", "no")
CONNECTIONS = [value for value in Household.Connection.values if value]
DIFFICULTIES = Encounter.Difficulty.values


@dataclass
class Box:
    """One box for an outcome: the skill, the name of its field, what is typed in it."""

    skill: Skill
    name: str
    typed: str


@dataclass
class PersonLine:
    """One person of a row: was met, what was shown, whether VNeID was seen."""

    resident: object
    met: str
    is_met: bool
    boxes: list
    seen: str
    is_seen: bool


class TypedRow:
    """What is typed in one row, under field names that begin with its number.

    ``errors`` are sentences; nothing that was typed is dropped for them.
    """

    def __init__(self, printed, skills, typed=None):
        self.printed, self.skills = printed, skills
        self.row, self.household = printed.row, printed.household
        self.prefix = f"r{self.row.number}"
        self.typed = QueryDict() if typed is None else typed
        self.errors = []
        self.asks_same_day = None
        self.stored = self.row.encounter
        self.conflict = None

    @cached_property
    def people(self):
        """The people in the printed order, with what is typed for them."""
        lines = []
        for place, resident in enumerate(self.printed.people):
            names = [(skill, f"{self.prefix}-s{place}-{skill.code}") for skill in self.skills]
            boxes = [Box(skill, name, self.typed.get(name, "").strip()) for skill, name in names]
            met, seen = f"{self.prefix}-met{place}", f"{self.prefix}-seen{place}"
            is_seen = bool(self.typed.get(seen))
            is_met = bool(self.typed.get(met)) or is_seen or any(box.typed for box in boxes)
            lines.append(PersonLine(resident, met, is_met, boxes, seen, is_seen))
        return lines

    @cached_property
    def facts(self):
        """{field: what is typed about the household and the visit}."""
        return {name: self.typed.get(f"{self.prefix}-{name}", "").strip() for name in TEXTS}

    @property
    def is_filled(self):
        """Whether anything is typed: a row without a visit stays empty."""
        return any(line.is_met for line in self.people) or any(self.facts.values())

    @property
    def is_another_visit(self):
        """Whether the typist has said that a visit of the same day is another one."""
        return bool(self.typed.get(f"{self.prefix}-other_visit"))

    def visit_form(self, *, user, default_day):
        """Return the visit form of this row when it is valid; otherwise fill ``errors``."""
        visited_on = self._visited_on(default_day)
        fields = self._fields(visited_on)
        if self.errors:
            return None
        form = checked_form(fields, user=user, visit_uuid=self.row.visit_uuid)
        if form.household is None:
            self.errors.append(
                _("This household belongs to %(village)s now; the commune types this row in.")
                % {"village": self.household.village.full_name}
            )
            return None
        self._check_members(form)
        if not self.errors and form.is_valid():
            return form
        self._take_errors(form)
        return None

    def _visited_on(self, default_day):
        text = self.facts["visited_on"]
        if not text:
            return default_day
        found = latest_day(text, today())
        if found is None:
            self.errors.append(_("Date: write 31/10 or 31/10/2025."))
        return found

    def _fields(self, visited_on):
        fields = QueryDict(mutable=True)
        fields["household"] = str(self.household.uuid)
        fields["occasion"] = Encounter.Occasion.HOME_VISIT
        fields["visited_on"] = visited_on.isoformat() if visited_on else ""
        for name in ("smart_device", "connection", "difficulty", "note"):
            fields[name] = self.facts[name]
        if self.facts["return_on"]:
            found = next_day(self.facts["return_on"], visited_on or today())
            if found is None:
                self.errors.append(_("Come back on: write 31/10 or 31/10/2025."))
            else:
                fields["return_on"] = found.isoformat()
        if self.is_another_visit:
            fields["other_visit"] = "on"
        for line in self.people:
            self._add_person(fields, line)
        return fields

    def _add_person(self, fields, line):
        key = str(line.resident.uuid)
        if line.is_met:
            fields.appendlist("met", key)
        if line.is_seen:
            fields.appendlist("confirmed", key)
        for box in line.boxes:
            if not box.typed:
                continue
            if box.typed not in OUTCOMES:
                self.errors.append(
                    _("%(name)s, %(skill)s: type T, G or C, or 1, 2, 3.")
                    % {"name": line.resident.full_name, "skill": box.skill.title}
                )
            else:
                fields[f"outcome-{key}-{box.skill.code}"] = OUTCOMES[box.typed]

    def _check_members(self, form):
        for line in self.people:
            if line.is_met and str(line.resident.uuid) not in form.members:
                self.errors.append(
                    _(
                        "%(name)s did not live in this household on that day. Record the visit "
                        "where they lived."
                    )
                    % {"name": line.resident.full_name}
                )

    def _take_errors(self, form):
        self.asks_same_day = form.same_day if "other_visit" in form.errors else None
        for name, messages in form.errors.items():
            label = form.fields[name].label if name in form.fields else None
            quiet = name in {"people", "other_visit", "__all__"}
            for message in messages:
                text = str(message) if quiet or not label else f"{label}: {message}"
                if text not in self.errors:
                    self.errors.append(text)
