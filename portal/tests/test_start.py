"""The public page: totals only, the way to sign in, and where each role's day starts."""

import pytest
from django.core.cache import cache
from django.urls import NoReverseMatch, reverse

from portal.context_processors import NAV
from portal.testing.accessibility import axe_problems, scrolls_sideways
from portal.testing.browser import OFFICE, PHONE

BAND = "Dữ liệu minh họa, không phải số liệu thật của xã."


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


def test_it_works(client, db):
    page = client.get("/")
    assert page.status_code == 200
    assert 'href="/sign-in/"' in page.text
    assert BAND not in page.text


def test_without_records_it_says_so(client, db):
    assert "Chưa có số liệu" in client.get("/").text


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
        ("leader", "my_village"),
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
def test_the_page_can_be_read_and_heard(screen, cast, size):
    cast.commune.is_demo = True
    cast.commune.save()
    page = screen.open(size=size)
    page.goto("/")
    assert axe_problems(page) == []
    assert not scrolls_sideways(page)
