"""Adding households and changing what is known about them."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from households.forms.household import HouseholdAddForm, HouseholdEditForm
from households.models import Household
from households.residence import settle_household
from villages.access import WRITERS, for_roles
from villages.periods import today


@for_roles(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def household_add(request):
    """Add a household with its members; ``?then=visit`` goes on to its first visit.

    The page carries the household's UUID, so that sending it twice adds it once.
    """
    goes_on = "visit" in (request.GET.get("then"), request.POST.get("then"))
    if request.method != "POST":
        form = HouseholdAddForm(user=request.user, initial={"uuid": uuid.uuid4()})
        return _show(request, form, goes_on)
    form = HouseholdAddForm(request.POST, user=request.user)
    if not form.is_valid():
        return _show(request, form, goes_on, status=400)
    known = Household.objects.filter(uuid=form.cleaned_data["uuid"]).first()
    household = known or settle_household(
        village=form.cleaned_data["village"],
        since_on=today(),
        people=form.people,
        uuid=form.cleaned_data["uuid"],
        address=form.cleaned_data["address"],
    )
    if not Household.objects.writable_by(request.user).filter(pk=household.pk).exists():
        raise PermissionDenied
    if known is None:
        messages.success(request, _("%(household)s is on the list now.") % {"household": household})
    if goes_on:
        return redirect(f"{reverse('visit_form')}?household={household.uuid}")
    return redirect("household_detail", household.uuid)


@for_roles(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def household_edit(request, uuid):
    """Change a household's number, address, phone and poverty status."""
    household = writable_household(request.user, uuid)
    form = HouseholdEditForm(request.POST or None, instance=household)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The household is saved."))
        return redirect("household_detail", household.uuid)
    # A refused form has put its values on the instance; the page shows what is stored.
    shown = Household.objects.select_related("village").get(pk=household.pk)
    status = 400 if request.method == "POST" else 200
    context = {"form": form, "household": shown}
    return render(request, "households/household_edit.html", context, status=status)


def visible_household(user, uuid):
    """Return the household of this UUID, or 404 for a stranger's."""
    households = Household.objects.visible_to(user).select_related("village__commune")
    return get_object_or_404(households, uuid=uuid)


def writable_household(user, uuid):
    """Return the household of this UUID: 404 for a stranger, 403 for a reader."""
    household = visible_household(user, uuid)
    if not may_write(user, household):
        raise PermissionDenied
    return household


def may_write(user, household):
    """Whether this person may change the household and its members."""
    return Household.objects.writable_by(user).filter(pk=household.pk).exists()


def _show(request, form, goes_on, status=200):
    context = {"form": form, "goes_on": goes_on}
    return render(request, "households/household_add.html", context, status=status)
