"""Giving an account to a school, and taking it back."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from training.models import School, SchoolAccount
from villages.access import SCHOOL
from villages.models import Assignment
from villages.periods import today
from villages.refusals import ChangeRefused


def account_to_link(username, commune):
    """Return the account of this name that a school of the commune may get, or ``None``.

    One that does nothing else: an official's or a leader's account stays what it is, and
    whether an account of another commune exists is not told.
    """
    user = get_user_model().objects.filter(username=username, is_active=True).first()
    if user is None or user.is_staff or user.is_superuser:
        return None
    for assignment in user.assignments.on(today()):
        if assignment.role != SCHOOL or assignment.commune_id != commune.pk:
            return None
    if user.school_accounts.on(today()).exclude(school__commune=commune).exists():
        return None
    return user


@transaction.atomic
def give_account(school, *, user):
    """Let an account hand in and confirm the rolls of a school from today on."""
    School.objects.select_for_update(of=("self",)).get(pk=school.pk)
    accounts = SchoolAccount.objects.filter(school=school, user=user)
    if accounts.on(today()).exists():
        raise ChangeRefused(_("This account is the school's already."), "username")
    roles = Assignment.objects.filter(user=user, role=SCHOOL, commune=school.commune)
    if not roles.on(today()).exists():
        Assignment.objects.create(user=user, role=SCHOOL, commune=school.commune, from_on=today())
    return SchoolAccount.objects.create(school=school, user=user, from_on=today())


@transaction.atomic
def end_account(account):
    """Take the school from an account at once; its last school ends the role too."""
    SchoolAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
    _end(account)
    others = SchoolAccount.objects.on(today()).filter(user=account.user)
    if not others.exists():
        for role in Assignment.objects.on(today()).filter(user=account.user, role=SCHOOL):
            _end(role)


def _end(period):
    # The last day still counts, and it has to stop now: yesterday, or it never was.
    if period.from_on >= today():
        period.delete()
        return
    period.to_on = today() - timedelta(days=1)
    period.save()
