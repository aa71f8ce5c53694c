"""Celery's doorbells: ids in, one call, no logic. Management commands call the same."""

from celery import shared_task

from reports import coverage


@shared_task(name="reports.recount_stale")
def recount_stale(commune_id):
    """Recount what is marked in one commune."""
    coverage.recount_stale(commune_id)


@shared_task(name="reports.sweep")
def sweep():
    """Recount whatever is marked anywhere: rings that were lost, days that wait."""
    coverage.sweep()


@shared_task(name="reports.nightly_recount")
def nightly_recount():
    """Recount everything, log drift and open the new day."""
    coverage.recount_everything()
