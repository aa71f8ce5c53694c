"""The commune's list of villages, kept: adding, correcting and deleting one."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from villages.access import ADMIN, OFFICIAL, for_roles
from villages.answers import answer_form, sent
from villages.keeping_villages import delete_village, what_hangs_on
from villages.models import Village
from villages.refusals import ChangeRefused
from villages.village_forms import VillageForm

form_methods = require_http_methods(["GET", "HEAD", "POST"])


@for_roles(OFFICIAL, ADMIN)
@form_methods
def village_add(request):
    """Add a village to the commune's list."""
    return answer_form(
        request,
        VillageForm(sent(request), user=request.user),
        "villages/village_add.html",
        save=lambda form: form.save(),
        done=lambda village: reverse("village_detail", args=[village.pk]),
        message=lambda village: (
            _("%(village)s is on the list now.") % {"village": village.full_name}
        ),
        cancel_url=reverse("village_list"),
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def village_edit(request, pk):
    """Correct a village's number, name, kind or first day: as if it had always been so."""
    village = _writable(request, pk)
    back = reverse("village_detail", args=[pk])
    return answer_form(
        request,
        VillageForm(sent(request), user=request.user, instance=village),
        "villages/village_edit.html",
        save=lambda form: form.save(),
        done=back,
        message=_("The village is corrected."),
        village=Village.objects.get(pk=pk),
        cancel_url=back,
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def village_delete(request, pk):
    """Delete a village that was added by mistake, after asking; or say what hangs on it."""
    village = _writable(request, pk)
    if request.method == "POST":
        try:
            delete_village(village=village)
            messages.success(request, _("The village is deleted."))
            return redirect("village_list")
        except ChangeRefused as refusal:
            messages.error(request, refusal.message)
            return redirect("village_delete", pk=pk)
    context = {
        "village": village,
        "hanging": what_hangs_on(village),
        "cancel_url": reverse("village_detail", args=[pk]),
    }
    return render(request, "villages/village_delete.html", context)


def _writable(request, pk):
    villages = Village.objects.writable_by(request.user).select_related("commune")
    return get_object_or_404(villages, pk=pk)
