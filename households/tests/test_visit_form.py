"""The visit form as a page: without a script, without losing a word, stored once."""

import re
import uuid
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client

from households.forms.visit import VisitForm
from households.models import Encounter, Resident
from villages.periods import today

ADDRESS = "/households/visits/new/"
URLENCODED = "application/x-www-form-urlencoded"


def signed_in(user, **options):
    client = Client(**options)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def leader(cast):
    return signed_in(cast.leader)


def opened(client, household):
    """The page's hidden fields, as a browser would send them back."""
    page = client.get(ADDRESS, {"household": household.uuid})
    assert page.status_code == 200
    key = re.search(r'name="uuid" value="([^"]+)"', page.content.decode())[1]
    return {
        "uuid": key,
        "household": str(household.uuid),
        "visited_on": today().isoformat(),
        "occasion": "home_visit",
        "smart_device": "",
    }


def a_member(cast, position=0):
    return cast.household.residents.order_by("-is_head", "birth_year")[position]


def test_it_works(cast, leader):
    head, second = a_member(cast), a_member(cast, 1)
    fields = opened(leader, cast.household) | {
        "met": [head.uuid, second.uuid],
        f"outcome-{head.uuid}-vneid": "alone",
        f"outcome-{head.uuid}-find-information": "",
        f"outcome-{second.uuid}-qr": "with_help",
        "confirmed": [head.uuid],
        "smart_device": "no",
        "new-0-full_name": "Lò Thị Mới",
        "new-0-birth_year": "2001",
        "new-0-outcome-vneid": "not_yet",
        "return_on": (today() + timedelta(days=7)).isoformat(),
        "note": "Hẹn tuần sau",
    }
    answer = leader.post(ADDRESS, fields, follow=True)
    visit = Encounter.objects.get()
    assert str(visit.uuid) == fields["uuid"]
    page = answer.content.decode()
    assert visit.receipt in page
    assert "Lò Thị Mới" in page
    assert visit.people_met.count() == 3
    assert visit.checks.count() == 3
    assert visit.confirmations.count() == 1
    assert Resident.objects.get(full_name="Lò Thị Mới").household == cast.household


def test_a_second_press_that_sees_the_first_one_stored_is_the_same_visit(cast, leader, monkeypatch):
    """Both look for the visit before either has stored it; then the first one is faster."""
    fields = opened(leader, cast.household) | {
        "met": [a_member(cast).uuid],
        "new-0-full_name": "Lò Thị Mới",
        "new-0-birth_year": "2001",
    }
    check, answers = VisitForm.clean, []

    def overtaken(form):
        monkeypatch.setattr(VisitForm, "clean", check)
        answers.append(signed_in(cast.leader).post(ADDRESS, fields))
        return check(form)

    monkeypatch.setattr(VisitForm, "clean", overtaken)
    answers.append(leader.post(ADDRESS, fields))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert {answer.url for answer in answers} == {f"/households/visits/{fields['uuid']}/?saved=1"}
    assert Encounter.objects.count() == 1
    assert Resident.objects.filter(full_name="Lò Thị Mới").count() == 1


def test_sending_twice_stores_once(cast, leader):
    fields = opened(leader, cast.household) | {
        "met": a_member(cast).uuid,
        "new-0-full_name": "Lò Thị Mới",
        "new-0-birth_year": "2001",
    }
    first, second = (leader.post(ADDRESS, fields) for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert first.url == second.url
    assert Encounter.objects.count() == 1


def test_back_and_sent_with_other_answers_changes_nothing_and_says_so(cast, leader):
    fields = opened(leader, cast.household) | {"met": a_member(cast).uuid}
    leader.post(ADDRESS, fields)
    answer = leader.post(ADDRESS, fields | {"note": "thêm"})
    assert answer.status_code == 409
    assert Encounter.objects.get().note == ""
    assert Encounter.objects.get().receipt in answer.content.decode()
    assert "thêm" in answer.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("visited_on", (today() + timedelta(days=1)).isoformat()),
        ("visited_on", "31.10"),
        ("visited_on", ""),
        ("occasion", "moon"),
        ("smart_device", "perhaps"),
        ("connection", "cable"),
        ("difficulty", "rain"),
        ("language", "fr"),
        ("return_on", "hôm qua"),
        ("unnamed_people", "nhiều"),
        ("unnamed_people", "9" * 5000),
        ("note", "a\x00b"),
        ("note", b"\xff\xfe"),
        ("note", "x" * 2001),
        ("new-0-birth_year", "1850"),
        ("new-2-full_name", "Chỉ có tên"),
        ("met", "a3e1"),
        ("met", "6f0c4a1e-0b1d-4c58-9d1e-000000000007"),
    ],
)
def test_a_wrong_field_is_told_and_everything_typed_is_kept(cast, leader, field, value):
    head = a_member(cast)
    fields = opened(leader, cast.household) | {
        "met": [head.uuid],
        f"outcome-{head.uuid}-vneid": "with_help",
        "new-1-full_name": "Lò Văn Giữ Lại",
        "new-1-birth_year": "1999",
        "note": "Ghi chú giữ lại",
    }
    fields[field] = [*fields["met"], value] if field == "met" else value
    answer = leader.post(ADDRESS, urlencode(fields, doseq=True), URLENCODED)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "data-error-summary" in page
    assert "field-error" in page
    assert fields["uuid"] in page
    assert "Lò Văn Giữ Lại" in page
    assert field == "note" or "Ghi chú giữ lại" in page
    assert re.search(rf'name="met" value="{head.uuid}" checked', page)
    assert re.search(rf'name="outcome-{head.uuid}-vneid" value="with_help" checked', page)
    assert not Encounter.objects.exists()


def test_a_note_of_ten_megabytes_is_refused_and_given_back(cast, leader):
    fields = opened(leader, cast.household) | {"met": a_member(cast).uuid, "note": "x" * 10_000_000}
    answer = leader.post(ADDRESS, fields)
    assert answer.status_code == 400
    assert answer.content.count(b"x" * 1_000_000) == 10


def test_nobody_met_needs_a_reason(cast, leader):
    fields = opened(leader, cast.household)
    assert leader.post(ADDRESS, fields).status_code == 400
    assert leader.post(ADDRESS, fields | {"difficulty": "away"}).status_code == 302


def test_answers_about_somebody_who_is_not_ticked_are_asked_about(cast, leader):
    head = a_member(cast)
    fields = opened(leader, cast.household) | {f"outcome-{head.uuid}-vneid": "alone"}
    answer = leader.post(ADDRESS, fields)
    assert answer.status_code == 400
    assert head.full_name in answer.content.decode()


def test_somebody_already_in_the_household_is_asked_about(cast, leader):
    fields = opened(leader, cast.household) | {
        "new-0-full_name": "lo van mau",
        "new-0-birth_year": "1961",
    }
    page = leader.post(ADDRESS, fields)
    assert page.status_code == 400
    assert 'name="new_people_confirmed"' in page.content.decode()
    assert leader.post(ADDRESS, fields | {"new_people_confirmed": "on"}).status_code == 302
    assert cast.household.residents.filter(birth_year=1961).count() == 2


def test_a_second_visit_on_one_day_is_asked_about(cast, leader):
    leader.post(ADDRESS, opened(leader, cast.household) | {"met": a_member(cast).uuid})
    fields = opened(leader, cast.household) | {"met": a_member(cast).uuid}
    page = leader.post(ADDRESS, fields)
    assert page.status_code == 400
    assert Encounter.objects.get().receipt in page.content.decode()
    assert leader.post(ADDRESS, fields | {"other_visit": "on"}).status_code == 302
    assert Encounter.objects.count() == 2


def test_the_household_is_found_without_accents(cast, leader):
    page = leader.get(ADDRESS, {"q": "luong thi mau"}).content.decode()
    assert str(cast.household.uuid) in page
    assert str(cast.second_household.uuid) not in page
    assert str(cast.khi_household.uuid) not in leader.get(ADDRESS).content.decode()
    for hostile in ("\x00", "%", "'", "9" * 500, "\ufffd", "[", "\\"):
        assert leader.get(ADDRESS, {"q": hostile}).status_code == 200


@pytest.mark.parametrize("who", ["official", "admin", "leader"])
def test_everybody_who_writes_here_opens_and_saves(cast, who):
    client = signed_in(getattr(cast, who))
    fields = opened(client, cast.household) | {"met": a_member(cast).uuid}
    assert client.post(ADDRESS, fields).status_code == 302
    assert Encounter.objects.get().author == getattr(cast, who)


@pytest.mark.parametrize("who", ["neighbour", "stranger", "stranger_leader"])
def test_a_household_of_somebody_else_looks_like_a_missing_one(cast, leader, who):
    client = signed_in(getattr(cast, who))
    fields = opened(leader, cast.household) | {"met": a_member(cast).uuid}
    assert client.get(ADDRESS, {"household": cast.household.uuid}).status_code == 404
    assert client.get(ADDRESS, {"household": uuid.uuid4()}).status_code == 404
    assert client.get(ADDRESS, {"household": "\x00"}).status_code == 404
    assert client.post(ADDRESS, fields).status_code == 400
    assert not Encounter.objects.exists()


def test_a_reader_may_not_open_it(cast):
    client = signed_in(cast.reader)
    assert client.get(ADDRESS).status_code == 403
    assert client.post(ADDRESS, {}).status_code == 403


def test_the_page_costs_a_fixed_number_of_queries(cast, leader, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        leader.get(ADDRESS, {"household": cast.household.uuid})
