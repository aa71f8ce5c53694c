"""From a workbook to a plan: what each row would do. Nothing here writes a record.

Every mistake is named by row and column in words; a person sees the first rows of each
outcome, and all that are wrong or to be decided.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from villages.importing import cells, sheets
from villages.importing.gathering import Gatherer, names_said
from villages.importing.kinds import Outcome, Request, Row, kind_of
from villages.models import ImportProgress, ImportRow
from villages.text import fold

SHOWN = 20
KEPT_IN_FULL = {Outcome.WRONG, Outcome.UNCERTAIN}
WRITTEN = (Outcome.NEW, Outcome.CHANGED)
# How many different cells of a column are remembered: villages, years and names repeat.
REMEMBERED = 4000
# How much of a cell is shown beside what is wrong with it.
LONGEST_CELL = 200
STEP = 500
# «(xóa)» or «(xoá)»: both ways to set the accent are in use.
CLEARING, CLEARED = "(xóa)", object()
FOLDED_CLEARING, LONGEST_CLEARING = "(xoa)", 16


@dataclass
class Plan:
    """What a list would do: right rows with their outcome, wrong ones with the reason."""

    rows: list
    wrong: list
    counts: dict = field(default_factory=dict)
    # What of the file was filled in or left out, to be told.
    noticed: dict = field(default_factory=dict)
    # What it brings along besides its rows, in sentences, such as a new school year.
    also_makes: list = field(default_factory=list)

    @property
    def total(self):
        return len(self.rows) + len(self.wrong)

    def to_write(self):
        """Return the rows that change a record."""
        return [row for row in self.rows if row.outcome in WRITTEN]

    def counts_without(self, numbers):
        """Return how many rows there are of each outcome, these rows left aside."""
        return Counter(
            row.outcome for row in (*self.rows, *self.wrong) if row.number not in numbers
        )


class Said(Mapping):
    """What a row says by column name: a third of the size of a dict, for there are many."""

    __slots__ = ("_cells", "_places")

    def __init__(self, places, cells):
        self._places, self._cells = places, cells

    def __getitem__(self, name):
        return self._cells[self._places[name]]

    def get(self, name, default=None):
        place = self._places.get(name)
        return default if place is None else self._cells[place]

    def __iter__(self):
        return iter(self._places)

    def __len__(self):
        return len(self._places)


class ColumnReader:
    """Cleans the cells of one column, each different one once."""

    def __init__(self, column, may_clear=False):
        self.column, self.may_clear = column, may_clear
        self._known = {}

    def read(self, raw):
        """Return (value or ``CLEARED``, what is wrong or an empty text)."""
        key = raw if type(raw) is str else (type(raw), raw)
        found = self._known.get(key)
        if found is None:
            try:
                found = (
                    (self._clear() if says_clear(raw) else cells.clean_cell(self.column, raw)),
                    "",
                )
            except ValidationError as refused:
                found = None, " ".join(refused.messages)
                _let_go(refused)
            if len(self._known) < REMEMBERED:
                self._known[key] = found
        return found

    def _clear(self):
        if self.column.is_required:
            raise ValidationError(
                _("«%(word)s»: this column must be filled in, so it cannot be emptied.")
                % {"word": CLEARING}
            )
        if not self.may_clear:
            raise ValidationError(
                _("«%(word)s»: this column cannot be emptied by a list. Change it on its page.")
                % {"word": CLEARING}
            )
        return CLEARED


def _let_go(refused):
    """Free a refusal: it points at itself, and so does each that it was made of.

    While a list is worked on nothing of the kind is collected, and with its traceback each
    wrong cell would keep as much memory as some rows.
    """
    while refused is not None:
        for each in getattr(refused, "error_list", ()):
            if each is not refused:
                _let_go(each)
        vars(refused).pop("error_list", None)
        refused = refused.with_traceback(None).__context__


def says_clear(raw):
    """Whether a cell asks for what is known to be emptied; an empty cell leaves it."""
    return (
        type(raw) is str
        and len(raw) < LONGEST_CLEARING
        and "(" in raw
        and fold(raw).replace(" ", "") == FOLDED_CLEARING
    )


def request_of(run, user, moved=lambda done: None):
    """Return for whom and with what decisions a run is planned or written."""
    return Request(
        commune=run.commune,
        user=user,
        options=run.options,
        decisions={int(number): choice for number, choice in run.decisions.items()},
        moved=moved,
    )


def plan_of(run, request, work=None):
    """Read the whole list and plan it."""
    return settle(kind_of(run.kind), read(run, request, work), request, work)


def read(run, request, work=None):
    """Read a run's rows and clean their cells; return (right rows, wrong rows, noticed)."""
    if work:
        work.begin(ImportProgress.Stage.READING, run.rows_total)
    kind = kind_of(run.kind)
    columns = {column.name: column for column in kind.columns(request)}
    gatherer = Gatherer(run, kind, columns.values(), request)
    readers = [(name, ColumnReader(columns[name], name in kind.clears)) for name in gatherer.names]
    places = {name: place for place, name in enumerate(gatherer.names)}
    right, wrong = [], []
    found = sheets.iter_rows(bytes(run.source), run.file_name, run.sheet, run.heading_row)
    for count, (number, raw) in enumerate(found, start=1):
        said = gatherer.cells(number, raw)
        if said is not None:
            row = _cleaned(number, said, readers, places)
            (wrong if row.is_wrong else right).append(row)
        if work and count % STEP == 0:
            work.moved(count)
    return right, wrong, gatherer.noticed


def _cleaned(number, said, readers, places):
    row, cells_read = Row(number), []
    for raw, (name, reader) in zip(said, readers, strict=True):
        value, mistake = reader.read(raw)
        if value is CLEARED:
            row.cleared |= {name}
            value = reader.read(None)[0]
        cells_read.append(value)
        if mistake:
            row.refuse(mistake, name)
    row.values = Said(places, tuple(cells_read))
    if row.is_wrong:
        # What stands in the file is shown again beside what is wrong with it.
        row.record = Said(places, tuple(map(shown, said)))
    return row


def settle(kind, rows, request, work=None):
    """Let the list's own rules give each right row its outcome; return the plan."""
    right, wrong, noticed = rows
    if work:
        work.begin(ImportProgress.Stage.CHECKING, len(right))
    kind.plan(right, request)
    undecided = next((row for row in right if not row.outcome), None)
    if undecided is not None:
        raise LookupError(f"The list {kind.code} gave row {undecided.number} no outcome.")
    plan = Plan(rows=right, wrong=wrong, noticed=noticed)
    plan.counts = {str(outcome): count for outcome, count in plan.counts_without(()).items()}
    # Before anything is written: afterwards nothing of it is new.
    plan.also_makes = [str(words) for words in kind.also_makes(plan.to_write())]
    return plan


def store_preview(run, plan, request):
    """Keep with the run what a person should look at: counts and example rows.

    A decided row goes on offering its candidates: somebody may think better of it.
    """
    offered = dict(run.rows.exclude(decision="").values_list("number", "candidates"))
    run.rows.all().delete()
    columns = list(kind_of(run.kind).columns(request))
    as_in_the_file = {row.number for row in plan.wrong}
    kept = _examples(run, plan, request, columns, as_in_the_file, offered)
    # A list whose every row is wrong is kept whole: in parts, or it fills the memory once more.
    while some := list(islice(kept, STEP)):
        ImportRow.objects.bulk_create(some)
    run.rows_total, run.counts = plan.total, plan.counts
    run.noticed = {**run.noticed, "rows": plan.noticed}
    if plan.also_makes:
        run.noticed["also_makes"] = plan.also_makes
    else:
        run.noticed.pop("also_makes", None)


def _examples(run, plan, request, columns, as_in_the_file, offered):
    """Yield what is kept of a plan's rows, in the order of the file."""
    taken = Counter()
    for row in sorted((*plan.rows, *plan.wrong), key=lambda row: row.number):
        in_full = row.outcome in KEPT_IN_FULL or row.number in request.decisions
        if not in_full and taken[row.outcome] >= SHOWN:
            continue
        if not in_full:
            taken[row.outcome] += 1
        if not row.candidates and row.number in offered:
            row.candidates = offered[row.number]
        decision = request.decisions.get(row.number, "")
        yield _as_example(run, row, columns, row.number in as_in_the_file, decision)


def columns_said(run, request):
    """Return the list's columns that the rows of a run say, in order."""
    kind = kind_of(run.kind)
    columns = list(kind.columns(request)) if kind else []
    said = set(names_said(kind, run.matching, columns)) if kind else ()
    return [column for column in columns if column.name in said]


def _as_example(run, row, columns, is_raw, decision):
    cells_shown = dict(row.record) if is_raw else _shown_values(row, columns)
    return ImportRow(
        run=run,
        number=row.number,
        outcome=row.outcome,
        cells=cells_shown,
        errors={name: str(message) for name, message in row.errors.items()},
        changes=[[str(part) for part in change] for change in row.changes],
        candidates=[[str(part) for part in candidate] for candidate in row.candidates],
        decision=decision,
    )


def _shown_values(row, columns):
    cells = {
        column.name: CLEARING
        if column.name in row.cleared
        else shown_value(column, row.values[column.name])
        for column in columns
        if column.name in row.values
    }
    return cells | row.read_as


def shown_value(column, value):
    """Return a cleaned value as a person reads it."""
    for choice in column.choices:
        if choice[0] == value and value not in (None, ""):
            return str(choice[1])
    return shown(value)


def shown(value):
    """Return what stands in a cell as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime) and (value.hour or value.minute):
        return f"{value:%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/}{value.year:04d}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return text.replace("\x00", "")[:LONGEST_CELL]
