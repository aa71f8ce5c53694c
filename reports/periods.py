"""The periods results are asked for: named ones, and any from–to.

A stock in a period is its state on the last day that has been; a flow is what happened
from the first day to the last, both included.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from villages.periods import today
from villages.templatetags.display import day as written_day

FIRST_YEAR, LAST_YEAR = 2000, 2100
ROMAN = ("I", "II", "III", "IV")
TREND_MONTHS = 12
ISO = "%Y-%m-%d"


@dataclass(frozen=True)
class ReportPeriod:
    """From a first day to a last one, both included."""

    from_on: date
    to_on: date

    @property
    def as_of(self):
        """The day whose stocks are shown: the last one of the period that has been."""
        return min(self.to_on, today())

    @property
    def label(self):
        """The days in short: «01/01 – 31/10/2025»."""
        first = (
            f"{self.from_on:%d/%m}"
            if self.from_on.year == self.to_on.year
            else written_day(self.from_on)
        )
        return f"{first} – {written_day(self.to_on)}"

    @property
    def name(self):
        """The period in words: «10 tháng đầu năm 2025»."""
        return _name_of(self)

    @property
    def title(self):
        """The heading of a page of results: «Kết quả 10 tháng đầu năm 2025»."""
        return _("Results of %(period)s") % {"period": self.name}

    @property
    def previous_month_end(self):
        """The month's end before the month of ``as_of``: what a change is measured against."""
        return self.as_of.replace(day=1) - timedelta(days=1)

    @property
    def trend_days(self):
        """Month ends up to ``as_of``, which comes last: of the period, and a year at most.

        A short period shows the six months before it too: three points are no trend.
        """
        ends = [self.as_of]
        wanted = (self.as_of.year - self.from_on.year) * 12 + self.as_of.month - self.from_on.month
        for _month in range(min(max(wanted, 5), TREND_MONTHS - 1)):
            ends.append(ends[-1].replace(day=1) - timedelta(days=1))
        return ends[::-1]

    @property
    def query(self):
        """The period as it stands in an address."""
        return {"tu": self.from_on.isoformat(), "den": self.to_on.isoformat()}


def last_day_of(year, month):
    return date(year, month, monthrange(year, month)[1])


def months_of(year, first, last):
    """Return whole months of a year as one period."""
    return ReportPeriod(date(year, first, 1), last_day_of(year, last))


def default_period():
    """Return the year up to today: the one with the freshest figures."""
    on = today()
    return ReportPeriod(on.replace(month=1, day=1), on)


def closing_period(year, month, *, months=1):
    """Return the data-closing period that ends on the 14th of a month."""
    first = month - months
    return ReportPeriod(
        date(year if first > 0 else year - 1, first if first > 0 else first + 12, 15),
        date(year, month, 14),
    )


def named_periods(on=None):
    """Return [(heading, [periods])] to choose from, as of a day; none begins after it."""
    on = on or today()
    closed = on.month if on.day > 14 else on.month - 1
    closing = (on.year, closed) if closed else (on.year - 1, 12)
    past_month = on.replace(day=1) - timedelta(days=1)
    quarter = (on.month - 1) // 3
    year = [ReportPeriod(on.replace(month=1, day=1), on)]
    if on.month > 1:
        year.append(months_of(on.year, 1, on.month - 1))
        year.append(months_of(on.year - 1, 1, on.month - 1))
    year.append(months_of(on.year - 1, 1, 12))
    return [
        (_("Year"), year),
        (
            _("Month"),
            [
                ReportPeriod(on.replace(day=1), on),
                months_of(past_month.year, past_month.month, past_month.month),
            ],
        ),
        (_("Quarter"), _quarters(on.year, quarter)),
        (
            _("Data closing"),
            [
                closing_period(*closing),
                closing_period(on.year if on >= date(on.year, 6, 14) else on.year - 1, 6, months=6),
                closing_period(on.year - 1, 12, months=12),
            ],
        ),
    ]


class PeriodForm(forms.Form):
    """The first and last day of a period, as somebody chose or typed them."""

    tu = forms.DateField(
        label=gettext_lazy("From"),
        widget=forms.DateInput(attrs={"type": "date"}, format=ISO),
        input_formats=[ISO, "%d/%m/%Y"],
        error_messages={"invalid": gettext_lazy("This is not a date. Example: 31/10/2025.")},
    )
    den = forms.DateField(
        label=gettext_lazy("To"),
        widget=forms.DateInput(attrs={"type": "date"}, format=ISO),
        input_formats=[ISO, "%d/%m/%Y"],
        error_messages={"invalid": gettext_lazy("This is not a date. Example: 31/10/2025.")},
    )

    def clean_tu(self):
        return self._within_reason(self.cleaned_data["tu"])

    def clean_den(self):
        return self._within_reason(self.cleaned_data["den"])

    def clean(self):
        first, last = self.cleaned_data.get("tu"), self.cleaned_data.get("den")
        if first and last and first > last:
            self.add_error("den", _("The last day cannot be before the first."))
        elif first and first > today():
            self.add_error("tu", _("This period has not begun yet."))

    @staticmethod
    def _within_reason(on):
        if not FIRST_YEAR <= on.year <= LAST_YEAR:
            raise forms.ValidationError(
                _("Choose a year from %(first)s to %(last)s.")
                % {"first": FIRST_YEAR, "last": LAST_YEAR}
            )
        return on


def period_asked_for(query):
    """Return (period, form of what is wrong or ``None``) of an address."""
    if "tu" not in query and "den" not in query:
        return default_period(), None
    fallback = default_period()
    asked = {
        **fallback.query,
        **{name: query[name][:40] for name in ("tu", "den") if name in query},
    }
    if known := _written_plainly(asked["tu"], asked["den"]):
        return known, None
    form = PeriodForm(asked)
    if form.is_valid():
        return ReportPeriod(form.cleaned_data["tu"], form.cleaned_data["den"]), None
    return fallback, form


def _written_plainly(first, last):
    """Return the period of two plain ISO days, which need no form to be understood."""
    try:
        period = ReportPeriod(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        return None
    in_order = period.from_on <= period.to_on and period.from_on <= today()
    in_reason = period.from_on.year >= FIRST_YEAR and period.to_on.year <= LAST_YEAR
    return period if in_order and in_reason else None


def day_asked_for(text):
    """Return (day or today, words of what is wrong or «») of an address's «ngay»."""
    if not text:
        return today(), ""
    asked = PeriodForm({"tu": text[:40], "den": text[:40]})
    if asked.is_valid():
        return asked.cleaned_data["tu"], ""
    return today(), next(iter(asked.errors.values()))[0]


def _quarters(year, quarter):
    found = [months_of(year, quarter * 3 + 1, quarter * 3 + 3)]
    before = (year, quarter - 1) if quarter else (year - 1, 3)
    return [*found, months_of(before[0], before[1] * 3 + 1, before[1] * 3 + 3)]


def _name_of(period):
    first, last = period.from_on, period.to_on
    begins_month = first.day == 1
    ends_month = last == last_day_of(last.year, last.month)
    whole_months = begins_month and ends_month and first.year == last.year
    words = {"year": str(last.year), "month": last.month, "to": written_day(last)}
    if whole_months and first.month == last.month:
        return _("month %(month)s/%(year)s") % words
    if whole_months and (first.month, last.month) == (1, 12):
        return _("the year %(year)s") % words
    if whole_months and last.month - first.month == 2 and last.month % 3 == 0:
        return _("quarter %(quarter)s of %(year)s") % {
            **words,
            "quarter": ROMAN[last.month // 3 - 1],
        }
    if whole_months and first.month == 1:
        return _("the first %(month)s months of %(year)s") % words
    if begins_month and first.month == 1 and first.year == last.year:
        return _("the year up to %(to)s") % words
    if begins_month and (first.year, first.month) == (last.year, last.month):
        return _("the month up to %(to)s") % words
    if first.day == 15 and last.day == 14:
        return _closing_name(period, words)
    return _("the days from %(from)s to %(to)s") % {**words, "from": written_day(first)}


def _closing_name(period, words):
    first, last = period.from_on, period.to_on
    months = (last.year - first.year) * 12 + last.month - first.month
    if months == 1:
        return _("the data-closing month %(month)s/%(year)s") % words
    if months == 12 and last.month == 12:
        return _("the data-closing year %(year)s") % words
    if first.month == 12:
        return _("the %(count)s data-closing months up to %(to)s") % {**words, "count": months}
    return _("the days from %(from)s to %(to)s") % {**words, "from": written_day(first)}
