"""What phones sealed, taken in without anybody's session: the signature is the authority."""

import uuid
from time import monotonic

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponseNotAllowed, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from households.receiving import receive
from households.sealing import Unreadable, instant, open_record, strict_json
from households.views.phone_answers import marked, refusal
from villages.access import public
from villages.log import signed_by
from villages.models import Phone

MOST_RECORDS = 100
LARGEST_BODY = 2 * 1024 * 1024
UNREADABLE, LATER = "unreadable", "later"
# A phone waits 20 seconds; what was taken in by then must reach it as an answer.
LONGEST_WORK = 10


# No session is read, so there is nothing that a foreign page could misuse.
@csrf_exempt
@public
def sealed_records(request):
    """Take in records that phones sealed (POST), each by itself and in their order.

    ``{"sent_at": "2025-10-31T…", "records": ["<JWE>", …]}``, at most 100 records and 2 MB. The
    answer is 200 with a result for each record, in order::

        {"results": [{"uuid": "…", "kind": "visit", "status": "received", "receipt_number": "…",
                      "received_at": "…", "version": 1}, …]}

    ``received``: stored now or before. ``held``: the commune keeps it and an official looks
    at it, with ``reason`` and ``message``. ``unreadable``: not opened (``reason`` altered,
    other_portal, unknown_phone, too_large), and no UUID. ``later``: not looked at, since the
    portal is busy; the phone sends it again. With ``"phone": "<its uuid>"`` the answer says
    whether the commune has ``revoked`` that phone, which then forgets what it can read; what
    waits on it is still taken in. No session and no CSRF token: a record
    bears the signature of the phone that wrote it, whoever brings it.
    """
    if request.method != "POST":
        return marked(HttpResponseNotAllowed(["POST"]))
    if request.content_type != "application/json":
        return refusal(415, "content_type", _("Send JSON."))
    try:
        sent_at, records, phone = _read(request)
    except RequestDataTooBig:
        return refusal(413, "too_large", _("This is larger than anything a phone sends."))
    except ValueError:
        return refusal(400, "bad_request", _("This is not what a phone sends."))
    answer = {"results": list(_take_all(records, sent_at))}
    if phone is not None:
        answer["revoked"] = Phone.objects.filter(uuid=phone, revoked_at__isnull=False).exists()
    return marked(JsonResponse(answer))


def _read(request):
    # Without a length nobody knows how much there is to read.
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal():
        raise ValueError("no length")
    if int(length) > LARGEST_BODY:
        raise RequestDataTooBig
    said = strict_json(request.body.decode("utf-8"))
    if not isinstance(said, dict) or not isinstance(said.get("records"), list):
        raise ValueError("no records")
    if len(said["records"]) > MOST_RECORDS:
        raise RequestDataTooBig
    phone = said.get("phone")
    if phone is not None:
        phone = uuid.UUID(str(phone))
    return instant(said.get("sent_at")), said["records"], phone


def _take_all(records, sent_at):
    phones, until = {}, monotonic() + LONGEST_WORK
    for place, text in enumerate(records):
        # The first is always taken in: a phone that asks again gets on.
        if place and monotonic() > until:
            yield {"uuid": None, "kind": None, "status": LATER, "reason": LATER}
        else:
            yield _take(text, phones, sent_at)


def _take(text, phones, sent_at):
    try:
        record = open_record(text, phones=phones)
    except Unreadable as unreadable:
        told = {"reason": unreadable.code, "message": str(unreadable.words)}
        return {"uuid": None, "kind": None, "status": UNREADABLE, **told}
    # The log names who wrote it, not whose session happened to bring it.
    with signed_by(record.author):
        return receive(record, sent_at=sent_at).as_json()
