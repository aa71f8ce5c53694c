"""What a request may bring with it."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, SkipFile


class NoFiles(FileUploadHandler):
    """Drops files, and refuses a body larger than any form before it is read.

    Django's limit counts fields only; files go to disk without end, signed in or not.
    """

    def handle_raw_input(self, input_data, META, content_length, *given, **named):  # noqa: N803
        if content_length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig("The body is larger than any form of the portal.")

    def new_file(self, *given, **named):
        raise SkipFile

    def receive_data_chunk(self, raw_data, start):
        return None

    def file_complete(self, file_size):
        return None
