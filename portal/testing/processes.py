"""Fixtures for servers and workers that a test may start, kill and start again."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connections

from portal import lifelines
from portal.testing import servers

ROOT = Path(__file__).resolve().parent.parent.parent


def _started(kind, **options):
    try:
        return kind(**options).start()
    except servers.NoServer as problem:
        pytest.skip(str(problem))


@pytest.fixture
def redis_server():
    """A private `RedisServer`: `stop`, `kill`, `pause`, `resume`, `start`; same port always."""
    server = _started(servers.RedisServer)
    yield server
    server.close()


@pytest.fixture
def redis_url(redis_server):
    """The address of the private Redis of this test."""
    return redis_server.url


@pytest.fixture
def postgresql_server():
    """A private, durable `PostgreSQLServer` that survives `kill` as a real one would."""
    server = _started(servers.PostgreSQLServer, durable=True)
    yield server
    server.close()


def point_celery_at(broker_url, **transport_options):
    """Let this process publish to another broker from now on; return what it was."""
    from portal.celery import app

    before = app.conf.broker_url, app.conf.broker_transport_options
    app.set_current()
    app.pool.force_close_all()
    app.amqp.producer_pool.force_close_all()
    app.conf.broker_url = app.conf.broker_read_url = app.conf.broker_write_url = broker_url
    app.conf.broker_transport_options = transport_options
    app._pool = app.amqp._producer_pool = None
    app.__dict__.pop("pool", None)
    return before


@pytest.fixture
def broker(redis_server):
    """A private Redis that this process's tasks go to: kill it to see what a lost one does."""
    url, options = point_celery_at(
        redis_server.url,
        visibility_timeout=600,
        socket_connect_timeout=0.5,
        socket_timeout=5,
        max_retries=0,
    )
    yield redis_server
    point_celery_at(url, **options)


def database_url():
    """The address of the database this test runs on, as ``DATABASE_URL`` writes it."""
    at = connections["default"].settings_dict
    if at["ENGINE"].endswith("sqlite3"):
        return f"sqlite:///{at['NAME']}"
    who = quote(at["USER"]) + (f":{quote(at['PASSWORD'])}" if at["PASSWORD"] else "")
    port = f":{at['PORT']}" if at["PORT"] else ""
    return f"postgres://{who}@{quote(at['HOST'], safe='')}{port}/{at['NAME']}"


def environment(**changes):
    """The environment for a portal process on this test's database; `None` unsets."""
    wanted = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }
    wanted["PORTAL_VAR"] = str(settings.VAR_DIR)
    wanted.update(changes)
    return {name: value for name, value in wanted.items() if value is not None}


class Worker:
    """A Celery worker in a process of its own, on the database of the test."""

    def __init__(self, *, redis_url=None, concurrency=1, **variables):
        self.environment = environment(REDIS_URL=redis_url, **variables)
        self.concurrency = concurrency
        self.log = Path(tempfile.mkstemp(prefix="worker-", suffix=".log", dir=settings.VAR_DIR)[1])
        self.child = None

    def start(self, *, wait=True):
        """Start it and, unless told otherwise, return when it takes tasks."""
        command = [
            sys.executable, "-m", "celery", "-A", "portal", "worker", "--loglevel", "INFO",
            "--concurrency", str(self.concurrency), "--hostname", f"{self.log.stem}@%h",
            "--without-gossip", "--without-mingle", "--without-heartbeat",
        ]  # fmt: skip
        with self.log.open("wb") as log:
            self.child = lifelines.start_tied(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
        if wait:
            self.wait_until_ready()
        return self

    def said(self):
        return self.log.read_text(errors="replace")

    def wait_until_ready(self, patience=60):
        deadline = time.monotonic() + patience
        while " ready." not in self.said():
            if self.child.poll() is not None or time.monotonic() > deadline:
                self.kill()
                pytest.fail(f"the worker did not start:\n{self.said()[-4000:]}")
            time.sleep(0.05)

    def stop(self):
        """Let it finish its tasks and end."""
        if self.child is not None:
            lifelines.stop(self.child)
            self.child = None

    def kill(self):
        """End it and its pool at once, in the middle of whatever it does."""
        if self.child is not None:
            lifelines.stop(self.child, patience=0, polite=signal.SIGKILL)
            self.child = None


@pytest.fixture
def celery_worker_process(transactional_db):
    """Return a function that starts a real worker: ``celery_worker_process(redis_url=...)``.

    It sees what the test commits. Without `redis_url` it reads the filesystem broker of the
    test's var folder. The result has `stop`, `kill`, `start`, `said`.
    """
    workers = []

    def start(**options):
        worker = Worker(**options)
        workers.append(worker)
        return worker.start()

    yield start
    for worker in workers:
        worker.kill()


def wait_for(condition, *, patience=30, every=0.05):
    """Return what `condition` gives once it is true; fail after `patience` seconds."""
    deadline = time.monotonic() + patience
    while not (outcome := condition()):
        if time.monotonic() > deadline:
            pytest.fail(f"still not so after {patience} s: {condition}")
        time.sleep(every)
    return outcome
