"""The forms through which a person comes in and changes the password."""

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.validators import MaxLengthValidator
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.addresses import client_address

LONGEST_PASSWORD = 128
LONGEST_NAME = 150
# Under this the wrong codes of an address are counted, one row for each address.
CARD_GUESSES = "card"


class SignInForm(AuthenticationForm):
    """User name and password; the answer is the same whether the name exists or not."""

    error_messages = {
        "invalid_login": _(
            "The user name or the password is not right. Check both and try again; "
            "capital and small letters differ."
        ),
        "inactive": _("This account is switched off. Ask the commune office."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")
        self.fields["username"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}
        # Django tells the browser the longest name and checks it nowhere.
        self.fields["username"].validators.append(MaxLengthValidator(LONGEST_NAME))
        password = self.fields["password"]
        password.label = _("Password")
        password.widget.attrs |= {"maxlength": LONGEST_PASSWORD, "data-reveal": ""}
        # Hashing a text without end would be the cheapest way to keep the server busy.
        password.max_length = LONGEST_PASSWORD
        password.validators.append(MaxLengthValidator(LONGEST_PASSWORD))


class NewPasswordForm(PasswordChangeForm):
    """The old password once, the new one twice, with the rules beside it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = _("Current password")
        self.fields["new_password1"].label = _("New password")
        self.fields["new_password2"].label = _("New password again")
        self.fields["new_password2"].help_text = ""
        for field in self.fields.values():
            field.max_length = LONGEST_PASSWORD
            field.widget.attrs |= {"maxlength": LONGEST_PASSWORD, "data-reveal": ""}
            field.validators.append(MaxLengthValidator(LONGEST_PASSWORD))


def address_is_paused(request):
    """Whether too many wrong passwords came from this address lately, for any names.

    Asked before a password is hashed: the hash is what a flood of guesses would cost.
    """
    lately = AccessAttempt.objects.filter(
        ip_address=client_address(request),
        attempt_time__gte=timezone.now() - get_cool_off(request),
    )
    failures = lately.aggregate(Sum("failures_since_start"))["failures_since_start__sum"]
    return (failures or 0) >= settings.SIGN_IN_FAILURES_PER_ADDRESS


def count_wrong_code(request):
    """Note a card's code that was never right, beside the wrong passwords of the address."""
    address = client_address(request)
    whose = {"ip_address": address, "user_agent": CARD_GUESSES}
    lately = timezone.now() - get_cool_off(request)
    rows = AccessAttempt.objects.filter(**whose, username=None)
    rows.filter(attempt_time__lt=lately).delete()
    if rows.update(failures_since_start=F("failures_since_start") + 1):
        return
    AccessAttempt.objects.create(**whose, failures_since_start=1)
