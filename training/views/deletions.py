"""Agencies, staff, courses, schools and enterprises entered by mistake: deleted, after asking."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from training.deleting import (
    uses_of_agency,
    uses_of_course,
    uses_of_enterprise,
    uses_of_member,
    uses_of_school,
    uses_of_school_year,
)
from training.models import (
    Agency,
    Course,
    Enterprise,
    School,
    SchoolYear,
    StaffMember,
    WorkerDeclaration,
)
from villages.access import ADMIN, OFFICIAL, for_roles
from villages.answers import for_shared_writers
from villages.lists import way_back
from villages.views.deleting import answer_deletion

form_methods = require_http_methods(["GET", "HEAD", "POST"])


@for_roles(OFFICIAL, ADMIN)
@form_methods
def agency_delete(request, pk):
    """Delete an agency at which nobody ever worked."""
    return answer_deletion(
        request,
        _writable(request, Agency, pk),
        question=_("Delete the agency?"),
        message=_("The agency is deleted."),
        uses_of=uses_of_agency,
        done=way_back(request, "agency_list"),
        cancel_url=reverse("agency_detail", args=[pk]),
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def staff_delete(request, pk):
    """Delete a member of staff of whom nothing but the work was recorded."""
    return answer_deletion(
        request,
        _writable(request, StaffMember, pk),
        question=_("Delete this member of staff?"),
        lines=[
            _("The employments go too: past percentages change as if this person had never been."),
            _("Whoever has left is not deleted: enter the last day of work instead."),
        ],
        message=_("The member of staff is deleted. The coverage of officials is being recounted."),
        uses_of=uses_of_member,
        done=way_back(request, "staff_list"),
        cancel_url=reverse("staff_detail", args=[pk]),
    )


@for_roles(OFFICIAL, ADMIN)
@for_shared_writers
@form_methods
def course_delete(request, pk):
    """Delete a course that was never required or finished."""
    return answer_deletion(
        request,
        get_object_or_404(Course, pk=pk),
        question=_("Delete the course?"),
        message=_("The course is deleted."),
        uses_of=uses_of_course,
        done=way_back(request, "course_list"),
        cancel_url=reverse("course_edit", args=[pk]),
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def school_delete(request, pk):
    """Delete a school that has no classes."""
    return answer_deletion(
        request,
        _writable(request, School, pk),
        question=_("Delete the school?"),
        message=_("The school is deleted."),
        uses_of=uses_of_school,
        done=way_back(request, "school_list"),
        cancel_url=reverse("school_detail", args=[pk]),
    )


@for_roles(OFFICIAL, ADMIN)
@for_shared_writers
@form_methods
def school_year_delete(request, pk):
    """Delete a school year in which no school has classes."""
    address = reverse("school_year_list")
    return answer_deletion(
        request,
        get_object_or_404(SchoolYear, pk=pk),
        question=_("Delete the school year?"),
        within=_("School years"),
        message=_("The school year is deleted."),
        uses_of=uses_of_school_year,
        done=address,
        cancel_url=address,
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def enterprise_delete(request, pk):
    """Delete an enterprise that never declared anything."""
    return answer_deletion(
        request,
        _writable(request, Enterprise, pk),
        question=_("Delete the enterprise?"),
        message=_("The enterprise is deleted."),
        uses_of=uses_of_enterprise,
        done=way_back(request, "enterprise_list"),
        cancel_url=reverse("enterprise_detail", args=[pk]),
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def declaration_delete(request, pk):
    """Delete a declaration of workers entered by mistake."""
    declaration = _writable(request, WorkerDeclaration, pk)
    address = reverse("enterprise_detail", args=[declaration.enterprise_id])
    return answer_deletion(
        request,
        declaration,
        question=_("Delete the declaration?"),
        within=declaration.enterprise,
        lines=[
            _("Workers: %(workers)s, of them with digital skills: %(equipped)s.")
            % {"workers": declaration.workers, "equipped": declaration.equipped},
            _("From that day on what the enterprise declared before counts again."),
        ],
        message=_("The declaration is deleted. The figures are being recounted."),
        done=address,
        cancel_url=address,
    )


def _writable(request, model, pk):
    return get_object_or_404(model.objects.writable_by(request.user), pk=pk)
