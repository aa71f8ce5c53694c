"""How text is stored and how it is found again."""

import unicodedata


def clean_text(text):
    """Return text in NFC, without NUL and other control signs but line breaks and tabs."""
    composed = unicodedata.normalize("NFC", text or "")
    return "".join(
        sign
        for sign in composed
        if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs"}
    ).strip()


def fold(text):
    """Return text without case, accents and doubled spaces: «Lò Thị Dương» -> «lo thi duong»."""
    lowered = clean_text(text).casefold().replace("đ", "d")
    decomposed = unicodedata.normalize("NFD", lowered)
    bare = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return " ".join(bare.split())
