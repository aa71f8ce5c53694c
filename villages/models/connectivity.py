"""Where there is no signal, so that the telecom companies can be told."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from villages.access import ScopedQuerySet
from villages.models.commune import Village
from villages.outbox import CountedModel


class ConnectivityReport(CountedModel):
    """How well one operator's network works in a village, as somebody reported it."""

    class Technology(models.TextChoices):
        MOBILE_3G = "3g", "3G"
        MOBILE_4G = "4g", "4G"
        MOBILE_5G = "5g", "5G"
        FIBRE = "fibre", _("Fibre")

    class Quality(models.TextChoices):
        GOOD = "good", _("Good")
        WEAK = "weak", _("Weak")
        NONE = "none", _("No signal")

    village = models.ForeignKey(
        Village, models.PROTECT, related_name="connectivity_reports", verbose_name=_("village")
    )
    # The village it was reported of, once that has gone on in another; the past counts there.
    reported_in = models.ForeignKey(
        Village,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("reported in the village"),
    )
    operator = models.CharField(_("operator"), max_length=60)
    technology = models.CharField(_("technology"), max_length=10, choices=Technology)
    quality = models.CharField(_("quality"), max_length=10, choices=Quality)
    where = models.CharField(_("where in the village"), max_length=200, blank=True)
    reported_on = models.DateField(_("reported on"))
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("reported by"),
    )
    # Who told whoever typed it in: a villager, a teacher; empty where that is the same person.
    told_by = models.CharField(_("told by"), max_length=120, blank=True)
    resolved_on = models.DateField(_("resolved on"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    commune_path = "village__commune"
    village_path = "village"

    class Meta:
        verbose_name = _("connectivity report")
        verbose_name_plural = _("connectivity reports")
        ordering = ["-reported_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(resolved_on__isnull=True)
                | models.Q(resolved_on__gte=models.F("reported_on")),
                name="resolved_after_it_was_reported",
            ),
        ]

    def __str__(self):
        return f"{self.village}: {self.operator} {self.get_technology_display()}"

    @property
    def reporter(self):
        """Who reported it: who told of it, or else the account that typed it in."""
        return self.told_by or self.reported_by

    def stale_units(self):
        return {(self.village.commune_id, self.village_id)}

    def stale_since(self):
        return self.reported_on
