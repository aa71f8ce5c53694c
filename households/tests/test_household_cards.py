"""Cards of households: what stands on them, who prints them, and a phone that scans them."""

import base64
import io
from uuid import uuid4

import pytest
import segno
from django.urls import reverse
from PIL import Image

from households.tests.field_phone import go, looks_right, make_pin, open_phone, title
from households.tests.phone_records import signed_in
from portal.testing.accessibility import axe_problems, scrolls_sideways
from portal.testing.browser import OFFICE, PHONE, chromium_path, flags

CARDS = reverse("household_cards")


def cards(client, **asked):
    return client.get(CARDS, asked)


@pytest.mark.django_db
class TestCards:
    def test_it_works(self, cast):
        head = cast.household.residents.get(is_head=True)
        head.ethnic_group = "thai"
        head.save()
        cast.household.phone, cast.household.address = "0912345678", "Đầu bản"
        cast.household.save()
        text = cards(signed_in(cast.official), village=cast.vi.pk).content.decode()
        for shown in ("Hộ 001", "Hộ 002", head.full_name, "Vàng Thị Mẫu", "Bản Vi"):
            assert shown in text
        for kept in ("0912345678", "Đầu bản", "1961", "Lường Thị Mẫu", str(cast.household.uuid)):
            assert kept not in text
        assert text.count('class="household-card"') == 2

    def test_one_household_alone(self, cast):
        answer = cards(signed_in(cast.leader), household=str(cast.second_household.uuid))
        assert answer.content.decode().count('class="household-card"') == 1

    def test_whoever_reaches_several_villages_chooses(self, cast):
        text = cards(signed_in(cast.official)).content.decode()
        assert "Bản Vi" in text
        assert "Bản Khì" in text
        assert 'class="household-card"' not in text
        assert 'class="household-card"' in cards(signed_in(cast.leader)).content.decode()

    def test_a_village_without_households_says_so(self, cast):
        cast.khi_household.residents.all().delete()
        cast.khi_household.places.all().delete()
        cast.khi_household.delete()
        text = cards(signed_in(cast.official), village=cast.khi.pk).content.decode()
        assert "Bản này chưa có hộ nào trong danh sách." in text

    @pytest.mark.parametrize("asked", ["far", "no", "9" * 30, "-1", "\x00", "²"])
    def test_another_village_is_not_there(self, cast, asked):
        wanted = cast.far.pk if asked == "far" else asked
        assert cards(signed_in(cast.official), village=wanted).status_code == 404

    def test_another_household_is_not_there(self, cast):
        client = signed_in(cast.leader)
        for wanted in (cast.khi_household.uuid, cast.far_household.uuid, uuid4(), "x", "\x00"):
            assert cards(client, household=str(wanted)).status_code == 404

    def test_the_code_leads_each_to_what_they_work_with(self, cast, client):
        address = reverse("household_card", args=[cast.household.uuid])
        assert len(address) < 45
        assert "/sign-in/" in client.get(address).url
        leader = signed_in(cast.leader).get(address)
        assert leader.url == f"/field/#/household/{cast.household.uuid}"
        desk = signed_in(cast.official).get(address)
        assert desk.url == reverse("household_detail", args=[cast.household.uuid])
        for user in (cast.neighbour, cast.stranger):
            assert signed_in(user).get(address).status_code == 404


@pytest.mark.django_db
def test_only_the_phone_may_ask_for_the_camera(cast, client):
    assert "camera=(self)" in client.get(reverse("field"))["Permissions-Policy"]
    desk = signed_in(cast.official)
    for name in ("household_list", "household_cards", "visit_list"):
        assert "camera=()" in desk.get(reverse(name))["Permissions-Policy"]
    assert "camera=()" in client.get(reverse("sign_in"))["Permissions-Policy"]


def picture_of(text, size=(640, 480), scale=8):
    """A camera's picture of a card: the code a little dark and off the middle."""
    drawn = io.BytesIO()
    segno.make(text, error="q", micro=False).save(drawn, kind="png", scale=scale, border=4)
    code = Image.open(drawn).convert("RGB")
    picture = Image.new("RGB", size, (90, 96, 88))
    picture.paste(code, ((size[0] - code.width) // 2 + 17, (size[1] - code.height) // 2 - 9))
    return picture


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
class TestInABrowser:
    def test_the_cards_pass_at_both_widths(self, cast, screen):
        page = screen.open(user=cast.official, size=OFFICE)
        page.goto(f"{CARDS}?village={cast.vi.pk}")
        page.get_by_role("button", name="In", exact=True).wait_for()
        assert axe_problems(page) == []
        page.set_viewport_size(PHONE)
        assert axe_problems(page) == []
        assert not scrolls_sideways(page)

    def test_the_decoder_reads_a_card_and_nothing_else(self, cast, screen):
        page = screen.open(size=PHONE)
        page.goto("/offline/")
        address = f"http://xa.example/h/{cast.household.uuid}/"
        read = [
            page.evaluate(DECODE, pixels(picture_of(text)))
            for text in (address, "https://example.org/")
        ]
        empty = page.evaluate(DECODE, pixels(Image.new("RGB", (320, 240), "white")))
        assert read == [
            {"text": address, "household": str(cast.household.uuid)},
            {"text": "https://example.org/", "household": None},
        ]
        assert empty == {"text": "", "household": None}

    def test_without_a_camera_the_number_is_typed(self, cast, screen):
        page = open_phone(screen, cast.leader)
        go(page, "#/households/visit")
        page.get_by_role("link", name="Quét thẻ hộ").click()
        title(page, "Thẻ hộ")
        page.get_by_text("Hãy nhập số ghi trên thẻ").wait_for()
        looks_right(page)
        page.locator("#card-number").fill("77")
        page.locator("#card-number").press("Enter")
        page.get_by_text("Không có hộ mang số này trên máy").wait_for()
        page.locator("#card-number").fill("2")
        page.locator("[data-do='by-number']").click()
        title(page, "Vàng Thị Mẫu")
        page.locator("form.visit").wait_for()

    def test_a_card_held_before_the_camera_opens_its_household(
        self, cast, live_server, screen, playwright_driver, tmp_path
    ):
        address = f"{live_server.url}/h/{cast.second_household.uuid}/"
        film = tmp_path / "card.mjpeg"
        frame = io.BytesIO()
        picture_of(address).save(frame, "JPEG", quality=92)
        film.write_bytes(frame.getvalue() * 30)
        browser = playwright_driver.chromium.launch(
            executable_path=chromium_path(),
            args=[
                *flags(),
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-video-capture={film}",
            ],
        )
        try:
            context = browser.new_context(
                base_url=live_server.url, viewport=PHONE, locale="vi-VN", permissions=["camera"]
            )
            screen.sign_in(context, cast.leader)
            page = context.new_page()
            page.goto("/field/")
            make_pin(page)
            title(page, "Vi")
            go(page, "#/scan")
            title(page, "Vàng Thị Mẫu")
            assert page.url.endswith(f"#/household/{cast.second_household.uuid}")
            assert page.locator("video").count() == 0
        finally:
            browser.close()


def pixels(picture):
    data = base64.b64encode(picture.convert("RGBA").tobytes()).decode()
    return {"data": data, "size": picture.size}


DECODE = """async ({ data, size: [width, height] }) => {
  const scanner = await import("/static/js/field/scanner.js");
  const bytes = Uint8ClampedArray.from(atob(data), (sign) => sign.charCodeAt(0));
  const text = await scanner.decode({ data: bytes, width, height });
  return { text, household: scanner.householdIn(text) };
}"""
