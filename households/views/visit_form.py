"""Writing down a visit: choose the household, fill the page, get a receipt."""

import uuid

from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from households.forms.visit import VisitForm, checked_form
from households.models import Encounter, Household, Resident
from households.recording import OtherContent, record_visit
from households.visit_content import guidance_of
from villages.access import WRITERS, for_roles
from villages.text import clean_text

MOST_FOUND = 30


@for_roles(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def visit_form(request):
    """Record a visit to ``?household=``; without one, choose the household first.

    The page carries the visit's UUID, so that sending it twice stores it once. Somebody of
    the commune or of the village's team may type it in for a member: both names are kept.
    """
    if request.method == "POST":
        return _save(request)
    wanted = request.GET.get("household", "")
    if not wanted:
        return _choose_household(request)
    form = VisitForm(user=request.user, household=_household(request.user, wanted))
    return _show(request, form, uuid.uuid4())


def _save(request):
    visit_uuid = _posted_uuid(request.POST.get("uuid", ""))
    form = checked_form(request.POST, user=request.user, visit_uuid=visit_uuid)
    if not form.is_valid():
        return _show(request, form, visit_uuid, status=400)
    try:
        encounter, _created = record_visit(
            uuid=visit_uuid, guidance=guidance_of(form, visit_uuid), **_whose(form, request.user)
        )
    except OtherContent as conflict:
        # Back, changed, sent again: the first one stands and can be corrected.
        stored = Encounter.objects.visible_to(request.user).filter(pk=conflict.encounter.pk).first()
        return _show(request, form, visit_uuid, status=409, stored=stored, is_conflict=True)
    return redirect(f"{reverse('visit', args=[encounter.uuid])}?saved=1")


def _whose(form, user):
    """Return whose visit it is: one's own, or a team member's for whom it is typed in."""
    member = form.cleaned_data["member"]
    if member is None:
        return {"author": user}
    return {"author": member.user, "member": member, "typed_by": user}


def _show(request, form, visit_uuid, status=200, **more):
    context = {"form": form, "household": form.household, "visit_uuid": visit_uuid} | more
    return render(request, "households/visit_form.html", context, status=status)


def _choose_household(request):
    """List the households in reach, found by number or name without accents."""
    wanted = clean_text(request.GET.get("q", ""))[:100]
    members = Resident.objects.present().order_by("-is_head", "birth_year", "pk")
    households = (
        Household.objects.writable_by(request.user)
        .search(wanted)
        .select_related("village")
        .prefetch_related(Prefetch("residents", members))
        .order_by("village__number", "number")
    )
    found = list(households[: MOST_FOUND + 1])
    context = {
        "wanted": wanted,
        "households": found[:MOST_FOUND],
        "there_are_more": len(found) > MOST_FOUND,
        "several_villages": len({household.village_id for household in found}) > 1,
    }
    return render(request, "households/visit_household.html", context)


def _household(user, text):
    try:
        wanted = uuid.UUID(text)
    except ValueError:
        raise Http404 from None
    households = Household.objects.writable_by(user).select_related("village")
    return get_object_or_404(households, uuid=wanted)


def _posted_uuid(text):
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()
