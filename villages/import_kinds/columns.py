"""Columns that several lists share: choices, yes or no, days, and where a period begins."""

from django import forms
from django.utils.translation import gettext_lazy as _

from villages.form_fields import DayField, LineField, NameField, PhoneField
from villages.importing.kinds import Column, Part
from villages.models import Sex

EMPTY_KEEPS = _("Left empty, what is known stays.")
YES_WORDS = ("x", "✓", "v", "1", "co", "yes", "y", "đúng", "true")
NO_WORDS = ("0", "khong", "ko", "k", "no", "n", "-", "false")


# Where a list keeps names in two columns, «Tên» holds the given name alone.
FAMILY_NAMES = Part(
    "family_names",
    _("Family and middle names, put before the given name"),
    synonyms=(
        "Họ đệm", "Họ và đệm", "Họ và tên đệm", "Họ tên đệm", "Họ và chữ đệm", "Họ chữ đệm",
        "Họ lót", "Họ và tên lót", "Họ và chữ lót", "Họ, tên đệm", "Họ, chữ đệm", "Họ, đệm",
        "Họ và", "Họ", "Đệm", "Chữ đệm", "Tên đệm", "Tên lót", "Chữ lót",
    ),
    joins=True,
)  # fmt: skip


SEX_TICKED = (
    Part("sex_men", _("Ticked beside men"), is_enough=True, below="Nam", says="Nam"),
    Part("sex_women", _("Ticked beside women"), is_enough=True, below="Nữ", says="Nữ"),
)


def choice_column(name, heading, choices, words=None, *, required=False, field=None, **options):
    """Return a column with a list of choices; ``words`` are other ways to write each.

    ``field`` is the field of the form on screen, where there is one.
    """
    words = words or {}
    pairs = [(value, label) for value, label in choices if value]
    offered = pairs if required else [("", ""), *pairs]
    return Column(
        name=name,
        heading=heading,
        field=field or forms.ChoiceField(choices=offered, required=required),
        reads="choice",
        choices=tuple((value, label, *words.get(value, ())) for value, label in pairs),
        **options,
    )


def yes_no_column(name, heading, *, yes=(), no=(), **options):
    """Return a column for yes or no; the row then says "yes", "no" or nothing."""
    pairs = [("yes", _("Yes")), ("no", _("No"))]
    return Column(
        name=name,
        heading=heading,
        field=forms.ChoiceField(choices=[("", ""), *pairs], required=False),
        reads="yes_no",
        choices=(("yes", _("Yes"), *YES_WORDS, *yes), ("no", _("No"), *NO_WORDS, *no)),
        **options,
    )


def name_column(**options):
    """Return the column with a person's full name."""
    return Column(
        name="full_name",
        heading=_("Full name"),
        field=NameField(error_messages={"required": _("Write the full name.")}),
        synonyms=("Họ tên", "Họ và tên", "Tên", "Họ, tên", "Họ và tên đầy đủ", "Tên đầy đủ"),
        example=options.pop("example", "Lò Văn Mẫu"),
        parts=(FAMILY_NAMES,),
        **options,
    )


def sex_column():
    return choice_column(
        "sex",
        _("Sex"),
        Sex.choices,
        {"female": ("nữ", "nu", "f", "gái", "female"), "male": ("nam", "m", "trai", "male")},
        synonyms=("Giới tính", "Giới", "Nam/nữ", "Nam, nữ", "Phái"),
        parts=SEX_TICKED,
        example="Nữ",
        note=EMPTY_KEEPS,
    )


def phone_column():
    return Column(
        name="phone",
        heading=_("Phone"),
        field=PhoneField(required=False),
        reads="code",
        width=10,
        synonyms=("Điện thoại", "Số điện thoại", "SĐT", "Số ĐT", "Di động", "Liên hệ"),
        example="0912 345 678",
        note=EMPTY_KEEPS,
    )


def from_column(note, *, example="11/07/2025"):
    return Column(
        name="from_on",
        heading=_("From"),
        field=DayField(required=False),
        reads="day",
        synonyms=("Từ ngày", "Từ", "Ngày bắt đầu", "Bắt đầu từ", "Tham gia từ", "Hiệu lực từ"),
        note=note,
        example=example,
    )


def to_column():
    return Column(
        name="to_on",
        heading=_("To"),
        field=DayField(required=False),
        reads="day",
        synonyms=("Đến ngày", "Đến", "Ngày kết thúc", "Kết thúc", "Thôi tham gia", "Hết hiệu lực"),
        note=_("The last day. Empty: still so."),
    )


def text_column(name, heading, *, longest, required=False, **options):
    """Return a column for one line of text."""
    return Column(
        name=name,
        heading=heading,
        field=LineField(max_length=longest, required=required),
        **options,
    )
