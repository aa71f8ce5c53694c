"""Two people take attendance of one session at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from households.models import Encounter, PersonMet, SkillCheck
from training import attendance
from training.models import Attendance

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
    outcomes = {(people[0], cast.skills[0]): "alone"}

    def send():
        return attendance.set_attendance(
            session, residents=people, walk_ins=[("Khách", "male")], outcomes=outcomes
        )

    at_once(*[send] * 8)
    assert Encounter.objects.count() == 1
    assert Attendance.objects.count() == 4
    assert PersonMet.objects.count() == 3
    assert SkillCheck.objects.count() == 1
    assert Encounter.objects.get().unnamed_people == 1


def test_two_lists_at_once_end_as_one_of_them(cast, session):
    people = list(cast.household.residents.all())
    lists = [people[:2], people[1:]]
    for _round in range(5):
        at_once(
            lambda: attendance.set_attendance(session, residents=lists[0]),
            lambda: attendance.set_attendance(session, residents=lists[1]),
        )
        listed = set(Attendance.objects.values_list("resident", flat=True))
        assert listed in [{person.pk for person in wanted} for wanted in lists]
        assert listed == set(PersonMet.objects.values_list("resident", flat=True))


def test_everybody_added_from_two_screens_is_there(cast, session):
    people = [*cast.household.residents.all(), *cast.khi_household.residents.all()]
    at_once(
        *[lambda who=who: attendance.add_to_attendance(session, residents=[who]) for who in people],
        *[lambda: attendance.add_to_attendance(session, walk_ins=[("Khách", "")])] * 3,
    )
    assert Attendance.objects.count() == len(people) + 1
    assert PersonMet.objects.count() == len(people)
