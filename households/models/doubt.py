"""Doubtful records: what a person should look at. Nothing is refused or merged for them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from households.models.encounter import Encounter
from villages.access import ScopedQuerySet


class Doubt(models.Model):
    """Something about an encounter that a person should look at. The encounter still counts."""

    class Kind(models.TextChoices):
        SAME_DAY = "same_day", _("Two visits to one household on one day")
        LONG_AGO = "long_ago", _("Sent more than 60 days after its date")
        MANY_ON_ONE_DAY = "many_on_one_day", _("Unusually many visits on one day")
        NOBODY_MET = "nobody_met", _("Nobody met and no reason given")
        CLOCK = "clock", _("The phone's clock was wrong")
        DIFFERENT_VALUES = "different_values", _("Two people noted different things")
        DUPLICATE = "duplicate", _("Somebody may be on the list twice")

    encounter = models.ForeignKey(
        Encounter, models.CASCADE, related_name="doubts", verbose_name=_("encounter")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    noted_at = models.DateTimeField(_("noted at"), auto_now_add=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("settled by"),
    )
    settlement = models.CharField(_("how it was settled"), max_length=300, blank=True)

    objects = ScopedQuerySet.as_manager()
    commune_path = "encounter__commune"
    village_path = "encounter__village"

    class Meta:
        verbose_name = _("doubtful record")
        verbose_name_plural = _("doubtful records")
        ordering = ["settled_at", "-noted_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["encounter", "kind"], name="one_doubt_per_encounter_and_kind"
            ),
        ]

    def __str__(self):
        return f"{self.encounter}: {self.get_kind_display()}"
