"""Columns of this floor's lists, of the fields that forms on screen are made of."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from villages.form_fields import DayField, LineField, NameField
from villages.import_kinds.columns import FAMILY_NAMES, SEX_TICKED
from villages.importing.kinds import Column
from villages.models import Sex
from villages.text import fold

SEPARATORS = re.compile(r"[;,\n/+]")


class SeveralField(forms.Field):
    """Several of a short list in one cell: «VNeID; Quét mã QR». Its value is a list."""

    def __init__(self, *, words, **options):
        """``words`` maps each value to every way to write it."""
        super().__init__(required=False, **options)
        self.ways = {fold(way): value for value, ways in words.items() for way in ways if way}

    def clean(self, value):
        folded = fold(str(value or ""))
        if not folded:
            return []
        found = [self.ways[folded]] if folded in self.ways else self._parts(folded, str(value))
        return sorted(set(found))

    def _parts(self, left, typed):
        """Take the longest names first: «Mua, bán hàng trực tuyến» holds a comma itself."""
        found = []
        for way in sorted(self.ways, key=len, reverse=True):
            pattern = rf"(?<!\w){re.escape(way)}(?!\w)"
            if re.search(pattern, left):
                left = re.sub(pattern, ";", left)
                found.append(self.ways[way])
        unknown = [part.strip() for part in SEPARATORS.split(left) if part.strip()]
        if unknown:
            words = SEPARATORS.split(typed)
            word = next((one.strip() for one in words if unknown[0] in fold(one)), unknown[0])
            raise ValidationError(
                _("«%(word)s» is not on the list. Separate several by semicolons.")
                % {"word": word[:50]}
            )
        return found


def text(name, heading, *, most=200, required=False, reads="text", **options):
    """A column of one line of text."""
    field = LineField(max_length=most, required=required)
    return Column(name=name, heading=heading, field=field, reads=reads, **options)


def person(heading, **options):
    """The column of people's names."""
    options.setdefault("example", "Lò Thị Mẫu")
    synonyms = (
        "Họ và tên", "Họ tên", "Tên", "Họ và tên đệm, tên", "Họ, tên", "Học viên", "Full name",
    )  # fmt: skip
    return Column(
        name="full_name",
        heading=heading,
        field=NameField(required=False),
        synonyms=synonyms,
        parts=(FAMILY_NAMES,),
        **options,
    )


def day(name, heading, *, past=False, required=False, **options):
    """A column of days."""
    field = DayField(past=past, required=required)
    return Column(name=name, heading=heading, field=field, reads="day", **options)


def clock(name, heading, **options):
    """A column of times of the day."""
    field = forms.TimeField(
        required=False,
        input_formats=["%H:%M", "%H:%M:%S"],
        error_messages={"invalid": _("Write the time as 19:30.")},
    )
    return Column(name=name, heading=heading, field=field, reads="time", **options)


def number(name, heading, *, most, least=0, required=False, **options):
    """A column of whole numbers."""
    field = forms.IntegerField(
        min_value=least,
        max_value=most,
        required=required,
        error_messages={"invalid": _("Enter a whole number.")},
    )
    return Column(name=name, heading=heading, field=field, reads="number", **options)


def choice(name, heading, choices, *, required=False, **options):
    """A column of one of a short list: (value, label, other words…)."""
    choices = tuple((value, str(label), *others) for value, label, *others in choices)
    field = forms.ChoiceField(
        choices=[(value, label) for value, label, *_others in choices], required=required
    )
    return Column(
        name=name, heading=heading, field=field, reads="choice", choices=choices, **options
    )


def with_words(choices, words):
    """Return a model's choices with what people write for each besides its label."""
    return [(value, label, *words.get(value, ())) for value, label in choices]


def yes_no(name, heading, **options):
    """A column of yes and no; empty says neither."""
    field = forms.TypedChoiceField(
        choices=[("yes", _("Yes")), ("no", _("No"))],
        required=False,
        coerce=lambda value: value == "yes",
        empty_value=None,
    )
    return Column(name=name, heading=heading, field=field, reads="yes_no", **options)


def several(name, heading, words, **options):
    """A column of several of a short list, one after the other in a cell."""
    return Column(name=name, heading=heading, field=SeveralField(words=words), **options)


def sex(**options):
    """The column of people's sex."""
    words = {"female": ("Nữ", "F", "Gái", "Female"), "male": ("Nam", "M", "Trai", "Male")}
    return choice(
        "sex",
        _("Sex"),
        with_words(Sex.choices, words),
        synonyms=("Giới tính", "Giới", "Nam/Nữ", "Nam, nữ"),
        parts=SEX_TICKED,
        example=str(Sex.FEMALE.label),
        **options,
    )
