"""The one file that one page takes: held in memory, small, and nothing beside it."""

from functools import wraps
from io import BytesIO

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

CHUNK, LET_PASS = 64 * 1024, 64 * 1024 * 1024


class OneSmallFile(FileUploadHandler):
    """Keeps the first file of one field, up to ``most`` bytes, in memory; drops all else.

    ``was_too_large`` tells a file that was dropped for its size from one that never came. A
    body larger than any form is refused before it is read, as everywhere.
    """

    def __init__(self, request, *, field, most):
        super().__init__(request)
        self.field, self.most = field, most
        self.was_too_large = False
        self._taken = False
        self._kept = None

    def handle_raw_input(self, input_data, META, content_length, *given, **named):  # noqa: N803
        if content_length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig("The body is larger than any form of the portal.")

    def new_file(self, field_name, *given, **named):
        super().new_file(field_name, *given, **named)
        if field_name != self.field or self._taken:
            raise SkipFile
        self._taken, self._kept = True, BytesIO()

    def receive_data_chunk(self, raw_data, start):
        if start + len(raw_data) > self.most:
            self.was_too_large = True
            raise SkipFile
        self._kept.write(raw_data)

    def file_complete(self, file_size):
        if self._kept is None or self.was_too_large:
            return None
        self._kept.seek(0)
        return InMemoryUploadedFile(
            file=self._kept,
            field_name=self.field,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )


def takes_one_file(field, *, most):
    """Let a view read one file of ``field``, up to ``most`` bytes, as ``request.FILES``.

    ``request.file_was_too_large`` tells why none came. What is larger than any form is let
    pass by unread; its sender hears so on the same page. Stands below ``for_roles``.
    """

    def decorate(view):
        checked = csrf_protect(view)

        @wraps(view)
        def taking(request, *args, **kwargs):
            if _is_larger_than_any_form(request):
                _let_pass(request)
                words = _("This file is larger than %(most)s MB. Choose a smaller one.")
                messages.error(request, words % {"most": most // (1024 * 1024)})
                return redirect(request.path)
            # The handler must stand before the CSRF check reads the body; that is made after.
            handler = OneSmallFile(request, field=field, most=most)
            request.upload_handlers = [handler]
            if request.method == "POST":
                request.POST  # noqa: B018 (the body is read here, and with it the file)
            request.file_was_too_large = handler.was_too_large
            return checked(request, *args, **kwargs)

        return csrf_exempt(taking)

    return decorate


def _let_pass(request):
    """Take the body off the line and drop it: a browser hears no answer while it sends."""
    for _part in range(LET_PASS // CHUNK):
        if not request.read(CHUNK):
            return


def _is_larger_than_any_form(request):
    length = request.META.get("CONTENT_LENGTH") or "0"
    return length.isdecimal() and int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
