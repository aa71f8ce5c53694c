"""The pages for files and held records in a real browser: at the desk and on a phone."""

import pytest

from households.models import Encounter, HeldRecord
from households.tests.sealing_phone import SealingPhone, visit_to
from portal.testing.accessibility import axe_problems, scrolls_sideways, small_targets, small_text
from portal.testing.browser import OFFICE, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def saved(cast):
    phone = SealingPhone(cast.leader, cast.commune)
    return phone.rescue(
        [
            phone.record(visit_to(cast.household)),
            phone.record(visit_to(cast.second_household, visited_on="2999-01-01", note="Bà cụ")),
        ]
    )


def upload(page, text):
    signs = {"name": "luot-tham-1.txt", "mimeType": "text/plain", "buffer": text.encode()}
    page.locator("input[type=file]").set_input_files(signs)
    page.get_by_role("button", name="Nhận tệp").click()


def looks_right(page, *, on_phone=False):
    assert axe_problems(page) == []
    assert not scrolls_sideways(page)
    if on_phone:
        assert small_text(page) == []
        assert small_targets(page) == []


def test_it_works(cast, screen, saved):
    page = screen.open(user=cast.official, size=OFFICE)
    page.goto("/households/rescue/")
    looks_right(page)
    upload(page, saved)
    page.get_by_role("heading", name="Xã đã nhận tệp").wait_for()
    looks_right(page)
    page.get_by_role("link", name="Xem", exact=True).click()
    looks_right(page)
    page.get_by_label("Ngày").fill(Encounter.objects.get().held_on.isoformat())
    page.get_by_role("button", name="Ghi vào sổ").click()
    page.get_by_text("Đã ghi vào sổ, người ghi là").wait_for()
    looks_right(page)
    assert HeldRecord.objects.get().settlement == "recorded"
    page.goto("/households/held/")
    looks_right(page)
    page.goto("/households/rescue/")
    upload(page, saved)
    page.get_by_role("heading", name="Mọi bản ghi trong tệp đã có từ trước").wait_for()
    looks_right(page)


def test_a_leader_brings_a_file_with_a_phone(cast, screen, saved):
    page = screen.open(user=cast.neighbour, size=PHONE)
    page.goto("/households/rescue/")
    looks_right(page, on_phone=True)
    upload(page, "xin chào")
    screen.expect_problem("400")
    page.get_by_role("alert").wait_for()
    looks_right(page, on_phone=True)
    upload(page, saved)
    page.get_by_role("heading", name="Xã đã nhận tệp").wait_for()
    looks_right(page, on_phone=True)
