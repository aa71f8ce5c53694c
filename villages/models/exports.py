"""What left the portal as a file: never changed, never deleted."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from villages.access import ScopedQuerySet
from villages.models.commune import Commune


class ExportRecord(models.Model):
    """That somebody exported a list; with names only for a reason."""

    commune = models.ForeignKey(
        Commune, models.PROTECT, null=True, related_name="exports", verbose_name=_("commune")
    )
    exported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("exported by")
    )
    exported_at = models.DateTimeField(_("exported at"), auto_now_add=True)
    list_name = models.CharField(_("list"), max_length=60)
    filters = models.CharField(_("filters"), max_length=1000, blank=True)
    file_format = models.CharField(_("format"), max_length=10)
    rows = models.PositiveIntegerField(_("rows"))
    with_names = models.BooleanField(_("with names"), default=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = ScopedQuerySet.as_manager()
    commune_path = "commune"
    village_path = None

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-exported_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(with_names=False) | ~Q(reason=""),
                name="an_export_with_names_says_why",
            ),
        ]

    def __str__(self):
        return f"{self.list_name} {self.exported_at:%d/%m/%Y}"
