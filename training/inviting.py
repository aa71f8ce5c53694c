"""Who is expected at a session: asked, taken off again, counted against the places.

Being expected counts nowhere; only who came does.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from training.models import Invitation, TrainingSession
from villages.refusals import ChangeRefused

MOST_EXPECTED = 2000
Status = TrainingSession.Status


@transaction.atomic
def invite(session, *, residents=(), staff=(), by):
    """Expect these people too; return how many were not expected before.

    More people than places are no reason to refuse: some never come.
    """
    session = _open(session)
    there = set(session.invitations.values_list("resident_id", "staff_member_id"))
    new = [
        *(
            Invitation(session=session, resident=who, invited_by=by)
            for pk, who in {who.pk: who for who in residents}.items()
            if (pk, None) not in there
        ),
        *(
            Invitation(session=session, staff_member=who, invited_by=by)
            for pk, who in {who.pk: who for who in staff}.items()
            if (None, pk) not in there
        ),
    ]
    if len(there) + len(new) > MOST_EXPECTED:
        raise ChangeRefused(
            _("A session can expect at most %(most)s people.") % {"most": MOST_EXPECTED}
        )
    Invitation.objects.bulk_create(new)
    return len(new)


@transaction.atomic
def uninvite(session, *, invitations):
    """Expect these people no longer; whoever came already stays on the list of who came."""
    session = _open(session)
    gone, _by_model = session.invitations.filter(pk__in=[row.pk for row in invitations]).delete()
    return gone


def _open(session):
    session = TrainingSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if session.status == Status.CANCELLED:
        raise ChangeRefused(_("The session was cancelled. Plan it anew first."))
    if session.status == Status.CLOSED:
        raise ChangeRefused(_("The session is closed. Reopen it to change the list."))
    return session
