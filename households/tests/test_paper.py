"""A sheet is printed in worklist order and its ticks come back as visits, once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from auditlog.models import LogEntry
from django.urls import reverse

from households.handing import close_list, hand_list
from households.models import Encounter, PaperSheet
from households.paper import print_sheet
from households.recording import record_visit
from households.residence import end_residency, move_resident
from households.village_changes import merge_villages
from portal.testing.cast import LONG_SINCE, make_household
from portal.tests.records import guidance
from villages.models import TeamMember
from villages.periods import today

YESTERDAY = today() - timedelta(days=1)


@pytest.fixture
def member(cast):
    """A member of the team without any account."""
    return TeamMember.objects.create(
        team=cast.vi.team, full_name="Quàng Thị Không Máy", from_on=LONG_SINCE
    )


@pytest.fixture
def sheet(cast, member):
    return print_sheet(village=cast.vi, member=member, by=cast.official)


def visit_made(cast, household):
    said = guidance(cast.vi, household, today())
    return record_visit(uuid=uuid4(), guidance=said, author=cast.leader)[0]


def entry_of(sheet):
    return reverse("paper_entry", args=[sheet.uuid])


def typed(member, number=1, **changes):
    """Row by row as the screen sends it: the head does VNeID alone."""
    said = {
        "visited_on": f"{YESTERDAY:%d/%m}",
        "member": member.pk,
        f"r{number}-met0": "1",
        f"r{number}-s0-vneid": "T",
    }
    return said | changes


def test_it_works(client, cast, member, sheet):
    client.force_login(cast.official)
    page = client.get(reverse("paper_sheet", args=[sheet.uuid])).content.decode()
    assert page.index("Lò Văn Mẫu, 1961") < page.index("Vàng Thị Mẫu, 1990")
    assert "Lò Văn Mẫu Em" not in page, "children are not asked"
    row = sheet.rows.first()
    answer = client.post(entry_of(sheet), {"row": "1"} | typed(member)).json()
    visit = Encounter.objects.get(uuid=row.visit_uuid)
    assert answer["receipt"] == visit.receipt
    assert answer["done"] == 1
    assert (visit.author, visit.member, visit.typed_by) == (None, member, cast.official)
    assert visit.held_on == YESTERDAY
    assert visit.household == row.household
    assert visit.checks.get().outcome == "alone"
    row.refresh_from_db()
    assert row.encounter == visit


def test_whose_account_it_is(client, cast, sheet):
    """With an account the member is the author; who types on their behalf stands beside."""
    leader = TeamMember.objects.get(user=cast.leader)
    client.force_login(cast.official)
    client.post(entry_of(sheet), {"row": "1"} | typed(leader))
    visit = Encounter.objects.get()
    assert (visit.author, visit.member, visit.typed_by) == (cast.leader, leader, cast.official)
    client.force_login(cast.leader)
    client.post(entry_of(sheet), {"row": "2"} | typed(leader, 2))
    visit = Encounter.objects.latest("pk")
    assert (visit.author, visit.member, visit.typed_by) == (cast.leader, leader, None)


def test_a_sheet_follows_the_worklist_then_the_numbers(cast):
    done = make_household(cast.vi, ("Hà Văn Xong", 1980))
    with_nobody = make_household(cast.vi)
    record_visit(
        uuid=uuid4(), guidance=guidance(cast.vi, done, today(), cast.skills), author=cast.leader
    )
    sheet = print_sheet(village=cast.vi, by=cast.leader)
    ordered = [row.household for row in sheet.rows.all()]
    assert ordered[-1] == done
    assert set(ordered) == {cast.household, cast.second_household, done, with_nobody}
    first_two = print_sheet(village=cast.vi, by=cast.leader, limit=2)
    assert [row.household for row in first_two.rows.all()] == ordered[:2]
    some = print_sheet(village=cast.vi, by=cast.leader, households=[done, cast.household])
    assert [row.household for row in some.rows.all()] == [cast.household, done]


def test_the_order_stays_when_the_worklist_changes(client, cast, member, sheet):
    before = [row.household for row in sheet.rows.all()]
    record_visit(uuid=uuid4(), guidance=guidance(cast.vi, before[0], today()), author=cast.leader)
    client.force_login(cast.official)
    rows = client.get(entry_of(sheet)).context["rows"]
    assert [entry.household for entry in rows] == before


def test_typed_twice_it_is_one_visit(client, cast, member, sheet):
    client.force_login(cast.official)
    first = client.post(entry_of(sheet), {"row": "1"} | typed(member)).json()
    again = client.post(entry_of(sheet), {"row": "1"} | typed(member))
    assert again.status_code == 200
    assert again.json()["receipt"] == first["receipt"]
    other = client.post(entry_of(sheet), {"row": "1"} | typed(member, **{"r1-s0-vneid": "C"}))
    assert other.status_code == 409
    assert other.json()["url"].endswith(f"{Encounter.objects.get().uuid}/")
    assert Encounter.objects.get().checks.get().outcome == "alone"


def test_a_row_without_a_visit_is_skipped(client, cast, member, sheet):
    client.force_login(cast.official)
    answer = client.post(entry_of(sheet), {"row": "1", "visited_on": "1/1", "member": member.pk})
    assert answer.json() == {"skipped": True}
    assert not Encounter.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"r1-s0-vneid": "Z"},
        {"r1-visited_on": "31/02"},
        {"r1-visited_on": "1/1/1999"},
        {"r1-return_on": "tomorrow"},
        {"r1-connection": "pigeon"},
        {"r1-note": "\x00"},
        {"visited_on": "32/13"},
        {"visited_on": ""},
        {"member": "999999"},
        {"row": "77"},
    ],
)
def test_a_mistake_is_told_and_nothing_is_recorded(client, cast, member, sheet, changes):
    client.force_login(cast.official)
    answer = client.post(entry_of(sheet), {"row": "1"} | typed(member) | changes)
    assert answer.status_code == 400
    assert all(answer.json()["errors"])
    assert not Encounter.objects.exists()


def test_without_a_script_one_page_is_saved_and_what_is_wrong_stays(client, cast, member, sheet):
    client.force_login(cast.official)
    both = typed(member) | typed(member, 2, **{"r2-s0-vneid": "Z", "r2-note": "Giữ lại"})
    page = client.post(entry_of(sheet), both)
    assert page.status_code == 400
    assert Encounter.objects.count() == 1
    assert "Giữ lại" in page.content.decode()
    assert Encounter.objects.get().receipt in page.content.decode()
    both["r2-s0-vneid"] = "2"
    answer = client.post(entry_of(sheet), both)
    assert answer.status_code == 302
    assert Encounter.objects.count() == 2
    assert client.get(entry_of(sheet)).context["done"] == 2


def test_a_visit_of_the_same_day_is_asked_about(client, cast, member, sheet):
    row = sheet.rows.first()
    record_visit(
        uuid=uuid4(), guidance=guidance(cast.vi, row.household, YESTERDAY), author=cast.leader
    )
    client.force_login(cast.official)
    answer = client.post(entry_of(sheet), {"row": "1"} | typed(member))
    assert answer.status_code == 400
    assert answer.json()["asks"] is True
    said = {"row": "1"} | typed(member, **{"r1-other_visit": "1"})
    assert client.post(entry_of(sheet), said).status_code == 200
    assert Encounter.objects.count() == 2


def test_a_household_that_came_to_another_village_keeps_its_row(client, cast, member, sheet):
    merge_villages(former=cast.vi, successor=cast.khi, effective_on=today())
    client.force_login(cast.official)
    rows = client.get(entry_of(sheet)).context["rows"]
    assert [entry.row.number for entry in rows] == [1, 2]
    answer = client.post(entry_of(sheet), {"row": "1"} | typed(member))
    assert answer.status_code == 200, answer.json()
    visit = Encounter.objects.get()
    assert visit.village == cast.vi, "the village of that day"
    # Who leads the former village no longer writes for it.
    client.force_login(cast.leader)
    answer = client.post(entry_of(sheet), {"row": "2"} | typed(member, 2))
    assert answer.status_code in {400, 403, 404}
    assert Encounter.objects.count() == 1


def test_somebody_who_moved_is_recorded_where_they_lived_that_day(client, cast, member, sheet):
    spouse = cast.household.residents.get(birth_year=1964)
    move_resident(resident=spouse, household=cast.second_household, on=today())
    client.force_login(cast.official)
    before = typed(member, **{"r1-met1": "1"})
    assert client.post(entry_of(sheet), {"row": "1"} | before).status_code == 200
    assert Encounter.objects.get().people_met.count() == 2


def test_somebody_who_had_moved_before_is_named(client, cast, member, sheet):
    spouse = cast.household.residents.get(birth_year=1964)
    end_residency(resident=spouse, on=today() - timedelta(days=30), ended="moved")
    client.force_login(cast.official)
    answer = client.post(entry_of(sheet), {"row": "1"} | typed(member, **{"r1-met1": "1"}))
    assert answer.status_code == 400
    assert spouse.full_name in answer.json()["errors"][0]


def test_sensitive_data_are_not_printed(client, cast, sheet):
    cast.household.poverty = "poor"
    cast.household.phone = "0912 345 678"
    cast.household.save()
    head = cast.household.residents.get(is_head=True)
    head.ethnic_group = "Nhóm Dân Tộc"
    head.save()
    client.force_login(cast.leader)
    page = client.get(reverse("paper_sheet", args=[sheet.uuid])).content.decode()
    assert "Nhóm Dân Tộc" not in page
    assert "0912" not in page
    assert "nghèo" not in page
    assert LogEntry.objects.get_for_object(sheet).filter(action=LogEntry.Action.ACCESS).exists()


def test_a_sheet_is_made_on_its_page_once(client, cast):
    client.force_login(cast.leader)
    address = reverse("paper_sheet_new")
    form = client.get(address).context["form"]
    said = {
        "village": cast.vi.pk,
        "uuid": str(form.initial["uuid"]),
        "member": form.initial["member"],
        "how_many": "10",
        "skills": form.initial["skills"],
    }
    assert client.post(address, said).status_code == 302
    assert client.post(address, said).status_code == 302
    sheet = PaperSheet.objects.get()
    assert sheet.columns == ["find-information", "vneid"]
    assert sheet.member.user == cast.leader
    assert client.post(address, said | {"skills": []}).status_code == 400
    assert client.post(address, said | {"village": cast.khi.pk}).status_code == 404
    assert f"{sheet.label}" in client.get(reverse("paper_list")).content.decode()


def test_what_is_left_of_a_handed_list_is_printed(client, cast):
    handed = hand_list(
        village=cast.vi,
        households=[cast.household, cast.second_household],
        title="30 hộ nghèo",
        by=cast.official,
    )
    visit_made(cast, cast.household)
    client.force_login(cast.leader)
    address = reverse("paper_sheet_new")
    asked = f"{address}?village={cast.vi.pk}&list={handed.pk}"
    page = client.get(reverse("handed_detail", args=[handed.pk])).content.decode()
    assert asked.replace("&", "&amp;") in page
    shown = client.get(asked)
    assert "«30 hộ nghèo»: còn 1 hộ" in shown.content.decode()
    form = shown.context["form"]
    said = {name: form.initial[name] for name in ("uuid", "member", "how_many", "skills")}
    said |= {"village": cast.vi.pk, "list": handed.pk}
    printed = client.post(address, said, follow=True)
    assert [row.household for row in PaperSheet.objects.get().rows.all()] == [cast.second_household]
    assert "nghèo" not in printed.content.decode()
    client.force_login(cast.official)
    for village in (cast.khi.pk, cast.vi.pk):
        assert client.get(address, {"village": village, "list": handed.pk}).status_code == (
            200 if village == cast.vi.pk else 404
        )
    close_list(handed=handed)
    assert client.get(asked).status_code == 404
    page = client.get(reverse("handed_detail", args=[handed.pk])).content.decode()
    assert "In thành phiếu thăm" not in page


@pytest.mark.parametrize("name", ["paper_sheet", "paper_entry"])
def test_who_may_open_a_sheet(client, cast, sheet, name):
    for who, status in (
        ("leader", 200),
        ("official", 200),
        ("reader", 403),
        ("neighbour", 404),
        ("stranger", 404),
        ("stranger_leader", 404),
    ):
        client.force_login(getattr(cast, who))
        assert client.get(reverse(name, args=[sheet.uuid])).status_code == status, who


def test_a_large_village_is_typed_in_page_by_page(client, cast, member):
    for _number in range(70):
        make_household(cast.vi, *((f"Lò Văn Người {n}", 1950 + n) for n in range(3)))
    sheet = print_sheet(village=cast.vi, by=cast.official)
    client.force_login(cast.official)
    numbers, place = [], 1
    while True:
        page = client.get(entry_of(sheet), {"page": place}).context
        numbers += [entry.row.number for entry in page["rows"]]
        if page["following"] is None:
            break
        place = page["following"]
    assert numbers == list(range(1, 73))
    assert place > 1
    last = numbers[-1]
    said = {"row": f"{last}", "page": place} | typed(member, last)
    assert client.post(entry_of(sheet), said).status_code == 200


def test_a_village_without_households_gets_a_sheet_of_empty_lines(client, cast):
    cast.khi_household.places.update(to_on=YESTERDAY)
    sheet = print_sheet(village=cast.khi, by=cast.neighbour)
    client.force_login(cast.neighbour)
    printed = client.get(reverse("paper_sheet", args=[sheet.uuid])).content.decode()
    assert "sinh năm" in printed
    assert "Phiếu này không có hộ nào" in client.get(entry_of(sheet)).content.decode()
    assert client.post(entry_of(sheet), {}).status_code == 302
