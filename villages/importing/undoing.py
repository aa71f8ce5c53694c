"""Taking a list back: its journal read from the end, and nothing else touched.

All or nothing: when something it brought was used or changed since, nothing is taken back
and a person is told what it is.
"""

from collections import defaultdict
from datetime import date

from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from villages.importing.journal import (
    FEW,
    attnames,
    mark_units,
    model_of,
    sum_of_values,
    take_away,
    unplain,
)
from villages.importing.kinds import kind_of
from villages.importing.progress import TakenOver
from villages.models import ImportProgress, ImportRun, Village

NAMED, ATTEMPTS = 50, 3


def undo(run, work):
    """Restore what was there before a run, or note what stands in the way."""
    for attempt in range(1, ATTEMPTS + 1):
        # Where nothing more can be shown before the commit, this stands there until then.
        work.begin(ImportProgress.Stage.UNDOING)
        try:
            with transaction.atomic():
                _undo_within(run, work)
            return
        except TakenOver:
            return
        except DatabaseError as refused:
            # A recount may write figures of a village at the very moment it is taken away.
            if attempt < ATTEMPTS:
                continue
            if not isinstance(refused, IntegrityError):
                raise
    # Found by the database alone: what was there before no longer fits what is there now.
    why = _("The records no longer fit together with what was there before.")
    _refuse(run, [[str(run), why]])


def _undo_within(run, work):
    locked = ImportRun.objects.select_for_update(of=("self",)).defer("source").get(pk=run.pk)
    if locked.status != ImportRun.Status.UNDOING or not work.is_mine():
        raise TakenOver
    entries = list(locked.journal.order_by("-position").values_list("content", flat=True))
    work.begin(ImportProgress.Stage.UNDOING, 2 * len(entries))
    obstacles = obstacles_of(entries, work.moved) or kind_of(locked.kind).obstacles(entries)
    if obstacles:
        _refuse(locked, obstacles)
        return
    take_back(entries, f"import {locked.kind} undone", lambda done: work.moved(len(entries) + done))
    if locked.comes_back:
        _bring_back_list(locked)
        return
    locked.status, locked.undone_at = ImportRun.Status.UNDONE, timezone.now()
    locked.problem = ""
    locked.save(update_fields=["status", "undone_at", "problem"])


def _bring_back_list(run):
    """Let a list wait for being checked again, as if it had never been applied."""
    run.journal.all().delete()
    run.status, run.comes_back, run.trace, run.problem = ImportRun.Status.PLANNING, False, {}, ""
    run.applied_at = run.applied_by = run.undone_by = None
    run.save(
        update_fields=[
            "status", "comes_back", "trace", "problem", "applied_at", "applied_by", "undone_by",
        ]
    )  # fmt: skip


def _refuse(run, obstacles):
    run.status, run.undone_by, run.comes_back = ImportRun.Status.APPLIED, None, False
    run.problem = _("Some of what this list brought was used or changed since.")
    run.save(update_fields=["status", "undone_by", "comes_back", "problem"])
    ImportProgress.objects.filter(run=run.pk).update(obstacles=obstacles)


def obstacles_of(entries, moved=lambda done: None):
    """Return [what, why it cannot be taken back], the first of them.

    ``entries`` are the journal's, the last one first. The rows are locked: whoever is about
    to change one is waited for, or waits.
    """
    created, pointed = defaultdict(dict), defaultdict(set)
    found, seen = [], set()
    for entry in entries:
        if "created" in entry:
            created[model_of(entry)].update(zip(entry["created"], entry["sums"], strict=True))
    for entry in entries:
        if "changed" in entry:
            created[model_of(entry)].update(dict(map(tuple, entry.get("sums", []))))
            for pk, fields in entry["changed"]:
                pointed[model_of(entry)].update((pk, name) for name in fields)
    for done, entry in enumerate(entries):
        if len(found) >= NAMED:
            break
        if "changed" in entry:
            found += _changed_again(entry, seen)
        elif "created" in entry:
            model = model_of(entry)
            found += _changed_since(model, entry["created"], created[model])
            found += _used_since(model, entry["created"], created, pointed)
        moved(done)
    return found[:NAMED]


def take_back(entries, reason, moved=lambda done: None):
    """Restore what was there before all that a journal notes, the last entry first.

    Ask ``obstacles_of`` before, in the same transaction.
    """
    for done, entry in enumerate(entries):
        _take_back(entry)
        moved(done)
    _mark_again(entries, reason)


def _changed_again(entry, seen):
    """Return the rows whose changed fields say something else by now."""
    model, found = model_of(entry), []
    for pairs in _by_few(entry["changed"]):
        rows = model._base_manager.select_for_update()
        stored = rows.in_bulk([pk for pk, _fields in pairs])
        for pk, fields in pairs:
            row = stored.get(pk)
            if row is None:
                found.append([_named(model, pk), _("was deleted since")])
                continue
            differing = [
                name
                for name, (_before, after) in fields.items()
                if (model, pk, name) not in seen
                and getattr(row, name) != unplain(_field(model, name), after)
            ]
            seen.update((model, pk, name) for name in fields)
            if differing:
                labels = ", ".join(str(_field(model, name).verbose_name) for name in differing)
                found.append([_of(row), _("was changed since: %(fields)s") % {"fields": labels}])
    return found


def _changed_since(model, ids, sums):
    """Return the rows that no longer say what the list made them say."""
    found, names = [], attnames(model)
    for few in _by_few(ids):
        stored = model._base_manager.select_for_update().filter(pk__in=few)
        changed = [
            pk
            for pk, *values in stored.values_list("pk", *names)
            if sum_of_values(values) != sums[pk]
        ]
        rows = model._base_manager.filter(pk__in=changed[:NAMED]) if changed else ()
        found += [[_of(row), _("was changed since")] for row in rows]
    return found


def _used_since(model, ids, created, pointed):
    """Return the rows that something points at which was not brought, or pointed there, by it."""
    found = []
    for relation in pointing_at(model):
        pointing = relation.related_model
        own, moved = created.get(pointing, {}), pointed[pointing]
        if is_derived(pointing):
            continue
        name = relation.field.attname
        for few in _by_few(ids):
            rows = pointing._base_manager.filter(**{f"{relation.field.name}__in": few})
            foreign = [
                (pk, owner)
                for pk, owner in rows.values_list("pk", name)
                if pk not in own and (pk, name) not in moved
            ]
            for pk, owner in foreign[:NAMED]:
                user = pointing._base_manager.get(pk=pk)
                why = _("is used by: %(what)s") % {"what": _of(user)}
                found.append([_named(model, owner), why])
    return found


def is_derived(model):
    """Whether rows of a model are counted from others and go with them."""
    return getattr(model, "is_derived", False)


def pointing_at(model):
    """Return the relations by which rows of any table name a row of this model."""
    return [
        found
        for found in model._meta.get_fields(include_hidden=True)
        if found.auto_created
        and not found.concrete
        and (found.one_to_many or found.one_to_one)
        and found.related_model._meta.managed
        and found.field.target_field.primary_key
    ]


def _take_back(entry):
    if "created" in entry:
        model = model_of(entry)
        for relation in pointing_at(model):
            if is_derived(relation.related_model):
                for few in _by_few(entry["created"]):
                    relation.related_model._base_manager.filter(
                        **{f"{relation.field.name}__in": few}
                    ).delete()
        take_away(model, entry["created"])
    elif "changed" in entry:
        _change_back(model_of(entry), entry["changed"])
    elif "deleted" in entry:
        _bring_back(model_of(entry), entry["deleted"])


def _change_back(model, pairs):
    by_fields = defaultdict(list)
    for pk, fields in pairs:
        by_fields[tuple(sorted(fields))].append((pk, fields))
    for names, alike in by_fields.items():
        stored = [_field(model, name) for name in names]
        for few in _by_few(alike):
            rows = []
            for pk, fields in few:
                row = model(pk=pk)
                for field in stored:
                    setattr(row, field.attname, unplain(field, fields[field.attname][0]))
                rows.append(row)
            model._base_manager.bulk_update(rows, [f.name for f in stored], batch_size=200)


def _bring_back(model, said):
    fields = model._meta.concrete_fields
    values = [{f.attname: unplain(f, row[f.attname]) for f in fields} for row in said]
    model._base_manager.bulk_create([model(**row) for row in values], batch_size=500)
    # Moments that a row takes when it is made are those of the first time.
    made = [
        f.attname
        for f in fields
        if getattr(f, "auto_now_add", False) or getattr(f, "auto_now", False)
    ]
    if made:
        for row in values:
            model._base_manager.filter(pk=row[model._meta.pk.attname]).update(
                **{name: row[name] for name in made}
            )


def _mark_again(entries, reason):
    units = {}
    for entry in entries:
        for commune, village, day in entry.get("units", ()):
            units[commune, village] = date.fromisoformat(day)
    standing = set(
        Village.objects.filter(pk__in=[v for _c, v in units if v]).values_list("pk", flat=True)
    )
    # A village that the list itself had brought is gone; its commune is counted again.
    marks = {}
    for (commune, village), day in units.items():
        unit = (commune, village if village in standing else None)
        marks[unit] = min(day, marks.get(unit, day))
    mark_units(marks, reason)


def _by_few(rows):
    return (rows[first : first + FEW] for first in range(0, len(rows), FEW))


def _field(model, attname):
    return next(field for field in model._meta.concrete_fields if field.attname == attname)


def _of(row):
    return f"{row._meta.verbose_name}: {row}"[:200]


def _named(model, pk):
    row = model._base_manager.filter(pk=pk).first()
    return _of(row) if row is not None else f"{model._meta.verbose_name} {pk}"
