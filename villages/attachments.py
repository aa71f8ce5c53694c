"""Files that belong to a record: attached, taken off, and gone with it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from villages.models import GoverningDocument
from villages.storing_files import let_open, store_file

MOST_FILES = 10


@transaction.atomic
def attach_file(*, record, upload, by):
    """Keep a file and attach it to a record of a commune. Raises ValidationError, in words."""
    if record.attachments.count() >= MOST_FILES:
        raise ValidationError(
            _("There are %(most)s files already. Take one off first."),
            code="too_many",
            params={"most": MOST_FILES},
        )
    file = store_file(commune=record.commune, upload=upload, by=by)
    record.attachments.add(file)
    return file


@transaction.atomic
def detach_file(*, record, file):
    """Take a file off a record; it is deleted, since it belongs to nothing else."""
    record.attachments.remove(file)
    file.delete()


@transaction.atomic
def delete_with_files(*, record):
    """Delete a record together with the files that were attached to it."""
    files = list(record.attachments.without_content())
    record.attachments.clear()
    record.delete()
    for file in files:
        file.delete()


def opens_with_a_document(user, file):
    """Whether a governing document that this person may read has the file."""
    documents = file.documents.all()
    return (
        documents.filter(commune__isnull=True).exists()
        or documents.filter(pk__in=GoverningDocument.objects.visible_to(user)).exists()
    )


def register():
    """Say who opens the files of governing documents."""
    let_open(opens_with_a_document)
