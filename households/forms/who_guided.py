"""Whose work a visit is: one's own, or a team member's for whom somebody types it in."""

from django import forms
from django.db.models import Case, Value, When
from django.utils.translation import gettext_lazy as _

from villages.models import TeamMember
from villages.periods import today


class MemberField(forms.ModelChoiceField):
    """Chooses among the present members of a village's team; none chosen is oneself."""

    def __init__(self, **options):
        super().__init__(
            TeamMember.objects.none(),
            label=_("Guided by"),
            required=False,
            empty_label=_("Me"),
            error_messages={"invalid_choice": _("Choose a member of the village's team.")},
            **options,
        )

    def label_from_instance(self, member):
        return f"{member.full_name} ({member.get_role_display().lower()})"


def members_for(user, household):
    """Return for whom this person may type in a visit to the household, the leader first."""
    if household is None:
        return TeamMember.objects.none()
    role = TeamMember.Role
    first = Case(When(role=role.LEADER, then=Value(0)), When(role=role.DEPUTY, then=Value(1)))
    return (
        TeamMember.objects.writable_by(user)
        .filter(team__village=household.village_id)
        .on(today())
        .exclude(user=user)
        .order_by(first.asc(nulls_last=True), "full_name", "pk")
    )
