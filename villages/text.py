"""How text is stored and how it is found again."""

import unicodedata

# Unicode's own limit for text in streams; no language puts as many marks on a letter.
MOST_MARKS = 30


def clean_text(text):
    """Return text in NFC, without NUL and other control signs but line breaks and tabs."""
    composed = unicodedata.normalize("NFC", _without_piles(text or ""))
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


def _without_piles(text):
    """Return text with at most 30 marks on a letter.

    Composing takes the square of a pile's height: one note of a megabyte would keep the
    server busy for hours.
    """
    if len(text) <= MOST_MARKS or text.isascii():
        return text
    kept, height = [], 0
    for sign in text:
        height = height + 1 if unicodedata.combining(sign) else 0
        if height <= MOST_MARKS:
            kept.append(sign)
    return "".join(kept)
