"""The start page of a member of staff: the own courses, sessions and certificates."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from training.checking_in import member_of
from training.models import Certificate, TrainingSession
from training.requirements import missing_of, required_on
from villages.access import EVERYONE, STAFF, for_roles
from villages.periods import today

Status = TrainingSession.Status


@for_roles(*EVERYONE, STAFF)
@require_GET
def my_courses(request):
    """Show what the person behind this account has finished, still has to, and attended."""
    member = member_of(request.user)
    context = {"member": member}
    if member is not None:
        context |= _courses(member) | _sessions(member)
    return render(request, "training/my_courses.html", context)


def _courses(member):
    # What is required of others only is nothing this person could have finished.
    required = [course for course in required_on(today()) if course.is_asked_of(member)]
    return {
        "missing": missing_of([member], required, today())[member.pk],
        "is_asked_something": bool(required),
        "completions": member.completions.select_related("course").order_by("-completed_on", "-pk"),
    }


def _sessions(member):
    ahead = TrainingSession.objects.filter(
        invitations__staff_member=member, held_on__gte=today(), status=Status.PLANNED
    )
    certificates = Certificate.objects.filter(attendance__staff_member=member)
    return {
        "ahead": ahead.select_related("village").order_by("held_on", "starts_at", "pk"),
        "attended": member.attendances.select_related("session__village").order_by(
            "-session__held_on", "-pk"
        ),
        "certificates": certificates.order_by("-issued_on", "-pk"),
    }
