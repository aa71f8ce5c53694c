"""Which column of a sheet is which of a list: by headings, by what stands below, by the sheet."""

from villages.importing import headings, sheets
from villages.importing.gathering import SHEET
from villages.importing.identity import identity_columns_of
from villages.importing.old_fonts import advice_on_headings


def match_sheet(head, kind, request, heading_row=None):
    """Return (row of the headings, a matching as a run keeps it) of a sheet."""
    columns = list(kind.columns(request))
    if heading_row is None:
        heading_row = headings.find_heading_row(head.rows, columns)
    row = head.rows[heading_row] if heading_row < len(head.rows) else []
    left_out = identity_columns_of(head, heading_row)
    found = headings.match_headings(row, columns)
    found = headings.match_beside(found, heading_row, head, columns)
    found = headings.match_below(found, heading_row, head, columns)
    found = headings.match_ticked(found, heading_row, head, columns)
    found = {index: name for index, name in found.items() if str(index) not in left_out}
    found = kind.match_further(found, row, head.rows[heading_row + 1 :])
    matching = {str(index): name for index, name in sorted(found.items())}
    open_columns = [c for c in columns if c.of_sheet and c.name not in matching.values()]
    if open_columns and open_columns[0].of_sheet(request, head.name):
        matching[SHEET] = open_columns[0].name
    return heading_row, matching


def is_missing(column, taken):
    """Whether a column is needed and none of these holds it; a beginning needs the rest."""
    begins = any(part.joins and part.name in taken for part in column.parts)
    return (column.is_required or begins) and headings.holder_of(column, taken) is None


def refuse_old_fonts(head, run, columns):
    """Refuse a sheet whose headings nobody can read, with advice; see ``Unreadable``."""
    names = run.matching.values()
    all_found = all(headings.holder_of(c, names) for c in columns if c.is_required)
    words = advice_on_headings(head.rows, run.heading_row, all_found=all_found)
    if words:
        raise sheets.Unreadable(words)
