"""What a school's own account does: look at its numbers and confirm them."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from training.confirming import confirm_rolls, confirmations, period_begins, seal_of
from training.models import School, SchoolYear
from training.views.schools import classes_with_rolls
from training.views.sessions import form_methods
from villages.access import SCHOOL, for_roles
from villages.percent import percent
from villages.periods import today
from villages.refusals import ChangeRefused


@for_roles(SCHOOL)
@require_GET
def my_school(request):
    """Show a school's account where its school stands and what is left to do."""
    year = _this_year()
    schools = list(School.objects.visible_to(request.user).select_related("commune", "village"))
    standing = confirmations(schools, year, today())
    for school in schools:
        school.confirmation = standing[school.pk]
        school.rooms = classes_with_rolls(school, year)
        handed_in = [one.last for one in school.rooms if one.last]
        school.enrolled = sum(roll.enrolled for roll in handed_in)
        school.equipped = sum(roll.equipped for roll in handed_in)
        school.percent = percent(school.equipped, school.enrolled)
        school.without_roll = [one for one in school.rooms if not one.last]
    return render(
        request,
        "training/my_school.html",
        {"schools": schools, "year": year, "period_begins": period_begins(today())},
    )


@for_roles(SCHOOL)
@form_methods
def school_confirm(request, pk):
    """Show the numbers of the school year once more, and have the school stand by them."""
    school = get_object_or_404(School.objects.writable_by(request.user), pk=pk)
    year = _this_year()
    refused = None
    if request.method == "POST":
        try:
            count = confirm_rolls(
                school, year=year, seen=request.POST.get("seen", ""), by=request.user
            )
        except ChangeRefused as refusal:
            refused = refusal.message
        else:
            said = ngettext(
                "The school confirms the numbers of %(count)s class.",
                "The school confirms the numbers of %(count)s classes.",
                count,
            )
            messages.success(request, said % {"count": count})
            return redirect("my_school")
    classes = classes_with_rolls(school, year)
    rolls = [one.last for one in classes if one.last]
    return render(
        request,
        "training/school_confirm.html",
        {
            "school": school,
            "year": year,
            "classes": classes,
            "is_complete": bool(classes) and len(rolls) == len(classes),
            "enrolled": sum(roll.enrolled for roll in rolls),
            "equipped": sum(roll.equipped for roll in rolls),
            "seen": seal_of(rolls),
            "refused": refused,
            "cancel_url": reverse("my_school"),
        },
    )


def _this_year():
    day = today()
    return SchoolYear.objects.filter(starts_on__lte=day, ends_on__gte=day).first()
