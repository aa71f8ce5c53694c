"""From what stands in a cell to a value: what Excel did to it is undone, or told in words."""

import re
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.forms import DecimalField, FloatField
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from villages.importing.old_fonts import advice
from villages.periods import today
from villages.text import clean_text, fold

YES = ("yes", "x", "✓", "✔", "v", "1", "co", "c", "dung", "true", "y")
NO = ("no", "0", "khong", "ko", "k", "sai", "false", "n", "-")
YES_NO = (("yes", _lazy("Yes"), *YES), ("no", _lazy("No"), *NO))
FAILED = frozenset({
    "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!",
    "#GETTING_DATA",
})  # fmt: skip
SHOWN_SIGNS, SHOWN_CHOICES = 60, 15
EPOCH = date(1899, 12, 30)
# Days of Excel that can be a day of the programme or of a birth: 1910 to 2099.
SERIALS = range(3654, 73051)
YEARS = range(1900, 2101)
UNSEEN = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")
SAVED_BY_US = re.compile(r"'[=+\-@\t\r]")
WHOLE = re.compile(r"-?\d+(?:[.,]0+)?")
SHORTENED = re.compile(r"\d[.,]\d+E\+\d+", re.IGNORECASE)
DAY_FIRST = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4}|\d{2})(?:[ T]+[\d:.]+)?")
YEAR_FIRST = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})(?:[ T]+[\d:.]+)?")
IN_WORDS = re.compile(r"(?:ngay )?(\d{1,2}) thang (\d{1,2}) nam (\d{4})")
MONTH_AND_YEAR = re.compile(r"(?:\d{1,2}|0)?\s*[/.\-]\s*(\d{4})")
HOUR = re.compile(r"(\d{1,2})(?:\s*(?:h|:|\.|gio|g)\s*(\d{1,2})?)?(?::\d{1,2})?\s*(?:p|phut)?")
GAPS = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f'](?=\d{3})")
DOTS, COMMAS = re.compile(r"-?\d{1,3}(?:\.\d{3})+"), re.compile(r"-?\d{1,3}(?:,\d{3})+")


def clean_cell(column, raw):
    """Return the value of a cell as the column's field cleans it.

    Raises ``ValidationError`` with words that name what stood there.
    """
    if type(raw) is str:
        raw = _tidy(raw)
    if raw is None or raw == "":
        return column.field.clean("")
    try:
        return column.field.clean(READERS[column.reads](column, raw))
    except ValidationError as refused:
        if getattr(refused, "code", None) == "cell":
            raise
        problem = " ".join(map(str, refused.messages))
        raise _wrong(_("«%(cell)s»: %(problem)s"), raw, problem=problem) from refused


def is_tick(raw):
    """Whether a cell is ticked: with a cross, a «1» or another way to say yes."""
    return raw is not None and fold(str(raw)) in YES


def is_no_tick(raw):
    """Whether a cell that could be ticked is empty or says no."""
    return raw is None or fold(str(raw)) in ("", *NO)


def _tidy(text):
    """Return text in NFC without the signs nobody sees; what is no Unicode is refused."""
    if not (text.isascii() and text.isprintable()):
        if "\x00" in text:
            raise _wrong(_("Some signs of this cell could not be read. Please type it again."), "")
        text = clean_text(UNSEEN.sub("", text).replace("\u00a0", " "))
        words = advice(text)
        if words:
            raise _wrong("«%(cell)s»: %(problem)s", text, problem=words)
    text = text.strip()
    if text[:1] == "#" and text in FAILED:
        raise _wrong(
            _(
                "The formula in this cell gives no value (%(cell)s). Mend it, or write the value "
                "itself."
            ),
            text,
        )
    # An apostrophe that kept a text from being a formula is not part of it.
    return text[1:] if text[:1] == "'" and SAVED_BY_US.match(text) else text


def _as_text(column, raw):
    kind = type(raw)
    if kind is str:
        return raw
    if kind is bool:
        return _("Yes") if raw else _("No")
    if kind is float:
        return str(int(raw)) if raw.is_integer() else repr(raw).replace(".", ",")
    if kind is datetime:
        return _day_text(raw) if raw.time() == time(0) else f"{_day_text(raw)} {raw:%H:%M}"
    if kind is date:
        return _day_text(raw)
    if kind is time:
        return f"{raw:%H:%M}"
    return str(raw)


def _as_code(column, raw):
    if isinstance(raw, (date, time, bool)):
        raise _wrong(
            _("A date or a time stands here (%(cell)s). Format the column as text and type again."),
            raw,
        )
    text = _as_text(column, raw)
    if SHORTENED.fullmatch(text):
        raise _wrong(
            _("Excel has shortened the number (%(cell)s). Format the column as text, type again."),
            raw,
        )
    if WHOLE.fullmatch(text) and not text.isdigit():
        text = re.split("[.,]", text)[0]
    return text.zfill(column.width) if text.isdigit() else text


def _as_year(column, raw):
    if isinstance(raw, date):
        return str(_year_in_a_date(raw) or raw.year)
    number = _whole(raw)
    if number is not None and number in YEARS:
        return str(number)
    # 19655 may be a day that lost its format, but far more often it is 1965 mistyped.
    if number is not None or type(raw) is not str:
        raise _wrong(_("«%(cell)s» is no year. Write four digits, such as 1961."), raw)
    if found := MONTH_AND_YEAR.fullmatch(raw):
        return found[1]
    day = _day_in_text(raw, latest=today().year)
    if day is None:
        raise _wrong(_("«%(cell)s» is no year. Write four digits, such as 1961."), raw)
    return str(day.year)


def _as_day(column, raw):
    if type(raw) is datetime:
        raw = raw.date()
    if type(raw) is date:
        year = _year_in_a_date(raw)
        if year:
            raise _only_a_year(year)
        return raw
    number = _whole(raw)
    if number is not None:
        if number in YEARS:
            raise _only_a_year(number)
        if number in SERIALS:
            return EPOCH + timedelta(number)
    if type(raw) is float and int(raw) in SERIALS:
        return EPOCH + timedelta(int(raw))
    day = _day_in_text(raw, latest=today().year + 10) if type(raw) is str else None
    if day is None:
        raise _wrong(
            _("«%(cell)s» is no day that exists. Write day/month/year, such as 31/10/2025."), raw
        )
    return day


def _as_time(column, raw):
    if type(raw) is datetime:
        return f"{raw:%H:%M}"
    if type(raw) is time:
        return f"{raw:%H:%M}"
    if type(raw) is float and 0 <= raw < 1:
        minutes = round(raw * 1440) % 1440
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    found = HOUR.fullmatch(fold(raw)) if type(raw) is str else None
    if found and int(found[1]) < 24 and int(found[2] or 0) < 60:
        return f"{int(found[1]):02d}:{int(found[2] or 0):02d}"
    raise _wrong(_("«%(cell)s» is no time of day. Write it as 07:30."), raw)


def _as_number(column, raw):
    if type(raw) in (int, float):
        return raw
    if type(raw) is not str:
        raise _wrong(
            _("«%(cell)s» is no number. Format the cell as a number and type it again."), raw
        )
    text = GAPS.sub("", raw).removesuffix("%").rstrip()
    if "." in text and "," in text:
        # The last of the two is the decimal sign.
        group, point = (".", ",") if text.rindex(",") > text.rindex(".") else (",", ".")
        return text.replace(group, "").replace(point, ".")
    if DOTS.fullmatch(text):
        return text.replace(".", "")
    if COMMAS.fullmatch(text):
        if text.count(",") == 1 and isinstance(column.field, (DecimalField, FloatField)):
            raise _wrong(_("«%(cell)s» can be read in two ways. Write it without a comma."), raw)
        return text.replace(",", "")
    return text.replace(",", ".")


def _as_choice(column, raw):
    return _chosen(column, raw, ())


def _as_yes_no(column, raw):
    if type(raw) is bool:
        return "yes" if raw else "no"
    return _chosen(column, raw, YES_NO)


def _chosen(column, raw, always):
    text = _as_text(column, raw)
    words = _words_of(column, always)
    value = words.get(fold(text))
    if value is None:
        value = words.get(_loose(text))
    if value is None:
        labels = [str(choice[1]) for choice in (column.choices or always)]
        shown = ", ".join(labels[:SHOWN_CHOICES]) + (" …" if len(labels) > SHOWN_CHOICES else "")
        raise _wrong(_("«%(cell)s» is not one of: %(choices)s."), raw, choices=shown)
    return value


def _words_of(column, always):
    """Return {folded word: value}, made once per column and language."""
    language = get_language()
    known = column.__dict__.get("_folded_words")
    if known is None or known[0] != language:
        words = {}
        # The column's own words come first; a word said twice keeps its first meaning.
        _take_words(words, (*column.choices, *always))
        with translation.override("vi"):
            # A list is in Vietnamese whatever language the screen has.
            _take_words(words, (*column.choices, *always))
        known = (language, words)
        object.__setattr__(column, "_folded_words", known)
    return known[1]


def _take_words(words, choices):
    for value, *names in choices:
        for name in (*names, value):
            for word in (fold(str(name)), _loose(str(name))):
                if word:
                    words.setdefault(word, str(value))


def _loose(text):
    """Return the folded words alone: «Thôn/bản» is «thon ban»."""
    return " ".join(re.findall(r"\w+", fold(text)))


def _whole(raw):
    if type(raw) is int:
        return raw
    if type(raw) is float and raw.is_integer():
        return int(raw)
    if type(raw) is str and len(raw) < 20 and WHOLE.fullmatch(raw):
        return int(re.split("[.,]", raw)[0])
    return None


def _day_in_text(text, *, latest):
    """Return the day a text names, or ``None``; a year of two digits is at most ``latest``."""
    if found := DAY_FIRST.fullmatch(text):
        day, month, year = int(found[1]), int(found[2]), int(found[3])
    elif found := YEAR_FIRST.fullmatch(text):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif found := IN_WORDS.fullmatch(fold(text)):
        day, month, year = int(found[1]), int(found[2]), int(found[3])
    else:
        return None
    if year < 100 and len(found[3]) == 2:
        year += 2000 if 2000 + year <= latest else 1900
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year_in_a_date(day):
    """Return the year somebody typed into a cell formatted as a date, or ``None``.

    1961 is shown as 14/05/1905, or as 15/05/1909 in a workbook that counts from 1904.
    """
    day = day.date() if isinstance(day, datetime) else day
    since = (day - EPOCH).days
    if since in YEARS:
        return since
    return since - 1462 if since - 1462 in YEARS and day.year == 1909 else None


def _only_a_year(year):
    return _wrong(
        _("Only a year stands here (%(cell)s). Write the whole day, such as 31/10/2025."), year
    )


def _day_text(day):
    return f"{day:%d/%m/}{day.year:04d}"


def _wrong(message, raw, **words):
    cell = _as_text(None, raw)
    cell = cell if len(cell) <= SHOWN_SIGNS else cell[: SHOWN_SIGNS - 1] + "…"
    return ValidationError(message % {"cell": cell, **words}, code="cell")


READERS = {
    "text": _as_text,
    "code": _as_code,
    "year": _as_year,
    "day": _as_day,
    "time": _as_time,
    "number": _as_number,
    "choice": _as_choice,
    "yes_no": _as_yes_no,
}
