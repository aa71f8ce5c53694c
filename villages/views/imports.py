"""Bringing in lists: which there are, their templates, the upload, the match of headings."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from villages.access import ADMIN, OFFICIAL, for_roles
from villages.exporting import exported, made_on_note, words_of
from villages.import_forms import LONGEST_NAME, MOST_BYTES, ImportRunFilter, MatchForm, UploadForm
from villages.importing import running
from villages.importing.gathering import SHEET
from villages.importing.identity import (
    holds_identity_number,
    identity_columns_of,
    identity_words,
)
from villages.importing.kinds import Request, all_kinds, kind_of
from villages.importing.matching import is_missing, match_sheet
from villages.importing.old_fonts import advice_on_headings as old_font_words
from villages.importing.planning import request_of, shown
from villages.importing.sheets import Busy, Unreadable, read_sheets
from villages.importing.telling import joined_names
from villages.importing.template_workbook import template_workbook
from villages.lists import in_order, listing
from villages.models import Commune, ImportRun
from villages.tables import Table, TableColumn
from villages.text import clean_text, fold
from villages.uploading import takes_one_file
from villages.views.import_runs import go_on, own_run, xlsx

Status = ImportRun.Status
SORTS = {"when": ["uploaded_at"], "file": ["file_name__folded"], "rows": ["rows_total"]}
ROWS_SHOWN = 5
# What numbers the rows, and what our own workbook of mistakes adds.
NO_COLUMNS = {"", "stt", "tt", "so tt", "so thu tu", "loi"}


@for_roles(OFFICIAL, ADMIN)
@require_GET
def import_list(request):
    """Show every list that can be brought in, and those that were."""
    context = _listed(request)
    for run in context["page"]:
        run.list = kind_of(run.kind)
    has_runs = ImportRun.objects.visible_to(request.user).exists()
    context |= {"kinds": _offered(request.user), "has_runs": has_runs}
    return render(request, "villages/import_list.html", context)


@exported("import_list", title=gettext_lazy("Lists brought in so far"), roles=(OFFICIAL, ADMIN))
def import_table(request):
    """Draw what was brought in as a table, narrowed and sorted as the page is."""
    context = _listed(request)
    return Table(
        title=_("Lists brought in so far"),
        file_name="danh-sach-da-nhap",
        notes=(made_on_note(), *words_of(context["filter"].form)),
        columns=(
            TableColumn(_("Uploaded"), width=18),
            TableColumn(_("List"), width=30),
            TableColumn(_("File"), width=36),
            TableColumn(_("By"), is_personal=True, width=26),
            TableColumn(_("Rows")),
            TableColumn(_("New")),
            TableColumn(_("With changes")),
            TableColumn(_("Wrong")),
            TableColumn(_("Status"), width=18),
        ),
        rows=(
            [
                run.uploaded_at,
                str(getattr(kind_of(run.kind), "title", run.kind)),
                run.file_name,
                str(run.uploaded_by or ""),
                run.rows_total,
                *(run.counts.get(name, 0) for name in ("new", "changed", "wrong")),
                run.get_status_display(),
            ]
            for run in in_order(context)
        ),
    )


def _listed(request):
    runs = ImportRun.objects.visible_to(request.user).defer("source", "matching", "decisions")
    runs = runs.select_related("uploaded_by", "applied_by", "undone_by")
    return listing(request, ImportRunFilter(request, runs), sorts=SORTS, default="-when")


@for_roles(OFFICIAL, ADMIN)
@takes_one_file("file", most=MOST_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
def import_new(request, kind):
    """Take the file of a list, keep it, and go on to its headings."""
    wanted, commune = _wanted(request, kind), _commune(request)
    if commune is None:
        communes = Commune.objects.writable_by(request.user).distinct()
        context = {"kind": wanted, "communes": communes}
        return render(request, "villages/import_commune.html", context)
    form, options = _forms(request, wanted, commune)
    status = 200
    if request.method == "POST":
        run = _started(request, wanted, commune, form, options)
        if run is not None:
            return redirect("import_match", run.uuid)
        status = 400
    columns = list(wanted.columns(Request(commune, request.user)))
    context = {
        "kind": wanted,
        "form": form,
        "options": options,
        "commune_chosen": commune,
        "required": [column for column in columns if column.is_required],
        "optional": [column for column in columns if not column.is_required],
    }
    return render(request, "villages/import_new.html", context, status=status)


@for_roles(OFFICIAL, ADMIN)
@require_GET
def import_template(request, kind):
    """Hand out the workbook that a commune fills in."""
    wanted = _wanted(request, kind)
    commune = _commune(request) or Commune.objects.writable_by(request.user).first()
    if commune is None:
        raise Http404
    book = template_workbook(wanted, Request(commune, request.user))
    return xlsx(book, f"mau-{wanted.code}.xlsx")


@for_roles(OFFICIAL, ADMIN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_match(request, uuid):
    """Show the file's first rows and let a person say what each column holds."""
    run = own_run(request.user, uuid, with_source=True)
    if run.status not in running.OPEN or run.source is None:
        return go_on(run)
    try:
        heads = read_sheets(bytes(run.source), run.file_name)
    except Busy as refusal:
        messages.error(request, str(refusal))
        return redirect("import_list")
    except Unreadable as refusal:
        messages.error(request, str(refusal))
        return redirect("import_discard", run.uuid)
    head, heading_row = _chosen_sheet(request, run, heads)
    columns = list(kind_of(run.kind).columns(request_of(run, request.user)))
    left_out = identity_columns_of(head, heading_row)
    form = _match_form(request, run, head, heading_row, columns, left_out)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            running.set_matching(
                run,
                sheet=head.name,
                heading_row=heading_row,
                matching=form.matching(),
                left_out=left_out,
                unread=_unread(form, _headings(head, heading_row), left_out),
            )
            running.ask_to_plan(run)
            return redirect("import_preview", run.uuid)
        except running.ImportRefused as refusal:
            refused = str(refusal)
    context = {
        "run": run,
        "kind": kind_of(run.kind),
        "form": form,
        "refused": refused,
        "heads": heads,
        "head": head,
        "heading_row": heading_row,
        "rows_to_choose": _rows_to_choose(head),
        "old_font": old_font_words(head.rows, heading_row, all_found=not _missing(form, columns)),
        "joined": joined_names(head.rows, heading_row, _said(form), columns),
        "other_sheets": [each.name for each in heads if each is not head],
        "first_rows": _first_rows(head, heading_row, form.columns_of_file),
        "left_out": identity_words(left_out),
        "missing": _missing(form, columns),
        "required": [column for column in columns if column.is_required],
    }
    return render(request, "villages/import_match.html", context, status=400 if refused else 200)


def _wanted(request, code):
    kind = kind_of(code)
    if kind is None:
        raise Http404
    if not kind.may_be_brought_in_by(request.user):
        raise PermissionDenied
    return kind


def _offered(user):
    return [kind for kind in all_kinds() if kind.may_be_brought_in_by(user)]


def _commune(request):
    """Return the commune a list is for: the only one, or the one that was chosen."""
    writable = Commune.objects.writable_by(request.user).distinct()
    only = list(writable[:2])
    if len(only) == 1:
        return only[0]
    chosen = request.POST.get("commune") or request.GET.get("commune", "")
    if not (chosen.isascii() and chosen.isdecimal() and len(chosen) < 16):
        return None
    return get_object_or_404(writable, pk=int(chosen))


def _forms(request, kind, commune):
    is_sent = request.method == "POST"
    too_large = getattr(request, "file_was_too_large", False)
    files = request.FILES if is_sent else None
    form = UploadForm(request.POST if is_sent else None, files, was_too_large=too_large)
    if kind.options_form is None:
        return form, None
    given = {"initial": request.GET.dict()} if not is_sent and request.GET else {}
    sent = request.POST if is_sent else None
    return form, kind.options_form(sent, user=request.user, commune=commune, **given)


def _started(request, kind, commune, form, options):
    is_right = form.is_valid()
    if not is_right or (options is not None and not options.is_valid()):
        return None
    sent = form.cleaned_data["file"]
    try:
        return running.start_run(
            kind=kind,
            commune=commune,
            user=request.user,
            file_name=clean_text(sent.name)[-LONGEST_NAME:],
            source=sent.read(),
            options=options.as_options() if options is not None else {},
        )
    except (Unreadable, running.ImportRefused) as refusal:
        form.add_error("file", str(refusal))
    return None


def _chosen_sheet(request, run, heads):
    """Return the sheet and the row of headings: as chosen on the page, or as kept."""
    said = request.POST if request.method == "POST" else request.GET
    wanted = said.get("sheet", run.sheet)
    head = next((head for head in heads if head.name == wanted), heads[0])
    row = said.get("heading_row", "")
    if row.isascii() and row.isdecimal() and int(row[:6]) < len(head.rows):
        return head, int(row)
    if head.name == run.sheet and "sheet" not in said:
        return head, run.heading_row
    return head, match_sheet(head, kind_of(run.kind), request_of(run, request.user))[0]


def _match_form(request, run, head, heading_row, columns, left_out):
    asked = request_of(run, request.user)
    given = {
        "headings": _headings(head, heading_row),
        "columns": columns,
        "left_out": left_out,
        "sheet": head.name,
        "sheet_says": [c for c in columns if c.of_sheet and c.of_sheet(asked, head.name)],
    }
    if request.method == "POST":
        return MatchForm(request.POST, **given)
    if (head.name, heading_row) == (run.sheet, run.heading_row):
        matching = run.matching
    else:
        matching = match_sheet(head, kind_of(run.kind), asked, heading_row)[1]
    initial = {f"column_{index}": name for index, name in matching.items()}
    initial |= {"sheet": head.name, "heading_row": heading_row}
    return MatchForm(initial=initial, **given)


def _headings(head, heading_row):
    row = head.rows[heading_row] if heading_row < len(head.rows) else []
    width = max([len(row), *(len(r) for r in head.rows[heading_row : heading_row + ROWS_SHOWN])])
    return [shown(row[i])[:60] if i < len(row) else "" for i in range(width)]


def _first_rows(head, heading_row, columns):
    rows = [row for row in head.rows[heading_row + 1 :] if any(c not in (None, "") for c in row)]
    return [
        [head.name if i == SHEET else shown(row[i])[:80] if i < len(row) else "" for i in columns]
        for row in rows[:ROWS_SHOWN]
    ]


def _rows_to_choose(head):
    """Return (index, number in the file, first words) of the rows that may be headings."""
    found = []
    for index, row in enumerate(head.rows[:20]):
        words = " · ".join(cell for cell in map(shown, row) if _may_be_shown(cell))
        if words:
            found.append((index, index + 1, words[:70]))
    return found


def _may_be_shown(cell):
    return cell and not holds_identity_number(cell)


def _said(form):
    """Return {column of the file as text: what it is said to be}, as the page shows it."""
    said = ((str(i), form[name].value()) for i, name in form.columns_of_file.items())
    return {index: name for index, name in said if name}


def _unread(form, headings, left_out):
    """Return the headings of columns that are not brought in, apart from mere row numbers."""
    taken = {*_said(form), *left_out}
    return [
        heading
        for index, heading in enumerate(headings)
        if str(index) not in taken and fold(heading) not in NO_COLUMNS and _may_be_shown(heading)
    ]


def _missing(form, columns):
    taken = _said(form).values()
    return [column for column in columns if is_missing(column, taken)]
