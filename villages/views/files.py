"""Files as they were stored, for whom the record they belong to opens them."""

from io import BytesIO

from csp.constants import NONE
from csp.decorators import csp_replace
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET

from villages.access import EVERYONE, for_roles, public
from villages.models import StoredFile
from villages.photographs import small
from villages.storing_files import is_public, may_open

PHOTOGRAPH = "image/jpeg"
# Even a file that a browser draws runs nothing and asks nobody.
nothing_runs = csp_replace({"default-src": [NONE], "sandbox": True})


@for_roles(*EVERYONE)
@require_GET
@nothing_runs
def stored_file(request, uuid):
    """Hand out a file: photographs to look at, everything else to save."""
    return _answer(_opened(request, uuid))


@for_roles(*EVERYONE)
@require_GET
@nothing_runs
def stored_file_small(request, uuid):
    """Hand out the thumbnail of a photograph; any other file has none and is led to whole."""
    file = _opened(request, uuid)
    if file.content_type != PHOTOGRAPH:
        return redirect("stored_file", uuid=uuid)
    return _answer(file, small(file.content))


@public
@require_GET
@nothing_runs
def public_file(request, uuid):
    """Hand out a file that stands on a public page; any other asks for the sign-in first.

    One that does not exist answers the same, so that nobody learns which ones do.
    """
    file = StoredFile.objects.without_content().filter(uuid=uuid).first()
    if file is None or not is_public(file):
        return redirect("stored_file", uuid=uuid)
    return _answer(file)


def _opened(request, uuid):
    file = get_object_or_404(StoredFile.objects.without_content(), uuid=uuid)
    if not may_open(request.user, file):
        raise Http404
    return file


def _answer(file, content=None):
    is_photograph = file.content_type == PHOTOGRAPH
    response = FileResponse(
        BytesIO(content if content is not None else bytes(file.content)),
        content_type=file.content_type,
        filename=file.name,
        as_attachment=not is_photograph,
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
