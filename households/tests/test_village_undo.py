"""The change of a village is taken back exactly, or what has used it is named."""

from datetime import timedelta
from uuid import uuid4

import pytest
from auditlog.models import LogEntry
from django.urls import reverse

from households.handing import hand_list
from households.recording import record_visit
from households.residence import add_household
from households.village_changes import merge_villages, rename_village, split_village
from households.village_undoing import NotUndone, undo_change
from portal.testing.cast import make_household
from portal.testing.hamlets import all_records
from portal.tests.records import guidance
from reports.coverage import recount_day, recount_stale
from reports.models import CoverageFigure
from training.models import TrainingSession
from villages.connectivity import report_connectivity
from villages.models import Target, Village, VillageChange
from villages.periods import today

ON = today() - timedelta(days=40)


def merge(cast):
    return merge_villages(former=cast.vi, successor=cast.khi, effective_on=ON)


def rename(cast):
    return rename_village(former=cast.vi, name="Vi Mới", effective_on=ON)


def split(cast):
    return split_village(
        former=cast.vi, name="Vi Hai", number=7, effective_on=ON,
        households=[cast.second_household],
    )  # fmt: skip


KINDS = [merge, rename, split]


@pytest.fixture
def busy(cast):
    """A village in which all stands that a change can move."""
    make_household(cast.vi, ("Sùng A Mẫu", 1980))
    visit(cast, cast.second_household, ON)
    visit(cast, cast.household, ON - timedelta(days=3))
    for homes in ([cast.household], [cast.second_household]):
        hand_list(village=cast.vi, households=homes, title="Hộ Vi", by=cast.official)
    report_connectivity(
        village=cast.vi, operator="VNPT", technology="4g", quality="none", where="Đầu bản",
        reported_on=ON - timedelta(days=5), by=cast.leader,
    )  # fmt: skip
    Target.objects.create(
        indicator="adults", commune=cast.commune, village=cast.vi, year=today().year, percent=70
    )
    TrainingSession.objects.create(
        commune=cast.commune, village=cast.vi, title="Lớp mẫu", held_on=today()
    )
    recount_day(cast.commune.pk, today())
    return cast


def visit(cast, household, day):
    said = guidance(household.village, household, day)
    return record_visit(uuid=uuid4(), guidance=said, author=cast.official)[0]


def figures():
    rows = CoverageFigure.objects.order_by("unit__village", "day", "indicator")
    return list(rows.values_list("unit__village", "day", "indicator", "numerator", "denominator"))


def records():
    """All rows but the log and what is counted from them."""
    return {
        table: rows
        for table, rows in all_records().items()
        if not table.startswith(("reports_", "auditlog_")) and table != "sqlite_sequence"
    }


@pytest.mark.parametrize("change", KINDS)
def test_all_is_as_it_was(busy, change):
    recount_stale(busy.commune.pk)
    before, counted = records(), figures()
    made = change(busy)
    assert records() != before
    recount_stale(busy.commune.pk)
    undo_change(change=made)
    assert records() == before
    recount_stale(busy.commune.pk)
    assert figures() == counted
    gone = LogEntry.objects.get_for_model(VillageChange).filter(action=LogEntry.Action.DELETE)
    assert gone.exists()
    # And once more, from where it was.
    undo_change(change=change(busy))
    assert records() == before


def visited(cast, change):
    cast.second_household.refresh_from_db()
    visit(cast, cast.second_household, today())


def handed(cast, change):
    cast.second_household.refresh_from_db()
    hand_list(
        village=change.successor, households=[cast.second_household], title="Hộ", by=cast.official
    )


def number_taken(cast, change):
    number = cast.second_household.number
    add_household(village=cast.vi, since_on=today(), number=number)


def changed_again(cast, change):
    change.successor.refresh_from_db()
    rename_village(former=change.successor, name="Vi Khác", effective_on=today())


def new_household(cast, change):
    add_household(village=change.successor, since_on=today())


def village_of_that_number(cast, change):
    Village.objects.create(
        commune=cast.commune, number=change.former.number, name="Khác", from_on=today()
    )


@pytest.mark.parametrize(
    ("change", "use"),
    [
        *[(change, use) for change in KINDS for use in (visited, handed, changed_again)],
        (merge, village_of_that_number),
        (rename, new_household),
        (split, number_taken),
    ],
)
def test_what_has_used_it_is_named(busy, change, use):
    made = change(busy)
    use(busy, made)
    before = records()
    with pytest.raises(NotUndone) as refused:
        undo_change(change=made)
    assert refused.value.obstacles
    assert records() == before


def test_it_is_undone_from_the_page_of_the_village(busy, client):
    made = merge(busy)
    address = reverse("village_change_undo", args=[made.pk])
    for person, status in ((busy.reader, 403), (busy.neighbour, 403), (busy.stranger, 404)):
        client.force_login(person)
        assert client.post(address).status_code == status
    client.force_login(busy.reader)
    assert address not in client.get(reverse("village_detail", args=[busy.khi.pk])).text
    client.force_login(busy.official)
    assert address in client.get(reverse("village_detail", args=[busy.khi.pk])).text
    assert client.get(address).status_code == 200
    used = visit(busy, busy.khi.households.get(pk=busy.household.pk), today())
    assert used.receipt in client.get(address).text or str(used) in client.get(address).text
    assert client.post(address).status_code == 409
    used.delete()
    assert client.post(address).url == reverse("village_detail", args=[busy.vi.pk])
    assert not VillageChange.objects.exists()
    busy.vi.refresh_from_db()
    assert busy.vi.to_on is None


def test_a_chain_is_undone_from_its_end(busy):
    first = rename(busy)
    last = merge_villages(former=first.successor, successor=busy.khi, effective_on=today())
    with pytest.raises(NotUndone) as refused:
        undo_change(change=first)
    assert str(last) in [what for what, _why in refused.value.obstacles]
    before = records()
    undo_change(change=last)
    undo_change(change=first)
    assert records() != before
    assert not VillageChange.objects.exists()
