"""How numbers, shares, dates and counts are written, in the language of the page.

These filters only write; nothing here computes or rounds up. Vietnamese: 1.820 and 82,5 %;
English: 1,820 and 82.5%. Missing is never 0.
"""

from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal, InvalidOperation

from django import template
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from villages import lists

register = template.Library()

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
TENTH = Decimal("0.1")
HEAT_STEPS = (50, 60, 70, 80, 90)


@register.filter
def is_narrowed(request):
    """Whether somebody looks for some rows of a list: an empty one then has nothing found."""
    return lists.is_narrowed(request)


@register.filter
def number(value):
    """1820 → «1.820» (en «1,820»); a missing number → «–»."""
    amount = _decimal(value)
    return DASH if amount is None else _written(amount)


@register.filter
def percent(value, missing=None):
    """Decimal 82.5 → «82,5 %» (en «82.5%»), always one decimal, never rounded up.

    None → «chưa có số liệu», or the text given as argument (``percent:"–"`` in a table).
    """
    amount = _decimal(value)
    if amount is None:
        return _("no figures yet") if missing is None else missing
    return _as_percent(_written(amount.quantize(TENTH, ROUND_DOWN)))


@register.filter
def target(value):
    """A target as short as it is exact: 80.00 → «80 %», 82.50 → «82,5 %»; None → «–»."""
    amount = _decimal(value)
    return DASH if amount is None else _as_percent(_written(_shortest(amount)))


@register.filter
def points(value):
    """A change in percentage points: 3.1 → «+3,1 điểm», −1.2 → «−1,2 điểm»; None → «»."""
    amount = _decimal(value)
    if amount is None:
        return ""
    amount = amount.quantize(TENTH, ROUND_DOWN)
    sign = "+" if amount > 0 else MINUS if amount < 0 else ""
    return _("%(change)s points") % {"change": sign + _written(abs(amount))}


@register.filter
def fraction(numerator, denominator):
    """1512 and 2077 → «1.512 / 2.077», on one line."""
    return f"{number(numerator)}{NBSP}/{NBSP}{number(denominator)}"


@register.filter
def people(count):
    """3 → «3 người»."""
    return _counted(count, ngettext("%(count)s person", "%(count)s people", _plural(count)))


@register.filter
def attendances(count):
    """3 → «3 lượt người»: attendances, not distinct people."""
    return _counted(
        count, ngettext("%(count)s attendance", "%(count)s attendances", _plural(count))
    )


@register.filter
def households(count):
    """3 → «3 hộ»: distinct households."""
    return _counted(count, ngettext("%(count)s household", "%(count)s households", _plural(count)))


@register.filter
def visits(count):
    """3 → «3 lượt thăm»: visits, not distinct households."""
    return _counted(count, ngettext("%(count)s visit", "%(count)s visits", _plural(count)))


@register.filter
def villages(count):
    """3 → «3 bản»."""
    return _counted(count, ngettext("%(count)s village", "%(count)s villages", _plural(count)))


@register.filter
def day(value):
    """A date, instant or ISO text → «31/10/2025»; None → «–»."""
    on = _date(value)
    return DASH if on is None else f"{on:%d/%m/}{on.year:04d}"


@register.filter
def moment(value):
    """An instant → «07:00 ngày 31/10/2025» on the commune's clock; None → «–»."""
    if value is None or value == "":
        return DASH
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return _("%(time)s on %(day)s") % {"time": f"{local:%H:%M}", "day": day(local)}


@register.filter
def month(value):
    """A date → «10/2025»; None → «–»."""
    on = _date(value)
    return DASH if on is None else f"{on.month:02d}/{on.year:04d}"


@register.filter
def days_ago(value):
    """A date → «hôm nay», «hôm qua», «63 ngày trước» or, for a coming day, «sau 3 ngày»."""
    on = _date(value)
    if on is None:
        return DASH
    passed = (timezone.localdate() - on).days
    if passed == 0:
        return _("today")
    if passed == 1:
        return _("yesterday")
    if passed < 0:
        return ngettext("in %(count)s day", "in %(count)s days", -passed) % {
            "count": number(-passed)
        }
    return ngettext("%(count)s day ago", "%(count)s days ago", passed) % {"count": number(passed)}


@register.filter
def bar(value):
    """A share → a width for SVG, «81.3», kept within 0 and 100; None → «0»."""
    amount = _decimal(value)
    return "0" if amount is None else str(min(max(amount, Decimal(0)), Decimal(100)))


@register.filter
def heat(value):
    """A share → the class of its heat tile: heat-0 (under 50) … heat-5 (from 90), heat-none."""
    amount = _decimal(value)
    return "heat-none" if amount is None else f"heat-{sum(amount >= s for s in HEAT_STEPS)}"


def _decimal(value):
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _shortest(amount):
    return (
        amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount.normalize()
    )


def _written(amount):
    whole, _point, part = f"{abs(amount):f}".partition(".")
    groups = f"{int(whole):,}".replace(",", get_format("THOUSAND_SEPARATOR"))
    sign = MINUS if amount < 0 else ""
    return sign + groups + (get_format("DECIMAL_SEPARATOR") + part if part else "")


def _as_percent(text):
    # Translators: how a percentage is written; in Vietnamese with a space before the sign.
    return (_("%(number)s%%") % {"number": text}).replace(" ", NBSP)


def _plural(count):
    amount = _decimal(count)
    return 0 if amount is None else int(amount)


def _counted(count, text):
    return text % {"count": number(count)}


def _date(value):
    if isinstance(value, str):
        try:
            return parse_date(value)
        except ValueError:
            # Typed, and no day of any calendar: «2025-02-31».
            return None
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    return value if isinstance(value, date) else None
