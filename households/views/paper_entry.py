"""Typing a printed sheet back in: by keyboard, row by row, in the order it was printed."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from households.correcting import may_correct
from households.forms.paper import EntryDefaults
from households.forms.paper_row import CONNECTIONS, DEVICES, DIFFICULTIES, TypedRow
from households.models import Encounter, Household
from households.paper import printed_rows, record_row, skills_of
from households.recording import OtherContent
from households.views.paper import writable_sheet
from households.visit_content import guidance_of
from villages.access import WRITERS, for_roles

# Far below the number of fields that one form may send.
MOST_FIELDS = 900
FIELDS_PER_ROW = 8


@for_roles(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def paper_entry(request, uuid):
    """Show a page of rows, save one row (``row=5``, answered in JSON) or the whole page.

    A row goes through the visit form and is recorded under the UUID printed for it.
    """
    sheet = writable_sheet(request.user, uuid)
    pages = _pages(sheet)
    typed = request.POST if request.method == "POST" else None
    place = _place((typed or request.GET).get("page", ""), pages)
    rows = _read(sheet, pages[place], typed)
    if typed is None:
        defaults = EntryDefaults(sheet=sheet, initial=_carried(request.GET))
        return _show(request, sheet, pages, place, rows, defaults)
    defaults = EntryDefaults(typed, sheet=sheet)
    if "row" in typed:
        return _save_row(request, sheet, rows, defaults)
    return _save_page(request, sheet, pages, place, rows, defaults)


def _save_row(request, sheet, rows, defaults):
    wanted = request.POST["row"]
    row = next((row for row in rows if str(row.row.number) == wanted), None)
    if row is None:
        return JsonResponse({"errors": [_("This row is not on the sheet.")]}, status=400)
    if not row.is_filled:
        return JsonResponse({"skipped": True})
    if not _save(row, defaults, request.user):
        answer = {"errors": row.errors, "asks": row.asks_same_day is not None}
        if row.conflict is not None:
            answer["url"] = reverse("visit", args=[row.conflict.uuid])
        return JsonResponse(answer, status=409 if row.conflict else 400)
    return JsonResponse(
        {
            "row": row.row.number,
            "receipt": row.stored.receipt,
            "words": _("Saved, number %(number)s") % {"number": row.stored.receipt},
            "url": reverse("visit", args=[row.stored.uuid]),
            "done": _done(sheet),
        }
    )


def _save_page(request, sheet, pages, place, rows, defaults):
    filled = [row for row in rows if row.row.encounter_id is None and row.is_filled]
    saved = [row for row in filled if _save(row, defaults, request.user)]
    if len(saved) < len(filled) or (filled and not defaults.is_valid()):
        return _show(request, sheet, pages, place, rows, defaults, status=400)
    if saved:
        words = ngettext("%(count)s row is saved.", "%(count)s rows are saved.", len(saved))
        messages.success(request, words % {"count": len(saved)})
    following = place + 1 if saved and place + 1 < len(pages) else place
    query = {"page": following + 1, **_carried(request.POST)}
    return redirect(f"{reverse('paper_entry', args=[sheet.uuid])}?{urlencode(query)}")


def _save(row, defaults, user):
    """Record one filled row; when it cannot be, its errors say why."""
    if not defaults.is_valid():
        row.errors += [
            f"{defaults.fields[name].label}: {message}"
            for name, texts in defaults.errors.items()
            for message in texts
        ]
        return False
    found = defaults.cleaned_data
    form = row.visit_form(user=user, default_day=found["visited_on"])
    if form is None:
        return False
    try:
        row.stored, _created = record_row(
            row=row.row,
            guidance=guidance_of(form, row.row.visit_uuid),
            member=found["member"],
            by=user,
        )
    except OtherContent as conflict:
        seen = Encounter.objects.visible_to(user).filter(pk=conflict.encounter.pk)
        row.conflict = seen.first()
        row.errors.append(
            _("This row was typed in before with other answers. Correct that visit instead.")
        )
        return False
    return True


def _show(request, sheet, pages, place, rows, defaults, status=200):
    writable = Household.objects.writable_by(request.user)
    within = set(writable.filter(pk__in=[row.household.pk for row in rows]).values_list("pk"))
    for row in rows:
        row.is_out_of_reach = (row.household.pk,) not in within
        row.may_correct = row.stored is not None and may_correct(request.user, row.stored)
    context = {
        "sheet": sheet,
        "village": sheet.village,
        "rows": rows,
        "skills": skills_of(sheet),
        "defaults": defaults,
        "page_number": place + 1,
        "page_count": len(pages),
        "previous": place or None,
        "following": place + 2 if place + 1 < len(pages) else None,
        "done": _done(sheet),
        "total": sheet.rows.count(),
        "wrong": [row for row in rows if row.errors],
        "devices": _numbered(DEVICES, {"yes": _("Yes"), "no": _("No")}),
        "connections": _numbered(CONNECTIONS, dict(Household.Connection.choices)),
        "difficulties": _numbered(DIFFICULTIES, dict(Encounter.Difficulty.choices)),
    }
    return render(request, "households/paper_entry.html", context, status=status)


def _pages(sheet):
    """Return the numbers of the rows of each page, as many as one form may send."""
    pages, fields = [[]], 0
    for number, people in sheet.rows.values_list("number", "people"):
        needed = FIELDS_PER_ROW + len(people) * (len(sheet.columns) + 2)
        if pages[-1] and fields + needed > MOST_FIELDS:
            pages.append([])
            fields = 0
        pages[-1].append(number)
        fields += needed
    return pages


def _place(text, pages):
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    return min(max(number, 1), len(pages)) - 1


def _read(sheet, numbers, typed):
    skills = skills_of(sheet)
    printed = printed_rows(sheet, sheet.rows.filter(number__in=numbers))
    return [TypedRow(row, skills, typed) for row in printed]


def _done(sheet):
    return sheet.rows.filter(encounter__isnull=False).count()


def _carried(asked):
    """Return the date and the member that go on to the next page."""
    return {name: asked[name][:40] for name in ("visited_on", "member") if asked.get(name)}


def _numbered(values, words):
    """Return (value, «2 Wi-Fi»): the number that is printed is the key that chooses."""
    return [(value, f"{place} {words[value]}") for place, value in enumerate(values, start=1)]
