"""The part of the visit form about people who were not on the list yet."""

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from households.forms.new_person import NewcomerForm
from households.forms.people import new_outcomes, new_rows
from households.models import Resident
from households.newcomers import newcomer_key
from villages.text import fold

MOST_NEW_PEOPLE = 20
BLANK_ROWS = 3


class NewPeopleMixin:
    """Reads and checks the new people of a visit.

    The form has ``members``, ``skills`` and ``known``; ``asks_about_namesakes`` is false for
    a phone that nobody can be asked on.
    """

    def read_new_people(self, data):
        """Make a form for each row that is filled in, and some blank ones."""
        rows = sorted(new_rows(self.data) | set(range(BLANK_ROWS)))
        self.new_forms = [NewcomerForm(data, prefix=f"new-{row}") for row in rows]
        self.duplicates = []

    @cached_property
    def new_person_rows(self):
        """The rows for people who were not on the list, at least three of them."""
        for form in self.new_forms:
            outcomes = new_outcomes(self.data, form.prefix)
            form.choices, _others = self._choices(f"{form.prefix}-outcome", outcomes)
            form.is_confirmed = bool(self.data.get(f"{form.prefix}-confirmed"))
        return self.new_forms

    @property
    def has_new_people(self):
        """Whether a row for a new person has something in it."""
        return any(form.has_content for form in self.new_forms)

    def clean_new_people(self):
        """Return [({full_name, birth_year, sex}, {skill: outcome}, confirmed)]."""
        filled = [form for form in self.new_forms if form.has_content]
        if len(filled) > MOST_NEW_PEOPLE:
            raise ValidationError(
                _("Up to %(count)s new members at a time."), params={"count": MOST_NEW_PEOPLE}
            )
        skills = {skill.code: skill for skill in self.skills}
        people, seen = [], set()
        for form in filled:
            outcomes = new_outcomes(self.data, form.prefix)
            if not self._answers_are_known(outcomes, skills):
                form.add_error(None, _("An answer is not on the list."))
            elif form.is_valid() and _who(form.cleaned_data) in seen:
                form.add_error("full_name", _("This person stands here twice."))
            for messages in form.errors.values():
                for message in messages:
                    self.add_error("new_people", message)
            if form.is_valid() and self._is_taken(form.cleaned_data, seen):
                self.add_error("new_people", _("One of the people has a number already in use."))
            elif form.is_valid():
                seen |= {_who(form.cleaned_data), self._key_of(form.cleaned_data)}
                checks = {skills[code]: outcome for code, outcome in outcomes.items()}
                confirmed = bool(self.data.get(f"{form.prefix}-confirmed"))
                people.append((form.cleaned_data, checks, confirmed))
        return people

    def check_duplicates(self, found):
        here = {(fold(r.full_name), r.birth_year): r for r in self.members.values()}
        people = found.get("new_people") or []
        self.duplicates = [
            here[_who(person)]
            for person, *_rest in people
            if _who(person) in here and not self._is_same(person, here[_who(person)])
        ]
        is_asked = self.asks_about_namesakes and not found.get("new_people_confirmed")
        if self.duplicates and is_asked:
            self.add_error(
                "new_people",
                _("Already in this household: %(names)s. Tick the name above instead.")
                % {"names": ", ".join(resident.full_name for resident in self.duplicates)},
            )

    def _key_of(self, person):
        """Return the UUID of a new person where it is known before the visit is stored."""
        if self.known is not None:
            return newcomer_key(self.known.uuid, person)
        return person.get("uuid")

    def _is_taken(self, person, seen):
        """Whether a new person's UUID stands here twice, or is a stranger's."""
        key = self._key_of(person)
        met = {str(resident.uuid) for resident, *_rest in self.cleaned_data.get("people") or []}
        if key is None or key in seen | met:
            return key is not None
        return key not in self.members and Resident.objects.filter(uuid=key).exists()

    def _is_same(self, person, resident):
        """Whether a new person is the resident who was new at this visit before."""
        return self._key_of(person) == str(resident.uuid)


def _who(person):
    return fold(person["full_name"]), person["birth_year"]
