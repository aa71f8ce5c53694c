"""Undoing a list restores every row of every table: for each list, over a filled database."""

from datetime import date

import pytest
from django.apps import apps
from django.core.management import call_command

from portal.testing.lists import ListDesk, outcomes
from villages.importing import running
from villages.importing.kinds import all_kinds
from villages.models import ImportProgress

pytestmark = pytest.mark.django_db
FLOORS = ("villages", "households", "training", "reports")
# What an import leaves of itself, and the notes that a figure is to be recounted.
LEFT_BEHIND = {
    "villages.importrun", "villages.importrow", "villages.importjournal",
    "villages.importprogress", "villages.stalemark",
}  # fmt: skip
OPTIONS = {"guidance": {"first_on": "2025-01-01"}, "households": {"as_of": "2025-03-01"}}

DAY, LATER = date(2025, 3, 1), date(2025, 9, 1)
VISIT = {
    "visited_on": LATER, "occasion": "home_visit", "village": "Vi", "household": 1,
    "smart_device": True, "connection": "mobile",
}  # fmt: skip
STAFF = {"category": "cadre", "agency": "Văn phòng", "from_on": DAY}
ROLL = {
    "school": "Trường THCS số 1", "level": "lower_secondary", "village": "Vi",
    "school_year": "2025-2026", "enrolled": 30, "equipped": 20, "counted_on": date(2025, 9, 5),
}  # fmt: skip
CLASS = {"title": "Cài đặt VNeID", "held_on": LATER, "village": "Vi", "skills": "Quét mã QR"}
CAME = {"title": "Cài đặt VNeID", "held_on": LATER, "village": "Vi", "household": 1}
DECREE = {"kind": "plan", "issuer": "UBND xã", "issued_on": DAY, "title": "Kế hoạch"}
SIGNAL = {"village": "Vi", "operator": "Viettel", "technology": "4g", "reported_on": DAY}
NEWS = {"kind": "news", "channel": "zalo", "published_on": DAY}

# Of each list what fills the database, and what is brought in over it: rows that change
# something, rows that bring something new.
LISTS = {
    "villages": (
        [{"number": 3, "name": "Bản Ba", "kind": "village", "from_on": DAY}],
        [
            {"number": 3, "name": "Bản Ba", "kind": "residential_area"},
            {"number": 4, "name": "Bản Bốn", "kind": "village", "from_on": LATER},
        ],
    ),
    "documents": (
        [DECREE | {"number": "01/KH-UBND"}],
        [DECREE | {"number": "01/KH-UBND", "title": "Kế hoạch sửa"}, DECREE | {"number": "02/KH"}],
    ),
    "committee": (
        [{"full_name": "Lò Thị Ban", "role": "head", "position": "Chủ tịch", "from_on": DAY}],
        [
            {"full_name": "Lò Thị Ban", "role": "head", "position": "Bí thư", "from_on": DAY},
            {"full_name": "Vàng A Viên", "role": "member", "from_on": DAY},
        ],
    ),
    "teams": (
        [{"village": "Khì", "full_name": "Vàng Thị Tổ", "role": "member", "from_on": DAY}],
        [
            {"village": "Khì", "full_name": "Vàng Thị Tổ", "role": "member", "phone": "0912345678"},
            {"village": "Khì", "full_name": "Giàng A Phó", "role": "deputy", "from_on": LATER},
        ],
    ),
    "targets": (
        [{"indicator": "adults", "year": 2025, "percent": 80, "source": "Xã"}],
        [
            {"indicator": "adults", "year": 2025, "percent": 85, "source": "Xã"},
            {"indicator": "adults", "year": 2026, "percent": 95, "source": "Xã"},
        ],
    ),
    "connectivity": (
        [SIGNAL | {"quality": "weak", "where": "Cuối bản"}],
        [
            SIGNAL | {"quality": "weak", "where": "Cuối bản", "resolved_on": LATER},
            SIGNAL | {"quality": "none", "where": "Đầu suối"},
        ],
    ),
    "households": (
        [
            {
                "village": "Vi", "household": 7, "is_head": True, "full_name": "Lò Văn Bảy",
                "birth_year": 1980, "sex": "male", "poverty": "poor", "since": DAY,
            },
        ],
        [
            {
                "village": "Vi", "household": 7, "is_head": True, "full_name": "Lò Văn Bảy",
                "birth_year": 1980, "poverty": "not_poor", "smart_device": True,
                "observed_on": LATER,
            },
            {
                "village": "Vi", "household": 7, "full_name": "Lò Thị Mới", "birth_year": 2001,
                "since": LATER,
            },
            {
                "village": "Khì", "household": 9, "is_head": True, "full_name": "Giàng A Chín",
                "birth_year": 1977, "since": LATER,
            },
        ],
    ),
    "guidance": (
        [VISIT | {"full_name": "Lò Văn Mẫu", "birth_year": 1961, "skill-vneid": "with_help"}],
        [
            VISIT
            | {
                "visited_on": date(2025, 9, 20), "full_name": "Lường Thị Mẫu", "birth_year": 1964,
                "skill-vneid": "alone", "confirmed": True, "smart_device": False,
                "connection": "none",
            },
        ],
    ),
    "staff": (
        [STAFF | {"code": "CB1", "full_name": "Lò Thị An"}],
        [
            STAFF
            | {
                "code": "CB1", "full_name": "Lò Thị An", "agency": "Trạm Y tế", "from_on": LATER,
                "email": "an@example.vn",
            },
            STAFF | {"code": "CB2", "full_name": "Vàng A Bình"},
        ],
    ),
    "courses": (
        [{"code": "an-toan", "title": "An toàn", "from_on": DAY}],
        [
            {"code": "an-toan", "title": "An toàn thông tin", "from_on": DAY, "to_on": LATER},
            {"code": "tu-chon", "title": "Tự chọn"},
        ],
    ),
    "completions": (
        [{"code": "CB1", "course_code": "an-toan", "completed_on": LATER}],
        [
            {
                "code": "CB1", "course_code": "an-toan", "completed_on": LATER,
                "certificate_number": "007",
            },
            {"code": "CB1", "course_code": "an-toan", "completed_on": date(2025, 9, 9)},
        ],
    ),
    "schools": (
        [ROLL | {"name": "6A", "modules": "online-safety"}],
        [
            ROLL | {"name": "6A", "level": "both", "village": "Khì", "equipped": 25, "grade": 7},
            ROLL | {"name": "10B", "level": "both", "village": "Khì"},
        ],
    ),
    "declarations": (
        [{"enterprise": "HTX chè", "declared_on": DAY, "workers": 40, "equipped": 20}],
        [
            {
                "enterprise": "HTX chè", "declared_on": DAY, "workers": 41, "equipped": 21,
                "village": "Khì",
            },
            {"enterprise": "HTX mới", "declared_on": DAY, "workers": 4, "equipped": 2},
        ],
    ),
    "sessions": (
        [CLASS | {"status": "planned"}],
        [
            CLASS | {"status": "held", "skills": "Cài đặt, dùng VNeID", "place": "Trường học"},
            CLASS | {"title": "Lớp mới", "status": "held"},
        ],
    ),
    "attendance": (
        [CAME | {"full_name": "Lò Văn Mẫu", "birth_year": 1961, "Cài đặt, dùng VNeID": "not_yet"}],
        [
            CAME
            | {
                "full_name": "Lò Văn Mẫu", "birth_year": 1961, "Cài đặt, dùng VNeID": "alone",
                "completed": "no", "confirmed": "yes",
            },
            CAME | {"full_name": "Lường Thị Mẫu", "birth_year": 1964, "Quét mã QR": "alone"},
            CAME | {"full_name": "Khách Lạ", "village": "", "household": None, "sex": "male"},
        ],
    ),
    "communications": (
        [NEWS | {"title": "Tin một"}],
        [NEWS | {"title": "Tin một", "reach": 90}, NEWS | {"title": "Tin hai", "is_public": "yes"}],
    ),
}  # fmt: skip


@pytest.fixture
def filled(cast):
    """The cast's commune with every list brought in once."""
    for code, (first, _over_it) in LISTS.items():
        assert "new" in bring_in(code, first, cast)[1], code
    return cast


def bring_in(code, rows, cast):
    """Bring in rows, all of which must be right; return (run, their outcomes)."""
    desk = ListDesk(code, commune=cast.commune, user=cast.official, **OPTIONS.get(code, {}))
    names = {str(c.heading): c.name for c in desk.kind.columns(desk.request())}
    said = [{names.get(name, name): value for name, value in row.items()} for row in rows]
    found = outcomes(desk.bring(*said))
    return desk.run, found


def everything():
    """Every row of every table of the floors, as plain values."""
    found = {}
    for floor in FLOORS:
        for model in apps.get_app_config(floor).get_models(include_auto_created=True):
            if model._meta.label_lower not in LEFT_BEHIND:
                names = [field.attname for field in model._meta.concrete_fields]
                rows = model._base_manager.order_by("pk").values_list(*names)
                found[model._meta.label_lower] = list(rows)
    return found


def test_every_list_is_here():
    # A list of the tests' own may be registered by now.
    ours = [kind for kind in all_kinds() if ".import_kinds." in type(kind).__module__]
    assert set(LISTS) == {kind.code for kind in ours}


def test_undo_restores_every_row_of_every_table(filled):
    call_command("recount", verbosity=0)
    for code, (_first, over_it) in LISTS.items():
        before = everything()
        run, found = bring_in(code, over_it, filled)
        assert set(found) <= {"new", "changed"}, (code, found)
        assert everything() != before, code
        # Courses are shared by both communes: officials of one do not change them.
        running.undo_run(run, by=filled.admin)
        assert run.status == "undone", (code, run.problem)
        restored = everything()
        assert {t: r for t, r in restored.items() if r != before[t]} == {}, code


def test_a_list_that_was_used_since_stays_and_says_by_what(filled):
    staff, _new = bring_in("staff", [STAFF | {"code": "CB9", "full_name": "Cà Thị Chín"}], filled)
    bring_in(
        "completions",
        [{"code": "CB9", "course_code": "an-toan", "completed_on": LATER}],
        filled,
    )
    before = everything()
    running.undo_run(staff, by=filled.official)
    assert staff.status == "applied"
    assert "Cà Thị Chín" in str(ImportProgress.objects.get(run=staff).obstacles)
    assert everything() == before
