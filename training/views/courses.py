"""Courses, and who finished which when."""

from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from training.forms.staff import CompletionForm, CourseForm, is_before_first_employment
from training.models import Completion, Course, StaffMember
from training.views.answers import answer_form, for_shared_writers, may_change_shared, sent
from training.views.sessions import form_methods
from villages.access import ADMIN, COMMUNE_ROLES, OFFICIAL, for_roles
from villages.periods import today


@for_roles(*COMMUNE_ROLES)
@require_GET
def course_list(request):
    """List the courses, and how many of the staff of the scope finished each."""
    day = today()
    staff = StaffMember.objects.visible_to(request.user).active_on(day).order_by().values("pk")
    courses = Course.objects.annotate(
        finished=Count(
            "completions",
            filter=Q(completions__staff_member__in=staff, completions__completed_on__lte=day),
        )
    ).order_by("-required_from_on", "title")
    required = set(Course.objects.required_on(day).values_list("pk", flat=True))
    return render(
        request,
        "training/course_list.html",
        {
            "courses": courses,
            "required": required,
            "staff_count": staff.count(),
            "may_change": may_change_shared(request.user),
        },
    )


@for_roles(OFFICIAL, ADMIN)
@for_shared_writers
@form_methods
def course_add(request):
    """Add a course that staff may be required to finish."""
    return _course_form(request, Course(), "training/course_add.html")


@for_roles(OFFICIAL, ADMIN)
@for_shared_writers
@form_methods
def course_edit(request, pk):
    """Change a course, or from when to when it is required."""
    return _course_form(request, get_object_or_404(Course, pk=pk), "training/course_edit.html")


def _course_form(request, course, template):
    return answer_form(
        request,
        CourseForm(sent(request), user=request.user, instance=course),
        template,
        save=lambda form: form.save(),
        done=reverse("course_list"),
        message=_("The course is saved. The coverage of officials is being recounted."),
        cancel_url=reverse("course_list"),
    )


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
    if request.method == "POST":
        completion.delete()
        messages.success(request, _("The completion is deleted."))
        return redirect(address)
    return render(
        request,
        "training/completion_delete.html",
        {"completion": completion, "cancel_url": address},
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
