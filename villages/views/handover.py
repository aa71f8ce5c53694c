"""«Thay tổ trưởng»: what will change is shown first, then it happens in one step."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from villages.access import ADMIN, OFFICIAL, for_roles
from villages.handover import HandoverRefused, hand_over, plan_handover
from villages.leader_forms import HandoverForm
from villages.models import TeamMember, Village
from villages.periods import today


@for_roles(OFFICIAL, ADMIN)
@require_http_methods(["GET", "POST"])
def handover(request, pk):
    """Hand a village to a new leader: a form, a preview of the changes, the act."""
    villages = Village.objects.writable_by(request.user).select_related("commune")
    village = get_object_or_404(villages, pk=pk)
    form = HandoverForm(request.POST or None, village=village)
    plan = None
    if request.method == "POST" and form.is_valid():
        try:
            if "confirm" in request.POST:
                return _handed_over(request, village, form)
            if "change" not in request.POST:
                plan = plan_handover(
                    village=village, new=form.new_leader, on=form.cleaned_data["on"]
                )
        except HandoverRefused as refused:
            form.add_error(refused.field, refused.words)
    context = {
        "village": village,
        "form": form,
        "plan": plan,
        "today": today(),
        "leader": TeamMember.objects.on(today())
        .filter(team__village=village, role=TeamMember.Role.LEADER)
        .first(),
    }
    status = 400 if form.errors else 200
    return render(request, "villages/handover.html", context, status=status)


def _handed_over(request, village, form):
    done = hand_over(
        village=village,
        new=form.new_leader,
        on=form.cleaned_data["on"],
        by=request.user,
        stays=form.cleaned_data["stays"],
    )
    names = {
        "village": village.full_name,
        "name": done.assignment.user,
        "day": f"{done.on:%d/%m/%Y}",
    }
    messages.success(request, _("%(name)s leads the team of %(village)s from %(day)s on.") % names)
    if done.on > today():
        messages.info(request, _("A sign-in card can be issued from that day on."))
        return redirect("team_detail", village.pk)
    messages.info(request, _("Now print the new leader's sign-in card."))
    return redirect(f"{reverse('card_list')}?chon={done.assignment.user_id}")
