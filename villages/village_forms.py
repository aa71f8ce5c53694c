"""The form of a village on the commune's list."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from villages.form_fields import LineField
from villages.models import Village, VillageChange
from villages.record_forms import RecordForm, portal_formfield
from villages.text import fold


class VillageForm(RecordForm):
    """A village's number, name, kind and first day. What it is called from a day on is a change."""

    past_days = ("from_on",)

    number = forms.IntegerField(
        label=_("Number of the village"),
        min_value=1,
        max_value=9999,
        help_text=_("The village's number in the commune, from 1."),
    )
    name = LineField(
        label=_("Name of the village"),
        max_length=80,
        error_messages={"required": _("Write the name.")},
    )

    class Meta:
        model = Village
        fields = ("commune", "number", "name", "kind", "from_on")
        formfield_callback = portal_formfield
        labels = {"from_on": _("Existing since"), "kind": _("Kind")}
        help_texts = {"from_on": _("Nothing can be recorded or counted there before this day.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = Village.Kind.choices
        self.stored_from_on = self.instance.from_on if self.instance.pk else None
        begun = VillageChange.objects.filter(
            successor=self.instance.pk, effective_on=self.stored_from_on
        )
        if self.instance.pk and begun.exists():
            # The day of the change by which it came to be.
            self.fields["from_on"].disabled = True

    def clean_name(self):
        name = self.cleaned_data["name"]
        if not any(sign.isalnum() for sign in name):
            raise ValidationError(_("Write the name."))
        return name

    def clean_from_on(self):
        day = self.cleaned_data["from_on"]
        if self.stored_from_on and day > self.stored_from_on:
            raise ValidationError(
                _("It is on the list since %(day)s. Enter that day or an earlier one."),
                params={"day": f"{self.stored_from_on:%d/%m/%Y}"},
            )
        return day

    def clean(self):
        cleaned = super().clean()
        commune, is_open = self.chosen_commune(), self.instance.to_on is None
        if commune is None or not is_open:
            return cleaned
        others = Village.objects.filter(commune=commune, to_on__isnull=True)
        others = others.exclude(pk=self.instance.pk)
        if others.filter(number=cleaned.get("number")).exists():
            self.add_error("number", _("Another village has this number."))
        if "name" in cleaned and others.filter(name_folded=fold(cleaned["name"])).exists():
            self.add_error("name", _("The commune already has a village of this name."))
        return cleaned
