"""The documents that direct the programme, with the targets that come from them."""

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from villages.access import ADMIN, COMMUNE_ROLES, OFFICIAL, for_roles
from villages.answers import answer_form, sent, writes
from villages.directing import delete_document, uses_of
from villages.direction_filters import DocumentFilter
from villages.direction_forms import GoverningDocumentForm, documents_in_reach
from villages.exporting import exported, made_on_note, words_of
from villages.lists import in_order, listing, way_back
from villages.measured import indicator_names
from villages.models import GoverningDocument, SteeringCommittee, Target
from villages.periods import today
from villages.refusals import ChangeRefused
from villages.tables import Table, TableColumn
from villages.views.attaching import answer_attachment, answer_detachment, takes_attachment

SORTS = {
    "day": ["issued_on"],
    "number": ["number__folded"],
    "kind": ["kind"],
    "title": ["title__folded"],
    "issuer": ["issuer__folded"],
    "targets": ["targets"],
}
form_methods = require_http_methods(["GET", "HEAD", "POST"])


@for_roles(*COMMUNE_ROLES)
@require_GET
def document_list(request):
    """Show the commune's documents and those for all communes, newest first."""
    context = _listed(request) | {"may_write": writes(request.user)}
    return render(request, "villages/document_list.html", context)


@exported("document_list", title=gettext_lazy("Governing documents"))
def document_table(request):
    """Draw the documents as a table, narrowed and sorted as the page is."""
    context = _listed(request)
    return Table(
        title=_("Governing documents"),
        columns=(
            TableColumn(_("Number"), width=18),
            TableColumn(_("Issued on"), width=14),
            TableColumn(_("Kind"), width=14),
            TableColumn(_("Issued by"), width=30),
            TableColumn(_("Subject"), width=60),
            TableColumn(_("Link"), width=40),
        ),
        rows=(
            [
                row.number,
                row.issued_on,
                row.get_kind_display(),
                row.issuer,
                row.title,
                row.link,
            ]
            for row in in_order(context).iterator(chunk_size=1000)
        ),
        file_name="van-ban-chi-dao",
        notes=(*words_of(context["filter"].form), made_on_note()),
    )


def _listed(request):
    documents = documents_in_reach(request.user).annotate(
        targets=Count("target", distinct=True), files=Count("attachments", distinct=True)
    )
    return listing(request, DocumentFilter(request, documents), sorts=SORTS, default="-day")


@for_roles(*COMMUNE_ROLES)
@require_GET
def document_detail(request, pk):
    """Show a document: its files, the targets that come from it, what it set up."""
    document = get_object_or_404(documents_in_reach(request.user), pk=pk)
    targets = Target.objects.visible_to(request.user) | Target.objects.filter(commune=None)
    names = indicator_names()
    targets = targets.filter(document=document).select_related("commune", "village")
    context = {
        "document": document,
        "files": document.attachments.without_content(),
        "targets": [(row, names.get(row.indicator, row.indicator)) for row in targets.distinct()],
        "committees": SteeringCommittee.objects.visible_to(request.user).filter(document=document),
        "teams": document.team_set.filter(village__commune=document.commune_id).count(),
        "back": way_back(request, "document_list"),
        "may_write": _own(request).filter(pk=pk).exists(),
    }
    return render(request, "villages/document_detail.html", context)


@for_roles(OFFICIAL, ADMIN)
@form_methods
def document_add(request):
    """Record a document."""
    return _form(request, GoverningDocument(issued_on=today()), "villages/document_add.html")


@for_roles(OFFICIAL, ADMIN)
@form_methods
def document_edit(request, pk):
    """Correct a document."""
    return _form(request, get_object_or_404(_own(request), pk=pk), "villages/document_edit.html")


@for_roles(OFFICIAL, ADMIN)
@form_methods
def document_delete(request, pk):
    """Delete a document after asking; one that something names stays."""
    document = get_object_or_404(_own(request), pk=pk)
    if request.method == "POST":
        try:
            delete_document(document=document)
        except ChangeRefused as refusal:
            messages.error(request, refusal.message)
            return redirect("document_detail", pk)
        messages.success(request, _("The document is deleted."))
        return redirect(way_back(request, "document_list"))
    context = {
        "document": document,
        "uses": uses_of(document),
        "files": document.attachments.count(),
        "cancel_url": reverse("document_detail", args=[pk]),
    }
    return render(request, "villages/document_delete.html", context)


@for_roles(OFFICIAL, ADMIN)
@takes_attachment
@form_methods
def document_attach(request, pk):
    """Attach a file to a document."""
    document = get_object_or_404(_own(request), pk=pk)
    return answer_attachment(request, document, done=reverse("document_detail", args=[pk]))


@for_roles(OFFICIAL, ADMIN)
@form_methods
def document_detach(request, pk, file_uuid):
    """Take a file off a document, after asking."""
    document = get_object_or_404(_own(request), pk=pk)
    done = reverse("document_detail", args=[pk])
    return answer_detachment(request, document, file_uuid, done=done)


def _form(request, document, template):
    is_new = document.pk is None
    listed = way_back(request, "document_list")
    return answer_form(
        request,
        GoverningDocumentForm(sent(request), user=request.user, instance=document),
        template,
        save=lambda form: form.save(),
        done=lambda saved: reverse("document_detail", args=[saved.pk]),
        message=_("The document is saved."),
        document=document,
        cancel_url=listed if is_new else reverse("document_detail", args=[document.pk]),
    )


def _own(request):
    """Those of a commune: what is for all communes is changed in the admin alone."""
    return GoverningDocument.objects.writable_by(request.user).filter(commune__isnull=False)
