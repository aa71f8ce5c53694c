"""Tell Celery that marks wait. Losing a ring loses nothing: the sweep finds the marks."""

from functools import partial

from django.db import transaction

from villages import ringing


def ring_after_commit(sender, commune_id, **kwargs):
    """Ring once the change is committed; ``robust`` so that no answer depends on it."""
    transaction.on_commit(partial(ring, commune_id), robust=True)


def ring(commune_id):
    """Publish one recount of a commune, within a second or not at all."""
    from reports.tasks import recount_stale

    return ringing.ring(recount_stale, commune_id)
