"""Text as it is stored: composed, without control signs, and cheap however long it is."""

import time
import unicodedata

import pytest

from villages.text import clean_text, fold

pytestmark = pytest.mark.once

DECOMPOSED = unicodedata.normalize("NFD", "Nguyễn Thị Kiều Diễm, bản Nà Đình; ấp Tường Vân")


def test_what_a_phone_sends_in_pieces_is_composed():
    assert clean_text(DECOMPOSED) == unicodedata.normalize("NFC", DECOMPOSED)
    assert fold(DECOMPOSED) == "nguyen thi kieu diem, ban na dinh; ap tuong van"


def test_control_signs_go_and_line_breaks_stay():
    assert clean_text(" a\x00\x07b\n\tc\ud800 ") == "ab\n\tc"
    assert clean_text(None) == ""


def test_a_pile_of_marks_costs_no_more_than_other_text():
    pile = "a" + "\u0301\u0316" * 500_000
    began = time.process_time()
    assert len(clean_text(pile)) <= 31
    assert fold(pile) == "a"
    assert time.process_time() - began < 5
