"""Agencies: how far their staff have come, who has not finished, words to remind them."""

from django.core.paginator import Paginator
from django.db.models import Case, F, FloatField, When
from django.db.models.functions import Cast
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from training.filters import AgencyFilter, UnfinishedFilter
from training.forms.agencies import AgencyForm
from training.models import Agency, StaffMember
from training.requirements import has_finished, missing_of, required_on, with_progress
from training.unfinished import (
    agencies_with_progress,
    agency_words,
    missing_in_words,
    unfinished_by_agency,
    unfinished_staff,
)
from training.views.sessions import form_methods
from villages.access import ADMIN, COMMUNE_ROLES, OFFICIAL, for_roles
from villages.answers import answer_form, sent, writes
from villages.lists import listing, way_back
from villages.percent import percent
from villages.periods import today

SORTS = {
    "order": ["position", "name__folded"],
    "name": ["name__folded"],
    "staff": ["staff_count"],
    "finished": ["finished"],
    "share": ["share"],
}
UNFINISHED_SORTS = {
    "agency": ["agency_position", "agency_name__folded", "name_folded"],
    "name": ["name_folded"],
    "category": ["category", "name_folded"],
}
MOST_ON_PAPER = 2000


@for_roles(*COMMUNE_ROLES)
@require_GET
def agency_list(request):
    """List agencies with how many of their staff have finished the required courses."""
    context = listed_agencies(request)
    for agency in context["page"]:
        agency.percent = percent(agency.finished, agency.staff_count)
    context["may_write"] = writes(request.user)
    return render(request, "training/agency_list.html", context)


def listed_agencies(request):
    """Return the context of the list: the page and the file of it show the same rows."""
    day = today()
    required = required_on(day)
    agencies = agencies_with_progress(request.user, required, day).select_related("village")
    agencies = agencies.annotate(
        share=Case(
            When(staff_count=0, then=None),
            default=Cast(F("finished"), FloatField()) / Cast(F("staff_count"), FloatField()),
        )
    )
    context = listing(request, AgencyFilter(request, agencies), sorts=SORTS, default="order")
    return context | {"required": required}


@for_roles(*COMMUNE_ROLES)
@require_GET
def agency_detail(request, pk):
    """Show an agency, its staff and what each of them lacks."""
    agency = get_object_or_404(Agency.objects.visible_to(request.user), pk=pk)
    day = today()
    required = required_on(day)
    employed = agency.employments.on(day).order_by().values("staff_member")
    staff = list(
        with_progress(StaffMember.objects.visible_to(request.user), required, day)
        .filter(pk__in=employed)
        .order_by("name_folded", "pk")
    )
    done = set(
        StaffMember.objects.filter(pk__in=employed)
        .filter(has_finished(required, day))
        .values_list("pk", flat=True)
    )
    missing = missing_of(staff, required, day)
    for member in staff:
        member.missing = [missing_in_words(one) for one in missing[member.pk]]
    return render(
        request,
        "training/agency_detail.html",
        {
            "agency": agency,
            "staff": staff,
            "staff_count": len(staff),
            "required": required,
            "finished": len(done),
            "percent": percent(len(done), len(staff)),
            "unfinished": any(member.missing for member in staff),
            "without_email": [one for one in staff if not one.email],
            "back": way_back(request, "agency_list"),
            "may_write": writes(request.user),
        },
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def agency_add(request):
    """Add an agency."""
    back = way_back(request, "agency_list")
    return _agency_form(request, Agency(), "training/agency_add.html", back)


@for_roles(OFFICIAL, ADMIN)
@form_methods
def agency_edit(request, pk):
    """Change an agency."""
    agency = get_object_or_404(Agency.objects.writable_by(request.user), pk=pk)
    return _agency_form(request, agency, "training/agency_edit.html", _address(agency))


def _agency_form(request, agency, template, cancel_url):
    return answer_form(
        request,
        AgencyForm(sent(request), user=request.user, instance=agency),
        template,
        save=lambda form: form.save(),
        done=_address,
        message=_("The agency is saved."),
        cancel_url=cancel_url,
    )


@for_roles(*COMMUNE_ROLES)
@require_GET
def agency_reminder(request, pk):
    """Show the agency's reminder as plain text to copy or print."""
    agency = get_object_or_404(Agency.objects.visible_to(request.user), pk=pk)
    day = today()
    people = unfinished_by_agency([agency], day).get(agency, [])
    return render(
        request,
        "training/agency_reminder.html",
        {
            "agency": agency,
            "people": people,
            "text": agency_words(agency, people, day) if people else "",
            "rows": len(people) + 8,
            "back": _address(agency),
        },
    )


@for_roles(*COMMUNE_ROLES)
@require_GET
def unfinished_list(request):
    """List who lacks a required course, by agency; ``?all=1`` on one page, to print."""
    day = today()
    context = listed_unfinished(request)
    if request.GET.get("all") == "1":
        rows = context["page"].paginator.object_list
        context["page"] = Paginator(rows, MOST_ON_PAPER).get_page(1)
    people = list(context["page"].object_list)
    missing = missing_of(people, context["required"], day)
    for member in people:
        member.missing = [missing_in_words(one) for one in missing[member.pk]]
    context |= {
        "people": people,
        "count": context["page"].paginator.count,
        "by_agency": context["sort"].removeprefix("-") == "agency",
        "today": day,
        "may_write": writes(request.user),
    }
    return render(request, "training/unfinished_list.html", context)


def listed_unfinished(request):
    """Return the context of the list: the page and the file of it show the same rows."""
    day = today()
    required = required_on(day)
    rows = unfinished_staff(StaffMember.objects.visible_to(request.user), required, day)
    filterset = UnfinishedFilter(request, rows, required, day)
    context = listing(request, filterset, sorts=UNFINISHED_SORTS, default="agency")
    return context | {"required": required}


def _address(agency):
    return reverse("agency_detail", args=[agency.pk])
