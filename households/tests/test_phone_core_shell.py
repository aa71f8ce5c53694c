"""The installed shell in a real browser: what it keeps, when it is replaced, whom it lets in."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from households.models import Encounter
from households.tests.test_phone_core import PIN, visit_of
from portal.testing.accessibility import axe_problems, small_targets, small_text
from portal.testing.browser import OFFICE, PHONE
from portal.testing.cast import make_household
from portal.testing.field import OPENED, FieldPhone
from portal.testing.processes import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

INSTALL = (
    OPENED
    + """
    await (await at("update")).start();
    await navigator.serviceWorker.ready;
}"""
)
# The page itself reloads when its new worker has taken over.
RELOADED = "() => !window.before && Boolean(navigator.serviceWorker.controller)"
KEPT = """async () => {
    const kept = {};
    for (const name of await caches.keys()) {
      const requests = await (await caches.open(name)).keys();
      kept[name] = requests.map((request) => new URL(request.url).pathname);
    }
    return kept;
}"""


@pytest.fixture
def phone(cast, screen, weak_network):
    """The leader's phone behind a weak network, its shell installed, its vault open."""
    screen.origin = weak_network.url
    phone = FieldPhone(screen.open(user=cast.leader, size=PHONE), cast.leader)
    phone.prepare(PIN)
    install(phone.page)
    return phone


def install(page):
    page.evaluate(INSTALL)
    page.reload()
    assert page.evaluate("Boolean(navigator.serviceWorker.controller)")


def listed(client):
    """The addresses that the service worker names, and its version."""
    script = client.get("/service-worker.js").content.decode()
    return re.findall(r'"url": "([^"]+)"', script), re.search(r'"version": "(\w+)"', script)[1]


def kept(page):
    return page.evaluate(KEPT)


def test_it_works_without_a_network(phone, client, weak_network, screen):
    addresses, version = listed(client)
    assert {name: sorted(urls) for name, urls in kept(phone.page).items()} == {
        f"shell-{version}": sorted(addresses)
    }
    weak_network.condition = "away"
    phone.page.goto("/field/")
    assert phone.page.locator("body.field").count() == 1
    phone.page.goto("/households/my-village/")
    assert phone.page.get_by_role("heading", name="Ở đây không có mạng").count() == 1
    weak_network.condition = "good"
    phone.page.get_by_role("link", name="Thử lại").click()
    assert phone.page.get_by_role("heading", name="Vi", exact=False).count()
    screen.problems.clear()


def test_the_shell_names_every_file_its_page_asks_for(phone, client):
    phone.page.goto("/field/")
    phone.page.wait_for_load_state("networkidle")
    asked = phone.page.evaluate(
        "performance.getEntriesByType('resource').map(one => new URL(one.name).pathname)"
    )
    files = {url for url in asked if url.startswith("/static/") or url == "/field/words.js"}
    assert files
    assert files - set(listed(client)[0]) <= {"/static/js/field/worker.js"}


def test_no_page_of_a_person_is_ever_kept(phone, cast, client):
    household = make_household(cast.vi, ("Vàng Thị Chim Yến", 1970))
    resident = household.residents.first()
    for address in (
        "/",
        "/home/",
        reverse("my_village"),
        reverse("household_detail", args=[household.uuid]),
        reverse("resident_detail", args=[resident.uuid]),
        reverse("visit_form"),
        reverse("password_change"),
        "/field/",
    ):
        phone.page.goto(address)
    phone.module("api", "hello")
    phone.module("api", "getPackage", None, phone.user)
    addresses, version = listed(client)
    assert set(kept(phone.page)) == {f"shell-{version}"}
    assert set(kept(phone.page)[f"shell-{version}"]) == set(addresses)
    text = phone.page.evaluate("""async () => {
        let all = "";
        for (const name of await caches.keys()) {
          const cache = await caches.open(name);
          for (const request of await cache.keys()) {
            all += await (await cache.match(request)).text();
          }
        }
        return all;
    }""")
    assert "serviceWorker" in text, "the scan must see something"
    for personal in (resident.full_name, cast.leader.full_name):
        assert personal not in text


def test_a_new_shell_takes_over_only_when_all_of_it_is_there(phone, weak_network, screen):
    """Choosing another language makes another version of the shell."""
    page = phone.page
    page.evaluate("caches.open('of-something-else').then(() => null)")
    (before,) = [name for name in kept(page) if name.startswith("shell-")]
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": weak_network.url}])
    look = OPENED + 'await (await at("update")).start(); }'
    finished = """async () => {
        const registration = await navigator.serviceWorker.getRegistration();
        return !registration.installing;
    }"""
    for condition in ("captive", "away"):
        weak_network.only = lambda path: path.endswith("field.css")
        weak_network.condition = condition
        page.evaluate(look)
        wait_for(lambda: page.evaluate(finished))
        assert set(kept(page)) == {before, "of-something-else"}, condition
        assert page.evaluate(OPENED + 'return (await at("update")).readyToReplace(); }') is False
    screen.problems.clear()
    weak_network.condition = "good"
    page.evaluate("window.before = true")
    page.evaluate(OPENED + 'window.close_form = (await at("update")).formIsOpen(); }')
    page.evaluate(look)
    wait_for(
        lambda: page.evaluate(
            "navigator.serviceWorker.getRegistration().then(one => Boolean(one.waiting))"
        )
    )
    assert page.evaluate(OPENED + 'return (await at("update")).readyToReplace(); }') is False
    assert before in kept(page), "a form is open"
    page.evaluate("window.close_form()")
    page.wait_for_function(RELOADED)
    assert before not in kept(page)
    assert len(kept(page)) == 2
    assert "of-something-else" in kept(page)
    page.goto("/field/")
    assert page.locator("html").get_attribute("lang") == "en"


def test_a_locked_phone_shows_no_page_of_its_person(phone, cast, screen):
    phone.page.goto("/password/")
    assert phone.page.url.endswith("/password/")
    phone.module("vault", "lock", phone.user)
    phone.page.goto(reverse("my_village"))
    assert phone.page.url.endswith("/field/#/pin")
    assert cast.household.residents.first().full_name not in phone.page.content()
    phone.module("vault", "unlock", phone.user, PIN)
    phone.page.goto(reverse("my_village"))
    assert phone.page.url.endswith(reverse("my_village"))


def test_another_person_is_not_asked_for_the_firsts_pin(phone, cast, screen):
    phone.module("vault", "lock", phone.user)
    screen.sign_in(phone.page.context, cast.official)
    phone.page.goto("/dashboard/")
    assert phone.page.url.endswith("/dashboard/")


def test_a_sign_out_without_a_network_comes_before_anything_else(phone, cast, weak_network, screen):
    page = phone.page
    assert Session.objects.count() == 1
    weak_network.condition = "away"
    page.evaluate(
        OPENED
        + """
        await (await at("api")).signOut();
        await (await at("vault")).forget(entry.user, {endSession: true});
    }""",
        {"user": phone.user},
    )
    weak_network.condition = "captive"
    page.goto(reverse("my_village"))
    assert page.get_by_role("heading", name="Ở đây không có mạng").count() == 1
    weak_network.condition = "good"
    page.goto(reverse("my_village"))
    assert "/sign-in/" in page.url
    assert not any(session.get_decoded().get("_auth_user_id") for session in Session.objects.all())
    screen.problems.clear()


def test_signing_out_on_a_page_of_the_server_shuts_the_vault(phone, cast, weak_network, screen):
    phone.page.goto("/password/")
    weak_network.condition = "away"
    phone.page.evaluate("document.querySelector('form[action=\"/sign-out/\"]').submit()")
    phone.page.get_by_role("heading", name="Ở đây không có mạng").wait_for()
    assert phone.module("vault", "state", phone.user) == "locked"
    weak_network.condition = "good"
    phone.page.goto("/password/")
    assert "/sign-in/" in phone.page.url
    screen.problems.clear()


def test_a_sign_out_that_was_refused_opens_nothing(phone, screen):
    phone.page.goto("/password/")
    phone.page.evaluate(
        """() => {
          const form = document.querySelector("form[action='/sign-out/']");
          form.csrfmiddlewaretoken.value = "x";
          form.submit();
        }"""
    )
    phone.page.wait_for_url("**/sign-out/")
    phone.page.goto("/password/")
    phone.page.wait_for_url("**/field/#/pin")
    screen.problems.clear()


def test_the_service_worker_sends_after_the_page_was_closed(phone, cast, screen):
    saved = phone.add(visit_of(cast))
    phone.let_go()
    known = []
    session = phone.page.context.new_cdp_session(phone.page)
    session.on("ServiceWorker.workerRegistrationUpdated", lambda told: known.append(told))
    session.send("ServiceWorker.enable")
    wait_for(lambda: phone.page.evaluate("1") and any(told["registrations"] for told in known))
    registration = next(told["registrations"][0] for told in known if told["registrations"])
    session.send(
        "ServiceWorker.dispatchSyncEvent",
        {
            "origin": screen.origin,
            "registrationId": registration["registrationId"],
            "tag": "field-outbox",
            "lastChance": True,
        },
    )
    wait_for(
        lambda: phone.page.evaluate("1") and Encounter.objects.filter(uuid=saved["uuid"]).exists()
    )
    wait_for(lambda: phone.entry(saved["uuid"])["state"] == "received")


def test_a_killed_browser_loses_nothing(cast, own_phone, live_server, screen):
    mine = own_phone(live_server.url)
    page = mine.open()
    screen.origin = live_server.url
    screen.sign_in(page.context, cast.leader)
    phone = FieldPhone(page, cast.leader)
    phone.prepare(PIN)
    install(page)
    page.context.set_offline(True)
    saved = [phone.add(visit_of(cast, note=str(number)), title="Lò") for number in range(3)]
    mine.kill()
    page = mine.open()
    page.context.set_offline(True)
    phone = FieldPhone(page, cast.leader, "/field/")
    assert [entry["uuid"] for entry in phone.outbox("list", phone.user)] == [
        entry["uuid"] for entry in saved
    ]
    assert phone.outbox("list", phone.user)[0]["title"] == "Lò", "opened without a PIN"
    page.context.set_offline(False)
    phone.let_go()
    phone.send(force=True)
    wait_for(lambda: phone.waiting()["total"] == 0)
    assert Encounter.objects.filter(uuid__in=[entry["uuid"] for entry in saved]).count() == 3


def test_the_page_without_a_network_reads_well(screen):
    page = screen.open(size=PHONE)
    page.goto("/offline/")
    assert axe_problems(page) == []
    assert small_text(page) == []
    assert small_targets(page) == []
    page = screen.open(size=OFFICE)
    page.goto("/offline/")
    assert axe_problems(page) == []
