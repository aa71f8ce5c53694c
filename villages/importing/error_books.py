"""When the workbook with the errors is made: a short list's at once, a long one's by a worker.

What is asked for stands with the run; a lost ring or a dead worker changes nothing but the
hour. The file belongs to the run alone: no rule opens it under an address of its own.
"""

from datetime import timedelta
from functools import partial

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from villages import ringing
from villages.importing.error_workbook import error_workbook
from villages.importing.kinds import Outcome
from villages.importing.sheets import Unreadable
from villages.models import ImportProgress, ImportRun, StoredFile

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Of twelve columns each, on one busy core: 2,000 rows take under two seconds, 5,000 three to
# four, 50,000 over half a minute, longer than a browser and the processes of a web server wait.
AT_ONCE = 3000
# Longer than the largest file takes.
SILENT_FOR = timedelta(minutes=10)
GIVEN_UP_AFTER = timedelta(hours=1)


def is_made_at_once(run):
    """Whether somebody who asks for the workbook may wait for it."""
    left_out = run.noticed.get("rows", {}).get("no_records", 0)
    return run.rows_total + left_out <= AT_ONCE


def ask_for_errors(run):
    """Have a worker make the workbook of a long list; asked twice, it is made once."""
    with transaction.atomic():
        ImportProgress.objects.filter(run=run, errors_asked_at=None).update(
            errors_asked_at=timezone.now(), errors_begun_at=None
        )
        transaction.on_commit(partial(_ring, run.pk), robust=True)


def make_errors(run_id):
    """Make the workbook a run waits for; ``False`` when there is none, or somebody is at it."""
    now = timezone.now()
    silent = Q(errors_begun_at=None) | Q(errors_begun_at__lt=now - SILENT_FOR)
    if not _waiting().filter(silent, run=run_id).update(errors_begun_at=now):
        return False
    run = ImportRun.objects.select_related("commune", "uploaded_by").get(pk=run_id)
    asked = _waiting().filter(run=run_id, errors_begun_at=now)
    try:
        if asked.filter(errors_asked_at__lt=now - GIVEN_UP_AFTER).exists():
            _give_up(run, asked)
        elif run.source is None or not run.rows.filter(outcome=Outcome.WRONG).exists():
            asked.update(errors_asked_at=None)
        else:
            _keep(run, asked, error_workbook(run))
    except (Unreadable, SoftTimeLimitExceeded):
        _give_up(run, asked)
    return True


def sweep():
    """Make whatever workbook waits: lost rings, and those whose worker is gone."""
    for run_id in list(_waiting().values_list("run", flat=True)):
        make_errors(run_id)


@transaction.atomic
def forget_errors(run):
    """Take away a run's workbook: what is wrong is something else by now, or forgotten."""
    # Whoever is about to keep one holds this row: without waiting it would stay for good.
    rows = ImportProgress.objects.select_for_update(of=("self",))
    kept = rows.select_related("errors_file").filter(run=run).first()
    if kept is None:
        return
    file = kept.errors_file
    ImportProgress.objects.filter(run=run).update(
        errors_asked_at=None, errors_begun_at=None, errors_file=None
    )
    if file is not None:
        file.delete()


def _keep(run, asked, book):
    with transaction.atomic():
        # The list was checked again meanwhile: what is wrong may be something else.
        if asked.select_for_update().first() is None:
            return
        file = StoredFile.objects.create(
            commune=run.commune,
            name=name_of(run),
            content_type=XLSX,
            size=len(book),
            content=book,
            uploaded_by=run.uploaded_by,
        )
        asked.update(errors_file=file)


def name_of(run):
    """Return what the workbook is called when it is saved."""
    return f"loi-{run.kind}-{run.uploaded_at:%Y%m%d}.xlsx"


def _give_up(run, asked):
    if asked.update(errors_asked_at=None, errors_begun_at=None):
        with translation.override(run.language):
            problem = _(
                "The file with the errors could not be made. Divide the list into smaller ones, "
                "or mend what is named below."
            )
        ImportRun.objects.filter(pk=run.pk).update(problem=problem)


def _waiting():
    return ImportProgress.objects.filter(errors_asked_at__isnull=False, errors_file=None)


def _ring(run_id):
    from villages.tasks import make_import_errors

    ringing.ring(make_import_errors, run_id)
