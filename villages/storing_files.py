"""Files that people bring: known by what is in them, never by what they are called.

Who may open one is asked of the records that it belongs to: a floor that keeps files tells
its rule with ``let_open`` (somebody who is signed in) or ``show_to_everybody``. A file to
which no rule says yes is opened by nobody.
"""

import re
import unicodedata
import zipfile
from io import BytesIO

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from villages.models import StoredFile
from villages.photographs import shrunk
from villages.text import clean_text

MOST_BYTES = 5 * 1024 * 1024
# A telephone's picture may come larger: it is made small before it is kept.
MOST_PHOTOGRAPH_BYTES = 10 * 1024 * 1024
MOST_PARTS, MOST_UNPACKED = 3000, 100 * 1024 * 1024
LONGEST_NAME = 150


class Kind(models.TextChoices):
    """What a file may be, by its content."""

    PHOTOGRAPH = "photograph", _("photograph (JPEG, PNG, WebP)")
    PDF = "pdf", "PDF"
    WORD = "word", "Word (.docx)"
    EXCEL = "excel", "Excel (.xlsx)"
    AUDIO = "audio", "MP3"


ENDINGS = {
    Kind.PHOTOGRAPH: (".jpg", "image/jpeg"),
    Kind.PDF: (".pdf", "application/pdf"),
    Kind.WORD: (
        ".docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    Kind.EXCEL: (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    Kind.AUDIO: (".mp3", "audio/mpeg"),
}
# What a browser offers to choose from; what is chosen is looked at all the same.
ACCEPTED = {
    Kind.PHOTOGRAPH: "image/jpeg,image/png,image/webp",
    Kind.PDF: ".pdf",
    Kind.WORD: ".docx",
    Kind.EXCEL: ".xlsx",
    Kind.AUDIO: ".mp3",
}
MAIN_PARTS = {Kind.WORD: "word/document.xml", Kind.EXCEL: "xl/workbook.xml"}
PHOTOGRAPH_HEADS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
AUDIO_HEADS = (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")

_openers, _public_rules = [], []


def let_open(rule):
    """Register ``rule(user, file) -> bool``: whether somebody signed in may open a file."""
    _openers.append(rule)
    return rule


def show_to_everybody(rule):
    """Register ``rule(file) -> bool``: whether a file stands on a public page."""
    _public_rules.append(rule)
    return rule


def may_open(user, file):
    """Whether one of the records that a file belongs to opens it to this person.

    What stands on a public page has an address of its own there.
    """
    return any(rule(user, file) for rule in _openers)


def is_public(file):
    """Whether a file stands on a public page."""
    return any(rule(file) for rule in _public_rules)


def store_file(*, commune, upload, by, kinds=tuple(Kind)):
    """Keep an uploaded file of one of these kinds; photographs small and without EXIF.

    ``upload`` has a name and can be read. Raises ValidationError, in words.
    """
    content = upload.read(MOST_PHOTOGRAPH_BYTES + 1)
    kind = kind_of(content)
    if kind not in kinds:
        raise ValidationError(
            _("This is none of the files that can be kept here: %(kinds)s."),
            code="kind",
            params={"kinds": ", ".join(str(Kind(one).label) for one in kinds)},
        )
    most = MOST_PHOTOGRAPH_BYTES if kind == Kind.PHOTOGRAPH else MOST_BYTES
    if len(content) > most:
        raise ValidationError(too_large(most), code="too_large")
    if kind == Kind.PHOTOGRAPH:
        content = shrunk(content)
    ending, content_type = ENDINGS[kind]
    return StoredFile.objects.create(
        commune=commune,
        name=plain_name(upload.name, ending),
        content_type=content_type,
        size=len(content),
        content=content,
        uploaded_by=by,
    )


def too_large(most):
    """Return the words for a file of more bytes than this."""
    return _("This file is larger than %(most)s MB. Choose a smaller one.") % {
        "most": most // (1024 * 1024)
    }


def kind_of(content):
    """Return what a file is by its own signs, or ``None`` for all that is not kept here."""
    if content.startswith(PHOTOGRAPH_HEADS[:2]) or (
        content.startswith(PHOTOGRAPH_HEADS[2]) and content[8:12] == b"WEBP"
    ):
        return Kind.PHOTOGRAPH
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]:
        return Kind.PDF
    if content.startswith(AUDIO_HEADS):
        return Kind.AUDIO
    if content.startswith(b"PK\x03\x04"):
        return _office_kind(content)
    return None


def _office_kind(content):
    """Return whether a package is a document or a workbook: whole, reasonable, no macros."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    names = {part.filename for part in parts}
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        return None
    if "[Content_Types].xml" not in names or any("vbaProject" in name for name in names):
        return None
    return next((kind for kind, part in MAIN_PARTS.items() if part in names), None)


def plain_name(name, ending):
    """Return the name of a file without folders and hidden signs, with the right ending."""
    last = re.split(r"[\\/]", str(name or ""))[-1]
    # Signs that turn the direction of writing would show «gpj.exe» as «exe.jpg».
    seen = "".join(sign for sign in clean_text(last) if unicodedata.category(sign)[0] != "C")
    stem = re.sub(r"\.[^.\s]{1,5}$", "", seen).strip(" .") or "tep"
    return stem[: LONGEST_NAME - len(ending)].strip() + ending


class StoredFileField(forms.FileField):
    """One file of one of these kinds, in a form that a ``takes_one_file`` view fills."""

    def __init__(self, *, kinds=tuple(Kind), capture=False, **kwargs):
        self.kinds = tuple(kinds)
        attrs = {"accept": ",".join(ACCEPTED[Kind(kind)] for kind in self.kinds)}
        if capture:
            attrs["capture"] = "environment"
        kwargs.setdefault("error_messages", {})
        kwargs["error_messages"].setdefault("empty", _("This file is empty."))
        super().__init__(widget=forms.FileInput(attrs=attrs), **kwargs)
