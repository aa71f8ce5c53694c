"""Compiles translations with Babel, so that GNU gettext need not be installed."""

import os
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_translations(folders):
    """Compile each ``django.po`` that is newer than its ``.mo``; return those compiled."""
    compiled = []
    for folder in folders:
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/django*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
                continue
            with source.open("rb") as file:
                catalogue = read_po(file, locale=source.parent.parent.name)
            # Renamed into place: another process may be reading the old one now.
            handle, written = tempfile.mkstemp(dir=source.parent, suffix=".part")
            with os.fdopen(handle, "wb") as file:
                write_mo(file, catalogue)
            Path(written).chmod(0o644)
            Path(written).replace(target)
            compiled.append(source)
    return compiled
