"""Real writers and real recounts at once: no figure is ever left wrong without a mark."""

import random
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from households.models import Encounter, Resident, SkillCheck
from households.recording import Guidance, PersonOutcome, correct_visit, record_visit, void_visit
from households.residence import end_residency
from portal.testing.cast import make_household
from reports import coverage
from reports.models import CoverageFigure, CoverageUnit
from reports.tests.independent import IndependentCount
from villages.models import StaleMark
from villages.periods import today

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def visit(cast, household, chance):
    people = tuple(
        PersonOutcome(
            resident,
            {skill: chance.choice(SkillCheck.Outcome.values[:2]) for skill in cast.skills},
            chance.random() < 0.5,
        )
        for resident in household.residents.all()
    )
    return Guidance(
        commune=cast.commune,
        village=household.village,
        household=household,
        occasion="home_visit",
        held_on=today(),
        content={"number": chance.random()},
        people=people,
        smart_device=chance.choice([True, False]),
    )


def in_thread(work):
    """Run ``work`` on a connection of its own, and close it."""
    try:
        return work()
    finally:
        connection.close()


def wrong_without_a_mark(cast):
    """The figures that differ from an independent count though nothing says so."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        truth = IndependentCount()
        marked = set(StaleMark.objects.values_list("commune_id", "village_id"))
        wrong = []
        for unit in CoverageUnit.objects.filter(commune=cast.commune):
            if (unit.commune_id, unit.village_id) in marked:
                continue
            counted = truth.counts(today(), unit.commune_id, unit.village_id)
            wrong += [
                (unit, figure.indicator, figure.numerator)
                for figure in unit.figures.filter(day=today(), is_stale=False)
                if (figure.numerator, figure.denominator) != counted[figure.indicator]
            ]
    return wrong


def test_no_figure_is_ever_left_wrong_without_a_mark(cast):
    households = [cast.household, cast.second_household, cast.khi_household]
    households += [
        make_household(village, (f"Người {n}", 1950 + n), (f"Người khác {n}", 1980))
        for n in range(10)
        for village in (cast.vi, cast.khi)
    ]
    coverage.recount_stale(cast.commune.pk)
    writing = threading.Event()
    writing.set()
    problems = []

    def write(seed):
        chance = random.Random(seed)
        for _turn in range(25):
            dice = chance.random()
            mine = Encounter.objects.filter(voided_at=None, language="vi", note=str(seed))
            if dice < 0.7 or not mine.exists():
                guidance = visit(cast, chance.choice(households), chance)
                guidance = Guidance(**{**vars(guidance), "language": "vi", "note": str(seed)})
                record_visit(
                    uuid=uuid.UUID(int=chance.getrandbits(128)),
                    guidance=guidance,
                    author=cast.leader,
                )
            elif dice < 0.85:
                encounter = mine.first()
                guidance = visit(cast, encounter.household, chance)
                correct_visit(
                    encounter=encounter, guidance=guidance, reason="nhầm", by=cast.official
                )
            elif dice < 0.95:
                void_visit(encounter=mine.first(), reason="trùng", by=cast.official)
            else:
                resident = Resident.objects.filter(status="present", is_head=False).first()
                with transaction.atomic():
                    if resident and resident.residencies.filter(to_on=None).exists():
                        end_residency(resident=resident, on=today(), ended="moved")

    def recount():
        while writing.is_set():
            coverage.recount_stale(cast.commune.pk)

    def watch():
        looks = 0
        while writing.is_set() or looks == 0:
            problems.extend(wrong_without_a_mark(cast))
            looks += 1
        return looks

    with ThreadPoolExecutor(8) as pool:
        counting = [pool.submit(in_thread, recount) for _worker in range(3)]
        watching = pool.submit(in_thread, watch)
        writers = [pool.submit(in_thread, lambda seed=seed: write(seed)) for seed in range(4)]
        try:
            for writer in writers:
                writer.result(timeout=120)
        finally:
            writing.clear()
        for counter in counting:
            counter.result(timeout=60)
        assert watching.result(timeout=60) > 1
    assert problems == []
    assert wrong_without_a_mark(cast) == []
    coverage.sweep()
    assert not StaleMark.objects.filter(commune=cast.commune).exists()
    assert wrong_without_a_mark(cast) == []
    assert Encounter.objects.count() > 50


class PausedWrite:
    """Stops one recount between its count and its write, to choose what happens between."""

    def __init__(self, monkeypatch):
        self.counted, self.go_on = threading.Event(), threading.Event()
        self.thread = None
        really_write = coverage._write

        def write(rows, day):
            if threading.get_ident() == self.thread:
                self.counted.set()
                self.go_on.wait(20)
            really_write(rows, day)

        monkeypatch.setattr(coverage, "_write", write)

    def recount(self, unit_id):
        self.thread = threading.get_ident()
        return coverage.recount_unit(unit_id)


def two_recounts_around_a_visit(cast, monkeypatch):
    """One recount counts and pauses; a visit commits; another recount runs; the first writes."""
    coverage.recount_stale(cast.commune.pk)
    unit = CoverageUnit.objects.get(village=cast.vi)
    chance = random.Random(1)

    def log_visit(household):
        record_visit(uuid=uuid.uuid4(), guidance=visit(cast, household, chance), author=cast.leader)

    log_visit(cast.household)
    paused = PausedWrite(monkeypatch)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(in_thread, lambda: paused.recount(unit.pk))
        assert paused.counted.wait(20)
        log_visit(cast.second_household)
        second = coverage.recount_unit(unit.pk)
        paused.go_on.set()
        assert first.result(timeout=20) is True
    return unit, second


def test_a_change_during_a_recount_keeps_its_mark(cast, monkeypatch):
    unit, second = two_recounts_around_a_visit(cast, monkeypatch)
    assert second is False, "the first recount holds the unit"
    assert StaleMark.objects.filter(village=cast.vi).exists()
    assert wrong_without_a_mark(cast) == []
    assert coverage.recount_unit(unit.pk) is True
    figure = CoverageFigure.objects.get(unit=unit, indicator="adults_reached", day=today())
    assert figure.numerator == 3
    assert not StaleMark.objects.filter(village=cast.vi).exists()


def test_without_the_lock_the_same_moments_leave_a_wrong_figure(cast, monkeypatch):
    """The broken twin fails, so that the test above can fail."""
    locked = QuerySet.select_for_update

    def unlocked(rows, *args, **kwargs):
        return rows if rows.model is CoverageUnit else locked(rows, *args, **kwargs)

    monkeypatch.setattr(QuerySet, "select_for_update", unlocked)
    _unit, second = two_recounts_around_a_visit(cast, monkeypatch)
    assert second is True
    assert wrong_without_a_mark(cast)


def test_a_visit_does_not_wait_for_a_recount(cast, monkeypatch):
    """Locking a unit's row blocks other recounts, never the people who write visits."""
    coverage.recount_stale(cast.commune.pk)
    unit = CoverageUnit.objects.get(village=cast.vi)
    chance = random.Random(2)
    record_visit(
        uuid=uuid.uuid4(), guidance=visit(cast, cast.household, chance), author=cast.leader
    )
    paused = PausedWrite(monkeypatch)
    with ThreadPoolExecutor(1) as pool:
        recount = pool.submit(in_thread, lambda: paused.recount(unit.pk))
        assert paused.counted.wait(20)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '2s'")
            _encounter, created = record_visit(
                uuid=uuid.uuid4(),
                guidance=visit(cast, cast.second_household, chance),
                author=cast.leader,
            )
        paused.go_on.set()
        assert recount.result(timeout=20) is True
    assert created


def test_a_household_shows_its_last_observation_whoever_wrote_it(cast):
    """Visits of two phones that commit together leave the later one on the household."""

    def write(seed):
        chance = random.Random(seed)
        for _visit in range(4):
            record_visit(
                uuid=uuid.UUID(int=chance.getrandbits(128)),
                guidance=visit(cast, cast.household, chance),
                author=cast.leader,
            )

    with ThreadPoolExecutor(4) as pool:
        for written in [pool.submit(in_thread, lambda s=s: write(s)) for s in range(4)]:
            written.result(timeout=60)
    cast.household.refresh_from_db()
    last = cast.household.observations.order_by("-observed_on", "-pk").first()
    assert cast.household.smart_device == last.smart_device
    assert cast.household.observations.count() == 16
