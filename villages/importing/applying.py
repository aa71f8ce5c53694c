"""From a plan to records: read and planned anew, then written in one transaction, once."""

from collections import Counter

from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from villages.importing import planning
from villages.importing.error_books import forget_errors
from villages.importing.journal import Journal
from villages.importing.kinds import Outcome, kind_of
from villages.importing.progress import TakenOver
from villages.importing.tracing import trace_of
from villages.models import ImportProgress, ImportRun
from villages.planner import measure_tables

ATTEMPTS = 3


def apply(run, work):
    """Write a run's rows and note that it is applied; or send it back to its preview.

    What is written is planned within the transaction that writes it, so that nothing
    changes in between: whoever changed one of the records at the same moment makes the
    database refuse this transaction, and it begins anew.
    """
    # Not within the transaction: how far it is, is written to the same row from beside it.
    forget_errors(run)
    for attempt in range(1, ATTEMPTS + 1):
        request = planning.request_of(run, run.applied_by, work.moved)
        rows = planning.read(run, request, work)
        # Where nothing more can be shown before the commit, this stands there until then.
        work.begin(ImportProgress.Stage.WRITING)
        try:
            with transaction.atomic():
                _see_one_state_of_the_records()
                journal = _apply_within(run, rows, request, work)
        except TakenOver:
            return
        except DatabaseError:
            # Somebody wrote the same at this moment; seen anew, it is an ordinary difference.
            if attempt == ATTEMPTS:
                raise
        else:
            # After the commit: nobody waits for the locks this takes.
            measure_tables(journal.models_filled)
            return


def _apply_within(run, rows, request, work):
    locked = ImportRun.objects.select_for_update(of=("self",)).defer("source").get(pk=run.pk)
    if locked.status != ImportRun.Status.APPLYING or not work.is_mine():
        raise TakenOver
    kind = kind_of(run.kind)
    plan = planning.settle(kind, rows, request, work)
    journal = Journal()
    why_not = why_not_now(locked, plan)
    if not why_not:
        to_write = plan.to_write()
        work.begin(ImportProgress.Stage.WRITING, len(to_write))
        kind.write(to_write, request, journal)
        journal.finish(locked)
        locked.trace = trace_of(journal.entries)
        locked.status, locked.applied_at = ImportRun.Status.APPLIED, timezone.now()
    else:
        locked.status, locked.applied_by = ImportRun.Status.PLANNED, None
    locked.problem = why_not
    planning.store_preview(locked, plan, request)
    locked.save(
        update_fields=[
            "status", "problem", "applied_at", "applied_by", "counts", "rows_total", "noticed",
            "trace",
        ]
    )  # fmt: skip
    return journal


def why_not_now(run, plan):
    """Say why a plan is not what the person agreed to; an empty text when it is."""
    if not is_as_previewed(run, plan):
        return _(
            "The records have changed since this list was checked. Nothing was written. Here "
            "is what the list would do now: look at it and confirm again."
        )
    open_rows = plan.counts.get(Outcome.WRONG, 0) + plan.counts.get(Outcome.UNCERTAIN, 0)
    if open_rows and not run.only_right_rows:
        return _(
            "Some rows are wrong or not decided, so nothing was written. Mend them, or choose "
            "to bring in only the right rows."
        )
    return ""


def is_as_previewed(run, plan):
    """Whether a plan says of every row what its preview said, decided rows left aside."""
    decided = {int(number) for number in run.decisions}
    before = Counter(run.counts)
    before.subtract(Counter(run.rows.exclude(decision="").values_list("outcome", flat=True)))
    return +before == Counter(plan.counts_without(decided))


def _see_one_state_of_the_records():
    # Inside a transaction of somebody else it is too late to ask for this; SQLite does so
    # by itself, for it lets nobody else write.
    if connection.vendor == "postgresql" and len(connection.savepoint_ids) == 0:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
