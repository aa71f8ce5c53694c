"""A list brought in without any workbook: rows of texts, planned and written in one go."""

from django.db import transaction
from django.utils import timezone

from portal.testing.importing import read_row
from villages.importing.journal import Journal
from villages.importing.kinds import Outcome, Request, kind_of
from villages.models import ImportProgress, ImportRun


class ListDesk:
    """Somebody who brings lists of one kind into a commune.

    Cells are what the columns' fields are given, and of choices any way to write them.
    ``run`` is what was brought in last, ready to be undone.
    """

    def __init__(self, code, *, commune, user, **options):
        self.kind = kind_of(code)
        self.commune, self.user, self.options = commune, user, options
        self.run = None

    def plan(self, *said, decisions=None):
        """Return the planned rows of these mappings of column to text, from row 2 on."""
        request = self.request(decisions)
        columns = {column.name: column for column in self.kind.columns(request)}
        rows = [read_row(number, cells, columns) for number, cells in enumerate(said, start=2)]
        self.kind.plan([row for row in rows if not row.errors], request)
        assert all(row.outcome for row in rows), "a row was given no outcome"
        return rows

    def bring(self, *said, decisions=None):
        """Plan and write these rows, all of which must be right; return them."""
        rows = self.plan(*said, decisions=decisions)
        wrong = [(row.number, row.errors) for row in rows if row.errors]
        assert not wrong, wrong
        to_write = [row for row in rows if row.outcome in (Outcome.NEW, Outcome.CHANGED)]
        journal, self.run = Journal(), self._run()
        with transaction.atomic():
            self.kind.write(to_write, self.request(decisions), journal)
            journal.finish(self.run)
        return rows

    def request(self, decisions=None):
        return Request(
            commune=self.commune, user=self.user, options=self.options, decisions=decisions or {}
        )

    def _run(self):
        run = ImportRun.objects.create(
            commune=self.commune, kind=self.kind.code, file_name="danh-sach.xlsx", source=b"",
            source_size=0, uploaded_by=self.user, status="applied", applied_by=self.user,
            applied_at=timezone.now(),
        )  # fmt: skip
        ImportProgress.objects.create(run=run)
        return run


def outcomes(rows):
    """Return the outcomes of rows, in order."""
    return [str(row.outcome) for row in rows]
