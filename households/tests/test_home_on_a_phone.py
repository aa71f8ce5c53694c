"""The first screen of a phone: whom to visit, ten at most, and how old the list is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from households.tests.field_phone import looks_right, open_phone
from portal.testing.cast import make_household

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_it_works(cast, screen):
    for number in range(14):
        make_household(cast.vi, (f"Lò Văn {number:02d}", 1950 + number))
    page = open_phone(screen, cast.leader)
    rows = page.locator("[data-put='to-visit'] > li")
    rows.first.wait_for()
    assert rows.count() == 10
    assert "Chưa thăm lần nào" in rows.first.inner_text()
    looks_right(page)


def test_it_says_of_when_the_list_is_with_and_without_a_signal(cast, screen):
    page = open_phone(screen, cast.leader)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
    now = timezone.localtime()
    as_of = page.locator("[data-put='as-of']")
    said = as_of.inner_text()
    possible = [now - timedelta(minutes=ago) for ago in range(3)]
    assert any(f"{moment:%H:%M}" in said for moment in possible), said
    page.reload()
    as_of.wait_for()
    page.context.set_offline(True)
    page.reload()
    page.get_by_text("Không có mạng").wait_for()
    assert as_of.inner_text().startswith("Danh sách của xã lúc")
    screen.problems.clear()
