"""Reporting where there is no signal, and that it was put right."""

from django.db import transaction
from django.utils.translation import gettext as _

from villages.models import ConnectivityReport
from villages.refusals import ChangeRefused


@transaction.atomic
def report_connectivity(
    *, village, operator, technology, quality, where, reported_on, by, told_by=""
):
    """Keep how well a network works in a village, who said so and who typed it in."""
    return ConnectivityReport.objects.create(
        village=village,
        operator=operator,
        technology=technology,
        quality=quality,
        where=where,
        reported_on=reported_on,
        reported_by=by,
        told_by=told_by,
    )


@transaction.atomic
def correct_connectivity(*, report, **said):
    """Correct what a report says; who reported it first stays."""
    found = ConnectivityReport.objects.select_for_update().get(pk=report.pk)
    if said.get("village", found.village) != found.village:
        found.reported_in = None
    for name, value in said.items():
        setattr(found, name, value)
    found.save()
    return found


@transaction.atomic
def resolve_connectivity(*, report, resolved_on):
    """Note that a report was put right; a second time changes nothing. Raises ChangeRefused."""
    found = ConnectivityReport.objects.select_for_update().get(pk=report.pk)
    if resolved_on < found.reported_on:
        raise ChangeRefused(_before_the_report(found), "resolved_on")
    if found.resolved_on is None:
        found.resolved_on = resolved_on
        found.save()
    return found


@transaction.atomic
def reopen_connectivity(*, report):
    """Take back that a report was put right; a second time changes nothing."""
    found = ConnectivityReport.objects.select_for_update().get(pk=report.pk)
    if found.resolved_on is not None:
        found.resolved_on = None
        found.save()
    return found


@transaction.atomic
def delete_connectivity(*, report):
    """Delete a report that was made by mistake; the log of changes keeps what it said."""
    found = ConnectivityReport.objects.select_for_update().filter(pk=report.pk).first()
    if found is not None:
        found.delete()


def open_reports_of(village):
    """Return what was reported of a village and is not solved."""
    return ConnectivityReport.objects.filter(village=village, resolved_on__isnull=True)


def continue_reports(former, successor, journal, *, is_other_place):
    """Have what is not solved stand in the village that goes on.

    ``is_other_place``: the place is only found by the former village's name, so it says so.
    """
    for report in journal.watch(open_reports_of(former).order_by("pk")):
        if is_other_place:
            report.where = place_in_successor(former, report.where)
        report.reported_in = report.reported_in or former
        report.village = successor
        report.save()


def place_in_successor(former, where):
    """Return how a place of a merged village is called in its successor."""
    longest = ConnectivityReport._meta.get_field("where").max_length
    return f"{former.full_name}: {where}"[:longest] if where else former.full_name


def _before_the_report(report):
    return _("It was reported on %(day)s. Choose that day or a later one.") % {
        "day": f"{report.reported_on:%d/%m/%Y}"
    }
