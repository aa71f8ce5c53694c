"""Visit sheets on paper: which there are, a new one, and the page that is printed."""

from auditlog.signals import accessed
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from households.forms.paper import PaperSheetForm, VillageChoice
from households.handing import households_left, shown_title
from households.list_filters import PaperFilter
from households.models import HandedList, PaperSheet
from households.paper import print_sheet, printed_rows, skills_of, with_progress
from villages.access import ADMIN, OFFICIAL, WRITERS, for_roles
from villages.exporting import exported, made_on_note, words_of
from villages.lists import in_order, listing
from villages.models import Village
from villages.periods import today
from villages.tables import Table, TableColumn

SORTS = {
    "printed": ["printed_on"],
    "village": ["village__number", "-printed_on"],
    "member": ["member__full_name__folded", "-printed_on"],
    "left": ["left", "-printed_on"],
}
ORDERS = (
    ("-printed", gettext_lazy("Last printed first")),
    ("printed", gettext_lazy("First printed first")),
    ("-left", gettext_lazy("Most rows left first")),
    ("village", gettext_lazy("By village")),
)
# Empty lines for people and households that are not on the list, three to a household.
BLANK_GROUPS = [range(3)] * 3


@for_roles(*WRITERS)
@require_safe
def paper_list(request):
    """List the sheets that were printed, the newest first, with how far they are typed in."""
    context = _listed(request)
    context |= {"village": context["filter"].chosen_village, "orders": ORDERS}
    return render(request, "households/paper_list.html", context)


@exported("paper_list", title=gettext_lazy("Printed visit sheets"), roles=(OFFICIAL, ADMIN))
def paper_table(request):
    """Draw the printed sheets as a table, narrowed and sorted as the page is."""
    context = _listed(request)
    return Table(
        title=_("Printed visit sheets"),
        file_name="phieu-tham-da-in",
        notes=(made_on_note(), *words_of(context["filter"].form)),
        columns=(
            TableColumn(_("Number of the sheet")),
            TableColumn(_("Village"), width=22),
            TableColumn(_("For the team member"), is_personal=True, width=26),
            TableColumn(_("Printed on")),
            TableColumn(_("Printed by"), is_personal=True, width=26),
            TableColumn(_("Rows")),
            TableColumn(_("Rows typed in")),
        ),
        rows=(
            [
                sheet.label,
                sheet.village.full_name,
                sheet.member.full_name if sheet.member else "",
                sheet.printed_on,
                str(sheet.printed_by or ""),
                sheet.row_count,
                sheet.done_count,
            ]
            for sheet in in_order(context).iterator(chunk_size=1000)
        ),
    )


def _listed(request):
    villages = _villages(request.user)
    sheets = PaperSheet.objects.visible_to(request.user).select_related(
        "village__commune", "member", "printed_by"
    )
    sheets = with_progress(sheets).annotate(left=F("row_count") - F("done_count"))
    chosen = PaperFilter(request, sheets, villages)
    context = listing(request, chosen, sorts=SORTS, default="-printed")
    return context | {"several_villages": len(villages) > 1}


@for_roles(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def paper_sheet_new(request):
    """Make a sheet for ``?village=``; whoever writes in several villages chooses one first.

    ``?list=`` narrows it to what is left of a list that was handed to the village.
    """
    villages = _villages(request.user)
    asked = request.POST if request.method == "POST" else request.GET
    wanted = asked.get("village", "")
    if wanted:
        village = get_object_or_404(villages, pk=_number(wanted))
    elif len(villages) == 1:
        village = villages[0]
    else:
        form = VillageChoice(villages=villages)
        status = 400 if request.method == "POST" else 200
        return render(request, "households/paper_village.html", {"form": form}, status=status)
    handed = _handed_list(request.user, village, asked.get("list", ""))
    said = request.POST if request.method == "POST" else None
    form = PaperSheetForm(said, village=village, user=request.user, handed=handed)
    if said is None or not form.is_valid():
        return _show_form(request, form, village, handed, status=200 if said is None else 400)
    sheet = print_sheet(
        village=village,
        member=form.cleaned_data["member"],
        by=request.user,
        households=None if handed is None else households_left(handed),
        limit=form.limit,
        skills=form.cleaned_data["skills"],
        uuid=form.cleaned_data["uuid"],
    )
    # A number that somebody made up must not lead to a sheet out of reach.
    if not PaperSheet.objects.writable_by(request.user).filter(pk=sheet.pk).exists():
        raise PermissionDenied
    return redirect("paper_sheet", sheet.uuid)


@for_roles(*WRITERS)
@require_safe
def paper_sheet(request, uuid):
    """Show the page that is printed. Who opened it is kept: it names people."""
    sheet = writable_sheet(request.user, uuid)
    accessed.send(sender=PaperSheet, instance=sheet)
    skills = skills_of(sheet)
    context = {
        "sheet": sheet,
        "village": sheet.village,
        "rows": printed_rows(sheet),
        "skills": skills,
        "width": len(skills) + 5,
        "is_dense": len(skills) > 6,
        "blank_groups": BLANK_GROUPS,
    }
    return render(request, "households/paper_sheet.html", context)


def writable_sheet(user, uuid):
    """Return the sheet of this UUID: 404 for a stranger, 403 for a reader."""
    sheets = PaperSheet.objects.visible_to(user).select_related(
        "village__commune", "member", "printed_by"
    )
    sheet = get_object_or_404(sheets, uuid=uuid)
    if not PaperSheet.objects.writable_by(user).filter(pk=sheet.pk).exists():
        raise PermissionDenied
    return sheet


def _show_form(request, form, village, handed, status):
    context = {"form": form, "village": village, "handed": handed, "back": reverse("paper_list")}
    if handed is not None:
        context |= {"list_title": shown_title(handed, request.user), "left": form.left}
    return render(request, "households/paper_sheet_new.html", context, status=status)


def _handed_list(user, village, wanted):
    """Return the open list of this village that a sheet is asked for, or None."""
    if not wanted:
        return None
    lists = HandedList.objects.writable_by(user).filter(village=village, closed_at__isnull=True)
    return get_object_or_404(lists, pk=_number(wanted))


def _villages(user):
    villages = Village.objects.writable_by(user).on(today()).select_related("commune")
    return villages.distinct()


def _number(text):
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
