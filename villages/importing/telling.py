"""What a person is told about a list beside its rows: what was filled in or left out."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from villages.importing.gathering import joined_text, places_of
from villages.importing.headings import holder_of
from villages.importing.identity import identity_words
from villages.templatetags.display import number

UNREAD_NAMED = 10


def notices(run):
    """Return sentences about what was not read as it stands in the file."""
    rows = run.noticed.get("rows", {})
    found = [identity_words(run.left_out)]
    if unread := run.noticed.get("unread"):
        found.append(
            ngettext(
                "%(count)s column of the file is not brought in: %(headings)s.",
                "%(count)s columns of the file are not brought in: %(headings)s.",
                len(unread),
            )
            % {
                "count": number(len(unread)),
                "headings": ", ".join(f"«{heading}»" for heading in unread[:UNREAD_NAMED])
                + (" …" if len(unread) > UNREAD_NAMED else ""),
            }
        )
    if filled := rows.get("filled"):
        found.append(
            ngettext(
                "%(count)s row with an empty cell belongs to the household of the row above it.",
                "%(count)s rows with empty cells belong to the household of the row above them.",
                filled,
            )
            % {"count": number(filled)}
        )
    if left_out := rows.get("no_records"):
        first = rows["first_no_records"]
        named = "; ".join(
            _("row %(row)s «%(words)s»") % {"row": row, "words": words} for row, words in first
        )
        found.append(
            ngettext(
                "%(count)s row is a total or a signature, and was left out: %(rows)s.",
                "%(count)s rows are totals or signatures, and were left out: %(rows)s.",
                left_out,
            )
            % {"count": number(left_out), "rows": named + (" …" if left_out > len(first) else "")}
        )
    if again := rows.get("headings_again"):
        first = rows["first_headings_again"]
        found.append(
            ngettext(
                "%(count)s row names the columns again, and was left out: row %(rows)s.",
                "%(count)s rows name the columns again, and were left out: rows %(rows)s.",
                again,
            )
            % {
                "count": number(again),
                "rows": ", ".join(map(str, first)) + (" …" if again > len(first) else ""),
            }
        )
    return [words for words in found if words]


def joined_names(rows, heading_row, matching, columns):
    """Return sentences about the columns that are joined, with the first row's as an example."""
    row = rows[heading_row] if heading_row < len(rows) else []
    found = []
    for name, places in places_of(matching, columns).items():
        if len(places) < 2:
            continue
        column = next(c for c in columns if holder_of(c, [name]))
        joined = (
            joined_text([below[i] if i < len(below) else None for i in places])
            for below in rows[heading_row + 1 :]
        )
        found.append(
            _("«%(column)s» is put together from: %(headings)s. For instance: «%(example)s».")
            % {
                "column": column.heading,
                "headings": " + ".join(f"«{_heading(row, index)}»" for index in places),
                "example": next(filter(_has_letters, joined), "–"),
            }
        )
    return found


def _has_letters(text):
    return text is not None and any(sign.isalpha() for sign in text)


def _heading(row, index):
    cell = row[index] if index < len(row) else None
    return str(cell)[:60] if cell else _("Column %(number)s") % {"number": index + 1}


def other_sheets(run):
    """Return (name, rows) of the sheets of a run's file that were not brought in yet."""
    done = {*run.noticed.get("done", ()), run.sheet}
    return [(name, rows) for name, rows in run.noticed.get("sheets", ()) if name not in done]
