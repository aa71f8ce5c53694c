"""Forms of communications."""

from django import forms
from django.utils.translation import gettext_lazy as _

from training.forms.fields import RecordForm, portal_formfield
from training.models import Communication
from training.publishing import same_communications


class CommunicationForm(RecordForm):
    """A news item, article, video or broadcast that was published."""

    past_days = ("published_on",)

    is_another = forms.BooleanField(
        label=_("This is another one: save it"), required=False, widget=forms.HiddenInput
    )

    class Meta:
        model = Communication
        fields = (
            "commune",
            "title",
            "kind",
            "channel",
            "published_on",
            "link",
            "reach",
            "summary",
            "is_public",
            "note",
        )
        formfield_callback = portal_formfield
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 5}),
            "note": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "summary": _(
                "What everybody reads on the public page. Write no resident's name, "
                "telephone number or household here."
            ),
            "is_public": _("Its page shows beforehand how everybody will see it."),
            "note": _("For the commune only, never public."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("Choose…")), *Communication.Kind.choices]
        self.fields["channel"].choices = [("", _("Choose…")), *Communication.Channel.choices]
        self.fields["reach"].max_value = 100_000_000

    def clean(self):
        cleaned = super().clean()
        title, day = cleaned.get("title"), cleaned.get("published_on")
        commune = self.chosen_commune()
        if not (title and day and commune) or self.instance_stays_the_same:
            return cleaned
        same = same_communications(
            commune=commune, title=title, published_on=day, besides=self.instance.pk
        )
        if same:
            # Asked, not refused: one title often goes out through several channels.
            self.fields["is_another"].widget = forms.CheckboxInput()
            if not cleaned.get("is_another"):
                channels = ", ".join(str(row.get_channel_display()) for row in same)
                self.add_error(
                    "is_another",
                    _("This title stands in the list on that day already: %(channels)s.")
                    % {"channels": channels},
                )
        return cleaned

    @property
    def instance_stays_the_same(self):
        """Whether neither title nor day of a saved row is being changed."""
        return self.instance.pk is not None and not {"title", "published_on"} & set(
            self.changed_data
        )
