"""As of which day a list was drawn up: what it says holds from that day on."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from villages.form_fields import DayField
from villages.periods import today


class ListDayForm(forms.Form):
    """The day of a list, where its rows name none."""

    use_required_attribute = False

    as_of = DayField(
        label=_("The list was drawn up on"),
        past=True,
        initial=today,
        help_text=_("Where a row names no first day, this day counts."),
    )

    def __init__(self, *args, user, commune, **options):
        super().__init__(*args, **options)
        self.fields["as_of"].widget.attrs["max"] = today().isoformat()

    def as_options(self):
        return {"as_of": self.cleaned_data["as_of"].isoformat()}


def list_day(request):
    """Return the day of the list that is planned or written."""
    said = request.options.get("as_of")
    return date.fromisoformat(said) if said else today()
