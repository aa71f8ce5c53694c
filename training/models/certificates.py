"""Certificates of the commune's own sessions, which anybody can check by their code."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from training.models.sessions import Attendance
from villages.access import ScopedQuerySet


class Certificate(models.Model):
    """That somebody finished a session of the commune, on paper with a code to check.

    What stands on the paper is kept as it was printed; a revoked one stays and says so.
    """

    code = models.CharField(_("verification code"), max_length=16, unique=True, editable=False)
    attendance = models.ForeignKey(
        Attendance, models.PROTECT, related_name="certificates", verbose_name=_("attendance")
    )
    full_name = models.CharField(_("full name"), max_length=120)
    title = models.CharField(_("title of the session"), max_length=200)
    held_on = models.DateField(_("date"))
    issued_on = models.DateField(_("issued on"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("issued by")
    )
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("revoked by"),
    )
    revoke_reason = models.CharField(_("why revoked"), max_length=300, blank=True)

    objects = ScopedQuerySet.as_manager()
    commune_path = "attendance__session__commune"
    village_path = None

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["-issued_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["attendance"],
                condition=Q(revoked_at__isnull=True),
                name="one_valid_certificate_per_attendance",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | ~Q(revoke_reason=""),
                name="a_revoked_certificate_says_why",
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.title}"
