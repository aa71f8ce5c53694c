"""Lists of households that an official hands to a village to visit."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from households.models.household import Household
from villages.access import ScopedQuerySet
from villages.models import Village
from villages.periods import today
from villages.templatetags.display import day as written_day


class HandedList(models.Model):
    """Households of one village to visit, handed over on a day; it shrinks with each visit.

    ``is_about_poverty`` keeps the title, which tells who is poor, off the phone's storage.
    """

    village = models.ForeignKey(
        Village, models.PROTECT, related_name="handed_lists", verbose_name=_("village")
    )
    title = models.CharField(_("title"), max_length=120)
    is_about_poverty = models.BooleanField(_("tells who is poor"), default=False)
    handed_on = models.DateField(_("handed over on"), default=today)
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="handed_lists",
        verbose_name=_("handed over by"),
    )
    due_on = models.DateField(_("to be done by"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)
    households = models.ManyToManyField(
        Household, through="HandedHousehold", related_name="handed_lists"
    )

    objects = ScopedQuerySet.as_manager()
    commune_path = "village__commune"
    village_path = "village"

    class Meta:
        verbose_name = _("list handed to a village")
        verbose_name_plural = _("lists handed to villages")
        ordering = ["closed_at", "-handed_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(due_on__isnull=True)
                | models.Q(due_on__gte=models.F("handed_on")),
                name="a_handed_list_is_due_after_it_is_handed_over",
            ),
        ]

    def __str__(self):
        # What stands in the log of changes must not say who is poor.
        title = self.neutral_title if self.is_about_poverty else self.title
        return f"{title} ({self.village})"

    @property
    def neutral_title(self):
        """Words for the list that do not say who is poor."""
        return str(_("List of %(day)s")) % {"day": written_day(self.handed_on)}


class HandedHousehold(models.Model):
    """A household on a handed list."""

    handed_list = models.ForeignKey(
        HandedList, models.CASCADE, related_name="entries", verbose_name=_("list")
    )
    household = models.ForeignKey(
        Household, models.CASCADE, related_name="handed_entries", verbose_name=_("household")
    )

    class Meta:
        verbose_name = _("household on a list")
        verbose_name_plural = _("households on a list")
        ordering = ["handed_list", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["handed_list", "household"], name="one_entry_per_list_and_household"
            ),
        ]

    def __str__(self):
        return str(self.household)
