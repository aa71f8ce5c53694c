"""Classes of a school and the rolls handed in for them: added, put right, deleted."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from training.deleting import uses_of_class
from training.forms.schools import ClassForm, RollForm
from training.models import ClassRoll, School, SchoolClass, SchoolYear
from training.rolls import correct_roll, delete_roll
from training.views.schools import chosen_year
from training.views.sessions import form_methods
from villages.access import ADMIN, OFFICIAL, SCHOOL, for_roles
from villages.answers import answer_form, sent
from villages.views.deleting import answer_deletion


@for_roles(OFFICIAL, ADMIN, SCHOOL)
@form_methods
def class_add(request, pk):
    """Add a class of one school year."""
    school = get_object_or_404(School.objects.writable_by(request.user), pk=pk)
    return answer_form(
        request,
        ClassForm(
            sent(request),
            user=request.user,
            instance=SchoolClass(school=school),
            initial={"school_year": chosen_year(request, list(SchoolYear.objects.all()))},
        ),
        "training/class_add.html",
        save=lambda form: form.save(),
        done=_address,
        message=lambda one: _("Class %(name)s is added.") % {"name": one.name},
        school=school,
        cancel_url=reverse("school_detail", args=[school.pk]),
    )


@for_roles(OFFICIAL, ADMIN, SCHOOL)
@form_methods
def class_edit(request, pk):
    """Rename a class or correct its grade; its rolls stay."""
    one = _class(request, pk)
    return answer_form(
        request,
        ClassForm(sent(request), user=request.user, instance=_class(request, pk)),
        "training/class_edit.html",
        save=lambda form: form.save(),
        done=_address,
        message=lambda saved: _("Class %(name)s is saved.") % {"name": saved.name},
        school=one.school,
        cancel_url=_address(one),
    )


@for_roles(OFFICIAL, ADMIN, SCHOOL)
@form_methods
def class_delete(request, pk):
    """Delete a class entered by mistake, unless rolls were handed in for it."""
    one = _class(request, pk)
    return answer_deletion(
        request,
        one,
        question=_("Delete the class?"),
        within=one.school,
        lines=[f"{one.school}, {one.school_year}"],
        message=_("The class is deleted."),
        uses_of=uses_of_class,
        done=_address(one),
        cancel_url=_address(one),
    )


@for_roles(OFFICIAL, ADMIN, SCHOOL)
@form_methods
def roll_edit(request, pk):
    """Correct a roll handed in: its day, its numbers, the modules taught."""
    roll = _roll(request, pk)
    return answer_form(
        request,
        RollForm(sent(request), user=request.user, instance=_roll(request, pk)),
        "training/roll_edit.html",
        save=lambda form: correct_roll(roll, by=request.user, **form.cleaned_data),
        done=_address(roll.school_class),
        message=_("The roll is corrected. The figures are being recounted."),
        roll=roll,
        cancel_url=_address(roll.school_class),
    )


@for_roles(OFFICIAL, ADMIN, SCHOOL)
@form_methods
def roll_delete(request, pk):
    """Delete a roll handed in by mistake, after asking."""
    roll = _roll(request, pk)
    address = _address(roll.school_class)
    return answer_deletion(
        request,
        roll,
        question=_("Delete the roll?"),
        within=roll.school_class.school,
        lines=[
            _("Enrolled: %(enrolled)s, equipped with digital skills: %(equipped)s.")
            % {"enrolled": roll.enrolled, "equipped": roll.equipped},
            _("From that day on the roll before it counts again, and the school confirms anew."),
        ],
        message=_("The roll is deleted. The figures are being recounted."),
        delete=delete_roll,
        done=address,
        cancel_url=address,
    )


def _class(request, pk):
    classes = SchoolClass.objects.writable_by(request.user)
    return get_object_or_404(classes.select_related("school", "school_year"), pk=pk)


def _roll(request, pk):
    rolls = ClassRoll.objects.writable_by(request.user)
    return get_object_or_404(
        rolls.select_related("school_class__school", "school_class__school_year"), pk=pk
    )


def _address(one):
    return f"{reverse('school_detail', args=[one.school_id])}?year={one.school_year_id}"
