"""Celery's doorbells: ids in, one call, no logic."""

from celery import shared_task
from celery.signals import worker_ready

from villages.importing import error_books, forgetting, running

# A list of 50,000 rows is read, compared and written within a minute; a slow machine and
# the largest file get room to spare.
LONGEST = 30 * 60


@shared_task(name="villages.work_on_imports", time_limit=LONGEST, soft_time_limit=LONGEST - 30)
def work_on_imports(run_id=None):
    """Do what one imported list waits for, or whatever waits anywhere."""
    if run_id is None:
        running.sweep()
        error_books.sweep()
    else:
        running.work_on(run_id)


@shared_task(name="villages.make_import_errors", time_limit=LONGEST, soft_time_limit=LONGEST - 30)
def make_import_errors(run_id):
    """Make the workbook with the errors of one long list."""
    error_books.make_errors(run_id)


@shared_task(name="villages.forget_imports")
def forget_imports():
    """Drop the personal data of lists that can no longer be undone."""
    forgetting.forget_old_runs()


@worker_ready.connect(dispatch_uid="villages.tasks.look_for_imports")
def look_for_imports(**kwargs):
    """A worker that starts looks at once for what another one left."""
    work_on_imports.apply_async(retry=False)
