"""The one statement that the bench measures against counts what the portal counts."""

import pytest
from django.db import connection

from portal.bench.measures import BARE_COUNT
from reports.indicators import Place, all_indicators
from reports.tests.histories import History
from villages.periods import today

pytestmark = pytest.mark.postgresql


@pytest.mark.parametrize("seed", [3, 17])
def test_it_counts_the_same_whatever_has_happened(cast, seed):
    history = History(cast, seed)
    for action in History.actions() * 3:
        getattr(history, action)()
    with connection.cursor() as cursor:
        cursor.execute(BARE_COUNT, {"day": today()})
        bare = {(code, *unit): (n, d) for code, *unit, n, d in cursor.fetchall() if d}
    assert bare
    for indicator in all_indicators():
        for village in (None, *history.villages):
            place = Place(cast.commune.pk, village.pk if village else None)
            numerator, denominator = indicator.count(place, today())
            if denominator:
                key = (indicator.code, place.commune_id, place.village_id)
                assert bare[key] == (numerator, denominator), key
