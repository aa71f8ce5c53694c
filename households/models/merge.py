"""That two entries were one person, and what it takes to part them again."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from households.models.household import Resident
from villages.access import ScopedQuerySet
from villages.models import Commune


class ResidentMerge(models.Model):
    """That one resident's records were given to another, because they are the same person.

    ``journal`` says row by row what was changed, so that undoing restores exactly that.
    """

    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="resident_merges", verbose_name=_("commune")
    )
    kept = models.ForeignKey(
        Resident, models.PROTECT, related_name="merges", verbose_name=_("kept")
    )
    merged = models.ForeignKey(
        Resident, models.PROTECT, related_name="merged_into", verbose_name=_("merged")
    )
    journal = models.JSONField(default=list, editable=False)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("merged by")
    )
    merged_at = models.DateTimeField(_("merged at"), auto_now_add=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("undone by"),
    )
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    commune_path = "commune"
    village_path = None

    class Meta:
        verbose_name = _("merge of two residents")
        verbose_name_plural = _("merges of residents")
        ordering = ["-merged_at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kept=models.F("merged")),
                name="a_resident_is_not_merged_into_itself",
            ),
            models.UniqueConstraint(
                fields=["merged"],
                condition=models.Q(undone_at__isnull=True),
                name="a_resident_is_merged_once",
            ),
        ]

    def __str__(self):
        return f"{self.merged} → {self.kept}"
