"""Fields that every form of this app is made of."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from villages.text import clean_text

NUL, UNREADABLE = "\x00", "\N{REPLACEMENT CHARACTER}"


class TextField(forms.CharField):
    """One line of text, or several, kept in NFC.

    Bytes that were no text are told to the person instead of being dropped in silence.
    Length is counted after composing: a phone may send «ế» as three signs.
    """

    default_error_messages = {
        "unreadable": _("Some signs could not be read. Please type them again."),
    }

    def to_python(self, value):
        text = super().to_python(value)
        if NUL in text or UNREADABLE in text:
            raise ValidationError(self.error_messages["unreadable"], code="unreadable")
        return clean_text(text)


class NameField(TextField):
    """A person's name: letters, on one line."""

    def __init__(self, **options):
        options.setdefault("max_length", 120)
        options.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(**options)

    def to_python(self, value):
        name = " ".join(super().to_python(value).split())
        if name and not any(sign.isalpha() for sign in name):
            raise ValidationError(_("A name is written in letters."), code="no_letters")
        return name


class DayField(forms.DateField):
    """A day, from a date control or typed as 31/10/2025."""

    def __init__(self, **options):
        options.setdefault("input_formats", ["%Y-%m-%d", "%d/%m/%Y"])
        options.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        options.setdefault("error_messages", {"invalid": _("Write the date as 31/10/2025.")})
        super().__init__(**options)


def with_blank(choices, blank):
    """Return choices with the empty one first, under these words."""
    return [("", blank), *((value, label) for value, label in choices if value)]
