"""Ring for Celery. A lost ring loses nothing: what is to be done stands in the database."""

import logging
import time

from celery import current_app
from kombu.pools import producers

logger = logging.getLogger(__name__)

SILENCE_SECONDS = 5.0
_silent_until = 0.0


def ring(task, *ids):
    """Publish one task with ids alone, within a second or not at all; ``False`` if not.

    After a failure the bell stays silent for a few seconds, so that with the broker away
    requests do not wait for it one after another.
    """
    global _silent_until
    if time.monotonic() < _silent_until:
        return False
    options = {**current_app.conf.broker_transport_options}
    if current_app.conf.broker_url.startswith("redis"):
        options |= {"socket_timeout": 1, "socket_connect_timeout": 0.5, "retry_on_timeout": False}
    connection = current_app.connection_for_write(connect_timeout=1, transport_options=options)
    try:
        with producers[connection].acquire(block=True, timeout=1) as producer:
            task.apply_async(args=ids, producer=producer, retry=False)
    except Exception:
        # Whatever a broker's client raises, the change is committed and waits to be found.
        _silent_until = time.monotonic() + SILENCE_SECONDS
        logger.warning("The broker did not take a nudge; the next sweep will find what waits.")
        return False
    return True
