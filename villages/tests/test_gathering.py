"""What stands beside, above and on the sheet is taken along; what is no record is left out."""

from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from portal.testing.importing import Lists, workbook
from villages.importing import running
from villages.importing.error_workbook import error_workbook
from villages.importing.gathering import joined_text
from villages.importing.kinds import all_kinds
from villages.importing.not_records import NotRecords, is_signing, is_total
from villages.importing.telling import notices
from villages.models import ImportRun, TeamMember

# The database has no say in it; once is enough.
pytestmark = pytest.mark.once

TEAM = ["Bản", "Họ và tên đệm", "Tên", "Vai trò"]


@pytest.fixture
def lists(cast):
    return Lists(cast.official, cast.commune)


def planned(lists, rows, code="teams", **shape):
    return running.plan_run(lists.start(code, workbook(rows, **shape)))


def names_of(run):
    return [row.cells.get("full_name") for row in run.rows.order_by("number")]


def test_a_name_in_two_columns_is_joined_and_shown_so(cast, lists, client):
    rows = [
        TEAM,
        ["Vi", "Lò Văn", "Một", "Tổ viên"],
        ["Vi", None, "Hai", None],
        ["Vi", "Lò", None, None],
    ]
    run = planned(lists, rows)
    assert run.matching["1"] == "family_names"
    assert names_of(run) == ["Lò Văn Một", "Hai", ""]
    # A beginning alone is no name.
    assert [row.number for row in run.rows.filter(outcome="wrong")] == [4]
    client.force_login(cast.official)
    page = client.get(reverse("import_match", args=[run.uuid])).content.decode()
    assert "«Họ và tên đệm» + «Tên»" in page
    assert "«Lò Văn Một»" in page
    sent = {"sheet": run.sheet, "heading_row": 0, "column_0": "village", "column_2": "full_name"}
    client.post(reverse("import_match", args=[run.uuid]), sent)
    running.work_on(run.pk)
    assert names_of(run) == ["Một", "Hai", ""]
    without = sent | {"column_1": "family_names", "column_2": ""}
    run.refresh_from_db()
    assert client.post(reverse("import_match", args=[run.uuid]), without).status_code == 400


@pytest.mark.parametrize(
    ("headings", "merged"),
    [
        (["Bản", "Họ và tên", None, "Vai trò"], ["B1:C1"]),
        (["Bản", "Họ tên", None, "Vai trò"], []),
        (["Bản", "HỌ", "TÊN", "Vai trò"], []),
        (["Bản", "Họ đệm", "Tên", "Vai trò"], []),
        (["Bản", "Họ và", "tên", "Vai trò"], []),
    ],
)
def test_however_the_two_columns_are_headed(lists, headings, merged):
    people = [("Lò Văn", "Một"), ("Tòng", "Hai"), ("Lù Thị", "Ba")]
    rows = [headings, *(["Vi", *name, "Tổ viên"] for name in people)]
    assert names_of(planned(lists, rows, merged=merged)) == ["Lò Văn Một", "Tòng Hai", "Lù Thị Ba"]


def test_a_whole_name_is_not_joined_with_what_stands_beside(lists):
    rows = [["Bản", "Họ", "Họ và tên", None], ["Vi", "Lò", "Lò Văn Một", "Thái"]]
    assert names_of(planned(lists, rows)) == ["Lò Văn Một"]


def test_every_list_of_people_takes_names_in_two_columns(cast, lists):
    found = set()
    for kind in all_kinds():
        for column in kind.columns(lists.request()):
            if column.name == "full_name":
                assert any(part.joins for part in column.parts), kind.code
                found.add(kind.code)
    assert found >= {"households", "guidance", "teams", "committee", "staff", "completions"}


def test_totals_and_signatures_are_no_records_and_are_told(cast, lists, client):
    rows = [
        ["TT", *TEAM],
        [1, "Vi", "Lò Văn", "Một", "Tổ viên"],
        ["Cộng bản Vi", None, None, 1, None],
        [2, "Khì", "Tống Thị", "Cộng", "Tổ viên"],
        # A person whose name is all the row has in words, and who is complete.
        [3, "Khì", "Tổng", "Cộng", None],
        ["Tổng cộng: 3 người", None, None, 3, None],
        [],
        [None, None, None, "Mường Kim, ngày … tháng … năm 2025"],
        ["NGƯỜI LẬP BIỂU", None, None, "TM. UBND XÃ"],
        ["(Ký, ghi rõ họ tên)", None, None, "(Ký tên, đóng dấu)"],
        [None, None, None, "Lò Văn Ký"],
    ]
    run = planned(lists, rows)
    assert run.counts == {"new": 3}
    assert names_of(run) == ["Lò Văn Một", "Tống Thị Cộng", "Tổng Cộng"]
    (words,) = notices(run)
    assert words.startswith("Bỏ qua 6 dòng")
    assert "dòng 6 «Tổng cộng: 3 người»" in words
    client.force_login(cast.official)
    assert words in client.get(reverse("import_preview", args=[run.uuid])).content.decode()
    running.discard_run(run, by=cast.official)
    assert (run.noticed, notices(run)) == ({}, [])
    numbers = [[*row, None] for row in rows[:1]] + [["Người lập biểu: Lò A, 012345678901"]]
    run = planned(lists, [*rows[:4], [], *numbers[1:], [3, None, None, "0123 4567 8901"]])
    assert "Bỏ qua" in str(notices(run))
    assert "5678" not in str(run.noticed)
    # A row of the list below the signatures is still one, wrong or not.
    rows.append([4, "Vi", "Lò Thị", "Năm", "Tổ viên"])
    rows.append([5, "Nơi khác", "Lò Thị", "Sáu", "Tổ viên"])
    assert planned(lists, rows).counts == {"new": 4, "wrong": 1}


def test_headings_that_come_again_are_no_records_and_are_told(cast, lists, client):
    """Lists put together from several, or out of pages, name their columns again and again."""
    heading = ["TT", *TEAM]
    rows = [
        heading,
        [1, "Vi", "Lò Văn", "Một", "Tổ viên"],
        heading,
        ["(1)", "(2)", "(3)", "(4)", "(5)"],
        [2, "Khì", "Vàng A", "Hai", "Tổ viên"],
        [None, "BẢN", "HỌ VÀ TÊN ĐỆM", "TÊN"],
        [3, "Khì", "Lò Thị", "Ba", "Tổ viên"],
        # Not all of it is a heading: somebody has to look.
        [4, "Bản", "Lò Thị", "Tên", "Vai trò"],
    ]
    run = planned(lists, rows)
    assert run.counts == {"new": 3, "wrong": 1}
    assert [row.number for row in run.rows.filter(outcome="wrong")] == [8]
    (words,) = notices(run)
    assert words == "Bỏ qua 3 dòng lặp lại tiêu đề cột: dòng 3, 4, 6."
    client.force_login(cast.official)
    assert words in client.get(reverse("import_preview", args=[run.uuid])).content.decode()


def test_what_a_cell_says_is_no_heading_though_a_column_is_called_so(lists):
    rows = [
        ["Bản", "Số hộ", "Họ và tên", "Năm sinh", "Chủ hộ", "Hộ nghèo"],
        ["Vi", 41, "Lò Văn Một", 1970, "Chủ hộ", "Hộ nghèo"],
        [None, None, None, None, "Chủ hộ", "Hộ nghèo"],
    ]
    assert planned(lists, rows, "households").counts == {"new": 1, "wrong": 1}


@pytest.mark.parametrize(
    ("headings", "below", "merged"),
    [
        (["Giới tính", None], ["Nam", "Nữ"], ["C1:D1", "A1:A2", "B1:B2", "E1:E2"]),
        (["Giới tính", None], ["Nam", "Nữ"], []),
        (["Nam", "Nữ"], None, []),
        (["Ghi chú", "Nữ"], None, []),
    ],
)
def test_the_sex_may_be_ticked_below_men_or_below_women(lists, headings, below, merged):
    people = [("Lò Văn Một", "x", None), ("Lò Thị Hai", None, "X"), ("Vàng A Ba", None, None)]
    rows = [["Bản", "Họ và tên", *headings, "Vai trò"]]
    rows += [[None, None, *below]] if below else []
    rows += [["Vi", name, man, woman, "Tổ viên"] for name, man, woman in people]
    run = planned(lists, rows, merged=merged)
    assert run.counts == {"new": 3}, list(run.rows.values_list("errors", flat=True))
    knows_men = headings[0] != "Ghi chú"
    told = ["Nam" if knows_men else "", "Nữ", ""]
    assert [row.cells["sex"] for row in run.rows.order_by("number")] == told
    running.apply_run(run, by=lists.user)
    stored = TeamMember.objects.filter(full_name__in=[name for name, *_marks in people])
    sexes = ["male" if knows_men else "", "female", ""]
    assert list(stored.order_by("pk").values_list("sex", flat=True)) == sexes


def test_a_tick_below_both_is_refused_and_what_is_no_tick_is_no_sex(lists):
    rows = [
        ["Bản", "Họ và tên", "Giới tính", None],
        [None, None, "Nam", "Nữ"],
        ["Vi", "Lò Văn Một", "x", "x"],
        ["Vi", "Lò Thị Hai", None, 1961],
        ["Vi", "Lò Thị Ba", "-", "v"],
    ]
    run = planned(lists, rows)
    assert {row.number: [*row.errors] for row in run.rows.filter(outcome="wrong")} == {
        3: ["sex"], 4: ["sex"],
    }  # fmt: skip
    page = openpyxl.load_workbook(BytesIO(error_workbook(run))).active
    marked = [cell.coordinate for row in page.iter_rows(min_row=3) for cell in row if cell.comment]
    assert marked == ["C3", "D4"]
    counted = [["Bản", "Họ và tên", "Nam", "Nữ"], ["Vi", "Lò Văn Một", 12, 15]]
    assert "sex_men" not in planned(lists, counted).matching.values()


def test_what_is_a_total_or_a_signature():
    for text in (
        "Tổng cộng", "TỔNG SỐ:", "Cộng", "Tổng", "Cộng: 45 hộ", "TONG CONG", "Tổng số hộ: 45",
        "Lũy kế", "Tổng cộng xã Mường Kim",
    ):  # fmt: skip
        assert is_total(text), text
    for text in (
        "Tống Văn Số", "Công an xã", "Công ty A", "Tổng Thị Cộng", "Tổng kết năm học",
        "Cộng Hòa", "Tổng hợp tin", "Tông Văn Ban",
    ):  # fmt: skip
        assert not is_total(text), text
    for text in (
        "Người lập biểu", "NGƯỜI LẬP", "(Ký, ghi rõ họ tên)", "(ký)", "Ký và ghi rõ họ tên",
        "Ngày … tháng … năm …", "Mường Kim, ngày 5 tháng 7 năm 2025", "KT. CHỦ TỊCH",
        "Danh sách này có 45 người", "(Bằng chữ: bốn mươi lăm hộ)",
    ):  # fmt: skip
        assert is_signing(text), text
    for text in ("Kỳ Văn Tên", "Kỳ Họ", "Ký", "Lò Văn Ngày", "Người Lập Văn", "Năm 2025"):
        assert not is_signing(text), text


def test_a_record_is_no_total_however_it_begins_and_what_is_told_can_be_kept():
    rows = NotRecords(needed=[0, 2])
    assert not rows.is_one(2, ["Tổng số hộ nghèo", "Vi", 5])
    assert rows.is_one(3, ["Tổng số\x00", None, 5])
    assert rows.is_one(4, [None, "Cộng", 5])
    assert rows.first == [[3, "Tổng số"], [4, "Cộng"]]


def test_joined_without_its_last_part_there_is_no_name():
    assert joined_text(["Lò ", None, "Mẫu"]) == "Lò Mẫu"
    assert joined_text(["Lò", " "]) is None


def sheets_of_villages():
    heading = ["Họ đệm", "Tên", "Vai trò"]
    return {
        "Tổng hợp": [["Bản", "Số tổ viên"], ["Vi", 1], ["Khì", 1]],
        "Bản Vi": [heading, ["Lò Văn", "Một", "Tổ viên"], ["Lò Văn", "Hai", "Tổ viên"]],
        "DS bản Khì (1)": [heading, ["Vàng A", "Ba", "Tổ viên"]],
    }


def test_sheets_are_brought_in_one_after_the_other_each_for_its_village(cast, lists, client):
    client.force_login(cast.official)
    run = lists.start("teams", workbook(sheets_of_villages()))
    assert (run.sheet, run.matching["sheet"]) == ("Bản Vi", "village")
    page = client.get(reverse("import_match", args=[run.uuid])).content.decode()
    assert "Chỉ đọc trang tính «Bản Vi»" in page
    assert "Tên trang tính «Bản Vi»" in page
    other = client.get(reverse("import_match", args=[run.uuid]), {"sheet": "DS bản Khì (1)"})
    assert "Tên trang tính «DS bản Khì (1)»" in other.content.decode()
    running.apply_run(running.plan_run(run), by=cast.official)
    receipt = client.get(reverse("import_receipt", args=[run.uuid])).content.decode()
    assert "Nhập trang tính «DS bản Khì (1)»" in receipt
    address = reverse("import_next_sheet", args=[run.uuid])
    answer = client.post(address, {"sheet": "DS bản Khì (1)"})
    following = ImportRun.objects.exclude(pk=run.pk).get()
    # The same file goes when it was promised to go.
    assert following.uploaded_at == ImportRun.objects.get(pk=run.pk).uploaded_at
    assert answer["Location"] == reverse("import_match", args=[following.uuid])
    columns = {"column_sheet": "village", "column_0": "family_names", "column_1": "full_name"}
    sent = {"sheet": following.sheet, "heading_row": 0, **columns, "column_2": "role"}
    client.post(answer["Location"], sent)
    running.work_on(following.pk)
    following.refresh_from_db()
    running.apply_run(following, by=cast.official)
    assert following.status == "applied", following.problem
    made = TeamMember.objects.filter(full_name__in=["Lò Văn Một", "Lò Văn Hai", "Vàng A Ba"])
    assert sorted(made.values_list("full_name", "team__village__name")) == [
        ("Lò Văn Hai", "Vi"), ("Lò Văn Một", "Vi"), ("Vàng A Ba", "Khì"),
    ]  # fmt: skip
    last = client.get(reverse("import_receipt", args=[following.uuid])).content.decode()
    assert "Nhập trang tính «Tổng hợp»" in last
    assert "Nhập trang tính «Bản Vi»" not in last
    for wrong in ("Bản Vi", "không có", "\x00"):
        assert client.post(address, {"sheet": wrong})["Location"].endswith("/receipt/")
    assert ImportRun.objects.count() == 2


def test_another_sheet_in_an_old_font_is_told_with_advice(cast, lists, client):
    client.force_login(cast.official)
    sheets = {
        "Bản Vi": [["Họ tên"], ["Lò Văn Một"]],
        "Cò": [["Hä vµ tªn", "B¶n"], ["Lß V¨n", "Vi"]],
    }
    run = lists.start("teams", workbook(sheets))
    address = reverse("import_match", args=[run.uuid])
    assert "UniKey" not in client.get(address).content.decode()
    assert "UniKey" in client.get(address, {"sheet": "Cò"}).content.decode()


def test_the_name_of_a_sheet_says_nothing_where_a_column_does_or_it_is_no_village(lists):
    rows = [["Bản", "Họ tên"], ["Khì", "Lò Văn Một"]]
    assert "sheet" not in lists.start("teams", workbook({"Bản Vi": rows})).matching
    assert "sheet" not in lists.start("teams", workbook({"Sheet1": [["Họ tên"], ["Lò"]]})).matching
    by_number = lists.start("teams", workbook({"2": [["Họ tên"], ["Lò Văn Một"]]}))
    assert by_number.matching["sheet"] == "village"


def test_the_workbook_for_mending_marks_a_joined_name_in_its_last_column(lists, tmp_path):
    rows = [["Họ đệm", "Tên", "Vai trò"], ["Lò Văn", None, "Tổ viên"]]
    run = running.plan_run(lists.start("teams", workbook({"Bản Vi": rows})))
    made = tmp_path / "loi.xlsx"
    made.write_bytes(error_workbook(run))
    page = openpyxl.load_workbook(made).worksheets[0]
    assert page.title == "Bản Vi"
    assert page["B2"].comment
    assert not page["A2"].comment


def test_a_name_under_one_merged_heading_is_joined_again_once_mended(lists):
    rows = [["Bản", "Họ và tên", None], ["Nơi khác", "Lò Văn", "Một"], ["Vi", "Lò Văn", "Hai"]]
    run = planned(lists, rows, merged=["B1:C1"])
    assert run.counts == {"wrong": 1, "new": 1}
    again = lists.start("teams", error_workbook(run))
    assert again.matching == run.matching == {"0": "village", "1": "family_names", "2": "full_name"}
