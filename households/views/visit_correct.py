"""Changing what was recorded: corrections and voids, always with a reason."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from households.correcting import may_correct
from households.forms.settling import ReasonForm
from households.forms.visit import CorrectionForm
from households.models import Encounter
from households.recording import NotCorrectable, Outdated, correct_visit, void_visit
from households.taking import Conflict, Missing, Refused, TooLate, take_correction
from households.views.phone_answers import (
    errors_answer,
    gate,
    phone_answers,
    refusal,
    sent_object,
    session_phone,
)
from households.visit_content import content_from_records, form_initial, guidance_of, keep_content
from households.visit_history import Teller, corrections_of
from villages.access import WRITERS, for_roles


@csrf_exempt
@login_not_required
@phone_answers
def visit_correct(request, uuid):
    """Correct a visit with a reason (POST, or PUT from a phone); the earlier version is kept.

    ``PUT`` takes the visit as it should be, as the address of the visit takes it, with
    ``reason`` and ``version``, the one that was corrected. 200 gives the receipt with the
    version that stands now, and the same sent again gets it too. 409 ``{"error": "conflict",
    "version": n}``: somebody else corrected it meanwhile (or declared it void: ``voided``).
    403: more than seven days have passed. 404: there is no such visit in reach.
    """
    if request.method == "PUT":
        return gate(request) or _put(request, uuid)
    return login_required(csrf_protect(_correct_by_hand))(request, uuid)


visit_correct.roles = WRITERS


def _put(request, uuid):
    body, refused = sent_object(request)
    if refused is not None:
        return refused
    try:
        taken = take_correction(
            visit_uuid=uuid, body=body, author=request.user, phone=session_phone(request)
        )
    except (Missing, TooLate) as problem:
        status, code = (404, "missing") if isinstance(problem, Missing) else (403, "too_late")
        return refusal(status, code, problem.errors["visit"][0])
    except Refused as problem:
        return errors_answer(problem.errors)
    except Conflict as conflict:
        words = _("Somebody else changed this visit meanwhile.")
        return refusal(409, "conflict", words, **conflict.answer)
    return JsonResponse(taken.answer)


@for_roles(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def _correct_by_hand(request, uuid):
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
    if guidance.content == content_from_records(visit):
        messages.info(request, _("Nothing was changed, so nothing was saved."))
        return redirect("visit", visit.uuid)
    try:
        keep_content(visit)
        correct_visit(
            encounter=visit,
            guidance=guidance,
            reason=form.cleaned_data["reason"],
            by=request.user,
            version=_version_of(request.POST, visit),
        )
    except Outdated as outdated:
        changed = _corrections_since(outdated.encounter, _version_of(request.POST, visit))
        return _show(request, outdated.encounter, form, status=409, changed_meanwhile=changed)
    except NotCorrectable:
        raise PermissionDenied from None
    messages.success(request, _("The correction is saved."))
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


def _version_of(posted, visit):
    """Return the version the page was opened with; a page that says none shows the last one."""
    version = posted.get("version", "")
    return int(version) if version.isdecimal() and len(version) < 6 else visit.version


def _corrections_since(visit, version):
    versions = list(visit.versions.select_related("replaced_by").order_by("number"))
    teller = Teller(visit, [visit.content, *(earlier.content for earlier in versions)])
    told = corrections_of(visit, versions, teller)
    return [correction for correction in told if correction.version.number >= version]


def _show(request, visit, form, status=200, **more):
    context = {
        "form": form,
        "visit": visit,
        "household": visit.household,
        "visit_uuid": visit.uuid,
    } | more
    return render(request, "households/visit_form.html", context, status=status)
