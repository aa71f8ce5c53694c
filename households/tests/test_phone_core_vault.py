"""The vault of a phone in a real browser: PINs, forgetting, and what a second person finds."""

import pytest

from households.tests.test_phone_core import PIN, visit_of
from portal.testing.browser import PHONE
from portal.testing.field import OPENED, FieldPhone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CANARY = "Lò Văn Chim Yến"

# Every value of every store and every cached answer, as one text. Keys that cannot be
# exported say so; buffers are read as text, so that a plain one would show.
EVERYTHING = """async () => {
    const seen = [];
    const plain = (value) => {
      if (value instanceof CryptoKey) return `key extractable=${value.extractable}`;
      if (value instanceof ArrayBuffer) return new TextDecoder().decode(value);
      if (ArrayBuffer.isView(value)) return new TextDecoder().decode(value);
      if (value && typeof value === "object") {
        return Object.entries(value).map(([name, part]) => [name, plain(part)]);
      }
      return value;
    };
    const {open} = await import("/static/js/field/store.js");
    const db = await open();
    for (const name of db.objectStoreNames) {
      for (const value of await db.getAll(name)) seen.push([name, plain(value)]);
      seen.push(await db.getAllKeys(name));
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        seen.push([request.url, await (await cache.match(request)).text()]);
      }
    }
    seen.push(Object.entries(localStorage), Object.entries(sessionStorage), document.cookie);
    return JSON.stringify(seen);
}"""


@pytest.fixture
def phone(cast, screen):
    """The leader's phone, signed in, its vault open, its key known to the server."""
    phone = FieldPhone(screen.open(user=cast.leader, size=PHONE), cast.leader)
    phone.prepare(PIN)
    return phone


def move_clock(phone, milliseconds):
    phone.page.evaluate(
        "by => { const now = Date.now; Date.now = () => now() + by; }", milliseconds
    )


def keep_readable_things(phone, cast):
    """A package, a draft, a waiting visit and a received one, all naming the canary."""
    phone.page.evaluate(
        OPENED
        + """
        const [store, vault] = [await at("store"), await at("vault")];
        const box = await vault.encrypt(entry.user, {name: entry.canary});
        await store.write(["packages", "drafts"], (transaction) => Promise.all([
          transaction.objectStore("packages").put(box, entry.user),
          transaction.objectStore("drafts").put(box, `${entry.user}:new`),
        ]));
    }""",
        {"user": phone.user, "canary": CANARY},
    )
    phone.add(visit_of(cast), title=CANARY)
    phone.let_go()
    phone.send()
    return phone.add(visit_of(cast, note=CANARY), title=CANARY)


def test_it_works(cast, phone):
    assert phone.module("vault", "state", phone.user) == "open"
    phone.add(visit_of(cast), title=CANARY)
    phone.module("vault", "lock", phone.user)
    assert phone.module("vault", "state", phone.user) == "locked"
    assert [entry["title"] for entry in phone.outbox("list", phone.user)] == [None]
    assert phone.module("vault", "unlock", phone.user, PIN) == {"ok": True}
    assert [entry["title"] for entry in phone.outbox("list", phone.user)] == [CANARY]


def test_a_visit_is_kept_though_the_vault_has_shut_meanwhile(cast, phone):
    phone.module("vault", "lock", phone.user)
    saved = phone.add(visit_of(cast), title=CANARY)
    assert saved["sealed"]
    assert saved["title"] is None


def test_eight_hours_or_a_clock_set_back_shut_it(phone):
    hour = 3_600_000
    move_clock(phone, 8 * hour - 60_000)
    assert phone.module("vault", "state", phone.user) == "open"
    move_clock(phone, 120_000)
    assert phone.module("vault", "state", phone.user) == "locked"
    move_clock(phone, -24 * hour)
    assert phone.module("vault", "state", phone.user) == "locked"


def test_wrong_pins_pause_and_the_tenth_forgets_but_what_is_sealed(cast, phone):
    waiting = keep_readable_things(phone, cast)
    phone.module("vault", "lock", phone.user)

    def wrong():
        return phone.module("vault", "unlock", phone.user, "0000")

    for left in (9, 8, 7, 6):
        answer = wrong()
        assert (answer["reason"], answer["tries_left"]) == ("wrong", left)
        assert answer["paused_until"] == 0
    pauses = []
    for left in (5, 4, 3, 2, 1):
        answer = wrong()
        assert (answer["reason"], answer["tries_left"]) == ("wrong", left)
        pauses.append(answer["paused_until"] - phone.now())
        right = phone.module("vault", "unlock", phone.user, PIN)
        assert right["reason"] == "paused", "the right PIN has to wait too"
        move_clock(phone, pauses[-1] + 1000)
    assert pauses == sorted(pauses)
    assert pauses[0] > 20_000
    assert wrong()["reason"] == "forgotten"
    assert phone.module("vault", "unlock", phone.user, PIN)["reason"] == "forgotten"
    entry = phone.entry(waiting["uuid"])
    assert entry["sealed"] == waiting["sealed"]
    assert entry["secret"] is None
    assert phone.module("store", "setting", "sign_out_pending") == phone.user


def test_a_pin_can_be_changed_by_who_knows_the_old_one(cast, phone):
    phone.add(visit_of(cast), title=CANARY)
    refused = phone.module("vault", "changePin", phone.user, "9999", "1357")
    assert refused["reason"] == "wrong"
    assert phone.module("vault", "changePin", phone.user, PIN, "1357") == {"ok": True}
    phone.module("vault", "lock", phone.user)
    assert phone.module("vault", "unlock", phone.user, PIN)["reason"] == "wrong"
    assert phone.module("vault", "unlock", phone.user, "1357") == {"ok": True}
    assert phone.outbox("list", phone.user)[0]["title"] == CANARY


def test_nothing_readable_is_left_after_forgetting(cast, phone):
    waiting = keep_readable_things(phone, cast)
    assert CANARY not in phone.page.evaluate(EVERYTHING)
    readable = phone.page.evaluate(
        OPENED + """return JSON.stringify(await (await at("outbox")).list(entry.user)); }""",
        {"user": phone.user},
    )
    assert CANARY in readable, "the scan must be able to find it"
    phone.module("vault", "forget", phone.user)
    left = phone.page.evaluate(EVERYTHING)
    assert CANARY not in left
    assert "extractable=true" not in left
    assert '"packages"' not in left
    assert '"drafts"' not in left
    assert phone.module("vault", "state", phone.user) == "forgotten"
    assert [entry["title"] for entry in phone.outbox("list", phone.user)] == [None, None]
    assert phone.entry(waiting["uuid"])["sealed"]


def test_what_a_refusal_says_of_people_is_kept_like_the_visit(cast, phone, screen):
    cast.household.residents.filter(is_head=True).update(full_name=CANARY)
    head = {"resident": str(cast.household.residents.get(is_head=True).uuid), "outcomes": {}}
    twice = phone.add(visit_of(cast, people=[head, head]))
    phone.let_go()
    assert phone.send()["review"] == 1
    assert CANARY in phone.entry(twice["uuid"])["problem"]["errors"]["people"][0]
    assert CANARY not in phone.page.evaluate(EVERYTHING)
    phone.module("vault", "lock", phone.user)
    assert phone.entry(twice["uuid"])["problem"] == {"kind": "refused"}
    screen.expect_problem("400")


def test_why_an_official_recorded_it_not_is_kept_like_the_visit(cast, phone):
    saved = phone.add(visit_of(cast))
    phone.page.evaluate(
        OPENED
        + """
        await (await at("store")).write("outbox", async ({store}) => {
          await store.put({...(await store.get(entry.uuid)), state: "held"});
        });
    }""",
        {"uuid": saved["uuid"]},
    )
    phone.outbox("hearOfHeld", phone.user, [{"u": saved["uuid"], "s": "dismissed", "w": CANARY}])
    assert phone.entry(saved["uuid"])["dismissed"] == {"why": CANARY}
    assert CANARY not in phone.page.evaluate(EVERYTHING)
    phone.module("vault", "forget", phone.user)
    assert phone.entry(saved["uuid"])["dismissed"] == {}


def test_who_comes_back_keeps_the_phones_key_and_old_visits_still_go(cast, phone):
    waiting = keep_readable_things(phone, cast)
    before = phone.module("vault", "registration", phone.user)
    phone.module("vault", "forget", phone.user)
    phone.module("vault", "prepare", phone.user, "1234")
    assert phone.module("vault", "registration", phone.user) == before
    phone.let_go()
    assert phone.send(force=True)["received"] == 1
    assert phone.entry(waiting["uuid"])["state"] == "received"


def test_an_ended_session_does_not_stop_the_queue(cast, phone, screen):
    saved = phone.add(visit_of(cast), title=CANARY)
    phone.let_go()
    phone.page.context.clear_cookies()
    assert phone.send()["received"] == 1
    assert phone.entry(saved["uuid"])["receipt_number"]
    screen.expect_problem("401")


def test_the_first_persons_visits_go_while_the_second_works(cast, phone, screen):
    first = phone.add(visit_of(cast), title=CANARY)
    phone.let_go()
    screen.sign_in(phone.page.context, cast.neighbour)
    second = FieldPhone(phone.page, cast.neighbour)
    second.prepare("8642")
    assert second.outbox("list", second.user) == []
    assert CANARY not in second.page.evaluate(EVERYTHING)
    assert second.send(force=True)["received"] == 1
    assert second.entry(first["uuid"])["state"] == "received"


def test_a_session_of_another_person_takes_nothing_in_the_firsts_name(cast, phone, screen):
    """The session changes between the greeting and the sending."""
    saved = phone.add(visit_of(cast))
    phone.let_go()

    def change_session(route):
        screen.sign_in(phone.page.context, cast.neighbour)
        route.fulfill(
            status=401,
            headers={"X-Portal": "1"},
            content_type="application/json",
            body='{"error": "other_user"}',
        )

    phone.page.route("**/households/visits/*/", change_session)
    assert phone.send()["received"] == 1
    assert phone.entry(saved["uuid"])["state"] == "received"
    screen.expect_problem("401")


def test_a_rescue_file_holds_what_waits_and_names_nobody(cast, phone):
    waiting = keep_readable_things(phone, cast)
    name, text = phone.page.evaluate(
        OPENED
        + """
        const file = await (await at("seal")).rescueFile(entry.user);
        return [file.name, await file.text()];
    }""",
        {"user": phone.user},
    )
    assert name.endswith(".txt")
    assert CANARY not in text
    assert waiting["uuid"] not in text


def test_signing_out_without_a_network_ends_the_session_later(cast, phone, screen):
    phone.page.context.set_offline(True)
    assert phone.module("api", "signOut")["kind"] == "unreachable"
    phone.page.evaluate(
        OPENED + """return (await at("vault")).forget(entry.user, {endSession: true}); }""",
        {"user": phone.user},
    )
    phone.page.context.set_offline(False)
    assert phone.module("api", "hello")["kind"] == "signed_out"
    assert phone.module("store", "setting", "sign_out_pending") is None
    assert phone.page.goto("/password/").url.startswith(f"{screen.origin}/sign-in/")
    screen.problems.clear()


def test_a_pending_sign_out_spares_the_next_person(cast, phone, screen):
    phone.module("store", "keepSetting", "sign_out_pending", phone.user)
    screen.sign_in(phone.page.context, cast.neighbour)
    assert phone.module("api", "hello")["body"]["user"] == str(cast.neighbour.pk)
    assert phone.module("store", "setting", "sign_out_pending") is None
