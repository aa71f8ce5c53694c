"""Language by choice, phones that were signed out, and headers Django has no setting for."""

from auditlog.middleware import AuditlogMiddleware
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import JsonResponse
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.translation import gettext as _

from portal.addresses import client_address
from portal.errors import wants_json
from villages.phones import is_signed_out


class ChosenLanguageMiddleware(LocaleMiddleware):
    """Vietnamese unless this person chose English here.

    A browser's own language is not a choice: most phones in the villages were
    sold with English as their first language.
    """

    def process_request(self, request):
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        codes = {code for code, _name in settings.LANGUAGES}
        translation.activate(chosen if chosen in codes else settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language()


class PrivacyHeadersMiddleware:
    """Personal pages are never stored, and no page may use the device's sensors."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response.setdefault("Cache-Control", "no-store, private")
        return response


class LogMiddleware(AuditlogMiddleware):
    """Signs the log with the person and the address the portal knows itself.

    The package believes the first words of X-Forwarded-For: anybody could sign for
    somebody else, and what is no address stops the write on PostgreSQL.
    """

    @staticmethod
    def _get_remote_addr(request):
        return client_address(request)

    @staticmethod
    def _get_remote_port(request):
        return None


class SignedOutPhoneMiddleware:
    """Ends the session of a phone that the commune has signed out, before anything is read.

    Public pages are the same for everybody and never touch the session here.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if getattr(view, "is_public", False) or not is_signed_out(request.session):
            return None
        request.session.flush()
        words = _("This phone was signed out by the commune. Ask the commune for a new card.")
        # A browser that preloads an address asks for anything, whatever its page will ask for.
        if request.method == "PUT" or wants_json(request) or getattr(view, "is_json", False):
            answer = JsonResponse({"error": "signed_out", "message": words}, status=401)
            answer["X-Portal"] = "1"
            return answer
        messages.warning(request, words)
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "")
