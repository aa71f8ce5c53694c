"""The portal's processes on one machine: web server, Celery worker, beat.

A process that dies is started again, at most `RESTARTS` times within `RESTART_WINDOW`
seconds; after that something is broken, and the launcher stops everything rather
than leave half a portal. Their output goes to ``var/log/``.
"""

import collections
import http.client
import ipaddress
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from portal import lifelines

RESTARTS = 3
RESTART_WINDOW = 60
# Seconds each gets to finish what it does. A recount cut short loses nothing: its marks stay.
PATIENCE = {"web": 8, "worker": 3, "beat": 3}
LOG_LIMIT = 5_000_000


class PortalStopped(Exception):
    """The portal cannot run, or stopped by itself; the message says what to do."""


class Service:
    """One process of the portal, its log and its restarts."""

    def __init__(self, name, command, log_folder, folder):
        self.name = name
        self.command = command
        self.folder = folder
        self.log = Path(log_folder) / f"{name}.log"
        self.child = None
        self.restarted_at = collections.deque(maxlen=RESTARTS)
        self.log_starts_at = 0

    def start(self):
        """Start the process, its output at the end of its log."""
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.log_starts_at = log.tell()
            self.child = lifelines.start_tied(
                self.command,
                # A launcher killed outright cannot wait for a long task, nor come back for it.
                death_signal=signal.SIGTERM if self.name == "beat" else signal.SIGQUIT,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )

    def has_died(self):
        return self.child is not None and self.child.poll() is not None

    def said(self):
        """What the process wrote since its latest start."""
        with self.log.open("rb") as log:
            log.seek(self.log_starts_at)
            return log.read().decode(errors="replace")

    def restart(self):
        """Start again what died; False when it has died too often of late."""
        lifelines.signal_group(self.child, signal.SIGKILL)
        now = time.monotonic()
        if len(self.restarted_at) == RESTARTS and now - self.restarted_at[0] < RESTART_WINDOW:
            return False
        self.restarted_at.append(now)
        self.start()
        return True

    def last_words(self, lines=12):
        return "\n".join(self.said().strip().splitlines()[-lines:])


def services(*, address, port, var, folder):
    """The three processes, as `manage.py run_portal` starts them."""
    python = [sys.executable, "-u", "-m"]
    web = [
        *python, "gunicorn", "portal.wsgi", "--bind", f"{address}:{port}",
        "--workers", "2", "--threads", "4", "--worker-class", "gthread", "--timeout", "60",
        "--graceful-timeout", "5", "--no-control-socket", "--log-level", "info",
    ]  # fmt: skip
    worker = [
        *python, "celery", "-A", "portal", "worker", "--loglevel", "INFO",
        "--without-gossip", "--without-mingle", "--without-heartbeat",
        "--hostname", f"portal-{port}@%h",
    ]  # fmt: skip
    # A schedule file per port: a second portal in the same folder keeps its own.
    beat = [
        *python, "celery", "-A", "portal", "beat", "--loglevel", "INFO", "--pidfile=",
        "--schedule", str(Path(var) / f"celerybeat-schedule-{port}"),
    ]  # fmt: skip
    log_folder = Path(var) / "log"
    log_folder.mkdir(exist_ok=True)
    named = {"web": web, "worker": worker, "beat": beat}
    return [Service(name, command, log_folder, folder) for name, command in named.items()]


def check_port(address, port):
    """Refuse a port that cannot be had, in words."""
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except PermissionError:
        raise PortalStopped(
            f"Port {port} needs more rights than this account has.\n"
            "Choose one above 1023, for example:  PORT=8001 make run"
        ) from None
    except OSError as problem:
        raise PortalStopped(
            f"Port {port} on {address} is not free ({problem.strerror or problem}).\n"
            f"Stop the program that uses it, or choose another:  PORT={port + 1} make run"
        ) from None


def is_everywhere(address):
    """Whether the address means all of this machine's addresses."""
    try:
        return ipaddress.ip_address(address).is_unspecified
    except ValueError:
        return False


class Portal:
    """The running processes, watched until somebody asks them to stop."""

    def __init__(self, services, *, address, port, say, interrupted=lambda: False):
        self.services = services
        self.address = "127.0.0.1" if is_everywhere(address) else address
        self.port = port
        self.say = say
        self.interrupted = interrupted
        self.asked_to_stop = False
        self.asked_twice = False

    def listen_for_signals(self):
        """From here on a signal asks for an orderly stop; a second one hurries it."""

        def ask(number, frame):
            self.asked_twice = self.asked_to_stop
            self.asked_to_stop = True

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, ask)

    def must_stop(self):
        return self.asked_to_stop or self.interrupted()

    def start(self):
        for service in self.services:
            service.start()

    def wait_until_ready(self, patience=90):
        """Return when the web answers and the worker takes work; raise when one dies."""
        waiting_for = {"web": self._web_answers, "worker": self._worker_is_ready}
        deadline = time.monotonic() + patience
        while waiting_for and not self.must_stop():
            for service in self.services:
                if service.has_died():
                    raise PortalStopped(
                        f"The {service.name} process ended while starting. Its last words:\n\n"
                        f"{service.last_words()}\n\nAll of its log: {service.log}"
                    )
            waiting_for = {name: done for name, done in waiting_for.items() if not done()}
            if time.monotonic() > deadline:
                # Without its broker the worker keeps trying, and visits are saved all the
                # same; without its web server there is no portal.
                if "web" in waiting_for:
                    raise PortalStopped("The web server does not answer; see var/log/web.log.")
                self.say("The worker is still looking for its broker; see var/log/worker.log.")
                return
            time.sleep(0.1)

    def _web_answers(self):
        connection = http.client.HTTPConnection(self.address, self.port, timeout=30)
        try:
            connection.request("GET", "/")
            status = connection.getresponse().status
        except OSError:
            return False
        finally:
            connection.close()
        if status >= 500:
            self.say(f"The start page answers with error {status}; see var/log/web.log.")
        return True

    def _worker_is_ready(self):
        worker = next(service for service in self.services if service.name == "worker")
        return " ready." in worker.said()

    def watch(self):
        """Return when asked to stop; raise when a process keeps dying."""
        while not self.must_stop():
            for service in self.services:
                if not service.has_died():
                    continue
                code = service.child.returncode
                if not service.restart():
                    raise PortalStopped(
                        f"The {service.name} process keeps ending (code {code}). "
                        f"Its last words:\n\n{service.last_words()}\n\n"
                        f"All of its log: {service.log}"
                    )
                self.say(f"The {service.name} process ended (code {code}); started it again.")
            time.sleep(0.2)

    def stop(self):
        """End every process and all they started; nobody is left behind."""
        running = [service for service in self.services if service.child]
        for service in running:
            if not service.has_died():
                service.child.send_signal(signal.SIGTERM)
        asked_at = time.monotonic()
        while running:
            waited = time.monotonic() - asked_at
            for service in list(running):
                late = self.asked_twice or waited > PATIENCE[service.name]
                if late or service.has_died():
                    lifelines.stop(service.child, patience=0)
                    running.remove(service)
            time.sleep(0.05)
