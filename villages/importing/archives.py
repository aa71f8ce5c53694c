"""What kind of file some bytes are, and whether it is safe to open. No Django here.

A name says nothing: many a list called .xls is a web page or a workbook of the new kind.
"""

import re
import zipfile
from io import BytesIO

from villages.importing.refused import Refused

MOST_ENTRIES = 5_000
MOST_UNPACKED = 600 * 2**20
# Excel packs a sheet of a million like rows about 1 to 60; zeros pack 1 to 1000.
MOST_TIMES = 250
SMALL = 20 * 2**20

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
BOOKS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
PAGE = re.compile(rb"<(!doctype html|html|table|head|body|meta)\b", re.IGNORECASE)
XML_BOOK = b"urn:schemas-microsoft-com:office:spreadsheet"
BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def kind_of(source):
    """Return "xlsx", "ods", "xls" or "text"; anything else is refused."""
    if not source.strip(b"\x00 \t\r\n"):
        raise Refused("empty")
    if source.startswith(OLE):
        return _kind_of_ole(source)
    if source.startswith(ZIP):
        return _kind_of_zip(source)
    # The first records of workbooks older than Excel 97.
    if source[:2] == b"\x09\x08" or source[:4] in (b"\x09\x04\x06\x00", b"\x09\x02\x06\x00"):
        return "xls"
    start = source[:4096]
    if XML_BOOK in start:
        raise Refused("xml_book")
    if PAGE.search(start):
        raise Refused("web_page")
    if start.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"{\\rtf")):
        raise Refused("not_a_workbook")
    if b"\x00" in start and not _looks_like_utf_16(start):
        raise Refused("not_a_workbook")
    return "text"


def unpacked_size(source):
    """Return how many bytes the parts of an .xlsx say they unpack to."""
    with zipfile.ZipFile(BytesIO(source)) as archive:
        return sum(entry.file_size for entry in archive.infolist())


def _kind_of_ole(source):
    if ENCRYPTED in source:
        raise Refused("password")
    if not any(name in source for name in BOOKS):
        raise Refused("not_a_workbook")
    return "xls"


def _kind_of_zip(source):
    try:
        with zipfile.ZipFile(BytesIO(source)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as problem:
        raise Refused("damaged") from problem
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("password")
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED:
        raise Refused("bomb")
    for entry in entries:
        if entry.file_size > SMALL and entry.file_size > MOST_TIMES * entry.compress_size:
            raise Refused("bomb")
    names = {entry.filename.replace("\\", "/").lower() for entry in entries}
    if "xl/workbook.bin" in names:
        # Its failed formulas would be read as empty cells.
        raise Refused("binary_book")
    for part, kind in (("xl/workbook.xml", "xlsx"), ("content.xml", "ods")):
        if part in names:
            return kind
    raise Refused("not_a_workbook")


def _looks_like_utf_16(start):
    if start.startswith(BOMS):
        return True
    even, odd = start[0::2].count(0), start[1::2].count(0)
    return max(even, odd) > 0.3 * len(start) / 2 and min(even, odd) == 0
