"""Corrections, voids and doubts: always with a reason, and nothing is lost."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from households.doubting import settle_doubt
from households.models import Doubt, Encounter, EncounterVersion
from households.recording import Guidance, PersonOutcome, record_visit, void_visit
from households.visit_content import content_from_records
from villages.periods import today


def signed_in(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def visit(cast):
    """The leader's visit of today: the head was met and does VNeID with help."""
    return recorded(cast)


def recorded(cast, author=None):
    head = cast.household.residents.get(is_head=True)
    guidance = Guidance(
        commune=cast.commune,
        village=cast.vi,
        household=cast.household,
        occasion="home_visit",
        held_on=today(),
        content={},
        people=(PersonOutcome(head, {cast.skills[1]: "with_help"}),),
        smart_device=False,
        note="Lần đầu",
    )
    encounter, _created = record_visit(
        uuid=uuid.uuid4(), guidance=guidance, author=author or cast.leader
    )
    return encounter


def corrected(cast, **changes):
    head = cast.household.residents.get(is_head=True)
    return {
        "visited_on": today().isoformat(),
        "occasion": "home_visit",
        "met": head.uuid,
        f"outcome-{head.uuid}-vneid": "alone",
        "smart_device": "no",
        "note": "Lần đầu",
        "reason": "Chọn nhầm kết quả",
    } | changes


def address(visit, what="visit_correct"):
    return reverse(what, args=[visit.uuid])


def test_it_works(cast, visit):
    client = signed_in(cast.leader)
    page = client.get(address(visit)).content.decode()
    assert re.search(r'value="with_help" checked', page)
    assert "Lần đầu" in page
    assert client.post(address(visit), corrected(cast)).status_code == 302
    visit.refresh_from_db()
    assert visit.version == 2
    assert visit.checks.get().outcome == "alone"
    earlier = EncounterVersion.objects.get()
    assert (earlier.reason, earlier.replaced_by) == ("Chọn nhầm kết quả", cast.leader)
    assert earlier.content["people"][0]["outcomes"] == {"vneid": "with_help"}
    shown = client.get(address(visit, "visit")).content.decode()
    assert "Chọn nhầm kết quả" in shown
    assert "Cần giúp" in shown


def test_a_correction_sent_twice_is_one_version(cast, visit):
    client = signed_in(cast.leader)
    for _ in range(2):
        assert client.post(address(visit), corrected(cast)).status_code == 302
    assert EncounterVersion.objects.count() == 1


def test_a_correction_needs_a_reason_and_keeps_what_was_typed(cast, visit):
    answer = signed_in(cast.leader).post(
        address(visit), corrected(cast, reason="", note="Đã sửa ghi chú")
    )
    assert answer.status_code == 400
    assert "Đã sửa ghi chú" in answer.content.decode()
    assert not EncounterVersion.objects.exists()


def test_content_from_records_is_what_was_recorded(cast, visit):
    content = content_from_records(visit)
    assert content["household"] == str(cast.household.uuid)
    assert content["people"][0]["outcomes"] == {"vneid": "with_help"}
    assert (content["smart_device"], content["note"]) == (False, "Lần đầu")


@pytest.mark.parametrize(
    ("who", "days", "status"),
    [
        ("leader", 0, 200),
        ("leader", 8, 403),
        ("official", 0, 200),
        ("official", 300, 200),
        ("admin", 300, 200),
        ("reader", 0, 403),
        ("neighbour", 0, 404),
        ("stranger", 0, 404),
        ("stranger_leader", 0, 404),
    ],
)
def test_who_may_correct_and_void_until_when(cast, visit, who, days, status):
    received = timezone.now() - timedelta(days=days)
    Encounter.objects.filter(pk=visit.pk).update(received_at=received)
    client = signed_in(getattr(cast, who))
    for what in ("visit_correct", "visit_void"):
        # A reader is refused by role before anything is looked for.
        assert client.get(address(visit, what)).status_code == status
        refused = client.post(address(visit, what), {"reason": ""}).status_code
        assert refused == (400 if status == 200 else status)


def test_a_leader_does_not_correct_what_an_official_wrote(cast):
    visit = recorded(cast, author=cast.official)
    assert signed_in(cast.leader).get(address(visit)).status_code == 403
    assert signed_in(cast.official).get(address(visit)).status_code == 200


def test_a_void_visit_stays_readable_and_counts_no_more(cast, visit):
    client = signed_in(cast.official)
    answer = client.post(address(visit, "visit_void"), {"reason": "Ghi trùng"}, follow=True)
    assert "Ghi trùng" in answer.content.decode()
    visit.refresh_from_db()
    assert visit.voided_by == cast.official
    assert not visit.people_met.exists()
    assert "Lò Văn Mẫu" in answer.content.decode()
    for what in ("visit_correct", "visit_void"):
        again = client.post(address(visit, what), corrected(cast))
        assert again.url == address(visit, "visit")
    visit.refresh_from_db()
    assert visit.version == 1


def test_a_void_visit_keeps_who_declared_it_first(cast, visit):
    """Two officials read the page of a standing visit; the second one comes too late."""
    void_visit(encounter=visit, reason="Ghi trùng", by=cast.official)
    void_visit(encounter=visit, reason="Lý do khác", by=cast.admin)
    visit.refresh_from_db()
    assert (visit.void_reason, visit.voided_by) == ("Ghi trùng", cast.official)


def test_doubts_are_settled_with_a_word(cast, visit):
    recorded(cast)
    doubt = Doubt.objects.get()
    client = signed_in(cast.official)
    assert doubt.encounter.receipt in client.get(reverse("doubt_list")).content.decode()
    settle = reverse("doubt_settle", args=[doubt.pk])
    assert client.post(settle, {"settlement": " "}).status_code == 400
    assert client.post(settle, {"settlement": "Thăm hai lần thật"}).status_code == 302
    doubt.refresh_from_db()
    assert (doubt.settlement, doubt.settled_by) == ("Thăm hai lần thật", cast.official)
    assert settle not in client.get(reverse("doubt_list")).content.decode()


def test_a_reader_sees_the_doubts_and_no_way_to_settle_them(cast, visit):
    recorded(cast)
    doubt = Doubt.objects.get()
    act = f'href="{reverse("doubt_settle", args=[doubt.pk])}"'
    assert act in signed_in(cast.official).get(reverse("doubt_list")).content.decode()
    shown = signed_in(cast.reader).get(reverse("doubt_list")).content.decode()
    assert doubt.encounter.receipt in shown
    assert act not in shown
    assert address(doubt.encounter, "visit_void") not in shown


def test_the_page_of_a_household_tells_officials_its_open_doubts(cast, visit):
    recorded(cast)
    doubt = Doubt.objects.get()
    page = reverse("household_detail", args=[cast.household.uuid])
    act = f'href="{reverse("doubt_settle", args=[doubt.pk])}"'
    words = doubt.get_kind_display()
    shown = signed_in(cast.official).get(page).content.decode()
    assert act in shown
    assert words in shown
    for who, sees in (("reader", True), ("leader", False)):
        shown = signed_in(getattr(cast, who)).get(page).content.decode()
        assert act not in shown, who
        assert (words in shown) is sees, who
    second = reverse("household_detail", args=[cast.second_household.uuid])
    assert words not in signed_in(cast.official).get(second).content.decode()
    settle_doubt(doubt=doubt, settlement="Đúng", by=cast.official)
    assert words not in signed_in(cast.official).get(page).content.decode()


@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("leader", 403), ("reader", 403)])
def test_others_settle_nothing(cast, visit, who, status):
    recorded(cast)
    settle = reverse("doubt_settle", args=[Doubt.objects.get().pk])
    client = signed_in(getattr(cast, who))
    assert client.post(settle, {"settlement": "x"}).status_code == status
    assert Doubt.objects.get().settled_at is None
