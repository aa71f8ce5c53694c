"""From a saved visit to its figure through a real broker, a real worker and a real beat."""

import random
import subprocess
import sys
import time
import uuid

import pytest
from django.conf import settings
from django.db import transaction

from households.recording import Guidance, PersonOutcome, record_visit
from portal import lifelines
from portal.testing.processes import ROOT, environment, point_celery_at, wait_for
from reports import coverage
from reports.models import CoverageFigure
from villages import ringing
from villages.models import StaleMark
from villages.periods import today

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def ready_bell(monkeypatch):
    """Every test starts with a bell that is not silent from the one before."""
    monkeypatch.setattr(ringing, "_silent_until", 0.0)


def log_visit(cast, household, day=None):
    resident = household.residents.first()
    return record_visit(
        uuid=uuid.uuid4(),
        guidance=Guidance(
            commune=cast.commune,
            village=household.village,
            household=household,
            occasion="home_visit",
            held_on=day or today(),
            content={"number": random.random()},
            people=(PersonOutcome(resident, dict.fromkeys(cast.skills, "alone")),),
        ),
        author=cast.leader,
    )


def able(village):
    figure = CoverageFigure.objects.filter(
        unit__village=village, indicator="adults", day=today()
    ).first()
    return figure and figure.numerator


@pytest.mark.postgresql
@pytest.mark.redis
@pytest.mark.slow
def test_a_visit_reaches_its_figure_through_the_worker(cast, broker, celery_worker_process):
    coverage.recount_stale(cast.commune.pk)
    celery_worker_process(redis_url=broker.url)
    log_visit(cast, cast.household)
    wait_for(lambda: able(cast.vi) == 1, patience=20)
    log_visit(cast, cast.second_household)
    wait_for(lambda: able(cast.vi) == 2, patience=20)
    wait_for(lambda: not StaleMark.objects.filter(commune=cast.commune).exists())


@pytest.mark.postgresql
@pytest.mark.redis
@pytest.mark.slow
def test_a_visit_saved_while_the_broker_is_dead_reaches_it_after(
    cast, broker, celery_worker_process
):
    """No ring went out; the sweep of a real beat finds the mark once Redis is back."""
    coverage.recount_stale(cast.commune.pk)
    worker = celery_worker_process(redis_url=broker.url)
    broker.kill()
    began = time.monotonic()
    encounter, created = log_visit(cast, cast.household)
    assert created
    assert encounter.pk
    assert time.monotonic() - began < 2
    assert StaleMark.objects.filter(village=cast.vi).exists()
    assert able(cast.vi) == 0
    broker.start()
    beat = lifelines.start_tied(
        [
            sys.executable, "-m", "celery", "-A", "portal", "beat", "--pidfile=",
            "--schedule", str(settings.VAR_DIR / "test-beat-schedule"),
        ],
        cwd=ROOT,
        env=environment(REDIS_URL=broker.url, PORTAL_SWEEP_SECONDS="1"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(lambda: able(cast.vi) == 1, patience=60)
    finally:
        lifelines.stop(beat)
    assert worker.child.poll() is None


@pytest.mark.postgresql
@pytest.mark.redis
@pytest.mark.slow
def test_a_broker_that_never_answers_holds_nobody_up(cast, broker):
    coverage.recount_stale(cast.commune.pk)
    broker.pause()
    try:
        for _visit in range(3):
            began = time.monotonic()
            log_visit(cast, cast.household)
            assert time.monotonic() - began < 2
    finally:
        broker.resume()
    assert StaleMark.objects.filter(village=cast.vi).exists()


@pytest.mark.postgresql
@pytest.mark.redis
@pytest.mark.slow
def test_workers_killed_in_the_middle_lose_nothing(cast, broker, celery_worker_process):
    coverage.recount_stale(cast.commune.pk)
    chance = random.Random(4)
    worker = celery_worker_process(redis_url=broker.url, concurrency=2)
    for number in range(24):
        log_visit(cast, chance.choice([cast.household, cast.second_household, cast.khi_household]))
        if number % 8 == 5:
            worker.kill()
            worker.start(wait=False)
    worker.wait_until_ready()
    coverage.sweep()
    wait_for(lambda: not StaleMark.objects.filter(commune=cast.commune).exists())
    assert (able(cast.vi), able(cast.khi)) == (2, 1)


@pytest.fixture
def folder_broker():
    """This process's tasks go through the folders that are the broker with no Redis."""
    messages, control = (settings.VAR_DIR / "broker" / name for name in ("messages", "control"))
    for folder in (messages, control):
        folder.mkdir(parents=True, exist_ok=True)
    url, options = point_celery_at(
        "filesystem://",
        data_folder_in=str(messages),
        data_folder_out=str(messages),
        control_folder=str(control),
    )
    yield messages
    point_celery_at(url, **options)


@pytest.mark.slow
@pytest.mark.once
def test_the_filesystem_broker_carries_the_bell_too(cast, folder_broker, celery_worker_process):
    """What `make run` uses with no variable set."""
    coverage.recount_stale(cast.commune.pk)
    celery_worker_process()
    log_visit(cast, cast.household)
    wait_for(lambda: able(cast.vi) == 1, patience=20)


def test_a_rolled_back_change_rings_nobody_and_leaves_no_mark(cast):
    coverage.recount_stale(cast.commune.pk)

    class Regret(Exception):
        pass

    def regretted_visit():
        with transaction.atomic():
            log_visit(cast, cast.household)
            raise Regret

    with pytest.raises(Regret):
        regretted_visit()
    assert not StaleMark.objects.filter(commune=cast.commune).exists()
    assert coverage.recount_stale(cast.commune.pk) is None
    assert able(cast.vi) == 0
