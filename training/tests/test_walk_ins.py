"""A walk-in is found on a list later: by a person, once, and not for good."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.urls import reverse

from households.models import PersonMet
from portal.testing.cast import make_household
from reports.indicators import Place, indicator_by_code
from training.attendance import WalkIn, add_to_attendance, close_session, note_outcomes
from training.certifying import issue_certificates
from training.matching import candidates_for, match_walk_in, undo_match
from training.models import Attendance, StaffMember
from training.rosters import count_people
from villages.models import StaleMark
from villages.periods import today
from villages.refusals import ChangeRefused
from villages.text import fold


@pytest.fixture
def walk_in(cast, session):
    """Vàng Thị Mẫu of Vi came and nobody found her on a list."""
    who = WalkIn("Vang Thi Mau", "female", 1990, cast.vi)
    add_to_attendance(session, walk_ins=[who], author=cast.official)
    session.refresh_from_db()
    return session.attendances.get()


@pytest.fixture
def resident(cast):
    return cast.second_household.residents.get()


def reached(cast):
    """Adults of the commune who are reached, as the dashboard counts them."""
    return indicator_by_code("adults_reached").covered(Place(cast.commune.pk), today()).count()


def test_a_match_reaches_one_resident_and_names_one_person_less(cast, walk_in, resident):
    session = walk_in.session
    before = reached(cast)
    row = match_walk_in(walk_in, resident=resident, by=cast.official)
    assert reached(cast) == before + 1
    session.encounter.refresh_from_db()
    assert session.encounter.unnamed_people == 0
    assert list(PersonMet.objects.values_list("resident", "happened_on")) == [
        (resident.pk, session.held_on)
    ]
    assert (row.came_as, row.walk_in_name, row.matched_by) == ("Vang Thi Mau", "", cast.official)
    # Who came stays one person and one attendance.
    assert count_people(Attendance.objects.all()) == {"people": 1, "attendances": 1}


def test_a_match_taken_back_leaves_everything_as_it_was(cast, walk_in, resident):
    before = reached(cast)
    match_walk_in(walk_in, resident=resident, by=cast.official)
    note_outcomes(
        walk_in.session,
        outcomes={(resident.pk, cast.skills[0].pk): "alone"},
        seen={resident.pk: True},
        by=cast.official,
    )
    StaleMark.objects.all().delete()
    row = undo_match(walk_in)
    assert reached(cast) == before
    assert (row.walk_in_name, row.came_as, row.resident, row.matched_by) == (
        "Vang Thi Mau", "", None, None,
    )  # fmt: skip
    encounter = row.session.encounter
    assert encounter.unnamed_people == 1
    assert not encounter.people_met.exists()
    assert not encounter.checks.exists()
    assert not encounter.confirmations.exists()
    assert StaleMark.objects.filter(village=cast.vi).exists()
    with pytest.raises(ChangeRefused):
        undo_match(walk_in)


def test_who_is_on_the_list_already_cannot_be_the_walk_in(cast, walk_in, resident):
    add_to_attendance(walk_in.session, residents=[resident])
    with pytest.raises(ChangeRefused) as refused:
        match_walk_in(walk_in, resident=resident, by=cast.official)
    assert "Vàng Thị Mẫu" in str(refused.value.message)
    walk_in.refresh_from_db()
    assert walk_in.walk_in_name == "Vang Thi Mau"


def test_a_closed_session_can_be_matched_and_stays_closed(cast, walk_in, resident):
    close_session(walk_in.session, counted=1)
    match_walk_in(walk_in, resident=resident, by=cast.official)
    walk_in.session.refresh_from_db()
    assert walk_in.session.status == "closed"


def test_staff_are_found_too_and_reach_nobody(cast, session):
    member = StaffMember.objects.create(
        commune=cast.commune, full_name="Hà Văn Cán", category="cadre"
    )
    add_to_attendance(session, walk_ins=[WalkIn("Ha Van Can")])
    row = session.attendances.get()
    assert candidates_for([row]) == {row.pk: [member]}
    match_walk_in(row, staff_member=member, by=cast.official)
    session.refresh_from_db()
    assert not session.encounter.people_met.exists()
    assert session.encounter.unnamed_people == 0


def test_a_certificate_keeps_the_match(cast, walk_in, resident):
    row = match_walk_in(walk_in, resident=resident, by=cast.official)
    close_session(row.session, counted=1)
    issue_certificates(row.session, attendances=[row], by=cast.official)
    with pytest.raises(ChangeRefused):
        undo_match(row)


def test_candidates_are_likeliest_first_and_of_this_commune(
    cast, walk_in, resident, django_assert_num_queries
):
    elder = make_household(cast.khi, ("Vàng Thị Mẫu", 1951)).residents.get()
    make_household(cast.far, ("Vàng Thị Mẫu", 1990))
    with django_assert_num_queries(2):
        assert candidates_for([walk_in]) == {walk_in.pk: [resident, elder]}


def test_an_official_says_who_it_was_and_takes_it_back(cast, walk_in, resident, as_user):
    client = as_user(cast.official)
    listed = client.get(reverse("walk_in_list")).content.decode()
    assert "Vang Thi Mau" in listed
    assert "Vàng Thị Mẫu" in listed
    match = reverse("walk_in_match", args=[walk_in.pk])
    assert "Vàng Thị Mẫu" in client.get(match).content.decode()
    # Looking matches nobody.
    walk_in.refresh_from_db()
    assert walk_in.resident is None
    client.post(match, {"person": f"resident:{resident.uuid}"})
    walk_in.refresh_from_db()
    assert walk_in.resident == resident
    assert not client.get(reverse("walk_in_list")).context["page"].object_list
    client.get(reverse("walk_in_list"), {"state": "matched", "q": "vang thi"})
    undo = reverse("walk_in_undo", args=[walk_in.pk])
    client.get(undo)
    walk_in.refresh_from_db()
    assert walk_in.resident == resident
    client.post(undo)
    walk_in.refresh_from_db()
    assert walk_in.walk_in_name == "Vang Thi Mau"


@pytest.mark.parametrize("person", ["", "resident:", "resident:x", "staff_member:\x00", "user:1"])
def test_a_person_who_cannot_be_is_refused_in_words(cast, walk_in, as_user, person):
    client = as_user(cast.official)
    answer = client.post(reverse("walk_in_match", args=[walk_in.pk]), {"person": person})
    assert answer.status_code == 200
    walk_in.refresh_from_db()
    assert walk_in.walk_in_name


def test_nobody_else_matches(cast, walk_in, resident, as_user):
    foreign = cast.far_household.residents.get()
    match = reverse("walk_in_match", args=[walk_in.pk])
    as_user(cast.official).post(match, {"person": f"resident:{foreign.uuid}"})
    for who, status in ((cast.stranger, 404), (cast.reader, 403), (cast.leader, 403)):
        answer = as_user(who).post(match, {"person": f"resident:{resident.uuid}"})
        assert answer.status_code == status, who
    walk_in.refresh_from_db()
    assert walk_in.resident is None


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_officials_who_match_at_once_leave_one_match(cast, walk_in, resident):
    """One finds the resident, one a namesake; the first counts and the second hears so."""
    namesake = make_household(cast.khi, ("Vàng Thị Mẫu", 1990)).residents.get()
    gate = Barrier(2)

    def match(who):
        gate.wait(10)
        try:
            match_walk_in(walk_in, resident=who, by=cast.official)
        except ChangeRefused:
            return "refused"
        finally:
            connection.close()
        return "matched"

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(match, [resident, namesake]))
    assert sorted(said) == ["matched", "refused"]
    assert PersonMet.objects.count() == 1


def test_names_stand_in_the_order_of_their_letters_whoever_they_are(cast, session, as_user):
    """The lists of walk-ins and of all who came, residents and walk-ins among each other."""
    names = ["Điêu Thị Ba", "Ân Văn Hai", "Đèo Văn Năm", "An Thị Một", "Ông Văn Sáu"]
    session.title = "Đi chợ"
    session.save()
    add_to_attendance(
        session,
        residents=list(cast.household.residents.all()),
        walk_ins=[WalkIn(name) for name in names],
    )
    row = session.attendances.get(walk_in_name="Đèo Văn Năm")
    match_walk_in(row, resident=cast.second_household.residents.get(), by=cast.official)
    client = as_user(cast.reader)

    def listed(name, sort, **more):
        return list(client.get(reverse(name), {"sort": sort, **more}).context["page"])

    came_as = [
        one.walk_in_name or one.came_as for one in listed("walk_in_list", "name", state="all")
    ]
    assert came_as == sorted(names, key=fold)
    came = [str(one) for one in listed("attendance_list", "-name")]
    assert came == sorted(came, key=fold, reverse=True)
    assert len(came) == 8
