"""Vietnamese typed before Unicode: the signs of another letter show through.

Excel keeps the bytes of TCVN3 (ABC, fonts named .Vn…) and VNI as Latin letters: «Lß V¨n»
or «Loø Vaên» for «Lò Văn». Guessing them back would put wrong names into the records.
"""

import re

from django.utils.translation import gettext_lazy as _

# In TCVN3 these signs are vowels and đ; in a text they never stand within a word.
_SIGNS = "µ¸¶¹¨¾¼½ª¬\u00ad¡¢§£¤¥¦×÷"
_LETTER = r"[^\W\d_]"
# TCVN3 writes «đ» as ® and «Đ» as §: a word with the letter itself is Unicode.
_CONSONANTS = "bcdghklmnpqrstvxBCDGHKLMNPQRSTVX"
# Letters of other languages: TCVN3 when they are the only vowel of a word.
_FOREIGN = "ßäåæçëîïñöøûüþÆÇËÎÏÑÖØÜÞ"
# What a capital with an accent within a word may be in TCVN3, with what can follow it in a
# syllable: «TiÕn» is «Tiến». «VÀng», «BÌnh» and «TÒng» are none of these: Unicode, typed with
# Shift held too long.
_CAPITAL = (
    r"(?:[ÄÅÆÇËÎÏÐÑÖØÛÜÞ][a-z]*"
    r"|[ÈÉÊ](?:ng|[cmnptuy])|Ì(?:ng|[cmnopt])?|[ÒÓÔÕ](?:ch|nh|[mnptu])?|Ý(?:ch|nh|[amnptu])?"
    r"|(?<=[iIyY])[ÒÓÔÕ](?:ng|c))"
)
_TCVN3 = (
    rf"{_LETTER}[{_SIGNS}]|[{_SIGNS}]{_LETTER}{{2}}|{_LETTER}[«»]{_LETTER}"
    # A mark of trade stands behind a word, a dot between two.
    rf"|{_LETTER}?[©®]{_LETTER}|{_LETTER}·(?!{_LETTER})"
    # A capital with an accent in the middle of a word: «NguyÔn», «TrÇn».
    rf"|[a-z]{_CAPITAL}(?!{_LETTER})|\b[{_CONSONANTS}]+{_CAPITAL}(?<=[a-z])(?!{_LETTER})"
    rf"|\b[{_CONSONANTS}]+[{_FOREIGN}][{_CONSONANTS}]*\b"
)
# VNI writes the tone behind the vowel.
_VNI = (
    r"[aAeE][øùûõïàáãâêåäëéèúüæØÙÛÕÏÂÊÅÄË]|[oOuUyYöÖôÔ][øùûõïØÙÛÕÏ]|[oO][âäåÂÄÅ]"
    r"|\bñ|ñö|\bÑ[aeiouyöô]"
)
# UTF-8 that was opened as something else: «Nguyá»…n».
_TWICE = r"á»|áº|Ä[‘ƒ‚\u0083\u0090\u0091]|Æ[°¡]|Ã[\u0080-\u00bf¡-¿]"

_MOJIBAKE = re.compile(_TWICE)
_OLD = re.compile(f"(?P<vni>{_VNI})|(?P<tcvn3>{_TCVN3})")

CONVERT = _(
    "This is written in an old font (%(font)s), not in Unicode. Convert the list to Unicode, for "
    "instance with UniKey (Ctrl+Shift+F6), then upload it again."
)
OPENED_WRONGLY = _(
    "The letters were lost when the file was opened or saved. Save the list again from Excel as "
    "«Excel Workbook (.xlsx)», then upload it again."
)


def old_font_of(text):
    """Return "TCVN3 (ABC)", "VNI" or an empty text."""
    if text.isascii():
        return ""
    found = _OLD.search(text)
    if found is None:
        return ""
    return "VNI" if found["vni"] else "TCVN3 (ABC)"


def advice(text):
    """Return what to do about a text that is not Vietnamese in Unicode, or an empty text."""
    if text.isascii():
        return ""
    if _MOJIBAKE.search(text):
        return str(OPENED_WRONGLY)
    font = old_font_of(text)
    return CONVERT % {"font": font} if font else ""


def advice_on_headings(rows, heading_row, *, all_found):
    """Return what to do about a sheet whose headings are in an old font, or an empty text.

    Where a needed heading was not found (``all_found``), the rows around are looked at too:
    none of them may have been known for the headings.
    """
    row = rows[heading_row] if heading_row < len(rows) else []
    found = _advice_of(row)
    if not found and not all_found:
        around = _advice_of(cell for row in rows for cell in row)
        found = around if len(around) > 1 else []
    return found[0] if found else ""


def _advice_of(cells):
    return [words for cell in cells if isinstance(cell, str) and (words := advice(cell))]
