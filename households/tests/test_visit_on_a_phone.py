"""A visit recorded on a small phone in a real browser, as a leader would."""

import pytest

from households.models import Encounter
from portal.testing.accessibility import axe_problems, scrolls_sideways, small_targets, small_text
from portal.testing.browser import PHONE
from villages.periods import today

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def looks_right(page):
    assert axe_problems(page) == []
    assert not scrolls_sideways(page)


def test_it_works(cast, screen):
    page = screen.open(user=cast.leader, size=PHONE)
    page.goto("/households/my-village/")
    looks_right(page)
    assert small_text(page) == []
    assert small_targets(page) == []
    page.goto(f"/households/visits/new/?household={cast.household.uuid}&plain=1")
    looks_right(page)
    answers = page.locator(".skill").first
    assert not answers.is_visible()
    page.get_by_label("Lò Văn Mẫu, sinh 1961").check()
    answers.get_by_label("Tự làm được").click()
    answers.get_by_label("Chưa hỏi").click()
    assert answers.locator(".segments input:checked").count() == 0
    answers.get_by_label("Cần giúp").click()
    answers.get_by_label("Cần giúp").click()
    assert answers.locator(".segments input:checked").count() == 0
    answers.get_by_label("Cần giúp").click()
    page.get_by_label("Có", exact=True).click()
    page.get_by_text("Sau 1 tuần").click()
    page.get_by_text("Thêm người chưa có trong danh sách").click()
    assert page.locator("[data-new-person]:visible").count() == 1
    page.locator("[name=new-0-full_name]").fill("Lò Thị Mới")
    assert page.locator("[data-new-person]:visible").count() == 2
    page.locator("[name=new-0-birth_year]").fill("2001")
    looks_right(page)
    assert small_text(page) == []
    assert small_targets(page) == []
    page.get_by_role("button", name="Lưu lượt thăm").click()
    page.wait_for_url("**/households/visits/**saved=1")
    visit = Encounter.objects.get()
    assert visit.receipt in page.locator(".receipt").inner_text()
    assert visit.checks.get().outcome == "with_help"
    assert visit.people_met.count() == 2
    assert (visit.return_on - today()).days == 7
    looks_right(page)
    assert small_text(page) == []
    assert small_targets(page) == []


def test_a_wrong_form_leads_to_its_fields_and_loses_nothing(cast, screen):
    page = screen.open(user=cast.leader, size=PHONE)
    page.goto(f"/households/visits/new/?household={cast.household.uuid}&plain=1")
    page.get_by_text("Ngôn ngữ, người khác, ghi chú").click()
    page.locator("[name=note]").fill("Giữ lại")
    screen_errors = page.locator("[data-error-summary]")
    page.get_by_role("button", name="Lưu lượt thăm").click()
    screen_errors.wait_for()
    screen.expect_problem("400")
    assert page.locator("[name=note]").input_value() == "Giữ lại"
    looks_right(page)
    assert page.evaluate("document.activeElement.hasAttribute('data-error-summary')")


def test_it_works_without_a_script(cast, screen):
    page = screen.open(user=cast.leader, size=PHONE, java_script_enabled=False)
    page.goto(f"/households/visits/new/?household={cast.household.uuid}")
    page.locator("[data-met]").first.check()
    page.locator(".skill .segments label").first.click()
    page.locator("details.more summary").last.click()
    page.locator("[name=note]").fill("Không có kịch bản")
    page.get_by_role("button", name="Lưu lượt thăm").click()
    page.wait_for_url("**/households/visits/**saved=1")
    visit = Encounter.objects.get()
    assert visit.note == "Không có kịch bản"
    assert visit.checks.get().outcome == "alone"


def test_leaving_with_something_typed_asks_first(cast, screen):
    page = screen.open(user=cast.leader, size=PHONE)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"/households/visits/new/?household={cast.household.uuid}&plain=1")
    page.locator("[data-met]").first.check()
    page.goto("/households/my-village/")
    assert asked == ["beforeunload"]
