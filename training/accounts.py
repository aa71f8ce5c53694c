"""Which account belongs to which member of staff; accounts themselves are made by the admin."""

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from training.models import StaffMember
from villages.models import Assignment
from villages.periods import today
from villages.refusals import ChangeRefused


def accounts_for(member):
    """Return the accounts that a member of staff may be linked to: of the commune, and free."""
    here = Assignment.objects.on(today()).filter(commune=member.commune_id).values("user")
    taken = StaffMember.objects.exclude(pk=member.pk).exclude(user=None).values("user")
    return (
        get_user_model()
        .objects.filter(pk__in=here, is_active=True)
        .exclude(pk__in=taken)
        .order_by("full_name", "username")
    )


@transaction.atomic
def link_account(member, *, user):
    """Let an account stand for a member of staff; ``None`` takes the link away."""
    member = StaffMember.objects.select_for_update(of=("self",)).get(pk=member.pk)
    if user is not None and not accounts_for(member).filter(pk=user.pk).exists():
        raise ChangeRefused(_("This account belongs to somebody else or elsewhere."), "user")
    if member.user_id != (user.pk if user else None):
        member.user = user
        member.save()
    return member
