"""A member of a household who was not on the list yet."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from households.forms.fields import NameField, with_blank
from households.models import FIRST_BIRTH_YEAR
from villages.models import Sex
from villages.periods import today


class BirthYearField(forms.IntegerField):
    """A birth year from 1900 to this year."""

    default_error_messages = {"invalid": _("Write the year with four digits, such as 1961.")}

    def __init__(self, **options):
        options.setdefault(
            "widget",
            forms.TextInput(attrs={"inputmode": "numeric", "class": "input-year", "maxlength": 4}),
        )
        super().__init__(**options)

    def clean(self, value):
        year = super().clean(value)
        if year is not None and not FIRST_BIRTH_YEAR <= year <= today().year:
            raise ValidationError(
                _("The birth year lies between %(first)s and %(last)s."),
                params={"first": FIRST_BIRTH_YEAR, "last": today().year},
            )
        return year


class NewPersonForm(forms.Form):
    """Name, birth year and sex of somebody new; left blank, it is nobody."""

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

    def __init__(self, *args, **options):
        super().__init__(*args, empty_permitted=True, **options)

    @property
    def has_content(self):
        """Whether anything at all was typed about this person."""
        return any(str(self.data.get(self.add_prefix(name)) or "").strip() for name in self.fields)


class NewcomerForm(NewPersonForm):
    """Somebody new whom a phone may have given a UUID, so that later visits can name them."""

    uuid = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean(self):
        found = super().clean()
        if found.get("uuid") is None:
            found.pop("uuid", None)
        else:
            found["uuid"] = str(found["uuid"])
        return found
