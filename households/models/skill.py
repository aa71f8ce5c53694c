"""The checklist: skills as rows with their source, required from one day to another."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from villages.models import Commune
from villages.outbox import CountedModel


class SkillQuerySet(models.QuerySet):
    """Skills of the checklist."""

    def required_on(self, day):
        """Keep the skills an adult must show on a day to count as able."""
        return self.filter(required_from_on__lte=day).filter(
            Q(required_to_on__isnull=True) | Q(required_to_on__gte=day)
        )


class Skill(CountedModel):
    """One digital skill on the checklist."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_offered = models.BooleanField(_("on the visit form"), default=True)
    is_at_counter = models.BooleanField(
        _("at the counter"),
        default=False,
        help_text=_("Among what citizens are helped with at the offices' counters."),
    )
    required_from_on = models.DateField(_("required from"), null=True, blank=True)
    required_to_on = models.DateField(_("required to"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)

    objects = SkillQuerySet.as_manager()

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(required_to_on__isnull=True)
                | Q(required_to_on__gte=models.F("required_from_on")),
                name="skill_requirement_ends_after_it_begins",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def title(self):
        """The name in the reader's language."""
        return self.name_en if get_language() == "en" and self.name_en else self.name

    def stale_units(self):
        return {(pk, village) for pk, village in Commune.objects.values_list("pk", "villages")}
