"""The log of changes: how it is written and what of it is shown about one record.

It can only be appended to. Sensitive fields are logged as changed, without their values.
"""

from contextlib import contextmanager

from auditlog.context import auditlog_value
from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.translation import gettext_noop

HIDDEN = "•••"

# Words of the log's package, which has no Vietnamese of its own.
REWORDED = (
    gettext_noop("Audit log"),
    gettext_noop("log entry"),
    gettext_noop("log entries"),
    gettext_noop("create"),
    gettext_noop("update"),
    gettext_noop("delete"),
    gettext_noop("access"),
    gettext_noop("action"),
    gettext_noop("actor"),
    gettext_noop("timestamp"),
    gettext_noop("content type"),
    gettext_noop("object representation"),
    gettext_noop("remote address"),
    gettext_noop("Created {repr:s}"),
    gettext_noop("Updated {repr:s}"),
    gettext_noop("Deleted {repr:s}"),
    gettext_noop("Logged {repr:s}"),
)


def keep_log_of(model, *, without=(), masked=(), many=()):
    """Log who adds, changes and deletes single rows of a model.

    ``without`` are columns derived from others; of ``masked`` ones the log says that they
    changed, never what they were.
    """
    # What points at the row is logged where it is stored; its own ids say nothing.
    pointing = [field.name for field in model._meta.get_fields() if not field.concrete]
    auditlog.register(
        model,
        exclude_fields=["id", "uuid", *without, *pointing],
        mask_fields=list(masked),
        mask_callable="villages.log.hide",
        m2m_fields=set(many),
    )


def hide(value):
    """Return what stands in the log for a sensitive value; an empty one stays visible."""
    return HIDDEN if value and value != "None" else value


@contextmanager
def signed_by(user):
    """Sign the log of a request with this person, whose session it is or not."""
    # The package cannot nest its own contexts: the outer one would never be closed.
    signature = auditlog_value.get({})
    kept = signature.get("actor")
    signature["actor"] = user
    try:
        yield
    finally:
        signature["actor"] = kept


def entries_about(obj, parts=()):
    """Return the log of a row and of the given querysets of rows that belong to it."""
    condition = _about(type(obj), [obj.pk])
    for rows in parts:
        condition |= _about(rows.model, rows.values("pk"))
    return (
        LogEntry.objects.filter(condition)
        .select_related("actor", "content_type")
        .order_by("-timestamp", "-pk")
    )


def _about(model, ids):
    kind = ContentType.objects.get_for_model(model)
    return Q(content_type=kind, object_id__in=ids)
