"""Training sessions and who came."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.models import Encounter, Resident, Skill
from training.models.staff import StaffMember
from villages.access import ScopedQuerySet
from villages.models import Commune, Sex, Village
from villages.outbox import CountedModel


class TrainingSessionQuerySet(ScopedQuerySet):
    """Training sessions within a scope."""

    def held(self):
        """Keep sessions that took place."""
        return self.filter(status__in=[TrainingSession.Status.HELD, TrainingSession.Status.CLOSED])

    def within(self, first, last):
        return self.filter(held_on__gte=first, held_on__lte=last)


class TrainingSession(CountedModel):
    """A class, course or thematic activity.

    Residents who attend are reached through the session's ``encounter``, like on any
    other occasion.
    """

    class Kind(models.TextChoices):
        RESIDENTS = "residents", _("Class for residents")
        PARTY_MEMBERS = "party_members", _("Thematic activity for Party members")
        TEAMS = "teams", _("Course for the teams")
        SCHOOL = "school", _("School activity")

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        CLOSED = "closed", _("Closed")
        CANCELLED = "cancelled", _("Cancelled")

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="sessions", verbose_name=_("commune")
    )
    village = models.ForeignKey(
        Village,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name=_("village"),
    )
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.RESIDENTS)
    held_on = models.DateField(_("date"))
    starts_at = models.TimeField(_("starts at"), null=True, blank=True)
    ends_at = models.TimeField(_("ends at"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    trainer = models.CharField(_("trainer"), max_length=120, blank=True)
    organiser = models.CharField(_("organised by"), max_length=200, blank=True)
    skills = models.ManyToManyField(
        Skill, blank=True, related_name="sessions", verbose_name=_("skills taught")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PLANNED)
    cancel_reason = models.CharField(_("why cancelled"), max_length=300, blank=True)
    encounter = models.OneToOneField(
        Encounter,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="session",
        verbose_name=_("encounter"),
    )
    note = models.CharField(_("note"), max_length=2000, blank=True)

    objects = TrainingSessionQuerySet.as_manager()
    commune_path = "commune"
    village_path = "village"

    class Meta:
        verbose_name = _("training session")
        verbose_name_plural = _("training sessions")
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="cancelled") | ~Q(cancel_reason=""),
                name="a_cancelled_session_says_why",
                violation_error_message=_("Say why the session was cancelled."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=models.F("starts_at")),
                name="session_ends_after_it_starts",
                violation_error_message=_("The session ends before it starts."),
            ),
        ]

    def __str__(self):
        return self.title

    def stale_units(self):
        return {(self.commune_id, self.village_id)}

    def stale_since(self):
        return self.held_on


class Attendance(CountedModel):
    """That one person came to a session: a resident, a member of staff or a walk-in.

    A resident's row always stands beside a person met in the session's encounter; the
    verbs of ``training.attendance`` write both.
    """

    session = models.ForeignKey(
        TrainingSession, models.CASCADE, related_name="attendances", verbose_name=_("session")
    )
    resident = models.ForeignKey(
        Resident,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attendances",
        verbose_name=_("resident"),
    )
    staff_member = models.ForeignKey(
        StaffMember,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attendances",
        verbose_name=_("member of staff"),
    )
    walk_in_name = models.CharField(_("walk-in"), max_length=120, blank=True)
    walk_in_sex = models.CharField(_("sex"), max_length=6, choices=Sex, blank=True)
    completed = models.BooleanField(_("completed"), default=True)

    objects = ScopedQuerySet.as_manager()
    commune_path = "session__commune"
    village_path = "session__village"

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        ordering = ["session", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "resident"], name="one_attendance_per_session_and_resident"
            ),
            models.UniqueConstraint(
                fields=["session", "staff_member"], name="one_attendance_per_session_and_staff"
            ),
            models.CheckConstraint(
                condition=(
                    Q(resident__isnull=False, staff_member__isnull=True, walk_in_name="")
                    | Q(resident__isnull=True, staff_member__isnull=False, walk_in_name="")
                    | (Q(resident__isnull=True, staff_member__isnull=True) & ~Q(walk_in_name=""))
                ),
                name="attendance_is_of_exactly_one_person",
                violation_error_message=_("Name exactly one person."),
            ),
        ]

    def __str__(self):
        return str(self.resident or self.staff_member or self.walk_in_name)

    def stale_units(self):
        return self.session.stale_units()

    def stale_since(self):
        return self.session.held_on
