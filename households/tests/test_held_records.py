"""What could not simply be recorded waits for an official, who records or dismisses it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from households.models import Encounter, HeldRecord, Household
from households.receiving import receive
from households.sealing import open_record
from households.tests.sealing_phone import SealingPhone, visit_to
from villages.models import Assignment, Phone
from villages.periods import today


@pytest.fixture
def phone(cast):
    return SealingPhone(cast.leader, cast.commune)


@pytest.fixture
def hold(phone):
    """Let the phone send a record that is held; return it."""

    def send(body, **about):
        receipt = receive(open_record(phone.record(body, **about)))
        assert receipt.status == "held"
        return receipt.held

    return send


@pytest.fixture
def revoked(phone):
    Phone.objects.update(revoked_at=timezone.now())


def page(client, held, name="held_detail"):
    return reverse(name, args=[held.uuid])


def test_it_works(client, cast, hold, revoked):
    held = hold(visit_to(cast.household, note="Bà cụ hỏi về lương hưu"))
    client.force_login(cast.official)
    listed = client.get(reverse("held_list")).content.decode()
    assert "Điện thoại đã bị thu hồi" in listed or held.get_reason_display() in listed
    shown = client.get(page(client, held)).content.decode()
    for words in ("Lò Văn Mẫu", "Lường Thị Mẫu", "Bà cụ hỏi về lương hưu", cast.leader.full_name):
        assert words in shown
    answer = client.post(page(client, held, "held_record"), follow=True)
    visit = Encounter.objects.get()
    assert (visit.author, visit.typed_by) == (cast.leader, cast.official)
    assert visit.uuid == held.uuid
    held.refresh_from_db()
    assert (held.settlement, held.settled_by, held.encounter) == ("recorded", cast.official, visit)
    assert visit.receipt in answer.content.decode()


def test_recorded_twice_it_is_one_visit(client, cast, hold, revoked):
    held = hold(visit_to(cast.household))
    client.force_login(cast.official)
    for _again in range(2):
        assert client.post(page(client, held, "held_record")).status_code == 302
    assert Encounter.objects.count() == 1


def test_a_leader_who_has_gone_stays_the_author(client, cast, hold):
    Assignment.objects.filter(user=cast.leader).update(to_on=today() - timedelta(days=1))
    held = hold(visit_to(cast.household))
    assert held.reason == "no_longer_leader"
    client.force_login(cast.official)
    client.post(page(client, held, "held_record"))
    assert Encounter.objects.get().author == cast.leader


def test_a_wrong_day_is_put_right(client, cast, hold):
    held = hold(visit_to(cast.household, visited_on="2999-01-01"))
    client.force_login(cast.official)
    refused = client.post(page(client, held, "held_record"))
    assert refused.status_code == 400
    assert not Encounter.objects.exists()
    day = today() - timedelta(days=1)
    sent = {"day": day.isoformat(), "village": cast.vi.pk, "number": cast.household.number}
    assert client.post(page(client, held, "held_record"), sent).status_code == 302
    assert Encounter.objects.get().held_on == day
    held.refresh_from_db()
    assert held.sent["visited_on"] == "2999-01-01"
    assert held.settlement_note


def test_a_household_nobody_knows_is_put_right(client, cast, hold):
    held = hold(visit_to(cast.household, household=str(uuid4()), people=[], difficulty="away"))
    client.force_login(cast.official)
    sent = {"village": cast.vi.pk, "number": "77"}
    assert client.post(page(client, held, "held_record"), sent).status_code == 400
    sent["number"] = cast.second_household.number
    assert client.post(page(client, held, "held_record"), sent).status_code == 302
    assert Encounter.objects.get().household == cast.second_household


def test_a_household_of_another_commune_cannot_be_chosen(client, cast, hold):
    held = hold(visit_to(cast.far_household, people=[], difficulty="away"))
    client.force_login(cast.official)
    sent = {"village": cast.far.pk, "number": cast.far_household.number}
    assert client.post(page(client, held, "held_record"), sent).status_code == 400
    assert "Người Ở Xa" not in client.get(page(client, held)).content.decode()
    assert not Encounter.objects.exists()


def test_a_household_is_recorded_before_its_visits(client, cast, hold, revoked):
    home = uuid4()
    newly = {
        "village": cast.vi.pk,
        "since_on": today().isoformat(),
        "address": "Đầu bản",
        "people": [
            {"uuid": str(uuid4()), "full_name": "Lò Thị Mới", "birth_year": 1970, "sex": ""}
        ],
        "confirmed": True,
    }
    household = hold(newly, kind="household", uuid=home)
    said = visit_to(cast.household, household=str(home), people=[], difficulty="away")
    visit = hold(said)
    assert visit.village == cast.vi
    client.force_login(cast.official)
    shown = client.get(page(client, household)).content.decode()
    assert "Lò Thị Mới" in shown
    assert "Đầu bản" in shown
    assert client.post(page(client, visit, "held_record")).status_code == 400
    assert client.post(page(client, household, "held_record")).status_code == 302
    assert client.post(page(client, visit, "held_record")).status_code == 302
    assert Household.objects.get(uuid=home).encounters.get().author == cast.leader


def test_two_contents_of_one_number_can_both_be_recorded(client, cast, phone, hold):
    uuid, said = uuid4(), visit_to(cast.household)
    receive(open_record(phone.record(said, uuid=uuid)))
    held = hold({**said, "note": "Khác"}, uuid=uuid)
    client.force_login(cast.official)
    assert client.post(page(client, held, "held_record")).status_code == 302
    assert {visit.note for visit in Encounter.objects.all()} == {"", "Khác"}


def test_a_correction_that_was_overtaken_is_recorded(client, cast, phone, hold):
    uuid, said = uuid4(), visit_to(cast.household)
    receive(open_record(phone.record(said, uuid=uuid)))
    change = said | {"visit": str(uuid), "version": 1, "reason": "Sót"}
    receive(open_record(phone.record(change | {"note": "Một"}, kind="correction")))
    held = hold(change | {"note": "Hai"}, kind="correction")
    assert held.reason == "conflict"
    client.force_login(cast.official)
    assert "Sót" in client.get(page(client, held)).content.decode()
    assert client.post(page(client, held, "held_record")).status_code == 302
    visit = Encounter.objects.get()
    assert (visit.note, visit.version) == ("Hai", 3)


def test_dismissing_takes_a_reason_and_keeps_the_record(client, cast, phone, hold, revoked):
    held = hold(visit_to(cast.household))
    client.force_login(cast.official)
    assert client.post(page(client, held, "held_dismiss"), {"note": " "}).status_code == 400
    done = client.post(page(client, held, "held_dismiss"), {"note": "Máy bị mất cắp"})
    assert done.status_code == 302
    held.refresh_from_db()
    assert (held.settlement, held.settlement_note) == ("dismissed", "Máy bị mất cắp")
    client.post(page(client, held, "held_record"))
    assert not Encounter.objects.exists()
    assert "Máy bị mất cắp" in client.get(page(client, held)).content.decode()
    again = receive(open_record(phone.record(held.sent, uuid=held.uuid)))
    assert again.status == "held"
    assert HeldRecord.objects.count() == 1


def test_only_the_commune_s_officials_decide(client, cast, hold, revoked):
    held = hold(visit_to(cast.household))
    client.force_login(cast.reader)
    assert client.get(page(client, held)).status_code == 200
    for name in ("held_record", "held_dismiss"):
        assert client.post(page(client, held, name), {"note": "x"}).status_code == 403
    client.force_login(cast.leader)
    assert client.get(page(client, held)).status_code == 403
    client.force_login(cast.stranger)
    for name in ("held_detail", "held_record", "held_dismiss"):
        assert client.post(page(client, held, name), {"note": "x"}).status_code in {404, 405}
    held.refresh_from_db()
    assert held.settled_at is None


def test_the_visit_list_and_the_overview_say_that_something_waits(client, cast, hold, revoked):
    client.force_login(cast.official)
    link = reverse("held_list")
    hold(visit_to(cast.household))
    assert link in client.get(reverse("visit_list")).content.decode()
    assert link in client.get(reverse("dashboard")).content.decode()


def test_the_phone_hears_what_became_of_its_records(client, cast, hold, revoked):
    recorded = hold(visit_to(cast.household))
    refused = hold(visit_to(cast.second_household))
    waiting = hold(visit_to(cast.second_household, note="Chờ"))
    body = {
        "village": cast.vi.pk,
        "since_on": today().isoformat(),
        "people": [{"uuid": str(uuid4()), "full_name": "Lò Văn Mới", "birth_year": 1990}],
        "confirmed": True,
    }
    home = hold(body, kind="household")
    client.force_login(cast.official)
    for held in (recorded, home):
        client.post(page(client, held, "held_record"))
    client.post(page(client, refused, "held_dismiss"), {"note": "Ghi nhầm hộ"})

    client.force_login(cast.leader)
    told = {row["u"]: row for row in client.get(reverse("phone_package")).json()["held"]}
    visit, household = Encounter.objects.get(), Household.objects.get(uuid=home.uuid)
    assert set(told) == {str(held.uuid) for held in (recorded, refused, home)}
    assert str(waiting.uuid) not in told
    assert (told[str(recorded.uuid)]["n"], told[str(recorded.uuid)]["v"]) == (visit.receipt, 1)
    assert told[str(home.uuid)]["n"] == household.number
    assert told[str(refused.uuid)] == {
        "u": str(refused.uuid),
        "s": "dismissed",
        "w": "Ghi nhầm hộ",
    }
    client.force_login(cast.neighbour)
    assert client.get(reverse("phone_package")).json()["held"] == []
