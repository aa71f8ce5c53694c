"""Handing lists over in a real browser: at the desk, and read on a leader's phone."""

import pytest
from django.urls import reverse

from households.handing import hand_lists
from households.models import HandedList, Household
from portal.testing.accessibility import axe_problems, scrolls_sideways, small_targets, small_text
from portal.testing.browser import OFFICE, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def looks_right(page):
    assert axe_problems(page) == []
    assert not scrolls_sideways(page)


def test_it_works(cast, screen):
    page = screen.open(user=cast.official, size=OFFICE)
    page.goto(reverse("household_list"))
    page.get_by_role("link", name="Chưa thăm lần nào").click()
    looks_right(page)
    page.get_by_role("link", name="Giao danh sách này cho tổ").click()
    looks_right(page)
    page.get_by_label("Bản Khì").uncheck()
    page.get_by_role("button", name="Giao danh sách").click()
    looks_right(page)
    page.get_by_role("link", name="Hộ chưa được hướng dẫn").click()
    looks_right(page)
    handed = HandedList.objects.get()
    assert handed.village == cast.vi
    assert "còn 2 hộ" in page.get_by_label("Zalo").input_value()
    page.goto(reverse("handed_reminder"))
    looks_right(page)


@pytest.mark.parametrize("who", ["leader", "official"])
def test_it_reads_well_on_a_phone(cast, screen, who):
    lists = hand_lists(
        households=Household.objects.filter(village__commune=cast.commune),
        title="Hộ ở xa trung tâm, cần đến lại trước mùa mưa",
        by=cast.official,
    )
    page = screen.open(user=getattr(cast, who), size=PHONE)
    for address in (
        reverse("household_list") + "?show=older&sort=promised",
        reverse("handed_list"),
        reverse("handed_detail", args=[lists[0].pk]),
    ):
        page.goto(address)
        looks_right(page)
        if who == "leader":
            assert small_text(page) == []
            assert small_targets(page) == []
