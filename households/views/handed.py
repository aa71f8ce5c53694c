"""Lists of households that officials hand to villages: handing over, watching, closing."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from households.finding import found_households, words_for
from households.forms.filters import HouseholdFilter
from households.forms.handing import HandListForm
from households.handing import (
    HandingError,
    close_list,
    entries_of,
    hand_lists,
    is_late,
    on_open_lists,
    progress_of_lists,
    reminder_of,
    reopen_list,
    shown_title,
)
from households.models import HandedList, Household
from households.worklist import facts_of, reasons_for
from villages.access import ADMIN, COMMUNE_ROLES, EVERYONE, OFFICIAL, for_roles, scope_of
from villages.models import Village
from villages.periods import today

MOST_LISTS = 1000


@for_roles(*EVERYONE)
@require_safe
def handed_detail(request, pk):
    """Show one list: the households still open, with why, and those done, with when."""
    handed = get_object_or_404(
        HandedList.objects.visible_to(request.user).select_related("village__commune", "handed_by"),
        pk=pk,
    )
    progress = progress_of_lists([handed])[handed.pk]
    entries = list(entries_of([handed]).select_related("household__village"))
    scope = scope_of(request.user)
    left = [entry for entry in entries if not entry.done_on and entry.is_here]
    context = {
        "handed": handed,
        "title": shown_title(handed, request.user),
        "progress": progress,
        "is_late": is_late(handed, progress),
        "left": _with_reasons([entry.household_id for entry in left], scope.can_write),
        "done": [entry for entry in entries if entry.done_on],
        "elsewhere": [entry for entry in entries if not entry.done_on and not entry.is_here],
        "reminder": reminder_of(handed, progress),
        "may_close": _is_writable(request.user, handed) and scope.role in (OFFICIAL, ADMIN),
        "may_visit": _is_writable(request.user, handed),
        "may_print": bool(left) and not handed.closed_at and _is_writable(request.user, handed),
        "is_desk": scope.role in COMMUNE_ROLES,
    }
    return render(request, "households/handed_detail.html", context)


@for_roles(OFFICIAL, ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def handed_add(request):
    """Hand the households found to their teams: what the list of households was narrowed to."""
    asked = request.POST if request.method == "POST" else request.GET
    chosen = HouseholdFilter(asked, user=request.user)
    found = _handable(request.user, chosen)
    villages = list(_with_counts(found))
    shown = chosen.found.get("show") or []
    form = HandListForm(
        request.POST if request.method == "POST" else None,
        villages=villages,
        initial={
            "title": words_for(shown),
            "villages": [str(village.pk) for village in villages],
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            lists = hand_lists(
                households=found.filter(village__in=form.cleaned_data["villages"]),
                title=form.cleaned_data["title"],
                due_on=form.cleaned_data["due_on"],
                is_about_poverty="poor" in shown,
                by=request.user,
            )
        except HandingError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request,
                ngettext(
                    "%(count)s list is handed over.", "%(count)s lists are handed over.", len(lists)
                )
                % {"count": len(lists)},
            )
            return redirect("handed_list")
    context = {
        "form": form,
        "filter": chosen,
        "villages": villages,
        "total": sum(village.found for village in villages),
        "listed": found.filter(pk__in=on_open_lists()).count(),
        "chosen": set(form["villages"].value() or ()),
    }
    status = 400 if request.method == "POST" else 200
    return render(request, "households/handed_add.html", context, status=status)


@for_roles(OFFICIAL, ADMIN)
@require_POST
def handed_close(request, pk):
    """Close a list."""
    close_list(handed=_writable(request.user, pk))
    messages.success(request, _("The list is closed."))
    return redirect("handed_detail", pk)


@for_roles(OFFICIAL, ADMIN)
@require_POST
def handed_reopen(request, pk):
    """Open a closed list again."""
    reopen_list(handed=_writable(request.user, pk))
    messages.success(request, _("The list is open again."))
    return redirect("handed_detail", pk)


@for_roles(*COMMUNE_ROLES)
@require_safe
def handed_reminder(request):
    """Show words to copy into the teams' group chat: what is left of the open lists."""
    lists = list(
        HandedList.objects.visible_to(request.user)
        .filter(closed_at__isnull=True)
        .select_related("village__commune")
        .order_by("village__commune", "village__number", "handed_on", "pk")[:MOST_LISTS]
    )
    progress = progress_of_lists(lists)
    lines = [
        f"- {reminder_of(handed, progress[handed.pk])}"
        for handed in lists
        if progress[handed.pk].open
    ]
    closing = [
        _("Please visit these households and send the visits."),
        _("Where there is no signal, send them as soon as there is."),
        _("For help, ask the commune's Culture and Social Affairs Office."),
    ]
    text = "\n".join([_("Lists of households still to visit:"), *lines, "", *closing])
    context = {"text": text if lines else "", "rows": len(lines) + 6}
    return render(request, "households/handed_reminder.html", context)


def _handable(user, chosen):
    """Return the households found that this person may hand to a team."""
    standing = Village.objects.writable_by(user).on(today())
    households = Household.objects.writable_by(user).filter(village__in=standing.values("pk"))
    return found_households(households, chosen.found)


def _with_counts(households):
    """Return the villages of households, each with ``found``: how many of them."""
    counted = Count("households", filter=Q(households__in=households.order_by().values("pk")))
    return (
        Village.objects.filter(pk__in=households.order_by().values("village"))
        .annotate(found=counted)
        .select_related("commune")
        .order_by("commune", "number")
    )


def _with_reasons(ids, with_poverty):
    """Return [(household facts, reasons)], the most urgent first."""
    rows = [
        (facts, reasons_for(facts, today(), with_poverty=with_poverty))
        for facts in facts_of(Household.objects.filter(pk__in=ids), today())
    ]
    return sorted(rows, key=lambda row: -sum(reason.weight for reason in row[1]))


def _is_writable(user, handed):
    return HandedList.objects.writable_by(user).filter(pk=handed.pk).exists()


def _writable(user, pk):
    handed = get_object_or_404(HandedList.objects.visible_to(user), pk=pk)
    if not _is_writable(user, handed):
        raise PermissionDenied
    return handed
