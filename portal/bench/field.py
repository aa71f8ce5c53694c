"""What `make bench` measures of the leader's phone: a cheap one, on a weak signal.

Chromium slows its own processor and network down as told; the server is a real one.
"""

import statistics
import time
from dataclasses import dataclass, field

from django.test import Client

from portal.bench.load import percentile
from portal.testing.browser import PHONE, chromium_path, flags
from villages.models import Assignment

LATENCY = 400  # milliseconds
THROUGHPUT = 400_000 / 8  # bytes a second
SLOWER_BY = 4
PIN = "2580"
SAVE = """async () => {
  const saved = () => document.body.textContent.includes("Đã lưu trên máy");
  const button = document.querySelector(".bottom-bar button[type=submit]");
  const began = performance.now();
  button.click();
  while (!saved()) await new Promise((go) => setTimeout(go, 1));
  return performance.now() - began;
}"""


@dataclass
class FieldTimes:
    """Times in seconds, sizes in bytes over the wire."""

    to_first_screen: float = 0.0
    # What the phone takes; how long fingers take for the PIN is not in it.
    to_usable_form: float = 0.0
    bytes_to_form: int = 0
    bytes_in_all: int = 0
    package_bytes: int = 0
    later_visits: list = field(default_factory=list)
    saves: list = field(default_factory=list)

    @property
    def later(self):
        return statistics.median(self.later_visits)

    @property
    def save_p95(self):
        return percentile(self.saves, 95)


def field_times(origin, *, saves=20, later=5):
    """Open a leader's phone for the first time, again from the shell, and record offline."""
    from playwright.sync_api import sync_playwright

    leader = Assignment.objects.filter(role="team_leader", to_on__isnull=True).order_by("pk")[0]
    # Before Playwright's loop runs: inside it Django takes every query for an asynchronous one.
    cookie = _session(leader.user, origin)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=flags())
        try:
            context = browser.new_context(base_url=origin, viewport=PHONE, locale="vi-VN")
            context.add_cookies([cookie])
            times = FieldTimes()
            page = _first_visit(context, times)
            page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
            page.wait_for_timeout(5000)
            for _again in range(later):
                page.close()
                page = _later_visit(context, times)
            _record_offline(page, times, saves)
            return times
        finally:
            browser.close()


def _session(user, origin):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    value = client.cookies["sessionid"].value
    return {"name": "sessionid", "value": value, "url": origin}


def _slow_page(context):
    """Return (page, its CDP session, what came over the wire: {request: bytes})."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    wire = {}

    def received(event):
        wire[event["requestId"]] = wire.get(event["requestId"], 0) + event["encodedDataLength"]

    session.on("Network.loadingFinished", received)
    session.send("Network.enable")
    _network(session, offline=False)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_BY})
    return page, session, wire


def _network(session, *, offline):
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": offline,
            "latency": LATENCY,
            "downloadThroughput": THROUGHPUT,
            "uploadThroughput": THROUGHPUT,
        },
    )


def _first_visit(context, times):
    page, session, wire = _slow_page(context)
    sizes = {}

    def answered(event):
        if event["response"]["url"].endswith("/field/package/"):
            sizes["package"] = event["requestId"]

    session.on("Network.responseReceived", answered)
    began = time.perf_counter()
    page.goto("/field/", wait_until="commit")
    page.locator("[data-digit='2']").wait_for()
    times.to_first_screen = time.perf_counter() - began
    for words in ("Đặt mã PIN", "Nhập lại mã PIN"):
        page.get_by_text(words).wait_for()
        for digit in PIN:
            page.locator(f"[data-digit='{digit}']").click()
        chosen = time.perf_counter()
        page.locator("[data-go]").click()
    _open_a_form(page)
    times.to_usable_form = times.to_first_screen + time.perf_counter() - chosen
    times.bytes_to_form = sum(wire.values())
    page.wait_for_load_state("networkidle")
    times.bytes_in_all = sum(wire.values())
    times.package_bytes = wire.get(sizes.get("package"), 0)
    return page


def _open_a_form(page):
    row = page.locator("a.row-link[href^='#/household/']").first
    row.wait_for()
    household = row.get_attribute("href").rsplit("/", 1)[-1]
    page.evaluate("hash => { location.hash = hash; }", f"#/visit/{household}")
    page.locator("[data-met]").first.wait_for()


def _later_visit(context, times):
    page, _session, _wire = _slow_page(context)
    began = time.perf_counter()
    page.goto("/field/", wait_until="commit")
    page.locator("ul.rows a.row-link").first.wait_for()
    times.later_visits.append(time.perf_counter() - began)
    return page


def _record_offline(page, times, saves):
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    _network(session, offline=True)
    page.wait_for_timeout(1500)
    for _visit in range(saves):
        page.evaluate("() => { location.hash = '#/'; }")
        _open_a_form(page)
        page.locator("[data-met]").first.check()
        page.locator(".skill:visible .segments label").first.click()
        times.saves.append(page.evaluate(SAVE) / 1000)
