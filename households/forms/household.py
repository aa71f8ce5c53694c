"""Households and their members, as entered by hand."""

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from households.forms.fields import NameField, TextField, with_blank
from households.forms.new_person import BirthYearField, NewPersonForm
from households.forms.people import new_rows
from households.models import Household, Resident
from villages.models import Sex, Village
from villages.periods import today
from villages.text import fold

BLANK_ROWS = 3
PHONE = RegexValidator(r"^[0-9 .+()-]{6,20}$", _("Write the phone number in digits."))


class PhoneField(TextField):
    """A phone number, if the household wants to be called."""

    def __init__(self, **options):
        super().__init__(
            max_length=20,
            validators=[PHONE],
            widget=forms.TextInput(attrs={"inputmode": "tel", "class": "input-short"}),
            **options,
        )


class HouseholdAddForm(forms.Form):
    """A household that was not on the list: its head, its address, its members.

    Whoever writes for several villages chooses one of them.
    """

    use_required_attribute = False

    uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    village = forms.ModelChoiceField(
        Village.objects.none(),
        label=_("Village"),
        empty_label=_("Choose…"),
        error_messages={"required": _("Choose one.")},
    )
    full_name = NameField(
        label=_("Name of the household head"),
        error_messages={"required": _("Write the full name.")},
    )
    birth_year = BirthYearField(
        label=_("Birth year"), error_messages={"required": _("Write the birth year.")}
    )
    sex = forms.ChoiceField(
        label=_("Sex"), choices=with_blank(Sex.choices, _("Not stated")), required=False
    )
    address = TextField(label=_("Where in the village"), max_length=200, required=False)
    confirmed = forms.BooleanField(label=_("This is another household: add it"), required=False)

    def __init__(self, data=None, *, user, **options):
        super().__init__(data, **options)
        villages = Village.objects.writable_by(user).on(today()).select_related("commune")
        self.villages = list(villages.distinct())
        self.fields["village"].queryset = villages.distinct()
        self.fields["village"].label_from_instance = lambda village: village.full_name
        if len(self.villages) == 1:
            self.fields["village"].widget = forms.HiddenInput()
            self.initial["village"] = self.villages[0].pk
        rows = sorted(new_rows(self.data) | set(range(BLANK_ROWS)))
        self.new_forms = [NewPersonForm(data, prefix=f"new-{row}") for row in rows]
        self.same_head = None

    def clean_uuid(self):
        return self.cleaned_data["uuid"] or uuid.uuid4()

    def clean(self):
        found = super().clean()
        for form in self.new_forms:
            if form.has_content and not form.is_valid():
                for name, messages in form.errors.items():
                    for message in messages:
                        label = form.fields[name].label
                        self.add_error(
                            None,
                            _("Further member: %(label)s: %(message)s")
                            % {"label": label, "message": message},
                        )
        self._check_head(found)
        return found

    def _check_head(self, found):
        if not {"village", "full_name", "birth_year"} <= found.keys():
            return
        same = Resident.objects.present().filter(
            household__village=found["village"],
            name_folded=fold(found["full_name"]),
            birth_year=found["birth_year"],
        )
        same = same.exclude(household__uuid=found.get("uuid"))
        self.same_head = same.select_related("household").first()
        if self.same_head is not None and not found.get("confirmed"):
            self.add_error(
                "full_name",
                _("%(name)s, born %(year)s, is already a member of %(household)s.")
                % {
                    "name": self.same_head.full_name,
                    "year": self.same_head.birth_year,
                    "household": self.same_head.household,
                },
            )

    @property
    def people(self):
        """The head and the further members, as mappings."""
        head = {name: self.cleaned_data[name] for name in ("full_name", "birth_year", "sex")}
        return [head, *(form.cleaned_data for form in self.new_forms if form.has_content)]


class HouseholdEditForm(forms.ModelForm):
    """What is known about a household apart from its members."""

    use_required_attribute = False

    address = TextField(label=_("Where in the village"), max_length=200, required=False)
    phone = PhoneField(label=_("Phone"), required=False)
    poverty = forms.ChoiceField(
        label=_("Poverty status"),
        choices=with_blank(Household.Poverty.choices, _("Not known")),
        required=False,
        help_text=_("Sensitive: shown only to those who keep this record."),
    )

    class Meta:
        model = Household
        fields = ["number", "address", "phone", "poverty"]
        widgets = {"number": forms.TextInput(attrs={"inputmode": "numeric", "class": "input-year"})}

    def clean_number(self):
        number = self.cleaned_data["number"]
        if not 1 <= number <= 99999:
            raise ValidationError(_("The number lies between 1 and 99999."))
        taken = Household.objects.filter(village=self.instance.village_id, number=number)
        if taken.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("This village already has a household of that number."))
        return number
