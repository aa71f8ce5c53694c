"""Only one page takes a file: what is sent elsewhere costs neither disk nor memory."""

from io import BytesIO
from tempfile import NamedTemporaryFile

import pytest
from django.core.cache import cache
from django.core.files import uploadedfile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


@pytest.fixture
def written(monkeypatch):
    """The temporary files that were opened for uploads."""
    opened = []

    def note(*given, **named):
        opened.append(given)
        return NamedTemporaryFile(*given, **named)

    monkeypatch.setattr(uploadedfile.tempfile, "NamedTemporaryFile", note)
    return opened


@pytest.mark.parametrize("address", ["sign_in", "set_language", "password_change"])
def test_a_stranger_cannot_fill_the_disk(client, db, settings, written, address):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
    big = SimpleUploadedFile("big.bin", b"x" * 4 * 1024 * 1024)
    answer = client.post(reverse(address), {"username": "a", "password": "b", "file": big})
    assert answer.status_code in {302, 400}
    assert written == []


def test_a_form_that_comes_with_a_small_file_is_read_without_it(client, cast, written):
    data = {"username": "leader", "password": cast.password, "file": BytesIO(b"x" * 1000)}
    answer = client.post(reverse("sign_in"), data)
    assert answer.status_code == 302
    assert not answer.wsgi_request.FILES
    assert written == []
