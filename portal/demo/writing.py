"""Storing many rows fast: the one place that speaks each database's own way.

Rows are tuples with ids of ours, so that nothing is read back. PostgreSQL takes them
through COPY, SQLite through prepared inserts; values are converted as the ORM would.
"""

import csv
import io
import json
from datetime import UTC
from functools import lru_cache

from django.core.management.color import no_style
from django.db import connection
from django.db.models import BooleanField, DateField, DateTimeField, JSONField, Max, UUIDField

from villages.planner import measure_tables

BATCH = 20000
NULL = r"\N"


class Ids:
    """Ids after the highest of each table; the tables are kept from other writers."""

    def __init__(self, *models):
        self.models = models
        if connection.vendor == "postgresql":
            names = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in models)
            with connection.cursor() as cursor:
                # Readers go on; a writer waits, or it would be given an id of ours.
                cursor.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
                # Checked as they come; millions of references kept for the commit stall it.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self.last = {
            model: model.objects.aggregate(highest=Max("pk"))["highest"] or 0 for model in models
        }

    def take(self, model):
        """Return the next free id of a model."""
        self.last[model] += 1
        return self.last[model]

    def settle(self):
        """Tell the database how far the ids have gone, and what the tables look like now."""
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), self.models):
                cursor.execute(statement)
        measure_tables(self.models)


def insert(model, columns, rows):
    """Store rows, tuples in the order of ``columns`` (names of model fields)."""
    if not rows:
        return
    fields = [model._meta.get_field(name) for name in columns]
    converters = {
        index: converter
        for index, field in enumerate(fields)
        if (converter := _converter(field)) is not None
    }
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    names = ", ".join(quote(field.column) for field in fields)
    store = _copy if connection.vendor == "postgresql" else _insert
    for begin in range(0, len(rows), BATCH):
        batch = [list(row) for row in rows[begin : begin + BATCH]]
        for index, convert in converters.items():
            for row in batch:
                if row[index] is not None:
                    row[index] = convert(row[index])
        store(table, names, len(fields), batch)


def _insert(table, names, width, rows):
    signs = ", ".join(["%s"] * width)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({signs})", rows)  # noqa: S608


def _copy(table, names, width, rows):
    text = io.StringIO()
    csv.writer(text).writerows([NULL if value is None else value for value in row] for row in rows)
    text.seek(0)
    command = f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv, NULL '{NULL}')"
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(command, text)


@lru_cache(maxsize=10000)
def _day(value):
    return value.isoformat()


def _moment(value):
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")


def _converter(field):
    on_sqlite = connection.vendor == "sqlite"
    if isinstance(field, DateTimeField):
        return _moment if on_sqlite else None
    if isinstance(field, DateField):
        return _day
    if isinstance(field, UUIDField):
        return (lambda value: value.hex) if on_sqlite else str
    if isinstance(field, JSONField):
        return lambda value: json.dumps(value, ensure_ascii=False)
    if isinstance(field, BooleanField):
        return int if on_sqlite else str
    return None
