"""Where there is no signal: the list for the telecom companies, and reporting to it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from villages.access import EVERYONE, WRITERS, for_roles, scope_of
from villages.connectivity import report_connectivity, resolve_connectivity
from villages.forms import ConnectivityForm
from villages.models import ConnectivityReport
from villages.periods import today

ROWS = 50


@for_roles(*EVERYONE)
@require_GET
def connectivity_list(request):
    """Show the reports that are open, or all of them."""
    shows_all = request.GET.get("loc") == "tat-ca"
    reports = ConnectivityReport.objects.visible_to(request.user).select_related(
        "village", "reported_by"
    )
    if not shows_all:
        reports = reports.filter(resolved_on__isnull=True)
        reports = reports.exclude(quality=ConnectivityReport.Quality.GOOD)
    context = {
        "page": Paginator(reports, ROWS).get_page(request.GET.get("page")),
        "shows_all": shows_all,
        "can_write": scope_of(request.user).can_write,
    }
    return render(request, "villages/connectivity_list.html", context)


@for_roles(*WRITERS)
@require_http_methods(["GET", "POST"])
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
@require_POST
def connectivity_resolve(request, pk):
    """Note that the network works again."""
    report = get_object_or_404(ConnectivityReport.objects.writable_by(request.user), pk=pk)
    resolve_connectivity(report=report, resolved_on=today())
    messages.success(request, _("Noted: the network works again there."))
    return redirect("connectivity_list")
