"""In a real browser the dashboard keeps itself up to date, fits and reads well."""

import pytest
from django.core.cache import cache

from portal.testing.accessibility import axe_problems, scrolls_sideways
from portal.testing.browser import OFFICE, PHONE
from reports.coverage import recount_stale
from reports.tests.test_dashboard import log_visit
from villages.models import Target
from villages.periods import today

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def counted(cast):
    cache.clear()
    Target.objects.create(indicator="adults", year=today().year, percent=80)
    log_visit(cast, cast.household)
    recount_stale(cast.commune.pk)
    return cast


def test_a_recorded_visit_shows_without_reloading(counted, screen):
    page = screen.open(user=counted.official)
    page.goto("/dashboard/")
    page.wait_for_selector("html.scripted")
    assert page.locator("#open-adults").inner_text() == "2 / 4 người tự làm được"
    page.evaluate("window.sameWindow = true")
    page.locator("#trend-table > summary").click()
    page.locator("#open-adults").focus()
    log_visit(counted, counted.khi_household)
    recount_stale(counted.commune.pk)
    # What the timer does every twenty seconds, now.
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.locator("#open-adults", has_text="3 / 4").wait_for(timeout=10_000)
    assert page.evaluate("window.sameWindow")
    assert page.evaluate("document.activeElement.id") == "open-adults"
    assert page.locator("#trend-table").evaluate("part => part.open")
    assert page.locator("#trend").is_visible()


@pytest.mark.parametrize("size", [OFFICE, PHONE], ids=["office", "phone"])
@pytest.mark.parametrize(
    "address",
    [
        "/dashboard/",
        "/dashboard/?xem=bang",
        "/figures/adults/",
        "/figures/adults/?the=ban",
        "/villages/",
        "/villages/{vi}/",
        "/villages/{vi}/team/",
        "/villages/connectivity/add/",
        "/reminder/",
    ],
)
def test_every_screen_fits_and_reads_well(counted, screen, size, address):
    page = screen.open(user=counted.official, size=size)
    page.goto(address.format(vi=counted.vi.pk))
    assert axe_problems(page) == []
    assert not scrolls_sideways(page)


def test_choices_on_the_board_keep_the_page(counted, screen):
    page = screen.open(user=counted.official)
    page.goto("/dashboard/")
    page.wait_for_selector("html.scripted")
    page.evaluate("window.sameWindow = true")
    page.locator("#as-table").click()
    page.wait_for_selector(".board table")
    assert page.evaluate("window.sameWindow")
    assert "xem=bang" in page.url
    page.locator("#sort-adults").click()
    page.wait_for_selector(".board th[aria-sort=ascending] #sort-adults")
    page.go_back()
    page.wait_for_selector(".board th[aria-sort=ascending] #sort-number")


def test_it_works_without_script(counted, screen):
    page = screen.open(user=counted.official, java_script_enabled=False)
    page.goto("/dashboard/?xem=bang")
    assert page.locator(".board table tbody tr").count() == 2
    page.locator("#sort-adults").click()
    assert "sort=adults" in page.url
