"""A leader's phone in a real browser: signed in, with a PIN, on the field screens."""

from portal.testing.accessibility import axe_problems, scrolls_sideways, small_targets, small_text
from portal.testing.browser import PHONE

PIN = "2580"


def type_pin(page, digits=PIN):
    """Press the digits on the screen and confirm."""
    page.locator("form.pin:not([aria-busy])").wait_for()
    page.evaluate(
        """digits => {
          for (const digit of digits) document.querySelector(`[data-digit='${digit}']`).click();
          const go = document.querySelector("[data-go]");
          go.focus();
          go.click();
        }""",
        digits,
    )


def make_pin(page, digits=PIN):
    """Choose a PIN on a phone that has none yet."""
    page.get_by_text("Đặt mã PIN").wait_for()
    type_pin(page, digits)
    page.get_by_text("Nhập lại mã PIN").wait_for()
    type_pin(page, digits)


def open_phone(screen, user, size=PHONE, path="/field/"):
    """Return a page of a leader who has just made a PIN and sees the village."""
    page = screen.open(user=user, size=size)
    page.goto("/field/")
    make_pin(page)
    page.locator("[data-part='progress'], [data-part='empty']").locator("visible=true").wait_for()
    if path != "/field/":
        page.goto(path)
    return page


def go(page, hash_):
    """Show a screen as a tap on its link does."""
    page.evaluate("hash => { location.hash = hash; }", hash_)


def title(page, words):
    """Wait for the screen with this heading."""
    page.locator("h1", has_text=words).wait_for()


def looks_right(page, where=""):
    """Nothing for axe, no small text, no small target, nothing beside the edge."""
    assert axe_problems(page) == [], where
    assert small_text(page) == [], where
    assert small_targets(page) == [], where
    assert not scrolls_sideways(page), where


def save(page):
    """Press the one big button of a form."""
    page.locator(".bottom-bar button[type=submit]").click()


def deliver(page):
    """Send what waits at once, as if the ten seconds for taking it back were over."""
    page.evaluate(
        """async () => {
          const { write } = await import("/static/js/field/store.js");
          await write("outbox", async ({ store }) => {
            for (const one of await store.getAll()) await store.put({ ...one, hold_until: 0 });
          });
          await (await import("/static/js/field/outbox.js")).send({ force: true });
        }"""
    )
