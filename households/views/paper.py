"""Visit sheets on paper: which there are, a new one, and the page that is printed."""

from auditlog.signals import accessed
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from households.forms.paper import PaperSheetForm, VillageChoice
from households.handing import households_left, shown_title
from households.models import HandedList, PaperSheet
from households.paper import print_sheet, printed_rows, skills_of, with_progress
from villages.access import WRITERS, for_roles
from villages.models import Village
from villages.periods import today

PER_PAGE = 30
# Empty lines for people and households that are not on the list, three to a household.
BLANK_GROUPS = [range(3)] * 3


@for_roles(*WRITERS)
@require_safe
def paper_list(request):
    """List the sheets that were printed, the newest first, with how far they are typed in."""
    villages = _villages(request.user)
    sheets = PaperSheet.objects.visible_to(request.user).select_related(
        "village__commune", "member", "printed_by"
    )
    wanted = _number(request.GET.get("village", ""))
    village = villages.filter(pk=wanted).first()
    if village is not None:
        sheets = sheets.filter(village=village)
    page = Paginator(with_progress(sheets).order_by("-printed_on", "-pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "village": village,
        "villages": villages,
        "several_villages": len(villages) > 1,
    }
    return render(request, "households/paper_list.html", context)


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
