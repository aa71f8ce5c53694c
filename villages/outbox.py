"""Notes that a figure must be recounted, written in the transaction of the change itself.

A mark is the promise; the nudge to Celery is only a doorbell. Floors above listen to
``unit_became_stale``; nothing here knows who counts, or what.
"""

from datetime import date

from django.db import models, transaction
from django.db.models.signals import post_delete, pre_delete
from django.dispatch import Signal

EVERY_DAY = date(1, 1, 1)

unit_became_stale = Signal()


def mark_stale(*, units, since_on, reason):
    """Note that the figures of these units are out of date from a day on.

    ``units`` are pairs ``(commune_id, village_id or None)``; a village's commune is always
    marked with it. Must be called inside the transaction of the change: a mark that
    commits before or after its change could be struck before anybody counts the change.
    """
    from villages.models import StaleMark

    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "mark_stale belongs in the transaction of the change."
        )
    wanted = {(commune, village) for commune, village in units if commune}
    wanted |= {(commune, None) for commune, _village in wanted}
    if not wanted:
        return
    ordered = sorted(wanted, key=lambda unit: (unit[0], unit[1] or 0))
    StaleMark.objects.bulk_create(
        StaleMark(commune_id=commune, village_id=village, since_on=since_on, reason=reason[:60])
        for commune, village in ordered
    )
    for commune in sorted({commune for commune, _village in wanted}):
        unit_became_stale.send(sender=StaleMark, commune_id=commune)


class CountedModel(models.Model):
    """A model whose rows some figure counts: saving or deleting one marks what it touches.

    This holds for every path through the ORM that sends single rows: verbs, forms, the
    admin, cascades. ``bulk_create`` and ``QuerySet.update`` pass by it; who uses them
    calls ``mark_stale``.
    """

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        with transaction.atomic(using=kwargs.get("using")):
            units, since = set(), []
            if not self._state.adding:
                stored = type(self)._base_manager.filter(pk=self.pk).first()
                if stored is not None:
                    units |= set(stored.stale_units())
                    since.append(stored.stale_since())
            super().save(*args, **kwargs)
            units |= set(self.stale_units())
            since.append(self.stale_since())
            mark_stale(units=units, since_on=min(since), reason=f"{self._meta.model_name} saved")

    def stale_units(self):
        """Return pairs ``(commune_id, village_id or None)`` whose figures count this row."""
        raise NotImplementedError

    def stale_since(self):
        """Return the first day whose figures this row can change."""
        return EVERY_DAY


def _mark_deleted(sender, instance, **kwargs):
    if isinstance(instance, CountedModel):
        mark_stale(
            units=instance.stale_units(),
            since_on=instance.stale_since(),
            reason=f"{instance._meta.model_name} deleted",
        )


def _strike_marks_of_deleted(sender, instance, **kwargs):
    # Marks made by this very deletion would point at a unit that is gone.
    from villages.models import StaleMark

    unit = "village" if sender._meta.model_name == "village" else "commune"
    StaleMark.objects.filter(**{unit: instance.pk}).delete()


# Deletions arrive by cascade and by queryset as well as one by one; Django sends this
# signal for each row inside the deletion's own transaction.
pre_delete.connect(_mark_deleted, dispatch_uid="villages.outbox.mark_deleted")
for _unit in ("villages.Village", "villages.Commune"):
    post_delete.connect(
        _strike_marks_of_deleted, sender=_unit, dispatch_uid=f"villages.outbox.strike_marks_{_unit}"
    )
