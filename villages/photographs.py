"""Photographs that people bring: made small, turned upright, without a word of where and when.

A telephone writes its place, owner and time into each picture. Nothing of that is kept: the
picture is drawn anew. What claims to be a picture and would fill the memory is refused by its
head, before it is opened.
"""

import struct
from io import BytesIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

LONGEST_SIDE = 1600
LONGEST_SIDE_SMALL = 320
QUALITY = 80
FORMATS = ("JPEG", "PNG", "WEBP")
# A JPEG can be opened at an eighth of its size; the others, and a JPEG that comes in layers,
# fill the memory with all they have.
MOST_PIXELS = 64_000_000
MOST_PIXELS_AT_ONCE = 20_000_000
# All that Pillow says of signs that are no picture, or only half of one.
UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    EOFError,
    IndexError,
    KeyError,
    OverflowError,
    struct.error,
    Image.DecompressionBombError,
)


def shrunk(source, *, longest_side=LONGEST_SIDE):
    """Return a photograph as a JPEG of at most 1600 pixels a side, without EXIF.

    Raises ValidationError, in words, for whatever is no picture or an unreasonable one.
    """
    try:
        with Image.open(BytesIO(source), formats=FORMATS) as picture:
            _refuse_what_fills_the_memory(picture)
            return _drawn_anew(picture, longest_side)
    except UNREADABLE as broken:
        if isinstance(broken, ValidationError):
            raise
        raise ValidationError(
            _("This photograph cannot be opened. Take it again, as JPEG, PNG or WebP."),
            code="unreadable",
        ) from broken


def small(source):
    """Return the thumbnail of a photograph that ``shrunk`` made."""
    return shrunk(source, longest_side=LONGEST_SIDE_SMALL)


def _refuse_what_fills_the_memory(picture):
    pixels = picture.width * picture.height
    in_parts = picture.format in {"JPEG", "MPO"} and not picture.info.get("progressive")
    if pixels > (MOST_PIXELS if in_parts else MOST_PIXELS_AT_ONCE):
        raise ValidationError(
            _("This photograph has %(width)s × %(height)s points, more than the portal opens."),
            code="too_many_points",
            params={"width": picture.width, "height": picture.height},
        )


def _drawn_anew(picture, longest_side):
    picture.draft("RGB", (longest_side, longest_side))
    picture.thumbnail((longest_side, longest_side))
    upright = ImageOps.exif_transpose(picture)
    # White shows where a picture is transparent; a new canvas carries no comment of the old.
    canvas = Image.new("RGB", upright.size, "white")
    if upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info:
        upright = upright.convert("RGBA")
        canvas.paste(upright, mask=upright.getchannel("A"))
    else:
        canvas.paste(upright.convert("RGB"))
    drawn = BytesIO()
    canvas.save(drawn, "JPEG", quality=QUALITY, optimize=True)
    return drawn.getvalue()
