"""Somebody's own workbook with what is wrong marked in it: sheets, looks and formulas stay."""

import json
import os
import subprocess
import sys
import tempfile

from django.conf import settings

# Longer than the process may compute, on a busy machine.
PATIENCE_SECONDS = 30
PROCESS = "villages.importing.marking_process"


def marked_workbook(source, said):
    """Return the bytes of a workbook with marks, or ``None`` where it cannot be marked.

    ``said`` is plain: ``sheet``; ``heading_row``, rows and columns from 1; ``cells`` [row,
    column, words], ``rows`` [row, words] under ``heading`` in the column ``added``; ``own``
    columns that an earlier round added; ``columns`` [column, note, choices] to help with;
    ``sheets_of_choices``, ``not_listed`` (title, text) and ``author``.
    """
    with tempfile.TemporaryDirectory(prefix="portal-marking-") as folder:
        try:
            done = subprocess.run(
                [sys.executable, "-m", PROCESS],
                cwd=settings.BASE_DIR,
                # Nothing of ours: no secret reaches what reads a stranger's file.
                env={
                    "PATH": os.defpath,
                    "PYTHONIOENCODING": "utf-8",
                    "PYTHONUTF8": "1",
                    "TMPDIR": folder,
                },
                input=json.dumps(said).encode() + b"\n" + source,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=PATIENCE_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
    return done.stdout if done.returncode == 0 and done.stdout else None
