"""Which village and which days an activity sheet is about."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from households.forms.fields import DayField, TextField
from villages.models import Village
from villages.periods import today

EARLIEST_YEAR = 2000


class ActivityFilter(forms.Form):
    """A GET form; what makes no sense is told and leaves this month standing."""

    use_required_attribute = False

    q = TextField(label=_("Name of a member"), required=False, max_length=100)
    ban = forms.ModelChoiceField(
        Village.objects.none(), label=_("Village"), required=False, empty_label=_("All villages")
    )
    tu = DayField(label=_("From"), required=False)
    den = DayField(label=_("To"), required=False)

    def __init__(self, data=None, *, user, **options):
        first, last = today().replace(day=1), today()
        super().__init__(data, initial={"tu": first, "den": last}, **options)
        villages = Village.objects.visible_to(user).select_related("commune").distinct()
        self.villages = list(villages)
        self.fields["ban"].queryset = villages
        self.fields["ban"].label_from_instance = lambda village: village.full_name
        if len(self.villages) < 2:
            del self.fields["ban"]

    def clean(self):
        found = super().clean()
        first, last = found.get("tu"), found.get("den")
        if any(day and day.year < EARLIEST_YEAR for day in (first, last)):
            raise ValidationError(_("Please check the year."))
        if first and last and last < first:
            raise ValidationError(_("The last day cannot be before the first."))
        return found

    @property
    def period(self):
        """The first and the last day: as asked, or this month up to today."""
        this_month = today().replace(day=1), today()
        if not self.is_bound or not self.is_valid():
            return this_month
        first, last = self.cleaned_data.get("tu"), self.cleaned_data.get("den")
        last = last or max(first or today(), today())
        return first or last.replace(day=1), last

    @property
    def village(self):
        """The village asked for, the only one in reach, or ``None``."""
        if len(self.villages) == 1:
            return self.villages[0]
        return self.cleaned_data.get("ban") if self.is_bound and self.is_valid() else None
