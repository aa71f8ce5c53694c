"""Training sessions and who came."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from households.models import Encounter, Resident, Skill
from training.models.staff import StaffMember
from villages.access import ScopedQuerySet
from villages.models import Commune, Phone, Sex, StoredFile, Village
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
        CLOSED = "closed", pgettext_lazy("training session", "Closed")
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
    trainer_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="sessions_to_hold",
        verbose_name=_("takes attendance on the phone"),
    )
    capacity = models.PositiveSmallIntegerField(_("places"), null=True, blank=True)
    evidence = models.ManyToManyField(
        StoredFile,
        blank=True,
        related_name="sessions",
        verbose_name=_("photographs of the signed list"),
    )
    organiser = models.CharField(_("organised by"), max_length=200, blank=True)
    skills = models.ManyToManyField(
        Skill, blank=True, related_name="sessions", verbose_name=_("skills taught")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PLANNED)
    cancel_reason = models.CharField(_("why cancelled"), max_length=300, blank=True)
    # As last given: the log has the earlier ones.
    reopen_reason = models.CharField(_("why reopened"), max_length=300, blank=True)
    counted = models.PositiveSmallIntegerField(
        _("people on the signed list"), null=True, blank=True
    )
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


class Invitation(models.Model):
    """That somebody is expected at a session: a resident or a member of staff."""

    session = models.ForeignKey(
        TrainingSession, models.CASCADE, related_name="invitations", verbose_name=_("session")
    )
    resident = models.ForeignKey(
        Resident,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("resident"),
    )
    staff_member = models.ForeignKey(
        StaffMember,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("member of staff"),
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("invited by"),
    )
    invited_at = models.DateTimeField(_("invited at"), auto_now_add=True)

    objects = ScopedQuerySet.as_manager()
    commune_path = "session__commune"
    village_path = "session__village"

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["session", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "resident"], name="one_invitation_per_session_and_resident"
            ),
            models.UniqueConstraint(
                fields=["session", "staff_member"], name="one_invitation_per_session_and_staff"
            ),
            models.CheckConstraint(
                condition=(
                    Q(resident__isnull=False, staff_member__isnull=True)
                    | Q(resident__isnull=True, staff_member__isnull=False)
                ),
                name="invitation_is_of_exactly_one_person",
            ),
        ]

    def __str__(self):
        return str(self.resident or self.staff_member)


class AttendanceSheet(models.Model):
    """A list of who came as a trainer's phone sent it: stored once, whatever it adds.

    ``content`` is what was sent in one canonical form; a repeated UUID is compared by it.
    """

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(
        TrainingSession, models.PROTECT, related_name="sheets", verbose_name=_("session")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("taken by")
    )
    phone = models.ForeignKey(
        Phone,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attendance_sheets",
        verbose_name=_("phone"),
    )
    recorded_at = models.DateTimeField(
        _("written down at, by the phone's clock"), null=True, blank=True
    )
    received_at = models.DateTimeField(_("received at"), auto_now_add=True)
    content = models.JSONField(_("as it was sent"), default=dict, editable=False)

    objects = ScopedQuerySet.as_manager()
    commune_path = "session__commune"
    village_path = "session__village"

    class Meta:
        verbose_name = _("attendance sheet")
        verbose_name_plural = _("attendance sheets")
        ordering = ["-received_at", "-pk"]

    def __str__(self):
        return f"{self.session} {self.received_at:%d/%m/%Y}"


class AttendanceQuerySet(ScopedQuerySet):
    """Attendances within a scope."""

    def walk_ins(self):
        """Keep those who came without being on a list, found on one since or not."""
        return self.exclude(walk_in_name="", came_as="")


class Attendance(CountedModel):
    """That one person came to a session: a resident, a member of staff or a walk-in.

    A resident's row always stands beside a person met in the session's encounter; the
    verbs of ``training.attendance`` write both.
    """

    class Noted(models.TextChoices):
        DESK = "desk", _("At the desk")
        PHONE = "phone", _("On the trainer's phone")
        SELF = "self", _("Checked in themselves")
        IMPORT = "import", _("From a workbook")

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
    noted = models.CharField(_("noted"), max_length=10, choices=Noted, default=Noted.DESK)
    # The phone's own, so that a walk-in sent twice comes once.
    uuid = models.UUIDField(unique=True, null=True, blank=True, editable=False)
    walk_in_birth_year = models.PositiveSmallIntegerField(_("birth year"), null=True, blank=True)
    walk_in_village = models.ForeignKey(
        Village, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("village")
    )
    # A walk-in who was found on a list later keeps the name it came under.
    came_as = models.CharField(_("came as"), max_length=120, blank=True, editable=False)
    matched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("matched by"),
    )
    matched_at = models.DateTimeField(_("matched at"), null=True, blank=True, editable=False)

    objects = AttendanceQuerySet.as_manager()
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
