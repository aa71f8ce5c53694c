"""The verbs of attendance: who came is written once and counts through the encounter."""

from datetime import timedelta

import pytest

from households.models import Confirmation, Encounter, PersonMet, SkillCheck
from training import attendance
from training.models import Attendance, StaffMember, TrainingSession
from training.planning import restore_session
from villages.models import StaleMark
from villages.periods import today
from villages.refusals import ChangeRefused


@pytest.fixture
def people(cast):
    return list(cast.household.residents.order_by("birth_year"))


@pytest.fixture
def member(cast):
    return StaffMember.objects.create(
        commune=cast.commune, full_name="Hà Văn Cán", category="cadre", code="CB01"
    )


def everything(session):
    session.refresh_from_db()
    return (
        set(session.attendances.values_list("pk", "resident", "staff_member", "completed")),
        set(session.encounter.people_met.values_list("pk", "resident", "happened_on")),
        set(session.encounter.checks.values_list("pk", "resident", "skill", "outcome")),
        session.encounter.unnamed_people,
        session.status,
    )


def test_it_works(cast, session, people, member, yesterday):
    vneid = cast.skills[1]
    attendance.add_to_attendance(
        session,
        residents=people[:2],
        staff=[member],
        walk_ins=[("Khách Lạ", "male")],
        author=cast.official,
    )
    attendance.note_outcomes(session, outcomes={(people[0].pk, vneid.pk): "alone"})
    session.refresh_from_db()
    assert session.encounter.author == cast.official
    assert session.status == "held"
    assert session.attendances.count() == 4
    assert session.encounter.occasion == Encounter.Occasion.TRAINING_SESSION
    assert session.encounter.unnamed_people == 1
    assert set(session.encounter.people_met.values_list("resident", flat=True)) == {
        people[0].pk,
        people[1].pk,
    }
    check = session.encounter.checks.get()
    assert (check.resident, check.skill, check.outcome) == (people[0], vneid, "alone")
    assert check.happened_on == yesterday
    assert StaleMark.objects.filter(village=cast.vi, since_on=yesterday).exists()


def test_sending_the_same_again_changes_nothing_and_marks_nothing(cast, session, people, member):
    said = {
        "residents": people,
        "staff": [member, member],
        "walk_ins": [("Khách Lạ", "male"), ("Khách Lạ", "male")],
    }
    outcomes = {(people[0].pk, cast.skills[0].pk): "with_help"}
    assert attendance.add_to_attendance(session, **said) == 5
    attendance.note_outcomes(session, outcomes=outcomes)
    before = everything(session)
    StaleMark.objects.all().delete()
    assert attendance.add_to_attendance(session, **said) == 0
    attendance.note_outcomes(session, outcomes=outcomes)
    attendance.take_from_attendance(session, attendances=[])
    assert everything(session) == before
    assert not StaleMark.objects.exists()


def test_who_stays_keeps_completed_and_outcomes(cast, session, people):
    attendance.add_to_attendance(session, residents=people)
    stays = session.attendances.get(resident=people[0])
    attendance.note_outcomes(
        session,
        outcomes={(people[0].pk, cast.skills[0].pk): "alone"},
        completed={stays.pk: False},
    )
    attendance.take_from_attendance(session, attendances=session.attendances.exclude(pk=stays.pk))
    attendance.add_to_attendance(session, residents=people[:1])
    row = session.attendances.get()
    assert (row.resident, row.completed) == (people[0], False)
    session.refresh_from_db()
    assert session.encounter.checks.get().outcome == "alone"


def test_an_outcome_is_changed_or_taken_back_and_the_others_stay(cast, session, people):
    first, second = (skill.pk for skill in cast.skills)
    attendance.add_to_attendance(session, residents=people)
    attendance.note_outcomes(
        session,
        outcomes={(who.pk, skill): "alone" for who in people[:2] for skill in (first, second)},
    )
    attendance.note_outcomes(
        session, outcomes={(people[0].pk, first): "not_yet", (people[0].pk, second): ""}
    )
    assert set(SkillCheck.objects.values_list("resident", "skill", "outcome")) == {
        (people[0].pk, first, "not_yet"),
        (people[1].pk, first, "alone"),
        (people[1].pk, second, "alone"),
    }


def test_what_was_seen_of_somebody_goes_when_he_is_struck_and_moves_with_the_day(
    cast, session, people, long_ago
):
    attendance.add_to_attendance(session, residents=people[:2])
    attendance.note_outcomes(
        session, outcomes={}, seen={people[0].pk: True, people[1].pk: True}, by=cast.official
    )
    attendance.note_outcomes(session, outcomes={}, seen={people[1].pk: False}, by=cast.official)
    seen = Confirmation.objects.get()
    assert (seen.resident, seen.seen_on, seen.seen_by) == (
        people[0], session.held_on, cast.official,
    )  # fmt: skip
    attendance.move_session(session, held_on=long_ago)
    seen.refresh_from_db()
    assert seen.seen_on == long_ago
    StaleMark.objects.all().delete()
    row = session.attendances.get(resident=people[0])
    attendance.take_from_attendance(session, attendances=[row])
    assert not Confirmation.objects.exists()
    assert StaleMark.objects.filter(village=cast.vi, since_on=long_ago).exists()


def test_whoever_is_struck_no_longer_counts_and_his_village_is_marked(cast, session):
    from_khi = cast.khi_household.residents.get()
    attendance.add_to_attendance(session, residents=[from_khi])
    attendance.note_outcomes(session, outcomes={(from_khi.pk, cast.skills[0].pk): "alone"})
    assert SkillCheck.objects.exists()
    StaleMark.objects.all().delete()
    attendance.take_from_attendance(session, attendances=session.attendances.all())
    assert not PersonMet.objects.exists()
    assert not SkillCheck.objects.exists()
    assert StaleMark.objects.filter(village=cast.khi).exists()


def test_adding_striking_and_noting_touch_only_who_is_named(cast, session, people):
    assert attendance.add_to_attendance(session, residents=people[:1]) == 1
    assert attendance.add_to_attendance(session, residents=people[:2]) == 1
    session.refresh_from_db()
    skill = cast.skills[0]
    attendance.note_outcomes(
        session,
        outcomes={(people[0].pk, skill.pk): "alone", (people[2].pk, skill.pk): "alone"},
    )
    assert SkillCheck.objects.get().resident == people[0]
    gone = session.attendances.get(resident=people[0])
    assert attendance.take_from_attendance(session, attendances=[gone]) == 1
    assert not SkillCheck.objects.exists()
    assert session.attendances.get().resident == people[1]


def test_a_walk_in_of_the_same_name_is_the_same_person(session):
    assert attendance.add_to_attendance(session, walk_ins=[("Vì Thị Lan", "female")]) == 1
    assert attendance.add_to_attendance(session, walk_ins=[("vì thị lan", "female")]) == 0
    session.refresh_from_db()
    assert session.encounter.unnamed_people == 1


def test_nobody_comes_to_a_session_that_is_to_come(cast, session, people):
    TrainingSession.objects.filter(pk=session.pk).update(held_on=today() + timedelta(days=1))
    with pytest.raises(ChangeRefused):
        attendance.add_to_attendance(session, residents=people)
    assert not Encounter.objects.exists()


def test_a_cancelled_session_takes_nobody(session, people):
    attendance.add_to_attendance(session, residents=people)
    attendance.cancel_session(session, reason="Mưa lũ")
    assert not Attendance.objects.exists()
    assert not Encounter.objects.exists()
    with pytest.raises(ChangeRefused):
        attendance.add_to_attendance(session, residents=people)
    restore_session(session)
    attendance.add_to_attendance(session, residents=people)
    assert Attendance.objects.count() == 3


def test_closing_asks_for_the_count_of_the_list(session, people):
    attendance.add_to_attendance(session, residents=people)
    with pytest.raises(ChangeRefused):
        attendance.close_session(session, counted=4)
    assert attendance.close_session(session, counted=3).status == "closed"
    with pytest.raises(ChangeRefused):
        attendance.add_to_attendance(session, walk_ins=[("Người Muộn", "")])
    with pytest.raises(ChangeRefused):
        attendance.cancel_session(session, reason="Nhầm")


def test_moving_a_session_moves_what_hangs_off_it(cast, session, people, long_ago):
    attendance.add_to_attendance(session, residents=people)
    attendance.note_outcomes(session, outcomes={(people[0].pk, cast.skills[0].pk): "alone"})
    StaleMark.objects.all().delete()
    attendance.move_session(session, held_on=long_ago)
    assert set(PersonMet.objects.values_list("happened_on", flat=True)) == {long_ago}
    assert SkillCheck.objects.get().happened_on == long_ago
    assert StaleMark.objects.filter(village=cast.vi, since_on=long_ago).exists()
    with pytest.raises(ChangeRefused):
        attendance.move_session(session, held_on=today() + timedelta(days=1))


def test_one_noted_as_held_to_which_nobody_came_can_be_moved_ahead(session, people):
    ahead = today() + timedelta(days=3)
    attendance.count_list(session, counted=5)
    moved = attendance.move_session(session, held_on=ahead)
    assert (moved.status, moved.held_on, moved.encounter, moved.counted) == (
        "planned", ahead, None, None,
    )  # fmt: skip
    assert not Encounter.objects.exists()


def test_the_encounter_follows_the_village(cast, session, people):
    attendance.add_to_attendance(session, residents=people)
    attendance.edit_session(session, village=cast.khi, title="Tên mới")
    session.refresh_from_db()
    assert (session.title, session.village) == ("Tên mới", cast.khi)
    assert session.encounter.village == cast.khi
