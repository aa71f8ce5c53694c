"""The ground the tests stand on: what could not run is told, and what ran is real."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal.testing import servers
from portal.testing.browser import PHONE
from portal.testing.processes import ROOT, wait_for


def clean_environment():
    """The environment without what this run of pytest put into it."""
    ours = ("PYTEST_", "PORTAL_", "DATABASE_URL", "REDIS_URL", "CI")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def run_pytest(folder, source, *options, **variables):
    """Run one small test file with the portal's plugin in a process of its own."""
    path = folder / "test_small.py"
    path.write_text(source)
    command = [sys.executable, "-m", "pytest", "-q", "-c", "pytest.ini", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, *options, str(path)],
        cwd=ROOT,
        env={**clean_environment(), **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


SKIPPED = "import pytest\ndef test_it():\n    pytest.skip('no such thing here')\n"


@pytest.mark.once
def test_a_skip_is_shown_with_its_reason(tmp_path):
    done = run_pytest(tmp_path, SKIPPED)
    assert done.returncode == 0, done.stdout
    assert "no such thing here" in done.stdout


@pytest.mark.once
def test_a_skip_fails_in_ci(tmp_path):
    done = run_pytest(tmp_path, SKIPPED, CI="true")
    assert done.returncode == 1
    assert "no such thing here" in done.stdout
    assert "1 failed" in done.stdout


@pytest.mark.once
def test_a_whole_file_that_skips_fails_in_ci(tmp_path):
    source = "import pytest\npytest.importorskip('no_such_module_anywhere')\ndef test_it(): pass\n"
    assert run_pytest(tmp_path, source).returncode in {0, 5}
    done = run_pytest(tmp_path, source, CI="true")
    assert done.returncode not in {0, 5}
    assert "no_such_module_anywhere" in done.stdout


@pytest.mark.once
def test_the_other_database_s_tests_are_no_failure_in_ci(tmp_path):
    source = "import pytest\n@pytest.mark.postgresql\ndef test_it(): pass\n"
    done = run_pytest(tmp_path, source, "--database=sqlite", CI="true")
    assert done.returncode == 0, done.stdout
    assert "1 skipped" in done.stdout


GROUPED = """
import os, pathlib, pytest
pytestmark = pytest.mark.xdist_group("together")
@pytest.mark.parametrize("number", range(6))
def test_it(number):
    with pathlib.Path(os.environ["WHO_RAN_IT"]).open("a") as said:
        said.write(os.environ["PYTEST_XDIST_WORKER"] + "\\n")
"""


@pytest.mark.once
def test_a_group_of_tests_runs_in_one_worker(tmp_path):
    """Or a module's expensive fixture is made by each of them, at the same time."""
    told = tmp_path / "who-ran-it"
    options = ("-n", "2", "--dist", "loadgroup")
    done = run_pytest(tmp_path, GROUPED, *options, WHO_RAN_IT=str(told))
    assert done.returncode == 0, done.stdout
    workers = told.read_text().split()
    assert len(workers) == 6
    assert len(set(workers)) == 1, workers


@pytest.mark.once
def test_a_test_that_hangs_fails(tmp_path):
    source = "import time\ndef test_it():\n    time.sleep(60)\n"
    done = run_pytest(tmp_path, source, "--timeout=1")
    assert done.returncode == 1, done.stdout
    assert "Timeout" in done.stdout


def servers_of(run):
    """Process id -> folder of each server that a run of pytest has started."""
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(run.pid)], capture_output=True, text=True, check=False
    )
    found = {}
    for pid in listed.stdout.split():
        with contextlib.suppress(OSError):
            works_in = Path(f"/proc/{pid}/cwd").readlink()
            for folder in (works_in, *works_in.parents):
                if folder.name.startswith("portal-server-"):
                    found[int(pid)] = folder
    return found


@pytest.mark.once
@pytest.mark.slow
@pytest.mark.postgresql
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_leaves_no_server(tmp_path, number):
    path = tmp_path / "test_long.py"
    path.write_text("import time\ndef test_it():\n    time.sleep(60)\n")
    run = subprocess.Popen(
        [
            *(sys.executable, "-m", "pytest", "-q", "-c", "pytest.ini", "-p", "no:cacheprovider"),
            *("--database=postgresql", str(path)),
        ],
        cwd=ROOT,
        env={**clean_environment(), "TMPDIR": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )

    try:
        started = wait_for(lambda: len(found := servers_of(run)) == 2 and found)
        time.sleep(2)
        assert run.poll() is None
    finally:
        run.send_signal(number)
        run.wait(30)
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in started))
    kept = [folder for folder in started.values() if folder.exists()]
    for folder in kept:
        shutil.rmtree(folder)
    assert number == signal.SIGKILL or kept == []


@pytest.mark.redis
@pytest.mark.once
def test_a_redis_comes_back_where_it_was(redis_server):
    redis_server.client().set("word", "kept")
    redis_server.kill()
    assert not redis_server.answers()
    redis_server.start()
    assert redis_server.answers()
    redis_server.pause()
    assert not redis_server.answers()
    redis_server.resume()
    assert redis_server.answers()


@pytest.mark.once
@pytest.mark.slow
def test_a_durable_postgresql_keeps_its_records_through_a_kill(postgresql_server):
    import psycopg2

    def ask(sql, fetch=False):
        with psycopg2.connect(postgresql_server.url) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if fetch else None

    ask("create table kept (word text); insert into kept values ('kept')")
    postgresql_server.kill()
    assert not postgresql_server.answers()
    postgresql_server.start()
    assert ask("select word from kept", fetch=True) == [("kept",)]


@pytest.mark.redis
@pytest.mark.slow
def test_a_real_worker_takes_tasks_from_the_broker_of_the_test(broker, celery_worker_process):
    from portal.celery import app

    worker = celery_worker_process(redis_url=broker.url)
    app.send_task("no.such.task")
    wait_for(lambda: "no.such.task" in worker.said())
    worker.kill()
    worker.start()


@pytest.mark.browser
def test_a_page_without_fault_passes(screen):
    page = screen.open(size=PHONE)
    answer = page.goto("/")
    assert answer.status == 200


@pytest.mark.browser
def test_an_error_on_the_console_and_another_host_are_noticed(screen):
    page = screen.open()
    page.goto("/")
    page.evaluate("console.error('something broke')")
    page.evaluate("fetch('http://elsewhere.example/').catch(() => {})")
    page.evaluate("setTimeout(() => { throw new Error('thrown later') })")
    page.wait_for_timeout(200)
    for text in ("something broke", "thrown later"):
        screen.expect_problem(text)
    assert any("elsewhere.example" in problem for problem in screen.problems)
    screen.problems.clear()


@pytest.mark.once
def test_a_free_port_is_free():
    assert 1024 < servers.free_port() < 65536
