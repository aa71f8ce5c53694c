"""`manage.py recount` mends what was wrong and says so, in words and by its exit code."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from reports import coverage
from reports.models import CoverageFigure, Drift
from villages.models import StaleMark
from villages.periods import today


def recount(*words):
    """Run the command; return (exit code, what it said)."""
    said, code = StringIO(), 0
    try:
        call_command("recount", *words, stdout=said, verbosity=0)
    except SystemExit as end:
        code = end.code
    return code, said.getvalue()


@pytest.fixture
def counted(cast):
    """The cast with figures of today and of a week ago, and no mark left."""
    for commune in (cast.commune, cast.elsewhere):
        coverage.recount_stale(commune.pk)
        coverage.recount_day(commune.pk, today() - timedelta(days=7))
    return cast


def spoil(village, day=None):
    """Make a stored figure of a village wrong without a mark."""
    CoverageFigure.objects.filter(
        unit__village=village, indicator="adults_reached", day=day or today()
    ).update(denominator=999)


def stored(village, day=None):
    return CoverageFigure.objects.get(
        unit__village=village, indicator="adults_reached", day=day or today()
    ).denominator


def test_it_works(counted):
    code, said = recount()
    assert code == 0
    assert "No drift" in said
    assert "2 commune(s), 5 unit(s)" in said


def test_drift_is_told_mended_and_kept(counted):
    spoil(counted.vi)
    code, said = recount()
    assert code == 1
    assert "1 stored figure(s)" in said
    assert "Vi" in said
    assert "999" in said
    assert stored(counted.vi) == 3
    assert Drift.objects.get().stored_denominator == 999
    assert recount()[0] == 0


def test_what_is_marked_is_no_drift(counted):
    spoil(counted.vi)
    counted.household.save()
    assert StaleMark.objects.exists()
    code, _said = recount()
    assert code == 0
    assert stored(counted.vi) == 3
    assert not StaleMark.objects.exists()


def test_a_first_count_is_no_drift(cast):
    code, _said = recount()
    assert code == 0
    assert stored(cast.vi) == 3


@pytest.mark.parametrize("asked", ["Vi", "vi", "1"])
def test_one_village_by_name_or_number(counted, asked):
    spoil(counted.vi)
    spoil(counted.khi)
    code, said = recount("--commune", counted.commune.code, "--village", asked)
    assert code == 1
    assert "Bản Vi" in said
    assert (stored(counted.vi), stored(counted.khi)) == (3, 999)


def test_one_commune(counted):
    spoil(counted.far)
    assert recount("--commune", counted.commune.code)[0] == 0
    assert recount("--commune", counted.elsewhere.code)[0] == 1


def test_one_day_or_all_of_history(counted):
    week_ago = today() - timedelta(days=7)
    spoil(counted.vi, week_ago)
    assert recount()[0] == 0
    assert recount("--day", f"{week_ago:%d/%m/%Y}")[0] == 1
    spoil(counted.vi, week_ago)
    assert recount("--history")[0] == 1
    assert stored(counted.vi, week_ago) == 3


def test_a_day_that_has_no_figures_yet_gets_them(counted):
    day = today() - timedelta(days=30)
    assert recount("--day", day.isoformat())[0] == 0
    assert stored(counted.vi, day) == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--commune", "99999"], "no commune of code «99999»"),
        (["--commune", "03637", "--village", "Không có"], "no village «Không có»"),
        (["--village", "1"], "--commune CODE"),
        (["--day", "2999-01-01"], "has not been yet"),
        (["--day", "2025-01-01", "--history"], "exclude each other"),
        (["--day", "mai"], "is not a day"),
    ],
)
def test_impossible_wishes_are_refused_in_words(counted, words, said):
    with pytest.raises(CommandError, match=said):
        recount(*words)
