"""A household as a phone writes it down, with no signal and nobody to ask."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from households.forms.fields import DayField, TextField
from households.forms.new_person import NewcomerForm
from households.forms.visit import EARLIEST_DAYS, LATEST_DAYS
from households.models import Resident
from households.phone_clock import WrongShape
from villages.models import Village
from villages.periods import today

FIELDS = {"village", "since_on", "address", "people", "confirmed"}
PARTS = {"uuid", "full_name", "birth_year", "sex"}
TEXTS = ("uuid", "full_name", "sex")
MOST_PEOPLE = 30


class PhoneHouseholdForm(forms.Form):
    """The fields of ``PUT /households/<uuid>/``; raises ``WrongShape`` for other shapes.

    ``known`` is the household that has the UUID already. ``household`` is what to record,
    ``content`` what was said, in canonical JSON.
    """

    village = forms.ModelChoiceField(
        Village.objects.none(),
        label=_("Village"),
        error_messages={
            "required": _("Choose one."),
            "invalid_choice": _("Choose a village in which you work."),
        },
    )
    since_on = DayField(label=_("Since"))
    address = TextField(label=_("Where in the village"), max_length=200, required=False)
    people = forms.Field(label=_("Household members"), required=False)

    def __init__(self, said, *, user, known, note, now):
        fields, entries = _read(said)
        super().__init__(fields)
        self.known, self.note, self.now = known, note, now
        villages = Village.objects.writable_by(user).on(today()).order_by()
        allowed = Q(pk__in=villages.values("pk"))
        self.sent_before = (known.content or {}) if known is not None else {}
        if self.sent_before.get("author") == user.pk:
            # Sent again by who sent it, who may lead no longer.
            allowed |= Q(pk=self.sent_before["sent"]["village"])
        self.fields["village"].queryset = Village.objects.filter(allowed)
        self.people_forms = [
            NewcomerForm(entry, prefix=f"new-{row}") for row, entry in enumerate(entries)
        ]
        for form in self.people_forms:
            form.empty_permitted = False

    def clean_since_on(self):
        written = self.cleaned_data["since_on"]
        day = self.note.counted_day(written, self.now)
        if day > today() + timedelta(days=LATEST_DAYS):
            raise ValidationError(_("The day cannot be in the future."))
        if day < today() - timedelta(days=EARLIEST_DAYS) and self.known is None:
            raise ValidationError(
                _("That is more than %(days)s days ago. Please check the year."),
                params={"days": EARLIEST_DAYS},
            )
        self.counted_on = min(day, today())
        return written

    def clean(self):
        found = super().clean()
        if not self.people_forms:
            self.add_error("people", _("A household has a head: write at least one person."))
        keys = set()
        for form in self.people_forms:
            for messages in form.errors.values():
                for message in messages:
                    self.add_error("people", message)
            key = form.cleaned_data.get("uuid") if form.is_valid() else None
            if key is not None and (key in keys or self._is_taken(key)):
                self.add_error("people", _("One of the people has a number already in use."))
            keys.add(key)
        return found

    @property
    def household(self):
        """What to record."""
        return {
            "village": self.cleaned_data["village"],
            "since_on": self.counted_on,
            "address": self.cleaned_data["address"],
            "people": self._people,
        }

    @property
    def content(self):
        """What was said, in one canonical form."""
        return {
            "village": self.cleaned_data["village"].pk,
            "since_on": self.cleaned_data["since_on"].isoformat(),
            "address": self.cleaned_data["address"],
            "people": self._people,
        }

    @property
    def _people(self):
        return [form.cleaned_data for form in self.people_forms]

    def _is_taken(self, key):
        # Sent again: its own people are known, wherever they live by now.
        sent = self.sent_before.get("sent", {}).get("people", [])
        if key in {person.get("uuid") for person in sent}:
            return False
        return Resident.objects.filter(uuid=key).exists()


def _read(said):
    """Return the form's fields and one mapping of fields per person."""
    wrong = {}
    for name in said:
        if name not in FIELDS:
            wrong[name[:60]] = [_("There is no field of this name.")]
    fields = QueryDict(mutable=True)
    _write(fields, "village", said.get("village"), int, wrong, "village")
    for name in ("since_on", "address"):
        _write(fields, name, said.get(name), str, wrong, name)
    if not isinstance(said.get("confirmed", False), bool):
        wrong["confirmed"] = [_("Write this as true or false.")]
    entries, people = [], said.get("people")
    if not isinstance(people, list) or not all(isinstance(entry, dict) for entry in people):
        wrong["people"] = [_("Write this as a list of objects.")]
        people = []
    if len(people) > MOST_PEOPLE:
        wrong["people"] = [_("That is more people than one household can have.")]
        people = []
    for row, entry in enumerate(people):
        if set(entry) - PARTS:
            wrong["people"] = [_("There is no field of this name.")]
        person = QueryDict(mutable=True)
        for name in TEXTS:
            _write(person, f"new-{row}-{name}", entry.get(name), str, wrong, "people")
        _write(person, f"new-{row}-birth_year", entry.get("birth_year"), int, wrong, "people")
        entries.append(person)
    if wrong:
        raise WrongShape({name: [str(text) for text in texts] for name, texts in wrong.items()})
    return fields, entries


def _write(fields, field, value, kind, wrong, name):
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, kind):
        words = _("Write this as a whole number.") if kind is int else _("Write this as text.")
        wrong[name] = [words]
    else:
        fields[field] = str(value)
