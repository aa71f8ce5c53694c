"""Changing what was recorded: corrections and voids, always with a reason."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from households.correcting import may_correct
from households.forms.settling import ReasonForm
from households.forms.visit import CorrectionForm
from households.models import Encounter
from households.recording import NotCorrectable, correct_visit, void_visit
from households.visit_content import content_from_records, form_initial, guidance_of, keep_content
from villages.access import WRITERS, for_roles


@for_roles(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def visit_correct(request, uuid):
    """Correct a visit with a reason; the earlier version is kept."""
    visit = _changeable(request, uuid)
    if visit.voided_at is not None:
        return redirect("visit", visit.uuid)
    if visit.household is None:
        raise PermissionDenied
    known = {"user": request.user, "household": visit.household, "known": visit}
    if request.method != "POST":
        initial = form_initial(content_from_records(visit))
        return _show(request, visit, CorrectionForm(initial=initial, **known))
    form = CorrectionForm(request.POST, **known)
    if not form.is_valid():
        return _show(request, visit, form, status=400)
    guidance = guidance_of(form, visit.uuid)
    if guidance.content != content_from_records(visit):
        try:
            keep_content(visit)
            correct_visit(
                encounter=visit,
                guidance=guidance,
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        except NotCorrectable:
            raise PermissionDenied from None
        messages.success(request, _("The correction is saved."))
    else:
        messages.info(request, _("Nothing was changed, so nothing was saved."))
    return redirect("visit", visit.uuid)


@for_roles(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def visit_void(request, uuid):
    """Declare a visit void after asking, with a reason: it stays readable, it stops counting."""
    visit = _changeable(request, uuid)
    if visit.voided_at is not None:
        return redirect("visit", visit.uuid)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keep_content(visit)
        void_visit(encounter=visit, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, _("The visit is void and no longer counts."))
        return redirect("visit", visit.uuid)
    context = {"visit": visit, "household": visit.household, "form": form}
    status = 400 if request.method == "POST" else 200
    return render(request, "households/visit_void.html", context, status=status)


def _changeable(request, uuid):
    visits = Encounter.objects.visible_to(request.user).select_related("household__village")
    visit = get_object_or_404(visits, uuid=uuid)
    # Void already: sent twice, or somebody else was faster. Its page says so.
    if visit.voided_at is None and not may_correct(request.user, visit):
        raise PermissionDenied
    return visit


def _show(request, visit, form, status=200):
    context = {
        "form": form,
        "visit": visit,
        "household": visit.household,
        "visit_uuid": visit.uuid,
    }
    return render(request, "households/visit_form.html", context, status=status)
