"""What `make bench` measures of phones that come back into the network all at once."""

import http.client
import json
import random
import threading
import time
import uuid
from dataclasses import dataclass, field

from django.db import connection
from django.test import Client

from households.models import Encounter, Household, Resident, Skill
from portal.bench.load import percentile
from villages.models import Assignment
from villages.periods import today

BARE_TABLE = "CREATE TABLE IF NOT EXISTS bench_bare (uuid uuid PRIMARY KEY, body jsonb)"
OUTCOMES = ("alone", "with_help", "not_yet")


@dataclass
class Returned:
    """What one run of phones showed; times in seconds."""

    seconds: float
    times: list = field(default_factory=list)
    statuses: dict = field(default_factory=dict)
    stored: int = 0

    @property
    def per_second(self):
        return len(self.times) / self.seconds

    @property
    def p95(self):
        return percentile(self.times, 95)


def phones_return(address, *, phones, visits, seed):
    """Let phones send their visits at once; return (visits, bare writes) of the same shape.

    Each phone sends its visits one after another over one connection, as the outbox does.
    Every second visit is sent twice, as after a lost reply. The bare write is a signed-in
    request that stores the same body in one row.
    """
    with connection.cursor() as cursor:
        cursor.execute(BARE_TABLE)
    before = Encounter.objects.count()
    loads = _loads(phones, visits, seed)
    real = _send(address, loads, "/households/visits/{}/")
    real.stored = Encounter.objects.count() - before
    bare = _send(address, _loads(phones, visits, seed + 1), "/bench/bare-write/{}/")
    return real, bare


def _loads(phones, visits, seed):
    """Return [(session cookie, [(uuid, body)])], a phone each."""
    chance = random.Random(seed)
    codes = list(Skill.objects.values_list("code", flat=True))[:5]
    leaders = list(
        Assignment.objects.filter(role="team_leader", to_on__isnull=True)
        .select_related("user")
        .order_by("pk")[:phones]
    )
    loads = []
    for number in range(phones):
        leader = leaders[number % len(leaders)]
        households = list(Household.objects.filter(village=leader.village).order_by("pk"))
        sent = []
        for _visit in range(visits):
            household = chance.choice(households)
            people = Resident.objects.present().filter(household=household)[:2]
            body = {
                "household": str(household.uuid),
                "visited_on": today().isoformat(),
                "occasion": "home_visit",
                "people": [
                    {
                        "resident": str(person.uuid),
                        "outcomes": {code: chance.choice(OUTCOMES) for code in codes},
                    }
                    for person in people
                ],
                "smart_device": True,
                "difficulty": "" if people else "away",
                "note": "bench",
            }
            sent.append((uuid.UUID(int=chance.getrandbits(128), version=4), json.dumps(body)))
        loads.append((_session_of(leader.user), sent))
    return loads


def _session_of(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return f"sessionid={client.cookies['sessionid'].value}"


def _send(address, loads, path):
    times, statuses, lock = [], {}, threading.Lock()

    def phone(cookie, visits):
        link = http.client.HTTPConnection(*address, timeout=60)
        headers = {"Cookie": cookie, "Content-Type": "application/json"}
        headers |= _token(link, cookie)
        for number, (key, body) in enumerate(visits):
            for _again in range(1 + number % 2):
                began = time.perf_counter()
                link.request("PUT", path.format(key), body=body, headers=headers)
                reply = link.getresponse()
                reply.read()
                with lock:
                    times.append(time.perf_counter() - began)
                    statuses[reply.status] = statuses.get(reply.status, 0) + 1
        link.close()

    threads = [threading.Thread(target=phone, args=load) for load in loads]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Returned(time.perf_counter() - began, times, statuses)


def _token(link, cookie):
    """Return the headers that carry a fresh CSRF token, as a phone asks for it."""
    link.request("GET", "/field/hello/", headers={"Cookie": cookie, "Accept": "application/json"})
    reply = link.getresponse()
    said = json.loads(reply.read())
    token_cookie = reply.getheader("Set-Cookie", "").split(";")[0]
    return {"X-CSRFToken": said["csrf_token"], "Cookie": f"{cookie}; {token_cookie}"}
