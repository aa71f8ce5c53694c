"""Courses, and who finished which when."""

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from training.forms.staff import (
    CompletionForm,
    CourseForm,
    RequirementEndForm,
    RequirementForm,
    is_before_first_employment,
)
from training.models import Completion, Course, CourseRequirement, StaffMember
from training.staff_filters import CourseFilter
from training.views.sessions import form_methods
from villages.access import ADMIN, COMMUNE_ROLES, OFFICIAL, for_roles
from villages.answers import answer_form, for_shared_writers, may_change_shared, sent
from villages.exporting import exported, made_on_note, words_of
from villages.lists import in_order, listing
from villages.periods import during, today
from villages.tables import Table, TableColumn
from villages.views.deleting import answer_deletion

SORTS = {
    # Downwards: what is required first, each by its title.
    "required": ["is_required", "-title__folded"],
    "title": ["title__folded"],
    "provider": ["provider__folded", "title__folded"],
    "validity": ["valid_months", "title__folded"],
    "finished": ["finished", "title__folded"],
}


@for_roles(*COMMUNE_ROLES)
@require_GET
def course_list(request):
    """List the courses, of whom each is required, and how many finished it."""
    context = _listed(request)
    context |= {"today": today(), "may_change": may_change_shared(request.user)}
    return render(request, "training/course_list.html", context)


@exported("course_list", title=gettext_lazy("Courses"))
def course_table(request):
    """Draw the courses as a table, narrowed and sorted as the page is."""
    context = _listed(request)
    return Table(
        title=_("Courses for staff"),
        file_name="khoa-hoc",
        notes=(made_on_note(), *words_of(context["filter"].form)),
        columns=(
            TableColumn(_("Code"), width=18),
            TableColumn(_("Course"), width=40),
            TableColumn(_("Provider"), width=26),
            TableColumn(_("Link"), width=40),
            TableColumn(_("Required today")),
            TableColumn(_("Valid for months")),
            TableColumn(_("Finished by")),
            TableColumn(_("Staff of today")),
        ),
        rows=(
            [
                course.code,
                course.title,
                course.provider,
                course.link,
                course.is_required,
                course.valid_months,
                course.finished,
                context["staff_count"],
            ]
            for course in in_order(context)
        ),
    )


def _listed(request):
    day = today()
    staff = StaffMember.objects.visible_to(request.user).active_on(day).order_by().values("pk")
    required = CourseRequirement.objects.filter(during(day), course=OuterRef("pk"))
    courses = Course.objects.annotate(
        finished=Count(
            "completions__staff_member",
            filter=Q(completions__staff_member__in=staff, completions__completed_on__lte=day),
            distinct=True,
        ),
        is_required=Exists(required),
    ).prefetch_related("requirements")
    context = listing(request, CourseFilter(request, courses), sorts=SORTS, default="-required")
    return context | {"staff_count": staff.count()}


@for_roles(OFFICIAL, ADMIN)
@for_shared_writers
@form_methods
def course_add(request):
    """Add a course; of whom it is required is said on its page."""
    return _course_form(request, Course(), "training/course_add.html", reverse("course_list"))


@for_roles(OFFICIAL, ADMIN)
@for_shared_writers
@form_methods
def course_edit(request, pk):
    """Change a course, and see of whom it is required."""
    course = get_object_or_404(Course, pk=pk)
    return _course_form(
        request,
        get_object_or_404(Course, pk=pk),
        "training/course_edit.html",
        reverse("course_list"),
        requirements=course.requirements.order_by("-from_on", "group"),
        today=today(),
    )


def _course_form(request, course, template, cancel_url, **context):
    return answer_form(
        request,
        CourseForm(sent(request), user=request.user, instance=course),
        template,
        save=lambda form: form.save(),
        done=_course_address,
        message=_("The course is saved. The coverage of officials is being recounted."),
        cancel_url=cancel_url,
        **context,
    )


@for_roles(OFFICIAL, ADMIN)
@for_shared_writers
@form_methods
def requirement_add(request, pk):
    """Require a course of a group from a day on."""
    course = get_object_or_404(Course, pk=pk)
    requirement = CourseRequirement(course=course, from_on=today())
    return _requirement_form(request, requirement, "training/requirement_add.html")


@for_roles(OFFICIAL, ADMIN)
@for_shared_writers
@form_methods
def requirement_edit(request, pk):
    """Correct of whom, and from when to when, a course is required."""
    return _requirement_form(request, _requirement(pk), "training/requirement_edit.html")


@for_roles(OFFICIAL, ADMIN)
@for_shared_writers
@form_methods
def requirement_end(request, pk):
    """Require a course no longer after a day; the days before stay as they were."""
    requirement = _requirement(pk)

    def save(form):
        requirement.to_on = form.cleaned_data["to_on"]
        requirement.save()
        return requirement

    return answer_form(
        request,
        RequirementEndForm(sent(request), requirement=requirement, initial={"to_on": today()}),
        "training/requirement_end.html",
        save=save,
        done=_course_address(requirement.course),
        message=_("The requirement ends. The coverage of officials is being recounted."),
        requirement=requirement,
        cancel_url=_course_address(requirement.course),
    )


@for_roles(OFFICIAL, ADMIN)
@for_shared_writers
@form_methods
def requirement_delete(request, pk):
    """Delete a requirement entered by mistake, after asking: past figures change with it."""
    requirement = _requirement(pk)
    address = _course_address(requirement.course)
    return answer_deletion(
        request,
        requirement,
        question=_("Delete the requirement?"),
        within=requirement.course,
        lines=[
            _("from %(day)s") % {"day": f"{requirement.from_on:%d/%m/%Y}"},
            _(
                "Past percentages change as if it had never been required. To stop requiring it "
                "from a day on, end it instead."
            ),
        ],
        message=_("The requirement is deleted."),
        done=address,
        cancel_url=address,
    )


def _requirement_form(request, requirement, template):
    address = _course_address(requirement.course)
    return answer_form(
        request,
        RequirementForm(sent(request), user=request.user, instance=requirement),
        template,
        save=lambda form: form.save(),
        done=address,
        message=_("The requirement is saved. The coverage of officials is being recounted."),
        course=requirement.course,
        cancel_url=address,
    )


def _requirement(pk):
    return get_object_or_404(CourseRequirement.objects.select_related("course"), pk=pk)


def _course_address(course):
    return reverse("course_edit", args=[course.pk])


@for_roles(OFFICIAL, ADMIN)
@form_methods
def completion_add(request, pk):
    """Record that a member of staff finished a course."""
    member = get_object_or_404(StaffMember.objects.writable_by(request.user), pk=pk)
    wanted = request.GET.get("course", "")
    initial = {"completed_on": today()}
    if wanted.isascii() and wanted.isdecimal() and len(wanted) < 10:
        initial["course"] = wanted
    form = CompletionForm(
        sent(request),
        user=request.user,
        instance=Completion(staff_member=member),
        initial=initial,
    )
    return _completion_form(request, form, member, "training/completion_add.html")


@for_roles(OFFICIAL, ADMIN)
@form_methods
def completion_edit(request, pk):
    """Correct a completion."""
    completion = _completion(request, pk)
    form = CompletionForm(sent(request), user=request.user, instance=completion)
    return _completion_form(request, form, completion.staff_member, "training/completion_edit.html")


@for_roles(OFFICIAL, ADMIN)
@form_methods
def completion_delete(request, pk):
    """Delete a completion recorded by mistake, after asking."""
    completion = _completion(request, pk)
    address = reverse("staff_detail", args=[completion.staff_member_id])
    return answer_deletion(
        request,
        completion,
        question=_("Delete the finished course?"),
        within=completion.staff_member,
        lines=[f"{completion.completed_on:%d/%m/%Y}"],
        message=_("The completion is deleted."),
        done=address,
        cancel_url=address,
    )


def _completion_form(request, form, member, template):
    address = reverse("staff_detail", args=[member.pk])

    def save(form):
        completion = form.save()
        if is_before_first_employment(completion):
            messages.warning(
                request,
                _("Saved. Please check the day: it is before the first day of work known here."),
            )
        return completion

    return answer_form(
        request,
        form,
        template,
        save=save,
        done=address,
        message=_("The completion is saved."),
        member=member,
        completion=form.instance,
        cancel_url=address,
    )


def _completion(request, pk):
    completions = Completion.objects.writable_by(request.user)
    return get_object_or_404(completions.select_related("staff_member", "course"), pk=pk)
