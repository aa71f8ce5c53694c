"""The public page: totals only, the way to sign in, and where each role's day starts."""

import pytest
from django.core.cache import cache
from django.urls import NoReverseMatch, reverse

from portal.context_processors import NAV
from portal.testing.accessibility import axe_problems, scrolls_sideways
from portal.testing.browser import OFFICE, PHONE
from portal.testing.cast import make_commune, make_groups
from reports.models import CoverageFigure, CoverageUnit
from villages.models import Target
from villages.periods import today

BAND = "Dữ liệu minh họa, không phải số liệu thật của xã."


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


def test_it_works(client, db):
    page = client.get("/")
    assert page.status_code == 200
    assert 'href="/sign-in/"' in page.text
    assert BAND not in page.text


def counted(commune, **fractions):
    """Store these fractions as the commune's figures of today."""
    unit, _made = CoverageUnit.objects.get_or_create(commune=commune, village=None)
    for indicator, (numerator, denominator) in fractions.items():
        CoverageFigure.objects.create(
            unit=unit,
            indicator=indicator,
            day=today(),
            numerator=numerator,
            denominator=denominator,
        )


def test_without_records_it_says_so(client, db):
    make_commune("03637", "Mường Kim", ["Vi"])
    assert "Chưa có số liệu" in client.get("/").text


def test_it_shows_totals_without_fractions(client, db):
    make_groups()
    commune, _villages = make_commune("03637", "Mường Kim", ["Vi", "Khì"])
    counted(commune, adults=(9154, 12966), officials=(335, 412), households_visited=(1820, 4200))
    page = client.get("/").text
    assert "70,6\N{NO-BREAK SPACE}%" in page
    assert "81,3\N{NO-BREAK SPACE}%" in page
    assert "<b>1.820</b>" in page
    assert "<b>2</b>" in page
    assert "9.154" not in page
    assert "12.966" not in page


@pytest.mark.parametrize("few", [(1, 4), (3, 40), (38, 40)])
def test_a_share_that_points_at_fewer_than_five_people_is_withheld(client, db, few):
    make_groups()
    commune, _villages = make_commune("03637", "Mường Kim", ["Vi"])
    counted(commune, adults=few)
    page = client.get("/").text
    assert "không công bố" in page
    assert "%</span>" not in page


def test_a_share_never_rounds_up_to_its_target(client, db):
    make_groups()
    commune, _villages = make_commune("03637", "Mường Kim", ["Vi"])
    Target.objects.create(indicator="adults", year=today().year, percent=80)
    counted(commune, adults=(7996, 10000))
    page = client.get("/").text
    assert "79,9\N{NO-BREAK SPACE}%" in page
    assert "80\N{NO-BREAK SPACE}%" in page


@pytest.mark.parametrize("address", ["/", "/sign-in/"])
def test_demonstration_data_says_so_on_pages_open_to_all(client, cast, address):
    cast.commune.is_demo = True
    cast.commune.save()
    assert BAND in client.get(address).text


def test_demonstration_data_says_so_inside_and_in_the_admin(client, cast):
    cast.commune.is_demo = True
    cast.commune.save()
    client.force_login(cast.admin)
    assert BAND in client.get("/password/").text
    assert BAND in client.get("/admin/").text


def test_another_commune_is_not_marked_by_its_neighbours_demo(client, cast):
    cast.commune.is_demo = True
    cast.commune.save()
    client.force_login(cast.stranger)
    page = client.get("/password/").text
    assert "Nơi Khác" in page
    assert BAND not in page


def test_a_team_leader_sees_the_commune_of_the_village(client, cast):
    client.force_login(cast.leader)
    page = client.get("/password/").text
    assert "Xã Mường Kim" in page
    assert 'class="field"' in page


def test_an_account_without_a_role_has_no_menu_and_no_home(client, cast):
    cast.leader.assignments.all().delete()
    client.force_login(cast.leader)
    page = client.get("/password/")
    assert page.status_code == 200
    assert "site-nav" not in page.text
    assert client.get("/home/").status_code == 403


@pytest.mark.parametrize(
    ("who", "place"),
    [
        ("leader", "field"),
        ("official", "dashboard"),
        ("reader", "dashboard"),
        ("admin", "dashboard"),
    ],
)
def test_each_role_starts_where_its_day_starts(client, cast, who, place):
    client.force_login(getattr(cast, who))
    assert client.get("/home/").url == reverse(place)


def test_no_entry_of_any_menu_is_missing():
    missing = []
    for entries in NAV.values():
        for url_name, _label, _stems in entries:
            try:
                reverse(url_name)
            except NoReverseMatch:
                missing.append(url_name)
    assert missing == []


@pytest.mark.browser
@pytest.mark.parametrize("size", [PHONE, OFFICE, {"width": 320, "height": 256}], ids=str)
def test_the_page_can_be_read_and_heard(screen, db, size):
    make_groups()
    commune, _villages = make_commune("03637", "Mường Kim", ["Vi"])
    commune.is_demo = True
    commune.save()
    counted(commune, adults=(9154, 12966), officials=(335, 412), households_visited=(1820, 4200))
    page = screen.open(size=size)
    page.goto("/")
    assert axe_problems(page) == []
    assert not scrolls_sideways(page)
