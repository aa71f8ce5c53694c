"""Files that belong to a record: attachments, and the photograph of a signed list."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from villages.access import ScopedQuerySet
from villages.models.commune import Commune


class StoredFileQuerySet(ScopedQuerySet):
    """Stored files within a scope."""

    def without_content(self):
        """Leave the bytes where they are: lists need the name and the size."""
        return self.defer("content")


class StoredFile(models.Model):
    """A small file kept in the database, so that a backup or a second server has it too.

    Who may open it is asked of the record it belongs to, never of its address.
    """

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="files", verbose_name=_("commune")
    )
    name = models.CharField(_("name"), max_length=150)
    content_type = models.CharField(_("kind of file"), max_length=100)
    size = models.PositiveIntegerField(_("size in bytes"))
    content = models.BinaryField(editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    uploaded_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)

    objects = StoredFileQuerySet.as_manager()
    commune_path = "commune"
    village_path = None

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self):
        return self.name
