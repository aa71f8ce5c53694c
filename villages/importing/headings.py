"""Which row of a sheet names its columns, and which column each name means."""

import re
from functools import lru_cache

from django.utils import translation

from villages.importing.cells import is_no_tick, is_tick
from villages.text import clean_text, fold

BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
WORD = re.compile(r"\w+")
FAMILY = re.compile(r"\b(?:họ|ho)\b")
# The column we add to a workbook that comes back for mending.
MISTAKES = "Lỗi"
LONGEST = 200


def find_heading_row(rows, columns):
    """Return the row, from 0, whose cells name the most columns.

    Of two rows that name the same the lower one: headings may be two rows high. When no row
    names any, the first row with the most filled cells.
    """
    best, named = 0, {}
    for index, row in enumerate(rows):
        found = match_headings(row, columns)
        if len(found) > len(named) or (found and found == named and index == best + 1):
            best, named = index, found
    if named:
        return best
    filled = [sum(_is_word(cell) for cell in row) for row in rows]
    return filled.index(max(filled)) if filled else 0


def match_headings(headings, columns):
    """Return {column of the file, from 0: name of the list's column, or of a part of one}.

    Upper case, accents, punctuation and what stands in brackets do not matter. No column is
    taken twice, the first one of the file wins; unknown headings are left out.
    """
    parts = [part for column in columns for part in column.parts]
    several = {part.name for part in parts if part.joins}
    known = {}
    # What a name says in full comes before what another says without its brackets. «Họ» and
    # «Hộ» differ by their accents alone.
    for reading in (_accented, _plain, _bare):
        for column in (*columns, *parts):
            for words in (*_in_both_languages(column.heading), *column.synonyms, column.name):
                known.setdefault(reading(str(words)), column.name)
    known.pop("", None)
    known.setdefault(_bare(MISTAKES), None)
    found, taken = {}, set()
    for read in (_accented, _plain, _bare):
        for index, heading in enumerate(headings):
            if index in found or not _is_word(heading):
                continue
            name = known.get(read(heading))
            if name and (name not in taken or name in several):
                found[index] = name
                taken.add(name)
    _leave_out_beginnings(found, headings, columns)
    return dict(sorted(found.items()))


def match_beside(found, heading_row, head, columns):
    """Return a matching where a name under one heading stands in two columns.

    Below a heading that is merged over two columns, or beside one without a heading, «Lò Văn»
    and «Mẫu» are one name.
    """
    for column in columns:
        beginning = next((part.name for part in column.parts if part.joins), None)
        holder = holder_of(column, found.values())
        if beginning is None or holder is None or beginning in found.values():
            continue
        index = next(index for index, name in found.items() if name == holder)
        if index + 1 not in found and _goes_on_beside(head, heading_row, index):
            found = {**found, index: beginning, index + 1: holder}
    return dict(sorted(found.items()))


def match_below(found, heading_row, head, columns):
    """Return a matching where the row below the headings divides a column into its parts.

    «Năm sinh» over «Nam» and «Nữ»: of each person one of them is filled.
    """
    row = head.rows[heading_row + 1] if heading_row + 1 < len(head.rows) else []
    for column in columns:
        parts = {_plain(part.below): part.name for part in column.parts if part.below}
        index = next((index for index, name in found.items() if name == column.name), None)
        if not parts or index is None:
            continue
        places = range(index, index + len(parts))
        said = [_plain(row[i]) for i in places if i < len(row) and _is_word(row[i])]
        if sorted(said) == sorted(parts) and not any(i in found for i in places[1:]):
            found = {**found, **dict(zip(places, (parts[word] for word in said), strict=True))}
    return dict(sorted(found.items()))


def match_ticked(found, heading_row, head, columns):
    """Return a matching where columns beside each other are ticked: «Nam» and «Nữ», or «Nữ»."""
    headings = head.rows[heading_row] if heading_row < len(head.rows) else []
    for column in columns:
        if holder_of(column, found.values()) is not None:
            continue
        parts = {_plain(part.below): part.name for part in column.parts if part.says}
        for index, heading in enumerate(headings if parts else ()):
            name = parts.get(_plain(heading)) if _is_word(heading) else None
            if name and index not in found and name not in found.values():
                below = [r[index] for r in head.rows[heading_row + 1 :] if index < len(r)]
                if any(map(is_tick, below)) and all(is_tick(c) or is_no_tick(c) for c in below):
                    found = {**found, index: name}
    return dict(sorted(found.items()))


def parts_of(column, names):
    """Return which of some names are parts that stand for a column, where it has none itself."""
    found = [part.name for part in column.parts if part.is_enough and part.name in names]
    return [] if column.name in names else found


def holder_of(column, names):
    """Return which of some names holds what a column says: its own, or that of a part."""
    names = set(names)
    enough = (part.name for part in column.parts if part.is_enough)
    return next((name for name in (column.name, *enough) if name in names), None)


def headings_of_two(column, holder):
    """Return the headings by which a name in two columns is known again, the beginning first."""
    beginning = next(part for part in column.parts if part.joins)
    held = next((part for part in column.parts if part.name == holder), column)
    alone = [word for word in held.synonyms if not FAMILY.search(word.casefold())]
    return beginning.synonyms[0], min(alone, key=len)


def _leave_out_beginnings(found, headings, columns):
    """Leave out beginnings of what is said in full or not at all: «Họ» beside «Họ và tên»."""
    for column in columns:
        beginnings = {part.name for part in column.parts if part.joins}
        holder = holder_of(column, found.values())
        whole = next((headings[i] for i, name in found.items() if name == holder), "họ")
        if FAMILY.search(whole.casefold()):
            for index in [index for index, name in found.items() if name in beginnings]:
                del found[index]


def _goes_on_beside(head, heading_row, index):
    row = head.rows[heading_row]
    if index + 1 < len(row) and row[index + 1] is not None:
        return False
    pairs = [
        (below[index], below[index + 1])
        for below in head.rows[heading_row + 1 :]
        if len(below) > index + 1 and _is_word(below[index])
    ]
    beside = [after for _before, after in pairs if _is_word(after)]
    if any(
        left == index and right == index + 1 and top <= heading_row <= bottom
        for (top, left), (bottom, right) in head.merged
    ):
        return bool(beside)
    # Without that, only where it reads like given names: words, different ones, beside short
    # beginnings.
    short = [before for before, _after in pairs if len(before.split()) <= 2]
    return (
        len({fold(after) for after in beside if len(after.split()) == 1}) > 2
        and 2 * len(beside) > len(pairs)
        and 2 * len(short) > len(pairs)
    )


def words_for(column):
    """Return all that names a column of a list or a part of it, as ``words_in`` gives it."""
    names = [part.below for part in column.parts]
    for each in (column, *column.parts):
        names += (*_in_both_languages(each.heading), *each.synonyms, each.name)
    return {reading(str(words)) for words in names for reading in (_plain, _bare)} - {""}


def choices_of(column):
    """Return the words of a column's choices, as ``words_in`` gives them."""
    return {_plain(str(words)) for choice in column.choices for words in choice}


@lru_cache(2048)
def words_in(text):
    """Return the letters and digits of a cell without accents and case."""
    return _plain(text)


def is_mistakes_heading(heading):
    """Whether this is the heading of the column that we add."""
    return isinstance(heading, str) and _bare(heading) == _bare(MISTAKES)


def _in_both_languages(words):
    """Return the words of the page, and those of the templates, which are Vietnamese."""
    here = str(words)
    with translation.override("vi"):
        return here, str(words)


def _is_word(cell):
    return isinstance(cell, str) and any(sign.isalpha() for sign in cell)


def _accented(text):
    return "".join(WORD.findall(clean_text(text[:LONGEST]).casefold()))


def _plain(text):
    return "".join(WORD.findall(fold(text[:LONGEST])))


def _bare(text):
    return _plain(BRACKETS.sub(" ", text[:LONGEST]))
