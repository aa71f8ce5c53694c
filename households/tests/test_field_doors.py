"""What the phone shows to somebody it has nothing for: each screen read and measured."""

import pytest

from households.tests.field_phone import go, looks_right, make_pin, open_phone, save, title
from portal.testing.browser import PHONE
from villages.models import Commune

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SMALL = {"width": 320, "height": 640}
SIZES = pytest.mark.parametrize("size", [PHONE, SMALL], ids=["phone", "small"])
DEMO = "Dữ liệu minh họa"


@pytest.fixture
def cast(cast):
    """The cast in a portal with demonstration data: every screen has to say so."""
    Commune.objects.update(is_demo=True)
    return cast


@SIZES
def test_a_phone_that_nobody_signed_in_on_says_how_to_begin(cast, screen, size):
    page = screen.open(size=size)
    page.goto("/field/")
    page.get_by_text("Chỉ cần đăng nhập một lần").wait_for()
    page.get_by_text(DEMO).wait_for()
    looks_right(page)
    screen.problems.clear()


@SIZES
def test_who_leads_no_team_is_shown_the_way_to_the_desk(cast, screen, size):
    page = screen.open(user=cast.official, size=size)
    page.goto("/field/")
    page.get_by_text("dành cho tổ trưởng").wait_for()
    page.get_by_text(DEMO).wait_for()
    looks_right(page)


@SIZES
def test_a_browser_that_can_keep_nothing_leads_to_the_ordinary_pages(cast, screen, size):
    page = screen.open(user=cast.leader, size=size)
    page.add_init_script("Object.defineProperty(globalThis, 'indexedDB', { value: undefined })")
    page.goto("/field/")
    page.get_by_role("link", name="Đến trang thường").wait_for()
    looks_right(page)


@SIZES
def test_a_screen_that_fails_says_that_nothing_is_lost(cast, screen, size):
    page = open_phone(screen, cast.leader, size=size)
    page.evaluate(
        """async () => {
          const { session } = await import("/static/js/field/session.js");
          session.package.households = null;
        }"""
    )
    go(page, "#/phone")
    page.evaluate("() => { navigator.storage.persisted = () => Promise.reject(new Error('x')); }")
    go(page, "#/")
    go(page, "#/phone")
    page.get_by_role("button", name="Mở lại").wait_for()
    looks_right(page)
    screen.problems.clear()


@SIZES
def test_who_signs_out_without_a_signal_is_told_so_and_what_waits_can_leave(cast, screen, size):
    page = open_phone(screen, cast.leader, size=size)
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    go(page, f"#/visit/{cast.household.uuid}")
    page.get_by_label("Lò Văn Mẫu, sinh 1961").check()
    save(page)
    page.get_by_text("Đã lưu trên máy").wait_for()
    go(page, "#/sign-out")
    page.locator("[data-do='sign-out']").click()
    title(page, "Đã đăng xuất")
    for _time in ("at once", "opened anew"):
        page.get_by_text("Đã đăng xuất khỏi máy này").wait_for()
        page.get_by_text("1 bản ghi chưa gửi").wait_for()
        page.get_by_text("Không có mạng", exact=True).wait_for()
        page.get_by_text(DEMO).wait_for()
        assert not page.get_by_text("chưa có danh sách").is_visible()
        looks_right(page)
        page.reload()
    page.get_by_role("link", name="Gửi hộ qua Zalo").click()
    title(page, "Gửi hộ qua Zalo")
    looks_right(page)
    page.context.set_offline(False)
    screen.problems.clear()


def test_a_signal_that_does_not_reach_the_portal_counts_as_none(cast, screen):
    page = open_phone(screen, cast.leader)
    page.get_by_text("Có mạng", exact=True).wait_for()
    page.context.route("**/field/hello/", lambda route: route.abort())
    page.evaluate("() => dispatchEvent(new Event('online'))")
    page.get_by_text("Không có mạng", exact=True).wait_for()
    page.context.unroute("**/field/hello/")
    page.evaluate("() => dispatchEvent(new Event('online'))")
    page.get_by_text("Có mạng", exact=True).wait_for()
    screen.problems.clear()


def test_what_was_typed_to_find_a_household_stays_with_its_list(cast, screen):
    page = screen.open(user=cast.leader, size=PHONE)
    page.goto("/field/")
    make_pin(page)
    page.locator("[data-part='progress']").wait_for()
    go(page, "#/households")
    title(page, "Hộ gia đình")
    page.locator("#find").fill("vang thi")
    go(page, "#/households/visit")
    title(page, "Chọn hộ")
    assert page.locator("#find").input_value() == ""
    page.get_by_role("link", name="Lò Văn Mẫu").wait_for()
    go(page, "#/households")
    title(page, "Hộ gia đình")
    assert page.locator("#find").input_value() == "vang thi"
