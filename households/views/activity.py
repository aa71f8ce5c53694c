"""Activity sheets: what each member of a team did in a period, to be signed."""

from datetime import date, timedelta
from urllib.parse import urlencode

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from households.activity import activity_of, people_of, without_member
from households.forms.activity import ActivityFilter
from villages.access import EVERYONE, for_roles, scope_of
from villages.models import TeamMember
from villages.periods import today

MONTHS = 12


@for_roles(*EVERYONE)
@require_safe
def activity_list(request):
    """List the members of a village's team with what they did in a month, to open or print."""
    chosen = ActivityFilter(request.GET or None, user=request.user)
    first, last = chosen.period
    village = chosen.village
    people, nobodys = [], 0
    if village is not None:
        people = [
            (member, activity_of(member, first, last, visible_to=request.user))
            for member in people_of(village)
        ]
        nobodys = without_member(village, first, last, visible_to=request.user).count()
    context = {
        "filter": chosen,
        "village": village,
        "first": first,
        "last": last,
        "people": people,
        "nobodys": nobodys,
        "months": _months(),
        "is_desk": scope_of(request.user).role != "team_leader",
    }
    return render(request, "households/activity_list.html", context)


@for_roles(*EVERYONE)
@require_safe
def activity_sheet(request, pk):
    """Show one member's activity from ``?tu=`` to ``?den=``, this month by default."""
    members = TeamMember.objects.visible_to(request.user)
    member = get_object_or_404(members.select_related("team__village__commune", "user"), pk=pk)
    chosen = ActivityFilter(request.GET or None, user=request.user)
    first, last = chosen.period
    chosen.fields.pop("ban", None)
    query = {"ban": member.team.village_id, "tu": first.isoformat(), "den": last.isoformat()}
    context = {
        "filter": chosen,
        "member": member,
        "village": member.team.village,
        "activity": activity_of(member, first, last, visible_to=request.user),
        "first": first,
        "last": last,
        "list_url": f"{reverse('activity_list')}?{urlencode(query)}",
        "is_month": _is_month(first, last),
        "months": _months(),
    }
    return render(request, "households/activity_sheet.html", context)


def _months():
    """Return the first and last day of this month and the eleven before it."""
    found, first = [], today().replace(day=1)
    for _month in range(MONTHS):
        found.append((first, _end_of(first)))
        first = (first - timedelta(days=1)).replace(day=1)
    return found


def _end_of(first):
    return date(first.year + first.month // 12, first.month % 12 + 1, 1) - timedelta(days=1)


def _is_month(first, last):
    return first.day == 1 and last == _end_of(first)
