"""The package of a leader's phone, and what that phone may look at but not keep."""

from django.http import JsonResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from households.package import package_of, poverty_of
from households.views.phone_answers import for_phones


@for_phones
@require_safe
@gzip_page
def phone_package(request):
    """Answer with the leader's own villages; 304 when nothing changed since ``If-None-Match``.

    ``X-As-Of`` dates the content in both answers.
    """
    package, tag = package_of(request.user)
    etag = f'"{tag}"'
    response = JsonResponse(package, json_dumps_params=COMPACT)
    response["ETag"] = etag
    response = get_conditional_response(request, etag=etag, response=response)
    response["X-As-Of"] = package["as_of"]
    return response


@for_phones
@require_safe
@gzip_page
def phone_poverty(request):
    """Answer with what a phone shows while it has signal and never stores."""
    response = JsonResponse(poverty_of(request.user), json_dumps_params=COMPACT)
    response["Cache-Control"] = "no-store, private"
    return response


COMPACT = {"ensure_ascii": False, "separators": (",", ":")}
