"""The outbox's one table."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from villages.models.commune import Commune, Village


class StaleMark(models.Model):
    """Append-only note that a unit's figures must be recounted from a day on.

    Written by ``villages.outbox.mark_stale`` in the transaction of the change; struck by
    the recount that read it, and by nothing else.
    """

    commune = models.ForeignKey(Commune, models.CASCADE, verbose_name=_("commune"))
    village = models.ForeignKey(
        Village, models.CASCADE, null=True, blank=True, verbose_name=_("village")
    )
    since_on = models.DateField(_("since"))
    reason = models.CharField(_("reason"), max_length=60)
    marked_at = models.DateTimeField(_("marked at"), auto_now_add=True)

    commune_path = "commune"
    # Goes with the unit that an undone list takes away.
    is_derived = True

    class Meta:
        verbose_name = _("mark of a stale figure")
        verbose_name_plural = _("marks of stale figures")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.commune} {self.village or ''} {self.since_on}"
