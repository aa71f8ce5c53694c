"""The phones that leaders work with, and the printed cards that sign them in."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from villages.access import ScopedQuerySet
from villages.models.commune import Commune


class SignInCard(models.Model):
    """A printed card whose QR code signs one phone in, once, until it expires.

    The code itself is never stored: it is signed for this card, and a card that was used,
    withdrawn or replaced opens nothing.
    """

    commune = models.ForeignKey(
        Commune, models.CASCADE, related_name="sign_in_cards", verbose_name=_("commune")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="sign_in_cards",
        verbose_name=_("account"),
    )
    issued_at = models.DateTimeField(_("issued at"), auto_now_add=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("issued by"),
    )
    expires_at = models.DateTimeField(_("expires at"))
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    commune_path = "commune"
    village_path = None

    class Meta:
        verbose_name = _("sign-in card")
        verbose_name_plural = _("sign-in cards")
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "commune"],
                condition=Q(used_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_card_per_person_and_commune",
            ),
        ]

    def __str__(self):
        return f"{self.user} {self.issued_at:%d/%m/%Y}"

    @property
    def is_open(self):
        """Whether the card still signs somebody in."""
        unused = self.used_at is None and self.withdrawn_at is None
        return unused and self.expires_at > timezone.now()


class PhoneQuerySet(ScopedQuerySet):
    """Phones within a scope; everybody also reaches their own."""

    def visible_to(self, user):
        return super().visible_to(user) | self.filter(user=user.pk)

    def writable_by(self, user):
        return super().writable_by(user) | self.filter(user=user.pk)

    def trusted(self):
        """Keep phones that nobody has revoked."""
        return self.filter(revoked_at__isnull=True)


class Phone(models.Model):
    """One browser on one phone, as used by one person.

    ``public_key`` is a JWK (EC, P-256) whose private half never leaves the phone: what the
    phone sealed bears its signature, and without the row nobody could tell whose it is: an
    account with a phone is switched off, never deleted.
    """

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    commune = models.ForeignKey(
        Commune, models.CASCADE, related_name="phones", verbose_name=_("commune")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="phones", verbose_name=_("account")
    )
    name = models.CharField(_("phone"), max_length=120, blank=True)
    public_key = models.JSONField(_("public key"), editable=False)
    card = models.ForeignKey(
        SignInCard,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="phones",
        verbose_name=_("sign-in card"),
    )
    registered_at = models.DateTimeField(_("registered at"), auto_now_add=True)
    last_seen_at = models.DateTimeField(_("last seen at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("revoked by"),
    )

    objects = PhoneQuerySet.as_manager()
    commune_path = "commune"
    village_path = None

    class Meta:
        verbose_name = _("phone")
        verbose_name_plural = _("phones")
        ordering = ["user", "-registered_at"]

    def __str__(self):
        return f"{self.user}: {self.name}"
