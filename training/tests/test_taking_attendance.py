"""Attendance from a phone: stored once, added up, held when an official must look."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from households.merging import merge_residents
from households.models import Confirmation, HeldRecord, PersonMet, SkillCheck
from households.package import package_of
from households.tests.phone_records import signed_in
from households.tests.sealing_phone import SealingPhone
from training.attendance import add_to_attendance, cancel_session, close_session, note_outcomes
from training.models import Attendance, AttendanceSheet, Invitation, StaffMember, TrainingSession
from villages.models import Assignment
from villages.periods import today
from villages.phones import revoke_phone

PACKAGE = reverse("phone_package")


@pytest.fixture
def session(cast):
    """A class in Vi today; the head of its first household is expected."""
    session = TrainingSession.objects.create(
        commune=cast.commune,
        village=cast.vi,
        title="Lớp VNeID",
        held_on=today(),
        place="Nhà văn hóa",
    )
    session.skills.set(cast.skills)
    Invitation.objects.create(session=session, resident=head_of(cast.household))
    return session


def head_of(household):
    return household.residents.get(is_head=True)


def a_sheet(session, *residents, **changes):
    people = [{"resident": str(resident.uuid), "outcomes": {}} for resident in residents]
    return {"session": str(session.uuid), "people": people, "staff": [], "walk_ins": []} | changes


def a_walk_in(name="Khách Lạ", **changes):
    return {"uuid": str(uuid4()), "full_name": name, "sex": "", "birth_year": None} | changes


def put(client, session, body, key=None):
    address = reverse("attendance_sheet", args=[session.uuid, key or uuid4()])
    return client.put(address, json.dumps(body), "application/json")


def came(session):
    return {str(row) for row in Attendance.objects.filter(session=session)}


def test_it_works(cast, session):
    head, key = head_of(cast.household), uuid4()
    body = a_sheet(
        session,
        walk_ins=[a_walk_in(birth_year=1990, sex="female", village=cast.khi.pk)],
        people=[{"resident": str(head.uuid), "outcomes": {"vneid": "alone"}}],
        phone={"recorded_at": "2025-10-31T08:00:00Z", "sent_at": "2025-10-31T17:00:00Z"},
    )
    answer = put(signed_in(cast.leader), session, body, key)
    assert (answer.status_code, answer["X-Portal"]) == (201, "1")
    assert answer.json()["uuid"] == str(key)
    assert answer.json()["received_at"]
    assert came(session) == {str(head), "Khách Lạ"}
    assert set(session.attendances.values_list("noted", flat=True)) == {"phone"}
    walk_in = session.attendances.get(walk_in_name="Khách Lạ")
    assert (walk_in.walk_in_birth_year, walk_in.walk_in_village) == (1990, cast.khi)
    assert PersonMet.objects.filter(encounter__session=session).get().resident == head
    assert SkillCheck.objects.filter(encounter__session=session).get().outcome == "alone"
    sheet = AttendanceSheet.objects.get()
    assert (sheet.uuid, sheet.author, sheet.recorded_at.year) == (key, cast.leader, 2025)
    assert cast.commune.stalemark_set.filter(village=cast.vi).exists()


def test_the_same_sheet_fifty_times_comes_once(cast, session):
    client, key = signed_in(cast.leader), uuid4()
    body = a_sheet(session, head_of(cast.household), walk_ins=[a_walk_in()])
    statuses = [put(client, session, body, key).status_code for _time in range(25)]
    # In another order, and sealed, it is still the same.
    phone = SealingPhone(cast.leader, cast.commune)
    sealed = [phone.record(dict(reversed(body.items())), kind="attendance", uuid=key)]
    for _time in range(25):
        result = deliver(*sealed)[0]
        assert (result["status"], result["uuid"]) == ("received", str(key))
    assert statuses == [201] + [200] * 24
    assert AttendanceSheet.objects.count() == 1
    assert session.attendances.count() == 2
    assert not HeldRecord.objects.exists()


def deliver(*sealed):
    answer = Client().post(
        reverse("sealed_records"),
        json.dumps({"sent_at": None, "records": list(sealed)}),
        "application/json",
    )
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_two_phones_add_up_and_take_nobody_off(cast, session):
    first, second = head_of(cast.household), head_of(cast.second_household)
    phones = [SealingPhone(cast.leader, cast.commune) for _phone in range(2)]
    lan = {"sex": "female", "full_name": "Vì Thị Lan"}
    sheets = [
        a_sheet(session, first, walk_ins=[a_walk_in(**lan)]),
        a_sheet(session, second, walk_ins=[a_walk_in(**lan), a_walk_in("Người Khác")]),
    ]
    sheets[0]["people"][0]["outcomes"] = {"vneid": "with_help"}
    sheets[1]["people"].append({"resident": str(first.uuid), "outcomes": {"vneid": "alone"}})
    for phone, sheet in zip(phones, sheets, strict=True):
        deliver(phone.record(sheet, kind="attendance"))
    assert came(session) == {str(first), str(second), "Vì Thị Lan", "Người Khác"}
    assert AttendanceSheet.objects.count() == 2
    assert SkillCheck.objects.get(encounter__session=session).outcome == "alone"


def test_the_better_outcome_counts_whichever_sheet_came_first(cast, session):
    head, client = head_of(cast.household), signed_in(cast.leader)
    add_to_attendance(session, residents=[head])
    session.refresh_from_db()
    note_outcomes(session, outcomes={(head.pk, cast.skills[1].pk): "alone"})
    body = a_sheet(session, people=[{"resident": str(head.uuid), "outcomes": {"vneid": "not_yet"}}])
    assert put(client, session, body).status_code == 201
    assert SkillCheck.objects.get(encounter__session=session).outcome == "alone"


def test_what_a_trainer_saw_on_vneid_counts_and_no_later_sheet_takes_it_back(cast, session):
    head, client, key = head_of(cast.household), signed_in(cast.leader), uuid4()
    person = {"resident": str(head.uuid), "outcomes": {}}
    body = a_sheet(session, people=[person | {"confirmed": True}])
    assert put(client, session, body, key).status_code == 201
    seen = Confirmation.objects.get()
    assert (seen.resident, seen.seen_on, seen.seen_by) == (head, session.held_on, cast.leader)
    assert seen.encounter.session == session
    # «false» says nothing, and a list of before this field keeps its content.
    later = a_sheet(session, people=[person | {"confirmed": False}])
    assert put(client, session, later).status_code == 201
    assert Confirmation.objects.count() == 1
    assert put(client, session, body, key).status_code == 200
    assert "confirmed" not in AttendanceSheet.objects.exclude(uuid=key).get().content["people"][0]
    assert (
        put(client, session, a_sheet(session, people=[person | {"confirmed": "x"}])).status_code
        == 400
    )


def test_two_namesakes_with_two_birth_years_are_two(cast, session):
    walk_ins = [a_walk_in("Vàng A Tủa", birth_year=year) for year in (1970, 1999)]
    put(signed_in(cast.leader), session, a_sheet(session, walk_ins=walk_ins))
    assert session.attendances.count() == 2


@pytest.mark.parametrize("state", ["closed", "cancelled", "to come"])
def test_a_sheet_that_cannot_be_added_is_held_and_settled(cast, session, state):
    head = head_of(cast.household)
    if state == "closed":
        add_to_attendance(session, residents=[head_of(cast.second_household)])
        close_session(session, counted=1)
    elif state == "cancelled":
        cancel_session(session, reason="Mưa lũ")
    else:
        TrainingSession.objects.filter(pk=session.pk).update(held_on=today() + timedelta(days=2))
    before, key = came(session), uuid4()
    refused = put(signed_in(cast.leader), session, a_sheet(session, head), key)
    assert (refused.status_code, refused.json()["error"]) == (409, "needs_official")
    phone = SealingPhone(cast.leader, cast.commune)
    result = deliver(phone.record(a_sheet(session, head), kind="attendance", uuid=key))[0]
    assert (result["status"], result["reason"]) == ("held", "refused")
    assert came(session) == before
    held = HeldRecord.objects.get()
    assert (held.kind, held.village, held.author) == ("attendance", cast.vi, cast.leader)
    desk = signed_in(cast.official)
    page = desk.get(reverse("held_detail", args=[held.uuid])).content.decode()
    assert session.title in page
    assert str(head) in page
    assert "Lớp VNeID" in page
    assert reverse("session_detail", args=[session.uuid]) in page
    assert desk.get(reverse("held_list")).status_code == 200
    record = reverse("held_record", args=[held.uuid])
    assert desk.post(record).status_code == 400
    assert came(session) == before
    if state == "to come":
        TrainingSession.objects.filter(pk=session.pk).update(held_on=today())
    elif state == "cancelled":
        desk.post(reverse("session_restore", args=[session.uuid]))
    else:
        reopen = reverse("session_reopen", args=[session.uuid])
        desk.post(reopen, {"reason": "Danh sách trên máy đến sau"})
    assert desk.post(record).status_code == 302
    assert came(session) == before | {str(head)}
    held.refresh_from_db()
    assert (held.settlement, held.settled_by) == ("recorded", cast.official)
    assert AttendanceSheet.objects.get().author == cast.leader
    told = package_of(cast.leader)[0]["held"]
    assert [(one["u"], one["s"]) for one in told] == [(str(key), "recorded")]
    again = deliver(phone.record(a_sheet(session, head), kind="attendance", uuid=key))[0]
    assert again["status"] == "received"


def test_a_revoked_phone_is_held(cast, session):
    phone = SealingPhone(cast.leader, cast.commune)
    known = phone.record(a_sheet(session, head_of(cast.household)), kind="attendance")
    deliver(known)
    revoke_phone(phone=phone.row, by=cast.official)
    late = phone.record(a_sheet(session, head_of(cast.second_household)), kind="attendance")
    results = deliver(known, late)
    assert [result["status"] for result in results] == ["received", "held"]
    assert results[1]["reason"] == "revoked_phone"
    assert session.attendances.count() == 1
    held = HeldRecord.objects.get()
    signed_in(cast.official).post(reverse("held_record", args=[held.uuid]))
    assert session.attendances.count() == 2


def test_a_leader_who_has_gone_is_held(cast, session):
    phone = SealingPhone(cast.leader, cast.commune)
    Assignment.objects.filter(user=cast.leader).update(to_on=today() - timedelta(days=1))
    letter = phone.record(a_sheet(session, head_of(cast.household)), kind="attendance")
    assert deliver(letter)[0]["reason"] == "no_longer_leader"
    TrainingSession.objects.update(trainer_user=None)
    other = SealingPhone(cast.neighbour, cast.commune)
    letter = other.record(a_sheet(session, head_of(cast.household)), kind="attendance")
    assert deliver(letter)[0]["reason"] == "no_longer_leader"
    assert not Attendance.objects.exists()


def test_one_that_says_something_else_under_a_known_number_is_kept_beside(cast, session):
    client, key = signed_in(cast.leader), uuid4()
    put(client, session, a_sheet(session, head_of(cast.household)), key)
    other = a_sheet(session, head_of(cast.second_household))
    assert put(client, session, other, key).json()["error"] == "conflict"
    phone = SealingPhone(cast.leader, cast.commune)
    result = deliver(phone.record(other, kind="attendance", uuid=key))[0]
    assert (result["status"], result["reason"]) == ("held", "conflict")
    held = HeldRecord.objects.get()
    signed_in(cast.official).post(reverse("held_record", args=[held.uuid]))
    assert session.attendances.count() == 2
    assert AttendanceSheet.objects.count() == 2


def test_a_rescue_file_brings_attendance_too(cast, session):
    from households.rescuing import open_for, take_rescue_file

    phone = SealingPhone(cast.leader, cast.commune)
    letter = phone.record(a_sheet(session, head_of(cast.household)), kind="attendance")
    content = open_for(cast.official, phone.rescue([letter]))
    rescued = take_rescue_file(content=content, by=cast.official)
    assert (rescued.received, rescued.held) == (1, 0)
    assert AttendanceSheet.objects.get().author == cast.leader
    assert take_rescue_file(content=content, by=cast.official).changed_nothing


class TestTheTrainerOfAnotherVillage:
    """An official, or a leader from elsewhere, who was named to take attendance."""

    @pytest.fixture(params=["official", "neighbour"])
    def trainer(self, request, cast, session):
        session.trainer_user = getattr(cast, request.param)
        session.save()
        return session.trainer_user

    def test_the_phone_carries_the_expected_list_and_nothing_else_of_the_village(
        self, cast, session, trainer
    ):
        answer = signed_in(trainer).get(PACKAGE)
        assert answer.status_code == 200
        text, package = answer.content.decode(), answer.json()
        head = head_of(cast.household)
        assert [row["u"] for row in package["sessions"]] == [str(session.uuid)]
        row = package["sessions"][0]
        assert (row["t"], row["p"], row["w"]) == ("Lớp VNeID", "Nhà văn hóa", "Bản Vi")
        assert row["s"] == [skill.code for skill in session.skills.all()]
        assert row["x"] == [
            {
                "u": str(head.uuid),
                "f": head.full_name,
                "y": head.birth_year,
                "v": "Bản Vi",
                "h": str(cast.household.uuid),
                "n": cast.household.number,
            }
        ]
        assert cast.vi.pk not in [village["id"] for village in package["villages"]]
        for other in cast.household.residents.exclude(pk=head.pk):
            assert str(other.uuid) not in text
            assert f'"{other.full_name}"' not in text
        assert "Vàng Thị Mẫu" not in text

    def test_who_is_expected_is_noted_and_nobody_else_of_the_village(self, cast, session, trainer):
        client = signed_in(trainer)
        expected = a_sheet(session, head_of(cast.household), walk_ins=[a_walk_in()])
        assert put(client, session, expected).status_code == 201
        if trainer == cast.neighbour:
            other = put(client, session, a_sheet(session, head_of(cast.second_household)))
            assert (other.status_code, other.json()["error"]) == (409, "needs_official")
        assert came(session) == {str(head_of(cast.household)), "Khách Lạ"}

    def test_the_session_of_another_commune_stays_closed(self, cast, session, trainer):
        TrainingSession.objects.update(commune=cast.elsewhere, village=cast.far)
        assert (
            put(signed_in(trainer), session, a_sheet(session, walk_ins=[a_walk_in()])).status_code
            == 404
        )
        assert package_of(trainer)[0]["sessions"] == []


def test_an_official_without_a_session_has_nothing_on_a_phone(cast, session):
    client = signed_in(cast.official)
    hello = reverse("phone_hello")
    assert client.get(PACKAGE).status_code == 403
    assert client.get(hello).json()["works_here"] is False
    TrainingSession.objects.update(trainer_user=cast.official)
    assert client.get(PACKAGE).json()["commune"] == cast.commune.full_name
    assert client.get(hello).json()["works_here"] is True
    TrainingSession.objects.update(held_on=today() - timedelta(days=20))
    assert client.get(hello).json()["works_here"] is False
    TrainingSession.objects.update(held_on=today(), trainer_user=cast.reader)
    assert signed_in(cast.reader).get(PACKAGE).status_code == 403


def test_a_leader_of_another_village_reads_nothing_of_this_one(cast, session):
    assert package_of(cast.neighbour)[0]["sessions"] == []
    assert (
        put(
            signed_in(cast.neighbour), session, a_sheet(session, head_of(cast.household))
        ).status_code
        == 404
    )
    for user in (cast.stranger, cast.stranger_leader):
        assert (
            put(signed_in(user), session, a_sheet(session, walk_ins=[a_walk_in()])).status_code
            == 404
        )
    assert (
        put(signed_in(cast.reader), session, a_sheet(session, walk_ins=[a_walk_in()])).status_code
        == 403
    )
    assert not Attendance.objects.exists()


def test_only_sessions_near_today_that_are_open_travel(cast, session):
    def add(days, **more):
        return TrainingSession.objects.create(
            commune=cast.commune,
            village=cast.vi,
            title=f"{days}",
            held_on=today() + timedelta(days=days),
            **more,
        )

    add(-15), add(31), add(1, status="closed"), add(2, status="cancelled", cancel_reason="Mưa")
    wanted = [add(-14), session, add(30)]
    assert [row["u"] for row in package_of(cast.leader)[0]["sessions"]] == [
        str(one.uuid) for one in wanted
    ]


def test_the_package_says_who_is_noted_and_asks_the_database_no_more_for_many(cast, session):
    member = StaffMember.objects.create(
        commune=cast.commune, full_name="Lê Thị Cán Bộ", category="cadre"
    )
    Invitation.objects.create(session=session, staff_member=member)
    walk_in = a_walk_in()
    body = a_sheet(session, head_of(cast.second_household), staff=[member.pk], walk_ins=[walk_in])
    assert put(signed_in(cast.leader), session, body).status_code == 201
    package_of(cast.leader)
    with CaptureQueriesContext(connection) as few:
        row = package_of(cast.leader)[0]["sessions"][0]
    assert (row["c"], row["cs"], row["cw"], row["n"]) == (
        [str(head_of(cast.second_household).uuid)],
        [member.pk],
        [walk_in["uuid"]],
        3,
    )
    assert {"i": member.pk, "f": "Lê Thị Cán Bộ"} in row["x"]
    for number in range(5):
        more = TrainingSession.objects.create(
            commune=cast.commune, village=cast.vi, title=f"Lớp {number}", held_on=today()
        )
        for resident in cast.household.residents.all():
            Invitation.objects.create(session=more, resident=resident)
        add_to_attendance(more, residents=cast.household.residents.all())
    with CaptureQueriesContext(connection) as many:
        package_of(cast.leader)
    assert len(many) == len(few)


def test_the_package_holds_nothing_sensitive(cast, session):
    cast.household.poverty, cast.household.phone = "poor", "0912345678"
    cast.household.save()
    head = head_of(cast.household)
    head.ethnic_group, head.sex = "thai", "male"
    head.save()
    session.trainer_user = cast.official
    session.save()
    text = signed_in(cast.official).get(PACKAGE).content.decode()
    for secret in ("0912345678", "poor", "thai", '"male"'):
        assert secret not in text


HOSTILE = [
    [],
    "text",
    7,
    None,
    {},
    {"people": "all"},
    {"people": ["x"]},
    {"people": [{}]},
    {"people": [{"resident": 5}]},
    {"people": [{"resident": "\x00"}]},
    {"people": [{"resident": ["a"]}]},
    {"people": [{"resident": str(uuid4()), "outcomes": []}]},
    {"people": [{"resident": str(uuid4()), "outcomes": {"vneid": {}}}]},
    {"people": [{"resident": str(uuid4()), "outcomes": {"vneid": "perfect"}}]},
    {"people": [{"resident": str(uuid4()), "height": 3}]},
    {"people": [{"resident": "7f1a"}] * 501},
    {"people": [{"resident": str(uuid4())}], "further": 1},
    {"staff": [True]},
    {"staff": [-1]},
    {"staff": [10**30]},
    {"staff": {"a": 1}},
    {"walk_ins": [{"uuid": "x", "full_name": "A"}]},
    {"walk_ins": [a_walk_in("")]},
    {"walk_ins": [a_walk_in("  \u200b ")]},
    {"walk_ins": [a_walk_in("123")]},
    {"walk_ins": [a_walk_in("A" * 5000)]},
    {"walk_ins": [a_walk_in(sex="both")]},
    {"walk_ins": [a_walk_in(sex="\x00both")]},
    {"walk_ins": [a_walk_in(birth_year=1)]},
    {"walk_ins": [a_walk_in(birth_year=10**40)]},
    {"walk_ins": [a_walk_in(birth_year="1990")]},
    {"walk_ins": [a_walk_in(village=2**31 - 1)]},
    {"walk_ins": [a_walk_in(village=-5)]},
    {"walk_ins": [a_walk_in(village=1.5)]},
    {"walk_ins": [a_walk_in()], "phone": "mine"},
    {"walk_ins": [a_walk_in()], "phone": {"recorded_at": "0001-01-01"}},
    {"walk_ins": [a_walk_in()], "session": "other"},
    {"walk_ins": [a_walk_in()], "session": str(uuid4())},
    {"walk_ins": [a_walk_in()], "session": {"a": 1}},
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_what_no_phone_writes_is_refused_in_words(cast, session, body):
    client = signed_in(cast.leader, raise_request_exception=False)
    answer = put(client, session, body)
    assert answer.status_code == 400, answer.content
    assert all(texts and all(texts) for texts in answer.json()["errors"].values())
    assert not Attendance.objects.exists()
    if isinstance(body, dict):
        phone = SealingPhone(cast.leader, cast.commune)
        body = {"session": str(session.uuid)} | body
        result = deliver(phone.record(body, kind="attendance"))[0]
        assert result["status"] == "held", result
        held = HeldRecord.objects.get()
        page = signed_in(cast.official).get(reverse("held_detail", args=[held.uuid]))
        assert page.status_code == 200
        assert not Attendance.objects.exists()


def test_foreign_people_are_refused_like_missing_ones(cast, session):
    client = signed_in(cast.leader)
    far = put(client, session, a_sheet(session, head_of(cast.far_household)))
    khi = put(client, session, a_sheet(session, head_of(cast.khi_household)))
    missing = put(client, session, a_sheet(session, people=[{"resident": str(uuid4())}]))
    for answer in (far, khi, missing):
        assert (answer.status_code, answer.json()["error"]) == (409, "needs_official")
    assert far.json() == khi.json() == missing.json()
    member = StaffMember.objects.create(commune=cast.elsewhere, full_name="Xa", category="cadre")
    for key in (member.pk, 999_999):
        assert put(client, session, a_sheet(session, staff=[key])).status_code == 409


def test_a_phone_that_names_a_merged_entry_means_the_kept_one(cast, session):
    """The package on the phone is older than the merge: the person is still reached."""
    kept, merged = cast.household.residents.order_by("pk")[:2]
    merge_residents(kept=kept, merged=merged, by=cast.official)
    body = a_sheet(
        session,
        people=[
            {"resident": str(merged.uuid), "outcomes": {"vneid": "alone"}},
            {"resident": str(kept.uuid), "outcomes": {"vneid": "not_yet"}},
        ],
    )
    assert put(signed_in(cast.leader), session, body).status_code == 201
    assert came(session) == {str(kept)}
    assert PersonMet.objects.get(encounter__session=session).resident == kept
    check = SkillCheck.objects.get(encounter__session=session)
    assert (check.resident, check.outcome) == (kept, "alone")


def test_the_number_of_a_walk_in_elsewhere_is_refused(cast, session):
    other = TrainingSession.objects.create(
        commune=cast.commune, village=cast.vi, title="Lớp khác", held_on=today()
    )
    client, walk_in = signed_in(cast.leader), a_walk_in()
    assert put(client, other, a_sheet(other, walk_ins=[walk_in])).status_code == 201
    assert put(client, session, a_sheet(session, walk_ins=[walk_in])).status_code == 400
