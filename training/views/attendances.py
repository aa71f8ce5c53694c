"""Everybody who came to any session: one row for each attendance."""

from django.db.models.functions import Coalesce
from django.shortcuts import render
from django.views.decorators.http import require_GET

from training.filters import AttendanceFilter
from training.models import Attendance
from training.rosters import count_people
from villages.access import COMMUNE_ROLES, for_roles
from villages.lists import listing

SORTS = {
    "day": ["session__held_on"],
    "session": ["session__title__folded"],
    "name": ["who"],
}


@for_roles(*COMMUNE_ROLES)
@require_GET
def attendance_list(request):
    """List who came when to which session, with people and attendances apart."""
    context = listed_attendances(request)
    context["counts"] = count_people(context["rows"].order_by())
    return render(request, "training/attendance_list.html", context)


def listed_attendances(request):
    """Return the context of the list as it is filtered and sorted."""
    rows = (
        Attendance.objects.visible_to(request.user)
        .select_related(
            "session__village",
            "resident__household__village",
            "staff_member",
            "walk_in_village",
        )
        .annotate(
            who=Coalesce(
                "resident__name_folded", "staff_member__name_folded", "walk_in_name__folded"
            )
        )
    )
    return listing(request, AttendanceFilter(request, rows), sorts=SORTS, default="-day")
