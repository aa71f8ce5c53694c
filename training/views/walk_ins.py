"""Walk-ins of all sessions: who they were, said by somebody who looked, and taken back."""

from django.contrib import messages
from django.db.models import Value
from django.db.models.functions import Coalesce, NullIf
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from households.models import Resident
from training import matching
from training.filters import WalkInFilter
from training.forms.sessions import PeopleSearchForm, PersonToAddForm
from training.models import Attendance, StaffMember
from training.views.sessions import form_methods
from villages.access import ADMIN, COMMUNE_ROLES, OFFICIAL, for_roles
from villages.lists import listing, way_back
from villages.refusals import ChangeRefused

MOST_FOUND = 20
SORTS = {
    "day": ["session__held_on"],
    "name": ["called"],
    "session": ["session__title__folded"],
}


@for_roles(*COMMUNE_ROLES)
@require_GET
def walk_in_list(request):
    """List walk-ins nobody has been found for yet, or those who were, with candidates."""
    context = listed_walk_ins(request)
    unmatched = [row for row in context["page"] if row.walk_in_name]
    found = matching.candidates_for(unmatched)
    for row in unmatched:
        row.candidates = found[row.pk]
    context["may_write"] = Attendance.objects.writable_by(request.user).exists()
    return render(request, "training/walk_in_list.html", context)


def listed_walk_ins(request):
    """Return the context of the list: walk-ins, and those who were until they were found."""
    rows = Attendance.objects.visible_to(request.user).walk_ins()
    rows = rows.select_related(
        "session__village",
        "walk_in_village",
        "resident__household__village",
        "staff_member",
        "matched_by",
    ).annotate(called=Coalesce(NullIf("walk_in_name__folded", Value("")), "came_as__folded"))
    return listing(request, WalkInFilter(request, rows), sorts=SORTS, default="-day")


@for_roles(OFFICIAL, ADMIN)
@form_methods
def walk_in_match(request, pk):
    """Show one walk-in beside the people it may have been; a button says which."""
    row = _writable(request, pk)
    if not row.walk_in_name:
        return redirect("session_detail", uuid=row.session.uuid)
    if request.method == "POST" and _match(request, row):
        return redirect(way_back(request, "walk_in_list"))
    search = PeopleSearchForm(request.GET or None)
    words = search.cleaned_data["q"] if search.is_bound and search.is_valid() else ""
    context = {
        "row": row,
        "search": search,
        "words": words,
        "candidates": matching.candidates_for([row])[row.pk],
        "found": _found(request, row, words) if len(words) > 1 else None,
        "listed": set(row.session.attendances.values_list("resident_id", "staff_member_id")),
        "back": way_back(request, "walk_in_list"),
    }
    return render(request, "training/walk_in_match.html", context)


@for_roles(OFFICIAL, ADMIN)
@form_methods
def walk_in_undo(request, pk):
    """Take a match back, after asking."""
    row = _writable(request, pk)
    if not row.came_as:
        return redirect("session_detail", uuid=row.session.uuid)
    if request.method == "POST":
        try:
            matching.undo_match(row)
            messages.success(request, _("The match is taken back."))
        except ChangeRefused as refusal:
            messages.error(request, refusal.message)
        return redirect(way_back(request, "walk_in_list"))
    context = {"row": row, "back": way_back(request, "walk_in_list")}
    return render(request, "training/walk_in_undo.html", context)


def _writable(request, pk):
    rows = Attendance.objects.writable_by(request.user).select_related(
        "session__commune", "session__village", "walk_in_village", "resident", "staff_member"
    )
    return get_object_or_404(rows, pk=pk)


def _match(request, row):
    kind, _colon, key = request.POST.get("person", "").partition(":")
    form = PersonToAddForm({kind: key}, user=request.user, commune=row.session.commune)
    if not form.is_valid():
        messages.error(request, _("This person is not on the lists you can see."))
        return False
    who = form.cleaned_data
    try:
        matching.match_walk_in(
            row,
            resident=who["resident"],
            staff_member=None if who["resident"] else who["staff_member"],
            by=request.user,
        )
    except ChangeRefused as refusal:
        messages.error(request, refusal.message)
        return False
    messages.success(
        request,
        _("«%(walk_in)s» was %(name)s.")
        % {"walk_in": row.walk_in_name, "name": who["resident"] or who["staff_member"]},
    )
    return True


def _found(request, row, words):
    """Return residents and staff of the commune by name, for names that differ."""
    residents = (
        Resident.objects.visible_to(request.user)
        .filter(household__village__commune=row.session.commune)
        .present()
        .search(words)
        .select_related("household__village")
        .order_by("household__village__number", "name_folded", "pk")
    )
    staff = StaffMember.objects.visible_to(request.user).filter(commune=row.session.commune)
    return [*residents[:MOST_FOUND], *staff.search(words).order_by("name_folded")[:MOST_FOUND]]
