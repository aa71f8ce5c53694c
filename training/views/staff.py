"""Staff of the public sector: the list, one person, hiring, moving, leaving."""

from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from training import employing
from training.filters import StaffFilter
from training.forms.staff import AgencyForm, LeaveForm, NewStaffForm, StaffForm
from training.lists import listing, way_back
from training.models import Completion, Course, Employment, StaffMember
from training.views.answers import answer_form, sent, writes
from training.views.sessions import form_methods
from villages.access import ADMIN, COMMUNE_ROLES, OFFICIAL, for_roles
from villages.periods import today

SORTS = {
    "name": ["name_folded"],
    "agency": ["agency_position", "agency_name"],
    "category": ["category"],
    "finished": ["finished"],
}


@for_roles(*COMMUNE_ROLES)
@require_GET
def staff_list(request):
    """List staff with how many of the required courses each has finished."""
    day = today()
    required = list(Course.objects.required_on(day))
    current = Employment.objects.filter(staff_member=OuterRef("pk")).on(day).order_by("-from_on")
    staff = (
        StaffMember.objects.visible_to(request.user)
        .annotate(
            finished=finished_of(required, day),
            agency_name=Subquery(current.values("agency__name")[:1]),
            agency_position=Subquery(current.values("agency__position")[:1]),
        )
    )  # fmt: skip
    filterset = StaffFilter(request, staff, len(required))
    context = listing(request, filterset, sorts=SORTS, default="name")
    finished = (
        filterset.qs.filter(finished=len(required)) if required else StaffMember.objects.none()
    )
    context |= {
        "required": required,
        "required_count": len(required),
        "people": context["page"].paginator.count,
        "finished": finished.count(),
        "may_write": writes(request.user),
    }
    return render(request, "training/staff_list.html", context)


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
    completions = list(member.completions.select_related("course").order_by("-completed_on"))
    done = {row.course_id for row in completions}
    required = list(Course.objects.required_on(today()))
    return render(
        request,
        "training/staff_detail.html",
        {
            "member": member,
            "current": current_employment(member),
            "completions": completions,
            "missing": [course for course in required if course.pk not in done],
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
        AgencyForm(sent(request), user=request.user, member=member, initial={"from_on": today()}),
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


def finished_of(required, day):
    """Return the expression: how many of these courses somebody finished by a day."""
    done = (
        Completion.objects.filter(
            staff_member=OuterRef("pk"), course__in=required, completed_on__lte=day
        )
        .order_by()
        .values("staff_member")
        .annotate(courses=Count("pk"))
        .values("courses")
    )
    return Coalesce(Subquery(done), 0)


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
