"""One page for each way a request can fail: what happened, what to do, one way on.

No page here asks the database, so that each can be shown when the database is away.
A caller that speaks JSON gets ``{"error": code, "message": words}``.
"""

import logging
import math
import sys

from axes.helpers import get_cool_off
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from portal.context_processors import last_known_commune
from portal.signing_in import SignInForm

log = logging.getLogger("portal.errors")

BARE_PAGE = (
    "<!doctype html><html lang=vi><meta charset=utf-8><title>Bình dân học vụ số</title>"
    "<h1>Cổng đang gặp sự cố</h1><p>Vui lòng thử lại sau ít phút.</p>"
    "<h2>The portal has a problem</h2><p>Please try again in a few minutes.</p></html>"
)

MESSAGES = {
    "bad_request": _("The request could not be read, or it was too large."),
    "forbidden": _("This account may not open or change this."),
    "form_expired": _("The form has expired. Reload the page and send it again."),
    "not_found": _("There is no such page, or this account may not see it."),
    "server_error": _("The portal made a mistake. Nothing was half saved."),
    "unavailable": _("The portal cannot reach its records. Try again shortly."),
    "sign_in_paused": _("Too many wrong passwords. Wait, then try again."),
}


def bad_request(request, exception=None):
    """Answer 400: unreadable or too large."""
    return _answer(request, 400, "bad_request", "400.html")


def permission_denied(request, exception=None):
    """Answer 403: known, but not allowed."""
    return _answer(request, 403, "forbidden", "403.html")


def csrf_failure(request, reason=""):
    """Answer 403 when a form's token is missing or old; nothing typed is lost on going back."""
    return _answer(request, 403, "form_expired", "403_csrf.html", here=_page_of_the_form(request))


def page_not_found(request, exception=None):
    """Answer 404; a record of somebody else's looks the same as a missing one."""
    return _answer(request, 404, "not_found", "404.html")


def server_error(request):
    """Answer 503 with Retry-After while the database is away, otherwise 500."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = _answer(request, 503, "unavailable", "503.html")
        response["Retry-After"] = "30"
        return response
    return _answer(request, 500, "server_error", "500.html")


def sign_in_paused(request, response=None, credentials=None):
    """Answer 429 after too many wrong passwords; the typed user name stays in the form."""
    seconds = int(get_cool_off(request).total_seconds())
    if wants_json(request):
        paused = _as_json(429, "sign_in_paused")
    else:
        form = SignInForm(request, initial={"username": request.POST.get("username", "")[:150]})
        context = {
            "form": form,
            "next": request.POST.get("next", ""),
            "paused_minutes": math.ceil(seconds / 60),
        }
        paused = render(request, "portal/sign_in.html", context, status=429)
    paused["Retry-After"] = str(seconds)
    return paused


def wants_json(request):
    """Tell whether the caller is a script: it prefers JSON or has sent JSON."""
    if request.content_type == "application/json":
        return True
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _page_of_the_form(request):
    """Return the address of the page the form stood on; where it was sent takes no GET."""
    page = request.headers.get("Referer", "")
    return page if url_has_allowed_host_and_scheme(page, {request.get_host()}) else ""


def _answer(request, status, code, template, here=None):
    if wants_json(request):
        return _as_json(status, code)
    commune, is_demo = last_known_commune()
    # The session cookie is enough to choose the way on; reading the session would
    # ask the database.
    signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
    home_url = reverse("home" if signed_in else "start")
    context = {
        "commune": commune,
        "is_demo": is_demo,
        "home_url": home_url,
        "here": request.get_full_path() if here is None else here or home_url,
        "status": status,
    }
    try:
        page = render_to_string(template, context)
    except Exception:
        # The page that says sorry must not fail in its turn.
        log.exception("error page %s could not be drawn", template)
        page = BARE_PAGE
    return HttpResponse(page, status=status)


def _as_json(status, code):
    return JsonResponse({"error": code, "message": str(MESSAGES[code])}, status=status)
