"""The promise of the phone, told as whole days: what was written down arrives, once.

Everything is real: the screens, the service worker, the browser's disk, the server, and a
network that loses, doubles and replaces what is sent.
"""

import re

import pytest
from django.contrib.sessions.models import Session

from households.models import Doubt, Encounter, HeldRecord
from households.tests.field_phone import go, make_pin, save, title, type_pin
from portal.testing.cast import make_household
from portal.testing.processes import wait_for
from villages.models import Phone
from villages.periods import today
from villages.phones import revoke_phone

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ENTRIES = """async () => {
  const { read } = await import("/static/js/field/store.js");
  return read("outbox", ({ store }) => store.getAll());
}"""
SEND_NOW = """async () => {
  const outbox = await import("/static/js/field/outbox.js");
  return outbox.send({ force: true });
}"""
LET_GO = """async () => {
  const { write } = await import("/static/js/field/store.js");
  await write("outbox", async ({ store }) => {
    for (const one of await store.getAll()) await store.put({ ...one, hold_until: 0 });
  });
}"""
LEFT_BEHIND = """async () => {
  const left = [];
  const { open } = await import("/static/js/field/store.js");
  const database = await open();
  for (const name of database.objectStoreNames) {
    left.push(JSON.stringify(await database.getAll(name)));
    left.push(JSON.stringify(await database.getAllKeys(name)));
  }
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) {
      left.push(request.url, await (await caches.match(request)).text());
    }
  }
  left.push(JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie);
  return left.join("\\n");
}"""


@pytest.fixture
def phone(cast, own_phone, weak_network, screen):
    """The leader's own phone behind a weak network, on her village's first screen."""
    phone = own_phone(weak_network.url)
    phone.page = start(phone, cast.leader, screen)
    return phone


def start(phone, user, screen):
    """Open a new phone, sign in and choose a PIN."""
    page = phone.open()
    sign_in(phone, user, screen)
    page.goto("/field/")
    make_pin(page)
    page.locator("[data-part='progress'], [data-part='empty']").locator("visible=true").wait_for()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
    return page


def sign_in(phone, user, screen):
    at, screen.origin = screen.origin, phone.origin
    screen.sign_in(phone.context, user)
    screen.origin = at


def record(page, household, *, met=0, note=""):
    """Write down a visit as a leader does, until the phone says that it has it."""
    go(page, f"#/visit/{household.uuid}")
    title(page, str(household.residents.order_by("-is_head", "birth_year", "pk").first()))
    page.locator("[data-met]").nth(met).check()
    page.locator(".skill:visible .segments label").first.click()
    if note:
        page.get_by_text("Ngôn ngữ, người khác, ghi chú").click()
        page.locator("#note").fill(note)
    save(page)
    page.get_by_text("Đã lưu trên máy").wait_for()


def states(page):
    return sorted(entry["state"] for entry in page.evaluate(ENTRIES))


def arrive(page, count, rounds=40):
    """Send until the commune has said of each of `count` records that it has it."""
    page.evaluate(LET_GO)
    for _round in range(rounds):
        page.evaluate(SEND_NOW)
        if states(page) == ["received"] * count:
            return
    raise AssertionError(f"after {rounds} rounds: {states(page)}")


def end_every_session():
    Session.objects.all().delete()


@pytest.mark.parametrize("session", ["ends", "lasts"])
def test_twenty_visits_of_a_day_without_signal(cast, phone, weak_network, screen, session):
    households = [make_household(cast.vi, (f"Lò Văn {n:02d}", 1950 + n)) for n in range(20)]
    phone.page.reload()
    title(phone.page, "Vi")
    wait_for(lambda: phone.page.evaluate(HOUSEHOLDS_KNOWN) == 22)
    weak_network.condition = "away"
    for household in households[:12]:
        record(phone.page, household)
    phone.kill()
    page = phone.open()
    sign_in(phone, cast.leader, screen)
    page.goto("/field/")
    page.get_by_text("12 lượt thăm đã lưu trên máy").wait_for()
    for household in households[12:]:
        record(page, household)
    assert states(page) == ["saved"] * 20
    if session == "ends":
        end_every_session()
    weak_network.condition = "weak"
    weak_network.only = lambda path: "/visits/" in path or "/sealed/" in path
    weak_network.next = ["lost", "reply_lost", "twice"]
    arrive(page, 20)
    entries = page.evaluate(ENTRIES)
    visits = {str(visit.uuid): visit for visit in Encounter.objects.all()}
    assert len(visits) == 20
    assert {entry["uuid"] for entry in entries} == set(visits)
    for entry in entries:
        assert entry["receipt_number"] == visits[entry["uuid"]].receipt
    assert {visit.author for visit in visits.values()} == {cast.leader}
    assert {visit.household_id for visit in visits.values()} == {h.pk for h in households}
    assert not HeldRecord.objects.exists()
    for failure in ("lost", "reply_lost", "twice"):
        assert weak_network.happened[failure], "the network was not weak enough to prove it"
    sent_sealed = [path for _method, path, _fate in weak_network.log if "/sealed/" in path]
    assert bool(sent_sealed) == (session == "ends")
    go(page, "#/sent")
    page.get_by_text("Hôm nay 20 lượt thăm, xã đã nhận 20").wait_for()


HOUSEHOLDS_KNOWN = """async () => {
  const { session } = await import("/static/js/field/session.js");
  return session.package?.households.length ?? 0;
}"""


def test_a_captive_portal_takes_nothing(cast, phone, weak_network):
    weak_network.condition = "captive"
    record(phone.page, cast.household)
    phone.page.evaluate(LET_GO)
    phone.page.evaluate(SEND_NOW)
    assert states(phone.page) == ["saved"]
    phone.page.reload()
    go(phone.page, "#/")
    phone.page.get_by_text("1 lượt thăm đã lưu trên máy").wait_for()
    assert not Encounter.objects.exists()
    weak_network.condition = "good"
    arrive(phone.page, 1)
    assert Encounter.objects.count() == 1


def test_a_server_that_dies_between_commit_and_reply(cast, phone, weak_network):
    record(phone.page, cast.household)
    weak_network.condition = "lost_reply"
    weak_network.only = lambda path: "/visits/" in path or "/sealed/" in path
    phone.page.evaluate(LET_GO)
    phone.page.evaluate(SEND_NOW)
    assert Encounter.objects.count() == 1
    assert states(phone.page) == ["saved"]
    weak_network.condition = "good"
    arrive(phone.page, 1)
    assert Encounter.objects.count() == 1


def test_two_phones_of_one_team(cast, phone, own_phone, weak_network, screen):
    other = own_phone(weak_network.url)
    other.page = start(other, cast.leader, screen)
    assert Phone.objects.filter(user=cast.leader).count() == 2
    weak_network.condition = "away"
    record(phone.page, cast.household, met=0)
    record(other.page, cast.household, met=1)
    record(other.page, cast.second_household)
    weak_network.condition = "good"
    arrive(phone.page, 1)
    arrive(other.page, 2)
    assert Encounter.objects.count() == 3
    assert Encounter.objects.filter(household=cast.household).count() == 2
    assert {visit.phone.user for visit in Encounter.objects.all()} == {cast.leader}
    assert Encounter.objects.values("phone").distinct().count() == 2
    assert Doubt.objects.get(kind=Doubt.Kind.SAME_DAY).encounter.household == cast.household


@pytest.mark.parametrize("days", [-365, 365], ids=["a year behind", "a year ahead"])
def test_a_clock_wrong_by_a_year(cast, own_phone, weak_network, screen, days):
    phone = own_phone(weak_network.url)
    phone.open()
    phone.context.add_init_script(
        f"""const shift = {days} * 86400000, Real = Date;
        Date = class extends Real {{
          constructor(...given) {{ super(...(given.length ? given : [Real.now() + shift])); }}
          static now() {{ return Real.now() + shift; }}
        }};"""
    )
    sign_in(phone, cast.leader, screen)
    page = phone.context.pages[0]
    page.goto("/field/")
    make_pin(page)
    title(page, "Vi")
    record(page, cast.household)
    arrive(page, 1)
    visit = Encounter.objects.get()
    assert visit.held_on == today()
    assert visit.household == cast.household
    go(page, "#/sent")
    page.get_by_text("Hôm nay 1 lượt thăm, xã đã nhận 1").wait_for()


def test_signing_out_without_signal_and_a_second_person(cast, phone, weak_network, screen):
    record(phone.page, cast.household, note="Chuyện riêng của nhà")
    go(phone.page, f"#/visit/{cast.second_household.uuid}")
    title(phone.page, "Vàng Thị Mẫu")
    weak_network.condition = "away"
    go(phone.page, "#/sign-out")
    phone.page.locator("[data-do='sign-out']").click()
    phone.page.locator("[data-do='sign-out']").wait_for(state="detached")
    left = phone.page.evaluate(LEFT_BEHIND)
    # The shell itself has an example name in a comment: these stand nowhere in it.
    for secret in ("Lường Thị Mẫu", "Vàng Thị Mẫu", "Chuyện riêng", "Lò Thị Tổ Trưởng"):
        assert secret not in left
    weak_network.condition = "good"
    phone.page.goto("/households/my-village/")
    assert "/sign-in/" in phone.page.url
    sign_in(phone, cast.neighbour, screen)
    phone.page.goto("/field/")
    make_pin(phone.page, "1357")
    title(phone.page, "Khì")
    assert "Lò Văn Mẫu" not in phone.page.content()
    record(phone.page, cast.khi_household)
    arrive(phone.page, 2)
    assert Encounter.objects.get(household=cast.household).author == cast.leader
    assert Encounter.objects.get(household=cast.khi_household).author == cast.neighbour


def test_a_revoked_phone_reads_nothing_more_and_loses_nothing(cast, phone, weak_network):
    weak_network.condition = "away"
    record(phone.page, cast.household, note="Chuyện riêng của nhà")
    record(phone.page, cast.second_household)
    uuids = {entry["uuid"] for entry in phone.page.evaluate(ENTRIES)}
    revoke_phone(phone=Phone.objects.get(user=cast.leader), by=cast.official)
    phone.page.evaluate(LET_GO)
    weak_network.condition = "good"
    phone.page.goto("/field/#/")
    phone.page.reload()
    phone.page.get_by_text("đã thu hồi quyền").wait_for()
    phone.page.evaluate(SEND_NOW)
    assert states(phone.page) == ["held", "held"]
    left = phone.page.evaluate(LEFT_BEHIND)
    for secret in ("Lường Thị Mẫu", "Vàng Thị Mẫu", "Chuyện riêng"):
        assert secret not in left
    held = HeldRecord.objects.all()
    assert {str(record.uuid) for record in held} == uuids
    assert {(record.reason, record.author) for record in held} == {("revoked_phone", cast.leader)}
    assert not Encounter.objects.exists()


def test_a_rescue_file_brings_back_what_a_wiped_phone_lost(cast, phone, screen, weak_network):
    households = [cast.household, cast.second_household]
    weak_network.condition = "away"
    for household in households:
        record(phone.page, household, note="Được cứu")
    uuids = {entry["uuid"] for entry in phone.page.evaluate(ENTRIES)}
    go(phone.page, "#/rescue")
    with phone.page.expect_download() as download:
        phone.page.locator("[data-do='share']").click()
    assert re.fullmatch(r"luot-tham-\d{8}-\d{4}\.txt", download.value.suggested_filename)
    file = phone.folder.parent / download.value.suggested_filename
    download.value.save_as(file)
    text = file.read_bytes()
    for secret in ("Được cứu", "Lò", str(cast.household.uuid), *uuids):
        assert secret.encode() not in text
    phone.close()
    weak_network.condition = "good"
    desk = screen.open(user=cast.official)
    altered = file.with_name("doi.txt")
    middle = len(text) // 2
    altered.write_bytes(text[:middle] + (b"A" if text[middle] != 65 else b"B") + text[middle + 1 :])
    upload(desk, altered)
    assert not Encounter.objects.exists()
    screen.expect_problem("400")
    upload(desk, file)
    desk.get_by_text("Xã đã nhận tệp").wait_for()
    assert {str(visit.uuid) for visit in Encounter.objects.all()} == uuids
    assert {visit.author for visit in Encounter.objects.all()} == {cast.leader}
    assert {visit.note for visit in Encounter.objects.all()} == {"Được cứu"}
    assert {visit.household for visit in Encounter.objects.all()} == set(households)
    upload(desk, file)
    assert Encounter.objects.count() == 2
    phone.page = phone.open()
    phone.page.goto("/field/")
    title(phone.page, "Vi")
    arrive(phone.page, 2)
    assert Encounter.objects.count() == 2


def upload(page, file):
    page.goto("/households/rescue/")
    page.locator("input[type=file]").set_input_files(file)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()


def test_a_locked_phone_opens_with_its_pin_and_no_signal(cast, phone, weak_network):
    record(phone.page, cast.household)
    go(phone.page, "#/phone")
    weak_network.condition = "away"
    phone.page.locator("[data-do='lock']").click()
    phone.page.get_by_text("Nhập mã PIN").first.wait_for()
    assert "Lò Văn Mẫu" not in phone.page.locator("body").inner_text()
    type_pin(phone.page)
    phone.page.get_by_text("1 lượt thăm đã lưu trên máy").wait_for()
