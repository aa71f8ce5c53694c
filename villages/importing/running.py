"""The path of a list: uploaded, matched, planned, decided, applied, undone or discarded.

Each verb may be called directly; ``ask_to_…`` only notes what is wanted and rings, and a
worker does it (``work_on``). What is wanted stands in the run's status, so that a lost
ring, a dead worker or a second one changes nothing but the hour.
"""

import gc
import logging
import traceback
from contextlib import contextmanager
from functools import partial

from auditlog.context import auditlog_value, set_actor
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from villages import ringing
from villages.access import ADMIN, OFFICIAL, scope_of
from villages.importing import applying, planning, progress, sheets, undoing
from villages.importing.error_books import forget_errors
from villages.importing.forgetting import FILE_FOR, OPEN, UNDO_FOR, forget
from villages.importing.identity import identity_columns_of
from villages.importing.kinds import kind_of
from villages.importing.matching import is_missing, match_sheet, refuse_old_fonts
from villages.models import Commune, ImportProgress, ImportRun

logger = logging.getLogger(__name__)

Status = ImportRun.Status
# Each file stays for days with a run that nobody ends.
MOST_OPEN = 30


class ImportRefused(Exception):
    """What was asked of a run cannot be done now; the message says why."""


def start_run(*, kind, commune, user, file_name, source, options=None, sheet=None, done=()):
    """Keep an uploaded list, its headings matched as well as synonyms allow.

    Of several sheets the one is read whose headings promise most, or ``sheet``; ``done`` are
    those that were brought in already.

    Raises ``Unreadable`` or ``ImportRefused`` with words for people; then nothing is kept.
    """
    if ImportRun.objects.filter(commune=commune, status__in=OPEN).count() >= MOST_OPEN:
        raise ImportRefused(
            _(
                "%(count)s lists wait to be brought in or thrown away. End some of them before "
                "you upload another one."
            )
            % {"count": MOST_OPEN}
        )
    heads = sheets.read_sheets(source, file_name)
    run = ImportRun(
        commune=commune,
        kind=kind.code,
        options=options or {},
        file_name=file_name[-150:],
        language=_language(),
        source=source,
        source_size=len(source),
        uploaded_by=user,
    )
    request = planning.request_of(run, user)
    all_sheets = [[head.name, head.row_count] for head in heads]
    if sheet is not None:
        heads = [head for head in heads if head.name == sheet]
        if not heads:
            raise sheets.Unreadable(sheets.WORDS["no_such_sheet"])
    matched = {head.name: match_sheet(head, kind, request) for head in heads}
    best = max(heads, key=lambda head: (len(matched[head.name][1]), head.row_count))
    run.heading_row, run.matching = matched[best.name]
    refuse_old_fonts(best, run, list(kind.columns(request)))
    run.left_out = identity_columns_of(best, run.heading_row)
    run.sheet, run.rows_total = best.name, max(best.row_count - run.heading_row - 1, 0)
    if len(all_sheets) > 1:
        run.noticed = {"sheets": all_sheets, "done": list(done)}
    with transaction.atomic():
        run.save()
        ImportProgress.objects.create(run_id=run.pk)
    return run


def start_next_sheet(run, *, sheet, by):
    """Keep another sheet of a run's file as a run of its own.

    Raises as ``start_run`` does.
    """
    following = start_run(
        kind=kind_of(run.kind),
        commune=run.commune,
        user=by,
        file_name=run.file_name,
        source=bytes(run.source),
        options=run.options,
        sheet=sheet,
        done=[*run.noticed.get("done", ()), run.sheet],
    )
    # It is the same file, and goes when it was promised to go.
    following.uploaded_at = run.uploaded_at
    following.save(update_fields=["uploaded_at"])
    return following


def set_matching(run, *, sheet, heading_row, matching, left_out=None, unread=()):
    """Say which sheet, which row of headings and which column of the file is what.

    ``left_out`` are the columns of identity numbers where the sheet or the row is another one,
    ``unread`` the headings of further columns that nobody chose.
    """
    kind, request = kind_of(run.kind), planning.request_of(run, run.uploaded_by)
    columns = {column.name: column for column in kind.columns(request)}
    left_out = run.left_out if left_out is None else left_out
    parts = {part.name: part for column in columns.values() for part in column.parts}
    known = columns | parts
    matching = {
        str(i): name for i, name in matching.items() if name in known and str(i) not in left_out
    }
    taken = list(matching.values())
    missing = [c.heading for c in columns.values() if is_missing(c, taken)]
    if missing:
        raise ImportRefused(
            _("Say which column of the file holds: %(columns)s.")
            % {"columns": ", ".join(map(str, missing))}
        )
    twice = sorted(
        {
            str(known[name].heading)
            for name in taken
            if taken.count(name) > 1 and not (name in parts and parts[name].joins)
        }
    )
    if twice:
        raise ImportRefused(
            _("Two columns of the file are both said to hold: %(columns)s.")
            % {"columns": ", ".join(twice)}
        )
    with transaction.atomic():
        locked = locked_run(run, (Status.UPLOADED, Status.PLANNED, Status.FAILED))
        locked.sheet, locked.heading_row = sheet, heading_row
        locked.matching, locked.left_out = matching, left_out
        locked.noticed = {**locked.noticed, "unread": list(unread)}
        locked.decisions, locked.counts, locked.problem = {}, {}, ""
        locked.status = Status.UPLOADED
        locked.save(update_fields=[
            "sheet", "heading_row", "matching", "left_out", "noticed", "decisions", "counts",
            "problem", "status",
        ])  # fmt: skip
        locked.rows.all().delete()
        forget_errors(locked)
    run.refresh_from_db(fields=_small_fields())


def ask_to_plan(run):
    """Have a run planned by a worker."""
    _ask(run, (Status.UPLOADED, Status.PLANNED), Status.PLANNING, problem="")


def plan_run(run):
    """Plan a run here and now."""
    ask_to_plan(run)
    return _work_here(run)


def ask_to_apply(run, *, only_right_rows, by):
    """Have a run applied by a worker; asked twice, it is applied once."""
    _ask(
        run,
        (Status.PLANNED,),
        Status.APPLYING,
        only_right_rows=only_right_rows,
        applied_by=by,
        problem="",
    )


def apply_run(run, *, only_right_rows=False, by):
    """Apply a run here and now."""
    ask_to_apply(run, only_right_rows=only_right_rows, by=by)
    return _work_here(run)


def undo_until(run):
    """Return the moment until which a run can be undone; ``None`` when it is not applied."""
    return run.applied_at + UNDO_FOR if run.applied_at else None


def file_until(run):
    """Return the moment at which the file of an applied run is gone; ``None`` when it is."""
    holds_file = ImportRun.objects.filter(pk=run.pk, source__isnull=False)
    is_kept = run.status == Status.APPLIED and holds_file.exists()
    return run.uploaded_at + FILE_FOR if is_kept else None


def ask_to_undo(run, *, by, comes_back=False):
    """Have a run undone by a worker.

    One that ``comes_back`` is checked again when that is done, with what was decided of its
    rows: somebody may have been taken for somebody else.
    """
    if run.applied_at is not None and timezone.now() > undo_until(run):
        raise ImportRefused(_("A list can be undone for 7 days; they are over."))
    if comes_back and file_until(run) is None:
        raise ImportRefused(_("The file of this list is deleted by now. Upload it once more."))
    said = {"undone_by": by, "comes_back": comes_back, "problem": ""}
    _ask(run, (Status.APPLIED,), Status.UNDOING, **said)


def undo_run(run, *, by, comes_back=False):
    """Undo a run here and now."""
    ask_to_undo(run, by=by, comes_back=comes_back)
    return _work_here(run)


def discard_run(run, *, by):
    """Throw an uploaded list away: what it held is gone, that it was there stays."""
    with transaction.atomic(), signed(by):
        locked = locked_run(run, OPEN)
        locked.status = Status.DISCARDED
        locked.save(update_fields=["status"])
        forget(locked)
    run.refresh_from_db(fields=_small_fields())


def work_on(run_id):
    """Do what a run waits for; ``False`` when there is nothing, or somebody is at it."""
    work = progress.take_up(run_id)
    if work is None:
        return False
    run = ImportRun.objects.select_related("commune").get(pk=run_id)
    with translation.override(run.language):
        _work_on(run, work)
    return True


def _work_on(run, work):
    # Hundreds of thousands of objects that all live to the end would be looked through again
    # and again, in vain.
    gc.disable()
    try:
        if progress.has_failed_too_often(run.pk):
            _give_up(run, _("The work on this list broke off again and again."))
        elif not _may_have_it_done(run):
            _give_up(
                run,
                _(
                    "Whoever asked for this may no longer bring in lists here. Nothing was "
                    "written. Somebody who may has to upload the list or ask again."
                ),
            )
        else:
            _do(run, work)
    except progress.TakenOver:
        pass
    except sheets.Unreadable as refusal:
        _give_up(run, str(refusal))
    except SoftTimeLimitExceeded:
        _give_up(run, _("The list takes too long. Divide it into smaller ones."))
    except Exception as problem:
        # Words of a database quote names; where it happened says enough.
        frames = "".join(traceback.format_tb(problem.__traceback__))
        logger.error("Import %s (%s): %s\n%s", run.pk, run.kind, type(problem).__name__, frames)
        _give_up(run, _("Something went wrong on our side. Please tell whoever runs the portal."))
    finally:
        work.close()
        # Rows and what they are about point at each other: a large list would stay in memory
        # beside the next one.
        gc.enable()
        gc.collect()


def sweep():
    """Work on whatever waits: lost rings, and runs whose worker is gone."""
    for run_id in progress.waiting():
        work_on(run_id)


@contextmanager
def signed(by):
    """Sign the log with who asked, in a worker as within a request."""
    # The package never clears its context, and forgets the one around it.
    around = auditlog_value.get(None) or {}
    try:
        with set_actor(by, remote_addr=around.get("remote_addr")):
            yield
    finally:
        if around:
            auditlog_value.set(around)


def _may_have_it_done(run):
    """Whether who asked may still write for the commune: it may have been hours ago."""
    by = {
        Status.PLANNING: run.uploaded_by,
        Status.APPLYING: run.applied_by,
        Status.UNDOING: run.undone_by,
    }.get(run.status)
    if by is None:
        return True
    of_theirs = Commune.objects.writable_by(by).filter(pk=run.commune_id)
    return (
        scope_of(by).role in (OFFICIAL, ADMIN)
        and of_theirs.exists()
        and kind_of(run.kind).may_be_brought_in_by(by)
    )


def _do(run, work):
    if run.status == Status.PLANNING:
        _plan(run, work)
    elif run.status == Status.APPLYING:
        with signed(run.applied_by):
            applying.apply(run, work)
    elif run.status == Status.UNDOING:
        with signed(run.undone_by):
            undoing.undo(run, work)
        run.refresh_from_db(fields=["status"])
        if run.status == Status.UNDONE:
            forget(run)
        elif run.status == Status.PLANNING:
            _plan(run, work)


def _plan(run, work):
    request = planning.request_of(run, run.uploaded_by, work.moved)
    plan = planning.plan_of(run, request, work)
    with transaction.atomic():
        locked = ImportRun.objects.select_for_update(of=("self",)).defer("source").get(pk=run.pk)
        if locked.status != Status.PLANNING or not work.is_mine():
            raise progress.TakenOver
        planning.store_preview(locked, plan, request)
        forget_errors(locked)
        locked.status = Status.PLANNED
        locked.save(update_fields=["status", "counts", "rows_total", "noticed"])


def _give_up(run, words):
    """Nothing was written; say why, where the run came from."""
    back = {
        Status.PLANNING: {"status": Status.FAILED},
        Status.APPLYING: {"status": Status.PLANNED, "applied_by": None},
        Status.UNDOING: {"status": Status.APPLIED, "undone_by": None, "comes_back": False},
    }
    waits = ImportRun.objects.filter(pk=run.pk, status=run.status)
    if run.status in back:
        waits.update(problem=words[:500], **back[run.status])


def _ask(run, expected, status, **changes):
    with transaction.atomic():
        locked = locked_run(run, expected)
        # Whoever asks reads the answer: a worker has no language of its own.
        changes |= {"status": status, "language": _language()}
        for name, value in changes.items():
            setattr(locked, name, value)
        locked.save(update_fields=list(changes))
        ImportProgress.objects.update_or_create(
            run=locked,
            defaults={
                "stage": "", "rows_done": 0, "claim": None, "attempts": 0, "obstacles": [],
            },
        )  # fmt: skip
        transaction.on_commit(partial(_ring, run.pk), robust=True)
    run.refresh_from_db(fields=_small_fields())


def _ring(run_id):
    from villages.tasks import work_on_imports

    ringing.ring(work_on_imports, run_id)


def _work_here(run):
    work_on(run.pk)
    run.refresh_from_db(fields=_small_fields())
    return run


def locked_run(run, expected):
    """Return a run as it is stored, its row locked; refuse one at another step."""
    found = ImportRun.objects.select_for_update(of=("self",)).defer("source").get(pk=run.pk)
    if found.status not in expected:
        raise ImportRefused(
            _("This list is at another step by now: %(step)s.")
            % {"step": found.get_status_display()}
        )
    return found


def _language():
    return translation.get_language() or settings.LANGUAGE_CODE


def _small_fields():
    return [field.name for field in ImportRun._meta.concrete_fields if field.name != "source"]
