"""The page that takes the file of a phone that could not send."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from households.forms.rescue import RescueForm
from households.held_content import day_in
from households.holding import as_uuid
from households.models import Household, RescueFile
from households.rescuing import take_rescue_file
from households.sealing import LONGEST_RESCUE
from villages.access import TEAM_LEADER, WRITERS, for_roles, scope_of
from villages.uploading import OneSmallFile

# The newest; all of them stand on a list of their own.
PER_PAGE = 5
SHOWN = (
    "kind_words", "reason_words", "answer", "visit_uuid", "status", "known_before", "held",
)  # fmt: skip


@csrf_exempt
@for_roles(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def rescue_upload(request):
    """Take in a rescue file: everything in it is recorded or held, or nothing is touched."""
    # The handler must stand before the CSRF check reads the body; that check is made after.
    taking = OneSmallFile(request, field="file", most=LONGEST_RESCUE)
    request.upload_handlers = [taking]
    return _checked(request, taking)


@csrf_protect
def _checked(request, taking):
    if request.method != "POST":
        return _show(request, RescueForm(user=request.user))
    sent, files = request.POST, request.FILES
    form = RescueForm(sent, files, user=request.user, was_too_large=taking.was_too_large)
    if not form.is_valid():
        return _show(request, form, status=400)
    rescued = take_rescue_file(content=form.content, by=request.user)
    return _show(request, RescueForm(user=request.user), rescued=rescued)


def _told(rescued, user):
    """Return the receipts, each with the day and the household it is about."""
    wanted = [as_uuid(receipt.record.body.get("household")) for receipt in rescued.receipts]
    households = Household.objects.visible_to(user).filter(uuid__in=filter(None, wanted))
    known = {household.uuid: household for household in households}
    return [
        {"day": day_in(receipt.record.kind, receipt.record.body), "household": known.get(uuid)}
        | {name: getattr(receipt, name) for name in SHOWN}
        for receipt, uuid in zip(rescued.receipts, wanted, strict=True)
    ]


def _show(request, form, rescued=None, status=200):
    is_desk = scope_of(request.user).role != TEAM_LEADER
    files = RescueFile.objects.visible_to(request.user)
    files = files.select_related("phone__user", "uploaded_by").order_by("-uploaded_at", "-pk")
    context = {
        "form": form,
        "rescued": rescued,
        "told": _told(rescued, request.user) if rescued else [],
        "is_desk": is_desk,
        "page": Paginator(files, PER_PAGE).get_page(1),
    }
    return render(request, "households/rescue_upload.html", context, status=status)
