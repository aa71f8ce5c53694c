"""What the tests of the phone's addresses send, and how."""

import json
import threading
import uuid
from datetime import timedelta

from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from villages.models import Phone
from villages.periods import today


def signed_in(user, **options):
    client = Client(**options)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def put(client, name, body, key=None, **headers):
    """Send a body to an address of a record; ``name`` is visit, visit_correct, …"""
    address = reverse(name, args=[key or uuid.uuid4()])
    return client.put(address, json.dumps(body), "application/json", headers=headers)


def a_visit(cast, household=None, **changes):
    household = household or cast.household
    head = household.residents.get(is_head=True)
    return {
        "household": str(household.uuid),
        "visited_on": today().isoformat(),
        "occasion": "home_visit",
        "people": [{"resident": str(head.uuid), "outcomes": {"vneid": "alone"}}],
    } | changes


def a_household(cast, *people, **changes):
    people = people or ({"full_name": "Lò Văn Mới", "birth_year": 1970},)
    return {
        "village": cast.vi.pk,
        "since_on": today().isoformat(),
        "address": "Đầu bản",
        "people": list(people),
        "confirmed": True,
    } | changes


def a_note(wrong_by=timedelta(0), recorded=timedelta(hours=5), known=None):
    """What a phone says of its clock, which is ``wrong_by`` ahead; written a while ago."""
    now = timezone.now() + wrong_by
    return {
        "recorded_at": (now - recorded).isoformat(),
        "sent_at": now.isoformat(),
        "known_until": known.isoformat() if known else None,
    }


def a_phone(user, commune):
    return Phone.objects.create(user=user, commune=commune, public_key={"kty": "EC"})


def at_once(calls, clients):
    """Make each call with its client at the same moment; return the answers."""
    start, answers = threading.Barrier(len(calls)), []

    def run(call, client):
        start.wait()
        try:
            answers.append(call(client))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in zip(calls, clients, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
