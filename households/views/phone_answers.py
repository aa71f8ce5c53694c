"""How the addresses of the leaders' phones answer: always JSON, always marked as ours."""

from functools import wraps
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import JsonResponse
from django.utils.translation import gettext as _

from households.package import works_on_phone
from households.phone_clock import WrongShape
from households.views.header_check import HeaderCheck
from households.visit_content import read_object
from villages.access import TEAM_LEADER, WRITERS, scope_of
from villages.models import Phone

JSON = "application/json"


def for_phones(view):
    """Let only whoever has work on a phone reach the view; every refusal is JSON.

    The phone says in ``X-User`` whom it asks for: another person's session is told apart
    from a missing one.
    """

    @wraps(view)
    def guarded(request, *args, **kwargs):
        refused = _refused(request)
        return marked(view(request, *args, **kwargs) if refused is None else refused)

    # An official only while there is something to do on a phone: ``works_on_phone``.
    guarded.roles = (TEAM_LEADER,)
    return login_not_required(guarded)


def refusal(status, code, message, **more):
    """Return a refusal a phone can read: a code for it, words for its owner."""
    return marked(JsonResponse({"error": code, "message": str(message), **more}, status=status))


def marked(response):
    """Mark an answer as the portal's own: a captive portal answers 200 too."""
    response["X-Portal"] = "1"
    return response


def phone_answers(view):
    """Mark every answer that the view returns as the portal's own."""

    @wraps(view)
    def answered(request, *args, **kwargs):
        return marked(view(request, *args, **kwargs))

    return answered


def gate(request):
    """Return why this person may not store records here, or None.

    A phone whose session has ended must hear «sign in», whatever else is wrong; so the view
    is exempt from the CSRF check of the middleware, and the check is made here.
    """
    refused = stranger(request)
    if refused is not None:
        return refused
    if scope_of(request.user).role not in WRITERS:
        return refusal(403, "forbidden", _("This account may read, not write."))
    if HeaderCheck.refuses(request):
        return refusal(403, "form_expired", _("Reload the page and send it again."))
    return None


def stranger(request):
    """Return the refusal for nobody, or for somebody else than the phone asks for, or None."""
    if not request.user.is_authenticated:
        return refusal(401, "signed_out", _("Please sign in again."))
    wanted = request.headers.get("X-User", "")
    if wanted and wanted != str(request.user.pk):
        return refusal(401, "other_user", _("Somebody else is signed in here."))
    return None


def sent_object(request):
    """Return (what was sent as one JSON object, None) or (None, the refusal)."""
    if request.content_type != JSON:
        return None, refusal(415, "content_type", _("Send JSON."))
    try:
        return read_object(request.body), None
    except RequestDataTooBig:
        return None, refusal(413, "too_large", _("This is too large for one record."))
    except WrongShape as problem:
        return None, errors_answer(problem.errors)


def errors_answer(errors):
    """Return the refusal of a record, with messages per field."""
    told = {"error": "refused", "message": _("Please look at what was written."), "errors": errors}
    return marked(JsonResponse(told, status=400))


def session_phone(request):
    """Return the phone this session is bound to, if it is this person's."""
    phones = Phone.objects.filter(user=request.user)
    try:
        return phones.filter(uuid=UUID(str(request.session.get("phone")))).first()
    except ValueError:
        return None


def _refused(request):
    refused = stranger(request)
    if refused is not None:
        return refused
    if not works_on_phone(request.user):
        return refusal(403, "forbidden", _("This account may not open or change this."))
    return None
