"""What the database knows of its tables' sizes when it plans how to read them."""

from django.db import connection


def measure_tables(models):
    """Let the database measure these tables, as it does by itself only a minute later.

    A table that was empty a moment ago is planned for as if it still were, and joining it
    row by row with another large one then takes hours.
    """
    with connection.cursor() as cursor:
        for table in sorted(model._meta.db_table for model in models):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")
