"""A printed sheet is typed back in by keyboard alone, in a real browser."""

import re
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from households.models import Encounter
from households.paper import print_sheet
from households.recording import record_visit
from households.village_changes import merge_villages
from portal.testing.accessibility import axe_problems
from portal.testing.cast import LONG_SINCE, make_household
from portal.tests.records import guidance
from villages.models import TeamMember
from villages.periods import today

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
YESTERDAY = today() - timedelta(days=1)


@pytest.fixture
def member(cast):
    return TeamMember.objects.create(
        team=cast.vi.team, full_name="Quàng Thị Không Máy", from_on=LONG_SINCE
    )


@pytest.fixture
def sheet(cast, member):
    make_household(cast.vi, ("Hà Văn Ba", 1970))
    return print_sheet(village=cast.vi, member=member, by=cast.official)


def open_entry(screen, user, sheet, **options):
    page = screen.open(user=user, **options)
    page.goto(reverse("paper_entry", args=[sheet.uuid]))
    return page


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_it_works(cast, member, sheet, screen):
    printed = [row.household for row in sheet.rows.all()]
    # Since it was printed, a household was visited and all came to another village.
    record_visit(uuid=uuid4(), guidance=guidance(cast.vi, printed[2], today()), author=cast.leader)
    merge_villages(former=cast.vi, successor=cast.khi, effective_on=today())
    page = open_entry(screen, cast.official, sheet)
    assert page.evaluate("document.activeElement.name") == "visited_on"
    page.keyboard.type(f"{YESTERDAY:%d/%m}")
    press(page, "Enter")
    # Row 1: the head does the first alone and needs help with VNeID; the wife was met.
    press(page, "Tab")
    page.keyboard.type("t2")
    press(page, "x", "x")
    # The wife's answers, then the date of the row, the device, the connection.
    press(page, "Tab", "Tab", "Tab", "Tab", "1", "Tab", "2", "Enter")
    page.locator("#row-1.done").wait_for()
    # Row 2 has no visit, row 3 is somebody who was away.
    press(page, "Enter")
    press(page, "Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "4", "Enter")
    page.locator("#row-3.done").wait_for()
    assert page.locator("[data-done]").inner_text() == "2"
    first, last = Encounter.objects.filter(typed_by=cast.official).order_by("pk")
    assert [first.household, last.household] == [printed[0], printed[2]]
    for visit in (first, last):
        assert (visit.author, visit.member, visit.village) == (None, member, cast.vi)
        assert visit.held_on == YESTERDAY
    assert first.people_met.count() == 2
    assert set(first.checks.values_list("skill__code", "outcome")) == {
        ("find-information", "alone"),
        ("vneid", "with_help"),
    }
    assert first.confirmations.count() == 1
    observed = first.observations.get()
    assert (observed.smart_device, observed.connection) == (True, "wifi")
    assert last.difficulty == "away"
    assert first.receipt in page.locator("#row-1 [data-state]").inner_text()
    page.reload()
    assert page.locator(".entry-row.done").count() == 2
    assert axe_problems(page) == []


def test_a_mistake_is_told_at_its_row_and_nothing_is_lost(cast, member, sheet, screen):
    page = open_entry(screen, cast.official, sheet)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator("[name=r1-met0]").focus()
    press(page, "x")
    page.locator("[name=r1-note]").fill("Giữ lại")
    page.locator("[name=r1-visited_on]").fill("31/02")
    press(page, "Enter")
    wrong = page.locator("#row-1.wrong .field-error")
    wrong.wait_for()
    screen.expect_problem("400")
    assert "31/10" in wrong.inner_text()
    assert page.locator("[name=r1-note]").input_value() == "Giữ lại"
    page.context.set_offline(True)
    page.locator("[name=r1-visited_on]").fill(f"{YESTERDAY:%d/%m}")
    press(page, "Enter")
    page.get_by_text("Không mất gì cả").wait_for()
    screen.expect_problem("ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(False)
    page.locator("[name=r1-note]").focus()
    press(page, "Enter")
    page.locator("#row-1.done").wait_for()
    assert Encounter.objects.get().note == "Giữ lại"
    page.locator("[name=r2-met0]").check()
    page.goto(reverse("paper_list"))
    assert asked == ["beforeunload"]


def test_signed_out_in_between_loses_nothing(cast, member, sheet, screen):
    page = open_entry(screen, cast.official, sheet)
    page.locator("[name=visited_on]").fill(f"{YESTERDAY:%d/%m}")
    page.context.clear_cookies()
    page.locator("[name=r1-met0]").check()
    press(page, "Enter")
    page.get_by_text("Phiên đăng nhập đã hết").wait_for()
    screen.problems.clear()
    screen.sign_in(page.context, cast.official)
    page.locator("[name=r1-note]").focus()
    press(page, "Enter")
    page.locator("#row-1.done").wait_for()
    screen.problems.clear()
    assert Encounter.objects.get().typed_by == cast.official


def test_arrows_go_along_a_column_and_pages_along_rows(cast, member, sheet, screen):
    page = open_entry(screen, cast.official, sheet)
    name = "document.activeElement.name"
    page.locator("[name=r1-s0-vneid]").focus()
    press(page, "ArrowDown")
    assert page.evaluate(name) == "r1-s1-vneid"
    press(page, "ArrowDown")
    assert page.evaluate(name) == "r2-s0-vneid"
    press(page, "ArrowUp", "PageDown")
    assert page.evaluate(name) == "r2-met0"
    press(page, "PageUp")
    assert page.evaluate(name) == "r1-met0"


def test_a_visit_of_the_same_day_is_asked_about(cast, member, sheet, screen):
    household = sheet.rows.first().household
    record_visit(uuid=uuid4(), guidance=guidance(cast.vi, household, YESTERDAY), author=cast.leader)
    page = open_entry(screen, cast.official, sheet)
    page.locator("[name=visited_on]").fill(f"{YESTERDAY:%d/%m}")
    page.locator("[name=r1-met0]").check()
    press(page, "Enter")
    page.locator("[name=r1-other_visit]").wait_for()
    screen.expect_problem("400")
    press(page, "x", "Enter")
    page.locator("#row-1.done").wait_for()
    assert Encounter.objects.count() == 2


def test_it_works_without_a_script(cast, member, sheet, screen):
    page = open_entry(screen, cast.official, sheet, java_script_enabled=False)
    page.locator("[name=visited_on]").fill(f"{YESTERDAY:%d/%m}")
    page.locator("[name=r1-met0]").check()
    page.locator("[name=r2-s0-vneid]").fill("G")
    page.get_by_role("button", name="Lưu các dòng của trang này").click()
    page.locator(".notice-success").wait_for()
    assert Encounter.objects.count() == 2


@pytest.mark.postgresql
def test_two_people_type_the_same_row_at_once(cast, member, sheet):
    said = {
        "row": "1",
        "visited_on": f"{YESTERDAY:%d/%m/%Y}",
        "member": member.pk,
        "r1-met0": "1",
    }
    browsers = []
    for user in (cast.official, cast.leader, cast.official, cast.admin):
        browser = Client()
        browser.force_login(user)
        browsers.append(browser)
    answers, start = [], threading.Barrier(len(browsers))

    def send(browser):
        start.wait()
        answers.append(browser.post(reverse("paper_entry", args=[sheet.uuid]), said))
        connections.close_all()

    threads = [threading.Thread(target=send, args=[browser]) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {200}, [a.json() for a in answers]
    assert {answer.json()["receipt"] for answer in answers} == {Encounter.objects.get().receipt}


def test_the_sheet_prints_on_a4_across_with_its_head_on_every_page(cast, sheet, screen):
    for _number in range(12):
        make_household(
            cast.vi, *[("Nguyễn Hoàng Phương Thảo Nguyên", year) for year in (1950, 1980)]
        )
    sheet = print_sheet(village=cast.vi, by=cast.official)
    page = screen.open(user=cast.official)
    page.goto(reverse("paper_sheet", args=[sheet.uuid]))
    printed = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert len(boxes) > 2
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(842, 595)}
    page.emulate_media(media="print")
    assert page.locator(".sheet thead").evaluate("e => getComputedStyle(e).display") == (
        "table-header-group"
    )
    assert not page.locator(".site-head").is_visible()
    assert not page.locator(".page-actions").first.is_visible()
