"""The rows behind a figure as a table: the same querysets that the figure counts."""

from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.counted import (
    BY_VILLAGE,
    COUNTED,
    NOT_YET,
    choice_in,
    live_figure,
    rows_behind,
    with_what_is_missing,
)
from reports.indicators import ADULTS, Place, indicator_by_code
from reports.periods import day_asked_for
from reports.views.places import place_asked_for
from villages.exporting import exported, made_on_note
from villages.models import Village
from villages.percent import percent
from villages.tables import Table, TableColumn
from villages.targets import target_for
from villages.templatetags.display import day as written_day

AT_ONCE = 500
WHICH = {
    NOT_YET: gettext_lazy("Not yet counted"),
    COUNTED: gettext_lazy("Counted"),
    BY_VILLAGE: gettext_lazy("By village"),
}


def page_of_figure(request):
    """Return the address of the figure whose rows are exported."""
    query = request.GET.copy()
    code = query.pop("indicator", [""])[-1]
    if indicator_by_code(code) is None:
        raise Http404
    return f"{reverse('figure', args=[code])}?{urlencode(query, doseq=True)}#list"


@exported("figure", title=gettext_lazy("What stands behind a figure"), page=page_of_figure)
def figure_table(request):
    """Draw the open tab of a figure's page, narrowed and sorted as the page is."""
    indicator = indicator_by_code(request.GET.get("indicator", ""))
    if indicator is None:
        raise Http404
    commune, village = place_asked_for(request)
    day, _problem = day_asked_for(request.GET.get("ngay", ""))
    place = Place(commune.pk, village.pk if village else None)
    choice = choice_in(request.GET, indicator.kind)
    names = {one.pk: one.full_name for one in Village.objects.filter(commune=commune)}
    if choice.tab == BY_VILLAGE and village is None:
        target = target_for(indicator.code, commune, village, day.year)
        live = live_figure(indicator, place, day, target.percent if target else None)
        columns, rows = BY_VILLAGE_COLUMNS, _by_village(live, names)
    else:
        columns, row_of = COLUMNS[indicator.kind]
        rows = _rows(indicator, place, day, choice)
        if choice.tab == NOT_YET and (indicator.kind == "staff" or indicator.code == ADULTS):
            columns = (*columns, MISSING_COLUMN)
            rows = ([*row_of(row, names), _missing_in_words(row)] for row in rows)
        else:
            rows = (row_of(row, names) for row in rows)
    place_name = f"{village.full_name}, {commune.full_name}" if village else commune.full_name
    notes = [place_name, _("Figures as of %(day)s") % {"day": written_day(day)}]
    notes += [str(WHICH[choice.tab]), choice.search, _("60 and older") if choice.older else ""]
    return Table(
        title=str(indicator.title),
        columns=tuple(TableColumn(str(words), **how) for words, how in columns),
        rows=rows,
        file_name=f"danh-sach-{indicator.code}",
        notes=(*filter(None, notes), made_on_note()),
    )


def _rows(indicator, place, day, choice):
    rows, some = rows_behind(indicator, place, day, choice), []
    for row in rows.iterator(chunk_size=AT_ONCE):
        some.append(row)
        if len(some) == AT_ONCE:
            yield from with_what_is_missing(some, indicator, day, choice)
            some = []
    yield from with_what_is_missing(some, indicator, day, choice)


def _missing_in_words(row):
    if getattr(row, "is_unasked", False):
        return _("never asked")
    return ", ".join(str(one) for one in row.missing)


def _by_village(live, names):
    for pk, (numerator, denominator) in live.by_village.items():
        yield [
            names.get(pk, _("In no village (whole commune)")),
            percent(numerator, denominator, live.target),
            numerator,
            denominator,
            denominator - numerator,
        ]


def _resident(row, names):
    return [
        row.full_name,
        row.birth_year,
        row.household_number,
        names.get(row.village_on_day, ""),
    ]


def _staff(row, names):
    return [row.full_name, row.agency_name, row.position]


def _roll(row, names):
    return [
        row.school_class.school.name,
        row.school_class.name,
        row.enrolled,
        row.equipped,
        row.gap,
        row.counted_on,
    ]


def _declaration(row, names):
    return [row.enterprise.name, row.workers, row.equipped, row.gap, row.declared_on]


def _household(row, names):
    head = row.head
    return [row.number, head.full_name if head else "", names.get(row.village_on_day, "")]


PERSONAL = {"is_personal": True, "width": 28}
MISSING_COLUMN = (gettext_lazy("Still missing"), {"width": 50})
BY_VILLAGE_COLUMNS = (
    (gettext_lazy("Village"), {"width": 24}),
    (gettext_lazy("Percent"), {"is_percent": True}),
    (gettext_lazy("Counted"), {}),
    (gettext_lazy("All"), {}),
    (gettext_lazy("Not yet counted"), {}),
)
COLUMNS = {
    "residents": (
        (
            (gettext_lazy("Full name"), PERSONAL),
            (gettext_lazy("Birth year"), {"is_personal": True}),
            (gettext_lazy("Household"), {}),
            (gettext_lazy("Village"), {"width": 24}),
        ),
        _resident,
    ),
    "staff": (
        (
            (gettext_lazy("Full name"), PERSONAL),
            (gettext_lazy("Agency"), {"width": 36}),
            (gettext_lazy("Position"), {"width": 26}),
        ),
        _staff,
    ),
    "rolls": (
        (
            (gettext_lazy("School"), {"width": 36}),
            (gettext_lazy("Class"), {}),
            (gettext_lazy("Enrolled"), {}),
            (gettext_lazy("Equipped"), {}),
            (gettext_lazy("Not yet"), {}),
            (gettext_lazy("Roll of"), {}),
        ),
        _roll,
    ),
    "declarations": (
        (
            (gettext_lazy("Organisation"), {"width": 40}),
            (gettext_lazy("Workers"), {}),
            (gettext_lazy("With digital skills"), {}),
            (gettext_lazy("Not yet"), {}),
            (gettext_lazy("Declared on"), {}),
        ),
        _declaration,
    ),
    "households": (
        (
            (gettext_lazy("Household"), {}),
            (gettext_lazy("Household head"), PERSONAL),
            (gettext_lazy("Village"), {"width": 24}),
        ),
        _household,
    ),
}
