"""Targets by year and indicator: the narrowest applies."""

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from villages.access import ADMIN, COMMUNE_ROLES, OFFICIAL, for_roles
from villages.answers import answer_form, sent, writes
from villages.direction_filters import TargetFilter
from villages.direction_forms import TargetForm, documents_in_reach
from villages.exporting import exported, made_on_note, words_of
from villages.lists import in_order, listing, rank_of, way_back
from villages.measured import indicator_names
from villages.models import Commune, Target
from villages.periods import today
from villages.tables import Table, TableColumn
from villages.targets import target_rows

SORTS = {
    "year": ["year", "rank", "commune__code", "village__number"],
    "indicator": ["rank", "-year"],
    "percent": ["percent"],
    "place": ["commune__code", "village__number", "-year"],
}
form_methods = require_http_methods(["GET", "HEAD", "POST"])


@for_roles(*COMMUNE_ROLES)
@require_GET
def target_list(request):
    """Show the commune's targets and those for all communes, and which of them apply."""
    context = _listed(request)
    names = context["filter"].names
    communes = list(Commune.objects.visible_to(request.user).distinct()[:2])
    for row in context["page"]:
        row.title = names.get(row.indicator, row.indicator)
    context |= {
        "applying": _applying(communes, context["page"]),
        "several": len(communes) > 1,
        "may_write": writes(request.user),
    }
    return render(request, "villages/target_list.html", context)


@exported("target_list", title=gettext_lazy("Targets"))
def target_table(request):
    """Draw the targets as a table, narrowed and sorted as the page is."""
    context = _listed(request)
    names = context["filter"].names
    return Table(
        title=_("Targets"),
        columns=(
            TableColumn(_("Indicator"), width=40),
            TableColumn(_("Year"), width=8),
            TableColumn(_("Applies to"), width=24),
            TableColumn(_("Target (%)"), width=12, is_percent=True),
            TableColumn(_("Document"), width=24),
            TableColumn(_("Source"), width=40),
        ),
        rows=(
            [
                str(names.get(row.indicator, row.indicator)),
                row.year,
                _place(row),
                row.percent,
                str(row.document or ""),
                row.source,
            ]
            for row in in_order(context)
        ),
        file_name="chi-tieu",
        notes=(*words_of(context["filter"].form), made_on_note()),
    )


def _listed(request):
    # By the indicators as they stand elsewhere, not by their codes.
    targets = _in_reach(request.user).annotate(rank=rank_of("indicator", indicator_names()))
    filterset = TargetFilter(request, targets)
    return listing(request, filterset, sorts=SORTS, default="-year")


@for_roles(OFFICIAL, ADMIN)
@form_methods
def target_add(request):
    """Set a target for the commune or a village; ``?document=`` is what it comes from."""
    target = Target(year=today().year, document=_document(request))
    return _form(request, target, "villages/target_add.html")


@for_roles(OFFICIAL, ADMIN)
@form_methods
def target_edit(request, pk):
    """Change a target of the commune."""
    return _form(request, get_object_or_404(_own(request), pk=pk), "villages/target_edit.html")


@for_roles(OFFICIAL, ADMIN)
@form_methods
def target_delete(request, pk):
    """Delete a target after asking; the next wider one applies again."""
    target = get_object_or_404(
        _own(request).select_related("commune", "village", "document"), pk=pk
    )
    address = way_back(request, "target_list")
    if request.method == "POST":
        target.delete()
        messages.success(request, _("The target is deleted."))
        return redirect(address)
    title = indicator_names().get(target.indicator, target.indicator)
    return render(
        request,
        "villages/target_delete.html",
        {"target": target, "title": title, "cancel_url": address},
    )


def _document(request):
    wanted = request.GET.get("document", "")
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 16):
        return None
    return documents_in_reach(request.user).filter(pk=int(wanted)).first()


def _form(request, target, template):
    address = way_back(request, "target_list")
    return answer_form(
        request,
        TargetForm(sent(request), user=request.user, instance=target),
        template,
        save=lambda form: form.save(),
        done=address,
        message=_("The target is saved. The figures are measured by it now."),
        target=target,
        cancel_url=address,
    )


def _in_reach(user):
    visible = Target.objects.visible_to(user).values("pk")
    return Target.objects.filter(Q(pk__in=visible) | Q(commune__isnull=True)).select_related(
        "commune", "village", "document"
    )


def _place(target):
    if target.village_id:
        return target.village.full_name
    return target.commune.full_name if target.commune_id else _("all communes")


def _own(request):
    """Those of a commune: what applies to all communes is changed in the admin alone."""
    return Target.objects.writable_by(request.user).filter(commune__isnull=False)


def _applying(communes, rows):
    """Return the ids of the rows that apply to the one commune, or to their village."""
    if len(communes) != 1:
        return set()
    years = {row.year for row in rows}
    found = {target.pk for year in years for target in target_rows(communes[0], year).values()}
    return found | {row.pk for row in rows if row.village_id}
