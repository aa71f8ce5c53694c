"""Passwords that many people in Vietnam would guess first."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

COMMON = {
    "anhyeuem",
    "emyeuanh",
    "matkhau",
    "xinchao",
    "vietnam",
    "khongbiet",
    "hanoi",
    "laichau",
    "muongkim",
    "thanuyen",
    "congnghe",
    "chuyendoiso",
    "binhdanhocvuso",
    "tocongnghe",
    "quantri",
    "matkhau123",
    "vnptvnpt",
    "viettel",
    "mobifone",
    "hochiminh",
    "toiyeuvietnam",
}


class CommonVietnamesePasswordValidator:
    """Refuse a common Vietnamese word, with or without digits and signs around it."""

    def validate(self, password, user=None):
        letters = "".join(sign for sign in password.lower() if sign.isalpha())
        if letters in COMMON or any(letters == word * 2 for word in COMMON):
            raise ValidationError(
                _("This password is one of the first that would be guessed."),
                code="password_too_common",
            )

    def get_help_text(self):
        return _("The password cannot be a common Vietnamese word with a few digits.")
