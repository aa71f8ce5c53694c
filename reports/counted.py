"""Who stands behind a figure: those counted and those not yet, from the same querysets."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import F
from django.utils.translation import gettext as _

from households.models import OLDER_AGE, Skill, SkillCheck
from reports.indicators import ADULTS
from reports.models import CoverageFigure
from training.requirements import missing_of, required_on
from villages.lists import containing
from villages.percent import missing_to_target, percent
from villages.templatetags.display import day as written_day
from villages.text import fold

NOT_YET, COUNTED, BY_VILLAGE = "chua", "dat", "ban"
TABS = (NOT_YET, COUNTED, BY_VILLAGE)
ROWS = 50
SEARCH_LENGTH = 80

# The order of each kind of rows, by what stands in the address; the first is the default.
SORTS = {
    "residents": {
        "village": ("village_on_day", "household_number", "birth_year", "pk"),
        "name": ("name_folded", "pk"),
        "birth": ("birth_year", "name_folded", "pk"),
    },
    "staff": {
        "agency": (
            "employments__agency__position",
            "employments__agency__name__folded",
            "name_folded",
        ),
        "name": ("name_folded", "pk"),
    },
    "rolls": {
        "school": (
            "school_class__school__name__folded",
            "school_class__grade",
            "school_class__name",
        ),
        "gap": ("gap", "pk"),
    },
    "declarations": {
        "name": ("enterprise__name__folded", "pk"),
        "gap": ("gap", "pk"),
    },
    "households": {"village": ("village_on_day", "number"), "number": ("number", "pk")},
}


@dataclass(frozen=True)
class ListChoice:
    """Which of the people behind a figure somebody wants to see, and in which order."""

    tab: str
    search: str
    sort: str
    older: bool

    @property
    def is_narrowed(self):
        return bool(self.search or self.older)


@dataclass(frozen=True)
class LiveFigure:
    """A figure counted now, beside the stored one it should equal."""

    numerator: int
    denominator: int
    target: object
    stored: object
    by_village: dict

    @property
    def percent(self):
        return percent(self.numerator, self.denominator, self.target)

    @property
    def missing(self):
        return missing_to_target(self.numerator, self.denominator, self.target)

    @property
    def gap(self):
        return self.denominator - self.numerator

    @property
    def is_stored(self):
        return self.stored is not None and self.stored.numerator is not None

    @property
    def differs(self):
        """Whether the stored figure is behind the records and about to be recounted."""
        return self.is_stored and (self.stored.numerator, self.stored.denominator) != (
            self.numerator,
            self.denominator,
        )


def choice_in(query, kind):
    """Read the choice from an address; whatever is not known becomes the default."""
    tab, sort = query.get("the", ""), query.get("sort", "")
    known = SORTS[kind]
    return ListChoice(
        tab=tab if tab in TABS else NOT_YET,
        search=fold(query.get("tim", "")[:SEARCH_LENGTH]),
        sort=sort if sort.removeprefix("-") in known else next(iter(known)),
        older=kind == "residents" and query.get("tuoi") == str(OLDER_AGE),
    )


def live_figure(indicator, place, day, target):
    """Count a figure from the records now, with what is stored of it."""
    by_village = indicator.count_by_village(place, day)
    stored = CoverageFigure.objects.filter(
        unit__commune=place.commune_id,
        unit__village=place.village_id,
        indicator=indicator.code,
        day=day,
    )
    return LiveFigure(
        numerator=sum(numerator for numerator, _denominator in by_village.values()),
        denominator=sum(denominator for _numerator, denominator in by_village.values()),
        target=target,
        stored=stored.first(),
        by_village=by_village,
    )


def rows_behind(indicator, place, day, choice):
    """Return the rows of a tab, searched and sorted."""
    source = indicator.covered if choice.tab == COUNTED else indicator.not_covered
    rows = source(place, day)
    if indicator.kind == "residents":
        rows = rows.annotate(
            household_number=F("residencies__household__number"),
            household_uuid=F("residencies__household__uuid"),
        ).select_related("household__village")
    elif indicator.kind == "staff":
        rows = rows.annotate(agency_name=F("employments__agency__name"))
    elif indicator.kind == "rolls":
        rows = rows.annotate(gap=F("enrolled") - F("equipped")).select_related(
            "school_class__school"
        )
    elif indicator.kind == "declarations":
        rows = rows.annotate(gap=F("workers") - F("equipped")).select_related("enterprise")
    elif indicator.kind == "households":
        rows = rows.select_related("village").prefetch_related("residents")
    if choice.older:
        rows = rows.filter(birth_year__lte=day.year - OLDER_AGE)
    if choice.search:
        rows = _searched(rows, indicator.kind, choice.search)
    return _ordered(rows, indicator.kind, choice.sort)


def page_behind(indicator, place, day, choice, live, number):
    """Return one page of the rows, each saying what is still ``missing`` where that is known."""
    paginator = Paginator(rows_behind(indicator, place, day, choice), ROWS)
    if indicator.weights is None and not choice.is_narrowed:
        # The figure has just counted exactly these rows.
        paginator.count = live.gap if choice.tab == NOT_YET else live.numerator
    page = paginator.get_page(number)
    page.object_list = with_what_is_missing(list(page.object_list), indicator, day, choice)
    return page


def with_what_is_missing(rows, indicator, day, choice):
    """Return people not counted yet, each with what is still ``missing`` where that is known."""
    if choice.tab == NOT_YET and indicator.kind == "staff":
        _note_missing_courses(rows, day)
    if choice.tab == NOT_YET and indicator.code == ADULTS:
        _note_missing_skills(rows, day)
    return rows


def _searched(rows, kind, search):
    if kind == "households":
        return rows.search(search)
    if kind == "rolls":
        return containing(rows, search, "school_class__school__name", "school_class__name")
    if kind == "declarations":
        return containing(rows, search, "enterprise__name")
    return rows.filter(name_folded__contains=search)


def _ordered(rows, kind, sort):
    fields = SORTS[kind][sort.removeprefix("-")]
    if sort.startswith("-"):
        fields = [f"-{field}" for field in fields]
    return rows.order_by(*fields)


def _note_missing_courses(staff, day):
    missing = missing_of(staff, required_on(day), day)
    for member in staff:
        member.missing = [_missing_in_words(one) for one in missing[member.pk]]


def _missing_in_words(missing):
    if missing.expired_on is None:
        return missing.course.title
    return _("%(course)s (expired on %(day)s)") % {
        "course": missing.course.title,
        "day": written_day(missing.expired_on),
    }


def _note_missing_skills(residents, day):
    """Say of each adult which required skill was not shown alone when it was last asked."""
    required = list(Skill.objects.required_on(day))
    last = {}
    checks = SkillCheck.objects.filter(
        resident__in=residents, skill__in=required, happened_on__lte=day
    ).values_list("resident", "skill", "happened_on", "outcome")
    for resident, skill, on, outcome in checks:
        known_on, known_alone = last.get((resident, skill), (on, False))
        alone = outcome == SkillCheck.Outcome.ALONE
        if on > known_on:
            last[resident, skill] = (on, alone)
        elif on == known_on:
            last[resident, skill] = (on, known_alone or alone)
    for resident in residents:
        resident.is_unasked = not any((resident.pk, skill.pk) in last for skill in required)
        resident.missing = [
            skill.title
            for skill in required
            if not last.get((resident.pk, skill.pk), (None, False))[1]
        ]
