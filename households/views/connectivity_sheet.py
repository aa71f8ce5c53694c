"""The list for the telecom companies, one part for each, to print or to take out."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from households.connectivity_sheet import reports_by_company
from villages.access import COMMUNE_ROLES, for_roles
from villages.connectivity_filter import open_reports, operators_of
from villages.exporting import exported, made_on_note
from villages.models import ConnectivityReport
from villages.periods import today
from villages.tables import Table, TableColumn
from villages.text import fold

LONGEST = 60


@for_roles(*COMMUNE_ROLES)
@require_GET
def connectivity_sheet(request):
    """Show each company's open places with the size of their villages."""
    open_now = open_reports(ConnectivityReport.objects.visible_to(request.user))
    context = {
        "companies": reports_by_company(request.user, operator=_asked(request)),
        "operators": operators_of(open_now),
        "operator": _asked(request),
        "day": today(),
    }
    return render(request, "households/connectivity_sheet.html", context)


@exported("connectivity_sheet", title=gettext_lazy("List for the telecom companies"))
def connectivity_sheet_table(request):
    """Draw the open places as one table, a company after the other."""
    heads = (
        (_("Company"), 14), (_("Village"), 22), (_("Place"), 30), (_("Network"), 10),
        (_("Quality"), 14), (_("Reported on"), 14), (_("Households"), 10), (_("People"), 10),
        (_("Households without a smart device"), 16), (_("Households without a signal"), 16),
    )  # fmt: skip
    return Table(
        title=_("List for the telecom companies"),
        columns=tuple(TableColumn(heading, width=width) for heading, width in heads),
        rows=(
            [
                company,
                report.village.full_name,
                report.where,
                report.get_technology_display(),
                report.get_quality_display(),
                report.reported_on,
                size.households,
                size.people,
                size.without_device,
                size.without_signal,
            ]
            for company, places in reports_by_company(request.user, operator=_asked(request))
            for report, size in places
        ),
        file_name="danh-sach-gui-doanh-nghiep-vien-thong",
        notes=(made_on_note(),),
    )


def _asked(request):
    return fold(request.GET.get("operator", "")[:LONGEST])
