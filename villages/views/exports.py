"""Taking a list out as a file, and what was taken out."""

import django_filters as filters
from crispy_forms.helper import FormHelper
from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from villages.access import COMMUNE_ROLES, for_roles
from villages.exporting import (
    all_exports,
    export_of,
    exported,
    made_on_note,
    may_export,
    may_name_people,
    words_of,
    write_export,
)
from villages.filters import ANY, DayFilter, ScopedFilterSet, search_filter
from villages.lists import containing, in_order, listing, rank_of
from villages.models import ExportRecord
from villages.record_forms import TidyCharField
from villages.tables import Table, TableColumn
from villages.writing_tables import TooManyRows

SHORTEST_REASON = 10
SORTS = {
    "when": ["exported_at"],
    "list": ["rank", "-exported_at"],
    "who": ["exported_by__full_name__folded", "-exported_at"],
    "rows": ["rows", "-exported_at"],
}


class ExportForm(forms.Form):
    """In which format, and whether with the columns about people, then why."""

    # The reason is asked for with names only.
    use_required_attribute = False

    file_format = forms.ChoiceField(
        label=_("Format"),
        choices=[
            ("xlsx", _("Excel (.xlsx)")),
            ("csv", _("CSV, for other programs (.csv)")),
        ],
        initial="xlsx",
        widget=forms.RadioSelect,
    )
    with_names = forms.BooleanField(
        label=_("With names and other personal columns"), required=False
    )
    reason = TidyCharField(
        label=_("What the names are needed for"),
        max_length=300,
        help_text=_(
            "At least 10 letters, such as «Gửi UBND tỉnh theo công văn 12/CV». It is kept with "
            "your name."
        ),
    )

    def __init__(self, data=None, *, offers_names):
        super().__init__(data)
        self.helper = FormHelper()
        self.helper.form_tag = False
        if not offers_names:
            del self.fields["with_names"], self.fields["reason"]
        elif self.is_bound:
            self.fields["reason"].required = bool(self.data.get("with_names"))

    def clean(self):
        said = super().clean()
        reason = said.get("reason") or ""
        is_short = sum(sign.isalnum() for sign in reason) < SHORTEST_REASON
        if said.get("with_names") and is_short and "reason" not in self.errors:
            self.add_error("reason", _("Say what the names are needed for, in some words."))
        return said


class ExportFilter(ScopedFilterSet):
    q = search_filter(_("Reason or filter"))
    first = DayFilter(field_name="exported_at", lookup_expr="date__gte", label=_("From day"))
    last = DayFilter(field_name="exported_at", lookup_expr="date__lte", label=_("To day"))
    list = filters.ChoiceFilter(field_name="list_name", label=_("List"), empty_label=ANY)
    who = filters.ModelChoiceFilter(
        field_name="exported_by",
        queryset=get_user_model().objects.none(),
        label=_("Exported by"),
        empty_label=ANY,
    )
    names = filters.ChoiceFilter(
        field_name="with_names",
        choices=[("True", _("With names")), ("False", _("Without names"))],
        label=_("Names"),
        empty_label=ANY,
    )

    class Meta:
        model = ExportRecord
        fields = []

    def __init__(self, request, queryset):
        super().__init__(request, queryset)
        self.filters["list"].field.choices = [
            (export.name, export.title) for export in all_exports()
        ]
        people = ExportRecord.objects.visible_to(self.user).order_by().values("exported_by")
        self.offer("who", get_user_model().objects.filter(pk__in=people))

    def search(self, rows, name, text):
        return containing(rows, text, "reason", "filters")


@for_roles(*COMMUNE_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def export(request, name):
    """Ask in which format and whether with names; then hand the file out, noted."""
    wanted = export_of(name)
    if wanted is None:
        raise Http404
    if not may_export(request.user, wanted):
        raise PermissionDenied
    table = wanted.table(request)
    personal = [column.heading for column in table.columns if column.is_personal]
    form = ExportForm(
        request.POST if request.method == "POST" else None,
        offers_names=bool(personal) and may_name_people(request.user),
    )
    if form.is_valid():
        said = form.cleaned_data
        try:
            file, file_name, content_type = write_export(
                export=wanted,
                request=request,
                file_format=said["file_format"],
                with_names=said.get("with_names", False),
                reason=said.get("reason", ""),
            )
        except TooManyRows:
            form.add_error(
                None, _("A sheet of Excel has no room for so many rows. Choose CSV, or a filter.")
            )
        else:
            return FileResponse(
                file, as_attachment=True, filename=file_name, content_type=content_type
            )
    context = {
        "form": form,
        "export": wanted,
        "notes": table.notes,
        "personal": personal,
        "back": _page_of(wanted, request),
    }
    return render(request, "villages/export.html", context)


@for_roles(*COMMUNE_ROLES)
@require_safe
def export_list(request):
    """Show what left the portal: who took which list, when, with names or not, and why."""
    context = _listed(request)
    for record in context["page"]:
        record.title = _title_of(record)
    return render(request, "villages/export_list.html", context)


@exported("export_list", title=_("What was exported"))
def export_table(request):
    """Draw what left the portal as a table, narrowed and sorted as the page is."""
    context = _listed(request)
    return Table(
        title=_("What was exported"),
        file_name="danh-sach-da-xuat",
        notes=(made_on_note(), *words_of(context["filter"].form)),
        columns=(
            TableColumn(_("When"), width=18),
            TableColumn(_("Exported by"), width=24),
            TableColumn(_("List"), width=24),
            TableColumn(_("Format")),
            TableColumn(_("Rows")),
            TableColumn(_("With names")),
            TableColumn(_("Reason"), width=40),
            # What was searched for may be a person's name.
            TableColumn(_("Filters"), is_personal=True, width=40),
        ),
        rows=(
            [
                record.exported_at,
                str(record.exported_by),
                str(_title_of(record)),
                record.file_format,
                record.rows,
                record.with_names,
                record.reason,
                record.filters,
            ]
            for record in in_order(context).iterator(chunk_size=1000)
        ),
    )


def _listed(request):
    records = ExportRecord.objects.visible_to(request.user).select_related("exported_by")
    records = records.annotate(rank=rank_of("list_name", [one.name for one in all_exports()]))
    return listing(request, ExportFilter(request, records), sorts=SORTS, default="-when")


def _title_of(record):
    known = export_of(record.list_name)
    return known.title if known else record.list_name


def _page_of(wanted, request):
    if wanted.page is not None:
        return wanted.page(request)
    query = request.GET.urlencode()
    return reverse(wanted.name) + (f"?{query}" if query else "")
