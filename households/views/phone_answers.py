"""How the addresses of the leaders' phones answer: always JSON, always marked as ours."""

from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.utils.translation import gettext as _

from villages.access import TEAM_LEADER, scope_of


def for_phones(view):
    """Let only whoever leads a village reach the view; every refusal is JSON.

    The phone says in ``X-User`` whom it asks for: another person's session is told apart
    from a missing one.
    """

    @wraps(view)
    def guarded(request, *args, **kwargs):
        refused = _refused(request)
        return marked(view(request, *args, **kwargs) if refused is None else refused)

    guarded.roles = (TEAM_LEADER,)
    return login_not_required(guarded)


def refusal(status, code, message, **more):
    """Return a refusal a phone can read: a code for it, words for its owner."""
    return marked(JsonResponse({"error": code, "message": str(message), **more}, status=status))


def marked(response):
    """Mark an answer as the portal's own: a captive portal answers 200 too."""
    response["X-Portal"] = "1"
    return response


def _refused(request):
    user = request.user
    if not user.is_authenticated:
        return refusal(401, "signed_out", _("Please sign in again."))
    wanted = request.headers.get("X-User", "")
    if wanted and wanted != str(user.pk):
        return refusal(401, "other_user", _("Somebody else is signed in here."))
    if not scope_of(user).villages:
        return refusal(403, "forbidden", _("This account may not open or change this."))
    return None
