"""The desks of agencies, reminders and schools can be read, heard and used on a phone."""

from datetime import timedelta

import pytest
from django.urls import reverse

from portal.testing.accessibility import axe_problems, scrolls_sideways
from portal.testing.browser import PHONE
from portal.testing.cast import LONG_SINCE, make_user
from training.models import (
    School,
    SchoolAccount,
    SchoolClass,
    SchoolYear,
    TaughtModule,
)
from villages.periods import today

pytestmark = pytest.mark.browser


@pytest.fixture
def school(cast):
    start = today() - timedelta(days=60)
    year = SchoolYear.objects.create(
        name="2026-2027", starts_on=start, ends_on=start + timedelta(days=364)
    )
    school = School.objects.create(
        commune=cast.commune, name="Trường THCS Mường Kim", level="lower_secondary"
    )
    SchoolClass.objects.create(school=school, school_year=year, grade=6, name="6A")
    TaughtModule.objects.get_or_create(code="online-safety", defaults={"name": "An toàn"})
    return school


def looks_right(page, address):
    page.goto(address)
    assert axe_problems(page) == [], address
    assert not scrolls_sideways(page), address


def test_a_school_hands_in_and_confirms_on_a_phone(screen, cast, school):
    user = make_user("school", "school", cast.commune, full_name="Cô Hiệu Phó")
    SchoolAccount.objects.create(school=school, user=user, from_on=LONG_SINCE)
    page = screen.open(user=user, size=PHONE)
    looks_right(page, reverse("my_school"))
    looks_right(page, reverse("roll_sheet", args=[school.pk]))
    page.locator("input[name^=enrolled_]").fill("30")
    page.locator("input[name^=equipped_]").fill("27")
    page.get_by_label("An toàn").check()
    page.locator("main form button[type=submit]").click()
    looks_right(page, reverse("school_confirm", args=[school.pk]))
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/my-school/")
    assert school.classes.get().rolls.get().confirmed_by == user
    assert axe_problems(page) == []
