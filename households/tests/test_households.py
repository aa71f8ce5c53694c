"""Households and their members: found, added, changed, and seen by those who may."""

import uuid
from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.test import Client
from django.urls import reverse

from households.models import Household, Resident
from households.residence import end_residency
from villages.models import Assignment, Village
from villages.periods import today


def signed_in(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def leader(cast):
    return signed_in(cast.leader)


def a_household(**changes):
    return {
        "uuid": str(uuid.uuid4()),
        "full_name": "Quàng Văn Mẫu",
        "birth_year": "1970",
        "address": "Đầu bản",
        "new-0-full_name": "Quàng Thị Mẫu",
        "new-0-birth_year": "1975",
    } | changes


def listed(client, **query):
    page = client.get(reverse("household_list"), query)
    assert page.status_code == 200
    return {row.pk for row in page.context["page"].object_list}


def test_a_household_met_on_the_way_goes_straight_to_its_visit(cast, leader):
    fields = a_household(village=cast.vi.pk, then="visit")
    answer = leader.post(reverse("household_add"), fields)
    household = Household.objects.get(uuid=fields["uuid"])
    assert answer.url == f"{reverse('visit_form')}?household={household.uuid}"
    assert (household.village, household.number) == (cast.vi, 3)
    assert [r.full_name for r in household.residents.all()] == ["Quàng Văn Mẫu", "Quàng Thị Mẫu"]
    assert leader.post(reverse("household_add"), fields).url == answer.url
    assert Household.objects.filter(village=cast.vi).count() == 3


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("full_name", ""),
        ("birth_year", "1850"),
        ("birth_year", "9" * 5000),
        ("birth_year", ""),
        ("sex", "x"),
        ("village", "999999"),
        ("village", "a\x00"),
        ("address", "\x00"),
        ("address", "x" * 201),
        ("new-0-birth_year", "3000"),
        ("uuid", "no"),
    ],
)
def test_a_wrong_household_is_told_and_kept(cast, leader, field, value):
    fields = a_household(village=cast.vi.pk) | {field: value}
    answer = leader.post(reverse("household_add"), fields)
    assert answer.status_code == 400
    assert "Quàng Thị Mẫu" in answer.content.decode()
    assert Household.objects.filter(village=cast.vi).count() == 2


def test_nobody_adds_households_elsewhere(cast):
    for who in ("neighbour", "stranger", "stranger_leader"):
        client = signed_in(getattr(cast, who))
        assert (
            client.post(reverse("household_add"), a_household(village=cast.vi.pk)).status_code
            == 400
        )
    reader = signed_in(cast.reader)
    assert reader.post(reverse("household_add"), a_household()).status_code == 403


def test_a_known_head_is_asked_about(cast, leader):
    fields = a_household(village=cast.vi.pk, full_name="lo van mau", birth_year="1961")
    answer = leader.post(reverse("household_add"), fields)
    assert answer.status_code == 400
    assert str(cast.household.uuid) in answer.content.decode()
    assert leader.post(reverse("household_add"), fields | {"confirmed": "on"}).status_code == 302


def test_the_list_finds_without_accents_and_filters(cast):
    Household.objects.filter(pk=cast.second_household.pk).update(poverty="poor", smart_device=False)
    official = signed_in(cast.official)
    everything = {cast.household.pk, cast.second_household.pk, cast.khi_household.pk}
    assert listed(official) == everything
    assert listed(official, q="luong thi") == {cast.household.pk}
    assert listed(official, q="002") == {cast.second_household.pk}
    assert listed(official, village=cast.khi.pk) == {cast.khi_household.pk}
    assert listed(official, show="older") == {cast.household.pk}
    assert listed(official, show="poor") == {cast.second_household.pk}
    assert listed(official, show="no_device") == {cast.second_household.pk}
    assert listed(official, show="not_visited") == everything
    assert listed(official, show="not_reached") == everything
    assert listed(signed_in(cast.leader)) == everything - {cast.khi_household.pk}
    assert listed(signed_in(cast.stranger)) == {cast.far_household.pk}


def test_hostile_addresses_of_lists_are_answered(cast):
    official = signed_in(cast.official)
    queries = [
        {name: value}
        for name in ("q", "village", "show", "sort", "page", "first_on", "author", "state")
        for value in ("\x00", "-1", "9" * 40, "a" * 3000, "%00", "\ufffd", "2025-02-30", "-held")
    ]
    for query in queries:
        for page in ("household_list", "visit_list"):
            assert official.get(reverse(page), query).status_code == 200, (page, query)
    for number in ("\x00", "-1", "9" * 40, "x"):
        assert official.get(reverse("my_village"), {"village": number}).status_code == 404


def test_sensitive_fields_are_shown_to_those_who_keep_them(cast):
    Household.objects.filter(pk=cast.household.pk).update(poverty="poor", phone="0912 345 678")
    head = cast.household.residents.get(is_head=True)
    Resident.objects.filter(pk=head.pk).update(ethnic_group="Thái-mẫu")
    household = reverse("household_detail", args=[cast.household.uuid])
    resident = reverse("resident_detail", args=[head.uuid])
    for who, sees in (("leader", True), ("official", True), ("reader", False)):
        client = signed_in(getattr(cast, who))
        assert ("0912 345 678" in client.get(household).content.decode()) is sees
        assert ("Thái-mẫu" in client.get(resident).content.decode()) is sees
    assert listed(signed_in(cast.reader), show="poor") == listed(signed_in(cast.reader))


def test_looking_at_a_resident_is_logged(cast):
    head = cast.household.residents.get(is_head=True)
    signed_in(cast.reader).get(reverse("resident_detail", args=[head.uuid]))
    entry = LogEntry.objects.filter(action=LogEntry.Action.ACCESS).get()
    assert (entry.object_pk, entry.actor) == (str(head.pk), cast.reader)


def test_looking_at_a_household_is_logged(cast):
    signed_in(cast.reader).get(reverse("household_detail", args=[cast.household.uuid]))
    entry = LogEntry.objects.filter(action=LogEntry.Action.ACCESS).get()
    assert (entry.object_pk, entry.actor) == (str(cast.household.pk), cast.reader)


WRITES = [
    ("household_edit", "household", {"number": "9", "address": "Mới"}),
    ("resident_add", "household", {"full_name": "Lò Mới", "birth_year": "2000"}),
    ("resident_edit", "resident", {"full_name": "Lò Sửa", "birth_year": "1961"}),
    ("resident_leave", "resident", {"ended": "moved", "on": today().isoformat()}),
    ("resident_move", "resident", {"household": "2", "on": today().isoformat()}),
]


@pytest.mark.parametrize(("page", "of", "fields"), WRITES, ids=[page for page, *_ in WRITES])
def test_who_may_change_households_and_members(cast, page, of, fields):
    resident = cast.household.residents.get(is_head=True)
    target = reverse(page, args=[resident.uuid if of == "resident" else cast.household.uuid])
    for who, status in (
        ("neighbour", 404),
        ("stranger", 404),
        ("stranger_leader", 404),
        ("reader", 403),
    ):
        client = signed_in(getattr(cast, who))
        assert client.get(target).status_code == status
        assert client.post(target, fields).status_code == status
    client = signed_in(cast.leader)
    assert client.get(target).status_code == 200
    assert client.post(target, dict.fromkeys(fields, "\x00" * 3)).status_code == 400
    assert client.post(target, dict.fromkeys(fields, "9" * 400)).status_code == 400
    assert client.post(target, {}).status_code == 400
    assert client.post(target, fields).status_code == 302


def test_members_leave_and_move_with_their_day(cast, leader):
    head, second, *_rest = cast.household.residents.order_by("-is_head", "birth_year")
    leave = reverse("resident_leave", args=[second.uuid])
    future = (today() + timedelta(days=1)).isoformat()
    for day in (future, "1999-01-01", "31.10"):
        assert leader.post(leave, {"ended": "deceased", "on": day}).status_code == 400
    leader.post(leave, {"ended": "deceased", "on": today().isoformat()})
    second.refresh_from_db()
    assert second.status == "deceased"
    assert leader.get(leave).status_code == 403
    move = reverse("resident_move", args=[head.uuid])
    assert leader.post(move, {"household": "77", "on": today().isoformat()}).status_code == 400
    leader.post(move, {"household": "002", "on": today().isoformat()})
    head.refresh_from_db()
    assert head.household == cast.second_household


def test_the_mark_of_the_head_moves(cast, leader):
    head, second, *_rest = cast.household.residents.order_by("-is_head", "birth_year")
    leader.post(
        reverse("resident_edit", args=[second.uuid]),
        {"full_name": second.full_name, "birth_year": second.birth_year, "is_head": "on"},
    )
    head.refresh_from_db()
    second.refresh_from_db()
    assert (head.is_head, second.is_head) == (False, True)


def test_a_number_that_is_taken_is_told(cast, leader):
    edit = reverse("household_edit", args=[cast.household.uuid])
    answer = leader.post(edit, {"number": "2"})
    assert answer.status_code == 400
    assert "field-error" in answer.content.decode()


def test_my_village_on_the_first_day_and_with_two_villages(cast):
    empty = Village.objects.create(commune=cast.commune, number=9, name="Mới", from_on=today())
    leader = signed_in(cast.leader)
    assert leader.get(reverse("my_village")).context["village"] == cast.vi
    Assignment.objects.create(
        user=cast.leader, role="team_leader", commune=cast.commune, village=empty, from_on=today()
    )
    assert "Mới" in leader.get(reverse("my_village")).content.decode()
    page = leader.get(reverse("my_village"), {"village": empty.pk})
    assert page.context["is_empty"]
    assert leader.get(reverse("my_village"), {"village": cast.khi.pk}).status_code == 404


def test_a_household_without_members_is_shown(cast, leader):
    for resident in cast.second_household.residents.all():
        end_residency(resident=resident, on=today(), ended="moved")
    for page in (
        reverse("household_detail", args=[cast.second_household.uuid]),
        f"{reverse('visit_form')}?household={cast.second_household.uuid}",
        reverse("my_village"),
        reverse("household_list"),
    ):
        assert leader.get(page).status_code == 200
