"""«(xóa)» in a cell empties what is known, an empty cell leaves it: for every list that can."""

import pytest

from portal.testing.importing import Lists
from portal.tests.test_undo_of_every_list import everything
from villages.importing import running
from villages.importing.kinds import all_kinds, kind_of
from villages.models import Village

pytestmark = [pytest.mark.django_db, pytest.mark.once]

# Of each list a row that finds its record again, and what is to be emptied.
CASES = {
    "households": (
        {"village": "Vi", "household": "7", "is_head": "Có", "full_name": "Lò Văn Bảy",
         "birth_year": "1980"},
        {"sex": "Nam", "ethnic_group": "Thái", "address": "Đầu bản", "phone": "0912345678",
         "poverty": "Hộ nghèo"},
    ),
    "teams": (
        {"village": "Khì", "full_name": "Vàng Thị Tổ", "role": "Thành viên"},
        {"organisation": "Hội nông dân", "sex": "Nữ", "phone": "0912345678",
         "document_number": "38/QĐ-UBND"},
    ),
    "committee": ({"full_name": "Lò Thị Ban", "role": "Trưởng ban"}, {"position": "Chủ tịch"}),
    "documents": (
        {"number": "01/KH-UBND", "kind": "Kế hoạch", "issuer": "UBND xã",
         "issued_on": "01/03/2025", "title": "Kế hoạch"},
        {"link": "https://muongkim.example.vn/01"},
    ),
    "connectivity": (
        {"village": "Vi", "operator": "Viettel", "technology": "4G", "quality": "Yếu",
         "where": "Cuối bản", "reported_on": "01/03/2025"},
        {"resolved_on": "01/09/2025"},
    ),
    "targets": (
        {"indicator": "adults", "year": "2025", "percent": "80"}, {"source": "Kế hoạch của xã"},
    ),
    "staff": (
        {"code": "CB1", "full_name": "Lò Thị An", "category": "Cán bộ", "agency": "Văn phòng",
         "from_on": "01/03/2025"},
        {"sex": "Nữ", "position": "Chuyên viên", "email": "an@example.vn"},
    ),
    "courses": (
        {"code": "an-toan", "title": "An toàn"},
        {"provider": "Tỉnh", "link": "https://example.vn/k", "valid_months": "12"},
    ),
    "sessions": (
        {"title": "Cài đặt VNeID", "held_on": "01/09/2025", "village": "Vi"},
        {"place": "Nhà văn hóa", "trainer": "Lò Văn Thầy", "organiser": "UBND xã",
         "capacity": "40", "note": "Mang điện thoại"},
    ),
    "communications": (
        {"title": "Tin một", "kind": "Tin", "channel": "Zalo", "published_on": "01/03/2025"},
        {"link": "https://example.vn/t", "reach": "90", "summary": "Tóm tắt", "note": "Ghi chú"},
    ),
}  # fmt: skip
OPTIONS = {"households": {"as_of": "2025-03-01"}}


def test_every_list_that_empties_cells_is_here():
    ours = [kind for kind in all_kinds() if ".import_kinds." in type(kind).__module__]
    assert {kind.code: set(kind.clears) for kind in ours if kind.clears} == {
        code: set(known) for code, (_row, known) in CASES.items()
    }


@pytest.mark.parametrize("code", CASES)
def test_what_is_known_is_emptied_and_undone_exactly(cast, code):
    row, known = CASES[code]
    lists = Lists(cast.admin, cast.commune)

    def upload(said):
        run = lists.upload(code, row | said, **OPTIONS.get(code, {}))
        assert not run.counts.get("wrong"), list(run.rows.values_list("errors", flat=True))
        return run

    running.apply_run(upload(known), by=cast.admin)
    # Empty cells are no wish.
    assert upload(dict.fromkeys(known, "")).counts == {"same": 1}
    before = everything()
    for word in ("(xóa)", "( XOÁ )"):
        run = upload(dict.fromkeys(known, word))
        assert run.counts == {"changed": 1}
        headings = {c.name: str(c.heading) for c in kind_of(code).columns(lists.request())}
        shown = {heading: after for heading, _before, after in run.rows.get().changes}
        assert shown == {headings[name]: "–" for name in known}
        assert run.rows.get().cells[next(iter(known))] == "(xóa)"
        running.apply_run(run, by=cast.admin)
        assert run.status == "applied", run.problem
        assert upload(dict.fromkeys(known, word)).counts == {"same": 1}
        running.undo_run(run, by=cast.admin)
        assert run.status == "undone", run.problem
        assert everything() == before


def test_what_must_be_there_or_names_the_record_is_refused_in_words(cast):
    lists = Lists(cast.official, cast.commune)
    rows = (
        {"number": "(xóa)", "name": "Vi", "kind": "Bản"},
        {"number": "2", "name": "Khì", "kind": "(xóa)"},
    )
    run = lists.upload("villages", *rows)
    wrong = {row.number: row.errors for row in run.rows.filter(outcome="wrong")}
    assert "bắt buộc" in wrong[2]["number"]
    assert "không xóa được cột này bằng danh sách" in wrong[3]["kind"]
    assert Village.objects.filter(commune=cast.commune).count() == run.counts["wrong"]
