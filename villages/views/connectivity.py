"""Where there is no signal: the list for the telecom companies, and reporting to it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from villages.access import EVERYONE, WRITERS, for_roles, scope_of
from villages.connectivity import (
    correct_connectivity,
    delete_connectivity,
    reopen_connectivity,
    report_connectivity,
    resolve_connectivity,
)
from villages.connectivity_filter import ConnectivityFilter
from villages.exporting import exported, made_on_note, words_of
from villages.forms import ConnectivityForm, ResolvedForm
from villages.lists import in_order, listing, way_back
from villages.models import ConnectivityReport
from villages.periods import today
from villages.refusals import ChangeRefused
from villages.tables import Table, TableColumn

SORTS = {
    "reported": ["reported_on"],
    "village": ["village__number", "-reported_on"],
    "operator": ["operator__folded", "village__number"],
    "quality": ["quality", "-reported_on"],
    "solved": ["resolved_on"],
}
form_methods = require_http_methods(["GET", "POST"])


@for_roles(*EVERYONE)
@require_GET
def connectivity_list(request):
    """Show the reports that are open, or those that the filter asks for."""
    context = _listed(request)
    context |= {"can_write": scope_of(request.user).can_write, "today": today()}
    return render(request, "villages/connectivity_list.html", context)


@for_roles(*WRITERS)
@form_methods
def connectivity_add(request):
    """Report how a network works in a village."""
    form = ConnectivityForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        report_connectivity(**form.cleaned_data, by=request.user)
        messages.success(request, _("The report is kept. Thank you."))
        return redirect("connectivity_list")
    status = 400 if form.errors else 200
    return render(request, "villages/connectivity_add.html", {"form": form}, status=status)


@for_roles(*WRITERS)
@form_methods
def connectivity_edit(request, pk):
    """Correct a report."""
    report = _writable(request, pk)
    form = ConnectivityForm(request.POST or None, user=request.user, instance=report)
    back = way_back(request, "connectivity_list")
    if request.method == "POST" and form.is_valid():
        correct_connectivity(report=report, **form.cleaned_data)
        messages.success(request, _("The report is corrected."))
        return redirect(back)
    context = {"form": form, "report": report, "cancel_url": back}
    status = 400 if form.errors else 200
    return render(request, "villages/connectivity_edit.html", context, status=status)


@for_roles(*WRITERS)
@form_methods
def connectivity_delete(request, pk):
    """Delete a report that was made by mistake, after asking; one that is solved stays listed."""
    report = _writable(request, pk)
    back = way_back(request, "connectivity_list")
    if request.method == "POST":
        delete_connectivity(report=report)
        messages.success(request, _("The report is deleted."))
        return redirect(back)
    context = {"report": report, "cancel_url": back}
    return render(request, "villages/connectivity_delete.html", context)


@for_roles(*WRITERS)
@require_POST
def connectivity_resolve(request, pk):
    """Note that the network works again, since today or the day given."""
    report = _writable(request, pk)
    form = ResolvedForm({"resolved_on": request.POST.get("resolved_on") or today()})
    try:
        if form.is_valid():
            resolve_connectivity(report=report, resolved_on=form.cleaned_data["resolved_on"])
            messages.success(request, _("Noted: the network works again there."))
        else:
            messages.error(request, form.errors["resolved_on"][0])
    except ChangeRefused as refusal:
        messages.error(request, refusal.message)
    return redirect(way_back(request, "connectivity_list"))


@for_roles(*WRITERS)
@require_POST
def connectivity_reopen(request, pk):
    """Take back that the network works again."""
    reopen_connectivity(report=_writable(request, pk))
    messages.success(request, _("The report is open again."))
    return redirect(way_back(request, "connectivity_list"))


@exported("connectivity_list", title=gettext_lazy("Connectivity"))
def connectivity_table(request):
    """Draw the reports as a table, narrowed and sorted as the page is."""
    context = _listed(request)
    heads = (
        (_("Village"), 22), (_("Place"), 30), (_("Company"), 14), (_("Network"), 10),
        (_("Quality"), 14), (_("Reported on"), 14), (_("Solved on"), 14),
    )  # fmt: skip
    return Table(
        title=_("Connectivity"),
        columns=tuple(TableColumn(heading, width=width) for heading, width in heads),
        rows=(
            [
                row.village.full_name,
                row.where,
                row.operator,
                row.get_technology_display(),
                row.get_quality_display(),
                row.reported_on,
                row.resolved_on,
            ]
            for row in in_order(context).iterator(chunk_size=1000)
        ),
        file_name="ket-noi",
        notes=(*words_of(context["filter"].form), made_on_note()),
    )


def _listed(request):
    reports = ConnectivityReport.objects.visible_to(request.user).select_related(
        "village", "reported_by"
    )
    filterset = ConnectivityFilter(request, reports)
    return listing(request, filterset, sorts=SORTS, default="-reported")


def _writable(request, pk):
    reports = ConnectivityReport.objects.writable_by(request.user)
    return get_object_or_404(reports.select_related("village"), pk=pk)
