"""Forms of enterprises and cooperatives and what they declare."""

from django import forms
from django.utils.translation import gettext_lazy as _

from training.forms.fields import DayField, RecordForm, portal_formfield
from training.models import Enterprise
from villages.models import PopulationGroup, Village
from villages.periods import today

MOST_WORKERS = 100_000


class EnterpriseForm(RecordForm):
    beside = "name"

    class Meta:
        model = Enterprise
        fields = ("commune", "name", "group", "village")
        formfield_callback = portal_formfield

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        groups = PopulationGroup.objects.filter(
            counted_from=PopulationGroup.CountedFrom.DECLARATIONS
        )
        self.fields["group"].queryset = groups
        self.fields["group"].empty_label = _("Choose…")
        if self.instance.pk is None and len(groups) == 1:
            self.initial.setdefault("group", groups[0].pk)
        villages = Village.objects.writable_by(self.user).on(today())
        if self.instance.village_id:
            villages = villages | Village.objects.filter(pk=self.instance.village_id)
        self.fields["village"].queryset = villages
        self.fields["village"].empty_label = _("In no village")

    def clean(self):
        cleaned = super().clean()
        self.require_same_commune("village")
        return cleaned


class DeclarationForm(forms.Form):
    """How many workers there are, and how many with digital skills."""

    declared_on = DayField(label=_("Declared for the day"), past=True)
    workers = forms.IntegerField(label=_("Workers"), min_value=0, max_value=MOST_WORKERS)
    equipped = forms.IntegerField(
        label=_("With digital skills"), min_value=0, max_value=MOST_WORKERS
    )
    correct = forms.BooleanField(
        label=_("Replace the numbers of that day by those above"), required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["declared_on"].widget.attrs["max"] = today().isoformat()

    def clean(self):
        cleaned = super().clean()
        workers, equipped = cleaned.get("workers"), cleaned.get("equipped")
        if workers is not None and equipped is not None and equipped > workers:
            self.add_error("equipped", _("More workers with skills than workers."))
        return cleaned
