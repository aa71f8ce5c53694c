"""What phones sent that cannot simply be recorded, and the files it was carried in."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from households.models.encounter import Encounter
from villages.access import ScopedQuerySet
from villages.models import Commune, Phone, Village


class RescueFile(models.Model):
    """One file of sealed records that somebody carried from a phone to the commune."""

    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="rescue_files", verbose_name=_("commune")
    )
    phone = models.ForeignKey(
        Phone, models.PROTECT, related_name="rescue_files", verbose_name=_("phone")
    )
    made_at = models.DateTimeField(_("made at"))
    uploaded_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    received = models.PositiveIntegerField(_("received"), default=0)
    known_before = models.PositiveIntegerField(_("known before"), default=0)
    held = models.PositiveIntegerField(_("held for an official"), default=0)

    objects = ScopedQuerySet.as_manager()
    commune_path = "commune"
    village_path = None

    class Meta:
        verbose_name = _("rescue file")
        verbose_name_plural = _("rescue files")
        ordering = ["-uploaded_at"]

    def __str__(self):
        return f"{self.phone} {self.uploaded_at:%d/%m/%Y}"


class HeldRecordQuerySet(ScopedQuerySet):
    """Held records within a scope."""

    def waiting(self):
        """Keep those over which nobody has decided."""
        return self.filter(settled_at__isnull=True)


class HeldRecord(models.Model):
    """A record of a phone that waits for an official. It counts nowhere until recorded.

    ``sent`` is what the phone wrote down, opened; its author is the phone's owner.
    """

    class Kind(models.TextChoices):
        VISIT = "visit", _("Visit")
        HOUSEHOLD = "household", _("New household")
        CORRECTION = "correction", _("Correction")
        ATTENDANCE = "attendance", _("Attendance list")

    class Reason(models.TextChoices):
        REVOKED_PHONE = "revoked_phone", _("The phone was revoked")
        NO_LONGER_LEADER = "no_longer_leader", _("The author no longer leads this village")
        REFUSED = "refused", _("The record is not complete or not plausible")
        CONFLICT = "conflict", _("Another record has this number")

    class Settlement(models.TextChoices):
        RECORDED = "recorded", _("Recorded")
        DISMISSED = "dismissed", _("Dismissed")

    uuid = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="held_records", verbose_name=_("commune")
    )
    village = models.ForeignKey(
        Village, models.PROTECT, null=True, blank=True, verbose_name=_("village")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="held_records",
        verbose_name=_("written by"),
    )
    phone = models.ForeignKey(
        Phone, models.PROTECT, related_name="held_records", verbose_name=_("phone")
    )
    file = models.ForeignKey(
        RescueFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="records",
        verbose_name=_("rescue file"),
    )
    sent = models.JSONField(_("as it was sent"), default=dict, editable=False)
    errors = models.JSONField(_("what is wrong"), default=dict, editable=False)
    received_at = models.DateTimeField(_("received at"), auto_now_add=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("settled by"),
    )
    settlement = models.CharField(
        _("how it was settled"), max_length=10, choices=Settlement, blank=True, editable=False
    )
    settlement_note = models.CharField(_("note"), max_length=300, blank=True, editable=False)
    encounter = models.ForeignKey(
        Encounter,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="held_records",
        editable=False,
        verbose_name=_("encounter"),
    )

    objects = HeldRecordQuerySet.as_manager()
    commune_path = "commune"
    village_path = None

    class Meta:
        verbose_name = _("held record")
        verbose_name_plural = _("held records")
        ordering = ["settled_at", "-received_at"]

    def __str__(self):
        return f"{self.get_kind_display()} {self.received_at:%d/%m/%Y}"
