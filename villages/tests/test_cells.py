"""What Excel does to a cell is undone, or told in words that name what stood there."""

import unicodedata
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from villages.form_fields import DayField, LineField, NameField, PhoneField
from villages.importing.cells import READERS, clean_cell
from villages.importing.kinds import Column
from villages.importing.old_fonts import advice, old_font_of

# The database has no say in it; once is enough.
pytestmark = pytest.mark.once

SEXES = (("female", "Nữ", "f", "gái"), ("male", "Nam"))
OPTIONAL = [("", ""), ("yes", "Có"), ("no", "Không")]
COLUMNS = {
    "text": Column("c", "C", LineField(max_length=50, required=False)),
    "name": Column("c", "C", NameField()),
    "code": Column("c", "C", LineField(max_length=12), reads="code", width=5),
    "phone": Column("c", "C", PhoneField(required=False), reads="code", width=10),
    "year": Column("c", "C", forms.IntegerField(min_value=1900, max_value=2026), reads="year"),
    "day": Column("c", "C", DayField(required=False), reads="day"),
    "time": Column("c", "C", forms.TimeField(required=False), reads="time"),
    "number": Column("c", "C", forms.IntegerField(min_value=0), reads="number"),
    "decimal": Column("c", "C", forms.DecimalField(max_digits=9), reads="number"),
    "yes_no": Column("c", "C", forms.ChoiceField(choices=OPTIONAL, required=False), reads="yes_no"),
    "choice": Column(
        "c",
        "C",
        forms.ChoiceField(choices=[pair[:2] for pair in SEXES]),
        reads="choice",
        choices=SEXES,
    ),
}
NFD = unicodedata.normalize("NFD", "Lường Thị Mẫu")


@pytest.mark.parametrize(
    ("column", "raw", "value"),
    [
        # A year that was typed into a cell formatted as a date, in both of Excel's calendars.
        ("year", date(1905, 5, 14), 1961),
        ("year", date(1909, 5, 15), 1961),
        ("year", date(1961, 3, 4), 1961),
        ("year", datetime.fromisoformat("1961-03-04T00:00"), 1961),
        ("year", "1961", 1961),
        ("year", 1961.0, 1961),
        ("year", "4/3/1961", 1961),
        ("year", "4/3/61", 1961),
        ("year", "03/1961", 1961),
        ("year", "1961-03-04", 1961),
        ("day", 45961, date(2025, 10, 31)),
        ("day", "45961", date(2025, 10, 31)),
        ("day", 45961.5, date(2025, 10, 31)),
        ("day", date(2025, 10, 31), date(2025, 10, 31)),
        ("day", datetime.fromisoformat("2025-10-31T08:00"), date(2025, 10, 31)),
        ("day", "31/10/2025", date(2025, 10, 31)),
        ("day", "1/2/25", date(2025, 2, 1)),
        ("day", "31-10-2025", date(2025, 10, 31)),
        ("day", "31.10.2025", date(2025, 10, 31)),
        ("day", "2025-10-31", date(2025, 10, 31)),
        ("day", "31/10/2025 08:00", date(2025, 10, 31)),
        ("day", "Ngày 31 tháng 10 năm 2025", date(2025, 10, 31)),
        ("day", None, None),
        ("time", "7h30", time(7, 30)),
        ("time", "7 giờ", time(7)),
        ("time", 0.3125, time(7, 30)),
        ("time", time(7, 30), time(7, 30)),
        ("number", "1.820", 1820),
        ("number", "1 820", 1820),
        ("number", "1\u00a0820", 1820),
        ("number", "1,820", 1820),
        ("number", 12.0, 12),
        ("number", "12", 12),
        ("number", 0, 0),
        ("decimal", "82,5", Decimal("82.5")),
        ("decimal", "82.5 %", Decimal("82.5")),
        ("decimal", "1.820,5", Decimal("1820.5")),
        ("decimal", 82.5, Decimal("82.5")),
        ("text", 123.0, "123"),
        ("text", 123, "123"),
        ("text", date(2025, 10, 31), "31/10/2025"),
        ("text", NFD, "Lường Thị Mẫu"),
        ("text", "\ufeff Lò\u200b \u00a0", "Lò"),
        ("text", "'=1+1", "=1+1"),
        ("text", None, ""),
        ("code", 3637, "03637"),
        ("code", "3637", "03637"),
        ("code", "03637", "03637"),
        ("code", "3637.0", "03637"),
        ("code", "CB01", "CB01"),
        ("phone", 912345678, "0912345678"),
        ("yes_no", "x", "yes"),
        ("yes_no", "X", "yes"),
        ("yes_no", "✓", "yes"),
        ("yes_no", "có", "yes"),
        ("yes_no", 1, "yes"),
        ("yes_no", True, "yes"),
        ("yes_no", "Không", "no"),
        ("yes_no", 0, "no"),
        ("yes_no", False, "no"),
        ("yes_no", "", ""),
        ("choice", "NỮ", "female"),
        ("choice", "nu", "female"),
        ("choice", " Nam ", "male"),
        ("choice", "female", "female"),
        ("choice", unicodedata.normalize("NFD", "Gái"), "female"),
    ],
)
def test_it_works(column, raw, value):
    found = clean_cell(COLUMNS[column], raw)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("column", "raw", "stood_there"),
    [
        ("year", "chưa rõ", "chưa rõ"),
        ("year", 61, "61"),
        # Days of Excel, if their cell were formatted as one: 1953, 1961.
        ("year", 19655, "19655"),
        ("year", "19655", "19655"),
        ("year", 22282.0, "22282"),
        ("year", True, "Có"),
        ("day", "31/02/2025", "31/02/2025"),
        ("day", "10/31/2025", "10/31/2025"),
        ("day", 1961, "1961"),
        ("day", date(1905, 5, 14), "1961"),
        ("day", time(7), "07:00"),
        ("day", -5, "-5"),
        ("time", "25:00", "25:00"),
        ("number", "82,5", "82,5"),
        ("number", "5 người", "5 người"),
        ("number", date(2020, 1, 1), "01/01/2020"),
        # Thousand or a decimal: nobody can tell.
        ("decimal", "1,820", "1,820"),
        ("code", "1.23457E+11", "1.23457E+11"),
        ("code", date(2020, 1, 1), "01/01/2020"),
        ("yes_no", "có lẽ", "có lẽ"),
        ("choice", "khác", "khác"),
        ("text", "#N/A", "#N/A"),
        ("text", "#CALC!", "#CALC!"),
        ("text", "dài" * 40, "dàidài"),
        ("name", "Lß V¨n MÉu", "Lß V¨n MÉu"),
        ("name", "Nguyeãn Vaên Höôøng", "Nguyeãn Vaên Höôøng"),
        ("name", "Nguyá»…n VÄƒn", "Nguyá»…n VÄƒn"),
    ],
)
def test_the_words_name_what_stood_there(column, raw, stood_there):
    with pytest.raises(ValidationError) as refused:
        clean_cell(COLUMNS[column], raw)
    assert stood_there in " ".join(refused.value.messages)


def test_an_empty_cell_of_a_required_column_is_refused():
    for raw in (None, "", "  ", "\u00a0"):
        with pytest.raises(ValidationError):
            clean_cell(COLUMNS["year"], raw)


def test_signs_that_could_not_be_read_are_refused_not_dropped():
    with pytest.raises(ValidationError):
        clean_cell(COLUMNS["text"], "Lò\x00Văn")


def test_a_vietnamese_list_is_understood_on_an_english_screen():
    field = forms.ChoiceField(choices=[("", ""), ("yes", "y"), ("no", "n")], required=False)
    with translation.override("en"):
        assert clean_cell(Column("c", "C", field, reads="yes_no"), "Có") == "yes"
        assert clean_cell(Column("c", "C", field, reads="yes_no"), "Yes") == "yes"


@pytest.mark.parametrize(
    ("text", "font"),
    [
        ("Hä vµ tªn", "TCVN3 (ABC)"),
        ("NguyÔn V¨n Hïng", "TCVN3 (ABC)"),
        ("Tr\u00c7n ThÞ HuÕ", "TCVN3 (ABC)"),
        ("B¶n Vi, x· M\u00adêng Kim", "TCVN3 (ABC)"),
        *(
            (word, "TCVN3 (ABC)")
            for word in ("TiÕn", "HÊp", "ThÕ", "HuyÒn", "TiÕng", "MÕn", "Mai ThÞ")
        ),
        ("Hoï vaø teân", "VNI"),
        ("Traàn Thò Hueä", "VNI"),
        ("Baûn Vi, xaõ Möôøng Kim", "VNI"),
    ],
)
def test_old_fonts_are_recognised(text, font):
    assert old_font_of(text) == font
    assert "UniKey" in advice(text)


@pytest.mark.parametrize(
    "text",
    [
        "Lò Thị Dương", "NGUYỄN VĂN HƯỞNG", "Đắk Lắk", "«Họ tên»", "32 °C", "§ 3", "½ ngày",
        "Windows® 10", "10 m²", "François", "café", "Müller", "hoà, hoả, thuý, quỳ", "Ủy ban",
        "Khì·Vi", "– 5 –", "≥ 80 %", "H'Mông",
        "VÀng A Dơ", "ĐÌnh", "GiÀng", "TÒng Thị Mai", "BÌnh", "CÔng", "ThÚy", "LÒ", "HÒa",
        "MÙa A SÙng",
    ],
)  # fmt: skip
def test_unicode_is_left_alone(text):
    assert advice(text) == ""


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(COLUMNS)),
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=60),
        st.text(alphabet="0123456789./-:,hE+% '#", max_size=25),
        st.dates(),
        st.datetimes(),
        st.times(),
    ),
)
def test_whatever_stands_there_is_a_value_or_words(column, raw):
    words = ["a value"]
    try:
        clean_cell(COLUMNS[column], raw)
    except ValidationError as refused:
        words = list(map(str, refused.messages))
    assert words
    assert all(words)


def test_every_way_of_reading_is_tried_here():
    assert {column.reads for column in COLUMNS.values()} == set(READERS)
