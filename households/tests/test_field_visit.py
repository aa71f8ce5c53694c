"""A visit written on the leader's phone: kept while it is written, saved, taken back."""

import pytest

from households.models import Encounter, Household
from households.tests.field_phone import deliver, go, looks_right, open_phone, save, title, type_pin
from portal.testing.browser import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(cast, screen):
    """A leader's phone on the form of the first household."""
    page = open_phone(screen, cast.leader)
    go(page, f"#/visit/{cast.household.uuid}")
    title(page, "Lò Văn Mẫu")
    return page


def new_person(page, name, year, row=0):
    if not page.locator("[data-name=full_name]").first.is_visible():
        page.get_by_text("Thêm người chưa có trong danh sách").click()
    page.locator("[data-name=full_name]").nth(row).fill(name)
    page.locator("[data-name=birth_year]").nth(row).fill(str(year))


def received(page):
    """Wait for the commune's answer; the ten seconds for undoing pass at once."""
    deliver(page)
    page.get_by_text("Xã đã nhận").wait_for()


def test_it_works(cast, page):
    page.get_by_label("Lò Văn Mẫu, sinh 1961").check()
    answers = page.locator(".skill").first
    answers.get_by_label("Cần giúp").click()
    page.get_by_label("Có", exact=True).click()
    page.get_by_text("Sau 1 tuần").click()
    looks_right(page)
    save(page)
    page.get_by_text("Đã lưu trên máy").wait_for()
    looks_right(page)
    received(page)
    visit = Encounter.objects.get()
    assert visit.author == cast.leader
    assert visit.receipt in page.locator(".receipt-code").inner_text()
    assert visit.checks.get().outcome == "with_help"
    assert visit.household == cast.household
    assert (visit.return_on - visit.held_on).days == 7
    assert visit.observations.get().smart_device is True


def test_an_answer_is_taken_back_by_a_second_tap_and_unticking_clears(page):
    answers = page.locator(".skill").first
    assert not answers.is_visible()
    page.get_by_label("Lò Văn Mẫu, sinh 1961").check()
    answers.get_by_label("Cần giúp").click()
    answers.get_by_label("Cần giúp").click()
    assert answers.locator(".segments input:checked").count() == 0
    answers.get_by_label("Tự làm được").click()
    answers.get_by_label("Chưa hỏi").click()
    assert answers.locator(".segments input:checked").count() == 0
    answers.get_by_label("Tự làm được").click()
    page.get_by_label("Lò Văn Mẫu, sinh 1961").uncheck()
    page.get_by_label("Lò Văn Mẫu, sinh 1961").check()
    assert answers.locator(".segments input:checked").count() == 0


def test_an_unfinished_form_leads_to_its_fields(page):
    save(page)
    summary = page.locator(".error-summary")
    summary.wait_for()
    assert page.evaluate("document.activeElement.matches('.error-summary')")
    looks_right(page)
    new_person(page, "Lò Thị Mới", "20")
    save(page)
    summary.get_by_role("link", name="Năm sinh").click()
    assert page.evaluate("document.activeElement.dataset.name") == "birth_year"
    looks_right(page)
    assert not Encounter.objects.exists()


def test_undo_gives_the_form_back(cast, page):
    page.get_by_label("Lò Văn Mẫu, sinh 1961").check()
    page.get_by_text("Ngôn ngữ, người khác, ghi chú").click()
    page.locator("#note").fill("Hoàn tác được")
    save(page)
    page.get_by_role("button", name="Hoàn tác").click()
    page.get_by_text("Đã hoàn tác").wait_for()
    assert page.locator("#note").input_value() == "Hoàn tác được"
    assert page.get_by_label("Lò Văn Mẫu, sinh 1961").is_checked()
    looks_right(page)
    go(page, "#/sent")
    page.get_by_text("Hôm nay chưa ghi lượt nào.").first.wait_for()
    assert not Encounter.objects.exists()


def test_what_was_typed_survives_a_killed_browser(cast, page):
    page.get_by_label("Lường Thị Mẫu, sinh 1964").check()
    page.get_by_text("Ngôn ngữ, người khác, ghi chú").click()
    page.locator("#note").fill("Viết dở")
    new_person(page, "Lò Thị Mới", 2001)
    page.wait_for_function(
        """async () => {
          const { open } = await import("/static/js/field/store.js");
          return (await (await open()).count("drafts")) === 1;
        }"""
    )
    page.wait_for_timeout(600)
    again = page.context.new_page()
    page.close()
    again.goto("/field/")
    again.get_by_text("Đang viết dở lúc").wait_for()
    looks_right(again)
    again.get_by_role("link", name="Viết tiếp").click()
    title(again, "Lò Văn Mẫu")
    assert again.locator("#note").input_value() == "Viết dở"
    assert again.get_by_label("Lường Thị Mẫu, sinh 1964").is_checked()
    assert again.locator("[data-name=full_name]").first.input_value() == "Lò Thị Mới"
    save(again)
    again.get_by_text("Đã lưu trên máy").wait_for()
    go(again, "#/")
    title(again, "Vi")
    assert not again.get_by_text("Đang viết dở lúc").is_visible()


def test_a_draft_can_be_dropped_or_gone_on_with_in_the_form(cast, page):
    page.get_by_label("Lường Thị Mẫu, sinh 1964").check()
    page.locator("[data-back]").click()
    page.locator("#members-title").wait_for()
    page.get_by_role("link", name="Ghi lượt thăm").click()
    page.get_by_text("Đang viết dở lúc").wait_for()
    assert not page.get_by_label("Lường Thị Mẫu, sinh 1964").is_checked()
    looks_right(page)
    page.get_by_role("button", name="Viết tiếp").click()
    assert page.get_by_label("Lường Thị Mẫu, sinh 1964").is_checked()
    go(page, "#/")
    page.get_by_role("button", name="Bỏ").click()
    page.get_by_text("Đang viết dở lúc").wait_for(state="hidden")
    go(page, f"#/visit/{cast.household.uuid}")
    page.locator("form.visit").wait_for()
    assert not page.get_by_text("Đang viết dở lúc").is_visible()


def test_the_back_button_loses_nothing(cast, page):
    page.get_by_label("Lường Thị Mẫu, sinh 1964").check()
    page.go_back()
    title(page, "Vi")
    page.go_forward()
    page.get_by_role("button", name="Viết tiếp").click()
    assert page.get_by_label("Lường Thị Mẫu, sinh 1964").is_checked()


def test_somebody_of_this_household_is_recognised_while_typing(cast, page):
    new_person(page, "lo van mau", 1961)
    page.get_by_text("đã có trong danh sách").wait_for()
    looks_right(page)
    page.get_by_role("button", name="Chính là người này").click()
    assert page.get_by_label("Lò Văn Mẫu, sinh 1961").is_checked()
    assert page.locator("[data-name=full_name]").first.input_value() == ""
    save(page)
    page.get_by_text("Đã lưu trên máy").wait_for()


def test_somebody_of_another_household_is_never_added_in_silence(cast, page):
    new_person(page, "Vang Thi Mau", 1990)
    page.get_by_text("đã có trong danh sách").wait_for()
    save(page)
    page.locator(".error-summary").wait_for()
    looks_right(page)
    page.get_by_role("button", name="Người khác").click()
    save(page)
    page.get_by_text("Đã lưu trên máy").wait_for()
    received(page)
    assert cast.household.residents.filter(birth_year=1990).exists()


def test_the_same_household_twice_on_a_day_is_asked_about(cast, page):
    page.get_by_label("Lò Văn Mẫu, sinh 1961").check()
    save(page)
    page.get_by_text("Đã lưu trên máy").wait_for()
    go(page, f"#/visit/{cast.household.uuid}")
    title(page, "Lò Văn Mẫu")
    page.get_by_label("Lường Thị Mẫu, sinh 1964").check()
    save(page)
    page.get_by_text("Có phải cùng lượt thăm?").wait_for()
    looks_right(page)
    page.get_by_role("button", name="Lượt thăm khác: lưu").click()
    page.get_by_text("Đã lưu trên máy").wait_for()
    go(page, "#/sent")
    page.get_by_text("Hôm nay 2 lượt thăm").wait_for()


def test_a_new_household_is_followed_by_its_visit(cast, page):
    go(page, "#/new")
    title(page, "Thêm hộ")
    save(page)
    page.locator(".error-summary").wait_for()
    looks_right(page)
    page.locator("[data-name=full_name]").nth(0).fill("Quàng Thị Mẫu")
    page.locator("[data-name=birth_year]").nth(0).fill("1970")
    page.locator("[data-name=full_name]").nth(1).fill("Quàng Văn Mẫu")
    page.locator("[data-name=birth_year]").nth(1).fill("2003")
    save(page)
    page.get_by_label("Quàng Văn Mẫu, sinh 2003").check()
    looks_right(page)
    save(page)
    page.get_by_text("Đã lưu trên máy").wait_for()
    received(page)
    household = Household.objects.get(residents__full_name="Quàng Thị Mẫu")
    assert household.residents.get(is_head=True).full_name == "Quàng Thị Mẫu"
    assert Encounter.objects.get().people_met.get().resident.full_name == "Quàng Văn Mẫu"


def test_a_visit_is_corrected_after_it_was_received(cast, page):
    page.get_by_label("Lò Văn Mẫu, sinh 1961").check()
    save(page)
    page.get_by_text("Đã lưu trên máy").wait_for()
    received(page)
    page.get_by_role("link", name="Sửa nội dung đã ghi").click()
    page.locator("#reason").wait_for()
    looks_right(page)
    page.get_by_label("Lường Thị Mẫu, sinh 1964").check()
    save(page)
    page.locator(".error-summary").get_by_text("Nhập lý do sửa").wait_for()
    page.locator("#reason").fill("Quên một người")
    save(page)
    page.get_by_text("Đã lưu trên máy").wait_for()
    received(page)
    assert Encounter.objects.get().version == 2
    assert Encounter.objects.get().people_met.count() == 2


def test_the_form_is_filled_in_by_keyboard_alone(cast, screen):
    page = open_phone(screen, cast.leader, size=PHONE)
    go(page, f"#/visit/{cast.household.uuid}")
    title(page, "Lò Văn Mẫu")
    for _step in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('[data-met]')"):
            break
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert page.locator(".skill").first.locator(".segments input:checked").count() == 1
    page.locator(".bottom-bar button").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Đã lưu trên máy").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "H1"


def test_a_full_phone_offers_the_visit_as_a_file(page):
    page.get_by_label("Lò Văn Mẫu, sinh 1961").check()
    page.evaluate(
        """() => {
          IDBObjectStore.prototype.add = () => {
            throw new DOMException("no room", "QuotaExceededError");
          };
        }"""
    )
    save(page)
    page.get_by_text("Bộ nhớ điện thoại đã đầy").wait_for()
    looks_right(page)
    page.evaluate("() => { navigator.canShare = () => false; }")
    with page.expect_download() as download:
        page.get_by_role("button", name="Gửi tệp").click()
    assert download.value.path().read_text().startswith("BDHVS-1\n")
    page.go_back()
    page.get_by_role("button", name="Viết tiếp").click()
    assert page.get_by_label("Lò Văn Mẫu, sinh 1961").is_checked()


def test_a_phone_that_locks_itself_keeps_the_form(cast, page):
    page.get_by_label("Lò Văn Mẫu, sinh 1961").check()
    page.evaluate(
        """async (user) => {
          const { lock } = await import("/static/js/field/vault.js");
          await lock(user);
        }""",
        str(cast.leader.pk),
    )
    save(page)
    page.get_by_text("Nội dung đang viết vẫn còn").wait_for()
    looks_right(page)
    type_pin(page)
    page.get_by_text("Đã lưu trên máy").wait_for()
    assert page.get_by_text("Hộ 001 · Lò Văn Mẫu").first.is_visible()
