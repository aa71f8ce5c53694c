"""Reasons for changing records, and words that settle a doubt."""

from django import forms
from django.utils.translation import gettext_lazy as _

from households.forms.fields import TextField


class ReasonForm(forms.Form):
    """Why a visit is declared void."""

    use_required_attribute = False

    reason = TextField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Give the reason.")},
    )


class SettlementForm(forms.Form):
    """Why a doubtful visit is kept as it is."""

    use_required_attribute = False

    settlement = TextField(
        label=_("Why it is kept"),
        max_length=300,
        error_messages={"required": _("Say in a word why it is kept.")},
    )
