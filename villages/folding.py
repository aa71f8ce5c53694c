"""Text as the database sorts it for people: without case and accents, the same on each database.

Databases sort «Đinh» after «Vàng» and «Á» after «Z» unless they are told which language this is,
and each tells it otherwise. ``order_by("full_name__folded")`` needs no setting.
"""

import unicodedata

from django.db.backends.signals import connection_created
from django.db.models import CharField, TextField, Transform

from villages.text import fold

NAME = "portal_fold"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
VOWELS = {"a": "aăâ", "e": "eê", "i": "i", "o": "oôơ", "u": "uư", "y": "y"}


def _letters():
    """Return the accented letters of Vietnamese, and the plain ones that stand for them."""
    found = {"đ": "d", "Đ": "d"}
    for plain, vowels in VOWELS.items():
        for vowel in vowels + vowels.upper():
            for tone in TONES:
                found[unicodedata.normalize("NFC", vowel + tone)] = plain
    found = {letter: plain for letter, plain in found.items() if not letter.isascii()}
    return "".join(found), "".join(found.values())


ACCENTED, PLAIN = _letters()


class Folded(Transform):
    """A text folded like ``villages.text.fold``, as far as sorting needs it."""

    lookup_name = "folded"
    function = NAME
    output_field = CharField()

    def as_postgresql(self, compiler, connection, **options):
        template = f"LOWER(TRANSLATE(%(expressions)s, '{ACCENTED}', '{PLAIN}')) COLLATE \"C\""
        return self.as_sql(compiler, connection, template=template, **options)


def register():
    """Let text be sorted folded, on every connection from now on."""
    for field in (CharField, TextField):
        field.register_lookup(Folded)
    connection_created.connect(_teach, dispatch_uid=NAME)


def _teach(sender, connection, **said):
    if connection.vendor == "sqlite":
        connection.connection.create_function(NAME, 1, _fold, deterministic=True)


def _fold(text):
    return None if text is None else fold(text)
