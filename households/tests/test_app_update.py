"""A newer app arrives while visits wait on the phone and a form is open: nothing is lost."""

import shutil

import pytest
from django.conf import settings as project

from households.models import Encounter
from households.tests.field_phone import go, open_phone, save, title
from households.tests.test_nothing_is_lost import LET_GO, SEND_NOW, states
from portal.testing.cast import make_household

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NEWER = "globalThis.isNewer = true;\n"
SHELLS = "async () => (await caches.keys()).filter((name) => name.startsWith('shell-'))"
LOOK = """async () => {
  const registration = await navigator.serviceWorker.ready;
  await registration.update();
}"""
IS_WAITING = """async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  return Boolean(registration.waiting);
}"""


def is_of_the_shell(path):
    return path.startswith(("/static/", "/service-worker.js")) or path in {
        "/field/",
        "/field/words.js",
        "/offline/",
    }


@pytest.fixture
def deploy(settings, tmp_path):
    """Call it to put a newer version of the phone's first script on the server."""

    def newer():
        known = project.BASE_DIR / "static" / "js" / "field" / "field.js"
        there = tmp_path / "js" / "field" / "field.js"
        there.parent.mkdir(parents=True)
        shutil.copy(known, there)
        with there.open("a", encoding="utf-8") as script:
            script.write(NEWER)
        settings.STATICFILES_DIRS = [tmp_path, *settings.STATICFILES_DIRS]

    return newer


def record(page, household):
    go(page, f"#/visit/{household.uuid}")
    page.locator("[data-met]").first.check()
    save(page)
    page.get_by_text("Đã lưu trên máy").wait_for()


def test_it_works(cast, screen, weak_network, deploy):
    other = make_household(cast.vi, ("Lò Văn Chờ", 1950))
    screen.origin = weak_network.url
    page = open_phone(screen, cast.leader)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
    page.reload()
    title(page, "Vi")
    (before,) = page.evaluate(SHELLS)

    # The app can be fetched, the commune cannot be reached.
    weak_network.only = lambda path: not is_of_the_shell(path)
    weak_network.condition = "away"
    record(page, cast.household)
    record(page, other)
    go(page, f"#/visit/{cast.second_household.uuid}")
    title(page, "Vàng Thị Mẫu")
    page.get_by_label("Vàng Thị Mẫu, sinh 1990").check()
    page.get_by_text("Ngôn ngữ, người khác, ghi chú").click()
    page.locator("#note").fill("Đang viết thì có bản mới")

    deploy()
    page.evaluate(LOOK)
    page.wait_for_function(IS_WAITING)
    assert len(page.evaluate(SHELLS)) == 2, "the newer one is complete and waits"
    assert page.evaluate("globalThis.isNewer") is None
    assert page.locator("#note").input_value() == "Đang viết thì có bản mới"

    # Leaving the form lets the newer app in, by itself.
    page.locator("[data-back]").click()
    page.wait_for_function("() => globalThis.isNewer === true")
    title(page, "Vàng Thị Mẫu")
    assert before not in page.evaluate(SHELLS)
    assert len(page.evaluate(SHELLS)) == 1
    assert states(page) == ["saved", "saved"]
    go(page, "#/")
    page.get_by_text("2 lượt thăm đã lưu trên máy").wait_for()
    page.get_by_role("link", name="Viết tiếp").click()
    title(page, "Vàng Thị Mẫu")
    assert page.locator("#note").input_value() == "Đang viết thì có bản mới"
    assert page.get_by_label("Vàng Thị Mẫu, sinh 1990").is_checked()
    save(page)
    page.get_by_text("Đã lưu trên máy").wait_for()
    assert not Encounter.objects.exists()

    weak_network.condition = "good"
    page.evaluate(LET_GO)
    assert page.evaluate(SEND_NOW)["left"] == 0
    assert states(page) == ["received"] * 3
    assert {visit.household for visit in Encounter.objects.all()} == {
        cast.household,
        cast.second_household,
        other,
    }
    assert Encounter.objects.filter(note="Đang viết thì có bản mới").count() == 1
    screen.problems.clear()
