"""Lists that leave the portal as files: who may take which, with names or without, noted.

A list is registered by the function that draws its table::

    @exported("staff_list", title=_("Staff"))
    def staff_table(request): ...

Its name is the URL name of the page; the function reads the page's own GET parameters.
"""

import tempfile
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from villages.access import ADMIN, COMMUNE_ROLES, OFFICIAL, scope_of
from villages.models import Commune, ExportRecord
from villages.templatetags.display import moment
from villages.text import fold
from villages.writing_tables import write_csv, write_xlsx

# Up to this size a file is kept in memory while it is written.
IN_MEMORY = 2 * 2**20
FORMATS = {
    "xlsx": (
        write_xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "csv": (write_csv, "text/csv; charset=utf-8"),
}


@dataclass(frozen=True)
class Export:
    """A list that can be exported. ``name`` is the URL name of its page.

    ``page`` gives the address of a page that is not named by its query alone.
    """

    name: str
    title: str
    roles: tuple
    table: object
    page: object = None


_exports = {}


def exported(name, *, title, roles=COMMUNE_ROLES, page=None):
    """Let a list be exported by these roles; decorates ``(request) -> Table``.

    Team leaders take no files out: a list on paper or on the phone is theirs, a file of it
    would lie about. Roles outside ``COMMUNE_ROLES`` never reach the page.
    """

    def register(table):
        _exports[name] = Export(name=name, title=title, roles=tuple(roles), table=table, page=page)
        return table

    return register


def export_of(name):
    """Return what is registered under the name of a list, or ``None``."""
    return _exports.get(name)


def all_exports():
    """Return every list that can be exported, by title."""
    return sorted(_exports.values(), key=lambda export: fold(str(export.title)))


def may_export(user, export):
    """Whether somebody may take this list out."""
    return scope_of(user).role in export.roles


def may_name_people(user):
    """Whether somebody may take names out: who keeps the records of all that is in reach."""
    scope = scope_of(user)
    return scope.everything or (
        scope.role in (OFFICIAL, ADMIN) and scope.communes <= scope.writable_communes
    )


def write_export(*, export, request, file_format, with_names, reason):
    """Write a list into a file, note that it leaves, and return (file, file name, type).

    The note is in the database before anybody gets the file.
    """
    table = export.table(request)
    filters = "; ".join(str(note) for note in table.notes if not isinstance(note, MadeOn))
    has_names = any(column.is_personal for column in table.columns)
    with_names = bool(with_names and has_names and may_name_people(request.user))
    if not with_names:
        table = table.without_personal()
    write, content_type = FORMATS[file_format]
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    try:
        rows = write(table, file)
        file.seek(0)
        _note(
            request.user,
            list_name=export.name,
            filters=filters[:1000],
            file_format=file_format,
            rows=rows,
            with_names=with_names,
            reason=reason if with_names else "",
        )
    except BaseException:
        file.close()
        raise
    return file, f"{_plain_name(table)}.{file_format}", content_type


def words_of(form):
    """Return what a bound filter narrows a list to, as «label: value» texts."""
    if not form.is_bound:
        return ()
    form.is_valid()
    found = []
    for name, value in form.cleaned_data.items():
        if value in (None, "", [], ()):
            continue
        field = form.fields[name]
        choices = {str(key): words for key, words in getattr(field, "choices", ()) or ()}
        values = value if isinstance(value, (list, tuple)) else [value]
        words = ", ".join(_in_words(one, choices) for one in values)
        found.append(f"{field.label or name}: {words}")
    return tuple(found)


def _in_words(value, choices):
    key = str(getattr(value, "pk", value))
    if key in choices:
        return str(choices[key])
    return value.strftime("%d/%m/%Y") if hasattr(value, "strftime") else str(value)


class MadeOn(str):
    """The note that says of when a table is; no filter."""

    __slots__ = ()


def made_on_note():
    """Return the sentence that says of when a table is."""
    return MadeOn(_("As of %(moment)s") % {"moment": moment(timezone.now())})


def _note(user, **said):
    scope = scope_of(user)
    reached = Commune.objects.order_by("pk") if scope.everything else None
    communes = list(reached[:2]) if scope.everything else list(scope.communes)
    if scope.everything and len(communes) != 1:
        # The whole installation: of every commune at once.
        communes = [None]
    keys = [getattr(commune, "pk", commune) for commune in communes] or [None]
    ExportRecord.objects.bulk_create(
        ExportRecord(commune_id=key, exported_by=user, **said) for key in keys
    )


def _plain_name(table):
    words = fold(str(table.file_name)).replace(" ", "-")
    name = "".join(sign for sign in words if sign.isascii() and (sign.isalnum() or sign in "-_"))
    return f"{name or 'danh-sach'}-{timezone.localdate():%Y-%m-%d}"
