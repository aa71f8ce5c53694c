"""The counter's form: whom, what with, and how far they got."""

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from households.forms.fields import DayField, TextField
from households.models import Encounter, Resident, Skill, SkillCheck
from villages.models import Commune
from villages.periods import today

EARLIEST_DAYS = 400


class CounterForm(forms.Form):
    """One citizen helped at a counter; without a resident it is somebody without a name."""

    use_required_attribute = False

    uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    resident = forms.CharField(required=False, widget=forms.HiddenInput, label=_("Citizen"))
    office = forms.ChoiceField(label=_("Office"), choices=Encounter.Office.choices)
    commune = forms.ModelChoiceField(
        Commune.objects.none(), label=_("Commune"), required=False, empty_label=None
    )
    held_on = DayField(label=_("Date"), error_messages={"required": _("Give the date.")})
    confirmed = forms.BooleanField(label=_("I have seen the confirmation on VNeID"), required=False)
    note = TextField(label=_("Note"), required=False, max_length=300)

    def __init__(self, data=None, *, user, **options):
        super().__init__(data, **options)
        self.user = user
        communes = Commune.objects.writable_by(user).distinct().order_by("code")
        self.fields["commune"].queryset = communes
        self.own_communes = list(communes)
        self.fields["held_on"].widget.attrs |= {
            "max": today().isoformat(),
            "class": "form-control",
        }
        self.fields["commune"].widget.attrs["class"] = "form-select"

    @cached_property
    def skills(self):
        """The skills of counters, in order."""
        return list(Skill.objects.filter(is_at_counter=True).order_by("position", "code"))

    @cached_property
    def choices(self):
        """Each skill with the name of its field and what is chosen now."""
        sent = self.data if self.is_bound else {}
        return [
            {
                "skill": skill,
                "name": f"outcome-{skill.code}",
                "chosen": sent.get(f"outcome-{skill.code}", ""),
            }
            for skill in self.skills
        ]

    @cached_property
    def found_resident(self):
        """The resident named by the hidden field, if the user may record anything of them."""
        sent = self.data.get("resident") if self.is_bound else self.initial.get("resident")
        try:
            wanted = uuid.UUID(str(sent or ""))
        except ValueError:
            return None
        residents = Resident.objects.writable_by(self.user).present()
        return residents.select_related("household__village__commune").filter(uuid=wanted).first()

    def clean_uuid(self):
        return self.cleaned_data["uuid"] or uuid.uuid4()

    def clean_resident(self):
        if self.cleaned_data["resident"] and self.found_resident is None:
            raise ValidationError(_("This person is not on the list. Look for the name again."))
        return self.found_resident

    def clean_held_on(self):
        day = self.cleaned_data["held_on"]
        if day > today():
            raise ValidationError(_("The day cannot be in the future."))
        if (today() - day).days > EARLIEST_DAYS:
            raise ValidationError(
                _("That is more than %(days)s days ago. Please check the year."),
                params={"days": EARLIEST_DAYS},
            )
        return day

    def clean(self):
        found = super().clean()
        found["outcomes"] = outcomes = {}
        for choice in self.choices:
            if choice["chosen"] in SkillCheck.Outcome.values:
                outcomes[choice["skill"]] = choice["chosen"]
            elif choice["chosen"]:
                self.add_error(None, _("An answer is not on the list."))
        if not outcomes and not found.get("confirmed"):
            self.add_error(None, _("Choose what the citizen was helped with."))
        if found.get("confirmed") and "resident" not in self.errors and not found.get("resident"):
            self.add_error(
                "confirmed", _("A confirmation belongs to a citizen by name. Look for the name.")
            )
        if found.get("commune") is None and len(self.own_communes) == 1:
            found["commune"] = self.own_communes[0]
        if not found.get("resident") and found.get("commune") is None:
            self.add_error("commune", _("Choose the commune."))
        return found
