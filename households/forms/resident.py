"""Members of households, as entered by hand."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from households.forms.fields import DayField, NameField, TextField, with_blank
from households.forms.new_person import BirthYearField
from households.models import Household, Residency
from villages.models import Sex
from villages.periods import today
from villages.text import fold

RESIDENT_FIELDS = ("full_name", "birth_year", "sex", "ethnic_group", "is_head")


class ResidentForm(forms.Form):
    """One member. A second one of the same name and birth year is asked about first."""

    use_required_attribute = False

    full_name = NameField(
        label=_("Full name"), error_messages={"required": _("Write the full name.")}
    )
    birth_year = BirthYearField(
        label=_("Birth year"), error_messages={"required": _("Write the birth year.")}
    )
    sex = forms.ChoiceField(
        label=_("Sex"), choices=with_blank(Sex.choices, _("Not stated")), required=False
    )
    ethnic_group = TextField(
        label=_("Ethnic group"),
        max_length=40,
        required=False,
        help_text=_("Only if the person agrees. Sensitive personal data."),
    )
    is_head = forms.BooleanField(label=_("Is the household head"), required=False)
    confirmed = forms.BooleanField(label=_("This is somebody else: add them"), required=False)

    def __init__(self, *args, household, resident=None, **options):
        super().__init__(*args, **options)
        self.household, self.resident = household, resident
        self.same_person = None
        if resident is not None:
            for name in RESIDENT_FIELDS:
                self.initial.setdefault(name, getattr(resident, name))

    def clean(self):
        found = super().clean()
        if {"full_name", "birth_year"} <= found.keys():
            same = self.household.residents.present().filter(
                name_folded=fold(found["full_name"]), birth_year=found["birth_year"]
            )
            if self.resident is not None:
                same = same.exclude(pk=self.resident.pk)
            self.same_person = same.first()
            if self.same_person is not None and not found.get("confirmed"):
                self.add_error("full_name", _("This person is already in the household."))
        return found


class LeaveForm(forms.Form):
    """That a member moved away or died, and the last day here."""

    use_required_attribute = False

    ended = forms.ChoiceField(
        label=_("What happened"),
        choices=[
            (Residency.Ended.MOVED, _("Moved away")),
            (Residency.Ended.DECEASED, _("Deceased")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what happened.")},
    )
    on = DayField(label=_("Last day here"), initial=today)

    def __init__(self, *args, resident, **options):
        super().__init__(*args, **options)
        self.resident = resident

    def clean_on(self):
        return day_of_change(self.cleaned_data["on"], self.resident)


class MoveForm(forms.Form):
    """That a member lives in another household from a day on."""

    use_required_attribute = False

    household = forms.CharField(
        label=_("To household number"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input-year"}),
        error_messages={"required": _("Write the number of the household.")},
    )
    on = DayField(label=_("Lives there since"), initial=today)

    def __init__(self, *args, resident, village, **options):
        super().__init__(*args, **options)
        self.resident, self.village = resident, village

    def clean_household(self):
        text = self.cleaned_data["household"].strip()
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else None
        household = Household.objects.filter(village=self.village, number=number).first()
        if number is None or household is None:
            raise ValidationError(_("The village has no household of this number."))
        if household.pk == self.resident.household_id:
            raise ValidationError(_("The person lives in this household already."))
        return household

    def clean_on(self):
        return day_of_change(self.cleaned_data["on"], self.resident)


def day_of_change(day, resident):
    """Refuse a day to come, and one before the person lived where they live now."""
    if day > today():
        raise ValidationError(_("The day cannot be in the future."))
    here = resident.residencies.filter(to_on__isnull=True).first()
    if here is not None and day < here.from_on - timedelta(days=1):
        raise ValidationError(
            _("The person has lived in this household only since %(day)s."),
            params={"day": here.from_on.strftime("%d/%m/%Y")},
        )
    return day
