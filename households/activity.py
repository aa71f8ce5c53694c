"""What one team member did in a period, as it is signed for on paper."""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, Subquery

from households.models import Encounter, PersonMet, Resident
from villages.models import TeamMember


@dataclass(frozen=True)
class Activity:
    """The encounters of one person in a period, and what they amount to.

    Visits (lượt hộ) and distinct households (hộ), attendances (lượt người) and distinct
    people (người) are different units and stand side by side.
    """

    encounters: tuple
    people: int

    @property
    def home_visits(self):
        return sum(encounter.is_at_home for encounter in self.encounters)

    @property
    def households(self):
        return len({row.household_id for row in self.encounters if row.is_at_home})

    @property
    def days(self):
        return len({encounter.held_on for encounter in self.encounters})

    @property
    def attendances(self):
        return sum(encounter.met_count for encounter in self.encounters)


def activity_of(member, first, last, *, visible_to):
    """Return what this team member did from the first to the last day, both included."""
    encounters = encounters_of(member, first, last, visible_to=visible_to)
    rows = tuple(with_people_met(encounters))
    for row in rows:
        row.met_count = row.named_count + row.unnamed_people
        row.is_at_home = row.occasion == Encounter.Occasion.HOME_VISIT
    people = PersonMet.objects.filter(encounter__in=[row.pk for row in rows])
    return Activity(rows, people.values("resident").distinct().count())


def encounters_of(member, first, last, *, visible_to):
    """Return the standing encounters that this member guided, the earliest first.

    A member with an account also has what was recorded under it without naming a member.
    """
    return (
        Encounter.objects.visible_to(visible_to)
        .standing()
        .within(first, last)
        .filter(_guided_by(member))
        .select_related("household", "village", "author", "typed_by")
        .order_by("held_on", "pk")
    )


def without_member(village, first, last, *, visible_to):
    """Return a village's standing encounters that stand on nobody's activity sheet."""
    accounts = TeamMember.objects.filter(team__village=village, user__isnull=False)
    return (
        Encounter.objects.visible_to(visible_to)
        .standing()
        .within(first, last)
        .filter(village=village, member__isnull=True)
        .exclude(author__in=accounts.values("user"))
    )


def people_of(village):
    """Return one membership per person of a village's team, the latest, leaders first."""
    return people_in([village])


def people_in(villages):
    """Return one membership per person of these villages' teams, village by village."""
    members = TeamMember.objects.filter(team__village__in=villages)
    latest = {}
    for member in members.select_related("user", "team__village").order_by("from_on", "pk"):
        latest[member.team_id, member.user_id or f"member {member.pk}"] = member
    rank = list(TeamMember.Role.values)
    return sorted(
        latest.values(),
        key=lambda member: (member.team.village.number, rank.index(member.role), member.pk),
    )


def with_people_met(encounters):
    """Annotate encounters with how many people they name, and with the household's head."""
    head = Resident.objects.present().filter(household=OuterRef("household"), is_head=True)
    return encounters.annotate(
        named_count=Count("people_met", distinct=True),
        head_name=Subquery(head.values("full_name")[:1]),
    )


def _guided_by(member):
    if member.user_id is None:
        return Q(member=member)
    memberships = TeamMember.objects.filter(team=member.team_id, user=member.user_id)
    unnamed = Q(member__isnull=True, author=member.user_id)
    return Q(member__in=memberships.values("pk")) | unnamed
