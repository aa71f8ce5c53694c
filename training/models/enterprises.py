"""What enterprises and cooperatives declare of their workers."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from villages.access import ScopedQuerySet
from villages.models import Commune, PopulationGroup, Village
from villages.outbox import CountedModel
from villages.succession import village_standing_on


class Enterprise(CountedModel):
    """An enterprise, cooperative or other organisation that declares for a group."""

    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="enterprises", verbose_name=_("commune")
    )
    village = models.ForeignKey(
        Village, models.PROTECT, null=True, blank=True, verbose_name=_("stands in village")
    )
    group = models.ForeignKey(
        PopulationGroup,
        models.PROTECT,
        related_name="enterprises",
        limit_choices_to={"counted_from": PopulationGroup.CountedFrom.DECLARATIONS},
        verbose_name=_("declares for the group"),
    )
    name = models.CharField(_("name"), max_length=200)

    objects = ScopedQuerySet.as_manager()
    commune_path = "commune"
    village_path = None

    class Meta:
        verbose_name = _("enterprise or cooperative")
        verbose_name_plural = _("enterprises and cooperatives")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "group", "name"], name="one_enterprise_per_group_and_name"
            ),
        ]

    def __str__(self):
        return self.name

    def stale_units(self):
        return {(self.commune_id, self.village_id)}


class WorkerDeclarationQuerySet(ScopedQuerySet):
    """Declarations of enterprises."""

    def current_on(self, day):
        """Keep the last declaration of each enterprise by a day, with ``village_on_day``."""
        later = WorkerDeclaration.objects.filter(
            enterprise=OuterRef("enterprise"),
            declared_on__gt=OuterRef("declared_on"),
            declared_on__lte=day,
        )
        return self.filter(~Exists(later), declared_on__lte=day).annotate(
            village_on_day=village_standing_on(day, "enterprise__village"),
            commune_on_day=F("enterprise__commune"),
        )


class WorkerDeclaration(CountedModel):
    """How many workers an enterprise had, and how many with digital skills, on a day."""

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="declarations", verbose_name=_("enterprise")
    )
    declared_on = models.DateField(_("declared on"))
    workers = models.PositiveIntegerField(_("workers"))
    equipped = models.PositiveIntegerField(_("with digital skills"))

    objects = WorkerDeclarationQuerySet.as_manager()
    commune_path = "enterprise__commune"
    village_path = None

    class Meta:
        verbose_name = _("declaration of workers")
        verbose_name_plural = _("declarations of workers")
        ordering = ["enterprise", "-declared_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "declared_on"],
                name="one_declaration_per_enterprise_and_day",
            ),
            models.CheckConstraint(
                condition=Q(equipped__lte=F("workers")),
                name="equipped_within_workers",
                violation_error_message=_("More workers with skills than workers."),
            ),
        ]

    def __str__(self):
        return f"{self.enterprise} {self.declared_on:%d/%m/%Y}"

    def stale_units(self):
        return self.enterprise.stale_units()

    def stale_since(self):
        return self.declared_on
