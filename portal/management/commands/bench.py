"""Measure the portal on the demonstration commune and on many, side by side in one run."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

# What the process that measures ends with when it is slower or larger than it should be.
MISSED = 3


class Command(BaseCommand):
    help = "Measure speed on the demonstration commune and at scale; PostgreSQL, Redis, worker."

    def add_arguments(self, parser):
        parser.add_argument("--communes", type=int, default=38, help="how many at scale")
        parser.add_argument("--seconds", type=int, default=15, help="of load per page pair")
        parser.add_argument("--visits", type=int, default=60, help="timed to their figure")
        parser.add_argument(
            "--only", choices=["imports"], help="the large list alone, without demonstration data"
        )
        parser.add_argument("--on", metavar="COMMUNES", type=int, help="measure here (inner run)")

    def handle(self, *, communes, seconds, visits, only, on, **options):
        """Print the figures; end with 1 where a goal is missed, so that a script can tell."""
        self.missed = []
        if on and only:
            self.measure_imports()
        elif on:
            self.measure(seconds=seconds, visits=visits)
        if on:
            for words in self.missed:
                self.say("GOAL MISSED", words)
            sys.exit(MISSED if self.missed else 0)
        began, is_missed = time.monotonic(), False
        for number in [1] if only else dict.fromkeys([1, communes]):
            self.stdout.write(self.style.MIGRATE_HEADING(f"\n{number} commune(s)"))
            is_missed |= self.measure_apart(number, seconds, visits, only)
        self.stdout.write(f"\nAll in {time.monotonic() - began:.0f} s.")
        sys.exit(1 if is_missed else 0)

    def measure_apart(self, number, seconds, visits, only=None):
        """Measure on servers and folders of its own; return whether a goal is missed."""
        try:
            from portal.testing.servers import PostgreSQLServer, RedisServer
        except ImportError as missing:
            raise SystemExit(f"bench needs requirements-dev.txt: {missing}") from None
        folder = Path(tempfile.mkdtemp(prefix="portal-bench-"))
        with PostgreSQLServer() as database, RedisServer() as broker:
            environment = {
                **os.environ,
                "DATABASE_URL": database.url,
                "REDIS_URL": broker.url,
                "PORTAL_VAR": str(folder),
                "DJANGO_SETTINGS_MODULE": "portal.bench.settings",
            }

            def manage(*words):
                command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]
                code = subprocess.run(command, env=environment, check=False).returncode
                if code not in (0, MISSED):
                    raise SystemExit(f"{' '.join(words)} ended with {code}.")
                return code == MISSED

            try:
                manage("migrate", "-v", "0")
                if only:
                    return manage("bench", "--on", str(number), "--only", only)
                manage("collectstatic", "--noinput", "-v", "0")
                began = time.monotonic()
                manage("load_demo", *(["--communes", str(number)] if number > 1 else []))
                self.stdout.write(f"loaded in {time.monotonic() - began:.0f} s")
                words = ["--on", str(number), "--seconds", str(seconds), "--visits", str(visits)]
                return manage("bench", *words)
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def measure(self, *, seconds, visits):
        from django.db import connection

        from portal import lifelines
        from portal.bench import measures
        from portal.testing.servers import free_port

        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        self.say("size", measures.size())
        recount, statement = measures.full_recount_against_sql()
        counting = measures.counting_without_writing()
        self.say(
            "full recount",
            f"{recount:.2f} s (counting alone {counting:.2f} s); "
            f"one bare SQL statement {statement:.2f} s; ratio {recount / statement:.2f} (goal 2)",
        )
        self.weigh("full recount, ratio", recount / statement, 2)
        for page, queries in measures.queries_per_page().items():
            self.say(f"queries: {page}", str(queries))
        port = free_port()
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "portal.bench.settings"}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        web = lifelines.start_tied(
            [
                sys.executable, "-m", "gunicorn", "portal.wsgi", "--workers", "2",
                "--threads", "4", "--worker-class", "gthread", "--bind", f"127.0.0.1:{port}",
            ],
            cwd=settings.BASE_DIR, env=environment, **quiet,
        )  # fmt: skip
        worker = None
        try:
            time.sleep(6)
            page, bare = measures.dashboard_against_bare(("127.0.0.1", port), seconds=seconds)
            self.say(
                "dashboard",
                f"{page.per_second:.0f} requests/s, p95 {page.p95 * 1000:.1f} ms, "
                f"{page.failures} failed",
            )
            self.say(
                "bare view",
                f"{bare.per_second:.0f} requests/s, p95 {bare.p95 * 1000:.1f} ms, "
                f"{bare.failures} failed",
            )
            self.say(
                "ratio",
                f"requests/s {bare.per_second / page.per_second:.2f}, "
                f"p95 {page.p95 / bare.p95:.2f}, "
                f"median {page.median / bare.median:.2f} (goal 1.5)",
            )
            self.weigh("dashboard, ratio", bare.per_second / page.per_second, 1.5)
            # Only now: the days that the loading left to it would redraw every page above.
            worker = lifelines.start_tied(
                [sys.executable, "-m", "celery", "-A", "portal", "worker", "--concurrency", "2"],
                cwd=settings.BASE_DIR, env=environment, **quiet,
            )  # fmt: skip
            measures.wait_for_quiet()
            median, p95 = measures.visit_to_figure(visits=visits)
            self.say(
                "visit to figure", f"median {median:.2f} s, p95 {p95:.2f} s (goal 1 s), {visits}"
            )
            self.weigh("visit to figure, p95 in s", p95, 1)
            self.measure_phones(("127.0.0.1", port))
            self.measure_field(f"http://127.0.0.1:{port}")
        finally:
            if worker is not None:
                lifelines.stop(worker)
            lifelines.stop(web)
        self.measure_imports()

    def measure_phones(self, address):
        """Let 8 phones send steadily, then 100 come back at once with 20 visits each."""
        from portal.bench import phones

        for count, visits, goal in ((8, 50, "≥ 100/s, p95 ≤ 150 ms"), (100, 20, "≤ 30 s")):
            real, bare = phones.phones_return(address, phones=count, visits=visits, seed=count)
            self.say(
                f"{count} phones, {visits} visits",
                f"{real.seconds:.1f} s for {len(real.times)} requests, {real.per_second:.0f}/s, "
                f"p95 {real.p95 * 1000:.0f} ms (goal {goal}); {real.statuses}, "
                f"{real.stored} stored; bare write {bare.per_second:.0f}/s, "
                f"ratio {bare.per_second / real.per_second:.2f}",
            )
            if count == 8:
                self.weigh("a request while phones send, in s", 1 / real.per_second, 1 / 100)
            else:
                self.weigh("100 phones coming back, in s", real.seconds, 30)

    def measure_field(self, origin):
        """Open a leader's phone as a cheap one with a weak signal would."""
        from portal.bench.field import field_times

        times = field_times(origin)
        kilobytes = "{:.0f} KB".format
        self.say(
            "phone, first visit",
            f"first screen {times.to_first_screen:.1f} s, form {times.to_usable_form:.1f} s "
            f"(goal 5 s); {kilobytes(times.bytes_to_form / 1000)} to the form, "
            f"{kilobytes(times.bytes_in_all / 1000)} in all (goal 120 KB), "
            f"of it the village {kilobytes(times.package_bytes / 1000)}",
        )
        self.weigh("phone, first visit in s", times.to_usable_form, 5)
        self.weigh("phone, first load in KB", times.bytes_in_all / 1000, 120)
        self.weigh("phone, later visits in s", times.later, 1)
        self.weigh("phone, recording offline, p95 in ms", times.save_p95 * 1000, 150)
        self.say("phone, later visits", f"median {times.later:.2f} s (goal 1 s)")
        self.say(
            "phone, recording offline",
            f"median {statistics.median(times.saves) * 1000:.0f} ms, "
            f"p95 {times.save_p95 * 1000:.0f} ms (goal 150 ms), {len(times.saves)} visits",
        )

    def measure_imports(self):
        """Let a worker bring in a large list, beside bare reading and bare insertion of it."""
        from portal.bench.imports import import_measured

        done = import_measured()
        work = done.checking + done.applying
        self.say(
            f"list of {done.rows:,} rows",
            f"checked in {done.checking:.1f} s, applied in {done.applying:.1f} s, undone in "
            f"{done.undoing:.1f} s; bare reading {done.reading:.1f} s and bare insertion "
            f"{done.inserting:.1f} s; ratio {work / done.bare:.2f} (goal 2), of applying alone "
            f"{done.applying / done.bare:.2f}",
        )
        self.say(
            "memory of worker and reader",
            f"at most {done.memory / 1e6:.0f} MB (goal 200), at rest "
            f"{done.memory_before / 1e6:.0f} MB; when every row is wrong "
            f"{done.memory_when_wrong / 1e6:.0f} MB",
        )
        self.weigh("list of 50,000 rows, ratio", work / done.bare, 2)
        self.weigh("memory of worker and reader in MB", done.memory / 1e6, 200)
        self.weigh("the same, every row wrong", done.memory_when_wrong / 1e6, 200)

    def weigh(self, what, found, goal):
        """Note a figure that is larger than its goal."""
        if found > goal:
            self.missed.append(f"{what}: {found:.2f} instead of {goal:g}")

    def say(self, what, text):
        self.stdout.write(f"  {what:<28}{text}")
        self.stdout.flush()
