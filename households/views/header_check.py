"""The CSRF check for addresses that phones call: the refusal is words in JSON, not a page."""

from django.middleware.csrf import CsrfViewMiddleware


class HeaderCheck(CsrfViewMiddleware):
    """Django's own check of the CSRF token, with the answer left to the view."""

    def _reject(self, request, reason):
        return reason

    @classmethod
    def refuses(cls, request):
        """Whether the request lacks the token that its cookie belongs to."""
        check = cls(lambda request: None)
        check.process_request(request)
        return check.process_view(request, None, (), {}) is not None
