"""Villages that merge, split and take another name: what moves, and what stays for ever."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from households.models import Encounter
from households.recording import record_visit
from households.residence import ResidenceError
from households.village_changes import merge_villages, rename_village, split_village
from households.village_preview import preview_of
from portal.testing.cast import make_household, make_user
from portal.tests.records import guidance
from reports.coverage import recount_stale
from reports.indicators import Place, indicator_by_code
from reports.models import CoverageFigure
from training.models import Agency, Employment, StaffMember, TrainingSession
from villages.models import Assignment, Target, Team, TeamMember, Village, VillageChange
from villages.periods import today

ON = today() - timedelta(days=40)
BEFORE = ON - timedelta(days=1)


def adults(village, day):
    return indicator_by_code("adults").count(Place(village.commune_id, village.pk), day)[1]


def staff(village, day):
    return indicator_by_code("officials").count(Place(village.commune_id, village.pk), day)[1]


@pytest.fixture
def office(cast):
    """An agency that stands in Vi, with one member of staff."""
    agency = Agency.objects.create(commune=cast.commune, name="Trạm Y tế", village=cast.vi)
    member = StaffMember.objects.create(
        commune=cast.commune, full_name="Cán Bộ Mẫu", category="public_employee"
    )
    Employment.objects.create(staff_member=member, agency=agency, from_on=date(2024, 1, 1))
    return agency


def test_a_renamed_village_goes_on_with_all_it_has(cast, office):
    Target.objects.create(
        indicator="adults", commune=cast.commune, village=cast.vi, year=today().year, percent=70
    )
    session = TrainingSession.objects.create(
        commune=cast.commune, village=cast.vi, title="Lớp mẫu", held_on=today()
    )
    before = adults(cast.vi, BEFORE), staff(cast.vi, BEFORE)
    rename_village(former=cast.vi, name="Vi Mới", effective_on=ON, by=cast.official)
    new = Village.objects.get(name="Vi Mới")
    cast.vi.refresh_from_db()
    assert (new.number, new.from_on, cast.vi.to_on) == (cast.vi.number, ON, BEFORE)
    assert (adults(cast.vi, BEFORE), staff(cast.vi, BEFORE)) == before
    assert (adults(new, ON), staff(new, ON)) == before
    assert (adults(cast.vi, ON), staff(cast.vi, ON), adults(new, BEFORE)) == (0, 0, 0)
    assert [str(member) for member in new.team.members.on(ON)] == [cast.leader.full_name]
    assert not TeamMember.objects.on(ON).filter(team__village=cast.vi).exists()
    assert Assignment.objects.on(today()).get(user=cast.leader).village == new
    assert Target.objects.get(village=new).percent == 70
    session.refresh_from_db()
    assert session.village == new
    change = VillageChange.objects.get()
    assert (change.kind, change.former, change.successor) == ("renamed", cast.vi, new)


def test_an_office_is_counted_where_its_village_went_in_the_end(cast, office):
    first, second = ON, ON + timedelta(days=10)
    rename_village(former=cast.vi, name="Vi Mới", effective_on=first)
    middle = Village.objects.get(name="Vi Mới")
    merge_villages(former=middle, successor=cast.khi, effective_on=second)
    counted = {
        day: [staff(village, day) for village in (cast.vi, middle, cast.khi)]
        for day in (BEFORE, first, second, today())
    }
    assert counted == {
        BEFORE: [1, 0, 0],
        first: [0, 1, 0],
        second: [0, 0, 1],
        today(): [0, 0, 1],
    }


def test_the_leader_of_a_renamed_village_records_on(cast, client):
    rename_village(former=cast.vi, name="Vi Mới", effective_on=ON)
    client.force_login(cast.leader)
    typed = {
        "household": str(cast.household.uuid),
        "visited_on": f"{today()}",
        "occasion": "home_visit",
        "difficulty": "away",
    }
    assert client.post(reverse("visit_form"), typed | {"uuid": str(uuid4())}).status_code == 302
    assert Encounter.objects.get().village.name == "Vi Mới"


def test_records_since_the_day_follow_and_earlier_ones_stay(cast):
    early, _new = record_visit(
        uuid=uuid4(), guidance=guidance(cast.vi, cast.household, BEFORE), author=cast.leader
    )
    late, _new = record_visit(
        uuid=uuid4(), guidance=guidance(cast.vi, cast.household, ON), author=cast.leader
    )
    merge_villages(former=cast.vi, successor=cast.khi, effective_on=ON)
    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.village, late.village) == (cast.vi, cast.khi)


def test_stored_figures_of_the_past_stay_and_later_ones_are_recounted(cast, office):
    for day in (BEFORE, ON, today()):
        indicator_days(cast, day)
    kept = stored(cast.vi, BEFORE)
    merge_villages(former=cast.vi, successor=cast.khi, effective_on=ON)
    recount_stale(cast.commune.pk)
    assert stored(cast.vi, BEFORE) == kept
    assert stored(cast.khi, today())["adults"][1] == adults(cast.khi, today()) == 4
    assert stored(cast.khi, today())["officials"][1] == 1


def indicator_days(cast, day):
    from reports.coverage import recount_day

    recount_day(cast.commune.pk, day)


def stored(village, day):
    figures = CoverageFigure.objects.filter(unit__village=village, day=day)
    return {one.indicator: (one.numerator, one.denominator) for one in figures}


def test_a_split_takes_the_chosen_households_and_nothing_else(cast):
    third = make_household(cast.vi, ("Tòng Văn Mẫu", 1970))
    visit, _new = record_visit(
        uuid=uuid4(), guidance=guidance(cast.vi, third, ON), author=cast.leader
    )
    kept, _new = record_visit(
        uuid=uuid4(), guidance=guidance(cast.vi, cast.household, ON), author=cast.leader
    )
    shown = preview_of(
        former=cast.vi, effective_on=ON, households=cast.vi.households.filter(pk=third.pk)
    )
    assert (shown.households, shown.residents, shown.encounters) == (1, 1, 1)
    split_village(former=cast.vi, name="Vi Hai", number=7, households=[third], effective_on=ON)
    new = Village.objects.get(name="Vi Hai")
    cast.vi.refresh_from_db()
    assert cast.vi.to_on is None
    assert (adults(new, ON), adults(new, BEFORE)) == (1, 0)
    assert (adults(cast.vi, BEFORE), adults(cast.vi, ON)) == (4, 3)
    visit.refresh_from_db()
    kept.refresh_from_db()
    assert (visit.village, kept.village) == (new, cast.vi)
    assert Team.objects.get(village=new).members.count() == 0
    assert Assignment.objects.on(today()).get(user=cast.leader).village == cast.vi


def test_what_the_records_contradict_is_refused_and_changes_nothing(cast):
    everybody = list(cast.vi.households.all())
    for refused in (
        lambda: merge_villages(former=cast.vi, successor=cast.far, effective_on=ON),
        lambda: rename_village(former=cast.vi, name="X", effective_on=date(2020, 1, 1)),
        lambda: split_village(
            former=cast.vi, name="X", number=9, households=everybody, effective_on=ON
        ),
        lambda: split_village(
            former=cast.vi, name="X", number=9, households=[cast.khi_household], effective_on=ON
        ),
    ):
        with pytest.raises(ResidenceError):
            refused()
    assert not VillageChange.objects.exists()
    rename_village(former=cast.vi, name="Vi Mới", effective_on=ON)
    with pytest.raises(ResidenceError):
        rename_village(former=cast.vi, name="Vi Khác", effective_on=today())


PAGES = {
    "village_merge": lambda cast: {"successor": cast.khi.pk},
    "village_rename": lambda cast: {"name": "Vi Mới", "kind": "village"},
    "village_split": lambda cast: {
        "name": "Vi Hai", "kind": "village", "number": "7",
        "households": str(cast.second_household.number),
    },
}  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_the_page_shows_what_moves_before_anything_does(cast, client, page):
    client.force_login(cast.official)
    address = reverse(page, args=[cast.vi.pk])
    typed = PAGES[page](cast) | {"effective_on": f"{ON:%d/%m/%Y}"}
    assert client.get(address).status_code == 200
    shown = client.post(address, typed)
    assert shown.context["moves"].households in (1, 2)
    assert not VillageChange.objects.exists()
    seen = {"confirm": shown.context["confirmation"]}
    assert client.post(address, typed | seen).status_code == 302
    change = VillageChange.objects.get()
    assert change.recorded_by == cast.official
    assert client.get(reverse("village_detail", args=[change.successor_id])).status_code == 200
    again = client.post(address, typed | seen)
    assert again.status_code == (400 if page == "village_split" else 302)
    assert VillageChange.objects.get() == change


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_done_that_was_not_shown_first(cast, client, page):
    client.force_login(cast.official)
    address = reverse(page, args=[cast.vi.pk])
    typed = PAGES[page](cast) | {"effective_on": f"{ON}"}
    assert client.post(address, typed | {"confirm": "on"}).context["moves"]
    seen = {"confirm": client.post(address, typed).context["confirmation"]}
    # A form that comes back with a fault carries no confirmation along.
    faulty = client.post(address, typed | seen | {"effective_on": "1999-01-01"})
    assert faulty.status_code == 400
    assert 'name="confirm"' not in faulty.content.decode()
    other_day = client.post(address, typed | seen | {"effective_on": f"{BEFORE}"})
    assert other_day.context["moves"]
    assert other_day.context["is_other"]
    record_visit(
        uuid=uuid4(), guidance=guidance(cast.vi, cast.second_household, ON), author=cast.leader
    )
    assert client.post(address, typed | seen).context["moves"].encounters == 1
    assert not VillageChange.objects.exists()
    seen = {"confirm": client.post(address, typed).context["confirmation"]}
    assert client.post(address, typed | seen).status_code == 302


@pytest.mark.parametrize(
    ("page", "wrong"),
    [
        ("village_merge", {"successor": "0"}),
        ("village_merge", {"effective_on": f"{today() + timedelta(days=1)}"}),
        ("village_rename", {"effective_on": "0001-01-01"}),
        ("village_rename", {"name": "Khì"}),
        ("village_rename", {"name": "Vi"}),
        ("village_split", {"households": "1-2"}),
        ("village_split", {"households": "1, 99"}),
        ("village_split", {"households": "1-999999"}),
        ("village_split", {"households": "một"}),
        ("village_split", {"number": "2"}),
        ("village_split", {"note": "a\x00"}),
    ],
)
def test_a_wrong_form_comes_back_in_words(cast, client, page, wrong):
    client.force_login(cast.official)
    typed = PAGES[page](cast) | {"effective_on": f"{ON}", "confirm": "on"} | wrong
    reply = client.post(reverse(page, args=[cast.vi.pk]), typed)
    assert reply.status_code == 400
    assert not VillageChange.objects.exists()


def test_the_preview_names_households_leaders_lists_and_sessions(cast, client):
    TrainingSession.objects.create(
        commune=cast.commune, village=cast.vi, title="Lớp mẫu", held_on=today() + timedelta(days=3)
    )
    make_household(cast.khi, ("Sùng A Mẫu", 1980), number=5)
    shown = preview_of(former=cast.vi, effective_on=ON, into=cast.khi)
    # Khì has 1 and 5: Vi's 1 goes behind them, its 2 keeps its number.
    assert [(one.head, one.before, one.after) for one in shown.renumbered] == [("Lò Văn Mẫu", 1, 6)]
    client.force_login(cast.official)
    typed = {"successor": cast.khi.pk, "effective_on": f"{ON}"}
    page = client.post(reverse("village_merge", args=[cast.vi.pk]), typed).content.decode()
    for named in ("001", "006", cast.leader.full_name, "Lớp mẫu"):
        assert named in page
    merge_villages(former=cast.vi, successor=cast.khi, effective_on=ON)
    numbers = {home.pk: home.number for home in cast.khi.households.all()}
    assert (numbers[cast.household.pk], numbers[cast.second_household.pk]) == (6, 2)


def test_a_change_to_come_is_entered_on_its_day(cast):
    with pytest.raises(ResidenceError):
        rename_village(former=cast.vi, name="Vi Mới", effective_on=today() + timedelta(days=1))
    assert Village.objects.filter(commune=cast.commune).count() == 2


def test_a_village_merges_into_one_that_existed_by_then(cast, client):
    cast.khi.from_on = ON + timedelta(days=1)
    cast.khi.save()
    client.force_login(cast.official)
    address = reverse("village_merge", args=[cast.vi.pk])
    reply = client.post(address, {"successor": cast.khi.pk, "effective_on": f"{ON}"})
    assert reply.status_code == 400
    assert "effective_on" in reply.context["form"].errors


def test_only_who_writes_for_the_commune_changes_its_villages(cast, client):
    second = make_user("second", "official", cast.commune)
    for person, status in (
        (second, 200), (cast.reader, 403), (cast.leader, 403), (cast.stranger, 404),
    ):  # fmt: skip
        client.force_login(person)
        for page in PAGES:
            assert client.get(reverse(page, args=[cast.vi.pk])).status_code == status
