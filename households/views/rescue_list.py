"""The files of phones that were taken in."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from households.list_filters import RescueFilter
from households.models import RescueFile
from villages.access import ADMIN, OFFICIAL, for_roles
from villages.exporting import exported, made_on_note, words_of
from villages.lists import in_order, listing
from villages.tables import Table, TableColumn

SORTS = {
    "uploaded": ["uploaded_at"],
    "owner": ["phone__user__full_name__folded", "-uploaded_at"],
    "by": ["uploaded_by__full_name__folded", "-uploaded_at"],
    "made": ["made_at"],
    "received": ["received", "-uploaded_at"],
    "held": ["held", "-uploaded_at"],
}


@for_roles(OFFICIAL, ADMIN)
@require_safe
def rescue_list(request):
    """List the files that were taken in, with what became of their records."""
    return render(request, "households/rescue_list.html", _listed(request))


@exported("rescue_list", title=gettext_lazy("Files taken in so far"), roles=(OFFICIAL, ADMIN))
def rescue_table(request):
    """Draw the files as a table, narrowed and sorted as the page is."""
    context = _listed(request)
    return Table(
        title=_("Files taken in so far"),
        file_name="tep-tu-dien-thoai",
        notes=(made_on_note(), *words_of(context["filter"].form)),
        columns=(
            TableColumn(_("Taken in"), width=18),
            TableColumn(_("Written by"), is_personal=True, width=26),
            TableColumn(_("Brought by"), is_personal=True, width=26),
            TableColumn(_("Saved on the phone"), width=18),
            TableColumn(_("Received")),
            TableColumn(_("Here before")),
            TableColumn(_("Held back")),
        ),
        rows=(
            [
                file.uploaded_at,
                str(file.phone.user),
                str(file.uploaded_by),
                file.made_at,
                file.received,
                file.known_before,
                file.held,
            ]
            for file in in_order(context).iterator(chunk_size=1000)
        ),
    )


def _listed(request):
    files = RescueFile.objects.visible_to(request.user)
    files = files.select_related("phone__user", "uploaded_by")
    return listing(request, RescueFilter(request, files), sorts=SORTS, default="-uploaded")
