"""Two people take attendance of one session at once."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from households.models import Encounter, PersonMet, SkillCheck
from training import attendance
from training.models import Attendance, TrainingSession
from villages.periods import today

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def at_once(*acts):
    """Run the acts in threads that start together; return what each gave."""
    gate = Barrier(len(acts))

    def run(act):
        try:
            gate.wait(10)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(60) for future in [pool.submit(run, act) for act in acts]]


def test_the_same_list_sent_eight_times_at_once_is_written_once(cast, session):
    people = list(cast.household.residents.all())
    outcomes = {(people[0].pk, cast.skills[0].pk): "alone"}

    def send():
        added = attendance.add_to_attendance(
            session, residents=people, walk_ins=[("Khách", "male")]
        )
        attendance.note_outcomes(session, outcomes=outcomes)
        return added

    assert sorted(at_once(*[send] * 8)) == [0] * 7 + [4]
    assert Encounter.objects.count() == 1
    assert Attendance.objects.count() == 4
    assert PersonMet.objects.count() == 3
    assert SkillCheck.objects.count() == 1
    assert Encounter.objects.get().unnamed_people == 1


def test_two_outcomes_noted_at_once_end_as_one_of_them(cast, session):
    people = list(cast.household.residents.all())
    attendance.add_to_attendance(session, residents=people)
    pairs = [(who.pk, skill.pk) for who in people for skill in cast.skills]
    for _round in range(5):
        at_once(
            lambda: attendance.note_outcomes(session, outcomes=dict.fromkeys(pairs, "alone")),
            lambda: attendance.note_outcomes(session, outcomes=dict.fromkeys(pairs, "not_yet")),
        )
        assert SkillCheck.objects.count() == len(pairs)
        assert len(set(SkillCheck.objects.values_list("outcome", flat=True))) == 1


def test_whoever_is_struck_while_others_write_leaves_nothing_behind(cast, session):
    people = list(cast.household.residents.all())
    outcomes = {(who.pk, skill.pk): "alone" for who in people for skill in cast.skills}
    for _round in range(5):
        attendance.add_to_attendance(session, residents=people[:2])
        struck = session.attendances.get(resident=people[0])

        def strike(struck=struck):
            return attendance.take_from_attendance(session, attendances=[struck])

        struck_by = at_once(
            strike,
            strike,
            lambda: attendance.note_outcomes(session, outcomes=outcomes),
            lambda: attendance.add_to_attendance(session, residents=people[2:]),
        )[:2]
        assert sorted(struck_by) == [0, 1]
        listed = set(Attendance.objects.values_list("resident", flat=True))
        assert listed == {person.pk for person in people[1:]}
        assert listed == set(PersonMet.objects.values_list("resident", flat=True))
        assert set(SkillCheck.objects.values_list("resident", flat=True)) <= listed


def test_everybody_added_from_two_screens_is_there(cast, session):
    people = [*cast.household.residents.all(), *cast.khi_household.residents.all()]
    at_once(
        *[lambda who=who: attendance.add_to_attendance(session, residents=[who]) for who in people],
        *[lambda: attendance.add_to_attendance(session, walk_ins=[("Khách", "")])] * 3,
    )
    assert Attendance.objects.count() == len(people) + 1
    assert PersonMet.objects.count() == len(people)


def test_a_double_click_plans_one_session_and_leads_to_it_twice(cast):
    said = {
        "uuid": str(uuid4()), "title": "Lớp VNeID", "kind": "residents",
        "held_on": today().isoformat(), "skills": [skill.pk for skill in cast.skills],
    }  # fmt: skip
    clients = [Client() for _click in range(4)]
    for client in clients:
        client.force_login(cast.official)
    clicks = [partial(client.post, reverse("session_add"), said) for client in clients]
    answers = at_once(*clicks)
    session = TrainingSession.objects.get()
    assert {(answer.status_code, answer.url) for answer in answers} == {
        (302, reverse("session_detail", args=[session.uuid]))
    }
