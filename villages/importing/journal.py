"""What applying a list writes, noted so that undoing restores exactly what was there."""

from base64 import b64encode
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, time
from decimal import Decimal
from json import dumps
from zlib import crc32

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from villages.models import ImportJournal
from villages.outbox import mark_stale

BATCH = 1000
# Some databases take no more values than about a thousand in one statement.
FEW = 900
PAGE = 5000
MUCH = 500


class Journal:
    """Writes rows in bulk and keeps note of each.

    Rows are written past ``save()``: fields that ``save()`` derives (folded names) are the
    writer's to fill, and ``touch`` names the units to recount.
    """

    def __init__(self):
        self.entries = []
        self.units = {}
        self._changes = defaultdict(dict)

    @property
    def models_filled(self):
        """The models that have grown by so much that reading them is planned differently."""
        grown = Counter()
        for entry in self.entries:
            grown[entry["model"]] += len(entry.get("created", ()))
        return [apps.get_model(label) for label, rows in grown.items() if rows >= MUCH]

    def create(self, model, rows):
        """Insert rows of one model; return them with their ids."""
        rows = list(rows)
        if rows:
            model._base_manager.bulk_create(rows, batch_size=BATCH)
            ids, names = [row.pk for row in rows], attnames(model)
            sums = [sum_of(row, names) for row in rows]
            self.entries.append({"model": model._meta.label_lower, "created": ids, "sums": sums})
        return rows

    def change(self, row, **values):
        """Give a stored row other values; written with all others by ``finish``."""
        before = {}
        for name, value in values.items():
            stored = row._meta.get_field(name)
            old = getattr(row, stored.attname)
            setattr(row, name, value)
            new = getattr(row, stored.attname)
            if old != new:
                before[stored.attname] = [plain(stored, old), plain(stored, new)]
        if not before:
            return row
        kept = self._changes[type(row)].setdefault(row.pk, (row, {}))[1]
        for name, (old, new) in before.items():
            kept[name] = [kept[name][0] if name in kept else old, new]
        return row

    def delete(self, rows):
        """Take stored rows away; all that they said is kept."""
        by_model = defaultdict(list)
        for row in rows:
            by_model[type(row)].append(row)
        for model, gone in by_model.items():
            said = [self._said(row) for row in gone]
            self.entries.append({"model": model._meta.label_lower, "deleted": said})
            take_away(model, [row.pk for row in gone])

    def touch(self, units, since_on):
        """Note that the figures of these units change from a day on."""
        for unit in units:
            self.units[unit] = min(since_on, self.units.get(unit, since_on))

    def settle(self):
        """Write the changes that wait, where a row to be created depends on them."""
        self._write_changes()

    def finish(self, run):
        """Write what waits, mark what is to be recounted, and keep the journal with the run."""
        for position, page in enumerate(self.pages(f"import {run.kind}")):
            ImportJournal.objects.create(run=run, position=position, content=page)

    def pages(self, reason):
        """Write what waits, mark what is to be recounted, and return all that was noted."""
        self._write_changes()
        mark_units(self.units, reason)
        return [*self.entries, {"units": _units_as_json(self.units)}]

    def _said(self, row):
        said = {f.attname: plain(f, getattr(row, f.attname)) for f in row._meta.concrete_fields}
        # What was to be changed and is not written yet never stood in the database.
        waiting = self._changes[type(row)].pop(row.pk, (None, {}))[1]
        return said | {name: old for name, (old, _new) in waiting.items()}

    def _write_changes(self):
        for model, changed in self._changes.items():
            by_fields = defaultdict(list)
            for row, kept in changed.values():
                by_fields[tuple(sorted(kept))].append(row)
            for names, rows in by_fields.items():
                fields = [_by_attname(model, name).name for name in names]
                model._base_manager.bulk_update(rows, fields, batch_size=200)
            pairs = [[pk, kept] for pk, (_row, kept) in changed.items()]
            for first in range(0, len(pairs), PAGE):
                page = {"model": model._meta.label_lower, "changed": pairs[first : first + PAGE]}
                self.entries.append(page | self._sums_again(model, page["changed"]))
        self._changes.clear()

    def _sums_again(self, model, pairs):
        """Return the sums of rows that were created here and changed after."""
        created, names = self._created(model), attnames(model)
        again = [
            [pk, sum_of(self._changes[model][pk][0], names)] for pk, _k in pairs if pk in created
        ]
        return {"sums": again} if again else {}

    def _created(self, model):
        label = model._meta.label_lower
        pages = [e["created"] for e in self.entries if e["model"] == label and "created" in e]
        return {pk for page in pages for pk in page}


def plain(stored, value):
    """Return a field's value as JSON can keep it."""
    if value is None or isinstance(value, (bool, int, str, list, dict)):
        return value
    if isinstance(value, (date, time)):
        # Django's own encoder cuts a moment to thousandths of a second.
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return b64encode(bytes(value)).decode()
    return DjangoJSONEncoder().default(value) if not isinstance(value, float) else value


def unplain(stored, value):
    """Return a field's value from what JSON kept."""
    if isinstance(stored, models.JSONField):
        return value
    return stored.to_python(value) if not stored.is_relation else value


def model_of(entry):
    """Return the model an entry is about."""
    return apps.get_model(entry["model"])


def attnames(model):
    """Return the names of a model's stored values."""
    return [field.attname for field in model._meta.concrete_fields]


def sum_of(row, names):
    """Return a number that differs once any value of the row differs.

    The same for a row as it was made and as the database gives it back.
    """
    said = row.__dict__
    return sum_of_values([said.get(name) for name in names])


def sum_of_values(values):
    """Return the sum of a row whose values are given in the order of ``attnames``."""
    return crc32("\x1f".join(map(_written, values)).encode())


def _written(value):
    kind = type(value)
    if kind is str or kind is int:
        return str(value)
    if value is None:
        return "\x00"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value.normalize())
    if isinstance(value, (dict, list)):
        return dumps(value, sort_keys=True, cls=DjangoJSONEncoder)
    if isinstance(value, (memoryview, bytes)):
        return bytes(value).hex()
    return str(value)


def take_away(model, ids):
    """Delete rows by their ids alone: nothing that points at them goes with them."""
    for first in range(0, len(ids), FEW):
        rows = model._base_manager.filter(pk__in=ids[first : first + FEW])
        rows._raw_delete(using=rows.db)


def mark_units(units, reason):
    """Mark ``{unit: first day}`` to be recounted."""
    by_day = defaultdict(set)
    for unit, day in units.items():
        by_day[day].add(unit)
    for day, marked in by_day.items():
        mark_stale(units=marked, since_on=day, reason=reason)


def _by_attname(model, name):
    return next(f for f in model._meta.concrete_fields if f.attname == name)


def _units_as_json(units):
    return [[commune, village, day.isoformat()] for (commune, village), day in units.items()]
