"""Doubtful records: what a person should look at. Nothing is refused or merged for them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.models.encounter import Encounter
from households.models.household import Household
from villages.access import ScopedQuerySet


class DoubtQuerySet(ScopedQuerySet):
    """Doubts within a scope: of its encounters, and of its households without one."""

    def open(self):
        """Keep doubts that nobody has settled."""
        return self.filter(settled_at__isnull=True)

    def _within(self, everything, communes, villages):
        if everything:
            return self
        condition = Q(pk__in=[])
        if communes:
            condition |= Q(encounter__commune__in=communes)
            condition |= Q(household__village__commune__in=communes)
        if villages:
            condition |= Q(encounter__village__in=villages) | Q(household__village__in=villages)
        return self.filter(condition)


class Doubt(models.Model):
    """Something that a person should look at; what it is about still counts.

    It is about an encounter, or about a ``household`` that a phone added.
    """

    class Kind(models.TextChoices):
        SAME_DAY = "same_day", _("Two visits to one household on one day")
        LONG_AGO = "long_ago", _("Sent more than 60 days after its date")
        MANY_ON_ONE_DAY = "many_on_one_day", _("Unusually many visits on one day")
        NOBODY_MET = "nobody_met", _("Nobody met and no reason given")
        CLOCK = "clock", _("The phone's clock was wrong")
        DIFFERENT_VALUES = "different_values", _("Two people noted different things")
        DUPLICATE = "duplicate", _("Somebody may be on the list twice")

    encounter = models.ForeignKey(
        Encounter,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="doubts",
        verbose_name=_("encounter"),
    )
    household = models.ForeignKey(
        Household,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="doubts",
        verbose_name=_("household"),
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

    objects = DoubtQuerySet.as_manager()
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
            models.UniqueConstraint(
                fields=["household", "kind"], name="one_doubt_per_household_and_kind"
            ),
            models.CheckConstraint(
                condition=Q(encounter__isnull=False) ^ Q(household__isnull=False),
                name="a_doubt_is_about_an_encounter_or_a_household",
            ),
        ]

    def __str__(self):
        return f"{self.encounter or self.household}: {self.get_kind_display()}"

    @property
    def title(self):
        """What it is about, in a few words."""
        if self.encounter_id is None:
            return str(self.household)
        return str(_("Visit %(number)s")) % {"number": self.encounter.receipt}

    @property
    def about(self):
        """The household it concerns, if any."""
        return self.encounter.household if self.encounter_id else self.household

    @property
    def village(self):
        """The village it concerns, if any."""
        return self.encounter.village if self.encounter_id else self.household.village
