"""A citizen at the counter without the mouse being touched once."""

from contextlib import suppress

import pytest
from django.urls import reverse
from playwright.sync_api import Error

from households.models import Encounter, Skill
from portal.testing.accessibility import axe_problems, scrolls_sideways
from portal.testing.browser import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def counter(screen, cast):
    """The official's counter; ``hold`` keeps answers about a name back until ``let_go``."""
    Skill.objects.filter(code__in=["vneid", "qr"]).update(is_at_counter=True)
    page = screen.open(user=cast.official)
    page.held, page.keys = [], 0

    def hold(name):
        page.route(f"**/people/?q={name}*", lambda route: page.held.append(route))

    def let_go():
        for route in page.held:
            # The page may have given up on it.
            with suppress(Error):
                route.continue_()
        page.held.clear()

    def press(*keys):
        for key in keys:
            page.keyboard.press(key)
            page.keys += 1

    page.hold, page.let_go, page.press = hold, let_go, press
    page.goto(screen.origin + reverse("counter"))
    return page


def chosen(page):
    return page.locator("[data-citizen] b").inner_text()


def asked(page, count):
    """Wait until so many answers are held back."""
    for _moment in range(50):
        if len(page.held) == count:
            return
        page.wait_for_timeout(40)
    raise AssertionError(f"{len(page.held)} of {count} were asked for")


def test_nobody_of_an_earlier_search_is_taken(counter):
    counter.press(*"luong")
    counter.wait_for_selector("text=Lường Thị Mẫu")
    counter.hold("vang")
    counter.press("Control+a", *"vang", "Enter")
    asked(counter, 1)
    # Somebody in a hurry: once more, and on to the services.
    counter.press("Enter", "t", "g")
    assert chosen(counter) == "Không ghi tên"
    counter.let_go()
    counter.wait_for_selector("[data-citizen] >> text=Vàng Thị Mẫu")
    with counter.expect_navigation():
        counter.press("Enter")
    visit = Encounter.objects.get()
    assert visit.people_met.get().resident.full_name == "Vàng Thị Mẫu"
    assert {check.skill.code: check.outcome for check in visit.checks.all()} == {
        "vneid": "alone",
        "qr": "with_help",
    }


def test_answers_out_of_order_are_dropped(counter):
    counter.hold("vang")
    counter.press(*"vang", "Enter")
    asked(counter, 1)
    counter.press("Escape", *"luong")
    counter.wait_for_selector("[data-found] >> text=Lường Thị Mẫu")
    counter.let_go()
    counter.wait_for_timeout(200)
    assert "Vàng" not in counter.locator("[data-found]").inner_text()
    assert chosen(counter) == "Không ghi tên"
    counter.press("Enter")
    assert chosen(counter) == "Lường Thị Mẫu"


def test_of_several_nobody_is_taken_unseen(counter):
    counter.hold("mau")
    counter.press(*"mau", "Enter", "t")
    asked(counter, 1)
    counter.let_go()
    counter.wait_for_selector("[data-resident] >> nth=1")
    assert chosen(counter) == "Không ghi tên"
    counter.press("ArrowDown", "Enter")
    assert chosen(counter) != "Không ghi tên"


def test_a_citizen_takes_less_than_fifteen_seconds_and_one_key_takes_it_back(counter):
    counter.press(*"lo mau 1961")
    counter.wait_for_selector("[data-resident]")
    counter.press("Enter", "t", "g", "v")
    with counter.expect_navigation():
        counter.press("Enter")
    # The keystroke-level model of Card, Moran and Newell (1980): whoever types now and then needs
    # 0.28 s a key and 1.35 s to make up the mind, here for the name, the person, what, and done.
    assert counter.keys * 0.28 + 4 * 1.35 < 15
    assert counter.keys <= 20
    visit = Encounter.objects.get()
    assert visit.people_met.get().resident.full_name == "Lò Văn Mẫu"
    assert (visit.checks.count(), visit.confirmations.count()) == (2, 1)
    assert counter.evaluate("document.activeElement.id") == "q"
    with counter.expect_navigation():
        counter.press("Control+z")
    visit.refresh_from_db()
    assert visit.voided_at is not None
    # What was recorded before it stays, however often the keys are pressed.
    counter.press("Control+z", *"x")
    assert counter.locator("#q").input_value() == "x"


def test_escape_clears_what_was_typed(counter):
    counter.press(*"luong")
    counter.wait_for_selector("[data-resident]")
    counter.press("Enter", "t", "v", "Escape")
    assert counter.evaluate("document.activeElement.id") == "q"
    assert chosen(counter) == "Không ghi tên"
    assert counter.locator("[data-counter] input:checked").count() == 0
    counter.press(*"luong")
    counter.wait_for_selector("[data-resident]")
    # Named and not chosen: nothing is kept without the name.
    counter.locator("[data-service] input").first.focus()
    counter.press("t", "Enter")
    assert counter.evaluate("document.activeElement.id") == "q"
    assert not counter.evaluate("document.activeElement.validity.valid")
    assert not Encounter.objects.exists()
    counter.press("Escape")
    assert counter.locator("#q").input_value() == ""
    assert counter.locator("[data-resident]").count() == 0


def test_a_citizen_and_then_somebody_without_a_name(screen, cast):
    Skill.objects.filter(code__in=["vneid", "qr"]).update(is_at_counter=True)
    page = screen.open(user=cast.official)
    page.goto(screen.origin + reverse("counter"))
    page.keyboard.type("luong mau")
    page.wait_for_selector("[data-resident]")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-service] input:focus")
    page.keyboard.type("tg")
    assert axe_problems(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url("**saved=*")
    visit = Encounter.objects.get()
    assert visit.people_met.get().resident.full_name == "Lường Thị Mẫu"
    assert {check.skill.code: check.outcome for check in visit.checks.all()} == {
        "vneid": "alone",
        "qr": "with_help",
    }

    page.keyboard.press("Enter")
    page.wait_for_selector("[data-service] input:focus")
    page.keyboard.type("g")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert Encounter.objects.order_by("-pk").first().unnamed_people == 1
    page.set_viewport_size(PHONE)
    assert axe_problems(page) == []
    assert not scrolls_sideways(page)
