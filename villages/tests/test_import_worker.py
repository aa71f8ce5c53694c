"""Real workers: a list is applied once, whoever rings, dies or comes too late."""

import threading
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import close_old_connections, connection
from django.urls import reverse
from django.utils import timezone

from portal.testing.hamlets import uploaded
from portal.testing.processes import point_celery_at, wait_for
from villages import ringing
from villages.importing import progress, running
from villages.importing.kinds import kind_of
from villages.models import ImportProgress, ImportRun, Village

pytestmark = pytest.mark.django_db(transaction=True)
STATUS = ImportRun.Status


@pytest.fixture(autouse=True)
def ready_bell(monkeypatch):
    """Every test starts with a bell that is not silent from the one before."""
    monkeypatch.setattr(ringing, "_silent_until", 0.0)


def villages_list(cast, rows):
    """Return a planned run of the real list of villages."""
    named = [(100 + n, f"Nà {_word(n)}") for n in range(rows)]
    run = uploaded(cast, *named, kind=kind_of("villages"))
    assert {"number", "name"} <= set(run.matching.values())
    return run


def _word(number):
    letters = "abcdefghik"
    return "".join(letters[int(digit)] for digit in f"{number:04d}").capitalize()


def status_of(run):
    return ImportRun.objects.values_list("status", flat=True).get(pk=run.pk)


@pytest.mark.postgresql
def test_two_workers_at_once_apply_a_list_once(cast):
    run = running.plan_run(uploaded(cast, *((n, f"Bản {_word(n)}") for n in range(30, 300))))
    running.ask_to_apply(run, only_right_rows=False, by=cast.official)
    barrier, done = threading.Barrier(4), []

    def work():
        barrier.wait()
        try:
            done.append(running.work_on(run.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, False, False, True]
    assert status_of(run) == STATUS.APPLIED
    assert Village.objects.filter(number__gte=30).count() == 270


@pytest.mark.postgresql
def test_a_worker_that_was_taken_for_dead_writes_nothing(cast, monkeypatch):
    """The first one is still planning when the second has applied the list."""
    run = running.plan_run(uploaded(cast, (30, "Bản Lướt")))
    running.ask_to_apply(run, only_right_rows=False, by=cast.official)
    read = running.planning.read
    late = []

    def read_slowly(asked, request, work=None):
        rows = read(asked, request, work)
        if not late:
            late.append(True)
            ImportProgress.objects.filter(run=run).update(
                worked_on_at=timezone.now() - timedelta(minutes=5)
            )
            assert running.work_on(run.pk) is True
        return rows

    monkeypatch.setattr(running.planning, "read", read_slowly)
    running.work_on(run.pk)
    assert status_of(run) == STATUS.APPLIED
    assert Village.objects.filter(number=30).count() == 1
    assert run.journal.count() == 3


def test_how_far_the_writing_is_can_be_seen_from_outside(cast, monkeypatch):
    """PostgreSQL is asked by another connection; SQLite's one writer leaves it in a file."""
    run = running.plan_run(uploaded(cast, *((n, f"Bản {_word(n)}") for n in range(30, 50))))
    kind, seen = kind_of("hamlets"), []

    def look():
        if connection.vendor == "postgresql":
            close_old_connections()
        try:
            kept = progress.as_last_told(ImportProgress.objects.get(run=run))
            seen.append((kept.stage, kept.rows_done))
        finally:
            if connection.vendor == "postgresql":
                connection.close()

    write = kind.write

    def write_slowly(rows, request, journal):
        request.moved(7)
        if connection.vendor == "postgresql":
            looking = threading.Thread(target=look)
            looking.start()
            looking.join()
        else:
            look()
        write(rows, request, journal)

    monkeypatch.setattr(kind, "write", write_slowly)
    monkeypatch.setattr(progress, "EVERY_SECONDS", 0)
    running.apply_run(run, by=cast.official)
    assert seen == [("writing", 7)]
    assert run.status == STATUS.APPLIED
    assert not list((settings.VAR_DIR / "progress").glob(f"{run.pk}.*"))


@pytest.mark.once
def test_what_a_dead_worker_left_aside_is_not_taken_for_the_next_one_s(cast, monkeypatch):
    run = uploaded(cast, (30, "Bản Lướt"))
    running.ask_to_plan(run)
    work = progress.take_up(run.pk)
    work.stage, work.done, work.total = "writing", 5, 9
    work._write_aside()
    monkeypatch.setattr(progress, "connection", SimpleNamespace(vendor="sqlite"))
    kept = ImportProgress.objects.get(run=run)
    assert progress.as_last_told(kept).rows_done == 5
    kept = ImportProgress.objects.get(run=run)
    kept.claim = uuid4()
    assert progress.as_last_told(kept).rows_done == 0


@pytest.mark.redis
@pytest.mark.slow
def test_a_list_survives_the_death_of_its_worker(cast, redis_server, celery_worker_process, client):
    url, options = point_celery_at(redis_server.url)
    try:
        run = villages_list(cast, 800)
        running.ask_to_plan(run)
        worker = celery_worker_process(redis_url=redis_server.url)
        wait_for(lambda: status_of(run) == STATUS.PLANNED)
        running.ask_to_apply(run, only_right_rows=False, by=cast.official)
        wait_for(
            lambda: ImportProgress.objects.filter(run=run, claim__isnull=False).exists(),
            every=0.005,
        )
        worker.kill()
        assert status_of(run) == STATUS.APPLYING
        assert not Village.objects.filter(number__gte=100).exists()
        client.force_login(cast.official)
        assert client.get(reverse("import_receipt", args=[run.uuid])).status_code == 200
        # As if half a minute had passed without a sign of life.
        ImportProgress.objects.filter(run=run).update(
            worked_on_at=timezone.now() - timedelta(minutes=1)
        )
        worker.start()
        wait_for(lambda: status_of(run) == STATUS.APPLIED)
        assert Village.objects.filter(number__gte=100).count() == 800
        # While the worker recounts what the list changed.
        running.ask_to_undo(run, by=cast.official)
        wait_for(lambda: status_of(run) == STATUS.UNDONE)
    finally:
        point_celery_at(url, **options)
    worker.stop()
    assert not Village.objects.filter(number__gte=100).exists()


@pytest.mark.redis
def test_a_dead_broker_only_delays(cast, redis_server):
    url, options = point_celery_at(redis_server.url, socket_connect_timeout=0.5, max_retries=0)
    run = uploaded(cast, (30, "Bản Lướt"))
    redis_server.kill()
    try:
        running.ask_to_plan(run)
        assert status_of(run) == STATUS.PLANNING
        running.sweep()
    finally:
        point_celery_at(url, **options)
    assert status_of(run) == STATUS.PLANNED


def test_a_list_that_ends_its_workers_again_and_again_is_given_up(cast):
    run = uploaded(cast, (30, "Bản Lướt"))
    running.ask_to_plan(run)
    ImportProgress.objects.filter(run=run).update(attempts=progress.MOST_ATTEMPTS)
    running.sweep()
    run.refresh_from_db()
    assert run.status == STATUS.FAILED
    assert run.problem


def test_while_the_records_are_written_the_page_says_so(cast, monkeypatch):
    """Before the first row is counted, the step before it must not stand there any more."""
    run = running.plan_run(uploaded(cast, (30, "Bản Lướt")))
    seen, write = [], kind_of("hamlets").write

    def looked(*given):
        seen.append(ImportProgress.objects.values_list("stage", "rows_total").get(run=run))
        write(*given)

    monkeypatch.setattr(kind_of("hamlets"), "write", looked)
    running.apply_run(run, by=cast.official)
    assert run.status == STATUS.APPLIED, run.problem
    # PostgreSQL's later words come from beside the transaction that looks here.
    assert seen == [("writing", 0)]


@pytest.mark.once
def test_a_list_that_comes_back_is_checked_by_whoever_finds_it(cast, client, monkeypatch):
    """Its worker died between taking it back and checking it; it was asked for twice."""
    run = running.plan_run(uploaded(cast, (30, "Bản Lướt")))
    running.apply_run(run, by=cast.official)
    client.force_login(cast.official)
    address = reverse("import_undo", args=[run.uuid])
    for _press in range(2):
        assert client.post(address, {"again": "1"}).status_code == 302
    plan = running._plan

    def die(*given):
        raise SystemExit

    monkeypatch.setattr(running, "_plan", die)
    with pytest.raises(SystemExit):
        running.work_on(run.pk)
    monkeypatch.setattr(running, "_plan", plan)
    assert status_of(run) == STATUS.PLANNING
    assert not Village.objects.filter(number=30).exists()
    running.sweep()
    assert status_of(run) == STATUS.PLANNED
    assert not run.journal.exists()
    client.force_login(cast.stranger)
    assert client.post(address, {"again": "1"}).status_code == 404
