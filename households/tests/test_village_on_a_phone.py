"""The leader's village on the phone: fetched, kept encrypted, with what waits laid over it."""

import random
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from households.handing import hand_list
from households.models import Household, Resident
from households.package import package_of
from portal.testing.browser import PHONE
from portal.testing.cast import make_household
from portal.testing.field import OPENED, FieldPhone
from villages.periods import today

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PIN = "2468"
PACKAGE = "**/field/package/"
OUTCOMES = ("alone", "with_help", "not_yet")


@pytest.fixture
def phone(cast, screen):
    phone = FieldPhone(screen.open(user=cast.leader, size=PHONE), cast.leader)
    phone.prepare(PIN)
    # All modules at once: later the network may be away.
    phone.module("village", "forgetPoverty")
    return phone


def refresh(phone):
    return phone.module("village", "refresh", phone.user)


def load(phone):
    return phone.module("village", "load", phone.user)


def row_of(package, household):
    return next(row for row in package["households"] if row["u"] == str(household.uuid))


def visit_of(household, on=None, **said):
    return {
        "household": str(household.uuid),
        "visited_on": (on or today()).isoformat(),
        "occasion": "home_visit",
    } | said


KEPT = (
    OPENED
    + """
    const {read} = await at("store");
    const row = await read("packages", (transaction) => transaction.store.get(entry.user));
    const bytes = row && new Uint8Array(row.box.data);
    const text = row && new TextDecoder().decode(bytes);
    return row && {keys: Object.keys(row), hasName: text.includes("Mẫu"), size: bytes.length};
}"""
)


def test_it_works(cast, phone):
    assert load(phone) is None
    first = refresh(phone)
    assert first["kind"] == "fresh"
    assert first["package"]["user"] == phone.user
    assert [row["n"] for row in first["package"]["households"]] == [1, 2]
    again = refresh(phone)
    assert again["kind"] == "unchanged"
    assert again["package"]["as_of"] > first["package"]["as_of"]
    assert load(phone)["as_of"] == again["package"]["as_of"]
    Household.objects.filter(pk=cast.household.pk).update(address="Đầu bản")
    changed = refresh(phone)
    assert (changed["kind"], row_of(changed["package"], cast.household)["a"]) == (
        "fresh",
        "Đầu bản",
    )


def test_it_is_kept_encrypted_and_forgotten_with_the_vault(cast, phone):
    refresh(phone)
    kept = phone.page.evaluate(KEPT, {"user": phone.user})
    assert sorted(kept["keys"]) == ["box", "etag"]
    assert not kept["hasName"]
    assert kept["size"] > 500
    phone.module("vault", "forget", phone.user)
    assert phone.page.evaluate(KEPT, {"user": phone.user}) is None
    assert load(phone) is None


OTHER_ANSWERS = {
    "a captive portal": {"status": 200, "content_type": "text/html", "body": "<h1>WiFi</h1>"},
    "a captive portal's JSON": {"status": 200, "json": {"user": "1", "households": []}},
    "an error": {"status": 502, "body": "Bad gateway"},
    "half of it": {"status": 200, "headers": {"X-Portal": "1"}, "body": '{"as_of": "2'},
    "no package": {"status": 200, "headers": {"X-Portal": "1"}, "json": {"user": "me"}},
    "somebody else's": {
        "status": 200,
        "headers": {"X-Portal": "1"},
        "json": {"user": "999", "households": [], "villages": [], "skills": []},
    },
}


@pytest.mark.parametrize("answer", OTHER_ANSWERS.values(), ids=OTHER_ANSWERS)
def test_whatever_else_answers_the_last_one_stays(phone, screen, answer):
    first = refresh(phone)
    phone.page.route(PACKAGE, lambda route: route.fulfill(**answer))
    kept = refresh(phone)
    assert kept == {"kind": "kept", "package": first["package"]}
    phone.page.unroute(PACKAGE)
    screen.problems.clear()


def test_without_signal_the_last_one_stays(phone, screen):
    first = refresh(phone)
    phone.page.context.set_offline(True)
    assert refresh(phone) == {"kind": "kept", "package": first["package"]}
    assert load(phone) == first["package"]
    screen.problems.clear()


def test_a_session_that_ended_is_told(phone, screen):
    first = refresh(phone)
    phone.page.context.clear_cookies()
    assert refresh(phone) == {"kind": "signed_out", "package": first["package"]}
    screen.expect_problem("401")


def test_what_waits_is_laid_over_it(cast, phone, screen):
    refresh(phone)
    phone.page.context.set_offline(True)
    head, second, _child = cast.household.residents.order_by("-is_head", "birth_year")
    back = (today() + timedelta(days=9)).isoformat()
    people = [
        {"resident": str(head.uuid), "outcomes": {"find-information": "alone", "vneid": "alone"}},
        {"resident": str(second.uuid), "outcomes": {"vneid": "with_help"}, "confirmed": True},
    ]
    new = {"uuid": str(UUID(int=7)), "full_name": "Lò Thị Mới", "birth_year": 1999,
           "outcomes": {"qr": "alone"}}  # fmt: skip
    visit = phone.add(
        visit_of(cast.household, people=people, new_people=[new], smart_device=True,
                 connection="mobile", return_on=back)
    )  # fmt: skip
    row = row_of(load(phone), cast.household)
    assert (row["l"], row["r"], row["d"], row["c"]) == (today().isoformat(), back, True, "mobile")
    assert row["waiting"] == [visit["uuid"]]
    stands = {member["f"]: (member["o"], member["e"], member["b"], member["k"])
              for member in row["m"]}  # fmt: skip
    assert stands == {
        "Lò Văn Mẫu": ("aa-", 1, 1, 0),
        "Lường Thị Mẫu": ("-w-", 1, 0, 1),
        "Lò Thị Mới": ("--a", 1, None, 0),
        "Lò Văn Mẫu Em": ("---", 0, None, 0),
    }
    assert [member["f"] for member in row["m"]][2:] == ["Lò Thị Mới", "Lò Văn Mẫu Em"]
    added = phone.add(
        {"village": cast.vi.pk, "since_on": today().isoformat(), "address": "Cuối bản",
         "people": [{"uuid": str(UUID(int=8)), "full_name": "Quàng Văn Mới", "birth_year": "1950"}],
         "confirmed": True},
        kind="household",
    )  # fmt: skip
    phone.add(visit_of(SimpleHousehold(added["uuid"]), difficulty="away"), after=[added["uuid"]])
    package = load(phone)
    new_row = package["households"][-1]
    assert (new_row["u"], new_row["n"], new_row["v"]) == (added["uuid"], None, cast.vi.pk)
    assert (new_row["l"], new_row["w"], len(new_row["waiting"])) == (today().isoformat(), True, 2)
    assert [(m["f"], m["y"], m["h"]) for m in new_row["m"]] == [("Quàng Văn Mới", 1950, 1)]
    phone.outbox("undo", visit["uuid"])
    assert "waiting" not in row_of(load(phone), cast.household)
    screen.problems.clear()


class SimpleHousehold:
    def __init__(self, uuid):
        self.uuid = uuid


def test_a_correction_takes_the_place_of_its_visit(cast, phone, screen):
    refresh(phone)
    phone.page.context.set_offline(True)
    visit = phone.add(visit_of(cast.household, difficulty="away"))
    phone.change(visit["uuid"], {"attempts": 1})
    body = visit_of(cast.household, people=[], smart_device=False)
    phone.add({**body, "visit": visit["uuid"], "reason": "nhầm", "version": 1},
              kind="correction", after=[visit["uuid"]])  # fmt: skip
    row = row_of(load(phone), cast.household)
    assert (row["w"], row["d"], row["waiting"]) == (False, False, [visit["uuid"]])
    screen.problems.clear()


def test_what_was_received_meanwhile_is_not_lost_from_view(cast, phone):
    """Between the receipt and the next package the visit still shows; after it, once."""
    refresh(phone)
    saved = phone.add(visit_of(cast.household, difficulty="away"))
    phone.let_go()
    assert phone.send()["received"] == 1
    row = row_of(load(phone), cast.household)
    assert (row["l"], row["waiting"]) == (today().isoformat(), [saved["uuid"]])
    phone.change(saved["uuid"], {"received_at": "2025-01-01T00:00:00+00:00"})
    fresh = refresh(phone)
    assert fresh["kind"] == "fresh"
    assert "waiting" not in row_of(fresh["package"], cast.household)
    assert row_of(fresh["package"], cast.household)["l"] == today().isoformat()


POVERTY = (
    OPENED
    + """
    const {poverty} = await at("village");
    const known = await poverty(entry.user);
    const {open} = await at("store");
    const db = await open();
    let stored = "";
    for (const name of db.objectStoreNames) {
      const kept = await db.transaction(name).store.getAll();
      stored += JSON.stringify(kept, (_, value) =>
        value instanceof ArrayBuffer ? new TextDecoder().decode(value) : value);
    }
    stored += JSON.stringify({...localStorage, ...sessionStorage});
    return {poor: [...known.poor], near: [...known.near_poor], titles: known.titles,
            isStored: [...known.poor, "ngh"].some((one) => stored.includes(one))};
}"""
)


def test_who_is_poor_is_known_with_signal_and_never_stored(cast, phone, screen):
    Household.objects.filter(pk=cast.household.pk).update(poverty="poor")
    handed = hand_list(
        village=cast.vi, households=[cast.household], title="Hộ nghèo ở xa", by=cast.official
    )
    assert refresh(phone)["package"]["villages"][0]["lists"][0]["title"].startswith("Danh sách")
    known = phone.page.evaluate(POVERTY, {"user": phone.user})
    assert known["poor"] == [str(cast.household.uuid)]
    assert (known["near"], known["titles"]) == ([], {str(handed.pk): "Hộ nghèo ở xa"})
    assert not known["isStored"]
    phone.page.context.set_offline(True)
    assert phone.page.evaluate(POVERTY, {"user": phone.user})["poor"], "still in memory"
    phone.module("village", "forgetPoverty")
    assert phone.page.evaluate(POVERTY, {"user": phone.user})["poor"] == []
    screen.problems.clear()


LAY = """async ([known, entries]) => {
    const {withWaiting} = await import("/static/js/field/village.js");
    return withWaiting(known, entries);
}"""


def test_the_phone_foresees_what_the_commune_will_count(cast, phone):
    """Random visits laid over the package give the package that comes after they are sent."""
    chance = random.Random(5)
    for number in range(12):
        ages = [chance.choice((12, 18, 45, 61, 83)) for _ in range(3)]
        members = [(f"Vì Văn Mẫu {number} {k}", today().year - age) for k, age in enumerate(ages)]
        make_household(cast.vi, *members)
    before = package_of(cast.leader)[0]
    client = Client()
    client.force_login(cast.leader)
    entries = []
    day = today() - timedelta(days=40)
    for number in range(40):
        day = min(day + timedelta(days=chance.choice((0, 1, 2))), today())
        household = chance.choice(list(Household.objects.filter(village=cast.vi)))
        body = a_visit(chance, household, day, number)
        uuid = str(UUID(int=1000 + number, version=4))
        answer = client.put(
            reverse("visit", args=[uuid]), body,
            content_type="application/json",
        )  # fmt: skip
        assert answer.status_code == 201, answer.json()
        entries.append({"uuid": uuid, "kind": "visit", "body": body, "saved_at": number})
    after = package_of(cast.leader)[0]
    laid = phone.page.evaluate(LAY, [before, entries])
    for row in laid["households"]:
        row.pop("waiting", None)
    assert laid["households"] == after["households"]


def a_visit(chance, household, day, number):
    people = [
        {
            "resident": str(resident.uuid),
            "outcomes": {
                code: chance.choice(OUTCOMES)
                for code in ("find-information", "vneid", "qr")
                if chance.random() < 0.7
            },
            "confirmed": chance.random() < 0.2,
        }
        for resident in Resident.objects.filter(household=household).order_by("pk")
        if chance.random() < 0.7
    ]
    said = {
        "occasion": chance.choice(("home_visit", "home_visit", "home_visit", "gathering")),
        "people": people,
        "smart_device": chance.choice((True, False, None)),
        "connection": chance.choice(("", "mobile", "none")),
        "return_on": chance.choice((None, (day + timedelta(days=20)).isoformat())),
    }
    if not people:
        said |= {"difficulty": "away", "occasion": "home_visit"}
    if number % 20 == 7:
        said["new_people"] = [
            {"uuid": str(UUID(int=500 + number, version=4)), "full_name": f"Em Mới {number}",
             "birth_year": 2001 + number % 7, "outcomes": {"qr": "alone"}}
        ]  # fmt: skip
    return visit_of(household, day, **said)
