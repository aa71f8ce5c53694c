"""A list on its way: preview, decisions, progress, receipt, undoing, discarding."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from villages.access import ADMIN, OFFICIAL, for_roles
from villages.importing import deciding, error_books, progress, running
from villages.importing.error_workbook import error_workbook
from villages.importing.kinds import Outcome, kind_of
from villages.importing.planning import SHOWN, columns_said, request_of
from villages.importing.sheets import WORDS as WORDS_OF_SHEETS
from villages.importing.sheets import Unreadable, one_at_a_time
from villages.importing.telling import notices, other_sheets
from villages.models import ImportRun

Status = ImportRun.Status
ROWS, DECISIONS = 50, 20
# The order a person looks at them: what needs a hand first.
# «Changed» alone is said of other things too.
DECIDED = "decided"
WORDS = {Outcome.CHANGED: gettext_lazy("With changes"), DECIDED: gettext_lazy("Decided")}
TABS = (
    Outcome.WRONG,
    Outcome.UNCERTAIN,
    DECIDED,
    Outcome.NEW,
    Outcome.CHANGED,
    Outcome.SAME,
    Outcome.SKIPPED,
)


@for_roles(OFFICIAL, ADMIN)
@never_cache
@require_GET
def import_preview(request, uuid):
    """Show what a list would do, and ask who its uncertain rows mean."""
    run = own_run(request.user, uuid)
    if run.status not in (Status.PLANNING, Status.PLANNED, Status.FAILED):
        return go_on(run)
    context = {"run": run, "kind": kind_of(run.kind), "progress": _progress(run)}
    context["notices"] = notices(run)
    if run.status == Status.PLANNED:
        context |= _preview(request, run)
    return render(request, "villages/import_preview.html", context)


@for_roles(OFFICIAL, ADMIN)
@never_cache
@require_GET
def import_progress(request, uuid):
    """Say how far the work is (a part of a page), or lead on when it is over."""
    run = own_run(request.user, uuid)
    if run.status not in progress.WORKING:
        answer = HttpResponse(headers={"HX-Redirect": address_of(run)})
        return answer if request.htmx else go_on(run)
    if not request.htmx:
        return go_on(run)
    context = {"run": run, "progress": _progress(run)}
    return render(request, "villages/_import_progress.html", context)


@for_roles(OFFICIAL, ADMIN)
@require_POST
def import_apply(request, uuid):
    """Have a list applied, once however often this is sent."""
    run = own_run(request.user, uuid)
    only_right_rows = request.POST.get("rows") == "right"
    counts = _open_counts(run)
    if run.status == Status.PLANNED and not only_right_rows and sum(counts):
        messages.error(
            request,
            _(
                "Some rows are wrong or not decided, so nothing was written. Mend them, or choose "
                "to bring in only the right rows."
            ),
        )
        return redirect("import_preview", run.uuid)
    try:
        running.ask_to_apply(run, only_right_rows=only_right_rows, by=request.user)
    except running.ImportRefused as refusal:
        if run.status not in (*progress.WORKING, Status.APPLIED):
            messages.error(request, str(refusal))
        run.refresh_from_db(fields=["status"])
    return go_on(run)


@for_roles(OFFICIAL, ADMIN)
@never_cache
@require_GET
def import_receipt(request, uuid):
    """Show what a list did, by whom, and until when it can be undone."""
    run = own_run(request.user, uuid)
    if run.status in (Status.UPLOADED, Status.PLANNING, Status.PLANNED, Status.FAILED):
        return go_on(run)
    kind, until = kind_of(run.kind), running.undo_until(run)
    context = {
        "run": run,
        "kind": kind,
        "list_url": reverse(kind.list_url) if kind and kind.list_url else "",
        "progress": _progress(run),
        "tallies": _tallies(run),
        "undo_until": until,
        "file_until": running.file_until(run),
        "may_undo": run.status == Status.APPLIED and until and timezone.now() <= until,
        "errors": _errors(run),
        "obstacles": _obstacles(run),
        "notices": notices(run) if run.status == Status.APPLIED else [],
        "other_sheets": other_sheets(run) if run.status == Status.APPLIED else [],
    }
    return render(request, "villages/import_receipt.html", context)


@for_roles(OFFICIAL, ADMIN)
@require_POST
def import_next_sheet(request, uuid):
    """Begin with another sheet of a file that was brought in."""
    run = own_run(request.user, uuid, with_source=True)
    sheet = request.POST.get("sheet", "")
    if run.status != Status.APPLIED or run.source is None:
        return go_on(run)
    if sheet not in {name for name, _rows in other_sheets(run)}:
        messages.error(request, str(WORDS_OF_SHEETS["no_such_sheet"]))
        return go_on(run)
    try:
        return go_on(running.start_next_sheet(run, sheet=sheet, by=request.user))
    except (Unreadable, running.ImportRefused) as refusal:
        messages.error(request, str(refusal))
    return go_on(run)


@for_roles(OFFICIAL, ADMIN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_errors(request, uuid):
    """Hand back the same sheet with the wrong cells marked; a long one is asked for first.

    htmx asks how far that is, and gets the part of the page that says so.
    """
    run = own_run(request.user, uuid)
    if not _has_errors(run):
        messages.error(request, _("There is no file with errors for this list any more."))
        return go_on(run)
    if request.method == "POST":
        if not error_books.is_made_at_once(run):
            error_books.ask_for_errors(run)
        return go_on(run)
    if request.htmx:
        context = {"run": run, "errors": _errors(run)}
        return render(request, "villages/_import_errors.html", context)
    if error_books.is_made_at_once(run):
        return _errors_at_once(request, run)
    if run.progress.errors_file is None:
        return go_on(run)
    return xlsx(bytes(run.progress.errors_file.content), error_books.name_of(run))


def _errors_at_once(request, run):
    try:
        with one_at_a_time():
            book = error_workbook(run)
    except Unreadable as refusal:
        messages.error(request, str(refusal))
        return go_on(run)
    return xlsx(book, error_books.name_of(run))


@for_roles(OFFICIAL, ADMIN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_undo(request, uuid):
    """Ask whether to take a list back, for good or to look through it again; have it done."""
    run = own_run(request.user, uuid)
    if run.status != Status.APPLIED:
        return go_on(run)
    if request.method != "POST":
        context = {"run": run, "kind": kind_of(run.kind), "file_until": running.file_until(run)}
        return render(request, "villages/import_undo.html", context)
    try:
        comes_back = "again" in request.POST
        running.ask_to_undo(run, by=request.user, comes_back=comes_back)
    except running.ImportRefused as refusal:
        messages.error(request, str(refusal))
        run.refresh_from_db(fields=["status"])
    return go_on(run)


@for_roles(OFFICIAL, ADMIN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_discard(request, uuid):
    """Ask whether to throw an uploaded list away, then do it."""
    run = own_run(request.user, uuid)
    if run.status not in running.OPEN:
        return go_on(run)
    if request.method != "POST":
        context = {"run": run, "kind": kind_of(run.kind), "back": address_of(run)}
        return render(request, "villages/import_discard.html", context)
    try:
        running.discard_run(run, by=request.user)
        messages.success(request, _("The list was thrown away. Nothing of it was written."))
    except running.ImportRefused as refusal:
        messages.error(request, str(refusal))
        return go_on(run)
    return redirect("import_list")


def own_run(user, uuid, *, with_source=False):
    """Return a run the person may work on, or 404; 403 where its list is not for them."""
    runs = ImportRun.objects.writable_by(user).select_related(
        "commune", "uploaded_by", "applied_by", "undone_by", "progress"
    )
    run = get_object_or_404(runs if with_source else runs.defer("source"), uuid=uuid)
    kind = kind_of(run.kind)
    if kind is not None and not kind.may_be_brought_in_by(user):
        raise PermissionDenied
    return run


def address_of(run):
    """Return the page of the step a run is at."""
    if run.status == Status.UPLOADED:
        name = "import_match"
    elif run.status in (Status.PLANNING, Status.PLANNED, Status.FAILED):
        name = "import_preview"
    else:
        name = "import_receipt"
    return reverse(name, args=[run.uuid])


def go_on(run):
    """Lead to the step a run is at, whichever page was asked for."""
    return redirect(address_of(run))


def xlsx(book, name):
    """Answer with a workbook to save."""
    return HttpResponse(
        book,
        content_type=error_books.XLSX,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


def _preview(request, run):
    wrong, undecided = _open_counts(run)
    decided = deciding.decided_rows(run).count()
    known = run.counts | {Outcome.UNCERTAIN: undecided, DECIDED: decided}
    tabs = [(name, known[name]) for name in TABS if known.get(name)]
    names = [name for name, _count in tabs]
    show = request.GET.get("show", "")
    show = show if show in names else (names[0] if names else "")
    is_asked = show in (Outcome.UNCERTAIN, DECIDED)
    page = Paginator(_rows_shown(run, show), DECISIONS if is_asked else ROWS).get_page(
        request.GET.get("page")
    )
    columns = columns_of(run)
    for row in page:
        row.values = [(column.heading, row.cells.get(column.name, "")) for column in columns]
        row.summary = summary_of(row, columns)
        row.mistakes = _mistakes(row, columns)
    return {
        "tabs": [(name, _label(name), count) for name, count in tabs],
        "show": show,
        "page": page,
        "columns": columns,
        "is_sample": show != Outcome.WRONG and not is_asked and run.counts.get(show, 0) > SHOWN,
        "wrong": wrong,
        "errors": _errors(run),
        "undecided": undecided,
        "decided": decided,
        "with_one": len(deciding.together(run, deciding.ONLY)) if show == "uncertain" else 0,
        "new": run.counts.get(Outcome.NEW, 0),
        "changed": run.counts.get(Outcome.CHANGED, 0),
        "to_write": run.counts.get(Outcome.NEW, 0)
        + run.counts.get(Outcome.CHANGED, 0)
        + _decided_to_write(run),
    }


def _rows_shown(run, show):
    if show == DECIDED:
        rows = deciding.decided_rows(run)
    elif show == Outcome.UNCERTAIN:
        rows = deciding.undecided_rows(run)
    else:
        rows = run.rows.filter(outcome=show)
    return rows.order_by("number")


def columns_of(run):
    """Return the list's columns that the file has."""
    return columns_said(run, request_of(run, run.uploaded_by))


def summary_of(row, columns):
    """Return what says which row it is; «yes» and «no» say nothing without their headings."""
    told = [column.name for column in columns if column.reads != "yes_no"]
    return [row.cells[name] for name in told if row.cells.get(name)]


def _has_errors(run):
    """Whether a workbook with errors can be made: the file is there, and a row is wrong."""
    if run.status not in (Status.PLANNED, Status.APPLIED):
        return False
    has_file = ImportRun.objects.filter(pk=run.pk, source__isnull=False).exists()
    return has_file and run.rows.filter(outcome=Outcome.WRONG).exists()


def _errors(run):
    """Say whether the workbook with errors is there for the asking: "ready", "asked" or "wanted".

    An empty text where nothing is wrong.
    """
    if not _has_errors(run):
        return ""
    kept = run.progress
    if error_books.is_made_at_once(run) or kept.errors_file_id:
        return "ready"
    return "asked" if kept.errors_asked_at else "wanted"


def _mistakes(row, columns):
    """Return (heading, what stands there, what is wrong) of a wrong row."""
    headings = {column.name: column.heading for column in columns}
    return [
        (headings.get(name, ""), row.cells.get(name, ""), message)
        for name, message in row.errors.items()
    ]


def _open_counts(run):
    """Return how many rows are wrong, and how many nobody has decided yet."""
    return run.counts.get(Outcome.WRONG, 0), deciding.undecided_rows(run).count()


def _decided_to_write(run):
    """Return how many rows still counted as uncertain were decided to be written."""
    decided = deciding.decided_rows(run).filter(outcome=Outcome.UNCERTAIN)
    return decided.exclude(decision=deciding.SKIP).count()


def _tallies(run):
    return [(_label(o), run.counts[o]) for o in TABS[3:] + TABS[:2] if run.counts.get(o)]


def _label(outcome):
    return WORDS.get(outcome) or Outcome(outcome).label


def _obstacles(run):
    return run.progress.obstacles if hasattr(run, "progress") else []


def _progress(run):
    kept = getattr(run, "progress", None)
    if run.status not in progress.WORKING or kept is None:
        return None
    kept = progress.as_last_told(kept)
    # Who waits for a turn has no rows behind it: «0 of 50,000» would look like a standstill.
    share = 100 * kept.rows_done / kept.rows_total if kept.stage and kept.rows_total else None
    return {"kept": kept, "share": min(share, 100) if share is not None else None}
