"""Deleting what was entered by mistake: refused while other records hang on it."""

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from villages.refusals import ChangeRefused


def kept_by(*counts):
    """Return those of the pairs (words, count) that keep a record from being deleted."""
    return [(words, count) for words, count in counts if count]


@transaction.atomic
def delete_unused(record, uses_of):
    """Delete a record unless something hangs on it; raises ChangeRefused and says what.

    ``uses_of(record)`` returns pairs (words, count). It is asked under the record's lock, so
    that nobody adds to a record that is going. One that is gone already stays gone.
    """
    rows = type(record)._base_manager.select_for_update(of=("self",))
    record = rows.filter(pk=record.pk).first()
    if record is None:
        return
    if uses := uses_of(record):
        raise _hangs(f"{words}: {count}" for words, count in uses)
    try:
        record.delete()
    except ProtectedError as kept:
        kinds = {str(row._meta.verbose_name_plural) for row in kept.protected_objects}
        raise _hangs(sorted(kinds)) from None


def _hangs(named):
    return ChangeRefused(_("It was not deleted. On it hang %(uses)s.") % {"uses": ", ".join(named)})
