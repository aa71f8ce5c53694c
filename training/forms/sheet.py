"""What a phone says of somebody who came and is on no list."""

from django import forms
from django.utils.translation import gettext_lazy as _

from households.forms.fields import NameField, with_blank
from households.forms.new_person import BirthYearField
from villages.models import Sex, Village


class SheetWalkInForm(forms.Form):
    """A walk-in as a phone sends it: a name, and what helps to find the person on a list."""

    uuid = forms.UUIDField()
    full_name = NameField(
        label=_("Full name"), error_messages={"required": _("Write the full name.")}
    )
    sex = forms.ChoiceField(
        label=_("Sex"), choices=with_blank(Sex.choices, _("Not stated")), required=False
    )
    birth_year = BirthYearField(label=_("Birth year"), required=False)
    village = forms.ModelChoiceField(
        Village.objects.none(),
        label=_("Village"),
        required=False,
        error_messages={"invalid_choice": _("There is no such village in this commune.")},
    )

    def __init__(self, *given, commune, **named):
        super().__init__(*given, **named)
        self.fields["village"].queryset = Village.objects.filter(commune=commune)
