"""What a row of a list says when what stands beside, above and on the sheet is taken along.

Names in two columns are joined, a village is taken from the sheet's name, blanks below a
household are filled, and rows that are no records are left out. All of it is counted, so that
a person can be told.
"""

from villages.importing.cells import is_no_tick, is_tick
from villages.importing.headings import choices_of, holder_of, parts_of, words_for
from villages.importing.not_records import HeadingsAgain, NotRecords

# Stands in a matching where others have the column of the file.
SHEET = "sheet"
PLACES = {SHEET: -1}


def place_of(index):
    """Return the column of the file, from 0; -1 for the name of the sheet."""
    return PLACES[index] if index in PLACES else int(index)


def places_of(matching, columns):
    """Return {column of the list: columns of the file that say it}, beginnings first."""
    by_name = {}
    for index, name in sorted(matching.items(), key=lambda pair: place_of(pair[0])):
        by_name.setdefault(name, []).append(place_of(index))
    found = {}
    for column in columns:
        holder = holder_of(column, by_name)
        begins = [i for part in column.parts if part.joins for i in by_name.get(part.name, ())]
        for name in (column.name, *(part.name for part in column.parts if part.is_enough)):
            if name in by_name and not (column.name in found and name in _ticked_in(column)):
                found[name] = [*begins, *by_name[name]] if name == holder else by_name[name]
    return found


def names_said(kind, matching, columns):
    """Return the names of the list's columns that a row of such a file can say, in order."""
    return _names_in_the_end(kind, places_of(matching, columns), columns)[0]


class Gatherer:
    """Goes through the rows of a run, in their order, and says what each of them says."""

    def __init__(self, run, kind, columns, request):
        columns = list(columns)
        places = {
            name: [i for i in found if str(i) not in run.left_out]
            for name, found in places_of(run.matching, columns).items()
        }
        self._places = {name: found for name, found in places.items() if found}
        self.names, self._completer = _names_in_the_end(kind, self._places, columns)
        self._sheet = _said_by_the_sheet(self._places, columns, request, run.sheet)
        self._joined = [
            (place, found) for place, found in enumerate(self._places.values()) if len(found) > 1
        ]
        self._first = [found[0] for found in self._places.values()]
        self._ticks = _ticks_of(self._places, columns)
        self._filled, self._left_out = 0, {int(index) for index in run.left_out}
        self._not_records = self._not_records_of(columns)
        self._again = self._headings_again_of(columns)

    def cells(self, number, raw):
        """Return the row's raw cells, one for each of ``names``; ``None`` for no record."""
        if self._left_out:
            raw = [None if i in self._left_out else cell for i, cell in enumerate(raw)]
        if self._again.is_one(number, raw):
            # On the next page a household goes on.
            return None
        if self._not_records.is_one(number, raw):
            if self._completer:
                self._completer.begin()
            return None
        width = len(raw)
        cells = [self._sheet if i < 0 else raw[i] if i < width else None for i in self._first]
        for place, found in self._joined:
            cells[place] = joined_text([raw[i] if i < width else None for i in found])
        if self._completer is None and not self._ticks:
            return cells
        said = dict(zip(self._places, cells, strict=True))
        for name, parts in self._ticks.items():
            said[name] = _said_by_ticks([(said.pop(part), says) for part, says in parts.items()])
        if self._completer is not None:
            self._filled += self._completer.complete(said)
        return [said.get(name) for name in self.names]

    @property
    def noticed(self):
        """What a person should be told: rows filled from above, rows that are no records."""
        found = {"filled": self._filled} if self._filled else {}
        if self._not_records.count:
            found["no_records"] = self._not_records.count
            found["first_no_records"] = self._not_records.first
        if self._again.count:
            found["headings_again"] = self._again.count
            found["first_headings_again"] = self._again.first
        return found

    def _headings_again_of(self, columns):
        words, choices = {}, {}
        for column in columns:
            names = [each.name for each in (column, *column.parts)]
            places = {i for name in names for i in self._places.get(name, ()) if i >= 0}
            is_ticked = not _ticked_in(column).keys().isdisjoint(self._places)
            words |= dict.fromkeys(places, words_for(column))
            choices |= dict.fromkeys(places, set() if is_ticked else choices_of(column))
        return HeadingsAgain(words, choices)

    def _not_records_of(self, columns):
        fills = getattr(self._completer, "fills", ())
        needed, names, days = [], [], []
        for column in columns:
            holder = holder_of(column, self._places)
            own = [i for i in self._places.get(holder, ()) if i >= 0]
            # Of several parts a record fills one.
            is_one_place = len(parts_of(column, self._places)) < 2
            if column.is_required and is_one_place and column.name not in fills:
                needed += own[-1:]
            if column.parts:
                names += own
            if column.reads == "day":
                days += own
        return NotRecords(needed=needed, names=names, days=days)


def _names_in_the_end(kind, places, columns):
    """Return (names of the columns a row says, what completes it or ``None``)."""
    ticked = {part: name for name, parts in _ticks_of(places, columns).items() for part in parts}
    names = tuple(dict.fromkeys(ticked.get(name, name) for name in places))
    completer = kind.completer(names)
    if completer is None:
        return names, None
    return tuple(c.name for c in columns if c.name in completer.names), completer


def _ticked_in(column):
    """Return {part: what a tick there says} of a column."""
    return {part.name: part.says for part in column.parts if part.says}


def _ticks_of(places, columns):
    """Return {column: {part: what a tick there says}} of what a file has to be ticked."""
    found = {}
    for column in columns:
        parts = {name: says for name, says in _ticked_in(column).items() if name in places}
        if parts:
            found[column.name] = parts
    return found


def _said_by_ticks(marks):
    """Return what is ticked of several; what is no tick is said as it stands, to be refused."""
    found = [says if is_tick(mark) else mark for mark, says in marks if not is_no_tick(mark)]
    return found[0] if len(found) == 1 else " / ".join(map(str, found)) or None


def _said_by_the_sheet(places, columns, request, sheet):
    said = next((name for name, found in places.items() if found[0] < 0), None)
    column = next((column for column in columns if column.name == said), None)
    if column is None or column.of_sheet is None:
        return sheet
    return column.of_sheet(request, sheet) or sheet


def joined_text(cells):
    """Return a name that stands in several cells; without its last part it is no name."""
    if cells[-1] is None or not str(cells[-1]).strip():
        return None
    return " ".join(text for cell in cells if cell is not None and (text := str(cell).strip()))
