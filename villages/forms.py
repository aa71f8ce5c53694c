"""The forms of this app: the only gate for what is typed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from villages.models import ConnectivityReport, Village
from villages.periods import today
from villages.text import clean_text

EARLIEST_YEAR = 2000


class ConnectivityForm(forms.ModelForm):
    """How well one operator's network works in one village."""

    class Meta:
        model = ConnectivityReport
        fields = ["village", "operator", "technology", "quality", "where", "reported_on"]
        widgets = {
            "reported_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "operator": forms.TextInput(attrs={"autocomplete": "off"}),
        }
        help_texts = {
            "operator": _("The company, such as Viettel, VNPT or MobiFone."),
            "where": _("A hamlet, a slope, a school: where exactly."),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        villages = Village.objects.writable_by(user).on(today()).order_by("commune", "number")
        self.fields["village"].queryset = villages
        self.fields["village"].label_from_instance = lambda village: village.full_name
        self.fields["reported_on"].input_formats = ["%Y-%m-%d", "%d/%m/%Y"]
        self.fields["reported_on"].initial = today
        if len(only := villages[:2]) == 1:
            self.fields["village"].initial = only[0]

    def clean_operator(self):
        return clean_text(self.cleaned_data["operator"])

    def clean_where(self):
        return clean_text(self.cleaned_data["where"])

    def clean_reported_on(self):
        on = self.cleaned_data["reported_on"]
        if on > today():
            raise forms.ValidationError(_("This day has not come yet."))
        if on.year < EARLIEST_YEAR:
            raise forms.ValidationError(_("This day is too long ago."))
        return on
