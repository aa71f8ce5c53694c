"""Deciding who the uncertain rows of a list mean: some rows of a page, or all of them at once."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from villages.access import ADMIN, OFFICIAL, for_roles
from villages.importing import deciding, running
from villages.importing.kinds import kind_of
from villages.models import ImportRun
from villages.views.import_runs import DECIDED, columns_of, go_on, own_run, summary_of

SHOWN_ROWS = 5


@for_roles(OFFICIAL, ADMIN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_decide(request, uuid):
    """Keep the decisions of a page; or ask about all rows at once, and then decide them."""
    run = own_run(request.user, uuid)
    if run.status != ImportRun.Status.PLANNED:
        return go_on(run)
    said = request.POST if request.method == "POST" else request.GET
    choice = said.get("all", "")
    if request.method == "POST" and not choice:
        return _decide_rows(request, run)
    if choice not in deciding.TOGETHER:
        return go_on(run)
    choices = deciding.together(run, choice)
    # What was agreed to was so many rows: when there are others by now, it is asked again.
    if request.method == "POST" and said.get("rows") == str(len(choices)) and choices:
        return _decided(request, run, choices)
    rows = run.rows.filter(number__in=list(choices)[:SHOWN_ROWS])
    waiting = deciding.undecided_rows(run).count()
    context = {
        "run": run,
        "kind": kind_of(run.kind),
        "choice": choice,
        "count": len(choices),
        "left": waiting - len(choices) if choice == deciding.ONLY else 0,
        "examples": [_example(row, choices[row.number], columns_of(run)) for row in rows],
        "back": _preview(run, DECIDED if choice == deciding.LATER else "uncertain"),
    }
    return render(request, "villages/import_decide.html", context)


def _decide_rows(request, run):
    choices = {
        int(name.removeprefix("row-")): value
        for name, value in request.POST.items()
        if name.startswith("row-")
        and name[4:].isascii()
        and name[4:].isdecimal()
        and value
        # No file has so many rows, and no database so large a number.
        and len(name) < 14
    }
    show = DECIDED if request.POST.get("show") == DECIDED else "uncertain"
    page = request.POST.get("page", "")
    page = page if page.isascii() and page.isdecimal() and len(page) < 10 else ""
    # A row of the page that stays as it was is no decision of today.
    choices = {n: c for n, c in choices.items() if run.decisions.get(str(n), "later") != c}
    if not choices:
        messages.info(request, _("No decision was changed."))
        return redirect(_preview(run, show, page))
    return _decided(request, run, choices, show, page)


def _decided(request, run, choices, show="uncertain", page=""):
    try:
        deciding.decide(run, choices)
        if deciding.must_be_planned_again(run, list(choices)):
            # Checked again, the counts say exactly what will be written.
            running.ask_to_plan(run)
        messages.success(
            request,
            ngettext(
                "The decision of %(count)s row is kept. It can be changed until the list is "
                "brought in.",
                "The decisions of %(count)s rows are kept. They can be changed until the list "
                "is brought in.",
                len(choices),
            )
            % {"count": len(choices)},
        )
    except running.ImportRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(_preview(run, show, page))


def _preview(run, show, page=""):
    query = f"?show={show}" + (f"&page={page}" if page else "")
    return reverse("import_preview", args=[run.uuid]) + query


def _example(row, key, columns):
    """Return (row number, what stands in it, whom it will mean in words)."""
    words = dict(map(tuple, row.candidates)).get(key, "")
    return row.number, summary_of(row, columns), words
