"""The page that takes the file of a phone that could not send."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from households.forms.rescue import RescueForm
from households.models import RescueFile
from households.rescuing import take_rescue_file
from households.sealing import LONGEST_RESCUE
from households.uploading import OneSmallFile
from villages.access import TEAM_LEADER, WRITERS, for_roles, scope_of

PER_PAGE = 25


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


def _show(request, form, rescued=None, status=200):
    is_desk = scope_of(request.user).role != TEAM_LEADER
    files = RescueFile.objects.visible_to(request.user)
    files = files.select_related("phone__user", "uploaded_by").order_by("-uploaded_at", "-pk")
    context = {
        "form": form,
        "rescued": rescued,
        "is_desk": is_desk,
        "page": Paginator(files, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "households/rescue_upload.html", context, status=status)
