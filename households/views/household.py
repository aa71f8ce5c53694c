"""One household at its own address: a phone stores it there, a person reads it there."""

from django.contrib.auth.decorators import login_not_required, login_required
from django.http import JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from households.taking import Conflict, Refused, take_household
from households.views.household_list import household_detail as household_page
from households.views.phone_answers import (
    errors_answer,
    gate,
    phone_answers,
    refusal,
    sent_object,
    session_phone,
)
from villages.access import EVERYONE


# `gate` makes the CSRF check itself, so that a phone is answered in JSON.
@csrf_exempt
@login_not_required
@phone_answers
def household_detail(request, uuid):
    """Show a household (GET) or store a new one that a phone added (PUT).

    ``PUT`` takes ``application/json``; the first person is the head::

        {
          "village": 1,                             one in which this person works
          "since_on": "2025-10-31",                 by the phone's clock
          "address": "",
          "people": [
            {"uuid": "5b2e…",                       made by the phone, or left out
             "full_name": "…", "birth_year": 1961, "sex": ""}
          ],
          "confirmed": true,                        the person was asked about namesakes
          "phone": {}                               as in a visit
        }

    201 stored, 200 stored before with the same content, 409 the UUID has other content, the
    rest as for a visit. 201 and 200 give ``uuid``, ``number``, ``label`` and ``received_at``.
    Who may be on the list twice is stored and noted as doubtful, never merged.
    """
    if request.method == "PUT":
        return gate(request) or _put(request, uuid)
    return login_required(household_page)(request, uuid)


household_detail.roles = EVERYONE


def _put(request, uuid):
    body, refused = sent_object(request)
    if refused is not None:
        return refused
    try:
        taken = take_household(
            uuid=uuid, body=body, author=request.user, phone=session_phone(request)
        )
    except Refused as problem:
        return errors_answer(problem.errors)
    except Conflict as conflict:
        words = _("This number belongs to another record.")
        return refusal(409, "conflict", words, **conflict.answer)
    return JsonResponse(taken.answer, status=201 if taken.created else 200)
