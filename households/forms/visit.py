"""The visit form: one page for a leader, and the gate for what a phone sends."""

import uuid
from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from households.forms.fields import DayField, TextField, with_blank
from households.forms.new_people import NewPeopleMixin
from households.forms.people import (
    PeopleWidget,
    PersonRow,
    SkillChoice,
    as_one_person,
)
from households.forms.who_guided import MemberField, members_for
from households.merging import kept_entries
from households.models import Encounter, Household, Resident, Skill, SkillCheck
from households.phone_clock import PhoneNote
from villages.periods import during, today

EARLIEST_DAYS = 400
LATEST_DAYS = 3
LATEST_RETURN_DAYS = 366
MOST_UNNAMED = 500
NOBODY = _("Tick who was met. If nobody was there, choose the difficulty «Nobody at home».")


class VisitForm(NewPeopleMixin, forms.Form):
    """What one visit says.

    ``interactive`` means that a person sits in front of a page, who can be asked «is this
    another visit?»; what a phone sends later is kept and noted as doubtful instead.
    ``note`` is what the phone says of its clock: ``held_on`` is the day that counts.
    ``known`` is the encounter that has the UUID already, or the one being corrected: who
    stands in it may stand in the form, even if they have moved since.
    """

    use_required_attribute = False
    is_correction = False

    household = forms.CharField(required=False, widget=forms.HiddenInput, label=_("Household"))
    member = MemberField()
    visited_on = DayField(
        label=_("Date"),
        error_messages={
            "required": _("Give the date of the visit."),
            "invalid": _("Write the date as 31/10/2025."),
        },
    )
    occasion = forms.ChoiceField(
        label=_("Where it was"),
        choices=[
            choice
            for choice in Encounter.Occasion.choices
            if choice[0] != Encounter.Occasion.TRAINING_SESSION
        ],
        error_messages={"required": _("Say where it was.")},
    )
    people = forms.Field(label=_("Who was met"), required=False, widget=PeopleWidget)
    new_people = forms.Field(label=_("New members"), required=False, widget=PeopleWidget)
    new_people_confirmed = forms.BooleanField(required=False)
    other_visit = forms.BooleanField(label=_("Same day"), required=False)
    unnamed_people = forms.IntegerField(
        label=_("Other people guided, without a name"),
        required=False,
        min_value=0,
        max_value=MOST_UNNAMED,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input-year"}),
    )
    smart_device = forms.ChoiceField(
        label=_("Does the household have a smart device?"),
        choices=[("yes", _("Yes")), ("no", _("No")), ("", _("Not asked"))],
        required=False,
        widget=forms.RadioSelect,
    )
    connection = forms.ChoiceField(
        label=_("Connection"),
        choices=with_blank(Household.Connection.choices, _("Not asked")),
        required=False,
    )
    difficulty = forms.ChoiceField(
        label=_("Difficulty"),
        choices=with_blank(Encounter.Difficulty.choices, _("No difficulty")),
        required=False,
    )
    language = forms.ChoiceField(
        label=_("Language used"),
        choices=with_blank(Encounter.Language.choices, _("Not stated")),
        required=False,
    )
    return_on = DayField(label=_("Come back on"), required=False)
    note = TextField(
        label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self,
        data=None,
        *,
        user,
        household=None,
        known=None,
        interactive=True,
        note=None,
        now=None,
        initial=None,
    ):
        self.user, self.known, self.interactive = user, known, interactive
        self.note, self.now = note or PhoneNote(), now or timezone.now()
        self.asks_about_namesakes = note is None
        self.household, self.held_on = household, None
        if data is not None and household is None:
            self.household = self._find_household(data.get("household"))
        starting = {
            "household": self.household.uuid if self.household else "",
            "visited_on": today(),
            "occasion": Encounter.Occasion.HOME_VISIT,
            "smart_device": "",
        }
        super().__init__(data, initial=starting | (initial or {}))
        self.fields["member"].queryset = members_for(user, self.household)
        if not interactive or self.is_correction:
            del self.fields["member"]
        self.skills = list(Skill.objects.all())
        self.members = self._read_members()
        self.read_new_people(data)
        self.errors_by_member = {}
        self.same_day = None
        self.fields["visited_on"].widget.attrs |= {
            "min": self._earliest_day.isoformat(),
            "max": today().isoformat(),
        }

    @cached_property
    def person_rows(self):
        """Every member with what is chosen for them, the head first."""
        chosen = {entry["resident"]: entry for entry in self._entries}
        rows = []
        for key, resident in self.members.items():
            entry = chosen.get(key, {})
            choices = self._choices(f"outcome-{key}", entry.get("outcomes", {}))
            row = PersonRow(resident, entry.get("met", bool(entry)), entry.get("confirmed", False))
            row.required, row.others = choices
            row.errors = self.errors_by_member.get(key, [])
            rows.append(row)
        return rows

    @property
    def offers_members(self):
        """Whether there is a team member for whom it can be typed in."""
        return "member" in self.fields and self.fields["member"].queryset.exists()

    @property
    def occasion_words(self):
        """Where it was, in words, as chosen now."""
        chosen = self["occasion"].value()
        return dict(self.fields["occasion"].choices).get(chosen, "")

    @property
    def shows_more(self):
        """Whether one of the folded-away fields has something in it or is wrong."""
        folded = ("language", "unnamed_people", "note")
        return any(self[name].value() or self[name].errors for name in folded)

    def clean_household(self):
        if self.household is None:
            # Somebody else's household looks the same as one that does not exist.
            raise ValidationError(_("Choose a household of the village."))
        return self.household

    def clean_visited_on(self):
        written = self.cleaned_data["visited_on"]
        day = self.held_on = self._counted_day(written)
        if day > today() + timedelta(days=0 if self.interactive else LATEST_DAYS):
            raise ValidationError(_("The visit cannot be in the future."))
        if day < self._earliest_day and not (self.known and self.known.held_on == day):
            raise ValidationError(
                _("That is more than %(days)s days ago. Please check the year."),
                params={"days": EARLIEST_DAYS},
            )
        return written

    def clean_unnamed_people(self):
        return self.cleaned_data["unnamed_people"] or 0

    def clean_people(self):
        """Return [(resident, {skill: outcome}, confirmed)]."""
        entries = self._entries
        skills = {skill.code: skill for skill in self.skills}
        for entry in entries:
            for message in self._wrong_with(entry, skills):
                self.add_error("people", message)
                self.errors_by_member.setdefault(entry["resident"], []).append(message)
        if "people" in self.errors:
            return []
        return [
            (
                self.members[entry["resident"]],
                {skills[code]: outcome for code, outcome in entry["outcomes"].items()},
                entry["confirmed"],
            )
            for entry in entries
        ]

    def clean(self):
        found = super().clean()
        self._check_return(found.get("visited_on"), found.get("return_on"))
        self._check_somebody(found)
        # A visit that is sent again was asked about when it came first.
        if self.household is not None and (self.known is None or self.is_correction):
            self.check_duplicates(found)
            self._check_same_day(found)
        return found

    def _wrong_with(self, entry, skills):
        resident = self.members.get(entry["resident"])
        if resident is None:
            yield _("One of the people is not a member of this household.")
            return
        name = resident.full_name
        if entry.get("is_repeated"):
            yield _("%(name)s stands here twice.") % {"name": name}
        if not entry["met"]:
            yield _("%(name)s: tick the name if met, or clear the answers.") % {"name": name}
        if not self._answers_are_known(entry["outcomes"], skills):
            yield _("%(name)s: an answer is not on the list.") % {"name": name}

    @staticmethod
    def _answers_are_known(outcomes, skills):
        return all(
            code in skills and outcome in SkillCheck.Outcome.values
            for code, outcome in outcomes.items()
        )

    def _check_return(self, visited_on, return_on):
        if problem := wrong_return(visited_on, return_on):
            self.add_error("return_on", problem)

    def _check_somebody(self, found):
        about_people = ("people", "new_people", "unnamed_people", "difficulty")
        if any(found.get(name) or name in self.errors for name in about_people):
            return
        self.add_error("people", NOBODY)

    def _check_same_day(self, found):
        day = found.get("visited_on")
        at_home = found.get("occasion") == Encounter.Occasion.HOME_VISIT
        if not self.interactive or self.is_correction or not at_home or not day:
            return
        visits = Encounter.objects.standing().home_visits()
        self.same_day = visits.filter(household=self.household, held_on=day).first()
        if self.same_day is not None and not found.get("other_visit"):
            self.add_error(
                "other_visit",
                _("This household has a visit on that day already, number %(receipt)s.")
                % {"receipt": self.same_day.receipt},
            )

    def _counted_day(self, written):
        if self.interactive:
            return written
        known = self.known
        if known is not None and known.content.get("visited_on") == written.isoformat():
            return known.held_on
        return self.note.counted_day(written, self.now)

    def _choices(self, prefix, outcomes):
        required, others = [], []
        for skill in self.skills:
            if not skill.is_offered and skill.code not in outcomes:
                continue
            choice = SkillChoice(skill, f"{prefix}-{skill.code}", outcomes.get(skill.code, ""))
            (required if _is_required(skill, today()) else others).append(choice)
        return required, others

    @cached_property
    def _entries(self):
        """What is said of each member; a phone may still name an entry merged with another."""
        entries = self["people"].value() or []
        unknown = [entry["resident"] for entry in entries if entry["resident"] not in self.members]
        kept = kept_entries(unknown, self.household) if unknown else {}
        self.members |= {str(resident.uuid): resident for resident in kept.values()}
        return as_one_person(entries, {key: str(kept[key].uuid) for key in kept})

    @cached_property
    def _earliest_day(self):
        return today() - timedelta(days=EARLIEST_DAYS)

    def _find_household(self, text):
        try:
            wanted = uuid.UUID(str(text))
        except ValueError:
            return None
        known = self.known
        own = known is not None and known.author_id == self.user.pk
        if own and known.household is not None and known.household.uuid == wanted:
            return known.household
        households = Household.objects.writable_by(self.user).select_related("village")
        return households.filter(uuid=wanted).first()

    def _read_members(self):
        if self.household is None:
            return {}
        allowed = Q(household=self.household, status=Resident.Status.PRESENT)
        if self.is_bound:
            allowed |= self._lived_here_then()
        if self.known is not None:
            allowed |= Q(met__encounter=self.known)
        residents = Resident.objects.filter(allowed).distinct()
        ordered = residents.order_by("-is_head", "birth_year", "pk")
        return {str(resident.uuid): resident for resident in ordered}

    def _lived_here_then(self):
        try:
            written = self.fields["visited_on"].clean(self.data.get("visited_on"))
        except ValidationError:
            return Q(pk__in=[])
        day = self._counted_day(written)
        return Q(residencies__household=self.household) & during(day, "residencies__")


class CorrectionForm(VisitForm):
    """The same form over a visit that was recorded before, with the reason why."""

    is_correction = True

    reason = TextField(
        label=_("Why it is corrected"),
        max_length=300,
        error_messages={"required": _("Give the reason for the correction.")},
    )


def _is_required(skill, day):
    begun = skill.required_from_on is not None and skill.required_from_on <= day
    return begun and (skill.required_to_on is None or skill.required_to_on >= day)


def wrong_return(visited_on, return_on):
    """Return what is wrong with the day to come back, in words, or nothing."""
    if not visited_on or not return_on:
        return ""
    if return_on <= visited_on:
        return _("The day to come back lies after the visit.")
    if (return_on - visited_on).days > LATEST_RETURN_DAYS:
        return _("Choose a day within a year.")
    return ""


def checked_form(fields, *, user, visit_uuid):
    """Return the checked form of a visit somebody typed in: a new one, or one sent before.

    Of two presses at the same moment the second finds the first one stored while it is
    checked; then it is looked at as what it is, the same visit.
    """
    visits = Encounter.objects.visible_to(user).filter(uuid=visit_uuid)
    known = visits.first()
    form = VisitForm(fields, user=user, known=known)
    if not form.is_valid() and known is None and (known := visits.first()):
        form = VisitForm(fields, user=user, known=known)
    return form
