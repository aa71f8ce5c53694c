"""Files are known by what is in them, kept small, and opened by the records they belong to."""

import io
import struct
import zipfile
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from portal.tests.records import photograph
from training.attendance import hold_session
from training.evidence import add_photograph
from training.models import TrainingSession
from villages.models import StoredFile
from villages.periods import today
from villages.photographs import LONGEST_SIDE, shrunk
from villages.storing_files import MOST_BYTES, Kind, kind_of, plain_name, store_file

# The database has no say in it; once is enough.
pytestmark = pytest.mark.once

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
HOSTILE = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<!doctype html><script>alert(1)</script>",
    "html after a picture's name": b"GIF89a<script>alert(1)</script>",
    "program": b"MZ\x90\x00",
    "nothing": b"",
    "archive": None,
}


def package(**parts):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return made.getvalue()


def docx(**more):
    return package(**{"[Content_Types].xml": "", "word/document.xml": "<x/>"} | more)


def upload(content, name="tep.bin"):
    return SimpleUploadedFile(name, content)


def bomb(side):
    """A PNG of a few hundred bytes whose head promises ``side`` × ``side`` points."""

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_a_photograph_is_kept_small_upright_and_without_exif(cast):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8825)[1] = "N"
    sent = photograph("Danh sách.JPEG", size=(3000, 1000), exif=exif, comment=b"where I live")
    file = store_file(commune=cast.commune, upload=sent, by=cast.official)
    file.refresh_from_db()
    with Image.open(io.BytesIO(bytes(file.content))) as kept:
        assert max(kept.size) == LONGEST_SIDE
        assert kept.height > kept.width
        assert kept.format == "JPEG"
        assert not kept.getexif()
        assert not {"comment", "exif", "icc_profile"} & set(kept.info)
    assert (file.name, file.content_type) == ("Danh sách.jpg", "image/jpeg")
    assert file.size == len(bytes(file.content)) < 200_000
    assert b"Maker" not in bytes(file.content)
    assert b"where I live" not in bytes(file.content)


def test_a_picture_with_holes_gets_a_white_ground():
    drawn = io.BytesIO()
    Image.new("RGBA", (10, 10), (255, 0, 0, 0)).save(drawn, "PNG")
    with Image.open(io.BytesIO(shrunk(drawn.getvalue()))) as kept:
        assert kept.getpixel((5, 5)) == (255, 255, 255)


def test_a_picture_that_would_fill_the_memory_is_refused_by_its_head():
    for side in (8000, 60_000):
        with pytest.raises(ValidationError):
            shrunk(bomb(side))


@pytest.mark.parametrize("cut", [10, 100, 400])
def test_half_a_picture_is_refused_in_words(cut):
    whole = photograph(size=(200, 200)).read()
    with pytest.raises(ValidationError) as refused:
        shrunk(whole[:cut])
    assert refused.value.code == "unreadable"


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_file_of_ours_is_refused_whatever_it_is_called(kind, cast):
    content = HOSTILE[kind] if HOSTILE[kind] is not None else package(a="b")
    with pytest.raises(ValidationError) as refused:
        store_file(commune=cast.commune, upload=upload(content, "danh-sach.jpg"), by=cast.official)
    assert refused.value.code == "kind"
    assert not StoredFile.objects.exists()


def test_two_kinds_in_one_file_become_the_picture_alone(cast):
    """A script behind the last byte of a picture goes when the picture is drawn anew."""
    sent = upload(photograph().read() + b"<script>alert(1)</script>%%EOF", "a.html")
    file = store_file(commune=cast.commune, upload=sent, by=cast.official)
    assert b"script" not in bytes(file.content)
    assert file.name == "a.jpg"


def test_documents_are_known_by_their_parts():
    assert kind_of(PDF) == Kind.PDF
    assert kind_of(docx()) == Kind.WORD
    workbook = package(**{"[Content_Types].xml": "", "xl/workbook.xml": "<x/>"})
    assert kind_of(workbook) == Kind.EXCEL
    assert kind_of(docx(**{"word/vbaProject.bin": "macro"})) is None
    assert kind_of(docx()[:-30]) is None
    # 200 KB that unpack to 200 MB.
    assert kind_of(docx(**{"word/media.bin": b"\0" * (200 << 20)})) is None


def test_only_the_kinds_asked_for_and_not_too_much(cast):
    with pytest.raises(ValidationError) as refused:
        store_file(
            commune=cast.commune, upload=upload(PDF), by=cast.official, kinds=[Kind.PHOTOGRAPH]
        )
    assert refused.value.code == "kind"
    big = PDF[:20] + b" " * MOST_BYTES + PDF[20:]
    with pytest.raises(ValidationError) as refused:
        store_file(commune=cast.commune, upload=upload(big), by=cast.official)
    assert refused.value.code == "too_large"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\x\\Kế hoạch.pdf", "Kế hoạch.pdf"),
        ("anh\u202efdp.exe", "anhfdp.pdf"),
        ("a\x00b\r\nX: y.pdf", "abX: y.pdf"),
        ("", "tep.pdf"),
        ("x" * 400, "x" * 146 + ".pdf"),
    ],
)
def test_names_are_plain(given, kept):
    assert plain_name(given, ".pdf") == kept


@pytest.fixture
def evidence(cast):
    session = TrainingSession.objects.create(
        commune=cast.commune, village=cast.vi, title="Lớp VNeID", held_on=today()
    )
    hold_session(session, author=cast.official)
    return add_photograph(session, upload=photograph(size=(900, 600)), by=cast.official)


def test_a_file_opens_for_whoever_sees_its_record_and_for_nobody_else(cast, client, evidence):
    address = reverse("stored_file", args=[evidence.uuid])
    for who, status in (
        (cast.official, 200),
        (cast.reader, 200),
        (cast.leader, 200),
        (cast.neighbour, 404),
        (cast.stranger, 404),
    ):
        client.force_login(who)
        answer = client.get(address)
        assert answer.status_code == status, who
        if status == 200:
            assert b"".join(answer.streaming_content)[:3] == b"\xff\xd8\xff"
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in answer["Content-Security-Policy"]
            assert "default-src 'none'" in answer["Content-Security-Policy"]
            assert "no-store" in answer["Cache-Control"]
    client.logout()
    assert client.get(address).status_code == 302


def test_a_thumbnail_is_small(cast, client, evidence):
    client.force_login(cast.official)
    answer = client.get(reverse("stored_file_small", args=[evidence.uuid]))
    with Image.open(io.BytesIO(b"".join(answer.streaming_content))) as drawn:
        assert max(drawn.size) == 320


def test_a_file_of_no_record_opens_for_nobody(cast, client):
    file = store_file(commune=cast.commune, upload=upload(PDF), by=cast.admin)
    client.force_login(cast.admin)
    assert client.get(reverse("stored_file", args=[file.uuid])).status_code == 404
    client.logout()
    there = client.get(reverse("public_file", args=[file.uuid]))
    missing = client.get(reverse("public_file", args=["00000000-0000-0000-0000-000000000007"]))
    assert there.status_code == missing.status_code == 302
