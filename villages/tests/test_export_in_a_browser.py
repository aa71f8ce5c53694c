"""An official takes a list out with names, says why, and finds it noted; on both screens."""

import pytest

from portal.testing.accessibility import axe_problems, scrolls_sideways
from portal.testing.browser import OFFICE, PHONE
from villages.models import ExportRecord

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def looks_right(page):
    assert axe_problems(page) == []
    assert not scrolls_sideways(page)


@pytest.mark.parametrize("size", [PHONE, OFFICE])
def test_it_works(cast, screen, size):
    desk = screen.open(user=cast.official, size=size)
    desk.goto(f"/households/?village={cast.vi.pk}")
    # On a phone the heads of the table are the strip of its orders.
    desk.get_by_role("link", name="Chủ hộ").click()
    desk.locator("th[aria-sort=ascending]", has_text="Chủ hộ").wait_for()
    looks_right(desk)
    desk.get_by_role("link", name="Xuất tệp").click()
    looks_right(desk)
    desk.get_by_label("Kèm họ tên").check()
    desk.get_by_role("button", name="Tải tệp xuống").click()
    desk.locator(".field-error").wait_for()
    looks_right(desk)
    desk.get_by_label("Cần họ tên để làm gì").fill("Gửi UBND tỉnh theo công văn 12/CV")
    with desk.expect_download() as coming:
        desk.get_by_role("button", name="Tải tệp xuống").click()
    assert coming.value.suggested_filename.endswith(".xlsx")
    desk.goto("/exports/")
    assert desk.get_by_text("Gửi UBND tỉnh").is_visible()
    looks_right(desk)
    assert ExportRecord.objects.get().rows == 2
