"""Staff of the public sector: the list, one person, hiring, moving, leaving."""

from django.db.models import OuterRef, Prefetch, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from training import employing
from training.filters import StaffFilter
from training.forms.staff import LeaveForm, NewStaffForm, StaffForm, WorkplaceForm
from training.models import Employment, StaffMember
from training.requirements import (
    has_finished,
    missing_of,
    required_on,
    valid_until,
    with_progress,
)
from training.views.sessions import form_methods
from villages.access import ADMIN, COMMUNE_ROLES, OFFICIAL, for_roles
from villages.answers import answer_form, sent, writes
from villages.lists import listing, way_back
from villages.periods import today

SORTS = {
    "name": ["name_folded"],
    "agency": ["agency_position", "agency_name__folded"],
    "category": ["category"],
    "finished": ["finished"],
}


@for_roles(*COMMUNE_ROLES)
@require_GET
def staff_list(request):
    """List staff with how many of the required courses each has finished."""
    context = listed_staff(request)
    context |= {
        "people": context["page"].paginator.count,
        "finished": context["rows"].filter(has_finished(context["required"], today())).count(),
        "may_write": writes(request.user),
    }
    return render(request, "training/staff_list.html", context)


def listed_staff(request):
    """Return the context of the list: the page and the file of it show the same rows."""
    day = today()
    required = required_on(day)
    filterset = StaffFilter(request, staff_with_agency(request.user, required, day), required)
    return listing(request, filterset, sorts=SORTS, default="name") | {"required": required}


@for_roles(*COMMUNE_ROLES)
@require_GET
def staff_detail(request, pk):
    """Show one member of staff: where she worked, which courses she finished, which not."""
    member = get_object_or_404(
        StaffMember.objects.visible_to(request.user).prefetch_related(
            Prefetch("employments", Employment.objects.order_by("-from_on")),
            "employments__agency",
        ),
        pk=pk,
    )
    day = today()
    completions = list(member.completions.select_related("course").order_by("-completed_on"))
    for row in completions:
        row.valid_until = valid_until(row.completed_on, row.course.valid_months)
    required = [course for course in required_on(day) if course.is_asked_of(member)]
    return render(
        request,
        "training/staff_detail.html",
        {
            "member": member,
            "current": current_employment(member),
            "completions": completions,
            "missing": missing_of([member], required, day)[member.pk],
            "today": day,
            "required_ids": {course.pk for course in required},
            "back": way_back(request, "staff_list"),
            "may_write": writes(request.user),
        },
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def staff_add(request):
    """Add a member of staff and where she works."""
    form = NewStaffForm(
        sent(request),
        user=request.user,
        instance=StaffMember(),
        initial={"from_on": today()},
    )

    def save(form):
        where = form.cleaned_data
        return employing.hire(form.instance, agency=where["agency"], from_on=where["from_on"])

    return answer_form(
        request,
        form,
        "training/staff_add.html",
        save=save,
        done=_address,
        message=_("The member of staff is added."),
        cancel_url=way_back(request, "staff_list"),
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def staff_edit(request, pk):
    """Correct what is known of a member of staff."""
    member = _writable(request, pk)
    return answer_form(
        request,
        StaffForm(sent(request), user=request.user, instance=_writable(request, pk)),
        "training/staff_edit.html",
        save=lambda form: form.save(),
        done=_address,
        message=_("The changes are saved."),
        member=member,
        cancel_url=_address(member),
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def staff_agency(request, pk):
    """Have somebody work at another agency from a day on, or return after having left."""
    member = _writable(request, pk)
    current = open_employment(member)
    change = employing.change_agency if current else employing.hire

    def save(form):
        return change(member, **form.cleaned_data)

    return answer_form(
        request,
        WorkplaceForm(
            sent(request), user=request.user, member=member, initial={"from_on": today()}
        ),
        "training/staff_agency.html",
        save=save,
        done=_address,
        message=_("The new agency is saved. The time before stays as it was."),
        member=member,
        current=current,
        cancel_url=_address(member),
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def staff_leave(request, pk):
    """Record the last day of somebody's work."""
    member = _writable(request, pk)
    current = open_employment(member)
    if current is None:
        raise Http404
    return answer_form(
        request,
        LeaveForm(sent(request), initial={"last_day": today()}),
        "training/staff_leave.html",
        save=lambda form: employing.leave(member, last_day=form.cleaned_data["last_day"]),
        done=_address,
        message=_("The last day of work is saved."),
        member=member,
        current=current,
        cancel_url=_address(member),
    )


def staff_with_agency(user, required, day):
    """Return the staff somebody may see, with their agency and their progress on a day."""
    current = Employment.objects.filter(staff_member=OuterRef("pk")).on(day).order_by("-from_on")
    staff = StaffMember.objects.visible_to(user).annotate(
        agency_name=Subquery(current.values("agency__name")[:1]),
        agency_position=Subquery(current.values("agency__position")[:1]),
    )
    return with_progress(staff, required, day)


def current_employment(member):
    """Return where somebody works today, or ``None``."""
    day = today()
    return next(
        (
            row
            for row in member.employments.all()
            if row.from_on <= day and (row.to_on is None or row.to_on >= day)
        ),
        None,
    )


def open_employment(member):
    """Return the employment without a last day, or ``None``."""
    return member.employments.filter(to_on__isnull=True).select_related("agency").first()


def _address(member):
    return reverse("staff_detail", args=[member.pk])


def _writable(request, pk):
    return get_object_or_404(StaffMember.objects.writable_by(request.user), pk=pk)
