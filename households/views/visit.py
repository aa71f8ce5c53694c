"""One visit at its own address: a phone stores it there, a person reads it there."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
)
from django.http import HttpResponseNotAllowed, JsonResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from households.phone_clock import WrongShape
from households.taking import Conflict, Refused, take_visit
from households.views.phone_answers import (
    JSON,
    errors_answer,
    gate,
    phone_answers,
    refusal,
    session_phone,
    stranger,
)
from households.views.visit_page import show_visit
from households.visit_content import read_object
from villages.access import EVERYONE, scope_of

FORM = "application/x-www-form-urlencoded"


@csrf_exempt
@login_not_required
@phone_answers
def visit(request, uuid):
    """Show a visit (GET) or store it (PUT).

    ``PUT`` takes the fields of the visit form as ``application/x-www-form-urlencoded``, or
    the same as ``application/json``. Only ``household``, ``visited_on`` and ``occasion``
    are required, and either somebody met or a ``difficulty``::

        {
          "household": "0d3c…",                     the household's UUID
          "visited_on": "2025-10-31",               by the phone's clock
          "occasion": "home_visit",                 gathering, service_centre, online
          "people": [
            {"resident": "7f1a…", "outcomes": {"vneid": "alone"}, "confirmed": true}
          ],                                        alone, with_help, not_yet; not asked: left out
          "new_people": [
            {"uuid": "5b2e…",                       made by the phone, or left out; a later visit
             "full_name": "…", "birth_year": 1990,  may name this person by it
             "sex": "female", "outcomes": {}}
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
          "note": "",
          "phone": {                                not part of the content, may be left out
            "recorded_at": "2025-10-31T08:00:00Z",  when it was written, by the phone's clock
            "sent_at": "2025-10-31T17:00:00Z",      now, by the phone's clock
            "known_until": "2025-10-30T23:00:00Z",  the «as_of» of what the phone knew, or null
            "corrected_by": 0                       seconds it had added to a clock known wrong
          }
        }

    A day may lie up to 400 days back or 3 ahead. When ``sent_at`` shows that the phone's clock
    is wrong by more than a day, the visit counts on the day moved by as much, and is noted as
    doubtful. With ``phone``, a newcomer's namesake is noted as doubtful instead of asked about.

    The answer is JSON: 201 stored, 200 stored before with the same content, 400
    ``{"errors": {field: [messages]}}``, 401 signed out or ``other_user`` (``X-User`` names
    somebody else), 403 this account may not write or the ``X-CSRFToken`` is missing, 409 the
    UUID has other content, 413 too large, 415 another content type. 201 and 200 repeat ``uuid``
    and give ``receipt_number``, ``received_at`` and ``version``. Each answer carries
    ``X-Portal: 1``. The household and the people of somebody else are refused like missing ones.
    """
    if request.method not in {"GET", "HEAD", "PUT"}:
        return HttpResponseNotAllowed(["GET", "HEAD", "PUT"])
    if request.method == "PUT":
        return gate(request) or _put(request, uuid)
    if not request.user.is_authenticated and not wants_json(request):
        return redirect_to_login(request.get_full_path())
    if wants_json(request) and (refused := stranger(request)) is not None:
        return refused
    if scope_of(request.user).role not in EVERYONE:
        raise PermissionDenied
    return show_visit(request, uuid, as_json=wants_json(request))


visit.roles = EVERYONE


def wants_json(request):
    """Whether the caller asks for JSON before HTML."""
    return request.get_preferred_type(["text/html", JSON]) == JSON


def _put(request, uuid):
    if request.content_type not in {FORM, JSON}:
        return refusal(415, "content_type", _("Send a form or JSON."))
    try:
        body = _body_of(request)
    except RequestDataTooBig:
        return refusal(413, "too_large", _("This is too large for one visit."))
    except WrongShape as problem:
        return errors_answer(problem.errors)
    except TooManyFieldsSent:
        return errors_answer({"__all__": [_("There are too many fields.")]})
    try:
        taken = take_visit(uuid=uuid, body=body, author=request.user, phone=session_phone(request))
    except Refused as problem:
        return errors_answer(problem.errors)
    except Conflict as conflict:
        words = _("This number belongs to another record.")
        return refusal(409, "conflict", words, **conflict.answer)
    return JsonResponse(taken.answer, status=201 if taken.created else 200)


def _body_of(request):
    if request.content_type == JSON:
        return read_object(request.body)
    return QueryDict(request.body, encoding="utf-8")
