"""Forms of agencies and of the reminders sent to them."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from training.forms.fields import DayField, RecordForm, RowsField, portal_formfield
from training.models import Agency, Reminder
from villages.models import Village
from villages.periods import today


class AgencyForm(RecordForm):
    """A public-sector office, school or station."""

    beside = "name"

    class Meta:
        model = Agency
        fields = ("commune", "name", "village", "contact_name", "contact_email", "position")
        formfield_callback = portal_formfield
        help_texts = {
            "contact_name": _("Who reports the agency's courses to the commune."),
            "contact_email": _("Reminders about the agency's staff go here."),
            "position": _("A smaller number stands first in lists."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        villages = Village.objects.writable_by(self.user).on(today())
        if self.instance.village_id:
            villages = villages | Village.objects.filter(pk=self.instance.village_id)
        self.fields["village"].queryset = villages
        self.fields["village"].empty_label = _("In no village")
        self.fields["position"].required = False

    def clean_position(self):
        return self.cleaned_data["position"] or 0

    def clean(self):
        cleaned = super().clean()
        self.require_same_commune("village")
        return cleaned


class ReminderForm(forms.Form):
    """To whom reminders are written, of which agencies, and by when to finish."""

    to = forms.ChoiceField(
        label=_("Send to"),
        choices=Reminder.To.choices,
        initial=Reminder.To.CONTACTS,
        widget=forms.RadioSelect,
    )
    agency = RowsField(
        Agency.objects.none(), label=_("Agencies"), widget=forms.CheckboxSelectMultiple
    )
    finish_by = DayField(
        label=_("To be finished by"), required=False, help_text=_("Empty: no day is named.")
    )

    def __init__(self, *args, agencies, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = agencies

    def clean_finish_by(self):
        finish_by = self.cleaned_data["finish_by"]
        if finish_by is not None and finish_by < today():
            raise forms.ValidationError(_("Enter today or a later day."))
        return finish_by

    def clean_agency(self):
        chosen = self.cleaned_data["agency"]
        if len({agency.commune_id for agency in chosen}) > 1:
            raise forms.ValidationError(_("Choose agencies of one commune."))
        return chosen


class SendForm(forms.Form):
    """That the mails shown are to be sent: which ones, and this time."""

    uuid = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=16)
