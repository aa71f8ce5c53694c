"""Reminders sent by e-mail: who asked for them, to whom, and what became of each."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from training.models.staff import Agency, StaffMember
from villages.access import ScopedQuerySet
from villages.models import Commune


class Reminder(models.Model):
    """That somebody had reminders sent: one act, however many mails it makes."""

    class To(models.TextChoices):
        CONTACTS = "contacts", _("The contact of each agency")
        MEMBERS = "members", _("Each member of staff")

    uuid = models.UUIDField(unique=True, default=uuid4, editable=False)
    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="reminders", verbose_name=_("commune")
    )
    to = models.CharField(_("sent to"), max_length=10, choices=To)
    finish_by = models.DateField(_("to be finished by"), null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("sent by")
    )
    made_at = models.DateTimeField(_("sent at"), auto_now_add=True)

    objects = ScopedQuerySet.as_manager()
    commune_path = "commune"
    village_path = None

    class Meta:
        verbose_name = _("reminder by e-mail")
        verbose_name_plural = _("reminders by e-mail")
        ordering = ["-made_at", "-pk"]

    def __str__(self):
        return f"{self.get_to_display()} {self.made_at:%d/%m/%Y}"


class ReminderMail(models.Model):
    """One mail of a reminder.

    It is ``sending`` from before the mail server is asked until it has answered. A worker
    that dies in between leaves it so: nobody knows whether it went, so nobody but a person
    sends it again.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        UNKNOWN = "unknown", _("Not known whether it went")

    reminder = models.ForeignKey(
        Reminder, models.CASCADE, related_name="mails", verbose_name=_("reminder by e-mail")
    )
    agency = models.ForeignKey(
        Agency, models.CASCADE, related_name="mails", verbose_name=_("agency")
    )
    staff_member = models.ForeignKey(
        StaffMember,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="mails",
        verbose_name=_("member of staff"),
        help_text=_("Empty: to the agency's contact."),
    )
    address = models.EmailField(_("e-mail"))
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    tried_at = models.DateTimeField(_("last tried at"), null=True, blank=True)
    error = models.CharField(_("why it failed"), max_length=300, blank=True)

    objects = ScopedQuerySet.as_manager()
    commune_path = "reminder__commune"
    village_path = None

    class Meta:
        verbose_name = _("mail of a reminder")
        verbose_name_plural = _("mails of reminders")
        ordering = ["reminder", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reminder", "staff_member"],
                condition=Q(staff_member__isnull=False),
                name="one_mail_per_reminder_and_member_of_staff",
            ),
            models.UniqueConstraint(
                fields=["reminder", "agency"],
                condition=Q(staff_member__isnull=True),
                name="one_mail_per_reminder_and_contact",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(tried_at__isnull=False),
                name="a_mail_that_left_the_queue_says_when",
            ),
        ]

    def __str__(self):
        return f"{self.agency}: {self.get_state_display()}"
