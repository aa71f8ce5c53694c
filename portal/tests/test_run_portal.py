"""`manage.py run_portal`: one command starts everything, and nothing is left behind."""

import base64
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from portal.testing import servers
from portal.testing.launching import SHOWN_WHEN_OPEN, Launch
from portal.testing.processes import ROOT, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.once, pytest.mark.xdist_group("run_portal")]


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """The first start in an empty folder, over by now; its data are the demonstration's."""
    launched = Launch(tmp_path_factory.mktemp("first"), "--stop-with-parent")
    launched.wait_until_open()
    launched.end()
    return launched


@pytest.fixture(scope="module")
def prepared(first):
    """A folder whose first start is over."""
    return first.var


@pytest.fixture
def launch(prepared, tmp_path):
    """Start the portal in a copy of the prepared folder."""
    launches = []
    var = tmp_path / "var"
    shutil.copytree(prepared, var)

    def start(*options, **variables):
        launched = Launch(var, *(options or ["--without-demo"]), **variables)
        launches.append(launched)
        return launched

    yield start
    for launched in launches:
        launched.end()


@pytest.fixture(scope="module")
def portal(prepared, tmp_path_factory):
    """One portal for whoever only looks at it: the second start in its folder."""
    var = tmp_path_factory.mktemp("looked-at") / "var"
    shutil.copytree(prepared, var)
    portal = Launch(var).wait_until_open()
    yield portal
    portal.end()


def test_it_works(portal):
    assert portal.status() == 200
    assert f"http://127.0.0.1:{portal.port}/" in portal.said()
    commands = " ".join(portal.processes().values())
    assert "gunicorn portal.wsgi" in commands
    assert "portal worker" in commands
    assert "portal beat" in commands
    assert "ready." in (portal.var / "log" / "worker.log").read_text()


def test_the_second_start_finds_everything_done(portal):
    assert "up to date" in portal.said()
    assert "collected" not in portal.said()
    assert "applied" not in portal.said()


def test_the_phones_shell_is_served_whole_and_for_good(portal):
    """Collected files have hashed names inside module imports too, and never change."""

    def get(path):
        answer = urllib.request.urlopen(f"http://127.0.0.1:{portal.port}{path}", timeout=30)
        return answer.headers, answer.read()

    script = get("/service-worker.js")[1].decode()
    files = json.loads(re.search(r"serve\((.*)\);", script, re.DOTALL)[1])["files"]
    assert len(files) > 10
    for file in files:
        headers, content = get(file["url"])
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        assert file["integrity"] == f"sha256-{digest}", file["url"]
        assert file["immutable"] == ("immutable" in headers["Cache-Control"]), file["url"]
        if file["url"].endswith(".js") and file["immutable"]:
            imports = re.findall(r"""(?:from|import\() ?["'](\.[^"']+)""", content.decode())
            plain = [name for name in imports if not re.search(r"\.[0-9a-f]{12}\.js$", name)]
            assert not plain, file["url"]
    worker = re.search(r'from "([^"]+)"', script)[1]
    assert "immutable" in get(worker)[0]["Cache-Control"]


def test_a_polite_signal_stops_everything(launch):
    """As Ctrl-C does, below."""
    portal = launch().wait_until_open()
    portal.child.send_signal(signal.SIGTERM)
    assert portal.child.wait(30) == 0
    assert portal.processes() == {}
    assert "Stopped." in portal.said()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_a_killed_launcher_leaves_no_orphan(launch):
    portal = launch().wait_until_open()
    portal.child.kill()
    portal.child.wait()
    wait_for(lambda: portal.processes() == {}, patience=30)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_signal_to_make_alone_stops_everything(launch, number, tmp_path):
    makefile = tmp_path / "Makefile"
    makefile.write_text(
        f"run:\n\t@exec {sys.executable} -u manage.py run_portal"
        " --stop-with-parent --without-demo\n"
    )
    portal = launch()
    portal.end()
    port = str(servers.free_port())
    make = subprocess.Popen(
        ["make", "--no-print-directory", "-f", makefile, "run"],
        cwd=ROOT,
        env={**os.environ, "PORTAL_VAR": str(portal.var), "PORT": port},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    for line in make.stdout:
        if SHOWN_WHEN_OPEN in line:
            break
    make.send_signal(number)
    make.wait(30)
    wait_for(lambda: portal.processes() == {}, patience=30)


def test_a_process_that_dies_is_started_again(portal):
    worker = portal.process("portal worker")
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: "worker process ended" in portal.said())
    wait_for(
        lambda: "ready." in (portal.var / "log" / "worker.log").read_text().rpartition("celery@")[2]
    )
    assert portal.process("portal worker") != worker
    assert portal.status() == 200


def test_a_process_that_keeps_dying_stops_everything(launch):
    portal = launch().wait_until_open()
    gone = set()

    def kill_beat():
        for pid, line in portal.processes().items():
            if "portal beat" in line and pid not in gone:
                gone.add(pid)
                os.kill(pid, signal.SIGKILL)
        return portal.child.poll() is not None

    wait_for(kill_beat, patience=60, every=0.3)
    assert portal.child.returncode != 0
    assert "beat process keeps ending" in portal.said()
    assert portal.processes() == {}


def test_a_taken_port_is_named_with_a_way_out(launch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        portal = launch(PORT=str(port))
        assert portal.child.wait(30) != 0
    assert f"Port {port} on 127.0.0.1 is not free" in portal.said()
    assert "make run" in portal.said()
    assert "Traceback" not in portal.said()


@pytest.mark.parametrize("port", ["web", "0", "99999"])
def test_a_port_that_is_none_is_refused_in_words(launch, port):
    portal = launch(PORT=port)
    assert portal.child.wait(30) != 0
    assert "PORT must be a number" in portal.said()
    assert "Traceback" not in portal.said()


def test_a_database_that_does_not_answer_is_named_in_words(launch):
    nobody = servers.free_port()
    portal = launch(DATABASE_URL=f"postgres://portal:hidden-word@127.0.0.1:{nobody}/portal")
    assert portal.child.wait(60) != 0
    assert "The database does not answer" in portal.said()
    assert "hidden-word" not in portal.said()
    assert "Traceback" not in portal.said()


def test_the_first_start_loads_the_demonstration_once_and_shows_its_accounts(first, portal):
    kept = first.var / "demo-accounts.json"
    accounts = json.loads(kept.read_text())
    assert set(accounts) == {"team_leader", "official", "reader", "admin", "school", "staff"}
    assert kept.stat().st_mode & 0o777 == 0o600
    for account in accounts.values():
        assert account["username"] in first.said()
        assert account["password"] in first.said()
    assert "Demonstration data" not in portal.said()
    assert json.loads((portal.var / "demo-accounts.json").read_text()) == accounts


@pytest.mark.postgresql
@pytest.mark.redis
def test_the_same_command_runs_on_postgresql_and_redis(launch, postgresql_server, redis_server):
    portal = launch(DATABASE_URL=postgresql_server.url, REDIS_URL=redis_server.url)
    portal.wait_until_open()
    assert "PostgreSQL" in portal.said()
    assert "broker: Redis" in portal.said()
    assert portal.status() == 200
