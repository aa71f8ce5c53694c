"""Every figure opens: its meaning, and exactly those people whom it counts and does not."""

from datetime import date, timedelta

import pytest

from households.models import Confirmation
from portal.testing.cast import LONG_SINCE, make_household
from reports.counted import COUNTED, NOT_YET, SORTS, ListChoice, live_figure, rows_behind
from reports.coverage import recount_stale
from reports.indicators import Place, all_indicators
from reports.tests.test_dashboard import log_visit
from training.models import (
    Agency,
    ClassRoll,
    Completion,
    Course,
    CourseRequirement,
    Employment,
    Enterprise,
    School,
    SchoolClass,
    SchoolYear,
    StaffMember,
    WorkerDeclaration,
)
from villages.models import PopulationGroup, Target
from villages.periods import today

CODES = (
    "officials",
    "students",
    "adults",
    "enterprise_workers",
    "adults_reached",
    "adults_confirmed",
    "households_visited",
    "smart_devices",
)
SOME_DAYS = (LONG_SINCE, today() - timedelta(days=50), today() - timedelta(days=9), today())


@pytest.fixture
def commune(cast):
    """A commune with something to count of every kind, changing from day to day."""
    log_visit(cast, cast.household, on=today() - timedelta(days=60))
    log_visit(cast, cast.khi_household, on=today() - timedelta(days=10))
    Confirmation.objects.create(
        resident=cast.khi_household.residents.first(), seen_on=today() - timedelta(days=5)
    )
    course = Course.objects.create(code="basics", title="Cơ bản")
    CourseRequirement.objects.create(course=course, from_on=LONG_SINCE)
    agency = Agency.objects.create(commune=cast.commune, name="UBND xã", village=cast.vi)
    for name in ("Cán Bộ Một", "Cán Bộ Hai"):
        member = StaffMember.objects.create(
            commune=cast.commune, full_name=name, category="civil_servant"
        )
        Employment.objects.create(staff_member=member, agency=agency, from_on=LONG_SINCE)
    Completion.objects.create(
        staff_member=member, course=course, completed_on=today() - timedelta(days=20)
    )
    year = SchoolYear.objects.create(
        name="này", starts_on=LONG_SINCE, ends_on=today() + timedelta(days=300)
    )
    school = School.objects.create(
        commune=cast.commune, village=cast.khi, name="THCS Mẫu", level="lower_secondary"
    )
    for name, equipped in (("6A", 30), ("6B", 12)):
        room = SchoolClass.objects.create(school=school, school_year=year, grade=6, name=name)
        ClassRoll.objects.create(
            school_class=room,
            counted_on=today() - timedelta(days=30),
            enrolled=30,
            equipped=equipped,
        )
    enterprise = Enterprise.objects.create(
        commune=cast.commune,
        name="Hợp tác xã Mẫu",
        group=PopulationGroup.objects.get(code="enterprise_workers"),
    )
    WorkerDeclaration.objects.create(
        enterprise=enterprise, declared_on=today() - timedelta(days=15), workers=9, equipped=4
    )
    Target.objects.create(indicator="adults", year=today().year, percent=80, source="Kế hoạch mẫu")
    return cast


def lengths(indicator, place, day):
    """Return (counted, not yet) as the sums of the two lists."""
    found = []
    for tab in (COUNTED, NOT_YET):
        choice = ListChoice(tab, "", next(iter(SORTS[indicator.kind])), older=False)
        rows = list(rows_behind(indicator, place, day, choice))
        assert len({row.pk for row in rows}) == len(rows), "somebody is listed twice"
        if indicator.weights is None:
            found.append(len(rows))
        elif tab == COUNTED:
            found.append(sum(getattr(row, indicator.weights[0]) for row in rows))
        else:
            found.append(sum(row.gap for row in rows))
    return tuple(found)


@pytest.mark.parametrize("day", SOME_DAYS)
def test_the_lists_are_exactly_as_long_as_every_figure_says(commune, day):
    places = [
        Place(commune.commune.pk),
        Place(commune.commune.pk, commune.vi.pk),
        Place(commune.commune.pk, commune.khi.pk),
        Place(commune.elsewhere.pk, commune.far.pk),
    ]
    for indicator in all_indicators():
        for place in places:
            live = live_figure(indicator, place, day, None)
            assert (live.numerator, live.denominator) == indicator.count(place, day)
            assert lengths(indicator, place, day) == (live.numerator, live.gap), indicator.code


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("tab", ["chua", "dat", "ban", "?"])
def test_every_figure_opens_on_every_tab(commune, client, code, tab):
    client.force_login(commune.official)
    page = client.get(f"/figures/{code}/", {"the": tab})
    assert page.status_code == 200
    text = page.content.decode()
    assert "Tử số" in text
    assert "Mẫu số" in text


def test_the_gap_of_adults_says_who_and_what_is_missing(commune, client):
    client.force_login(commune.official)
    text = client.get("/figures/adults/").content.decode()
    # Of four adults three can do it; the fourth was never asked.
    assert "Vàng Thị Mẫu" in text
    assert "Giàng A Mẫu" not in text
    assert "chưa được hỏi lần nào" in text
    assert "Kế hoạch mẫu" in text


def test_staff_say_which_course_is_missing(commune, client):
    client.force_login(commune.official)
    text = client.get("/figures/officials/").content.decode()
    assert "Cán Bộ Một" in text
    assert "UBND xã" in text
    assert "Cơ bản" in text
    assert "Cán Bộ Hai" not in text


def test_names_are_found_without_accents_and_older_people_apart(commune, client):
    client.force_login(commune.official)
    found = client.get("/figures/adults/", {"the": "dat", "tim": "lo van mau"}).content.decode()
    assert "Lò Văn Mẫu" in found
    assert "Lường Thị Mẫu" not in found
    older = client.get("/figures/adults/", {"the": "dat", "tuoi": "60"}).content.decode()
    assert "Lò Văn Mẫu" in older
    assert "Giàng A Mẫu" not in older


def test_a_figure_behind_its_records_says_so(commune, client):
    recount_stale(commune.commune.pk)
    client.force_login(commune.official)
    assert "cùng số liệu" in client.get("/figures/adults/").content.decode()
    log_visit(commune, commune.second_household)
    assert "đang được tính lại" in client.get("/figures/adults/").content.decode()


def test_a_village_has_its_own_figure(commune, client):
    client.force_login(commune.official)
    text = client.get("/figures/adults/", {"ban": commune.khi.pk, "the": "dat"}).content.decode()
    assert "Bản Khì" in text
    assert "Giàng A Mẫu" in text
    assert "Lò Văn Mẫu" not in text


def test_a_leader_sees_the_own_village_only(commune, client):
    client.force_login(commune.leader)
    text = client.get("/figures/adults/", {"the": "dat"}).content.decode()
    assert "Lò Văn Mẫu" in text
    assert "Giàng A Mẫu" not in text
    assert client.get("/figures/adults/", {"ban": commune.khi.pk}).status_code == 404
    whole = client.get("/figures/adults/", {"xa": commune.commune.code, "the": "dat"})
    assert "Giàng A Mẫu" not in whole.content.decode()
    for code in ("officials", "students", "enterprise_workers"):
        assert client.get(f"/figures/{code}/").status_code == 403


@pytest.mark.parametrize("ban", ["{foreign}", "0", "abc", "9" * 30, "\0", "²"])
def test_a_foreign_village_looks_like_a_missing_one(commune, client, ban):
    client.force_login(commune.official)
    asked = ban.format(foreign=commune.far.pk)
    assert client.get("/figures/adults/", {"ban": asked}).status_code == 404


def test_an_unknown_indicator_is_missing(commune, client):
    client.force_login(commune.official)
    assert client.get("/figures/nothing/").status_code == 404


@pytest.mark.parametrize("ngay", ["31-02", "2125-01-01", "0001-01-01", "\0", "x" * 5000])
def test_a_day_that_cannot_be_is_told(commune, client, ngay):
    client.force_login(commune.official)
    page = client.get("/figures/adults/", {"ngay": ngay, "tim": "\0%00" + "x" * 5000})
    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()


def test_long_lists_come_in_pages_of_fifty(commune, client):
    for number in range(60):
        make_household(commune.vi, (f"Người Mẫu {number}", 1980))
    client.force_login(commune.official)
    first = client.get("/figures/adults/")
    assert len(first.context["page"]) == 50
    assert len(client.get("/figures/adults/", {"page": 2}).context["page"]) == 11
    assert client.get("/figures/adults/", {"page": "99999999"}).status_code == 200


def test_queries_do_not_grow_with_the_list(commune, client, django_assert_max_num_queries):
    for number in range(40):
        make_household(commune.vi, (f"Người Mẫu {number}", 1980))
    client.force_login(commune.official)
    with django_assert_max_num_queries(16):
        client.get("/figures/adults/")


def test_an_empty_denominator_has_no_percentage(cast, client):
    client.force_login(cast.official)
    text = client.get("/figures/students/", {"ngay": date(2025, 1, 1).isoformat()}).content.decode()
    assert "chưa có số liệu" in text
    assert "mẫu số bằng không" in text
