"""Activity sheets: what each member of a team did in a period, to be signed."""

from datetime import date, timedelta
from urllib.parse import urlencode

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from households.activity import activity_of, people_in, without_member
from households.forms.activity import ActivityFilter
from villages.access import EVERYONE, TEAM_LEADER, for_roles, scope_of
from villages.exporting import exported, made_on_note, words_of
from villages.lists import in_order, listing_of
from villages.models import TeamMember
from villages.periods import today
from villages.tables import Table, TableColumn
from villages.text import fold

MONTHS = 12
RANK = {role: rank for rank, role in enumerate(TeamMember.Role.values)}
KEYS = {
    "role": lambda member: (RANK[member.role], fold(member.full_name)),
    "name": lambda member: fold(member.full_name),
    "village": lambda member: (member.team.village.number, RANK[member.role]),
}
ORDERS = (
    ("role", gettext_lazy("By role")),
    ("name", gettext_lazy("By name")),
    ("village", gettext_lazy("By village")),
)


@for_roles(*EVERYONE)
@require_safe
def activity_list(request):
    """List the members of a village's team with what they did in a month, to open or print."""
    context = _listed(request)
    chosen, village, (first, last) = context["filter"], context["village"], context["period"]
    context |= {
        "first": first,
        "last": last,
        "people": list(_with_activity(context["page"], request.user, first, last)),
        "nobodys": without_member(village, first, last, visible_to=request.user).count()
        if village
        else 0,
        "several_villages": village is None,
        "months": _months(),
        "orders": ORDERS[: 2 if village else 3],
        "is_narrowed": bool(chosen.is_bound and chosen.cleaned_data.get("q")),
        "is_desk": scope_of(request.user).role != TEAM_LEADER,
    }
    return render(request, "households/activity_list.html", context)


@exported("activity_list", title=gettext_lazy("Activity sheets"))
def activity_table(request):
    """Draw what each member did in the period as a table: the sum of each activity sheet."""
    context = _listed(request)
    first, last = context["period"]
    period = f"{first:%d/%m/%Y} – {last:%d/%m/%Y}"
    return Table(
        title=_("Activity sheets"),
        file_name="hoat-dong-thanh-vien-to",
        notes=(made_on_note(), period, *words_of(context["filter"])),
        columns=(
            TableColumn(_("Village"), width=22),
            TableColumn(_("Name"), is_personal=True, width=26),
            TableColumn(_("Role"), width=18),
            TableColumn(_("Days of activity")),
            TableColumn(_("Household visits")),
            TableColumn(_("Distinct households")),
            TableColumn(_("Attendances")),
            TableColumn(_("People")),
        ),
        rows=(
            [
                member.team.village.full_name,
                member.full_name,
                member.get_role_display(),
                activity.days,
                activity.home_visits,
                activity.households,
                activity.attendances,
                activity.people,
            ]
            for member, activity in _with_activity(in_order(context), request.user, first, last)
        ),
    )


def _listed(request):
    """Return the members whose sheets are asked for: of one village, or of all in reach."""
    chosen = ActivityFilter(request.GET or None, user=request.user)
    period, village = chosen.period, chosen.village
    people = people_in(chosen.villages if village is None else [village])
    wanted = fold(chosen.cleaned_data.get("q", "")) if chosen.is_bound else ""
    people = [member for member in people if wanted in fold(member.full_name)]
    context = listing_of(request, people, keys=KEYS, default="role" if village else "village")
    return context | {"filter": chosen, "village": village, "period": period}


def _with_activity(people, user, first, last):
    for member in people:
        yield member, activity_of(member, first, last, visible_to=user)


@for_roles(*EVERYONE)
@require_safe
def activity_sheet(request, pk):
    """Show one member's activity from ``?tu=`` to ``?den=``, this month by default."""
    members = TeamMember.objects.visible_to(request.user)
    member = get_object_or_404(members.select_related("team__village__commune", "user"), pk=pk)
    chosen = ActivityFilter(request.GET or None, user=request.user)
    first, last = chosen.period
    for name in ("ban", "q"):
        chosen.fields.pop(name, None)
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
