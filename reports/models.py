"""Stored figures: every row can be recounted from the records at any time."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from villages.access import ScopedQuerySet
from villages.models import Commune, Village


class CoverageUnit(models.Model):
    """A commune or village whose figures are kept. Its row is the lock they are counted under.

    ``version`` grows with every recount, so that whatever was drawn from the figures can
    tell whether it is still right.
    """

    commune = models.ForeignKey(
        Commune, models.CASCADE, related_name="coverage_units", verbose_name=_("commune")
    )
    village = models.OneToOneField(
        Village,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="coverage_unit",
        verbose_name=_("village"),
    )
    version = models.PositiveBigIntegerField(_("version"), default=0)
    recounted_at = models.DateTimeField(_("recounted at"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    commune_path = "commune"
    village_path = "village"
    # Counted from the records: goes with the village that an undone list takes away.
    is_derived = True

    class Meta:
        verbose_name = _("unit with figures")
        verbose_name_plural = _("units with figures")
        ordering = ["commune", F("village").asc(nulls_first=True)]
        constraints = [
            models.UniqueConstraint(
                fields=["commune"],
                condition=Q(village__isnull=True),
                name="one_unit_per_commune",
            ),
        ]

    def __str__(self):
        return str(self.village or self.commune)


class CoverageFigure(models.Model):
    """One indicator of one unit as of one day.

    ``numerator`` and ``denominator`` count people, pupils, workers or households; both are
    ``None`` while the day has been asked for and not yet counted. ``is_stale`` says that a
    later change reaches back to this day and it waits to be recounted.
    """

    unit = models.ForeignKey(
        CoverageUnit, models.CASCADE, related_name="figures", verbose_name=_("unit")
    )
    indicator = models.CharField(_("indicator"), max_length=40)
    day = models.DateField(_("as of"))
    numerator = models.PositiveIntegerField(_("numerator"), null=True)
    denominator = models.PositiveIntegerField(_("denominator"), null=True)
    definition_version = models.PositiveSmallIntegerField(_("version of the definition"), default=1)
    computed_at = models.DateTimeField(_("computed at"), null=True)
    is_stale = models.BooleanField(_("waits to be recounted"), default=False)

    objects = ScopedQuerySet.as_manager()
    commune_path = "unit__commune"
    village_path = "unit__village"

    class Meta:
        verbose_name = _("coverage figure")
        verbose_name_plural = _("coverage figures")
        ordering = ["unit", "indicator", "-day"]
        indexes = [
            models.Index(fields=["unit", "day"], condition=Q(is_stale=True), name="figure_waiting"),
            models.Index(fields=["day", "unit"], name="figure_by_day"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "indicator", "day"], name="one_figure_per_unit_indicator_and_day"
            ),
            models.CheckConstraint(
                condition=Q(numerator__isnull=True) | Q(numerator__lte=F("denominator")),
                name="numerator_within_denominator",
            ),
        ]

    def __str__(self):
        return f"{self.unit} · {self.indicator} · {self.day:%d/%m/%Y}"


class Drift(models.Model):
    """A figure that a nightly recount found to be wrong without a mark: a defect of ours."""

    unit = models.ForeignKey(CoverageUnit, models.CASCADE, verbose_name=_("unit"))
    indicator = models.CharField(_("indicator"), max_length=40)
    day = models.DateField(_("as of"))
    stored_numerator = models.PositiveIntegerField(_("stored numerator"))
    stored_denominator = models.PositiveIntegerField(_("stored denominator"))
    counted_numerator = models.PositiveIntegerField(_("recounted numerator"))
    counted_denominator = models.PositiveIntegerField(_("recounted denominator"))
    found_at = models.DateTimeField(_("found at"), auto_now_add=True)

    objects = ScopedQuerySet.as_manager()
    commune_path = "unit__commune"
    village_path = "unit__village"

    class Meta:
        verbose_name = _("drift")
        verbose_name_plural = _("drift")
        ordering = ["-found_at"]

    def __str__(self):
        return f"{self.unit} · {self.indicator} · {self.day:%d/%m/%Y}"
