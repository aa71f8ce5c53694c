"""Photographs of the signed list: what shows that a session took place as it was noted."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from training.models import TrainingSession
from training.session_package import takeable_by
from villages.refusals import ChangeRefused
from villages.storing_files import Kind, let_open, store_file

MOST_PHOTOGRAPHS = 12
Status = TrainingSession.Status


@transaction.atomic
def add_photograph(session, *, upload, by):
    """Keep a photograph of the signed list, small and without EXIF, and return it."""
    session = TrainingSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if session.status not in {Status.HELD, Status.CLOSED}:
        raise ChangeRefused(_("There is a signed list once the session has taken place."), "photo")
    if session.evidence.count() >= MOST_PHOTOGRAPHS:
        raise ChangeRefused(
            _("The session has %(most)s photographs; no more are kept.")
            % {"most": MOST_PHOTOGRAPHS},
            "photo",
        )
    try:
        file = store_file(commune=session.commune, upload=upload, by=by, kinds=[Kind.PHOTOGRAPH])
    except ValidationError as refusal:
        raise ChangeRefused(refusal.messages[0], "photo") from refusal
    session.evidence.add(file)
    return file


@transaction.atomic
def remove_photograph(session, *, file):
    """Delete a photograph for good; who removed it stands in the log.

    Refused of a closed session, whose figures it vouches for.
    """
    session = TrainingSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if session.status == Status.CLOSED:
        raise ChangeRefused(_("The session is closed. Reopen it first, on its page."))
    session.evidence.remove(file)
    file.delete()


def register():
    """Say who opens the photographs."""
    let_open(opens_evidence)


def opens_evidence(user, file):
    """Whoever may see the session, or takes its attendance, may see its photographs."""
    sessions = TrainingSession.objects.visible_to(user) | takeable_by(user)
    return sessions.filter(evidence=file.pk).exists()
