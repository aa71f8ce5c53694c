"""Reporting where there is no signal, and that it was put right."""

from django.db import transaction

from villages.models import ConnectivityReport


@transaction.atomic
def report_connectivity(*, village, operator, technology, quality, where, reported_on, by):
    """Keep how well a network works in a village, and who said so."""
    return ConnectivityReport.objects.create(
        village=village,
        operator=operator,
        technology=technology,
        quality=quality,
        where=where,
        reported_on=reported_on,
        reported_by=by,
    )


@transaction.atomic
def resolve_connectivity(*, report, resolved_on):
    """Note that a report was put right; a second time changes nothing."""
    found = ConnectivityReport.objects.select_for_update().get(pk=report.pk)
    if found.resolved_on is None:
        found.resolved_on = max(resolved_on, found.reported_on)
        found.save()
    return found
