"""The Community Digital Technology Team of a village."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from villages.access import ADMIN, EVERYONE, OFFICIAL, for_roles, scope_of
from villages.models import Team, TeamMember, Village
from villages.periods import during, today

RANK = {TeamMember.Role.LEADER: 0, TeamMember.Role.DEPUTY: 1, TeamMember.Role.MEMBER: 2}


@for_roles(*EVERYONE)
@require_GET
def team_detail(request, pk):
    """Show a village's team: its decision, its members of today and former ones."""
    village = get_object_or_404(
        Village.objects.visible_to(request.user).select_related("commune"), pk=pk
    )
    team = Team.objects.filter(village=village).select_related("document").first()
    members = team.members.all() if team else TeamMember.objects.none()
    now = during(today())
    context = {
        "village": village,
        "team": team,
        "members": sorted(members.filter(now), key=lambda member: RANK[member.role]),
        "may_hand_over": scope_of(request.user).role in (OFFICIAL, ADMIN),
        "former": members.exclude(now).order_by("-to_on"),
    }
    return render(request, "villages/team_detail.html", context)
