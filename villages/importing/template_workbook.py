"""The workbook a commune fills in: one sheet for the list, one of examples, one of guidance.

Always in Vietnamese: a list goes round the commune, whatever language its screen had.
"""

from io import BytesIO
from itertools import zip_longest

import xlsxwriter
from django.utils import translation
from django.utils.translation import gettext as _

from villages.importing.planning import CLEARING
from villages.importing.sheets import EXAMPLES, GUIDANCE
from villages.writing_tables import sheet_name

# Headings stand below a title and a line of advice.
HEADING_ROW = 2
# So far down a cell offers its choices and keeps its format.
LAST_ROW = 20_000
# The second where somebody's own workbook has a sheet of that name.
CHOICES = ("DanhMuc", "DanhMuc2")
LONGEST_NOTE = 500
NUMBER_FORMATS = {
    "code": "@", "day": "dd/mm/yyyy", "time": "hh:mm", "year": "0", "number": "General",
}  # fmt: skip
AUTHOR = "Cổng kỹ năng số"


def template_workbook(kind, request):
    """Return the bytes of a list's empty workbook."""
    with translation.override("vi"):
        columns = list(kind.columns(request))
        made = BytesIO()
        book = xlsxwriter.Workbook(made, {"strings_to_urls": False, "strings_to_formulas": False})
        look = _formats(book)
        page = book.add_worksheet(sheet_name(str(kind.title)))
        _write_list(page, kind, columns, look)
        _write_examples(book.add_worksheet(EXAMPLES), kind, columns, look, request)
        _write_guidance(book.add_worksheet(GUIDANCE), kind, columns, look)
        placed = enumerate(columns)
        rows = {"first_row": HEADING_ROW + 1, "last_row": LAST_ROW}
        offer_choices(book, page, placed, clears=kind.clears, **rows)
        book.close()
    return made.getvalue()


def _formats(book):
    head = {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1}
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "advice": book.add_format({"italic": True, "font_color": "#444444"}),
        "required": book.add_format({**head, "bg_color": "#BFDDE0"}),
        "optional": book.add_format({**head, "bg_color": "#EEF4F5"}),
        "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
        "text": book.add_format({"num_format": "@"}),
    } | {
        reads: book.add_format({"num_format": shape, "align": "left"})
        for reads, shape in NUMBER_FORMATS.items()
    }


def _write_list(page, kind, columns, look):
    page.write_string(0, 0, str(kind.title), look["title"])
    page.write_string(
        1,
        0,
        _(
            "Fill in from row %(row)s on. Columns with * must be filled in. Examples and "
            "explanations stand on the other sheets."
        )
        % {"row": HEADING_ROW + 2},
        look["advice"],
    )
    page.set_row(HEADING_ROW, 34)
    for index, column in enumerate(columns):
        heading = _heading(column)
        page.set_column(index, index, _width(column, heading), look.get(column.reads))
        page.write_string(
            HEADING_ROW, index, heading, look["required" if column.is_required else "optional"]
        )
        write_note(page, HEADING_ROW, index, column)
    page.freeze_panes(HEADING_ROW + 1, 0)
    page.repeat_rows(HEADING_ROW)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _write_examples(page, kind, columns, look, request):
    page.write_string(0, 0, _("Examples"), look["title"])
    page.write_string(1, 0, _("Only to look at: this sheet is not read."), look["advice"])
    for index, column in enumerate(columns):
        heading = _heading(column)
        page.set_column(index, index, _width(column, heading), look["text"])
        page.write_string(HEADING_ROW, index, heading, look["optional"])
    for row, said in enumerate(kind.examples(request), start=HEADING_ROW + 1):
        for index, column in enumerate(columns):
            page.write_string(row, index, str(said.get(column.name) or ""), look["text"])
    page.freeze_panes(HEADING_ROW + 1, 0)


def _write_guidance(page, kind, columns, look):
    page.set_column(0, 0, 28)
    page.set_column(1, 1, 12)
    page.set_column(2, 2, 60)
    page.set_column(3, 3, 24)
    page.set_column(4, 4, 40)
    page.write_string(0, 0, str(kind.title), look["title"])
    page.merge_range(1, 0, 1, 4, str(kind.description), look["wrapped"])
    page.set_row(1, 48)
    steps = (
        _("Fill in the first sheet, one row for each, or copy from a list you already have."),
        _("Your own list may be uploaded too: the headings are matched by their words."),
        _("Upload it on the page «Lists from Excel». Nothing is written before you agree."),
        _("What is wrong comes back marked in the same workbook, to be mended and sent again."),
    )
    if kind.clears:
        headings = ", ".join(str(c.heading) for c in columns if c.name in kind.clears)
        steps += (
            _("An empty cell leaves what is known. «%(word)s» empties it, in: %(columns)s.")
            % {"word": CLEARING, "columns": headings},
        )
    for row, step in enumerate(steps, start=2):
        page.write_string(row, 0, f"{row - 1}. {step}")
    top = len(steps) + 3
    heads = (_("Column"), _("Required"), _("How to fill it in"), _("Example"), _("Also called"))
    for index, words in enumerate(heads):
        page.write_string(top, index, words, look["optional"])
    for row, column in enumerate(columns, start=top + 1):
        cells = (
            str(column.heading),
            _("yes") if column.is_required else _("no"),
            note_of(column),
            str(column.example),
            ", ".join(map(str, column.synonyms)),
        )
        for index, words in enumerate(cells):
            page.write_string(row, index, words, look["wrapped"])


def offer_choices(book, page, placed, *, first_row, last_row, clears=()):
    """Give the cells of columns with choices a drop-down list, kept on a hidden sheet.

    ``placed`` are (column of the page, column of the list) pairs; those of ``clears`` offer to
    empty what is known as well. A list within the cell
    itself may not be longer than 255 letters, nor hold a comma.
    """
    offered = [(index, labels) for index, column in placed if (labels := labels_of(column, clears))]
    if not offered:
        return
    taken = {sheet.name.casefold() for sheet in book.worksheets()}
    name = next(n for n in CHOICES if n.casefold() not in taken)
    hidden = book.add_worksheet(name)
    hidden.very_hidden()
    # Row by row, as a workbook that keeps nothing in memory is written.
    for row, labels in enumerate(zip_longest(*(labels for _index, labels in offered))):
        for place, label in enumerate(labels):
            if label is not None:
                hidden.write_string(row, place, label)
    for place, (index, labels) in enumerate(offered):
        letter = xlsxwriter.utility.xl_col_to_name(place)
        page.data_validation(
            first_row,
            index,
            last_row,
            index,
            {
                "validate": "list",
                "source": f"={name}!${letter}$1:${letter}${len(labels)}",
                "error_type": "warning",
                "error_title": not_listed()[0],
                "error_message": not_listed()[1],
            },
        )


def not_listed():
    """Return the title and the text of what is said of a cell that is none of the choices."""
    return _("Not on the list"), _("Choose from the list, or it may come back as wrong.")


def write_note(page, row, index, column):
    """Lay what a person should know of a column on its heading."""
    page.write_comment(
        row,
        index,
        note_of(column)[:LONGEST_NOTE],
        {"author": AUTHOR, "x_scale": 2, "y_scale": 1.2},
    )


def _heading(column):
    return f"{column.heading} *" if column.is_required else str(column.heading)


def labels_of(column, clears=()):
    """Return what the drop-down list of a column offers; none where it may say anything."""
    labels = [_("Yes"), _("No")] if column.reads == "yes_no" else []
    if column.choices:
        labels = [str(choice[1]) for choice in column.choices if str(choice[1])]
    return [*labels, CLEARING] if labels and column.name in clears else labels


def note_of(column):
    """Return what a person should know of a column."""
    """Return what a person should know of a column, in sentences."""
    ways = {
        "code": _("As it is written, with its zeros in front."),
        "year": _("Four digits, such as 1961."),
        "day": _("Day/month/year, such as 31/10/2025."),
        "time": _("Hour and minute, such as 07:30."),
        "number": _("A number, without words."),
        "choice": _("Choose from the list."),
        "yes_no": _("«Có» or «Không»; «x» means yes."),
    }
    parts = [
        _("Required.") if column.is_required else "",
        str(column.note),
        ways.get(column.reads, ""),
    ]
    if column.example:
        parts.append(_("Example: %(example)s") % {"example": column.example})
    return " ".join(part for part in parts if part)


def _width(column, heading):
    longest = max((len(label) for label in labels_of(column)), default=0)
    return min(max(len(heading) + 2, len(str(column.example)) + 2, longest + 2, 11), 42)
