"""Forms of communications."""

from django import forms
from django.utils.translation import gettext_lazy as _

from training.forms.fields import RecordForm, portal_formfield
from training.models import Communication


class CommunicationForm(RecordForm):
    """A news item, article, video or broadcast that was published."""

    past_days = ("published_on",)

    class Meta:
        model = Communication
        fields = ("commune", "title", "kind", "channel", "published_on", "link", "reach", "note")
        formfield_callback = portal_formfield
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("Choose…")), *Communication.Kind.choices]
        self.fields["channel"].choices = [("", _("Choose…")), *Communication.Channel.choices]
        self.fields["reach"].max_value = 100_000_000
