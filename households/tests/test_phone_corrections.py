"""Corrections that a phone sends, and two people who correct the same visit."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from households.models import Doubt, Encounter, EncounterVersion, Resident
from households.recording import void_visit
from households.tests.phone_records import a_note, a_visit, at_once, put, signed_in
from villages.periods import today


@pytest.fixture
def phone(cast):
    return signed_in(cast.leader)


@pytest.fixture
def key(cast, phone):
    """A visit of today that the phone has sent."""
    key = uuid.uuid4()
    assert put(phone, "visit", a_visit(cast, phone=a_note()), key).status_code == 201
    return key


def a_correction(cast, version=1, **changes):
    beside = {"reason": "Chọn nhầm", "version": version, "phone": a_note()}
    return a_visit(cast, note="Đã sửa") | beside | changes


def correct(client, key, body, **headers):
    return put(client, "visit_correct", body, key, **headers)


def test_it_works(cast, phone, key):
    answer = correct(phone, key, a_correction(cast))
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    again = correct(phone, key, a_correction(cast))
    assert (again.status_code, again.json()) == (200, answer.json())
    visit = Encounter.objects.get()
    assert visit.note == "Đã sửa"
    version = EncounterVersion.objects.get()
    assert (version.reason, version.replaced_by) == ("Chọn nhầm", cast.leader)
    assert put(phone, "visit", a_visit(cast), key).status_code == 200, "the first one, again"


def test_a_correction_that_changes_nothing_is_acknowledged(cast, phone, key):
    answer = correct(phone, key, a_visit(cast) | {"reason": "x", "version": 1})
    assert (answer.status_code, answer.json()["version"]) == (200, 1)
    assert not EncounterVersion.objects.exists()


def test_somebody_else_was_faster(cast, phone, key):
    official = signed_in(cast.official)
    assert correct(official, key, a_correction(cast, note="Cán bộ sửa")).status_code == 200
    answer = correct(phone, key, a_correction(cast))
    assert (answer.status_code, answer.json()["error"]) == (409, "conflict")
    assert answer.json()["version"] == 2
    assert Encounter.objects.get().note == "Cán bộ sửa"
    assert correct(phone, key, a_correction(cast, version=2)).json()["version"] == 3
    # The official's reply got lost; sent again it has been there since version 2.
    late = correct(official, key, a_correction(cast, note="Cán bộ sửa"))
    assert (late.status_code, late.json()["version"]) == (200, 3)
    assert correct(phone, key, a_correction(cast, version=9, note="x")).status_code == 409


def test_a_void_visit_is_a_conflict(cast, phone, key):
    void_visit(encounter=Encounter.objects.get(), reason="Ghi trùng", by=cast.official)
    answer = correct(phone, key, a_correction(cast))
    assert (answer.status_code, answer.json()["voided"]) == (409, True)


@pytest.mark.parametrize(
    ("who", "days", "status"),
    [
        ("leader", 8, 403),
        ("official", 300, 200),
        ("reader", 0, 403),
        ("neighbour", 0, 404),
        ("stranger", 0, 404),
        ("stranger_leader", 0, 404),
    ],
)
def test_who_may_correct_until_when(cast, key, who, days, status):
    Encounter.objects.update(received_at=timezone.now() - timedelta(days=days))
    client = signed_in(getattr(cast, who))
    answer = correct(client, key, a_correction(cast))
    assert answer.status_code == status
    if status == 404:
        missing = correct(client, uuid.uuid4(), a_correction(cast))
        assert (missing.status_code, missing.json()) == (404, answer.json())


def test_a_newcomer_of_the_visit_is_corrected_as_the_same_person(cast, phone):
    for given in ({}, {"uuid": str(uuid.uuid4())}):
        key = uuid.uuid4()
        name = f"Lò Thị {len(given)}"
        newcomer = {**given, "full_name": name, "birth_year": 2001}
        sent = a_visit(cast, new_people=[newcomer], phone=a_note())
        assert put(phone, "visit", sent, key).status_code == 201
        newcomer = newcomer | {"outcomes": {"vneid": "alone"}}
        corrected = sent | {"new_people": [newcomer], "reason": "Quên ghi", "version": 1}
        for _time in range(2):
            answer = correct(phone, key, corrected)
            assert (answer.status_code, answer.json()["version"]) == (200, 2)
        resident = Resident.objects.get(full_name=name)
        assert resident.checks.get().outcome == "alone"
        twice = corrected | {"people": [{"resident": str(resident.uuid)}], "version": 2}
        assert correct(phone, key, twice).status_code == 400


def test_a_correction_by_a_clock_set_right_meanwhile_keeps_the_day(cast, phone):
    key = uuid.uuid4()
    written = (today() - timedelta(days=365)).isoformat()
    note = a_note(timedelta(days=-365), recorded=timedelta(0))
    put(phone, "visit", a_visit(cast, visited_on=written, phone=note), key)
    answer = correct(phone, key, a_correction(cast, visited_on=written))
    assert answer.status_code == 200
    assert Encounter.objects.get().held_on == today()
    assert Doubt.objects.get().kind == Doubt.Kind.CLOCK
    yesterday = (today() - timedelta(days=1)).isoformat()
    correct(phone, key, a_correction(cast, visited_on=yesterday, version=2))
    assert not Doubt.objects.exists(), "the day is right now"


@pytest.mark.parametrize("version", [None, True, 0, -1, "1", 1.5, 10**30, [], {}, "\ud800"])
def test_a_version_of_another_shape_is_refused(cast, phone, key, version):
    answer = correct(phone, key, a_correction(cast, version=version))
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["version"])


@pytest.mark.parametrize("reason", [None, "", " ", 7, [], "\x00", "\ud800", "x" * 301])
def test_a_correction_needs_a_reason(cast, phone, key, reason):
    answer = correct(phone, key, a_correction(cast, reason=reason))
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["reason"])


def test_a_correction_stays_with_its_household(cast, phone, key):
    for wrong in (str(cast.second_household.uuid), str(cast.far_household.uuid), "x", None):
        answer = correct(phone, key, a_correction(cast, household=wrong))
        assert answer.status_code == 400
    assert not EncounterVersion.objects.exists()


def test_a_page_opened_before_somebody_elses_correction_asks_first(cast, phone, key):
    address = reverse("visit_correct", args=[key])
    assert 'name="version" value="1"' in phone.get(address).content.decode()
    head = cast.household.residents.get(is_head=True)
    typed = {
        "visited_on": today().isoformat(),
        "occasion": "home_visit",
        "met": head.uuid,
        "note": "Tổ trưởng sửa",
        "reason": "Nhầm",
        "version": "1",
    }
    assert correct(signed_in(cast.official), key, a_correction(cast)).status_code == 200
    answer = phone.post(address, typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert Encounter.objects.get().version == 2
    for told in ("Nguyễn Thị Cán Bộ", "Chọn nhầm", "Đã sửa", "Tổ trưởng sửa"):
        assert told in page
    assert 'name="version" value="2"' in page
    assert phone.post(address, typed | {"version": "2"}).status_code == 302
    visit = Encounter.objects.get()
    assert (visit.version, visit.note) == (3, "Tổ trưởng sửa")
    for hostile in ("x", "\x00", "9" * 500, "٢", "-1", "0", "99999"):
        again = phone.post(address, typed | {"note": "khác", "version": hostile})
        assert again.status_code in {302, 409}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_corrections_at_the_same_moment_leave_one_and_tell_the_others(cast, phone):
    key = uuid.uuid4()
    put(phone, "visit", a_visit(cast, phone=a_note()), key)

    def send(number):
        return lambda client: correct(client, key, a_correction(cast, note=f"Sửa {number}"))

    answers = at_once(
        [send(number // 2) for number in range(12)], [signed_in(cast.leader) for _ in range(12)]
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 2 + [409] * 10
    assert Encounter.objects.get().version == 2
    assert EncounterVersion.objects.count() == 1
