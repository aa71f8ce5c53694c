import os
import signal
import sys
import time
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection, connections

from portal import launcher, lifelines, preparation

ROLES = {
    "team_leader": "Team leader",
    "official": "Official",
    "reader": "Read-only leader",
    "admin": "Administrator",
    "school": "School",
    "staff": "Member of staff",
}


class Command(BaseCommand):
    help = (
        "Prepares this folder and runs the web server, a Celery worker and beat until Ctrl-C. "
        "Loads the demonstration data only into a database without a commune."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--without-demo", action="store_true", help="leave an empty database")
        parser.add_argument(
            "--stop-with-parent",
            action="store_true",
            help="also stop when the program that started this one (make) goes away",
        )

    def handle(self, *, without_demo, stop_with_parent, **options):
        address, port = settings.BIND_ADDRESS, self.port()
        parent = Parent() if stop_with_parent else None
        # A shell may start us with Ctrl-C ignored; until the processes run it ends us at once.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.default_int_handler)
        try:
            launcher.check_port(address, port)
            self.prepare(without_demo)
            accounts = preparation.demonstration_accounts()
            is_empty = preparation.has_no_commune()
            connections.close_all()
        except launcher.PortalStopped as problem:
            raise CommandError(str(problem)) from None
        except KeyboardInterrupt:
            raise CommandError("Stopped before the portal was ready. Start it again.") from None
        self.run(address, port, parent, accounts, is_empty)

    def port(self):
        if settings.PORT.isdigit() and 0 < int(settings.PORT) < 65536:
            return int(settings.PORT)
        raise CommandError(f"PORT must be a number from 1 to 65535, not {settings.PORT!r}.")

    def say(self, text=""):
        self.stdout.write(text + "\n")
        self.stdout.flush()

    def step(self, title, act):
        """Run one step of preparation, showing it before and its outcome after."""
        self.stdout.write(f"  {title:<58} ", ending="")
        self.stdout.flush()
        began_at = time.monotonic()
        outcome = act()
        took = time.monotonic() - began_at
        self.say(f"{outcome}" + (f" ({took:.1f} s)" if took >= 1 else ""))

    def prepare(self, without_demo):
        def on_wait():
            self.say("Another start is preparing this folder; waiting for it …")

        self.say("Preparing the portal")
        with preparation.one_at_a_time(on_wait):
            self.step("Translations", preparation.translations)
            try:
                connection.ensure_connection()
            except OperationalError as problem:
                raise CommandError(
                    "The database does not answer. Is it running, and is DATABASE_URL right?\n"
                    f"{problem}"
                ) from None
            self.step(f"Database: {self.database()}", preparation.database)
            self.step("Static files", preparation.static_files)
            if not without_demo and preparation.has_no_commune():
                self.say("  Demonstration data: loading, on the first start only")
                preparation.load_demonstration_data()

    def database(self):
        if connection.vendor == "sqlite":
            return f"SQLite, {shown(connection.settings_dict['NAME'])}"
        return f"PostgreSQL, {connection.settings_dict['NAME']}"

    def run(self, address, port, parent, accounts, is_empty):
        portal = launcher.Portal(
            launcher.services(
                address=address, port=port, var=settings.VAR_DIR, folder=settings.BASE_DIR
            ),
            address=address,
            port=port,
            say=self.say,
            interrupted=parent.was_interrupted if parent else lambda: False,
        )
        portal.listen_for_signals()
        try:
            broker = "Redis" if settings.REDIS_URL else "files under " + shown(settings.BROKER_DIR)
            self.say(f"Starting web server, Celery worker and beat (broker: {broker})")
            portal.start()
            portal.wait_until_ready()
            if not portal.must_stop():
                self.welcome(portal, accounts, is_empty)
            portal.watch()
        except launcher.PortalStopped as problem:
            raise CommandError(str(problem)) from None
        finally:
            if portal.must_stop():
                self.say("\nStopping …")
            portal.stop()
        self.say("Stopped.")

    def welcome(self, portal, accounts, is_empty):
        self.say(f"\nThe portal is open at  http://{portal.address}:{portal.port}/")
        self.say()
        rows = [("Role", "User name", "Password")]
        rows += [
            (ROLES.get(role, role), account["username"], account["password"])
            for role, account in accounts.items()
        ]
        if accounts:
            widths = [max(len(row[column]) for row in rows) for column in range(3)]
            rows.insert(1, tuple("-" * width for width in widths))
            for row in rows:
                cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
                self.say("  " + "   ".join(cells).rstrip())
            kept = shown(settings.VAR_DIR / "demo-accounts.json")
            self.say(f"\nThese accounts were made on this machine; they are kept in {kept}.")
        else:
            self.say(
                "It has no demonstration accounts. A commune and its administrator are made by"
            )
            self.say("manage.py start_commune --code 03637 --name «Mường Kim» --admin NAME")
        self.say(f"Logs: {shown(settings.VAR_DIR / 'log')}/   Stop: Ctrl-C")


def shown(path):
    """A path as a newcomer reads it: from the project's folder when it lies inside."""
    path = Path(path)
    return str(path.relative_to(settings.BASE_DIR) if settings.BASE_DIR in path.parents else path)


class Parent:
    """The program that started the launcher: GNU make, under ``make run``.

    When make alone is interrupted it only waits for its child, and when make is killed
    nobody tells the child; in both cases the portal should stop.
    """

    def __init__(self):
        lifelines.end_with_parent(signal.SIGTERM)
        self.pid = os.getppid()
        self.caught_interrupts = self._catches_interrupts()

    def was_interrupted(self):
        """Whether it has gone, or has had its interrupt: make catches only the first."""
        if os.getppid() != self.pid:
            return True
        return self.caught_interrupts and not self._catches_interrupts()

    def _catches_interrupts(self):
        if sys.platform != "linux":
            return False
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return False
        caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
        return bool(int(caught.split()[1], 16) >> (signal.SIGINT - 1) & 1)
