"""Lists of sessions and of who came: the same records as at the desk, found again by name."""

from datetime import date, time

import pytest

from households.models import Confirmation, Encounter, PersonMet, Resident, SkillCheck
from portal.testing.cast import make_household
from portal.testing.lists import ListDesk, outcomes
from training.attendance import (
    add_to_attendance,
    cancel_session,
    close_session,
    note_outcomes,
    reopen_session,
)
from training.employing import hire
from training.models import Agency, Attendance, StaffMember, TrainingSession
from villages.importing import running
from villages.models import ImportProgress, StaleMark

pytestmark = pytest.mark.django_db
CLASS = {
    "title": "Cài đặt VNeID", "held_on": "2025-10-03", "village": "Vi", "kind": "residents",
    "starts_at": "19:30", "skills": "Cài đặt, dùng VNeID; Quét mã QR", "status": "closed",
}  # fmt: skip


@pytest.fixture
def sessions(cast):
    return ListDesk("sessions", commune=cast.commune, user=cast.official)


@pytest.fixture
def came(cast, sessions):
    """The list of who came to a class that the commune has brought in."""
    sessions.bring(CLASS)
    desk = ListDesk("attendance", commune=cast.commune, user=cast.official)
    desk.session = TrainingSession.objects.get()
    desk.options = {"session": str(desk.session.uuid)}
    return desk


def at_home(cast, **said):
    return {
        "full_name": "Lò Văn Mẫu",
        "village": "Vi",
        "household": "1",
        "birth_year": "1961",
    } | said


def test_it_works(sessions, cast):
    planned = {"title": "Đi chợ số", "held_on": "2027-01-05", "capacity": "40"}
    rows = sessions.bring(CLASS, planned, CLASS | {"village": "Khì", "status": ""})
    assert outcomes(rows) == ["new", "new", "new"]
    held = TrainingSession.objects.get(village=cast.vi)
    assert (held.status, held.starts_at) == ("closed", time(19, 30))
    assert {skill.code for skill in held.skills.all()} == {"vneid", "qr"}
    assert held.encounter.occasion == "training_session"
    later = TrainingSession.objects.get(title="Đi chợ số")
    assert (later.status, later.encounter, later.capacity) == ("planned", None, 40)
    assert TrainingSession.objects.get(village=cast.khi).status == "held"
    assert outcomes(sessions.plan(CLASS, planned)) == ["same", "same"]


@pytest.mark.parametrize(
    ("said", "column"),
    [
        ({"held_on": "2027-01-05"}, "held_on"),
        ({"status": "cancelled"}, "cancel_reason"),
        ({"ends_at": "18:00"}, "ends_at"),
        ({"starts_at": "", "ends_at": "18:00"}, "starts_at"),
        ({"skills": "Bay lên trời"}, "skills"),
        ({"village": "Không đâu"}, "village"),
    ],
)
def test_what_cannot_be_is_refused_beside_the_cell(sessions, said, column):
    (row,) = sessions.plan(CLASS | said)
    assert list(row.errors) == [column]
    assert outcomes(sessions.plan(CLASS)) == ["new"]


def test_a_list_changes_a_session_but_not_what_its_page_decides(sessions, cast):
    sessions.bring(CLASS | {"status": "held"})
    rows = sessions.bring(
        {"title": "cài đặt vneid", "held_on": "2025-10-03", "place": "Nhà văn hóa"}
    )
    assert outcomes(rows) == ["changed"]
    session = TrainingSession.objects.get()
    assert (session.place, session.starts_at, session.status) == (
        "Nhà văn hóa",
        time(19, 30),
        "held",
    )
    for status in ("closed", "planned"):
        (row,) = sessions.plan(CLASS | {"status": status})
        assert list(row.errors) == ["status"]


def test_a_list_is_not_taken_back_under_what_was_noted_since(came, cast):
    vneid = cast.skills[1]
    came.bring(at_home(cast, **{f"skill_{vneid.pk}": "alone"}))
    resident = came.session.attendances.get().resident

    def undo():
        running.undo_run(came.run, by=cast.official)
        return came.run.status

    TrainingSession.objects.update(counted=1)
    assert undo() == "applied"
    reopen_session(came.session, reason="Ghi nhầm")
    noted = {"outcomes": {(resident.pk, cast.skills[0].pk): "alone"}, "by": cast.official}
    note_outcomes(came.session, **noted)
    assert undo() == "applied"
    assert str(resident) in str(ImportProgress.objects.get(run=came.run).obstacles)
    note_outcomes(came.session, outcomes={(resident.pk, cast.skills[0].pk): ""})
    assert undo() == "undone"
    assert not SkillCheck.objects.exists()


def test_a_cancelled_session_stands_in_nobodys_way(sessions, came, cast):
    cancelled = CLASS | {"status": "cancelled", "cancel_reason": "Mưa lũ"}
    sessions.bring(CLASS | {"title": "Đi chợ số"})
    first = TrainingSession.objects.get(title="Đi chợ số")
    reopen_session(first, reason="Ghi nhầm")
    cancel_session(first, reason="Mưa lũ")
    rows = sessions.bring(*({**row, "title": "Đi chợ số"} for row in (cancelled, CLASS)))
    assert outcomes(rows) == ["same", "new"]
    assert set(TrainingSession.objects.filter(title="Đi chợ số").values_list("status")) == {
        ("cancelled",), ("closed",),
    }  # fmt: skip
    # From now on the one that took place is meant, in a list of who came too.
    said = {"title": "Đi chợ số", "held_on": "2025-10-03"}
    assert outcomes(sessions.plan({**said, "village": "Vi"})) == ["same"]
    came.options = {}
    rows = came.plan(at_home(cast, **said, session_village="Vi"))
    assert outcomes(rows) == ["new"]
    assert rows[0].record.session.status == "closed"


def test_a_row_without_status_about_a_cancelled_session_asks_a_person(sessions, cast):
    sessions.bring(CLASS | {"status": "cancelled", "cancel_reason": "Mưa lũ"})
    said = CLASS | {"status": ""}
    (row,) = sessions.plan(said)
    assert outcomes([row]) == ["uncertain"]
    (key, words) = row.candidates[0]
    assert "Mưa lũ" in words
    assert outcomes(sessions.plan(said, decisions={2: key})) == ["same"]
    assert outcomes(sessions.bring(said, decisions={2: "new"})) == ["new"]


def test_a_closed_session_is_not_changed_by_a_list(sessions):
    sessions.bring(CLASS)
    assert outcomes(sessions.plan(CLASS)) == ["same"]
    for said in ({"starts_at": "18:00"}, {"skills": "Dùng thiết bị thông minh tìm thông tin"}):
        (row,) = sessions.plan(CLASS | said)
        assert list(row.errors) == list(said)


def test_residents_count_as_if_noted_at_the_desk(came, cast):
    vneid = f"skill_{cast.skills[1].pk}"
    rows = came.bring(
        at_home(cast, **{vneid: "alone", "confirmed": "yes"}),
        {"full_name": "Lường Thị Mẫu", "village": "Vi", "birth_year": "1964", "completed": "no"},
        {"full_name": "Khách Qua Đường", "sex": "female", "village": "Khì", "birth_year": "1999"},
    )
    assert outcomes(rows) == ["new", "new", "new"]
    session = TrainingSession.objects.get()
    encounter = session.encounter
    resident = Resident.objects.get(full_name="Lò Văn Mẫu")
    assert set(encounter.people_met.values_list("resident__full_name", "happened_on")) == {
        ("Lò Văn Mẫu", date(2025, 10, 3)),
        ("Lường Thị Mẫu", date(2025, 10, 3)),
    }
    check = SkillCheck.objects.get()
    assert (check.resident, check.outcome, check.happened_on) == (
        resident, "alone", date(2025, 10, 3),
    )  # fmt: skip
    assert Confirmation.objects.get().encounter == encounter
    assert encounter.unnamed_people == 1
    assert set(session.attendances.values_list("noted", "completed")) == {
        ("import", True),
        ("import", False),
    }
    walk_in = session.attendances.exclude(walk_in_name="").get()
    assert (walk_in.walk_in_birth_year, walk_in.walk_in_village) == (1999, cast.khi)
    assert StaleMark.objects.filter(village=cast.vi, since_on=date(2025, 10, 3)).exists()


def test_the_desk_and_the_list_write_the_same(came, cast):
    """One class noted at the desk, one brought in: nothing but who noted it differs."""
    residents = list(cast.household.residents.filter(birth_year__lt=2000))
    vneid = cast.skills[1]
    typed = TrainingSession.objects.create(
        commune=cast.commune, village=cast.vi, title="Lớp gõ tay", held_on=date(2025, 10, 3)
    )
    add_to_attendance(
        typed, residents=residents, walk_ins=[("Người Lạ", "male")], author=cast.official
    )
    note_outcomes(
        typed, outcomes={(one.pk, vneid.pk): "with_help" for one in residents}, completed=None
    )
    close_session(typed, counted=3)
    said = {f"skill_{vneid.pk}": "with_help"}
    came.bring(
        *(
            {"full_name": one.full_name, "village": "Vi", "household": "1", **said}
            for one in residents
        ),
        {"full_name": "Người Lạ", "sex": "male"},
    )
    assert written(TrainingSession.objects.get(pk=typed.pk)) == written(
        TrainingSession.objects.get(title="Cài đặt VNeID")
    )


def written(session):
    encounter = session.encounter
    return (
        session.status,
        encounter.occasion, encounter.held_on, encounter.village, encounter.author,
        encounter.unnamed_people,
        set(encounter.people_met.values_list("resident", "happened_on")),
        set(encounter.checks.values_list("resident", "skill", "outcome", "happened_on")),
        set(session.attendances.values_list("resident", "walk_in_name", "completed")),
    )  # fmt: skip


def test_brought_in_again_nothing_is_new_and_what_differs_is_changed(came, cast):
    vneid = f"skill_{cast.skills[1].pk}"
    came.session.status = "held"
    came.session.save()
    stranger = {"full_name": "Người Lạ", "sex": "male"}
    came.bring(at_home(cast, **{vneid: "not_yet"}), stranger)
    assert outcomes(came.plan(at_home(cast, **{vneid: ""}), stranger)) == ["same", "same"]
    rows = came.bring(at_home(cast, **{vneid: "alone", "completed": "no"}))
    assert outcomes(rows) == ["changed"]
    assert SkillCheck.objects.get().outcome == "alone"
    assert not Attendance.objects.get(resident__isnull=False).completed
    assert PersonMet.objects.count() == 1
    assert Encounter.objects.get().unnamed_people == 1


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({"birth_year": "1961"}, "new"),
        ({"birth_year": ""}, "new"),
        ({"birth_year": "1963"}, "uncertain"),
        ({"household": "2"}, "uncertain"),
        ({"household": "", "birth_year": "1961"}, "new"),
        ({"household": "", "birth_year": "1963"}, "uncertain"),
        ({"household": "", "birth_year": "", "village": ""}, "uncertain"),
        ({"full_name": "Không Ai"}, "wrong"),
        ({"full_name": "Không Ai", "household": ""}, "new"),
    ],
)
def test_the_uncertain_are_for_a_person_to_decide(came, cast, said, outcome):
    (row,) = came.plan(at_home(cast) | said)
    assert row.outcome == outcome
    if outcome == "uncertain":
        key = row.candidates[0][0]
        assert outcomes(came.plan(at_home(cast) | said, decisions={2: "skip"})) == ["skipped"]
        came.bring(at_home(cast) | said, decisions={2: key})
        assert Attendance.objects.get().resident.full_name == "Lò Văn Mẫu"


def test_two_namesakes_in_a_village_are_told_apart_by_household_alone(came, cast):
    make_household(cast.vi, ("Lò Văn Mẫu", 1961))
    (row,) = came.plan(at_home(cast, household=""))
    assert (row.outcome, len(row.candidates)) == ("uncertain", 2)
    assert outcomes(came.plan(at_home(cast))) == ["new"]


def test_staff_are_found_by_code_or_by_name_and_agency(came, cast):
    agency = Agency.objects.create(commune=cast.commune, name="Trạm Y tế")
    member = StaffMember(commune=cast.commune, full_name="Lò Thị An", code="CB1", category="cadre")
    hire(member, agency=agency, from_on=date(2024, 1, 1))
    rows = came.bring({"code": "CB1"}, {"full_name": "Lò Thị An", "agency": "trạm y tế"})
    assert outcomes(rows) == ["new", "skipped"]
    assert Attendance.objects.get().staff_member == member
    assert not PersonMet.objects.exists()


def test_a_closed_list_that_has_people_stays_as_it_is(came, cast):
    came.bring(at_home(cast))
    rows = came.plan(at_home(cast), {"full_name": "Người Lạ"})
    assert outcomes(rows) == ["same", "wrong"]


def test_each_row_may_name_its_session(came, cast, sessions):
    sessions.bring(CLASS | {"village": "Khì"})
    came.options = {}
    named = at_home(cast, held_on="2025-10-03", title="cài đặt VNEID")
    rows = came.plan(
        named, named | {"session_village": "Khì"}, named | {"title": "Lớp khác"}, at_home(cast)
    )
    assert [list(row.errors) for row in rows] == [["session_village"], [], ["title"], ["held_on"]]


def test_people_of_another_commune_are_walk_ins_at_most(came, cast):
    rows = came.plan({"full_name": "Người Ở Xa", "birth_year": "1980"})
    assert outcomes(rows) == ["new"]
    assert rows[0].record.attendance.walk_in_name == "Người Ở Xa"


def test_no_row_asks_the_database(came, cast, django_assert_max_num_queries):
    people = [(f"Lò Văn {n} Mẫu", 1950 + n) for n in range(40)]
    household = make_household(cast.vi, *people)
    said = [
        {"full_name": name, "village": "Vi", "household": str(household.number)}
        for name, _year in people
    ]
    with django_assert_max_num_queries(18):
        assert set(outcomes(came.plan(*said))) == {"new"}
    with django_assert_max_num_queries(45):
        came.bring(*said)
