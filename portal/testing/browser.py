"""A real Chromium for tests marked ``browser``: no console error, no other host."""

import contextlib
import os
import shutil
from urllib.parse import urlsplit

import pytest
from django.conf import settings

FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-quic",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--no-first-run",
]
HERE = {"127.0.0.1", "localhost"}
PHONE = {"width": 360, "height": 740}
OFFICE = {"width": 1366, "height": 768}


def chromium_path():
    """The system's Chromium, or None; first the one without a window, which starts faster."""
    names = (
        "chromium-headless-shell",
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    )
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def playwright_driver():
    """The one Playwright of this process."""
    if chromium_path() is None:
        pytest.skip("no Chromium here; `make test` installs it where it may")
    from playwright.sync_api import sync_playwright

    # Playwright's loop runs in this thread, so Django would take every query after
    # this for one from asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright_driver):
    """One Chromium for all browser tests of this process."""
    browser = playwright_driver.chromium.launch(executable_path=chromium_path(), args=flags())
    yield browser
    browser.close()


def flags():
    """What the browser is started with; root may not use its sandbox."""
    return [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS


class Screen:
    """Opens pages of the live server and remembers whatever went wrong on them."""

    def __init__(self, browser, origin):
        self.browser = browser
        self.origin = origin
        self.problems = []
        self.allowed = []
        self.contexts = []

    def open(self, *, user=None, size=OFFICE, **options):
        """Return a Playwright page; `user` is signed in already; `page.goto("/…")` works."""
        context = self.browser.new_context(
            base_url=self.origin, viewport=size, locale="vi-VN", **options
        )
        self.contexts.append(context)
        context.on("request", self._watch)
        context.on("console", self._listen)
        context.on("weberror", lambda problem: self.problems.append(f"script: {problem.error}"))
        if user is not None:
            self.sign_in(context, user)
        return context.new_page()

    def sign_in(self, context, user):
        """Give the context a session of `user`, made as signing in makes it."""
        from django.test import Client

        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.origin}]
        )

    def allow(self, text):
        """Let errors in the console pass that contain `text`, whether they come or not."""
        self.allowed.append(text)

    def expect_problem(self, text):
        """Take one remembered problem that contains `text` as wanted; fail without it."""
        found = None
        # What the browser says arrives a little after what it shows.
        for _moment in range(30):
            found = next((problem for problem in self.problems if text in problem), None)
            pages = [page for context in self.contexts for page in context.pages]
            if found is not None or not pages:
                break
            pages[-1].wait_for_timeout(100)
        assert found is not None, f"no problem mentions {text!r}: {self.problems}"
        self.problems.remove(found)

    def _listen(self, message):
        if message.type == "error" and not any(text in message.text for text in self.allowed):
            self.problems.append(f"console: {message.text} ({message.page.url})")

    def _watch(self, request):
        # Looked at, not held up: the browser keeps files as it does at home.
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and address.hostname not in HERE:
            self.problems.append(f"request to another host: {request.url}")

    def close(self):
        for context in self.contexts:
            with contextlib.suppress(Exception):
                context.close()


@pytest.fixture
def screen(chromium, live_server):
    """Open pages with `screen.open(user=…, size=PHONE)`; any problem on them fails the test."""
    screen = Screen(chromium, live_server.url)
    yield screen
    screen.close()
    assert not screen.problems, "in the browser: " + "; ".join(screen.problems)
