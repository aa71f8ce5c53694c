"""Forms of certificates and of the accounts of staff."""

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from training.accounts import accounts_for
from training.forms.fields import TidyCharField
from villages.storing_files import Kind, StoredFileField, too_large


class RevokeForm(forms.Form):
    """Why a certificate is void."""

    reason = TidyCharField(
        label=_("Why is the certificate revoked?"),
        max_length=300,
        help_text=_("Kept with the certificate; whoever checks the code does not see it."),
    )


class CodeForm(forms.Form):
    """The code that stands on a certificate."""

    use_required_attribute = False

    code = TidyCharField(
        label=_("Verification code"),
        max_length=40,
        help_text=_("Ten letters and digits, such as ABCDE-FGHJK. It stands below the QR code."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class AccountForm(forms.Form):
    """The account that a member of staff signs in with."""

    user = forms.ModelChoiceField(
        get_user_model().objects.none(),
        label=_("Account"),
        required=False,
        empty_label=_("No account"),
        help_text=_(
            "Accounts of the commune that no other member of staff has. An administrator makes "
            "new ones, with the role «staff»."
        ),
    )

    def __init__(self, *args, member, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["user"]
        field.queryset = accounts_for(member)
        field.label_from_instance = lambda user: f"{user.full_name} ({user.username})"


class PhotographForm(forms.Form):
    """A photograph of the signed list."""

    use_required_attribute = False

    photo = StoredFileField(
        label=_("Photograph of the signed list"),
        kinds=[Kind.PHOTOGRAPH],
        capture=True,
        help_text=_(
            "One page at a time, with all four corners. It is made smaller, and the place where "
            "it was taken is removed."
        ),
        error_messages={"required": _("Take or choose a photograph.")},
    )

    def __init__(self, *args, most, was_too_large=False, **kwargs):
        super().__init__(*args, **kwargs)
        if was_too_large:
            self.fields["photo"].error_messages["required"] = too_large(most)
