"""What the project-wide tests share: the cast with one row of every model."""

import pytest
from django.db import transaction

from portal.testing.again import Again


def _make_cast_with_rows():
    # The plugin brings the cast in when the settings are read, later than this file.
    from portal.testing.cast import make_cast
    from portal.tests.records import both

    cast = make_cast()
    cast.rows = both(cast)
    return cast


_cast_with_rows = Again(_make_cast_with_rows)


@pytest.fixture
def cast_with_rows(db):
    """The cast; ``rows.own`` and ``rows.foreign`` have a row of every model by its name."""
    with transaction.atomic():
        return _cast_with_rows()
