"""Which accounts hand in and confirm a school's rolls."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from training.forms.schools import SchoolAccountForm
from training.models import School, SchoolAccount
from training.school_accounts import end_account, give_account
from training.views.sessions import form_methods
from villages.access import ADMIN, OFFICIAL, for_roles
from villages.answers import answer_form, sent
from villages.periods import today


@for_roles(OFFICIAL, ADMIN)
@form_methods
def school_account(request, pk):
    """Show a school's accounts, and give it one by its user name."""
    school = get_object_or_404(
        School.objects.writable_by(request.user).select_related("commune"), pk=pk
    )
    form = SchoolAccountForm(sent(request), school=school)
    return answer_form(
        request,
        form,
        "training/school_account.html",
        save=lambda form: give_account(school, user=form.user),
        done=reverse("school_account", args=[school.pk]),
        message=_("The school has this account from now on."),
        school=school,
        accounts=school.accounts.select_related("user").order_by("-from_on"),
        today=today(),
        cancel_url=reverse("school_detail", args=[school.pk]),
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def school_account_end(request, pk):
    """Take the school from an account, after asking."""
    account = get_object_or_404(
        SchoolAccount.objects.writable_by(request.user)
        .on(today())
        .select_related("school", "user"),
        pk=pk,
    )
    address = reverse("school_account", args=[account.school_id])
    if request.method == "POST":
        end_account(account)
        messages.success(request, _("The account no longer sees the school."))
        return redirect(address)
    return render(
        request,
        "training/school_account_end.html",
        {"account": account, "cancel_url": address},
    )
