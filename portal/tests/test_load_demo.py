"""The demonstration adds up to what the press printed, out of records, whenever it is loaded."""

import json
import random
import stat
from datetime import date, timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, F, Max, Q
from vietnam_provinces import Ward

from households.handing import progress_of_lists
from households.models import (
    Confirmation,
    Doubt,
    Encounter,
    EncounterVersion,
    HandedList,
    Household,
    HouseholdObservation,
    Resident,
)
from households.visit_content import content_from_records
from portal.demo import story
from portal.demo.communes import communes_to_load
from portal.demo.months import guide_after_the_article
from portal.demo.people import make_households, make_places, settle_residents
from portal.demo.visits import guide_until_the_article
from portal.management.commands import load_demo
from reports.models import CoverageFigure
from training.models import Attendance, ClassRoll, StaffMember, TrainingSession
from villages.models import (
    Assignment,
    Commune,
    ConnectivityReport,
    GoverningDocument,
    StaleMark,
    TeamMember,
    Village,
)

# Once: `make run`, and its test, load it on SQLite.
pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.slow, pytest.mark.once]

UNTIL = date(2025, 11, 20)
ARTICLE = {"first": date(2025, 1, 1), "last": date(2025, 10, 31)}
NAMED_IN_THE_ARTICLE = ("Nguyễn Thị Việt Hà", "Lò Thị Dương")


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The demonstration, loaded once for this module and rolled back after it."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr(load_demo, "PATIENCE_SECONDS", 0)
        with transaction.atomic():
            call_command("load_demo", until=UNTIL, verbosity=0)
            yield Commune.objects.get(code="03637")
            transaction.set_rollback(True)


@pytest.fixture(scope="module")
def results(demo):
    said = StringIO()
    call_command("programme_results", "--json", stdout=said, **ARTICLE)
    return json.loads(said.getvalue())


def test_it_adds_up_to_the_article(results):
    assert results["period"] == {"from": "2025-01-01", "to": "2025-10-31"}
    figures = results["figures"]
    assert figures["villages"] == figures["teams"] == 43
    assert figures["staff"] > 400
    assert figures["communications"] == 39
    assert figures["training_sessions"] == 8
    assert figures["people_trained"] == 220
    assert figures["households_visited"] == 1820
    assert figures["documents"] == 4
    assert figures["steering_committee_members"] == 16


def test_visits_and_attendances_are_more_than_households_and_people(results):
    figures = results["figures"]
    assert figures["household_visits"] == 2461
    assert figures["training_attendances"] == 236
    assert figures["people_helped_at_service_centre"] > 1000


def test_coverage_is_that_of_the_article(results):
    found = {indicator["code"]: indicator for indicator in results["indicators"]}
    assert 80 < found["officials"]["percent"] < 82
    assert found["students"]["percent"] == 90.0
    assert (found["students"]["numerator"], found["students"]["denominator"]) == (1476, 1640)
    assert 70 < found["adults"]["percent"] < 71
    assert found["adults"]["denominator"] == 12966
    assert found["adults"]["reached"] > found["adults"]["able"] > found["adults"]["confirmed"] > 0
    assert found["adults"]["able"] == found["adults"]["numerator"]
    assert found["households_visited"]["numerator"] == 1820
    assert {i["as_of"] for i in results["indicators"]} == {"2025-10-31"}


def test_targets_carry_their_source(results):
    found = {indicator["code"]: indicator for indicator in results["indicators"]}
    targets = {code: found[code]["target"] for code in ("officials", "students", "adults")}
    assert targets == {"officials": 80, "students": 100, "adults": 80}
    assert found["adults"]["target_source"] == (
        "theo Kế hoạch 01-KH/BCĐTW, cần đối chiếu văn bản gốc"
    )
    assert found["adults_confirmed"]["target"] == 30


def test_the_commune_is_as_large_as_described(demo):
    on = story.ARTICLE_ON
    assert demo.is_demo
    assert (demo.name, demo.province_name, demo.formed_on) == (
        "Mường Kim",
        "Lai Châu",
        date(2025, 7, 1),
    )
    names = list(Village.objects.filter(commune=demo).values_list("name", flat=True))
    assert names == ["Vi", "Khì", *(f"Bản mẫu {number:02d}" for number in range(3, 44))]
    assert Household.objects.standing_on(on).count() == 4200
    assert Resident.objects.living_on(on).count() == 20400


def test_the_documents_are_those_of_the_article(demo):
    documents = GoverningDocument.objects.filter(commune=demo)
    assert set(documents.values_list("number", "issued_on")) == {
        ("04-KH/ĐU", date(2025, 7, 30)),
        ("611/KH-UBND", date(2025, 8, 8)),
        ("37/QĐ-UBND", date(2025, 7, 11)),
        ("38/QĐ-UBND", date(2025, 7, 11)),
    }


def test_nobody_named_in_the_article_is_in_it(demo):
    people = [
        *Resident.objects.values_list("full_name", flat=True).distinct(),
        *StaffMember.objects.values_list("full_name", flat=True).distinct(),
        *TeamMember.objects.values_list("full_name", flat=True),
        *get_user_model().objects.values_list("full_name", flat=True),
    ]
    assert not set(NAMED_IN_THE_ARTICLE) & set(people)


def test_those_trained_are_poor_or_of_an_ethnic_minority(demo):
    trained = Resident.objects.filter(
        attendances__session__kind="residents", attendances__session__held_on__lte=story.ARTICLE_ON
    )
    others = trained.filter(ethnic_group__in=["", "Kinh"]).exclude(household__poverty="poor")
    assert trained.distinct().count() == 220
    assert not others.exists()


def test_activities_of_other_kinds_stand_apart(demo):
    kinds = dict(
        TrainingSession.objects.held().values_list("kind").annotate(Count("pk")).order_by()
    )
    assert kinds["party_members"] > 0
    assert kinds["teams"] > 0


def test_more_adults_are_reached_than_live_in_visited_households(demo):
    visited = Encounter.objects.standing().home_visits().filter(held_on__lte=story.ARTICLE_ON)
    at_home = Resident.objects.adults_on(story.ARTICLE_ON).filter(
        residencies__household__in=visited.values("household")
    )
    reached = Resident.objects.adults_on(story.ARTICLE_ON).filter(
        met__happened_on__lte=story.ARTICLE_ON
    )
    assert at_home.values("pk").distinct().count() < reached.values("pk").distinct().count()


def test_teams_visit_only_since_they_exist_and_the_commune_guides_before(demo):
    encounters = Encounter.objects.filter(commune=demo)
    assert encounters.home_visits().earliest("held_on").held_on >= date(2025, 7, 14)
    for month in range(1, 11):
        assert encounters.filter(held_on__year=2025, held_on__month=month).exists()


@pytest.mark.parametrize("day", [story.ARTICLE_ON, UNTIL])
def test_two_villages_have_been_silent_for_a_month(demo, day):
    last = Encounter.objects.standing().filter(village__isnull=False, held_on__lte=day)
    latest = dict(last.order_by().values_list("village__number").annotate(Max("held_on")))
    silent = {number for number, on in latest.items() if on <= day - timedelta(days=30)}
    assert silent == {17, 31}


def test_villages_differ(demo):
    shares = list(
        CoverageFigure.objects.filter(
            unit__commune=demo, unit__village__isnull=False, indicator="adults", is_stale=False
        ).values_list(100.0 * F("numerator") / F("denominator"), flat=True)
    )
    assert min(shares) < 55
    assert max(shares) > 80


def test_some_records_are_doubtful_and_some_of_those_open(demo):
    # The others need a phone that was wrong, or two that did not know of each other.
    by_phones = {Doubt.Kind.CLOCK, Doubt.Kind.DIFFERENT_VALUES, Doubt.Kind.DUPLICATE}
    kinds = set(Doubt.objects.values_list("kind", flat=True))
    assert kinds >= set(Doubt.Kind.values) - by_phones
    assert 0 < Doubt.objects.filter(settled_at__isnull=True).count() < Doubt.objects.count()


def test_a_team_without_a_leader_and_former_members(demo):
    teams = (
        TeamMember.objects.on(UNTIL)
        .values("team")
        .annotate(members=Count("pk"), leaders=Count("pk", filter=Q(role="leader")))
    )
    assert [team["leaders"] for team in teams].count(0) == 1
    assert all(3 <= team["members"] <= 10 for team in teams)
    assert TeamMember.objects.filter(to_on__isnull=False).exists()


def test_four_villages_have_no_signal_somewhere(demo):
    gaps = ConnectivityReport.objects.filter(quality="none", resolved_on__isnull=True)
    assert gaps.values("village").distinct().count() == 4


def test_a_list_of_poor_households_is_handed_over_and_has_begun_to_shrink(demo):
    lists = list(HandedList.objects.filter(village__commune=demo))
    progress = progress_of_lists(lists)
    assert len(lists) == len(story.HANDED_TO)
    assert all(handed.is_about_poverty for handed in lists)
    assert all(progress[handed.pk].total for handed in lists)
    assert sum(progress[handed.pk].done for handed in lists)
    assert sum(progress[handed.pk].open for handed in lists)


def test_nothing_is_dated_after_the_last_day(demo):
    assert Encounter.objects.latest("held_on").held_on <= UNTIL
    assert HouseholdObservation.objects.latest("observed_on").observed_on <= UNTIL
    assert Confirmation.objects.latest("seen_on").seen_on <= UNTIL
    assert ClassRoll.objects.latest("counted_on").counted_on <= UNTIL
    assert Encounter.objects.latest("received_at").received_at.date() <= UNTIL
    assert Encounter.objects.filter(held_on__gt=story.ARTICLE_ON).exists()


def test_what_was_sent_agrees_with_the_records(demo):
    visits = Encounter.objects.standing().home_visits().order_by("pk")
    for visit in visits[:40]:
        assert visit.content == content_from_records(visit)


def test_corrected_visits_keep_their_earlier_version(demo):
    versions = EncounterVersion.objects.select_related("encounter")
    assert versions.count() > 5
    for version in versions:
        assert version.encounter.version == 2
        assert version.content != version.encounter.content
        assert set(version.content) == set(version.encounter.content)


def test_households_show_what_was_observed_last(demo):
    shown = Household.objects.filter(observations__isnull=False).order_by("pk")
    for household in shown.distinct()[:60]:
        latest = household.observations.order_by("-observed_on", "-pk")
        asked = latest.filter(smart_device__isnull=False).first()
        assert household.smart_device == (asked.smart_device if asked else None)
        assert household.observed_on == latest.first().observed_on


def test_every_attendance_of_a_resident_stands_beside_a_person_met(demo):
    attended = Attendance.objects.filter(resident__isnull=False)
    alone = attended.exclude(session__encounter__people_met__resident=F("resident"))
    assert attended.exists()
    assert not alone.exists()


def test_figures_are_counted_and_no_mark_is_left(demo):
    assert not StaleMark.objects.exists()
    waiting = CoverageFigure.objects.filter(unit__commune=demo, unit__village__isnull=True)
    # With no patience at all the days before today are left to the worker, asked for.
    assert waiting.filter(is_stale=True, day=story.ARTICLE_ON).exists()
    assert not waiting.filter(is_stale=True).order_by("-day").first().numerator


def test_a_recount_finds_no_drift(demo):
    said = StringIO()
    call_command("recount", verbosity=0, stdout=said)
    assert "No drift" in said.getvalue()


def test_one_account_per_role_can_sign_in(demo):
    path = settings.VAR_DIR / "demo-accounts.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    accounts = json.loads(path.read_text())
    assert list(accounts) == ["team_leader", "official", "reader", "admin", "school", "staff"]
    for role, account in accounts.items():
        user = get_user_model().objects.get(username=account["username"])
        assert len(account["password"]) >= 14
        assert user.check_password(account["password"])
        assert Assignment.objects.get(user=user).role == role
    others = get_user_model().objects.exclude(
        username__in=[account["username"] for account in accounts.values()]
    )
    assert others.count() == 42 + 3, "leaders and schools whose names only sign"
    assert not any(user.has_usable_password() for user in others)


def test_a_second_run_changes_nothing_and_says_so(demo):
    path = settings.VAR_DIR / "demo-accounts.json"
    before = (path.read_text(), Encounter.objects.count(), Resident.objects.count())
    said = StringIO()
    call_command("load_demo", stdout=said)
    assert "loaded already" in said.getvalue()
    assert (path.read_text(), Encounter.objects.count(), Resident.objects.count()) == before


@pytest.mark.once
def test_the_same_seed_makes_the_same_records_whatever_the_last_day():
    early, late = (records_of("a seed", until) for until in (UNTIL, date(2026, 8, 5)))
    assert [row for row in late if row[0] <= story.ARTICLE_ON] == [
        row for row in early if row[0] <= story.ARTICLE_ON
    ]
    assert records_of("a seed", UNTIL) == early
    assert records_of("another seed", UNTIL) != early
    assert any(row[0] > date(2026, 7, 31) for row in late)


def records_of(seed, until):
    """Everything that guides residents, as plain values, without a database."""
    rng = random.Random(seed)
    places = make_places(rng)
    houses = make_households(rng, places)
    settle_residents(rng, houses)
    events = guide_until_the_article(rng, places, None)
    events += guide_after_the_article(seed, places, None, until)
    rows = [
        (
            event.held_on,
            event.occasion,
            event.place.number if event.place else 0,
            event.house.number if event.house else 0,
            [(person.name, checks, seen) for person, checks, seen in event.people],
        )
        for event in events
    ]
    return sorted(rows)


@pytest.mark.parametrize(
    "wrong",
    [
        {"until": date(2025, 10, 30)},
        {"until": date(2999, 1, 1)},
        {"communes": 0},
        {"communes": 4000},
    ],
)
def test_impossible_wishes_are_refused_in_words(db, wrong):
    with pytest.raises(CommandError, match="must be"):
        call_command("load_demo", **wrong)
    assert not Commune.objects.exists()


def test_real_records_of_that_commune_are_left_alone(db):
    Commune.objects.create(code="03637", name="Mường Kim")
    said = StringIO()
    call_command("load_demo", stdout=said)
    assert "real records" in said.getvalue()
    assert not Village.objects.exists()


@pytest.mark.once
def test_many_communes_bear_real_names_lai_chau_first():
    wanted = communes_to_load(40)
    known = {f"{int(ward.code):05d}" for ward in Ward.iter_all()}
    assert wanted[0].name == "Mường Kim"
    assert len({which.code for which in wanted}) == 40
    assert {which.code for which in wanted} <= known
    assert {which.province_name for which in wanted[:38]} == {"Lai Châu"}
    assert wanted[38].province_name != "Lai Châu"
