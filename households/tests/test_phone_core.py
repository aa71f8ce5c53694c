"""The outbox of a phone in a real browser: what was saved stays, and goes when it can.

The modules are used as the screens use them; the server is the real one unless a test
is about an answer that it does not give.
"""

import json
import unicodedata
from datetime import timedelta

import pytest

from households.models import Encounter
from portal.testing.browser import PHONE
from portal.testing.field import OPENED, FieldPhone
from villages.periods import today
from villages.text import fold

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PIN = "2468"


@pytest.fixture
def phone(cast, screen):
    """The leader's phone, signed in, with a PIN and its key known to the server."""
    phone = FieldPhone(screen.open(user=cast.leader, size=PHONE), cast.leader)
    phone.prepare(PIN)
    return phone


def days_ago(number):
    return (today() - timedelta(days=number)).isoformat()


def visit_of(cast, **fields):
    resident = cast.household.residents.first()
    return {
        "household": str(cast.household.uuid),
        "visited_on": today().isoformat(),
        "occasion": "home_visit",
        "people": [{"resident": str(resident.uuid), "outcomes": {"vneid": "alone"}}],
        **fields,
    }


def test_it_works(cast, phone):
    saved = phone.add(visit_of(cast), title="Lò Văn Mẫu")
    assert saved["state"] == "saved"
    assert saved["title"] == "Lò Văn Mẫu"
    assert phone.waiting()["total"] == 1
    assert phone.send()["left"] == 1, "held back for ten seconds"
    phone.let_go()
    assert phone.send() == {"received": 1, "held": 0, "review": 0, "left": 0}
    visit = Encounter.objects.get(uuid=saved["uuid"])
    entry = phone.entry(saved["uuid"])
    assert entry["state"] == "received"
    assert entry["receipt_number"] == visit.receipt
    assert entry["sealed"] is None
    assert entry["title"] == "Lò Văn Mẫu"
    assert phone.waiting()["total"] == 0


HOSTILE = [
    "",
    "  Lò   Thị Dương ",
    "Đặng Thị Ưởng",
    "Nguyễn Văn Ổn".upper(),
    unicodedata.normalize("NFD", "Phạm Quốc Việt Đăng"),
    "Straße ẞ ﬁ ŉ ς Σ İ ı",
    "Ꭰꭰ",
    "a\u0000b\u0007c\r\nd\te\u00a0f\u2003g\u200bh",
    "e" + "\u0301" * 200 + " x",
    "ا\u064b क्ष \u0e01\u0e33 한국어 が",
    "\ud800x\udfff",
    "😀 Vàng A 𝔐ẫu",
    "=1+1|<script>",
]


def test_names_fold_as_on_the_server(screen):
    page = screen.open(size=PHONE)
    page.goto("/offline/")
    folded = page.evaluate(
        """async (texts) => {
          const {fold} = await import("/static/js/field/text.js");
          return texts.map((signs) => [...fold(String.fromCodePoint(...signs))]
            .map((sign) => sign.codePointAt(0)));
        }""",
        [[ord(sign) for sign in text] for text in HOSTILE],
    )
    assert ["".join(map(chr, signs)) for signs in folded] == [fold(text) for text in HOSTILE]


def test_a_visit_can_be_taken_back_until_it_may_go(cast, phone):
    saved = phone.add(visit_of(cast))
    assert phone.outbox("undo", saved["uuid"]) is True
    assert phone.waiting()["total"] == 0
    later = phone.add(visit_of(cast))
    phone.let_go()
    assert phone.outbox("undo", later["uuid"]) is False
    assert phone.waiting()["total"] == 1


def test_without_a_network_it_waits_and_says_so(cast, phone, screen):
    phone.page.context.set_offline(True)
    saved = phone.add(visit_of(cast))
    phone.let_go()
    assert phone.send()["left"] == 1
    assert phone.entry(saved["uuid"])["state"] == "saved"
    screen.problems.clear()
    phone.page.context.set_offline(False)
    assert phone.send(force=True)["received"] == 1


NOT_THE_PORTAL = {
    "captive portal": {"status": 200, "content_type": "text/html", "body": "<h1>WiFi</h1>"},
    "captive portal with JSON": {"status": 200, "json": {"ok": True}},
    "bad gateway": {"status": 502, "body": "Bad gateway"},
    "cut off": {"status": 201, "headers": {"X-Portal": "1"}, "body": '{"uuid": "0d3c'},
    "of another visit": {
        "status": 201,
        "headers": {"X-Portal": "1"},
        "json": {"uuid": "00000000-0000-4000-8000-000000000001", "receipt_number": "X"},
    },
    "without a number": {"status": 200, "headers": {"X-Portal": "1"}, "json": {"ok": True}},
    "too many": {"status": 429, "headers": {"X-Portal": "1", "Retry-After": "120"}, "json": {}},
}


@pytest.mark.parametrize("reply", NOT_THE_PORTAL.values(), ids=NOT_THE_PORTAL)
def test_only_the_portals_own_word_for_this_visit_forgets_it(cast, phone, screen, reply):
    phone.page.route("**/households/visits/*/", lambda route: route.fulfill(**reply))
    saved = phone.add(visit_of(cast))
    phone.let_go()
    assert phone.send()["left"] == 1
    entry = phone.entry(saved["uuid"])
    assert entry["state"] == "saved"
    assert entry["sealed"]
    assert entry["attempts"] == 1
    wait = entry["next_try_at"] - phone.now()
    assert wait > (100_000 if reply["status"] == 429 else 1000)
    phone.page.unroute("**/households/visits/*/")
    assert phone.send(force=True)["received"] == 1
    screen.problems.clear()


def test_a_refused_visit_blocks_no_other(cast, phone, screen):
    wrong = phone.add(visit_of(cast, visited_on="1900-01-01"))
    right = phone.add(visit_of(cast))
    phone.let_go()
    assert phone.send() == {"received": 1, "held": 0, "review": 1, "left": 0}
    assert phone.entry(wrong["uuid"])["problem"]["errors"]["visited_on"]
    assert phone.entry(right["uuid"])["state"] == "received"
    mended = phone.outbox("edit", wrong["uuid"], visit_of(cast, note="Đã sửa"))
    assert mended["uuid"] == wrong["uuid"]
    assert mended["kind"] == "visit"
    # It goes by itself at once, or in this round.
    phone.send(force=True)
    assert phone.entry(wrong["uuid"])["state"] == "received"
    assert Encounter.objects.get(uuid=wrong["uuid"]).note == "Đã sửa"
    screen.expect_problem("400")


def test_a_failing_visit_keeps_no_other_waiting(cast, phone, screen):
    ill = phone.add(visit_of(cast))
    phone.page.route(f"**/{ill['uuid']}/", lambda route: route.fulfill(status=500, body="x"))
    well = phone.add(visit_of(cast, visited_on=days_ago(1)))
    phone.let_go()
    assert phone.send()["received"] == 1
    assert phone.entry(well["uuid"])["state"] == "received"
    another = phone.add(visit_of(cast, visited_on=days_ago(2)))
    phone.let_go()
    assert phone.send()["received"] == 1, "the failing one is on its own back-off"
    assert phone.entry(another["uuid"])["state"] == "received"
    screen.problems.clear()


def test_a_visit_waits_for_its_new_household_and_for_no_other(cast, phone, screen):
    household = phone.add({"village": -1, "people": []}, kind="household")
    waiting = phone.add(visit_of(cast, household=household["uuid"]), after=[household["uuid"]])
    free = phone.add(visit_of(cast))
    phone.let_go()
    phone.page.route(
        f"**/households/{household['uuid']}/",
        lambda route: route.fulfill(
            status=400,
            headers={"X-Portal": "1"},
            content_type="application/json",
            body=json.dumps({"errors": {"village": ["…"]}}),
        ),
    )
    assert phone.send() == {"received": 1, "held": 0, "review": 1, "left": 1}
    assert phone.entry(free["uuid"])["state"] == "received"
    assert phone.entry(waiting["uuid"])["state"] == "saved"
    assert phone.entry(waiting["uuid"])["attempts"] == 0
    assert phone.outbox("undo", household["uuid"]) is False
    screen.expect_problem("400")


def test_an_old_token_is_replaced_once(cast, phone, screen):
    asked = []

    def expired(route):
        asked.append(route.request.headers["x-csrftoken"])
        if len(asked) > 1:
            route.fallback()
            return
        route.fulfill(
            status=403,
            headers={"X-Portal": "1"},
            content_type="application/json",
            body='{"error": "form_expired", "message": "…"}',
        )

    phone.page.route("**/households/visits/*/", expired)
    phone.add(visit_of(cast))
    phone.let_go()
    assert phone.send()["received"] == 1
    assert len(asked) == 2
    screen.expect_problem("403")


def test_a_change_is_a_correction_once_the_visit_may_be_there(cast, phone):
    first = phone.add(visit_of(cast), title="Hộ 1")
    same = phone.outbox("edit", first["uuid"], visit_of(cast, note="a"))
    assert same["uuid"] == first["uuid"]
    assert same["title"] == "Hộ 1"
    phone.let_go()
    phone.send()
    assert Encounter.objects.get(uuid=first["uuid"]).note == "a"
    change = visit_of(cast, note="b", reason="Ghi nhầm")
    correction = phone.outbox("edit", first["uuid"], change)
    assert correction["kind"] == "correction"
    assert correction["after"] == []
    assert correction["body"]["visit"] == first["uuid"]
    assert correction["body"]["version"] == 1
    phone.let_go()
    assert phone.send()["received"] == 1
    assert Encounter.objects.get(uuid=first["uuid"]).note == "b"


def test_two_tabs_have_one_sender(cast, phone):
    other = phone.another_tab()
    sent = []
    phone.page.context.on(
        "request", lambda request: sent.append(request.url) if request.method == "PUT" else None
    )
    for number in range(5):
        phone.add(visit_of(cast, note=str(number), visited_on=days_ago(number)))
    phone.let_go()
    both = """async () => { window.round = (await import("/static/js/field/outbox.js"))
        .send({force: true}); }"""
    phone.page.evaluate(both)
    other.page.evaluate(both)
    phone.page.evaluate("window.round")
    other.page.evaluate("window.round")
    visits = [url for url in sent if "/visits/" in url]
    assert len(visits) == len(set(visits)) == 5
    assert Encounter.objects.count() == 5


def test_what_was_being_sent_when_the_page_died_is_sent_again(cast, phone):
    saved = phone.add(visit_of(cast))
    phone.let_go()
    phone.change(saved["uuid"], {"state": "sending", "attempts": 1})
    assert phone.send()["received"] == 1


def test_a_clock_set_back_does_not_keep_a_visit_for_ever(cast, phone):
    saved = phone.add(visit_of(cast))
    year = 365 * 24 * 3600 * 1000
    phone.change(
        saved["uuid"], {"hold_until": phone.now() + year, "next_try_at": phone.now() + year}
    )
    assert phone.send()["received"] == 1


def test_the_servers_clock_is_remembered(cast, phone):
    assert phone.module("api", "clockIsWrong") is False
    phone.page.evaluate(
        OPENED
        + """
        const now = Date.now; Date.now = () => now() - 365 * 24 * 3600 * 1000;
        await (await at("api")).hello();
    }"""
    )
    assert phone.module("api", "clockIsWrong") is True


def test_a_full_phone_says_so_and_hands_the_record_over(cast, phone):
    problem = phone.page.evaluate(
        OPENED
        + """
        const put = IDBObjectStore.prototype.add;
        IDBObjectStore.prototype.add = () => { throw new DOMException("", "QuotaExceededError"); };
        try { await (await at("outbox")).add(entry); }
        catch (problem) {
          const file = await (await at("seal")).rescueFile(entry.user, [problem.sealed]);
          return [problem.name, problem.reason, problem.sealed, await file.text(), file.name];
        } finally { IDBObjectStore.prototype.add = put; }
    }""",
        {"user": phone.user, "kind": "visit", "body": visit_of(cast), "title": ""},
    )
    name, reason, sealed, text, file_name = problem
    assert (name, reason) == ("StorageProblem", "full")
    assert sealed.count(".") == 4
    assert text.startswith("BDHVS-1\n")
    assert text.endswith("\n")
    assert file_name.startswith("luot-tham-")
    assert file_name.endswith(".txt")
