"""What a list holds of people is deleted when the promise of its receipt ends.

Two periods, for two reasons. The file, its rows and the decisions serve the path to the
records: they go 7 days after the upload, whatever became of the list. The journal serves
undoing alone: it goes when the list can no longer be undone, 7 days after it was applied.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from villages.importing.error_books import forget_errors
from villages.models import ImportJournal, ImportProgress, ImportRow, ImportRun

Status = ImportRun.Status
UNDO_FOR = FILE_FOR = timedelta(days=7)
# How often this is asked (see the settings): a file that would be too old the next time goes now.
ASKED_EVERY = timedelta(hours=1)
OPEN = (Status.UPLOADED, Status.PLANNED, Status.FAILED)
OVER = (Status.UNDONE, Status.DISCARDED)


def forget_old_runs():
    """Delete the personal data of lists whose time is over, and end those that lie about.

    Lists somebody works on are left to the next time: it is an hour away at most.
    """
    for run_id in list(_old().values_list("pk", flat=True)):
        with transaction.atomic():
            # Asked again under its lock: somebody may just have begun to undo it, and that
            # needs the journal.
            locked = _old().select_for_update(of=("self",)).defer("source")
            run = locked.filter(pk=run_id).first()
            if run is None:
                continue
            if run.status in OPEN:
                run.status = Status.DISCARDED
                run.save(update_fields=["status"])
            if run.status == Status.APPLIED and run.applied_at >= _undone_before():
                forget_file(run)
            else:
                forget(run)


def forget(run):
    """Take away all that a run holds of people: the file, its rows, the journal."""
    forget_file(run)
    ImportJournal.objects.filter(run=run).delete()
    ImportProgress.objects.filter(run=run).update(obstacles=[])


def forget_file(run):
    """Take away the file of a run and what was read in it; it can still be undone."""
    forget_errors(run)
    ImportRow.objects.filter(run=run).delete()
    ImportRun.objects.filter(pk=run.pk).update(source=None, decisions={}, noticed={})


def _old():
    journal = Exists(ImportJournal.objects.filter(run=OuterRef("pk")))
    rows = Exists(ImportRow.objects.filter(run=OuterRef("pk")))
    has_file = Q(source__isnull=False) | rows
    uploaded_before = timezone.now() + ASKED_EVERY - FILE_FOR
    return ImportRun.objects.filter(
        Q(status__in=OPEN, uploaded_at__lt=uploaded_before)
        | Q(has_file, status=Status.APPLIED, uploaded_at__lt=uploaded_before)
        | Q(journal, status=Status.APPLIED, applied_at__lt=_undone_before())
        # Its worker died between taking the list back and forgetting it.
        | (Q(status__in=OVER) & (has_file | journal))
    )


def _undone_before():
    return timezone.now() - UNDO_FOR
