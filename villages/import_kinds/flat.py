"""Lists whose rows are records of their own: each found again by its key, compared, written."""

from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from villages.importing.kinds import ImportKind, Outcome

NEW, SKIP = "new", "skip"


@dataclass
class Planned:
    """What a row will become: a new record, or other values of a stored one."""

    stored: object = None
    values: dict = field(default_factory=dict)


class FlatList(ImportKind):
    """A list with one record for each row.

    ``values`` are attributes of the model. An empty cell, like a column that is missing,
    leaves what is known as it is; «(xóa)» empties it.
    """

    def open_book(self, request):
        """Return all that planning looks up, read once; ``known`` maps keys to records."""
        raise NotImplementedError

    def look_through(self, rows, book):
        """Note what all rows together must say before one is matched."""

    def read(self, row, book):
        """Return (key, {attribute: value}) of a row; refuse the row where it contradicts."""
        raise NotImplementedError

    def match(self, row, key, values, book):
        """Return the stored record a row is about, or ``None``; may ask a person instead."""
        return book.known.get(key)

    def plan(self, rows, request):
        book = self.open_book(request)
        self.look_through(rows, book)
        headings = {column.name: str(column.heading) for column in self.columns(request)}
        words = {column.name: choice_words(column) for column in self.columns(request)}
        first_of, row_of = {}, {}
        for done, row in enumerate(rows, start=1):
            read = self.read(row, book)
            if row.outcome != Outcome.WRONG and not is_repeated(row, first_of, *read):
                key, values = read
                stored = self.match(row, key, values, book)
                if stored is not None and not row.outcome:
                    refuse_second(row, row_of, stored)
                if not row.outcome:
                    self.compare(row, stored, values, headings, words)
            request.moved(done)
        self.check_together([row for row in rows if row.record is not None], book)

    def compare(self, row, stored, values, headings, words):
        """Say what a row changes of its record."""
        row.record = Planned(stored, values)
        if stored is None:
            row.outcome = Outcome.NEW
            return
        row.record.values = {}
        said = {name: value for name, value in values.items() if is_said(value)}
        for name, value in (said | emptied_in(row, stored)).items():
            before = getattr(stored, name)
            if value != before:
                row.record.values[name] = value
                labels = words.get(name, {})
                row.changes.append(
                    [headings.get(name, name), shown(before, labels), shown(value, labels)]
                )
        row.outcome = Outcome.CHANGED if row.changes else Outcome.SAME

    def check_together(self, rows, book):
        """Refuse rows that contradict each other or what is stored."""


def is_repeated(row, first_of, key, said):
    """Whether an earlier row of the file is about the same; a differing one is refused.

    ``said`` is what the row means: two ways to write it are no difference.
    """
    meaning = _meaning_of(said), row.cleared
    first, meant_first = first_of.setdefault(key, (row, meaning))
    if first is row:
        return False
    if meant_first == meaning:
        row.outcome = Outcome.SKIPPED
        row.changes = [[_("Left out"), "", _("The same as row %(row)s.") % {"row": first.number}]]
    else:
        row.refuse(_("Row %(row)s says otherwise about the same.") % {"row": first.number})
    return True


def _meaning_of(said):
    """Return a number for what a row means: fifty thousand copies would fill the memory."""
    try:
        return hash(frozenset(said.items()))
    except TypeError:
        return dict(said)


def refuse_second(row, row_of, stored):
    """Refuse a row about a stored record that an earlier row is about already."""
    first = row_of.setdefault(stored.pk, row)
    if first is not row:
        row.refuse(_("Row %(row)s says otherwise about the same.") % {"row": first.number})


def ask(row, request, candidates):
    """Have a person decide who or what a row means; return the decision, if there is one.

    ``candidates`` are (key, words). Returns "new", a candidate's key, or ``None`` when the
    row waits or is left out.
    """
    row.candidates = [[str(key), words] for key, words in candidates]
    decided = request.decisions.get(row.number) or request.decisions.get(str(row.number))
    if decided == SKIP:
        row.outcome = Outcome.SKIPPED
        return None
    if decided == NEW or decided in {str(key) for key, _words in candidates}:
        return decided
    row.outcome = Outcome.UNCERTAIN
    return None


def is_said(value):
    """Whether a cell says something."""
    return value is not None and value != ""


def said_in(row, *names, **renamed):
    """Return {attribute: value} of the columns in which the row says something.

    ``renamed`` are attributes under other names: attribute="column".
    """
    pairs = [(name, row.said(name)) for name in names]
    pairs += [(attribute, row.said(name)) for attribute, name in renamed.items()]
    return {attribute: value for attribute, value in pairs if is_said(value)}


def emptied_in(row, stored):
    """Return {attribute: its empty value} of the columns in which the row says «(xóa)»."""
    if stored is None:
        return {}
    fields = {name: stored._meta.get_field(name) for name in sorted(row.cleared)}
    return {name: None if field.null else "" for name, field in fields.items()}


def choice_words(column):
    """Return {value: label} of a column with choices."""
    return {choice[0]: str(choice[1]) for choice in column.choices}


def shown(value, labels=None):
    """Return a value as a person reads it."""
    if value is None or value == "":
        return "–"
    if labels and value in labels:
        return labels[value]
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    return str(value)
