"""What the commune tells: what the public may read of it, and what stands there twice."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from training.models import Communication
from villages.attachments import delete_with_files
from villages.periods import today
from villages.refusals import ChangeRefused
from villages.storing_files import let_open, show_to_everybody
from villages.text import fold

# How long a deleted communication and its photographs can be brought back.
KEPT_FOR = timedelta(days=30)


def public_communications(commune=None):
    """Return what everybody may read, of one commune or of all, the newest first."""
    rows = Communication.objects.filter(is_public=True, published_on__lte=today())
    return rows.filter(commune=commune) if commune is not None else rows


def same_communications(*, commune, title, published_on, besides=None):
    """Return those of the same day whose title differs at most in accents and case."""
    rows = Communication.objects.filter(commune=commune, published_on=published_on)
    if besides is not None:
        rows = rows.exclude(pk=besides)
    wanted = fold(title)
    return [row for row in rows if fold(row.title) == wanted]


@transaction.atomic
def show_to_public(*, communication, shown):
    """Put a communication on the public page, or take it off; twice changes nothing."""
    found = _locked(communication)
    if found is None or found.deleted_at is not None:
        raise ChangeRefused(_("It was deleted meanwhile."))
    if found.is_public != shown:
        found.is_public = shown
        found.save()
    return found


@transaction.atomic
def delete_communication(*, communication, by):
    """Take a communication and its files out of every list and off the public page."""
    found = _locked(communication)
    if found is not None and found.deleted_at is None:
        found.deleted_at, found.deleted_by = timezone.now(), by
        found.save()


@transaction.atomic
def restore_communication(*, communication):
    """Bring a deleted communication back as it was, on the public page too; return it."""
    found = _locked(communication)
    if found is None:
        raise ChangeRefused(_("It was deleted for good meanwhile."))
    if found.deleted_at is not None:
        found.deleted_at = found.deleted_by = None
        found.save()
    return found


@transaction.atomic
def erase_communication(communication):
    """Delete a deleted communication for good, together with its files."""
    found = _locked(communication)
    if found is None:
        return
    if found.deleted_at is None:
        raise ChangeRefused(_("It was brought back meanwhile."))
    delete_with_files(record=found)


def erase_old_ones():
    """Delete for good what was deleted longer ago than it can be brought back."""
    old = Communication.with_deleted.filter(deleted_at__lt=timezone.now() - KEPT_FOR)
    for communication in old:
        try:
            erase_communication(communication)
        except ChangeRefused:
            # Brought back at this very moment: then it stays.
            continue


def _locked(communication):
    rows = Communication.with_deleted.select_for_update(of=("self",))
    return rows.filter(pk=communication.pk).first()


def opens_with_a_communication(user, file):
    """Whether a communication that this person may read has the file."""
    return file.communications.filter(pk__in=Communication.objects.visible_to(user)).exists()


def stands_on_the_public_page(file):
    """Whether a communication that everybody may read has the file."""
    return public_communications().filter(attachments=file).exists()


def register():
    """Say who opens the files of communications."""
    let_open(opens_with_a_communication)
    show_to_everybody(stands_on_the_public_page)
