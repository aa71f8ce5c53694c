"""One visit at its own address: a phone stores it there, a person reads it there."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
)
from django.http import HttpResponseNotAllowed, JsonResponse, QueryDict
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from households.forms.visit import VisitForm
from households.models import Encounter
from households.recording import OtherContent, record_visit
from households.views.visit_page import receipt_of, show_visit
from households.visit_content import WrongShape, guidance_of, read_json
from villages.access import EVERYONE, WRITERS, scope_of

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@csrf_exempt
@login_not_required
def visit(request, uuid):
    """Show a visit (GET) or store it (PUT).

    ``PUT`` takes the fields of the visit form as ``application/x-www-form-urlencoded``, or
    the same as ``application/json``. Only ``household``, ``visited_on`` and ``occasion``
    are required, and either somebody met or a ``difficulty``::

        {
          "household": "0d3c…",                     the household's UUID
          "visited_on": "2025-10-31",
          "occasion": "home_visit",                 gathering, service_centre, online
          "people": [
            {"resident": "7f1a…", "outcomes": {"vneid": "alone"}, "confirmed": true}
          ],                                        alone, with_help, not_yet; not asked: left out
          "new_people": [
            {"full_name": "…", "birth_year": 1990, "sex": "female", "outcomes": {}}
          ],
          "new_people_confirmed": false,            true: nobody of the household, in spite of
                                                    the same name and birth year
          "unnamed_people": 0,
          "smart_device": true,                     null: not asked
          "connection": "mobile",                   wifi, both, none; "": not asked
          "difficulty": "",                         no_signal, no_electricity, no_smart_device,
                                                    away, not_willing, language
          "language": "thai",                       vi, hmong, khmu, dao
          "return_on": null,
          "note": ""
        }

    The answer is JSON: 201 stored, 200 stored before with the same content, 400
    ``{"errors": {field: [messages]}}``, 401 signed out, 403 this account may not write or the
    ``X-CSRFToken`` is missing, 409 the UUID has other content, 413 too large, 415 another
    content type. 201 and 200 repeat ``uuid`` and give ``receipt_number``, ``received_at`` and
    ``version``. The household and the people of somebody else are refused like missing ones.
    """
    if request.method not in {"GET", "HEAD", "PUT"}:
        return HttpResponseNotAllowed(["GET", "HEAD", "PUT"])
    # Asked before the CSRF check: a phone whose session has ended must hear «sign in».
    if not request.user.is_authenticated:
        if request.method == "PUT" or wants_json(request):
            return _refusal(401, "signed_out", _("Please sign in again."))
        return redirect_to_login(request.get_full_path())
    role = scope_of(request.user).role
    if request.method == "PUT":
        return _put(request, uuid, role)
    if role not in EVERYONE:
        raise PermissionDenied
    return show_visit(request, uuid, as_json=wants_json(request))


visit.roles = EVERYONE


def wants_json(request):
    """Whether the caller asks for JSON before HTML."""
    return request.get_preferred_type(["text/html", JSON]) == JSON


def _put(request, uuid, role):
    if role not in WRITERS:
        return _refusal(403, "forbidden", _("This account may read, not write."))
    if _HeaderCheck.refuses(request):
        return _refusal(403, "form_expired", _("Reload the page and send it again."))
    if request.content_type not in {FORM, JSON}:
        return _refusal(415, "content_type", _("Send a form or JSON."))
    known = Encounter.objects.select_related("household__village").filter(uuid=uuid).first()
    if known is not None and not _is_visible(known, request.user):
        return _refusal(409, "conflict", _("This number belongs to another record."))
    try:
        form = VisitForm(_fields(request), user=request.user, known=known, interactive=False)
    except RequestDataTooBig:
        return _refusal(413, "too_large", _("This is too large for one visit."))
    except (WrongShape, TooManyFieldsSent) as problem:
        errors = getattr(problem, "errors", {"__all__": [_("There are too many fields.")]})
        return JsonResponse({"errors": errors}, status=400)
    if not form.is_valid():
        errors = {name: [str(text) for text in texts] for name, texts in form.errors.items()}
        return JsonResponse({"errors": errors}, status=400)
    return _store(request, uuid, form)


def _store(request, uuid, form):
    try:
        encounter, created = record_visit(
            uuid=uuid, guidance=guidance_of(form, uuid), author=request.user
        )
    except OtherContent as conflict:
        about = {}
        if _is_visible(conflict.encounter, request.user):
            about = receipt_of(conflict.encounter)
        return _refusal(409, "conflict", _("This number belongs to another record."), **about)
    return JsonResponse(receipt_of(encounter), status=201 if created else 200)


def _fields(request):
    if request.content_type == JSON:
        return read_json(request.body)
    return QueryDict(request.body, encoding="utf-8")


def _is_visible(encounter, user):
    return Encounter.objects.visible_to(user).filter(pk=encounter.pk).exists()


def _refusal(status, code, message, **more):
    return JsonResponse({"error": code, "message": message, **more}, status=status)


class _HeaderCheck(CsrfViewMiddleware):
    """Django's own check of the CSRF token, with the answer left to the view."""

    def _reject(self, request, reason):
        return reason

    @classmethod
    def refuses(cls, request):
        check = cls(lambda request: None)
        check.process_request(request)
        return check.process_view(request, None, (), {}) is not None
