"""Fields of forms on this floor: what is typed, or stands in a cell, is tidy or refused."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from villages.record_forms import DayField, TidyCharField

UNREADABLE = "\N{REPLACEMENT CHARACTER}"
phone_signs = RegexValidator(r"^[0-9 .+()-]{6,20}$", _("Write the phone number in digits."))


class LineField(TidyCharField):
    """One line of text; bytes that were no text are refused, not dropped."""

    def to_python(self, value):
        text = super().to_python(value)
        if UNREADABLE in text:
            raise ValidationError(
                _("Some signs could not be read. Please type them again."), code="unreadable"
            )
        return " ".join(text.split())


class NameField(LineField):
    """A person's name: letters, on one line."""

    def __init__(self, **options):
        options.setdefault("max_length", 120)
        super().__init__(**options)

    def to_python(self, value):
        name = super().to_python(value)
        if name and not any(sign.isalpha() for sign in name):
            raise ValidationError(_("A name is written in letters."), code="no_letters")
        return name


class PhoneField(LineField):
    """A telephone number as it is dialled."""

    def __init__(self, **options):
        super().__init__(max_length=20, validators=[phone_signs], **options)


class PercentField(forms.DecimalField):
    """A percentage from 0 to 100, written 80, 82,5 or 80 %."""

    def __init__(self, **options):
        super().__init__(max_digits=5, decimal_places=2, min_value=0, max_value=100, **options)

    def to_python(self, value):
        text = str(value if value is not None else "").replace("%", "").replace(",", ".").strip()
        found = super().to_python(text)
        if found is not None and found.is_finite() and Decimal(0) < found <= Decimal(1):
            raise ValidationError(
                _("Is this really 1 percent or less? Write eighty percent as 80."),
                code="a_share",
            )
        return found


__all__ = ["DayField", "LineField", "NameField", "PercentField", "PhoneField"]
