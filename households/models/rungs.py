"""What an encounter showed of one resident: the three rungs that are counted."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.models.encounter import Encounter
from households.models.household import Resident
from households.models.skill import Skill
from villages.access import ScopedQuerySet
from villages.outbox import CountedModel


class EncounterPart(CountedModel):
    """What is counted of an encounter: a row about one resident, dated by its encounter."""

    class Meta:
        abstract = True

    def stale_units(self):
        return set(
            self.resident.residencies.values_list(
                "household__places__village__commune_id", "household__places__village_id"
            )
        )

    def stale_since(self):
        return self.happened_on

    def save(self, *args, **kwargs):
        self.happened_on = self.encounter.held_on
        super().save(*args, **kwargs)


class PersonMet(EncounterPart):
    """That a resident took part in an encounter: the first rung, «reached».

    ``happened_on`` repeats the encounter's date so that one index answers «by which day».
    """

    encounter = models.ForeignKey(
        Encounter, models.CASCADE, related_name="people_met", verbose_name=_("encounter")
    )
    # `met_by_resident` begins with the resident.
    resident = models.ForeignKey(
        Resident,
        models.PROTECT,
        related_name="met",
        db_index=False,
        verbose_name=_("resident"),
    )
    happened_on = models.DateField(_("date"), editable=False)

    class Meta:
        verbose_name = _("person met")
        verbose_name_plural = _("people met")
        indexes = [models.Index(fields=["resident", "happened_on"], name="met_by_resident")]
        constraints = [
            models.UniqueConstraint(
                fields=["encounter", "resident"], name="one_row_per_encounter_and_person_met"
            ),
        ]

    def __str__(self):
        return f"{self.resident} {self.happened_on:%d/%m/%Y}"


class SkillCheck(EncounterPart):
    """One observed outcome of one resident in one skill: the second rung, «can do it»."""

    class Outcome(models.TextChoices):
        ALONE = "alone", _("Does it alone")
        WITH_HELP = "with_help", _("With help")
        NOT_YET = "not_yet", _("Not yet")

    encounter = models.ForeignKey(
        Encounter, models.CASCADE, related_name="checks", verbose_name=_("encounter")
    )
    # `check_by_resident` begins with the resident and holds all that counting reads.
    resident = models.ForeignKey(
        Resident,
        models.PROTECT,
        related_name="checks",
        db_index=False,
        verbose_name=_("resident"),
    )
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="checks", verbose_name=_("skill"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    happened_on = models.DateField(_("date"), editable=False)

    class Meta:
        verbose_name = _("skill check")
        verbose_name_plural = _("skill checks")
        indexes = [
            models.Index(
                fields=["resident", "skill", "happened_on", "outcome"], name="check_by_resident"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["encounter", "resident", "skill"],
                name="one_check_per_encounter_resident_and_skill",
            ),
        ]

    def __str__(self):
        return f"{self.resident} · {self.skill}: {self.get_outcome_display()}"


class Confirmation(CountedModel):
    """That somebody *saw* VNeID confirm a resident: the third rung.

    The portal keeps that it was seen, when, how and by whom; never a password, a one-time
    code or an identity number.
    """

    class How(models.TextChoices):
        ON_PHONE = "on_phone", _("Shown on the resident's phone")
        AT_COUNTER = "at_counter", _("Shown at the counter")
        ON_PAPER = "on_paper", _("Shown on paper")

    resident = models.ForeignKey(
        Resident, models.PROTECT, related_name="confirmations", verbose_name=_("resident")
    )
    seen_on = models.DateField(_("seen on"))
    how = models.CharField(_("how"), max_length=20, choices=How, default=How.ON_PHONE)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("seen by")
    )
    encounter = models.ForeignKey(
        Encounter,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="confirmations",
        verbose_name=_("encounter"),
    )

    objects = ScopedQuerySet.as_manager()
    commune_path = "resident__household__village__commune"
    village_path = "resident__household__village"

    class Meta:
        verbose_name = _("VNeID confirmation")
        verbose_name_plural = _("VNeID confirmations")
        ordering = ["-seen_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "encounter"],
                name="one_confirmation_per_resident_and_encounter",
            ),
            models.UniqueConstraint(
                fields=["resident", "seen_on"],
                condition=Q(encounter__isnull=True),
                name="one_confirmation_per_resident_and_day_elsewhere",
            ),
        ]

    def __str__(self):
        return f"{self.resident} {self.seen_on:%d/%m/%Y}"

    def stale_units(self):
        return set(
            self.resident.residencies.values_list(
                "household__places__village__commune_id", "household__places__village_id"
            )
        )

    def stale_since(self):
        return self.seen_on
