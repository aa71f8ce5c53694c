"""The Community Digital Technology Team of a village: its decision, members and leaders."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from villages.access import ADMIN, EVERYONE, OFFICIAL, for_roles, scope_of
from villages.answers import answer_form, sent
from villages.directing import leave_team
from villages.direction_forms import LastDayForm, TeamForm, TeamMemberForm
from villages.models import Team, TeamMember, Village
from villages.periods import during, today

RANK = {TeamMember.Role.LEADER: 0, TeamMember.Role.DEPUTY: 1, TeamMember.Role.MEMBER: 2}
FEWEST_MEMBERS = 4
form_methods = require_http_methods(["GET", "HEAD", "POST"])


@for_roles(*EVERYONE)
@require_GET
def team_detail(request, pk):
    """Show a village's team: its decision, its members of today, former ones, who led when."""
    village = get_object_or_404(
        Village.objects.visible_to(request.user).select_related("commune"), pk=pk
    )
    team = Team.objects.filter(village=village).select_related("document").first()
    members = team.members.all() if team else TeamMember.objects.none()
    day = today()
    present = sorted(members.filter(during(day)), key=lambda member: RANK[member.role])
    context = {
        "village": village,
        "team": team,
        "members": present,
        "may_write": scope_of(request.user).role in (OFFICIAL, ADMIN)
        and Village.objects.writable_by(request.user).filter(pk=pk).exists(),
        "has_leader": any(member.role == TeamMember.Role.LEADER for member in present),
        "is_small": bool(team) and len(present) < FEWEST_MEMBERS,
        "fewest": FEWEST_MEMBERS,
        "coming": members.filter(from_on__gt=day).order_by("from_on", "pk"),
        "former": members.filter(to_on__lt=day).order_by("-to_on", "pk"),
        "leaders": members.filter(role=TeamMember.Role.LEADER).order_by("-from_on", "-pk"),
    }
    return render(request, "villages/team_detail.html", context)


@for_roles(OFFICIAL, ADMIN)
@form_methods
def team_edit(request, pk):
    """Record the decision that set up a village's team, or set up the team."""
    village = get_object_or_404(Village.objects.writable_by(request.user), pk=pk)
    team = Team.objects.filter(village=village).first() or Team(village=village, from_on=today())
    back = reverse("team_detail", args=[pk])
    return answer_form(
        request,
        TeamForm(sent(request), user=request.user, instance=team),
        "villages/team_edit.html",
        save=lambda form: form.save(),
        done=back,
        message=_("The team is saved."),
        village=village,
        cancel_url=back,
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def team_member_add(request, pk):
    """Add a member to a village's team."""
    village = get_object_or_404(Village.objects.writable_by(request.user), pk=pk)
    team = get_object_or_404(Team, village=village)
    member = TeamMember(team=team, from_on=max(today(), team.from_on))
    return _member_form(request, member, "villages/team_member_add.html")


@for_roles(OFFICIAL, ADMIN)
@form_methods
def team_member_edit(request, pk):
    """Correct a member of a team."""
    return _member_form(request, _member(request, pk), "villages/team_member_edit.html")


@for_roles(OFFICIAL, ADMIN)
@form_methods
def team_member_leave(request, pk):
    """End a membership on its last day; with a leader ends the right to the village."""
    member = _member(request, pk)
    back = reverse("team_detail", args=[member.team.village_id])
    return answer_form(
        request,
        LastDayForm(sent(request)),
        "villages/team_member_leave.html",
        save=lambda form: leave_team(member=member, **form.cleaned_data),
        done=back,
        message=_("%(name)s has left the team.") % {"name": member},
        member=member,
        cancel_url=back,
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def team_member_delete(request, pk):
    """Delete a membership that was typed by mistake, after asking; never a leader's."""
    member = _member(request, pk)
    back = reverse("team_detail", args=[member.team.village_id])
    is_leader = member.role == TeamMember.Role.LEADER
    if request.method == "POST":
        if is_leader:
            messages.error(request, _("A leader is not deleted: hand the village over instead."))
        else:
            member.delete()
            messages.success(request, _("The member is deleted."))
        return redirect(back)
    context = {"member": member, "is_leader": is_leader, "cancel_url": back}
    return render(request, "villages/team_member_delete.html", context)


def _member_form(request, member, template):
    back = reverse("team_detail", args=[member.team.village_id])
    return answer_form(
        request,
        TeamMemberForm(sent(request), user=request.user, instance=member),
        template,
        save=lambda form: form.save(),
        done=back,
        message=_("The member is saved."),
        member=member,
        village=member.team.village,
        cancel_url=back,
    )


def _member(request, pk):
    members = TeamMember.objects.writable_by(request.user).select_related("team__village")
    return get_object_or_404(members, pk=pk)
