"""Employments that were typed wrongly: corrected or deleted, and the figures recounted."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from training.employing import correct_employment
from training.forms.staff import EmploymentForm
from training.models import Employment
from training.views.sessions import form_methods
from villages.access import ADMIN, OFFICIAL, for_roles
from villages.answers import answer_form, sent
from villages.views.deleting import answer_deletion


@for_roles(OFFICIAL, ADMIN)
@form_methods
def employment_edit(request, pk):
    """Correct the agency or the days of an employment."""
    employment = _writable(request, pk)
    return answer_form(
        request,
        EmploymentForm(sent(request), user=request.user, instance=_writable(request, pk)),
        "training/employment_edit.html",
        save=lambda form: correct_employment(employment, **form.cleaned_data),
        done=_address(employment),
        message=_("The employment is corrected. The coverage of officials is being recounted."),
        employment=employment,
        member=employment.staff_member,
        cancel_url=_address(employment),
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def employment_delete(request, pk):
    """Delete an employment entered by mistake, after asking."""
    employment = _writable(request, pk)
    address = _address(employment)
    return answer_deletion(
        request,
        employment,
        question=_("Delete the employment?"),
        within=employment.staff_member,
        lines=[
            _days(employment),
            _("Past percentages change as if she or he had never worked there on these days."),
            _("Whoever leaves keeps the employment: enter the last day of work instead."),
        ],
        message=_("The employment is deleted. The coverage of officials is being recounted."),
        done=address,
        cancel_url=address,
    )


def _days(employment):
    first = f"{employment.from_on:%d/%m/%Y}"
    if employment.to_on is None:
        return _("from %(day)s") % {"day": first}
    return f"{first} – {employment.to_on:%d/%m/%Y}"


def _address(employment):
    return reverse("staff_detail", args=[employment.staff_member_id])


def _writable(request, pk):
    employments = Employment.objects.writable_by(request.user)
    return get_object_or_404(employments.select_related("staff_member", "agency"), pk=pk)
