"""Printed visit sheets, kept so that the ticks come back in the order they were printed."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from households.models.encounter import Encounter
from households.models.household import Household
from villages.access import ScopedQuerySet
from villages.models import TeamMember, Village
from villages.periods import today


class PaperSheet(models.Model):
    """One printed sheet: a village's households in worklist order, numbered.

    ``columns`` are the codes of the skills that were printed, in order.
    """

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    village = models.ForeignKey(
        Village, models.PROTECT, related_name="paper_sheets", verbose_name=_("village")
    )
    member = models.ForeignKey(
        TeamMember,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="paper_sheets",
        verbose_name=_("for the team member"),
    )
    columns = models.JSONField(_("skills on the sheet"), default=list)
    printed_on = models.DateField(_("printed on"), default=today)
    printed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("printed by"),
    )

    objects = ScopedQuerySet.as_manager()
    commune_path = "village__commune"
    village_path = "village"

    class Meta:
        verbose_name = _("printed visit sheet")
        verbose_name_plural = _("printed visit sheets")
        ordering = ["-printed_on", "-pk"]

    def __str__(self):
        return f"{self.label} · {self.village} {self.printed_on:%d/%m/%Y}"

    @property
    def label(self):
        """The number that stands on every page of the sheet."""
        return f"{self.pk or 0:04d}"


class PaperRow(models.Model):
    """A household on a printed sheet, with the people as they stood on it.

    ``people`` are the UUIDs of the residents, in the printed order. ``visit_uuid`` is the
    UUID its visit will have, so that typing the sheet in twice records it once.
    """

    sheet = models.ForeignKey(
        PaperSheet, models.CASCADE, related_name="rows", verbose_name=_("sheet")
    )
    number = models.PositiveSmallIntegerField(_("row"))
    household = models.ForeignKey(Household, models.PROTECT, verbose_name=_("household"))
    people = models.JSONField(_("people on the row"), default=list)
    visit_uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    encounter = models.ForeignKey(
        Encounter,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="paper_rows",
        verbose_name=_("encounter"),
    )

    class Meta:
        verbose_name = _("row of a printed sheet")
        verbose_name_plural = _("rows of a printed sheet")
        ordering = ["sheet", "number"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "number"], name="one_row_per_sheet_and_number")
        ]

    def __str__(self):
        return f"{self.sheet} #{self.number}"
