"""Whoever opens the page inside another app is warned, and led to Chrome; nobody else is."""

import pytest

from households.tests.field_phone import looks_right, open_phone
from households.tests.test_nothing_is_lost import start
from portal.testing.browser import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ANDROID = "Mozilla/5.0 (Linux; Android 12; M2006C3LG{wv}) AppleWebKit/537.36 (KHTML, like Gecko) "
WEBVIEW = ANDROID.format(wv="; wv") + "Version/4.0 Chrome/120.0.6099.43 Mobile Safari/537.36"
CHROME = ANDROID.format(wv="") + "Chrome/120.0.6099.43 Mobile Safari/537.36"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 15_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148"
)
WARNING = "đang mở trong"


@pytest.mark.parametrize(
    ("agent", "app"),
    [
        (f"{WEBVIEW} Zalo android/12100611 ZaloTheme/light ZaloLanguage/vi", "Zalo"),
        (f"{IPHONE} Zalo iOS/455 ZaloTheme/light ZaloLanguage/vn", "Zalo"),
        (f"{WEBVIEW} [FB_IAB/FB4A;FBAV/445.0.0.34.118;]", "Facebook"),
        (f"{IPHONE} [FBAN/FBIOS;FBAV/378.0;FBDV/iPhone13,2]", "Facebook"),
        (f"{WEBVIEW} [FB_IAB/Orca-Android;FBAV/440.0.0.33.110;]", "Messenger"),
        (WEBVIEW, "ứng dụng khác"),
    ],
    ids=["zalo", "zalo-ios", "facebook", "facebook-ios", "messenger", "webview"],
)
def test_it_works(cast, screen, agent, app):
    page = screen.open(user=cast.leader, size=PHONE, user_agent=agent)
    page.goto("/field/")
    page.get_by_text(WARNING).wait_for()
    assert app in page.locator("[data-warning='in-app']").inner_text()
    to_chrome = page.get_by_role("link", name="Mở bằng Chrome")
    if "Android" in agent:
        assert to_chrome.get_attribute("href").startswith("intent://")
    else:
        assert not to_chrome.is_visible()
    assert page.get_by_role("button", name="Chép liên kết").first.is_visible()
    looks_right(page)


@pytest.mark.parametrize(
    "agent",
    [CHROME, CHROME.replace("Safari", "SamsungBrowser/23.0 Safari")],
    ids=["chrome", "samsung"],
)
def test_a_browser_of_its_own_is_left_alone(cast, screen, agent):
    page = screen.open(user=cast.leader, size=PHONE, user_agent=agent)
    page.goto("/field/")
    page.get_by_text("Đặt mã PIN").wait_for()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
    assert not page.get_by_text(WARNING).is_visible()


def test_a_private_window_is_warned_about_and_an_ordinary_one_is_not(
    cast, screen, own_phone, live_server
):
    page = open_phone(screen, cast.leader)
    page.get_by_text("Có vẻ đây là cửa sổ ẩn danh").wait_for()
    looks_right(page)
    ordinary = own_phone(live_server.url)
    page = start(ordinary, cast.leader, screen)
    page.wait_for_function(
        """async () => {
          const { setting } = await import("/static/js/field/store.js");
          return Boolean(await setting("looked_for_private_mode"));
        }"""
    )
    assert not page.get_by_text("Có vẻ đây là cửa sổ ẩn danh").is_visible()
