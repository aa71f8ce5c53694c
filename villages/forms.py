"""The forms of this app: the only gate for what is typed."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from villages.models import ConnectivityReport, Village
from villages.periods import today
from villages.record_forms import DayField
from villages.text import clean_text

EARLIEST_YEAR = 2000


class ConnectivityForm(forms.ModelForm):
    """How well one operator's network works in one village."""

    class Meta:
        model = ConnectivityReport
        fields = [
            "village", "operator", "technology", "quality", "where", "reported_on", "told_by",
        ]  # fmt: skip
        widgets = {
            "reported_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "operator": forms.TextInput(attrs={"autocomplete": "off"}),
            "told_by": forms.TextInput(attrs={"autocomplete": "off"}),
        }
        help_texts = {
            "operator": _("The company, such as Viettel, VNPT or MobiFone."),
            "where": _("A hamlet, a slope, a school: where exactly."),
            "told_by": _("Who told you of it; empty: you saw it yourself."),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        villages = Village.objects.writable_by(user).on(today()).order_by("commune", "number")
        self.fields["village"].queryset = villages
        self.fields["village"].label_from_instance = lambda village: village.full_name
        self.fields["village"].empty_label = _("Choose…")
        for name, values in {
            "technology": ConnectivityReport.Technology,
            "quality": ConnectivityReport.Quality,
        }.items():
            self.fields[name].choices = [("", _("Choose…")), *values.choices]
        self.fields["reported_on"].input_formats = ["%Y-%m-%d", "%d/%m/%Y"]
        self.fields["reported_on"].initial = today
        if len(only := villages[:2]) == 1:
            self.fields["village"].initial = only[0]
        if self.instance.pk:
            # A report may be of a village that has been merged since.
            self.fields["village"].queryset = Village.objects.writable_by(user).filter(
                Q(pk__in=villages.values("pk")) | Q(pk=self.instance.village_id)
            )

    def clean_operator(self):
        return clean_text(self.cleaned_data["operator"])

    def clean_where(self):
        return clean_text(self.cleaned_data["where"])

    def clean_told_by(self):
        return clean_text(self.cleaned_data["told_by"])

    def clean_reported_on(self):
        on = self.cleaned_data["reported_on"]
        if on > today():
            raise forms.ValidationError(_("This day has not come yet."))
        if on.year < EARLIEST_YEAR:
            raise forms.ValidationError(_("This day is too long ago."))
        if self.instance.resolved_on and on > self.instance.resolved_on:
            raise forms.ValidationError(_("It was solved before this day."))
        return on


class ResolvedForm(forms.Form):
    """The day since which a network works again."""

    resolved_on = DayField(label=_("Works again since"), past=True)
