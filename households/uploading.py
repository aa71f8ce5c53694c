"""The one file that one page takes: held in memory, small, and nothing beside it."""

from io import BytesIO

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile


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
