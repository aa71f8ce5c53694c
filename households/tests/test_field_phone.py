"""The PIN, the lock, signing out, the rescue file; and every screen as it is seen."""

from datetime import timedelta

import pytest

from households.models import Encounter, HandedHousehold, HandedList
from households.tests.field_phone import (
    PIN,
    deliver,
    go,
    looks_right,
    make_pin,
    open_phone,
    save,
    title,
    type_pin,
)
from portal.testing.browser import OFFICE, PHONE
from villages.periods import today

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SMALL = {"width": 320, "height": 640}
NINE_WRONG = """async (user) => {
  const {write} = await import("/static/js/field/store.js");
  await write("phones", async ({store}) => {
    await store.put({...(await store.get(user)), wrong: 9, paused_until: 0});
  });
}"""
ASKED = """async (user) => {
  const {getPackage} = await import("/static/js/field/api.js");
  return getPackage(null, user);
}"""


def test_the_pin_is_made_twice_and_opens_the_phone_again(cast, screen):
    page = screen.open(user=cast.leader, size=PHONE)
    page.goto("/field/")
    page.get_by_text("Đặt mã PIN").wait_for()
    looks_right(page)
    type_pin(page, "1234")
    page.get_by_text("Nhập lại mã PIN").wait_for()
    type_pin(page, "4321")
    page.get_by_text("không giống nhau").wait_for()
    looks_right(page)
    make_pin(page)
    title(page, "Vi")
    go(page, "#/phone")
    page.get_by_role("button", name="Khóa ngay").click()
    page.get_by_text("Nhập mã PIN").wait_for()
    assert not page.get_by_text("Lò Văn Mẫu").is_visible()
    type_pin(page, "9999")
    page.get_by_text("Còn 9 lần thử").wait_for()
    looks_right(page)
    for digit in PIN:
        page.keyboard.press(digit)
    page.keyboard.press("Enter")
    title(page, "Vi")
    go(page, "#/phone/pin")
    for digits in (PIN, "135790", "135790"):
        type_pin(page, digits)
        page.wait_for_timeout(50)
    title(page, "Điện thoại này")


def test_a_forgotten_pin_leads_to_a_new_sign_in(cast, screen):
    page = open_phone(screen, cast.leader)
    go(page, "#/phone")
    page.get_by_role("button", name="Khóa ngay").click()
    page.get_by_role("button", name="Quên mã PIN").click()
    title(page, "Quên mã PIN")
    looks_right(page)
    page.get_by_role("button", name="Đăng nhập lại").click()
    page.wait_for_url("**/sign-in/**")
    screen.problems.clear()


@pytest.mark.parametrize("signal", [True, False])
def test_after_ten_wrong_pins_nobody_comes_in_with_a_new_one(cast, screen, signal):
    page = open_phone(screen, cast.leader)
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.reload()
    title(page, "Vi")
    go(page, "#/phone")
    page.get_by_role("button", name="Khóa ngay").click()
    page.get_by_text("Nhập mã PIN").wait_for()
    page.evaluate(NINE_WRONG, str(cast.leader.pk))
    page.context.set_offline(not signal)
    type_pin(page, "0000")
    page.locator("[data-digit='0']").wait_for(state="detached")
    assert not page.get_by_text("Đặt mã PIN").is_visible()
    page.context.set_offline(False)
    answer = page.evaluate(ASKED, str(cast.leader.pk))
    assert answer["kind"] == "signed_out"
    assert page.request.get("/field/hello/").status == 401
    screen.problems.clear()


def test_signing_out_forgets_what_can_be_read_and_asks_first(cast, screen):
    page = open_phone(screen, cast.leader)
    go(page, f"#/visit/{cast.household.uuid}")
    page.get_by_label("Lò Văn Mẫu, sinh 1961").check()
    save(page)
    page.get_by_text("Đã lưu trên máy").wait_for()
    page.goto("/households/")
    page.locator("details.site-menu summary").click()
    page.get_by_role("button", name="Đăng xuất").locator("visible=true").click()
    title(page, "Đăng xuất")
    page.get_by_text("1 bản ghi chưa gửi").wait_for()
    looks_right(page)
    page.locator(".bottom-bar button").click()
    page.get_by_text("Chỉ cần đăng nhập một lần").wait_for(timeout=15_000)
    assert page.evaluate(
        """async () => {
          const { open } = await import("/static/js/field/store.js");
          const db = await open();
          return [await db.count("packages"), await db.count("drafts"), await db.count("outbox")];
        }"""
    )[:2] == [0, 0]
    page.goto("/households/")
    page.wait_for_url("**/sign-in/**")
    screen.problems.clear()


def test_everything_works_without_a_signal(cast, screen):
    page = open_phone(screen, cast.leader)
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    page.reload()
    title(page, "Vi")
    page.get_by_text("Không có mạng").wait_for()
    looks_right(page)
    page.get_by_role("link", name="Lò Văn Mẫu").click()
    page.get_by_role("link", name="Ghi lượt thăm").click()
    page.get_by_label("Lò Văn Mẫu, sinh 1961").check()
    save(page)
    page.get_by_text("Đã lưu trên máy").wait_for()
    page.get_by_role("link", name="Về bản của tôi").click()
    page.get_by_text("1 lượt thăm đã lưu trên máy").wait_for()
    looks_right(page)
    assert not Encounter.objects.exists()
    page.context.set_offline(False)
    deliver(page)
    page.get_by_text("Hôm nay 1 lượt thăm, xã đã nhận 1").wait_for()
    assert Encounter.objects.get().author == cast.leader
    screen.problems.clear()


def test_the_rescue_file_is_saved_where_it_cannot_be_shared(cast, screen):
    page = open_phone(screen, cast.leader)
    go(page, f"#/visit/{cast.household.uuid}")
    page.get_by_label("Lò Văn Mẫu, sinh 1961").check()
    save(page)
    page.get_by_text("Đã lưu trên máy").wait_for()
    page.evaluate("() => { navigator.canShare = () => false; }")
    go(page, "#/rescue")
    title(page, "Gửi hộ qua Zalo")
    looks_right(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Gửi tệp").click()
    text = download.value.path().read_text()
    assert text.startswith("BDHVS-1\n")
    assert "Lò Văn Mẫu" not in text
    page.get_by_text("thư mục Tải xuống").wait_for()
    looks_right(page)


def test_households_are_found_without_accents_and_filtered(cast, screen):
    page = open_phone(screen, cast.leader)
    go(page, "#/households")
    title(page, "Hộ gia đình")
    page.locator("#find").fill("vang thi")
    assert page.locator(".rows .row-link").count() == 1
    page.locator("#find").fill("001")
    assert "Lò Văn Mẫu" in page.locator(".rows .row-link").inner_text()
    page.locator("#find").fill("khong co ai")
    page.get_by_text("Không tìm thấy hộ nào").wait_for()
    looks_right(page)
    page.locator("#find").fill("")
    page.get_by_text("Lọc và sắp xếp").click()
    page.get_by_label("Có người cao tuổi").check()
    assert "Lò Văn Mẫu" in page.locator(".rows .row-link").inner_text()
    looks_right(page)


@pytest.mark.parametrize("size", [PHONE, SMALL, OFFICE], ids=["phone", "small", "office"])
def test_every_screen_reads_well(cast, screen, size):
    handed = HandedList.objects.create(
        village=cast.vi, title="30 hộ chưa được hướng dẫn", due_on=today() + timedelta(days=9)
    )
    for household in (cast.household, cast.second_household):
        HandedHousehold.objects.create(handed_list=handed, household=household)
    page = open_phone(screen, cast.leader, size=size)
    page.get_by_text("Còn 2 trong 2 hộ").wait_for()
    for hash_, words in {
        "#/": "Vi",
        "#/households": "Hộ gia đình",
        "#/households/visit": "Chọn hộ",
        f"#/household/{cast.household.uuid}": "Lò Văn Mẫu",
        f"#/list/{handed.pk}": "30 hộ",
        f"#/visit/{cast.household.uuid}": "Lò Văn Mẫu",
        "#/new": "Thêm hộ",
        "#/sent": "Các lượt thăm đã ghi",
        "#/phone": "Điện thoại này",
        "#/phone/pin": "Đổi mã PIN",
        "#/rescue": "Gửi hộ qua Zalo",
        "#/unkept": "Chưa lưu được",
        "#/sign-out": "Đăng xuất",
        "#/nowhere": "Không tìm thấy",
    }.items():
        go(page, hash_)
        title(page, words)
        looks_right(page, hash_)


def test_another_app_around_the_page_is_warned_about(cast, screen):
    page = screen.open(
        user=cast.leader,
        size=PHONE,
        user_agent=(
            "Mozilla/5.0 (Linux; Android 11; M2006; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Version/4.0 Chrome/120.0 Mobile Safari/537.36 Zalo android/12100"
        ),
    )
    page.goto("/field/")
    page.get_by_text("đang mở trong Zalo").wait_for()
    looks_right(page)
    link = page.get_by_role("link", name="Mở bằng Chrome")
    assert link.get_attribute("href").startswith("intent://")
    page.get_by_role("button", name="Vẫn dùng tiếp ở đây").first.click()
    make_pin(page)
    title(page, "Vi")


def test_a_second_person_on_the_phone_sees_nothing_of_the_first(cast, screen):
    page = open_phone(screen, cast.leader)
    go(page, f"#/visit/{cast.household.uuid}")
    page.get_by_label("Lò Văn Mẫu, sinh 1961").check()
    go(page, "#/")
    page.get_by_text("Đang viết dở lúc").wait_for()
    # A page that is open while somebody else signs in hears so from the server.
    screen.allow("401 (Unauthorized)")
    screen.sign_in(page.context, cast.neighbour)
    page.goto("/field/#/households")
    page.reload()
    make_pin(page)
    title(page, "Hộ gia đình")
    page.get_by_text("Giàng A Mẫu").wait_for()
    assert not page.get_by_text("Lò Văn Mẫu").is_visible()
    go(page, f"#/household/{cast.household.uuid}")
    title(page, "Không tìm thấy")
    screen.sign_in(page.context, cast.leader)
    page.reload()
    page.get_by_text("Nhập mã PIN").wait_for()
    type_pin(page)
    title(page, "Lò Văn Mẫu")
    go(page, "#/")
    page.get_by_text("Đang viết dở lúc").wait_for()


def test_work_goes_on_when_the_session_has_ended(cast, screen):
    page = open_phone(screen, cast.leader)
    page.context.clear_cookies()
    page.reload()
    page.get_by_text("Phiên đăng nhập đã hết").wait_for()
    looks_right(page)
    go(page, f"#/visit/{cast.household.uuid}")
    page.get_by_label("Lò Văn Mẫu, sinh 1961").check()
    save(page)
    page.get_by_text("Đã lưu trên máy").wait_for()
    deliver(page)
    page.get_by_text("Xã đã nhận, mã").wait_for()
    assert Encounter.objects.get().author == cast.leader
    screen.problems.clear()


def test_a_refused_visit_says_what_to_mend_and_blocks_no_other(cast, screen):
    page = open_phone(screen, cast.leader)
    page.evaluate(
        """async ([user, household]) => {
          const outbox = await import("/static/js/field/outbox.js");
          const body = {household, visited_on: "2001-01-01", occasion: "home_visit",
            people: [], new_people: [], new_people_confirmed: false, unnamed_people: 1,
            smart_device: null, connection: "", difficulty: "", language: "",
            return_on: null, note: ""};
          await outbox.add({user, kind: "visit", body, title: "Hộ 001 · Lò Văn Mẫu"});
        }""",
        [str(cast.leader.pk), str(cast.household.uuid)],
    )
    go(page, f"#/visit/{cast.second_household.uuid}")
    page.get_by_label("Vàng Thị Mẫu, sinh 1990").check()
    save(page)
    page.get_by_text("Đã lưu trên máy").wait_for()
    deliver(page)
    page.get_by_text("Xã đã nhận, mã").wait_for()
    go(page, "#/")
    page.get_by_text("1 bản ghi cần xem lại").wait_for()
    looks_right(page)
    page.get_by_role("link", name="Xem cần làm gì").click()
    page.get_by_text("Cần xem lại").wait_for()
    looks_right(page)
    page.get_by_role("link", name="Hộ 001 · Lò Văn Mẫu").click()
    page.get_by_role("link", name="Sửa và gửi lại").click()
    page.get_by_text("Xã đề nghị xem lại").wait_for()
    looks_right(page)
    page.locator("#visited_on").fill(today().isoformat())
    save(page)
    deliver(page)
    page.get_by_text("Xã đã nhận, mã").wait_for()
    assert Encounter.objects.count() == 2
    screen.problems.clear()


def test_an_address_that_is_no_screen_is_not_found(cast, screen):
    page = open_phone(screen, cast.leader)
    for address in ("#/nothing", "#/household/%", "#/visit/%3Cimg%20src=x%3E", "#/list/__proto__"):
        go(page, "#/")
        title(page, "Vi")
        go(page, address)
        title(page, "Không tìm thấy")
