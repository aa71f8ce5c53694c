"""Drawing the dashboard once for everybody who would see the same, and keeping it.

What is kept is text made of totals: no name of a person, nothing of the reader. It is
kept under everything it was drawn from, so it is never out of date and never invalidated.
"""

import hashlib
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.cache import cache
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from reports.activity import activity_measures
from reports.attention import attention_measures, tasks_of
from reports.board import BELOW, COLUMNS, FILTERS, SILENT, TABLE, TILES, choice_in, rows_of
from reports.dashboard import read_picture, rungs_of
from reports.indicators import ADULTS, VISITED
from reports.periods import ReportPeriod, named_periods
from villages.targets import targets_for

SECONDS_KEPT = 60 * 60
SHOWN_ACTIVITY = (
    "households_visited",
    "household_visits",
    "training_sessions",
    "people_trained",
    "communications",
    "helped_at_service_centre",
    "no_signal_villages",
)
SHOWN_BY_MONTH = ("households_visited", "training_sessions", "communications")


@dataclass(frozen=True)
class Drawn:
    """The dashboard as text: its heading, how fresh it is, and the rest."""

    token: str
    title: str
    head: str
    freshness: str
    body: str
    is_waiting: bool
    days_to_count: tuple


class Address:
    """The dashboard's own address: the same page with something else chosen."""

    def __init__(self, commune, period, choice):
        self.path = reverse("dashboard")
        self.asked = {"xa": commune.code, **period.query}
        defaults = {"chi-so": ADULTS, "xem": TILES, "loc": "", "tim": "", "sort": "number"}
        chosen = {
            "chi-so": choice.indicator,
            "xem": choice.view,
            "loc": choice.kept,
            "tim": choice.search,
            "sort": choice.sort,
        }
        self.asked |= {name: value for name, value in chosen.items() if value != defaults[name]}

    def __call__(self, **changes):
        asked = {**self.asked, **{name.replace("_", "-"): value for name, value in changes.items()}}
        return f"{self.path}?{urlencode({k: v for k, v in asked.items() if v})}"

    def sorted_by(self, field, current):
        return self(sort=f"-{field}" if current == field else field)


def draw_dashboard(commune, state, period, query, *, may_administer):
    """Return the dashboard of a commune, kept or drawn now."""
    language = get_language()
    asked = tuple(query.get(name, "")[:80] for name in ("chi-so", "xem", "loc", "tim", "sort"))
    parts = (state, period.from_on, period.to_on, language, asked, may_administer)
    token = hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()
    drawn = cache.get(f"dashboard:{token}")
    if drawn is None:
        drawn = _draw(token, commune, state, period, query, may_administer)
        # A search is somebody's own: kept, it would only push out what others share.
        if not query.get("tim"):
            cache.set(f"dashboard:{token}", drawn, SECONDS_KEPT)
    return drawn


def _draw(token, commune, state, period, query, may_administer):
    month = _last_month_of(period)
    picture = read_picture(
        commune,
        period,
        state,
        targets_for(commune, period.as_of.year),
        _measures(commune, period, month),
    )
    choice = choice_in(query, picture.figures)
    address = Address(commune, period, choice)
    context = {
        "commune": commune,
        "period": period,
        "month": month,
        "picture": picture,
        "counts": picture.counts,
        "rungs": rungs_of(picture),
        "visited": picture.figures.get(VISITED),
        "tasks": tasks_of(commune, picture, state),
        "board": _board(picture, choice, address),
        "trend": picture.trends.get(choice.indicator),
        "periods": [
            (heading, [(found, _period_address(address, found)) for found in periods])
            for heading, periods in named_periods(state.on)
        ],
        "hidden": [pair for pair in address.asked.items() if pair[0] not in ("tu", "den")],
        "may_administer": may_administer,
    }
    return Drawn(
        token=token,
        title=period.title,
        head=render_to_string("reports/_dashboard_head.html", context),
        freshness=render_to_string("reports/_dashboard_freshness.html", context),
        body=render_to_string("reports/_dashboard_body.html", context),
        is_waiting=picture.is_waiting or bool(picture.days_to_count),
        days_to_count=tuple(picture.days_to_count),
    )


def _measures(commune, period, month):
    activity = activity_measures(commune, period)
    lately = activity_measures(commune, month) if month else {}
    return (
        {name: activity[name] for name in SHOWN_ACTIVITY}
        | {f"month_{name}": lately[name] for name in SHOWN_BY_MONTH if lately}
        | attention_measures(commune, period.as_of)
    )


def _last_month_of(period):
    """Return the last month of a longer period up to its end, or ``None``."""
    first = period.as_of.replace(day=1)
    return ReportPeriod(first, period.as_of) if period.from_on < first else None


def _period_address(address, period):
    return address(**period.query)


def _board(picture, choice, address):
    figure = picture.figures.get(choice.indicator)
    rows = rows_of(picture, choice)
    return {
        "choice": choice,
        "figure": figure,
        "rows": rows,
        "is_table": choice.view == TABLE,
        "is_filtered": bool(choice.kept or choice.search),
        "tiles_url": address(xem=TILES),
        "table_url": address(xem=TABLE),
        "all_url": address(loc="", tim=""),
        "indicators": [
            (found, address(chi_so=code), code == choice.indicator)
            for code, found in picture.figures.items()
        ],
        "filters": [
            (words, address(loc=kept), kept == choice.kept)
            for kept, words in FILTERS.items()
            if kept != BELOW or (figure and figure.target is not None)
        ],
        "sorts": [
            (words, address(sort=sort), sort == choice.sort)
            for sort, words in (
                ("number", _("By number")),
                ("share", _("Lowest first")),
                ("-share", _("Highest first")),
            )
        ],
        "headers": [
            (label, field, address.sorted_by(field, choice.sort), _direction(field, choice.sort))
            for label, field in [
                (_("Village"), "number"),
                *(
                    (picture.figures[code].title, code)
                    for code in COLUMNS
                    if code in picture.figures
                ),
                (_("Last activity"), "last"),
            ]
        ],
        "hidden": [pair for pair in address.asked.items() if pair[0] != "tim"],
        "silent_filter": SILENT,
    }


def _direction(field, sort):
    if sort == field:
        return "ascending"
    return "descending" if sort == f"-{field}" else ""
