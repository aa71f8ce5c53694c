"""A phone of one's own for a test: a browser profile on disk that can be killed and reopened."""

import contextlib
import os
import signal

import pytest

from portal.testing.browser import PHONE, chromium_path, flags


class OwnPhone:
    """A Chromium with its own profile. ``kill`` ends it as an empty battery would."""

    def __init__(self, playwright, folder, origin):
        self.playwright = playwright
        self.folder = folder
        self.origin = origin
        self.context = None

    def open(self, **options):
        """Start the browser on the profile and return its page."""
        self.context = self.playwright.chromium.launch_persistent_context(
            self.folder,
            executable_path=chromium_path(),
            args=flags(),
            viewport=PHONE,
            locale="vi-VN",
            base_url=self.origin,
            **options,
        )
        return self.context.pages[0] if self.context.pages else self.context.new_page()

    def kill(self):
        """Kill every process of the browser at once; what was not on disk is gone."""
        session = self.context.browser.new_browser_cdp_session()
        processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
        pid = next(process["id"] for process in processes if process["type"] == "browser")
        os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(Exception):
            self.context.close()
        self.context = None
        # A killed browser leaves its lock behind, and the next one would take it for alive.
        for name in ("SingletonLock", "SingletonSocket", "SingletonCookie"):
            (self.folder / name).unlink(missing_ok=True)

    def close(self):
        if self.context is not None:
            with contextlib.suppress(Exception):
                self.context.close()
            self.context = None


@pytest.fixture
def own_phone(playwright_driver, tmp_path):
    """Make phones: ``own_phone(origin)``; each has a profile of its own."""
    made = []

    def make(origin):
        phone = OwnPhone(playwright_driver, tmp_path / f"phone-{len(made)}", origin)
        made.append(phone)
        return phone

    yield make
    for phone in made:
        # Nobody opens it again, and a browser with a window takes seconds to put all in order.
        if phone.context is not None:
            phone.kill()
