"""The units everything hangs off: communes, and villages with a period of validity."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from villages.access import ScopedQuerySet
from villages.outbox import EVERY_DAY, CountedModel
from villages.periods import Period, PeriodQuerySet
from villages.text import fold


class Commune(models.Model):
    """A commune, ward or special zone; one installation may serve many."""

    class Kind(models.TextChoices):
        COMMUNE = "commune", _("Commune")
        WARD = "ward", _("Ward")
        SPECIAL_ZONE = "special_zone", _("Special zone")

    code = models.CharField(_("code"), max_length=10, unique=True)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.COMMUNE)
    province_code = models.CharField(_("province code"), max_length=10, blank=True)
    province_name = models.CharField(_("province"), max_length=80, blank=True)
    formed_on = models.DateField(_("formed on"), null=True, blank=True)
    is_demo = models.BooleanField(
        _("demonstration data"), default=False, help_text=_("Every page then says so.")
    )

    objects = ScopedQuerySet.as_manager()
    commune_path = "pk"
    village_path = "villages"

    class Meta:
        verbose_name = _("commune")
        verbose_name_plural = _("communes")
        ordering = ["code"]

    def __str__(self):
        return self.name

    @property
    def full_name(self):
        """The name with its kind, as in «Xã Mường Kim»."""
        return f"{self.get_kind_display()} {self.name}"


class VillageQuerySet(ScopedQuerySet, PeriodQuerySet):
    """Villages and residential areas."""


class Village(CountedModel, Period):
    """A village or residential area of a commune, for as long as it exists.

    ``to_on`` is its last day; a merged or renamed village stays, closed, so that the
    figures and reports of its time keep its name.
    """

    class Kind(models.TextChoices):
        VILLAGE = "village", _("Village")
        RESIDENTIAL_AREA = "residential_area", _("Residential area")

    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="villages", verbose_name=_("commune")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=80)
    name_folded = models.CharField(max_length=80, editable=False, db_index=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.VILLAGE)

    objects = VillageQuerySet.as_manager()
    commune_path = "commune"
    village_path = "pk"

    class Meta:
        verbose_name = _("village")
        verbose_name_plural = _("villages")
        ordering = ["commune", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "number"],
                condition=Q(to_on__isnull=True),
                name="one_open_village_per_number",
            ),
            Period.ends_after_it_begins("village_ends_after_it_begins"),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.name_folded = fold(self.name)
        super().save(*args, **kwargs)

    @property
    def full_name(self):
        """The name with its kind, as in «Bản Vi»; never «Bản Bản mẫu 03»."""
        kind = str(self.get_kind_display())
        return self.name if fold(self.name).startswith(fold(kind)) else f"{kind} {self.name}"

    def stale_units(self):
        return {(self.commune_id, self.pk)}

    def stale_since(self):
        return EVERY_DAY


class VillageChange(models.Model):
    """That a village was merged into, split into or renamed to another on a day."""

    class Kind(models.TextChoices):
        MERGED = "merged", _("Merged")
        SPLIT = "split", _("Split")
        RENAMED = "renamed", _("Renamed")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    former = models.ForeignKey(
        Village, models.PROTECT, related_name="changes_from", verbose_name=_("former village")
    )
    successor = models.ForeignKey(
        Village, models.PROTECT, related_name="changes_to", verbose_name=_("new village")
    )
    effective_on = models.DateField(_("effective on"))
    document = models.ForeignKey(
        "villages.GoverningDocument",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("governing document"),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("recorded by"),
    )
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    objects = ScopedQuerySet.as_manager()
    commune_path = "former__commune"
    village_path = "successor"

    class Meta:
        verbose_name = _("change of a village")
        verbose_name_plural = _("changes of villages")
        ordering = ["-effective_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(former=F("successor")), name="a_village_does_not_succeed_itself"
            ),
        ]

    def __str__(self):
        return f"{self.former} → {self.successor} ({self.effective_on:%d/%m/%Y})"


class VillageChangeJournal(models.Model):
    """What recording a change of a village wrote, row by row, so that it can be taken back.

    ``entries`` are as in ``ImportJournal.content``.
    """

    # It goes with its change.
    is_derived = True

    change = models.OneToOneField(
        VillageChange, models.CASCADE, related_name="journal", verbose_name=_("change of a village")
    )
    entries = models.JSONField(default=list, editable=False)

    objects = ScopedQuerySet.as_manager()
    commune_path = "change__former__commune"
    village_path = None

    class Meta:
        verbose_name = _("journal of a village's change")
        verbose_name_plural = _("journals of villages' changes")

    def __str__(self):
        return str(self.change)
