"""Attendance that a trainer's phone wrote down, stored at an address of its own."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseNotAllowed, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from households.taking import Conflict, Refused
from households.views.phone_answers import (
    errors_answer,
    gate,
    phone_answers,
    refusal,
    sent_object,
    session_phone,
)
from training.taking_attendance import NeedsOfficial, NoSession, take_attendance
from villages.access import WRITERS


# `gate` makes the CSRF check itself, so that a phone is answered in JSON.
@csrf_exempt
@login_not_required
@phone_answers
def attendance_sheet(request, uuid, sheet_uuid):
    """Store who came to a session (PUT), once; a sheet adds to the list and strikes nobody.

    ``PUT`` takes ``application/json``; at least one person must have come::

        {
          "session": "0d3c…",                       as in the address, or left out
          "people": [
            {"resident": "7f1a…", "outcomes": {"vneid": "alone"}}
          ],                                        alone, with_help, not_yet; not asked: left out
          "staff": [12],
          "walk_ins": [
            {"uuid": "5b2e…",                       made by the phone
             "full_name": "…", "sex": "female", "birth_year": 1990, "village": 7}
          ],                                        only the name is required
          "phone": {}                               as in a visit
        }

    201 stored, 200 stored before with the same content, 400 ``{"errors": {field: [messages]}}``,
    401 as for a visit, 403 this account may not write, 404 no such session in reach, 409
    ``conflict`` the UUID has other content, 409 ``needs_official`` the session is closed,
    cancelled or still to come, or somebody on the list is not known any more: sent sealed, the
    list is held for an official. 201 and 200 repeat ``uuid`` and give ``session`` and
    ``received_at``.
    """
    refused = gate(request)
    if refused is not None:
        return refused
    if request.method != "PUT":
        return HttpResponseNotAllowed(["PUT"])
    body, refused = sent_object(request)
    if refused is not None:
        return refused
    if body.setdefault("session", str(uuid)) != str(uuid):
        return errors_answer({"session": [_("The address names another session.")]})
    return _answer(request, sheet_uuid, body)


attendance_sheet.roles = WRITERS


def _answer(request, sheet_uuid, body):
    try:
        taken = take_attendance(
            uuid=sheet_uuid, body=body, author=request.user, phone=session_phone(request)
        )
    except NoSession as problem:
        return refusal(404, "missing", problem.errors["session"][0])
    except NeedsOfficial as problem:
        words = next(iter(problem.errors.values()))[0]
        return refusal(409, "needs_official", words, errors=problem.errors)
    except Refused as problem:
        return errors_answer(problem.errors)
    except Conflict:
        return refusal(409, "conflict", _("This number belongs to another record."))
    return JsonResponse(taken.answer, status=201 if taken.created else 200)
