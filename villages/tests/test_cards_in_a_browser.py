"""A card from the official's printer to the leader's small phone, in a real browser."""

import re
from urllib.parse import unquote

import pytest
from django.urls import reverse

from portal.testing.accessibility import axe_problems, scrolls_sideways, small_targets, small_text
from portal.testing.browser import OFFICE, PHONE
from villages.cards import issue_card
from villages.models import Assignment, Phone, SignInCard, TeamMember
from villages.periods import today

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ZALO = "Mozilla/5.0 (Linux; Android 11; wv) Chrome/130 Mobile Safari/537.36 Zalo/24.1"
POINTS_PER_MM = 72 / 25.4


def looks_right(page, *, on_a_phone=False):
    assert axe_problems(page) == []
    assert not scrolls_sideways(page)
    if on_a_phone:
        assert small_text(page) == []
        assert small_targets(page) == []


def address_of(cast):
    card, code = issue_card(user=cast.leader, commune=cast.commune, by=cast.official)
    return reverse("card_sign_in", args=[card.pk, code])


def test_it_works(cast, screen):
    desk = screen.open(user=cast.official, size=OFFICE)
    desk.goto("/villages/cards/")
    looks_right(desk)
    desk.get_by_label("Lò Thị Tổ Trưởng").first.check()
    desk.get_by_role("button", name="Cấp và in thẻ đã chọn").click()
    desk.locator(".card-sheet").wait_for()
    looks_right(desk)
    typed = desk.locator(".card-typed span").inner_text()

    phone = screen.open(size=PHONE)
    phone.goto(typed)
    assert phone.locator(".card-holder").get_by_text("Lò Thị Tổ Trưởng").is_visible()
    looks_right(phone, on_a_phone=True)
    phone.get_by_role("button", name="Đăng nhập trên máy này").click()
    phone.wait_for_url(lambda url: "/card/" not in url)
    assert SignInCard.objects.get().used_at is not None
    lasts = next(c for c in phone.context.cookies() if c["name"] == "sessionid")["expires"]
    age = lasts - phone.evaluate("Date.now() / 1000")
    assert age > 59 * 24 * 3600

    other = screen.open(size=PHONE)
    other.goto(typed)
    assert other.get_by_text("Thẻ này đã dùng rồi.").is_visible()
    looks_right(other, on_a_phone=True)


def test_the_printed_picture_is_large_enough_and_each_paper_has_its_size(cast, screen):
    cast.leader.full_name = "Nguyễn Hoàng Thị Phương Thảo Nguyên"
    cast.leader.save()
    Assignment.objects.create(
        user=cast.leader,
        role="team_leader",
        commune=cast.commune,
        village=cast.khi,
        from_on=today(),
    )
    desk = screen.open(user=cast.official, size=OFFICE)
    desk.goto("/villages/cards/")
    desk.get_by_role("button", name="Cấp thẻ cho cả").click()
    desk.locator(".card-sheet").first.wait_for()
    assert desk.locator(".card-sheet").count() == 2
    desk.emulate_media(media="print")
    # Four modules of quiet stand on each side of the picture.
    picture = desk.locator(".card-code").first
    width_mm = picture.bounding_box()["width"] * 25.4 / 96
    drawn = unquote(picture.get_attribute("src"))
    modules = int(re.search(r"viewBox='0 0 (\d+)", drawn)[1])
    assert width_mm * (modules - 8) / modules >= 35
    overflowing = desk.evaluate(
        """[...document.querySelectorAll(".card-sheet")]
           .filter(c => c.scrollHeight > c.clientHeight + 1).length"""
    )
    assert overflowing == 0
    a6 = desk.pdf(prefer_css_page_size=True)
    assert pages_of(a6) == [(105, 148)] * 2
    desk.emulate_media(media="null")
    desk.get_by_label("Bốn thẻ một tờ A4").check()
    assert pages_of(desk.pdf(prefer_css_page_size=True)) == [(210, 297)]


def pages_of(pdf):
    """The sizes of a PDF's pages in millimetres."""
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    return [tuple(round(float(side) / POINTS_PER_MM) for side in box) for box in boxes]


def test_inside_zalo_the_way_to_chrome_stands_before_the_button(cast, screen):
    page = screen.open(size=PHONE, user_agent=ZALO)
    page.goto(address_of(cast))
    assert page.get_by_role("link", name="Mở bằng Chrome").is_visible()
    assert not page.get_by_role("button", name="Đăng nhập ngay tại đây").is_visible()
    looks_right(page, on_a_phone=True)
    page.get_by_role("button", name="Chép địa chỉ").click()
    page.get_by_text("Đã chép").wait_for()
    page.get_by_text("Máy này không mở được Chrome").click()
    looks_right(page, on_a_phone=True)
    assert SignInCard.objects.get().used_at is None


def test_a_leader_signs_out_another_phone_of_the_own(cast, screen):
    Phone.objects.create(commune=cast.commune, user=cast.leader, name="Máy cũ", public_key={})
    page = screen.open(user=cast.leader, size=PHONE)
    page.goto("/villages/phones/")
    looks_right(page, on_a_phone=True)
    page.get_by_role("link", name="Đăng xuất máy này").click()
    looks_right(page, on_a_phone=True)
    page.get_by_role("button", name="Đăng xuất máy").click()
    page.get_by_text("Đã đăng xuất máy").wait_for()
    assert Phone.objects.get().revoked_by == cast.leader


def test_a_village_is_handed_over_at_the_desk(cast, screen):
    Phone.objects.create(commune=cast.commune, user=cast.leader, name="Máy", public_key={})
    page = screen.open(user=cast.official, size=OFFICE)
    page.goto(f"/villages/{cast.vi.pk}/team/")
    page.get_by_role("link", name="Thay tổ trưởng").click()
    looks_right(page)
    assert not page.get_by_label("Họ và tên người mới").is_visible()
    page.get_by_label("Tổ trưởng mới", exact=True).select_option("new")
    page.get_by_label("Họ và tên người mới").fill("Giàng Thị Mới")
    page.get_by_label("ở lại tổ").check()
    page.get_by_role("button", name="Xem những gì sẽ thay đổi").click()
    assert page.get_by_text("bị đăng xuất ngay").is_visible()
    looks_right(page)
    page.get_by_role("button", name="Thay tổ trưởng").click()
    page.wait_for_url("**/villages/cards/?chon=*")
    assert page.get_by_label("Giàng Thị Mới").first.is_checked()
    looks_right(page)
    members = TeamMember.objects.on(today()).filter(team=cast.vi.team)
    assert {(m.full_name, m.role) for m in members} == {
        ("Giàng Thị Mới", "leader"),
        ("Lò Thị Tổ Trưởng", "member"),
    }


def test_the_officials_list_of_phones(cast, screen):
    Phone.objects.create(commune=cast.commune, user=cast.leader, name="Máy", public_key={})
    page = screen.open(user=cast.official, size=OFFICE)
    page.goto("/villages/phones/")
    looks_right(page)
    narrow = screen.open(user=cast.official, size=PHONE)
    for address in ("/villages/phones/", "/villages/cards/"):
        narrow.goto(address)
        looks_right(narrow)
