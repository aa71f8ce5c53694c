"""What `make bench` measures on one loaded database."""

import random
import time
import uuid
from http import HTTPStatus
from pathlib import Path

from django.contrib.auth import get_user_model
from django.db import connection, reset_queries
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from households.models import Household
from households.recording import Guidance, PersonOutcome, record_visit
from portal.bench.load import load_pages, percentile
from reports import coverage
from reports.indicators import all_indicators
from reports.models import CoverageFigure, CoverageUnit
from villages.models import Assignment, Commune, StaleMark
from villages.periods import today

BARE_COUNT = Path(__file__).with_name("bare_count.sql").read_text()


def official():
    """An official of the first commune."""
    assignment = Assignment.objects.filter(role="official").order_by("pk").first()
    return get_user_model().objects.get(pk=assignment.user_id), assignment.commune


def signed_in_cookie(user):
    """A session of the user's, as a Cookie header."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return f"sessionid={client.cookies['sessionid'].value}"


def queries_per_page():
    """Return {page: number of queries} for the pages an official opens first."""
    user, _commune = official()
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    pages = {
        "dashboard, first": reverse("dashboard"),
        "dashboard, again": reverse("dashboard"),
        "figure adults": reverse("figure", args=["adults"]),
        "village list": reverse("village_list"),
        "household list": reverse("household_list"),
    }
    counted = {}
    connection.force_debug_cursor = True
    try:
        for name, path in pages.items():
            reset_queries()
            response = client.get(path)
            if response.status_code != HTTPStatus.OK:
                raise AssertionError(f"{name} answered {response.status_code}")
            counted[name] = len(connection.queries)
    finally:
        connection.force_debug_cursor = False
    return counted


def dashboard_against_bare(address, *, seconds):
    """Return (dashboard, bare view): requests/s and times of both under the same load."""
    user, _commune = official()
    paths = [reverse("dashboard"), "/bench/bare/"]
    cookie = signed_in_cookie(user)
    load_pages(address, paths, cookie, seconds=2, clients=2)
    loads = load_pages(address, paths, cookie, seconds=seconds, clients=2)
    return loads[paths[0]], loads[paths[1]]


def wait_for_quiet(patience=600):
    """Return when the worker has recounted all that the loading left to it."""
    deadline = time.monotonic() + patience
    while StaleMark.objects.exists() or CoverageFigure.objects.filter(is_stale=True).exists():
        if time.monotonic() > deadline:
            raise TimeoutError("The worker has not caught up.")
        coverage.sweep()


def visit_to_figure(*, visits):
    """Return the times from a visit's commit to its village's and commune's new figures."""
    commune = official()[1]
    chance = random.Random(2025)
    households = list(Household.objects.filter(village__commune=commune).order_by("pk")[:2000:7])
    times = []
    for _number in range(visits):
        household = chance.choice(households)
        resident = household.residents.filter(status="present").first()
        people = (PersonOutcome(resident, {}),) if resident else ()
        record_visit(
            uuid=uuid.UUID(int=chance.getrandbits(128)),
            guidance=Guidance(
                commune=commune,
                village=household.village,
                household=household,
                occasion="home_visit",
                held_on=today(),
                content={"bench": chance.random()},
                people=people,
                difficulty="" if people else "away",
            ),
            author=None,
        )
        committed = time.perf_counter()
        while StaleMark.objects.filter(commune=commune).exists():
            if time.perf_counter() - committed > 60:
                raise TimeoutError("The worker did not recount within a minute.")
            time.sleep(0.005)
        times.append(time.perf_counter() - committed)
        time.sleep(chance.random() * 0.3)
    return percentile(times, 50), percentile(times, 95)


def full_recount_against_sql(*, rounds=3):
    """Return (recount, bare statement) in seconds, the best of some rounds of each.

    Checks on the way that both count the same.
    """
    day = today()
    recounts, statements = [], []
    for _round in range(rounds):
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(BARE_COUNT, {"day": day})
            rows = cursor.fetchall()
        statements.append(time.perf_counter() - began)
        began = time.perf_counter()
        coverage.recount_communes(list(Commune.objects.values_list("pk", flat=True)), day)
        recounts.append(time.perf_counter() - began)
    _compare(rows, day)
    return min(recounts), min(statements)


def counting_without_writing():
    """Return the seconds that counting alone takes, without storing the figures."""
    began = time.perf_counter()
    coverage.rows_of(list(CoverageUnit.objects.all()), today())
    return time.perf_counter() - began


def _compare(rows, day):
    bare = {(i, c, v): (n, d) for i, c, v, n, d in rows if d}
    stored = {
        (figure.indicator, figure.unit.commune_id, figure.unit.village_id): (
            figure.numerator,
            figure.denominator,
        )
        for figure in CoverageFigure.objects.filter(day=day).select_related("unit")
        if figure.denominator
    }
    if bare != stored:
        differing = [key for key in bare.keys() | stored.keys() if bare.get(key) != stored.get(key)]
        raise AssertionError(f"The statement and the figures differ: {differing[:3]}")


def size():
    """Return what is in the database, in words."""
    return (
        f"{Commune.objects.count()} communes, {CoverageUnit.objects.count()} units, "
        f"{Household.objects.count():,} households, {len(all_indicators())} indicators, "
        f"{timezone.localdate()}"
    )
