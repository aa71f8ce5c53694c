"""What an official says when handing a list over."""

from django import forms
from django.utils.translation import gettext_lazy as _

from households.forms.fields import DayField, TextField
from villages.periods import today


class HandListForm(forms.Form):
    """The title, the day it should be done by, and the villages that get a list each."""

    use_required_attribute = False

    title = TextField(
        label=_("Title of the list"),
        max_length=120,
        help_text=_("The team reads it. No names of residents."),
        error_messages={"required": _("Give the list a title.")},
    )
    due_on = DayField(label=_("To be done by"), required=False)
    villages = forms.MultipleChoiceField(
        label=_("Villages"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose one village at least."),
            "invalid_choice": _("No household of this village is found any more."),
        },
    )

    def __init__(self, data=None, *, villages, **options):
        super().__init__(data, **options)
        self.fields["villages"].choices = [
            (str(village.pk), village.full_name) for village in villages
        ]

    def clean_due_on(self):
        due_on = self.cleaned_data["due_on"]
        if due_on is not None and due_on < today():
            raise forms.ValidationError(_("This day has passed."))
        return due_on
