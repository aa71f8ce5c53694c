"""News, articles, videos and broadcasts."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from villages.access import ScopedQuerySet
from villages.models import Commune, StoredFile
from villages.outbox import CountedModel


class NotDeleted(models.Manager.from_queryset(ScopedQuerySet)):
    """All but those that were deleted and can be brought back."""

    def get_queryset(self):
        return super().get_queryset().filter(deleted_at__isnull=True)


class Communication(CountedModel):
    """A news item, article, video or loudspeaker broadcast.

    A deleted one stands in no list, on no public page and in no figure; ``with_deleted`` knows
    it still, so that it can be brought back.
    """

    class Kind(models.TextChoices):
        NEWS = "news", _("News item")
        ARTICLE = "article", _("Article")
        VIDEO = "video", _("Video")
        BROADCAST = "broadcast", _("Loudspeaker broadcast")

    class Channel(models.TextChoices):
        INFORMATION_PAGE = "information_page", _("Information page")
        FACEBOOK = "facebook", "Facebook"
        ZALO = "zalo", "Zalo"
        LOUDSPEAKER = "loudspeaker", _("Grassroots loudspeakers")
        VIDEO = "video", _("Video platform")
        OTHER = "other", _("Other")

    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="communications", verbose_name=_("commune")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel)
    title = models.CharField(_("title"), max_length=300)
    published_on = models.DateField(_("published on"))
    link = models.URLField(_("link"), blank=True, max_length=500)
    reach = models.PositiveIntegerField(
        _("reach"), null=True, blank=True, help_text=_("Views or listeners; empty: not known.")
    )
    summary = models.CharField(
        _("summary"), max_length=1000, blank=True, help_text=_("Shown on the public page.")
    )
    is_public = models.BooleanField(_("shown on the public page"), default=False)
    attachments = models.ManyToManyField(
        StoredFile, blank=True, related_name="communications", verbose_name=_("attachments")
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    deleted_at = models.DateTimeField(_("deleted at"), null=True, editable=False)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("deleted by"),
    )

    objects = NotDeleted()
    with_deleted = ScopedQuerySet.as_manager()
    commune_path = "commune"
    village_path = None

    class Meta:
        verbose_name = _("communication")
        verbose_name_plural = _("communications")
        ordering = ["-published_on", "-pk"]
        indexes = [
            models.Index(fields=["commune", "published_on"], name="communication_by_day"),
        ]

    def __str__(self):
        return self.title

    def stale_units(self):
        return {(self.commune_id, None)}

    def stale_since(self):
        return self.published_on
