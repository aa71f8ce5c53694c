"""A phone is revoked while visits wait on it: nothing more is read there, and nothing is lost."""

import pytest
from django.test import Client
from django.urls import reverse

from households.models import Encounter, HeldRecord
from households.tests.field_phone import go, looks_right, make_pin, open_phone, save, title
from households.tests.test_nothing_is_lost import LET_GO, states
from portal.testing.cast import make_household
from portal.testing.processes import wait_for
from villages.models import Phone
from villages.phones import revoke_phone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def record(page, household):
    go(page, f"#/visit/{household.uuid}")
    page.locator("[data-met]").first.check()
    save(page)
    page.get_by_text("Đã lưu trên máy").wait_for()


@pytest.fixture
def official(cast):
    client = Client()
    client.force_login(cast.official, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_it_works(cast, screen, official):
    third = make_household(cast.vi, ("Lò Văn Ba", 1950))
    page = open_phone(screen, cast.leader)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
    page.context.set_offline(True)
    for household in (cast.household, cast.second_household, third):
        record(page, household)
    revoke_phone(phone=Phone.objects.get(), by=cast.official)

    # It sends by itself as soon as there is a network, and is told that it is revoked.
    page.evaluate(LET_GO)
    page.context.set_offline(False)
    page.get_by_text("Xã đã thu hồi quyền của điện thoại này").wait_for()
    looks_right(page)
    wait_for(lambda: states(page) == ["held"] * 3)
    assert not Encounter.objects.exists(), "an official looks first"
    assert page.request.get("/field/package/").status == 401
    for hash_ in ("#/", "#/sent", f"#/household/{cast.household.uuid}"):
        go(page, hash_)
        page.get_by_text("Xã đã thu hồi quyền của điện thoại này").wait_for()
        assert not page.get_by_text("Lò Văn Mẫu").is_visible()

    first, second, last = HeldRecord.objects.order_by("pk")
    for held in (first, second):
        assert official.post(reverse("held_record", args=[held.uuid])).status_code == 302
    said = {"note": "Hộ này đi vắng hôm đó"}
    assert official.post(reverse("held_dismiss", args=[last.uuid]), said).status_code == 302
    visits = list(Encounter.objects.order_by("pk"))
    assert [visit.author for visit in visits] == [cast.leader] * 2

    # The leader may come back on the same phone: it learns what became of them.
    screen.sign_in(page.context, cast.leader)
    page.goto("/field/#/sent")
    page.reload()
    make_pin(page)
    title(page, "Các lượt thăm đã ghi")
    for visit in visits:
        page.get_by_text(f"Xã đã nhận, mã {visit.receipt}").wait_for()
    page.get_by_text("Xã không ghi nhận").wait_for()
    looks_right(page)
    page.get_by_text("Xã không ghi nhận").click()
    page.get_by_text("Hộ này đi vắng hôm đó").wait_for()
    looks_right(page)
    assert states(page) == ["held", "received", "received"]
    wait_for(lambda: Phone.objects.trusted().count() == 1)
    screen.problems.clear()
