"""The dashboard reads stored figures, says how old they are, and never shows missing as 0."""

import re
import uuid
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation

from households.models import Doubt, Encounter
from households.recording import Guidance, PersonOutcome, record_visit
from portal.testing.cast import LONG_SINCE, make_commune, make_user
from reports.coverage import recount_day, recount_stale
from reports.models import CoverageFigure
from reports.periods import default_period
from villages.models import PopulationGroup, StaleMark, Target, Village
from villages.periods import today

DASHBOARD = "/dashboard/"


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def counted(cast):
    """The cast with everything counted up to today, and a target."""
    Target.objects.create(indicator="adults", year=today().year, percent=80, source="Kế hoạch")
    log_visit(cast, cast.household)
    recount_stale(cast.commune.pk)
    return cast


def log_visit(cast, household, *, on=None):
    people = tuple(
        PersonOutcome(resident, dict.fromkeys(cast.skills, "alone"))
        for resident in household.residents.all()
    )
    encounter, _created = record_visit(
        uuid=uuid.uuid4(),
        guidance=Guidance(
            commune=cast.commune,
            village=household.village,
            household=household,
            occasion="home_visit",
            held_on=on or today(),
            content={"household": household.pk, "at": str(uuid.uuid4())},
            people=people,
        ),
        author=cast.leader,
    )
    return encounter


def test_an_official_sees_the_groups_as_figure_fraction_and_gap(counted, client):
    client.force_login(counted.official)
    page = client.get(DASHBOARD)
    text = page.content.decode()
    assert page.status_code == 200
    # Four adults live in the commune; the two of the visited household can do it.
    assert "50,0\N{NO-BREAK SPACE}%" in text
    assert "2 / 4 người tự làm được" in text
    # Three of four would be 75 %: two more are needed.
    assert re.search('class="bad">[^<]*2 người[^<]*80\N{NO-BREAK SPACE}%', text)
    assert f"Kết quả {default_period().name}" in text
    assert "Tính lúc" in text


def test_a_zero_denominator_is_no_figure_and_never_zero_percent(counted, client):
    client.force_login(counted.official)
    text = client.get(DASHBOARD).content.decode()
    assert "chưa có số liệu" in text
    # A zero as a share is real only where somebody was counted; staff and pupils were not.
    assert text.count('<span class="figure-value none">chưa có số liệu</span>') == 3


def test_every_village_is_a_tile_that_opens_it(counted, client):
    client.force_login(counted.official)
    text = client.get(DASHBOARD).content.decode()
    for village in (counted.vi, counted.khi):
        assert reverse("village_detail", args=[village.pk]) in text
    assert counted.far.name + "<" not in text
    # Khì has sent nothing: hatched, and said in words.
    assert "silent" in text
    assert "1 bản chưa gửi trong 30 ngày" in text


@pytest.mark.parametrize("who", ["official", "reader", "admin"])
def test_roles_of_a_commune_may_look(counted, client, who):
    client.force_login(getattr(counted, who))
    assert client.get(DASHBOARD, {"xa": counted.commune.code}).status_code == 200


def test_a_team_leader_may_not(counted, client):
    client.force_login(counted.leader)
    assert client.get(DASHBOARD).status_code == 403


def test_somebody_not_signed_in_is_sent_to_sign_in(client, db):
    assert client.get(DASHBOARD).status_code == 302


@pytest.mark.parametrize("code", ["03637", "99999", "\0", "x" * 5000, "' or 1=1"])
def test_a_foreign_commune_looks_like_a_missing_one(counted, client, code):
    client.force_login(counted.stranger)
    assert client.get(DASHBOARD, {"xa": code}).status_code == 404


def test_who_has_several_communes_chooses_one(counted, client):
    client.force_login(counted.admin)
    text = client.get(DASHBOARD).content.decode()
    assert 'name="xa"' in text
    other = client.get(DASHBOARD, {"xa": counted.elsewhere.code}).content.decode()
    assert "Nơi Khác" in other


@pytest.mark.parametrize(
    "query",
    [
        {"tu": "31-02", "den": "2025-10-31"},
        {"tu": "garbage"},
        {"den": "2125-01-01", "tu": "2124-01-01"},
        {"tu": "\0"},
        {"tim": "%00"},
        {"tim": "\0"},
        {"tim": "x" * 5000},
        {"chi-so": "nothing", "xem": "?", "loc": "?", "sort": "--", "v": "?"},
    ],
)
def test_whatever_the_address_says_the_page_answers(counted, client, query):
    client.force_login(counted.official)
    page = client.get(DASHBOARD, query)
    assert page.status_code == 200
    if "tu" in query:
        assert 'role="alert"' in page.content.decode()


@pytest.mark.parametrize("xem", ["o", "bang"])
@pytest.mark.parametrize("loc", ["", "im-lang", "duoi-muc-tieu"])
@pytest.mark.parametrize("sort", ["number", "-share", "last", "-adults", "name"])
def test_villages_are_filtered_and_sorted_as_tiles_and_as_a_table(counted, client, xem, loc, sort):
    client.force_login(counted.official)
    text = client.get(DASHBOARD, {"xem": xem, "loc": loc, "sort": sort}).content.decode()
    shown = {v.pk for v in (counted.vi, counted.khi) if f"/villages/{v.pk}/?" in text}
    # Khì is silent and below the target; Vi has two of three.
    expected = {"": {counted.vi.pk, counted.khi.pk}, "im-lang": {counted.khi.pk}}.get(
        loc, {counted.vi.pk, counted.khi.pk}
    )
    assert shown == expected


def test_villages_are_found_without_accents(counted, client):
    client.force_login(counted.official)
    text = client.get(DASHBOARD, {"tim": "KHI"}).content.decode()
    assert f"/villages/{counted.khi.pk}/?" in text
    assert f"/villages/{counted.vi.pk}/?" not in text


def test_a_day_nobody_counted_yet_is_asked_for_and_shown_when_counted(counted, client):
    client.force_login(counted.official)
    on = today() - timedelta(days=40)
    query = {"tu": on.replace(day=1).isoformat(), "den": on.isoformat()}
    first = client.get(DASHBOARD, query).content.decode()
    assert "Đang tính số liệu ngày" in first
    assert 'data-seconds="2"' in first
    assert CoverageFigure.objects.filter(day=on, numerator__isnull=True).exists()
    recount_stale(counted.commune.pk)
    second = client.get(DASHBOARD, query).content.decode()
    assert "Đang tính số liệu" not in second
    assert "0 / 4 người tự làm được" in second


def test_a_day_before_the_first_records_is_not_asked_for(counted, client):
    client.force_login(counted.official)
    page = client.get(DASHBOARD, {"tu": "2020-01-01", "den": "2020-03-31"})
    assert "Chưa có số liệu ngày 31/03/2020" in page.content.decode()
    assert not CoverageFigure.objects.filter(day__lt=LONG_SINCE).exists()


def test_a_change_that_waits_for_its_recount_is_said(counted, client):
    client.force_login(counted.official)
    assert "đang tính lại" not in client.get(DASHBOARD).content.decode()
    log_visit(counted, counted.khi_household)
    assert "đang tính lại" in client.get(DASHBOARD).content.decode()
    recount_stale(counted.commune.pk)
    text = client.get(DASHBOARD).content.decode()
    assert "đang tính lại" not in text
    assert "3 / 4 người tự làm được" in text


def test_the_change_is_measured_against_the_previous_month_end(counted, client):
    before = today().replace(day=1) - timedelta(days=1)
    recount_day(counted.commune.pk, before)
    client.force_login(counted.official)
    text = client.get(DASHBOARD).content.decode()
    assert f"50,0 điểm so với {before.day}/{before.month}" in text


def test_a_screen_that_has_the_latest_gets_no_body(counted, client):
    client.force_login(counted.official)
    page = client.get(DASHBOARD)
    token = page.context["drawn"].token
    same = client.get(DASHBOARD, {"v": token}, headers={"HX-Request": "true"})
    assert same.status_code == 204
    assert same.content == b""
    log_visit(counted, counted.khi_household)
    recount_stale(counted.commune.pk)
    new = client.get(DASHBOARD, {"v": token}, headers={"HX-Request": "true"})
    assert new.status_code == 200
    assert b"<html" not in new.content
    assert "3 / 4 người" in new.content.decode()


@pytest.mark.parametrize(
    "change",
    [
        lambda cast, doubt: doubt.delete(),
        lambda cast, doubt: cast.vi.team.members.update(to_on=LONG_SINCE),
        lambda cast, doubt: PopulationGroup.objects.get(code="adults").save(),
        lambda cast, doubt: Target.objects.update_or_create(
            indicator="adults", year=today().year, defaults={"percent": 10}
        ),
        lambda cast, doubt: Village.objects.create(
            commune=cast.commune, number=9, name="Mới", from_on=LONG_SINCE
        ),
    ],
    ids=["doubt", "leader", "group", "target", "village"],
)
def test_whatever_the_page_says_changes_it(counted, client, change):
    doubt = Doubt.objects.create(encounter=Encounter.objects.first(), kind=Doubt.Kind.NOBODY_MET)
    client.force_login(counted.official)
    token = client.get(DASHBOARD).context["drawn"].token
    change(counted, doubt)
    assert client.get(DASHBOARD).context["drawn"].token != token


def test_what_is_kept_names_nobody(counted, client):
    client.force_login(counted.official)
    drawn = client.get(DASHBOARD).context["drawn"]
    text = drawn.head + drawn.freshness + drawn.body
    for user in (counted.official, counted.leader):
        assert user.full_name not in text
    assert "Mẫu" not in text
    assert "csrf" not in text.lower()


def test_english_has_its_own_page(counted, client):
    client.force_login(counted.official)
    client.get(DASHBOARD)
    client.cookies["django_language"] = "en"
    text = client.get(DASHBOARD).content.decode()
    with translation.override("en"):
        assert f"Results of {default_period().name}" in text
    assert "2 / 4 people can do it" in text
    assert "Cần làm" not in text


def test_without_a_headline_group_the_rest_is_there(counted, client):
    PopulationGroup.objects.all().update(is_headline=False)
    cache.clear()
    client.force_login(counted.official)
    page = client.get(DASHBOARD)
    assert page.status_code == 200
    assert "Người trưởng thành" in page.content.decode()


def test_without_any_group_or_village_the_page_says_so(client, db):
    commune, _villages = make_commune("03999", "Trống", [])
    client.force_login(make_user("alone", "official", commune))
    page = client.get(DASHBOARD)
    assert page.status_code == 200
    assert "Ngày này xã chưa có bản nào." in page.content.decode()


@pytest.mark.parametrize("count", [5, 43])
def test_the_number_of_queries_is_fixed(client, db, count, django_assert_max_num_queries):
    from portal.testing.cast import make_groups

    make_groups()
    commune, _villages = make_commune("03998", "Đông", [f"Bản {n}" for n in range(count)])
    recount_stale(commune.pk)
    client.force_login(make_user("busy", "official", commune))
    client.get(DASHBOARD)
    cache.clear()
    with django_assert_max_num_queries(8):
        client.get(DASHBOARD)
    with django_assert_max_num_queries(4):
        client.get(DASHBOARD)


def test_no_mark_is_left_by_looking(counted, client):
    client.force_login(counted.reader)
    client.get(DASHBOARD)
    assert not StaleMark.objects.filter(commune=counted.commune).exists()


def test_the_period_stands_in_the_title(counted, client):
    client.force_login(counted.official)
    text = client.get(DASHBOARD, {"tu": "2025-01-01", "den": "2025-10-31"}).content.decode()
    assert "<h1>Kết quả 10 tháng đầu năm 2025</h1>" in text
    assert date(2025, 10, 31).strftime("%d/%m/%Y") in text


def test_a_target_set_at_the_desk_stands_on_the_dashboard(counted, client):
    client.force_login(counted.official)
    before = client.get(DASHBOARD).text
    assert "75,5" not in before
    typed = {"indicator": "adults", "year": str(today().year), "percent": "75,5"}
    answer = client.post(reverse("target_add"), {**typed, "source": "Kế hoạch xã"})
    assert answer.status_code == 302
    recount_stale(counted.commune.pk)
    page = client.get(DASHBOARD)
    assert "75,5" in page.text
    assert "75,5" in client.get(reverse("figure", args=["adults"])).text
