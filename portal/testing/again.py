"""The same rows made again for each test, written at once instead of one by one."""

import pickle

from django.apps import apps
from django.db import connection


class Again:
    """Calls ``make`` once in this process; afterwards its rows are written back as they were.

    ``make`` returns models' rows, in any shape that can be pickled; what it writes besides
    them is written again too, with the same ids.
    """

    def __init__(self, make):
        self.make = make
        self.kept = None

    def __call__(self):
        if self.kept is None:
            return self._first()
        made, rows = pickle.loads(self.kept)  # noqa: S301 - by this process
        models = [apps.get_model(label) for label, _written in rows]
        for model, (_label, written) in zip(models, rows, strict=True):
            model._base_manager.bulk_create(written)
        _keep_ids_free(models)
        return made

    def _first(self):
        models = apps.get_models(include_auto_created=True)
        before = {model: _ids(model) for model in models}
        made = self.make()
        written = {
            model: [row for row in model._base_manager.all() if row.pk not in before[model]]
            for model in models
        }
        # Whoever was here before may stand in what was made, and will not be here next time.
        if not any(before[model] for model, rows in written.items() if rows):
            by_label = [(model._meta.label, rows) for model, rows in written.items() if rows]
            self.kept = pickle.dumps((made, by_label))
        return made


def _ids(model):
    return set(model._base_manager.values_list("pk", flat=True))


def _keep_ids_free(models):
    """Let no row be given an id of these, though their tables' counters never moved."""
    if connection.vendor != "postgresql":
        return
    counters = [
        f"setval(pg_get_serial_sequence('{quoted}', '{model._meta.pk.column}'), greatest("
        f"nextval(pg_get_serial_sequence('{quoted}', '{model._meta.pk.column}')), "
        f"(SELECT max({model._meta.pk.column}) FROM {quoted})))"
        for model in models
        if model._meta.pk.get_internal_type().endswith("AutoField")
        for quoted in [connection.ops.quote_name(model._meta.db_table)]
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(counters)}")
