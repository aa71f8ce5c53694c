"""Who works on a run, how far the work is, and how others see it meanwhile.

Within the transaction that writes the records PostgreSQL is told by a second connection.
SQLite has one writer, so there it stands in a small file beside the database (``aside``).

A claim is renewed at least every few seconds; whoever finds a silent one takes the run over.
Two that work at once do no harm: only the one whose claim stands writes (``is_mine``).
"""

import json
import time
import uuid
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db import connection, connections, transaction
from django.utils import timezone

from villages.models import ImportProgress, ImportRun

# Longer than any single statement of a plan takes.
SILENT_FOR = timedelta(seconds=30)
MOST_ATTEMPTS = 3
EVERY_SECONDS = 0.5
WORKING = (ImportRun.Status.PLANNING, ImportRun.Status.APPLYING, ImportRun.Status.UNDOING)

_UPDATE = (
    "UPDATE villages_importprogress SET stage = %s, rows_done = %s, rows_total = %s, "
    "worked_on_at = %s WHERE run_id = %s AND claim = %s"
)


class TakenOver(Exception):
    """Somebody else works on the run by now: whoever hears this stops."""


class Work:
    """A claim on a run, and the pen that writes how far the work is."""

    def __init__(self, run_id, claim):
        self.run_id, self.claim = run_id, claim
        self.stage, self.done, self.total = "", 0, 0
        self._written_at = 0.0
        self._beside = None
        # Within somebody's transaction nothing can be shown before it ends.
        self._is_hidden = connection.in_atomic_block

    def begin(self, stage, total=0):
        """Note what is being done from now on, and of how many rows."""
        self.stage, self.done, self.total = stage, 0, total
        self._write()

    def moved(self, done):
        """Note how many rows are behind us; written twice a second at most."""
        self.done = done
        if time.monotonic() - self._written_at >= EVERY_SECONDS:
            self._write()

    def is_mine(self):
        """Whether the claim still stands; asked under the lock on the run."""
        return ImportProgress.objects.filter(run=self.run_id, claim=self.claim).exists()

    def close(self):
        """Let go of the run, and of the second connection if there was one."""
        if self._beside is not None:
            self._beside.close()
            self._beside = None
        _aside(self.run_id).unlink(missing_ok=True)
        ImportProgress.objects.filter(run=self.run_id, claim=self.claim).update(
            claim=None, worked_on_at=None, attempts=0
        )

    def _write(self):
        self._written_at = time.monotonic()
        if not connection.in_atomic_block:
            if not ImportProgress.objects.filter(run=self.run_id, claim=self.claim).update(
                stage=self.stage,
                rows_done=self.done,
                rows_total=self.total,
                worked_on_at=timezone.now(),
            ):
                raise TakenOver
        elif self._is_hidden:
            pass
        elif connection.vendor == "postgresql":
            self._write_beside()
        else:
            # A second writer would wait for the first, which is this one.
            self._write_aside()

    def _write_beside(self):
        if self._beside is None:
            self._beside = connections.create_connection("default")
        with self._beside.cursor() as cursor:
            now = timezone.now()
            cursor.execute(
                _UPDATE, [self.stage, self.done, self.total, now, self.run_id, self.claim]
            )

    def _write_aside(self):
        path = _aside(self.run_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        written = path.with_suffix(f".{self.claim}")
        said = {
            "claim": str(self.claim), "stage": self.stage, "done": self.done, "total": self.total,
        }  # fmt: skip
        written.write_text(json.dumps(said))
        # Whoever looks finds the old words or the new ones.
        written.replace(path)


def _aside(run_id):
    return settings.VAR_DIR / "progress" / f"{run_id}.json"


def as_last_told(kept):
    """Return an ``ImportProgress`` with how far the work is by now, told aside or not."""
    if kept.claim is not None and connection.vendor != "postgresql":
        with suppress(FileNotFoundError):
            said = json.loads(_aside(kept.pk).read_text())
            # What a worker that died left behind is not about this one's work.
            if said["claim"] == str(kept.claim):
                kept.stage, kept.rows_done, kept.rows_total = (
                    said["stage"], said["done"], said["total"],
                )  # fmt: skip
    return kept


def take_up(run_id):
    """Claim a run that waits; ``None`` when there is nothing to do or somebody is at it."""
    with transaction.atomic():
        kept = ImportProgress.objects.select_for_update().filter(run=run_id).first()
        if kept is None or not ImportRun.objects.filter(pk=run_id, status__in=WORKING).exists():
            return None
        now = timezone.now()
        if kept.claim is not None and kept.worked_on_at > now - SILENT_FOR:
            return None
        kept.claim, kept.worked_on_at = uuid.uuid4(), now
        kept.attempts += 1
        kept.save(update_fields=["claim", "worked_on_at", "attempts"])
    return Work(run_id, kept.claim)


def has_failed_too_often(run_id):
    """Whether a run has ended its workers as often as one may."""
    return ImportProgress.objects.filter(run=run_id, attempts__gt=MOST_ATTEMPTS).exists()


def waiting():
    """Return the ids of the runs that wait for somebody to work on them."""
    rows = ImportRun.objects.filter(status__in=WORKING).order_by("pk")
    return list(rows.values_list("pk", flat=True))
