"""Tell Celery that marks wait. Losing a ring loses nothing: the sweep finds the marks."""

import logging
import time
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.pools import producers

logger = logging.getLogger(__name__)

SILENCE_SECONDS = 5.0
_silent_until = 0.0


def ring_after_commit(sender, commune_id, **kwargs):
    """Ring once the change is committed; ``robust`` so that no answer depends on it."""
    transaction.on_commit(partial(ring, commune_id), robust=True)


def ring(commune_id):
    """Publish one recount of a commune, within a second or not at all.

    After a failure the bell stays silent for a few seconds, so that with the broker away
    requests do not wait for it one after another.
    """
    global _silent_until
    if time.monotonic() < _silent_until:
        return False
    from reports.tasks import recount_stale

    options = {**current_app.conf.broker_transport_options}
    if current_app.conf.broker_url.startswith("redis"):
        options |= {"socket_timeout": 1, "socket_connect_timeout": 0.5, "retry_on_timeout": False}
    connection = current_app.connection_for_write(connect_timeout=1, transport_options=options)
    try:
        with producers[connection].acquire(block=True, timeout=1) as producer:
            recount_stale.apply_async(args=[commune_id], producer=producer, retry=False)
    except Exception:
        # Whatever a broker's client raises, the change is committed and its mark stands.
        _silent_until = time.monotonic() + SILENCE_SECONDS
        logger.warning("The broker did not take a nudge; the next sweep will find the marks.")
        return False
    return True
