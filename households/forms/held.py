"""What an official may put right in a held record before it is recorded."""

from django import forms
from django.utils.translation import gettext_lazy as _

from households.forms.fields import DayField, TextField
from households.held_content import day_of
from households.models import HeldRecord, Household
from households.record_kinds import kind_of
from villages.models import Village

Kind = HeldRecord.Kind


class HeldRecordForm(forms.Form):
    """The day and the household of a held record; what is left as it was changes nothing."""

    use_required_attribute = False

    day = DayField(label=_("Date"), required=False)
    village = forms.ModelChoiceField(
        Village.objects.none(), label=_("Village"), required=False, empty_label=_("Not known")
    )
    number = forms.IntegerField(
        label=_("Household number"),
        required=False,
        min_value=1,
        max_value=999_999,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input-year"}),
    )

    def __init__(self, *given, held, user, household=None, **named):
        self.held, self.user, self.household = held, user, household
        village = household.village if household else held.village
        starting = {
            "day": day_of(held),
            "village": village,
            "number": household.number if household else None,
        }
        super().__init__(*given, initial=starting, **named)
        villages = Village.objects.writable_by(user).filter(commune=held.commune)
        self.fields["village"].queryset = villages.order_by("number")
        if held.kind != Kind.VISIT:
            del self.fields["number"]
        if held.kind == Kind.CORRECTION:
            del self.fields["village"]
        if kind_of(held.kind) is not None:
            # What it is about has its day and place elsewhere.
            del self.fields["day"], self.fields["village"]

    @property
    def changes(self):
        """Return the parts of what was sent that this form replaces."""
        changes = {}
        if "day" in self._put_right:
            name = "since_on" if self.held.kind == Kind.HOUSEHOLD else "visited_on"
            changes[name] = self.cleaned_data["day"].isoformat()
        if self.held.kind == Kind.HOUSEHOLD and "village" in self._put_right:
            changes["village"] = self.cleaned_data["village"].pk
        if self.cleaned_data.get("household"):
            changes["household"] = str(self.cleaned_data["household"].uuid)
        return changes

    def clean(self):
        cleaned = super().clean()
        if self.held.kind == Kind.VISIT and self._put_right & {"village", "number"}:
            households = Household.objects.writable_by(self.user)
            cleaned["household"] = households.filter(
                village=cleaned.get("village"), number=cleaned.get("number")
            ).first()
            if cleaned["household"] is None and not self.errors:
                self.add_error("number", _("This village has no household of this number."))
        return cleaned

    @property
    def _put_right(self):
        return {name for name in self.changed_data if self.cleaned_data.get(name)}


class DismissForm(forms.Form):
    """Why a held record is not recorded."""

    use_required_attribute = False

    note = TextField(
        label=_("Why it is not recorded"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Give the reason.")},
    )
