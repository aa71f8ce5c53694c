"""The one field that takes a file: what a phone saved because it could not send."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from households.rescuing import open_for
from households.sealing import (
    LONGEST_RESCUE,
    RESCUE_HEAD,
    Altered,
    OtherPortal,
    TooLarge,
    UnknownPhone,
    Unreadable,
)

NOT_A_RESCUE_FILE = _(
    "This is not a file that a phone saved for the commune. Its name begins with «luot-tham-» "
    "and ends in «.txt». Choose that file."
)
WHAT_TO_DO = {
    Altered: _(
        "This file was altered on the way or is not complete, so nothing of it was taken. Ask "
        "the leader to save it on the phone again and to send it as a file, not as a picture "
        "and not copied into a message."
    ),
    OtherPortal: _(
        "This file was made for another portal. Nothing of it was taken. Upload it on the "
        "portal that the leader's phone works with."
    ),
    UnknownPhone: _(
        "This file comes from a phone that the commune does not know. Nothing of it was taken. "
        "Ask the leader to sign in on that phone once, then upload the file again."
    ),
    TooLarge: _("This file is larger than 3 MB: no phone saves such a file. Nothing was taken."),
}


class RescueForm(forms.Form):
    """A rescue file; valid only when every sign of it is as the phone saved it."""

    use_required_attribute = False

    file = forms.FileField(
        label=_("The file from the phone"),
        help_text=_("Its name begins with «luot-tham-». At most 3 MB."),
        widget=forms.FileInput(attrs={"accept": ".txt,text/plain"}),
        allow_empty_file=True,
        error_messages={"required": _("Choose the file that the phone saved.")},
    )

    def __init__(self, *given, user, was_too_large=False, **named):
        super().__init__(*given, **named)
        self.user, self.content = user, None
        if was_too_large:
            self.fields["file"].error_messages["required"] = WHAT_TO_DO[TooLarge]

    def clean_file(self):
        """Open the file, all of it or nothing."""
        signs = self.cleaned_data["file"].read(LONGEST_RESCUE + 1)
        try:
            text = signs.decode("ascii")
        except UnicodeDecodeError:
            raise ValidationError(self._about(signs.startswith(RESCUE_HEAD.encode()))) from None
        if not text.startswith(RESCUE_HEAD.strip()):
            raise ValidationError(NOT_A_RESCUE_FILE)
        try:
            self.content = open_for(self.user, text)
        except Unreadable as refusal:
            raise ValidationError(WHAT_TO_DO[type(refusal)]) from None
        return text

    @staticmethod
    def _about(begins_right):
        return WHAT_TO_DO[Altered] if begins_right else NOT_A_RESCUE_FILE
