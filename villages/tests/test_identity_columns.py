"""Identity numbers are found in a file, so that they are never read."""

import json

import pytest
from django.forms.models import model_to_dict
from django.urls import reverse

from portal.testing.hamlets import all_records, hamlets, uploaded
from villages.importing import running
from villages.importing.identity import (
    holds_identity_number,
    identity_columns,
    identity_words,
)

# The database has no say in it; once is enough.
pytestmark = pytest.mark.once

HEADINGS = ["Họ tên", "Số CCCD", "Điện thoại", "Ghi chú", "Mã", "Mức độ định danh", "Số hộ"]
ROWS = [
    ["Lò Văn Mẫu", "045061000123", "0912345678", "", 12061000123, "Mức 2", 12],
    ["Lường Thị Mẫu", "", 912345678, "CCCD mới", 45064000124.0, "Mức 2", 13],
]


def test_they_are_found_by_heading_and_by_what_stands_there():
    found = identity_columns(HEADINGS, ROWS)
    assert found == {1: "Số CCCD", 4: "Mã"}
    assert "«Số CCCD», «Mã»" in identity_words(found)
    assert identity_words({}) == ""


@pytest.mark.parametrize("heading", ["CMND/CCCD", "Số định danh cá nhân", "Số thẻ BHYT", "STK"])
def test_a_heading_alone_is_enough_while_the_column_is_empty(heading):
    assert identity_columns(["Họ tên", heading], [["Lò Văn Mẫu", None]]) == {1: heading}


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("CCCD 045061000123", True),
        ("045 061 000 123", True),
        ("0912345678", False),
        ("+84912345678", False),
        ("12/09/2025, 3 người", False),
        ("", False),
    ],
)
def test_numbers_within_other_words(text, is_one):
    assert holds_identity_number(text) is is_one


NUMBERS = ("045061000123", "045064000124")
WITH_NUMBERS = [(30, "Bản Lướt", NUMBERS[0]), (31, "Bản Khoen", NUMBERS[1]), ("x", "Bản Sai", "")]


@pytest.mark.parametrize("heading", ["Số CCCD", "Mã", "Tên"])
def test_a_list_with_such_a_column_comes_in_without_it(cast, client, heading):
    client.force_login(cast.official)
    run = uploaded(cast, *WITH_NUMBERS, headings=("Số", "Tên bản", heading))
    assert run.matching == {"0": "number", "1": "name"}
    match = client.get(reverse("import_match", args=[run.uuid])).content.decode()
    assert f"«{heading}»" in match
    assert 'name="column_1"' in match
    assert 'name="column_2"' not in match
    sent = {"sheet": run.sheet, "heading_row": 0, "column_0": "number", "column_1": "name"}
    client.post(reverse("import_match", args=[run.uuid]), sent)
    running.work_on(run.pk)
    pages = [match]
    for show in ("new", "wrong"):
        pages.append(
            client.get(reverse("import_preview", args=[run.uuid]), {"show": show}).content.decode()
        )
        assert f"«{heading}»" in pages[-1]
    assert "Bản Lướt" in pages[1]
    run.refresh_from_db()
    running.apply_run(run, only_right_rows=True, by=cast.official)
    assert run.status == "applied"
    kept = [
        *(json.dumps(model_to_dict(row), ensure_ascii=False) for row in run.rows.all()),
        *(json.dumps(part.content, ensure_ascii=False) for part in run.journal.all()),
        str(all_records()),
    ]
    for number in NUMBERS:
        assert not any(number in page for page in pages)
        assert not any(number in text for text in kept)


def test_such_a_column_is_read_no_more_when_somebody_says_it_is_a_name(cast, client):
    client.force_login(cast.official)
    run = uploaded(cast, *WITH_NUMBERS, headings=("Số", "Tên bản", "Số CCCD"))
    address = reverse("import_match", args=[run.uuid])
    sent = {"sheet": run.sheet, "heading_row": 0, "column_0": "number", "column_2": "name"}
    answer = client.post(address, sent)
    assert answer.status_code == 400
    with pytest.raises(running.ImportRefused):
        running.set_matching(run, sheet=run.sheet, heading_row=0, matching={0: "number", 2: "name"})
    run.refresh_from_db()
    assert run.matching == {"0": "number", "1": "name"}


def test_columns_before_and_after_it_keep_their_places(cast):
    hamlets()
    headings = ("Số", "CMND", "Tên bản")
    rows = [(number, identity, name) for number, name, identity in WITH_NUMBERS[:2]]
    run = running.plan_run(uploaded(cast, *rows, headings=headings))
    assert (run.left_out, run.counts) == ({"1": "CMND"}, {"new": 2})
    assert [row.cells["name"] for row in run.rows.order_by("number")] == ["Bản Lướt", "Bản Khoen"]
