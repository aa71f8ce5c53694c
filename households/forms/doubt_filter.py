"""What the list of doubtful records can be narrowed to."""

from django import forms
from django.utils.translation import gettext_lazy as _

from households.forms.filters import ListFilter
from households.models import Doubt


class DoubtFilter(ListFilter):
    """Narrows the doubts to a village or to one kind; each kind says how many there are."""

    sorts = ("noted", "kind", "village", "held", "author")

    kind = forms.ChoiceField(label=_("What is doubtful"), required=False)

    def __init__(self, data=None, *, user, counts, **options):
        super().__init__(data, user=user, **options)
        self.fields["q"].label = _("Receipt number, household or name")
        labels = dict(Doubt.Kind.choices)
        self.fields["kind"].choices = [
            ("", _("Everything")),
            *((kind, f"{labels[kind]} ({counts[kind]})") for kind in labels if counts.get(kind)),
        ]
