"""Two people note different things about a household: the later one counts, both are kept."""

import itertools
import random
import uuid
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from households.models import Doubt, Encounter, HouseholdObservation
from households.recording import void_visit
from households.tests.phone_records import a_visit, at_once, put, signed_in
from villages.models import Assignment
from villages.periods import today

Kind = Doubt.Kind


@pytest.fixture
def two(cast):
    """Two leaders of one village, each with a phone."""
    Assignment.objects.create(
        user=cast.neighbour,
        role="team_leader",
        commune=cast.commune,
        village=cast.vi,
        from_on=today() - timedelta(days=900),
    )
    return signed_in(cast.leader), signed_in(cast.neighbour)


def seen(cast, days_ago=0, known_hours_ago=None, recorded_hours_ago=None, **values):
    now = timezone.now()
    note = {"sent_at": now.isoformat()}
    if known_hours_ago is not None:
        note["known_until"] = (now - timedelta(hours=known_hours_ago)).isoformat()
    if recorded_hours_ago is not None:
        note["recorded_at"] = (now - timedelta(hours=recorded_hours_ago)).isoformat()
    day = (today() - timedelta(days=days_ago)).isoformat()
    return a_visit(cast, visited_on=day, phone=note) | values


def differing():
    return Doubt.objects.open().filter(kind=Kind.DIFFERENT_VALUES)


def test_it_works(cast, two):
    first, second = two
    put(first, "visit", seen(cast, 3, smart_device=True, connection="wifi"))
    put(second, "visit", seen(cast, 5, known_hours_ago=200, smart_device=False))
    cast.household.refresh_from_db()
    assert (cast.household.smart_device, cast.household.connection) == (True, "wifi")
    assert HouseholdObservation.objects.count() == 2
    doubt = differing().get()
    assert doubt.encounter.author == cast.neighbour
    for address in (reverse("doubt_list"), reverse("doubt_settle", args=[doubt.pk])):
        page = signed_in(cast.official).get(address).content.decode()
        assert "Lò Thị Tổ Trưởng" in page
        assert "Vàng A Mẫu" in page
        for days in (3, 5):
            assert f"{today() - timedelta(days=days):%d/%m/%Y}" in page


@pytest.mark.parametrize(
    ("known", "values", "doubts"),
    [
        (100, {"smart_device": False}, 1),
        (0, {"smart_device": False}, 0),
        (100, {"smart_device": True}, 0),
        (100, {"connection": "wifi"}, 0),
        (100, {"smart_device": True, "connection": "none"}, 1),
        (None, {"smart_device": False}, 0),
    ],
)
def test_only_what_the_phone_cannot_have_known_is_doubtful(cast, two, known, values, doubts):
    first, second = two
    put(first, "visit", seen(cast, 2, smart_device=True, connection="mobile"))
    sent = seen(cast, 1, known_hours_ago=known, **{"connection": "mobile"} | values)
    if "connection" in values and values["connection"] == "wifi":
        sent["connection"] = ""
    assert put(second, "visit", sent).status_code == 201
    assert differing().count() == doubts


def test_without_a_package_the_same_day_is_doubtful(cast, two):
    first, second = two
    put(first, "visit", seen(cast, smart_device=True))
    put(first, "visit", seen(cast, smart_device=False))
    assert not differing().exists(), "one and the same person may have looked again"
    put(second, "visit", seen(cast, smart_device=True))
    assert differing().count() == 1


def test_a_doubt_goes_when_nothing_differs_any_more(cast, two):
    first, second = two
    key, other = uuid.uuid4(), uuid.uuid4()
    put(first, "visit", seen(cast, smart_device=True), key)
    put(second, "visit", seen(cast, known_hours_ago=50, smart_device=False), other)
    assert differing().count() == 1
    corrected = seen(cast, smart_device=False) | {"reason": "Nhầm", "version": 1}
    assert put(first, "visit_correct", corrected, key).status_code == 200
    assert not differing().exists()
    corrected |= {"smart_device": True, "version": 2}
    assert put(first, "visit_correct", corrected, key).status_code == 200
    again = seen(cast, known_hours_ago=50, smart_device=False, note="x")
    again |= {"reason": "Nhầm", "version": 1}
    assert put(second, "visit_correct", again, other).status_code == 200
    assert differing().count() == 1
    void_visit(encounter=Encounter.objects.get(uuid=key), reason="Ghi trùng", by=cast.official)
    assert not differing().exists()


def test_whatever_the_order_of_arrival_the_same_value_counts(cast, two):
    chance = random.Random(7)
    for _round in range(3):
        visits = [
            (
                two[number % 2],
                seen(
                    cast,
                    chance.choice([0, 1, 1, 2]),
                    known_hours_ago=90,
                    smart_device=chance.choice([True, False, None]),
                    connection=chance.choice(["mobile", "wifi", "none", ""]),
                ),
            )
            for number in range(3)
        ]
        for number, (_client, sent) in enumerate(visits):
            written = timezone.now() - timedelta(minutes=10 * (number + 1))
            ago = today() - date.fromisoformat(sent["visited_on"])
            sent["phone"]["recorded_at"] = (written - ago).isoformat()
        results = set()
        for order in itertools.permutations(visits):
            Encounter.objects.all().delete()
            for client, sent in order:
                assert put(client, "visit", sent).status_code == 201
            cast.household.refresh_from_db()
            kept = HouseholdObservation.objects.values_list("smart_device", "connection")
            shown = cast.household.smart_device, cast.household.connection
            results.add((shown, str(sorted(kept, key=str))))
        assert len(results) == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_phones_at_the_same_moment_are_noted(cast, two):
    def send(device):
        sent = seen(cast, known_hours_ago=50, smart_device=device)
        return lambda client: put(client, "visit", sent)

    answers = at_once([send(True), send(False)], two)
    assert [answer.status_code for answer in answers] == [201, 201]
    assert differing().count() == 1
    assert Doubt.objects.filter(kind=Kind.SAME_DAY).count() == 1
