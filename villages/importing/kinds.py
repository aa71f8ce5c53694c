"""What a list is that can be brought in: its columns, how it is planned and written.

Each floor registers its own lists; the engine knows none of them.
"""

from dataclasses import dataclass, field

from django import forms

from villages.answers import may_change_shared
from villages.models import ImportRow

Outcome = ImportRow.Outcome


@dataclass(frozen=True)
class Part:
    """A column of a file that says something of a column of the list in another way.

    A part that ``joins`` is the beginning of what the column says, such as family names where
    only given names stand under «Tên»; there may be several. One that ``is_enough`` stands for
    the whole column: the list's ``completer`` makes of it what the column would say. Of several
    such parts a row fills one; ``below`` is what a second row of headings calls it, under that
    of the column. A part that ``says`` something is ticked: that is what the column says then.
    """

    name: str
    heading: str
    synonyms: tuple = ()
    joins: bool = False
    is_enough: bool = False
    below: str = ""
    says: str = ""


@dataclass(frozen=True)
class Column:
    """One column of a list.

    ``field`` is the field of the form on screen: what a person may not type, a cell may not
    hold either. ``reads`` says how a cell becomes the text the field is given: ``text``,
    ``code`` (leading zeros matter, up to ``width`` digits), ``year``, ``day``, ``time``,
    ``number``, ``choice`` or ``yes_no``. ``choices`` are (value, label, other words…).
    ``parts`` are other columns a file may have instead. ``of_sheet(request, name)`` returns
    what the name of a sheet says for all its rows, or an empty text.
    """

    name: str
    heading: str
    field: forms.Field
    reads: str = "text"
    synonyms: tuple = ()
    note: str = ""
    example: str = ""
    choices: tuple = ()
    width: int = 0
    parts: tuple = ()
    of_sheet: object = None

    @property
    def is_required(self):
        return self.field.required


class Row:
    """One row of a list on its way: ``values`` are cleaned, by column name.

    A column that the file does not have is absent from ``values``: «not said», which must
    never wipe out what is known. An empty cell is there, as the field's empty value.
    ``record`` is the kind's own, from ``plan`` to ``write``.
    """

    # Fifty thousand of them are in memory at once: what most never need is made when asked for.
    __slots__ = (
        "_candidates", "_changes", "_errors", "_read_as", "cleared", "number", "outcome", "record",
        "values",
    )  # fmt: skip

    def __init__(self, number, values=None):
        self.number = number
        self.values = {} if values is None else values
        self.outcome, self.record = "", None
        self._errors = self._changes = self._candidates = self._read_as = None
        # Columns whose cell says «(xóa)»; their value is the empty one.
        self.cleared = frozenset()

    @property
    def errors(self):
        """{column, or an empty text: what is wrong, in words}."""
        if self._errors is None:
            self._errors = {}
        return self._errors

    @property
    def changes(self):
        """Each a heading, what stood there, what will stand there."""
        if self._changes is None:
            self._changes = []
        return self._changes

    @changes.setter
    def changes(self, changes):
        self._changes = changes

    @property
    def candidates(self):
        """Each a key, and who it may be in words."""
        if self._candidates is None:
            self._candidates = []
        return self._candidates

    @candidates.setter
    def candidates(self, candidates):
        self._candidates = candidates

    @property
    def is_wrong(self):
        """Whether anything of it was refused."""
        return bool(self._errors)

    def is_read_as(self, column, words):
        """Note that a cell means something else than is written there; the preview says so."""
        self._read_as = {**(self._read_as or {}), column: words}

    @property
    def read_as(self):
        """{column: what is understood, in words}; most often empty."""
        return self._read_as or {}

    def refuse(self, message, column=""):
        """Note what is wrong, beside the column it is about."""
        self.errors.setdefault(column, str(message))
        self.outcome = Outcome.WRONG

    def said(self, name):
        """Return what the row says, or ``None`` where its file has no such column."""
        return self.values.get(name)


@dataclass(frozen=True)
class Request:
    """For whom a list is planned or written: ``user`` for ``commune``, with ``options``.

    ``decisions`` maps row numbers to "new", "skip" or the key of a candidate.
    ``moved(done)`` may be called to say how many rows are behind us.
    """

    commune: object
    user: object
    options: dict = field(default_factory=dict)
    decisions: dict = field(default_factory=dict)
    moved: object = staticmethod(lambda done: None)


class ImportKind:
    """One list a commune keeps. Subclasses fill in the texts and three methods."""

    code = ""
    title = ""
    description = ""
    # Where the list stands among the others: what must be there first comes first.
    position = 0
    # The page that shows the records: a URL name.
    list_url = ""
    # Columns that «(xóa)» empties, by the names they have in the records as well. All others
    # refuse it: nothing that must be there, or that a row is found by, is emptied by a list.
    clears = ()
    # Whether all communes of the installation share what it brings, such as courses.
    is_shared = False
    # A form of what the file itself does not say, called with ``user=`` and ``commune=``;
    # its ``as_options()`` gives JSON.
    options_form = None

    def may_be_brought_in_by(self, user):
        """Whether somebody who keeps the records of a commune may bring in this list."""
        return not self.is_shared or may_change_shared(user)

    def columns(self, request):
        """Return the columns of the list, in the order of its template."""
        raise NotImplementedError

    def examples(self, request):
        """Return some rows as a commune would fill them in: mappings of column to text."""
        return [{column.name: column.example for column in self.columns(request)}]

    def match_further(self, matching, headings, rows):
        """Return a matching by headings, mended by what stands in the first rows below."""
        return matching

    def completer(self, names):
        """Return what completes each row from those above it, or ``None``.

        ``names`` are the columns and parts that the file has. A completer has ``names``, those
        of the columns that a row says in the end, and ``complete(said)``, which mends a row's
        raw cells in place and returns whether one was taken from a row above. ``begin()`` says
        that nothing goes on from above.
        """

    def plan(self, rows, request):
        """Give every row an outcome, or refuse it, and write nothing.

        ``rows`` are those whose cells are right, in the file's order. To an uncertain row
        belong ``candidates``, (key, words) pairs.
        """
        raise NotImplementedError

    def also_makes(self, rows):
        """Return sentences about what planned rows bring along that no row is about."""
        return []

    def write(self, rows, request, journal):
        """Write the rows that are new or changed, through the journal alone."""
        raise NotImplementedError

    def obstacles(self, entries):
        """Return [what, why] of what stands on a list's rows without pointing at them.

        ``entries`` are the journal's; asked before the list is taken back.
        """
        return []


_kinds = {}


def register(kind):
    """Let a list be brought in."""
    _kinds[kind.code] = kind
    return kind


def all_kinds():
    """Return every list, in order."""
    return sorted(_kinds.values(), key=lambda kind: (kind.position, kind.code))


def kind_of(code):
    """Return the list of a code, or ``None``."""
    return _kinds.get(code)
