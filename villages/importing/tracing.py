"""Which records a list made or changed: kept with its run for good, and told on their history.

A line of the log for each record would cost more than all the rest: 50,000 of them take as
long as reading, comparing and writing 50,000 rows together. So the log has a line for the
run, and the run has the ids that its journal names, in ranges: a record's history asks the
runs. No value is kept here; those go with the journal, a week after the list was applied.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from django.apps import apps
from django.db.models import Q

from villages.models import ImportRun


@dataclass
class Told:
    """What a list did to some records: how many it ``made``, and the fields it ``changed``."""

    run: ImportRun
    made: list = field(default_factory=list)
    changed: list = field(default_factory=list)


def trace_of(entries):
    """Return ``{model: {"created": ranges, "changed": {field: ranges}, "deleted": ranges}}``.

    ``entries`` are a journal's; a range is its first and its last id.
    """
    created, deleted = defaultdict(list), defaultdict(list)
    changed = defaultdict(lambda: defaultdict(list))
    for entry in entries:
        model = entry.get("model")
        created[model] += entry.get("created", ())
        deleted[model] += [said["id"] for said in entry.get("deleted", ()) if "id" in said]
        for pk, fields in entry.get("changed", ()):
            for name in fields:
                changed[model][name].append(pk)
    trace = {}
    for model in sorted({*created, *changed, *deleted} - {None}):
        said = {
            "created": _ranges(created[model]),
            "changed": {name: _ranges(ids) for name, ids in sorted(changed[model].items())},
            "deleted": _ranges(deleted[model]),
        }
        trace[model] = {name: found for name, found in said.items() if found}
    return {model: found for model, found in trace.items() if found}


def lists_about(obj, parts=(), *, user):
    """Return what lists did to a record and to the querysets of its parts, the last one first.

    Of the lists that somebody may see: what all communes share is changed by several.
    """
    wanted = {type(obj)._meta.label_lower: {obj.pk}}
    for rows in parts:
        ids = wanted.setdefault(rows.model._meta.label_lower, set())
        ids.update(rows.values_list("pk", flat=True))
    condition = Q()
    for model in wanted:
        condition |= Q(trace__has_key=model)
    runs = ImportRun.objects.visible_to(user).filter(condition, applied_at__isnull=False)
    runs = runs.defer("source", "matching", "decisions").select_related("applied_by", "undone_by")
    # A long list's trace may be large: one after the other.
    latest = runs.order_by("-applied_at", "-pk").iterator(chunk_size=1)
    told = (_told(run, wanted) for run in latest)
    return [found for found in told if found.made or found.changed]


def _told(run, wanted):
    found = Told(run)
    for model, ids in wanted.items():
        said = run.trace.get(model, {})
        meta = _meta(model)
        if _named(said.get("created", ()), ids):
            found.made.append(meta.verbose_name)
        for name, ranges in said.get("changed", {}).items():
            if _named(ranges, ids):
                found.changed.append(_words(meta, name))
    return found


def _meta(model):
    return apps.get_model(model)._meta


def _words(meta, attname):
    stored = next((f for f in meta.concrete_fields if f.attname == attname), None)
    return stored.verbose_name if stored is not None else attname


def _named(ranges, ids):
    return any(first <= pk <= last for first, last in ranges for pk in ids)


def _ranges(ids):
    found = []
    for pk in sorted(set(ids)):
        if found and isinstance(pk, int) and found[-1][1] == pk - 1:
            found[-1][1] = pk
        else:
            found.append([pk, pk])
    return found
