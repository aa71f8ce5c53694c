"""What was typed and what was saved stay on the phone, whatever happens to the browser."""

import pytest

from households.tests.field_phone import go, save, title
from households.tests.test_nothing_is_lost import start

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def phone(cast, own_phone, live_server, screen):
    phone = own_phone(live_server.url)
    phone.page = start(phone, cast.leader, screen)
    return phone


def test_a_draft_survives_a_browser_that_is_killed(cast, phone):
    page = phone.page
    go(page, f"#/visit/{cast.household.uuid}")
    title(page, "Lò Văn Mẫu")
    page.get_by_label("Lường Thị Mẫu, sinh 1964").check()
    page.get_by_text("Ngôn ngữ, người khác, ghi chú").click()
    page.locator("#note").fill("Viết dở thì hết pin")
    page.wait_for_timeout(1500)
    phone.kill()
    page = phone.open()
    page.goto("/field/")
    page.get_by_text("Đang viết dở lúc").wait_for()
    page.get_by_role("link", name="Viết tiếp").click()
    title(page, "Lò Văn Mẫu")
    assert page.locator("#note").input_value() == "Viết dở thì hết pin"
    assert page.get_by_label("Lường Thị Mẫu, sinh 1964").is_checked()


def test_the_browser_is_asked_to_keep_what_is_written(cast, phone):
    page = phone.page
    asked = """async () => (await import("/static/js/field/outbox.js")).isPersisted()"""
    assert page.evaluate(asked) is None
    go(page, f"#/visit/{cast.household.uuid}")
    page.locator("[data-met]").first.check()
    save(page)
    page.get_by_text("Đã lưu trên máy").wait_for()
    page.wait_for_function(
        """async () => {
          const { isPersisted } = await import("/static/js/field/outbox.js");
          return (await isPersisted()) !== null;
        }"""
    )
