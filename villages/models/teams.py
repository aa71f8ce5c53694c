"""The Community Digital Technology Teams and who may work where."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from villages.access import (
    ADMIN,
    OFFICIAL,
    READER,
    SCHOOL,
    STAFF,
    TEAM_LEADER,
    ScopedQuerySet,
)
from villages.models.commune import Commune, Village
from villages.models.direction import GoverningDocument
from villages.outbox import CountedModel
from villages.periods import Period, PeriodQuerySet


class Sex(models.TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")


class TeamQuerySet(ScopedQuerySet, PeriodQuerySet):
    """Teams, members or assignments within a scope and a period."""


class Team(CountedModel, Period):
    """The Community Digital Technology Team of one village."""

    village = models.OneToOneField(
        Village, models.PROTECT, related_name="team", verbose_name=_("village")
    )
    document = models.ForeignKey(
        GoverningDocument, models.PROTECT, null=True, blank=True, verbose_name=_("decision")
    )

    objects = TeamQuerySet.as_manager()
    commune_path = "village__commune"
    village_path = "village"

    class Meta:
        verbose_name = _("Community Digital Technology Team")
        verbose_name_plural = _("Community Digital Technology Teams")
        ordering = ["village"]
        constraints = [Period.ends_after_it_begins("team_ends_after_it_begins")]

    def __str__(self):
        return str(_("Team of %(village)s")) % {"village": self.village.full_name}

    def stale_units(self):
        return {(self.village.commune_id, self.village_id)}

    def stale_since(self):
        return self.from_on


class TeamMember(Period):
    """A member of a team from one day to another."""

    class Role(models.TextChoices):
        LEADER = "leader", _("Team leader")
        DEPUTY = "deputy", _("Deputy team leader")
        MEMBER = "member", _("Member")

    class Organisation(models.TextChoices):
        VILLAGE_HEAD = "village_head", _("Village head")
        PARTY_CELL = "party_cell", _("Party cell")
        YOUTH_UNION = "youth_union", _("Youth Union")
        WOMENS_UNION = "womens_union", _("Women's Union")
        FATHERLAND_FRONT = "fatherland_front", _("Fatherland Front")
        FARMERS_ASSOCIATION = "farmers_association", _("Farmers' Association")
        VETERANS_ASSOCIATION = "veterans_association", _("Veterans' Association")
        TEACHER = "teacher", _("Teacher")
        HEALTH_WORKER = "health_worker", _("Health worker")
        OTHER = "other", _("Other")

    team = models.ForeignKey(Team, models.CASCADE, related_name="members", verbose_name=_("team"))
    full_name = models.CharField(_("full name"), max_length=120)
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.MEMBER)
    organisation = models.CharField(
        _("organisation"), max_length=30, choices=Organisation, blank=True
    )
    sex = models.CharField(_("sex"), max_length=6, choices=Sex, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    document_number = models.CharField(_("decision number"), max_length=60, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("account"),
    )

    objects = TeamQuerySet.as_manager()
    commune_path = "team__village__commune"
    village_path = "team__village"

    class Meta:
        verbose_name = _("team member")
        verbose_name_plural = _("team members")
        ordering = ["team", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["team"],
                condition=Q(role="leader", to_on__isnull=True),
                name="one_current_leader_per_team",
                violation_error_message=_("The team already has a leader."),
            ),
            Period.ends_after_it_begins("team_member_ends_after_it_begins"),
        ]

    def __str__(self):
        return self.full_name


class Assignment(Period):
    """What a signed-in person may see and do, from one day to another."""

    class Role(models.TextChoices):
        TEAM_LEADER = TEAM_LEADER, _("Team leader")
        OFFICIAL = OFFICIAL, _("Commune official")
        READER = READER, _("Leader who reads")
        ADMIN = ADMIN, _("Administrator")
        SCHOOL = SCHOOL, _("School")
        STAFF = STAFF, _("Member of staff")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="assignments",
        verbose_name=_("account"),
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    commune = models.ForeignKey(
        Commune, models.CASCADE, related_name="assignments", verbose_name=_("commune")
    )
    village = models.ForeignKey(
        Village,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="assignments",
        verbose_name=_("village"),
        help_text=_("For team leaders only."),
    )

    objects = TeamQuerySet.as_manager()
    commune_path = "commune"
    village_path = None

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["commune", "role", "user"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role=TEAM_LEADER, village__isnull=False)
                | (~Q(role=TEAM_LEADER) & Q(village__isnull=True)),
                name="a_team_leader_and_only_a_team_leader_has_a_village",
                violation_error_message=_(
                    "A team leader needs a village; the other roles are for the whole commune."
                ),
            ),
            Period.ends_after_it_begins("assignment_ends_after_it_begins"),
        ]

    def __str__(self):
        return f"{self.user}: {self.get_role_display()}"
