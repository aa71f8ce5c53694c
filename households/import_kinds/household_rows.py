"""What a row of a commune's own list leaves unsaid: whose household it is, and who its head is.

Lists name a household once, above blank cells; they name the head beside each person, or tell
how each is related to the head; or they hold the heads alone.
"""

from functools import lru_cache
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

from villages.import_kinds.columns import NO_WORDS, YES_WORDS
from villages.importing.cells import NO, YES
from villages.importing.kinds import Part
from villages.importing.not_records import is_total
from villages.text import clean_text, fold

HEAD_NAME = Part(
    "head_name",
    _("Name of the household head"),
    synonyms=(
        "Họ tên chủ hộ", "Họ và tên chủ hộ", "Tên chủ hộ", "Họ, tên chủ hộ", "Chủ hộ (họ tên)",
        "Chủ hộ (họ và tên)", "Họ tên chủ hộ gia đình", "Họ và tên chủ hộ gia đình",
        "Đại diện hộ", "Chủ hộ gia đình",
    ),
    is_enough=True,
)  # fmt: skip
BORN_MEN = Part(
    "born_men",
    _("Birth year of men"),
    synonyms=("Năm sinh nam", "Năm sinh (Nam)", "Năm sinh: Nam", "Nam sinh năm"),
    is_enough=True,
    below="Nam",
)
BORN_WOMEN = Part(
    "born_women",
    _("Birth year of women"),
    synonyms=("Năm sinh nữ", "Năm sinh (Nữ)", "Năm sinh: Nữ", "Nữ sinh năm"),
    is_enough=True,
    below="Nữ",
)
BORN = (BORN_MEN, BORN_WOMEN)
RUNNING_NUMBERS = ("stt", "tt", "so tt", "so thu tu", "s tt")
KINSHIP = ("quan he", "qh ")
HEAD_WORDS = {"chu ho", "ch", *(fold(word) for word in (*YES_WORDS, *YES))}
KNOWN_WORDS = HEAD_WORDS | {fold(word) for word in (*NO_WORDS, *NO)}
# «Con trai thứ hai», «Vợ hai»: whoever is told like this is not the head.
RELATIVES = {
    "vợ", "chồng", "con", "cháu", "chắt", "bố", "mẹ", "cha", "ông", "bà", "anh", "chị", "em", "cô",
    "dì", "chú", "bác", "cậu", "mợ", "thím", "dượng", "dâu", "rể", "người",
}  # fmt: skip
# Without accents «Võ», «Bá» and «Chu» would be among them: families' names.
RELATIVES_BARE = {
    "chong", "con", "chau", "chat", "bo", "me", "cha", "anh", "chi", "em", "di", "cau", "thim",
    "nguoi",
}  # fmt: skip
LEAST_FILLED = 3
# More of a cell than a name or a kinship has is not compared.
LONGEST = 200


class HouseholdRows:
    """Completes each row from those above it; see ``ImportKind.completer``."""

    fills = ("village", "household")

    def __init__(self, names):
        self.names = set(names) - {HEAD_NAME.name, *(part.name for part in BORN)}
        self._born = [part for part in BORN if part.name in names]
        if self._born:
            self.names |= {"birth_year", "sex"}
        self._has_names = "full_name" in self.names
        if HEAD_NAME.name in names:
            self.names |= {"full_name", "is_head"}
        self.begin()

    def begin(self):
        self._village = self._household = None
        self._of = None
        self._head, self._has_head = "", False

    def complete(self, said):
        self._take_birth_year(said)
        head = self._head_named_by(said)
        is_head = _folded(_text(said.get("is_head"))) in HEAD_WORDS or _is_named(head, said)
        filled = self._fill(said, head, is_head)
        self._note_household(said)
        self._head = head or self._head
        if self._head and not _text(said.get("is_head")):
            if _is_named(self._head, said) and not self._has_head:
                said["is_head"], is_head = "yes", True
            elif head:
                said["is_head"] = "no"
        self._has_head |= is_head
        return filled

    def _take_birth_year(self, said):
        """Say year and sex of somebody whose year stands below «Nam» or below «Nữ»."""
        years = [(said.pop(part.name, None), part.below) for part in self._born]
        years = [(year, sex) for year, sex in years if _text(year)]
        if not years or _text(said.get("birth_year")):
            return
        if len(years) > 1:
            said["birth_year"] = " / ".join(_text(year) for year, _sex in years)
            return
        [(said["birth_year"], sex)] = years
        said["sex"] = said.get("sex") or sex

    def _head_named_by(self, said):
        """Return the folded name of the head that a row names, and take the name out of it."""
        head = _text(said.pop(HEAD_NAME.name, None))
        if not self._has_names:
            if head:
                said["full_name"] = head
                said["is_head"] = said.get("is_head") or "yes"
            return _folded(head)
        beside = _text(said.get("is_head"))
        # One word is a mark, or a kinship that the column knows.
        if " " in beside:
            if is_relative(beside):
                said["is_head"] = "no"
            elif is_name(beside):
                said["is_head"] = None
                head = head or beside
        return _folded(head)

    def _fill(self, said, head, is_head):
        """Take village and number from the row above where a row belongs to its household."""
        if "household" not in self.names or self._household is None:
            return False
        village, household = _text(said.get("village")), _text(said.get("household"))
        if village and _folded(village) != _folded(_text(self._village)):
            return False
        # Another head begins another household, whose number is missing.
        is_another = (is_head and self._has_head) or (head and self._head and head != self._head)
        if not household and is_another:
            return False
        is_filled = False
        if not household:
            said["household"], is_filled = self._household, True
        if not village and _text(self._village):
            said["village"], is_filled = self._village, True
        return is_filled

    def _note_household(self, said):
        village, household = said.get("village"), said.get("household")
        if not _text(household):
            self.begin()
            self._village = village
            return
        of = _folded(_text(village)), _text(household)
        if of != self._of:
            self._of, self._head, self._has_head = of, "", False
        self._village, self._household = village, household


def match_further(matching, headings, rows):
    """Return a matching where a list of heads alone, and numbers of households, are known."""
    found = dict(matching)
    places = {name: index for index, name in found.items()}
    if HEAD_NAME.name not in places and _holds_names(rows, places.get("is_head")):
        places[HEAD_NAME.name] = places.pop("is_head")
        found[places[HEAD_NAME.name]] = HEAD_NAME.name
        kinship = [
            index
            for index, heading in enumerate(headings)
            if index not in found and fold(_text(heading)).startswith(KINSHIP)
        ]
        found |= dict.fromkeys(kinship[:1], "is_head")
    if "household" not in places:
        counted = [
            index
            for index, heading in enumerate(headings)
            if index not in found and fold(_text(heading)).rstrip(".") in RUNNING_NUMBERS
        ]
        heads_alone = HEAD_NAME.name in places and "full_name" not in places
        if counted and (heads_alone or _numbers_households(rows, counted[0], found)):
            found[counted[0]] = "household"
    return found


def is_relative(text):
    """Whether a text tells how somebody is related to the head, in more words than are known."""
    text = text[:LONGEST]
    words = clean_text(text).casefold().replace(",", " ").split()
    if len(words) < 2 or fold(text) in KNOWN_WORDS:
        return False
    return words[0] in (RELATIVES_BARE if text.isascii() else RELATIVES)


def is_name(text):
    """Whether a text beside a person is the head's name rather than a mark."""
    folded = _folded(text)
    words = folded.split()
    return (
        len(words) > 1
        and folded not in KNOWN_WORDS
        and "chu ho" not in folded
        and all(word.replace("'", "").isalpha() for word in words)
        and not is_relative(text)
    )


def _holds_names(rows, index):
    if index is None:
        return False
    filled = [text for row in rows if index < len(row) and (text := _text(row[index]))]
    return bool(filled) and 2 * sum(map(is_name, filled)) > len(filled)


def _numbers_households(rows, index, found):
    """Whether running numbers are those of households: blank or repeated beside people."""
    numbers = [
        _text(row[index]) if index < len(row) else ""
        for row in rows
        if sum(i < len(row) and _text(row[i]) != "" for i in found) >= LEAST_FILLED
        and not any(is_total(_text(cell)) for cell in row)
    ]
    blank = numbers.count("")
    repeated = sum(a == b != "" for a, b in pairwise(numbers))
    return any(numbers) and numbers[0] != "" and blank + repeated > 0


def _is_named(head, said):
    return bool(head) and _folded(_text(said.get("full_name"))) == head


def _folded(text):
    return _folded_once(text[:LONGEST])


@lru_cache(2048)
def _folded_once(text):
    return fold(text)


def _text(cell):
    return "" if cell is None else str(cell).strip()
