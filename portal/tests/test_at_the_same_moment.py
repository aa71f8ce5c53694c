"""Verbs of the desk pressed by two people, or twice, at one moment: one of them counts."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.core import mail as outbox
from django.db import connection
from django.test import Client
from django.urls import reverse

from households.merging import NotMerged, merge_residents, part_residents
from households.models import Encounter, PersonMet, Resident, ResidentMerge, Skill
from households.residence import ResidenceError
from households.taking import Refused
from households.village_changes import merge_villages, rename_village
from portal.testing.cast import make_household
from portal.testing.importing import Lists
from training.attendance import add_to_attendance, close_session
from training.certifying import issue_certificates, reissue_certificate, revoke_certificate
from training.models import (
    Agency,
    Attendance,
    AttendanceSheet,
    Certificate,
    Reminder,
    ReminderMail,
    StaffMember,
    TrainingSession,
)
from training.reminding import Letter, Letters, order_reminder, send_waiting
from training.taking_attendance import take_attendance
from villages.importing import running
from villages.importing.kinds import kind_of
from villages.models import Assignment, TeamMember, Village, VillageChange
from villages.periods import today
from villages.refusals import ChangeRefused

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
REFUSED = (NotMerged, ResidenceError, ChangeRefused, Refused)


def at_once(*acts):
    """Run the acts in threads that start together; return what each gave, or its refusal."""
    gate = Barrier(len(acts))

    def run(act):
        try:
            gate.wait(10)
            return act()
        except REFUSED as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(60) for future in [pool.submit(run, act) for act in acts]]


def posting(user, address, typed):
    client = Client()
    client.force_login(user)
    return lambda: client.post(address, typed).status_code


def refusals(answers):
    return [answer for answer in answers if isinstance(answer, REFUSED)]


def test_a_citizen_helped_by_six_presses_counts_once(cast):
    Skill.objects.filter(code="vneid").update(is_at_counter=True)
    citizen = cast.household.residents.get(full_name="Lò Văn Mẫu")
    said = {"office": "service_centre", "held_on": f"{today()}", "outcome-vneid": "alone"}
    for who in ({"resident": f"{citizen.uuid}"}, {}):
        typed = said | who | {"uuid": f"{uuid4()}"}
        answers = at_once(*[posting(cast.official, reverse("counter"), typed)] * 6)
        assert answers == [302] * 6
        assert Encounter.objects.filter(uuid=typed["uuid"]).count() == 1
    assert Encounter.objects.count() == 2
    assert PersonMet.objects.count() == 1


def test_two_entries_merged_into_each_other_end_as_one(cast):
    one, other = cast.household.residents.order_by("pk")[:2]
    answers = at_once(
        lambda: merge_residents(kept=one, merged=other, by=cast.official),
        lambda: merge_residents(kept=other, merged=one, by=cast.official),
        lambda: merge_residents(kept=one, merged=other, by=cast.official),
    )
    assert len(refusals(answers)) == 2
    assert Resident.objects.filter(pk__in=[one.pk, other.pk], status="merged").count() == 1
    merge = ResidentMerge.objects.get()
    at_once(*[lambda: part_residents(merge=merge, by=cast.official)] * 3)
    assert not Resident.objects.filter(status="merged").exists()
    for resident in (one, other):
        assert resident.residencies.count() == 1


def test_a_village_is_renamed_or_merged_but_not_both(cast):
    on = today()
    answers = at_once(
        lambda: rename_village(former=cast.vi, name="Vi Mới", effective_on=on, by=cast.official),
        lambda: merge_villages(
            former=cast.vi, successor=cast.khi, effective_on=on, by=cast.official
        ),
        lambda: merge_villages(
            former=cast.khi, successor=cast.vi, effective_on=on, by=cast.official
        ),
    )
    assert len(refusals(answers)) in (1, 2)
    closed = Village.objects.filter(commune=cast.commune, to_on__isnull=False)
    assert len(closed) == len(answers) - len(refusals(answers))
    # Each is closed by one change; whoever went into it before is told where it is now.
    changes = VillageChange.objects.filter(note="")
    assert {change.former for change in changes} == set(closed)
    assert len(changes) == len(closed)
    assert not cast.household.__class__.objects.filter(village__in=closed).exists()
    assert not Assignment.objects.filter(village__in=closed, to_on__isnull=True).exists()


@pytest.mark.parametrize("is_first", [True, False])
def test_a_list_puts_nobody_into_the_team_of_a_village_that_merges_meanwhile(
    cast, monkeypatch, is_first
):
    """The village merges while the worker writes: before the member stands there, or after."""
    row = {"village": "Khì", "full_name": "Hà Văn Tổ"}
    run = Lists(cast.official, cast.commune).upload("teams", row)
    teams, merging = kind_of("teams"), []
    write = teams.write

    def merge():
        merge_villages(former=cast.khi, successor=cast.vi, effective_on=today(), by=cast.official)
        connection.close()

    def write_meanwhile(*given):
        if merging:
            return write(*given)
        merging.append(Thread(target=merge))
        if not is_first:
            write(*given)
        merging[0].start()
        merging[0].join(None if is_first else 2)
        return write(*given) if is_first else None

    monkeypatch.setattr(teams, "write", write_meanwhile)
    running.apply_run(run, by=cast.official)
    merging[0].join()
    assert Village.objects.get(pk=cast.khi.pk).to_on is not None
    member = TeamMember.objects.filter(full_name="Hà Văn Tổ").first()
    assert member is None or member.to_on or member.team.village == cast.vi, run.status


def test_two_villages_split_off_under_one_number_are_told_apart(cast):
    typed = {
        "effective_on": f"{today()}", "number": "9", "kind": cast.vi.kind,
        "households": "1",
    }  # fmt: skip
    make_household(cast.khi, ("Sùng A Mẫu", 1970))
    address = [reverse("village_split", args=[v.pk]) for v in (cast.vi, cast.khi)]
    asked = []
    for user, url, name in (
        (cast.official, address[0], "Bản Vi Trên"), (cast.admin, address[1], "Bản Khì Trên"),
    ):  # fmt: skip
        said, client = typed | {"name": name}, Client()
        client.force_login(user)
        seen = client.post(url, said).context["confirmation"]
        asked.append(posting(user, url, said | {"confirm": seen}))
    answers = at_once(*asked)
    assert sorted(answers) in ([302, 302], [302, 400])
    assert Village.objects.filter(commune=cast.commune, number=9, to_on=None).count() == 1


def test_certificates_are_issued_and_issued_anew_once(cast):
    session = TrainingSession.objects.create(
        commune=cast.commune, village=cast.vi, title="Dùng VNeID an toàn", held_on=today()
    )
    add_to_attendance(session, residents=cast.household.residents.all(), author=cast.official)
    session = close_session(session, counted=3)
    rows = list(session.attendances.all())
    at_once(
        *[lambda: issue_certificates(session, attendances=rows, by=cast.official)] * 4,
    )
    assert Certificate.objects.count() == 3
    revoked = Certificate.objects.first()
    at_once(
        *[lambda: revoke_certificate(revoked, reason="Sai tên", by=cast.official)] * 3,
    )
    answers = at_once(*[lambda: reissue_certificate(revoked, by=cast.official)] * 4)
    assert len(refusals(answers)) == 3
    assert Certificate.objects.filter(revoked_at__isnull=True).count() == 3


def test_a_reminder_pressed_four_times_sends_each_mail_once(cast):
    office = Agency.objects.create(commune=cast.commune, name="Phòng Kinh tế")
    members = [
        StaffMember.objects.create(
            commune=cast.commune, full_name=f"Cán Bộ {letter}", category="cadre"
        )
        for letter in "ABCDEFGH"
    ]
    written = Letters(
        [Letter(office, one, f"{one.pk}@example.org", "Nhắc", "Nội dung") for one in members], []
    )
    key = uuid4()

    def press():
        return order_reminder(
            written, uuid=key, commune=cast.commune, to="members", finish_by=None,
            seen=written.seal, by=cast.official,
        )  # fmt: skip

    at_once(*[press] * 4)
    assert Reminder.objects.count() == 1
    at_once(*[send_waiting] * 4)
    assert len(outbox.outbox) == 8
    assert set(ReminderMail.objects.values_list("state", flat=True)) == {"sent"}


def test_fifty_like_sheets_at_once_are_one(cast):
    session = TrainingSession.objects.create(
        commune=cast.commune, village=cast.vi, title="Lớp VNeID", held_on=today()
    )
    head = cast.household.residents.get(is_head=True)
    walk_in = {"uuid": f"{uuid4()}", "full_name": "Khách Lạ", "sex": "", "birth_year": None}
    body = {
        "session": f"{session.uuid}", "staff": [], "walk_ins": [walk_in],
        "people": [{"resident": f"{head.uuid}", "outcomes": {}}],
    }  # fmt: skip
    key = uuid4()

    def send():
        return take_attendance(uuid=key, body=body, author=cast.leader).created

    # As many at once as the test's database has room for.
    answers = [answer for _turn in range(5) for answer in at_once(*[send] * 10)]
    assert sorted(answers) == [False] * 49 + [True]
    assert AttendanceSheet.objects.count() == 1
    assert session.attendances.count() == 2
    assert PersonMet.objects.count() == 1


def test_a_walk_in_of_one_number_in_two_sessions_at_once_is_in_one(cast):
    sessions = [
        TrainingSession.objects.create(
            commune=cast.commune, village=cast.vi, title=title, held_on=today()
        )
        for title in ("Lớp sáng", "Lớp chiều")
    ]
    walk_in = {"uuid": f"{uuid4()}", "full_name": "Khách Lạ", "sex": "", "birth_year": None}

    def sending(session):
        body = {"session": f"{session.uuid}", "people": [], "staff": [], "walk_ins": [walk_in]}
        return lambda: take_attendance(uuid=uuid4(), body=body, author=cast.leader).created

    answers = at_once(*[sending(session) for session in sessions])
    assert len(refusals(answers)) == 1
    assert Attendance.objects.count() == 1
