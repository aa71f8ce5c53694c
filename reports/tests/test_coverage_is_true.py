"""Every stored figure equals an independent plain-Python count, whatever has happened."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from portal.testing import cast as casting
from reports import coverage
from reports.indicators import Place, all_indicators
from reports.models import CoverageFigure, CoverageUnit, Drift
from reports.tests.histories import History
from reports.tests.independent import IndependentCount
from villages.models import StaleMark
from villages.periods import today


def assert_figures_are_true(commune, days):
    """Compare every stored figure of these days with the independent count."""
    truth = IndependentCount()
    for unit in CoverageUnit.objects.filter(commune=commune):
        for day in days:
            stored = {
                figure.indicator: (figure.numerator, figure.denominator)
                for figure in CoverageFigure.objects.filter(unit=unit, day=day)
            }
            counted = truth.counts(day, commune.pk, unit.village_id)
            assert stored == {code: counted[code] for code in stored}, (unit, day)
            begins_later = unit.village is not None and unit.village.from_on > day
            assert set(stored) == set(counted) or begins_later


def assert_lists_match_counts(commune, villages, day):
    """The figure on a card and the list behind it come from one place."""
    for indicator in all_indicators():
        for place in [Place(commune.pk), *(Place(commune.pk, v.pk) for v in villages)]:
            eligible = list(indicator.eligible(place, day))
            covered = list(indicator.covered(place, day))
            missing = list(indicator.not_covered(place, day))
            if indicator.weights:
                equipped, all_of_them = indicator.weights
                counted = (
                    sum(getattr(row, equipped) for row in covered),
                    sum(getattr(row, all_of_them) for row in eligible),
                )
                gap = sum(getattr(r, all_of_them) - getattr(r, equipped) for r in missing)
            else:
                counted, gap = (len(covered), len(eligible)), len(missing)
                assert len({row.pk for row in eligible}) == len(eligible)
                assert {r.pk for r in covered} | {r.pk for r in missing} == {r.pk for r in eligible}
            assert indicator.count(place, day) == counted
            assert counted[1] - counted[0] == gap


class RandomHistories(TestCase):
    """Whatever happens in whatever order, the recount is right, today and in the past."""

    @settings(
        max_examples=12,
        deadline=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    @given(
        seed=st.integers(0, 10**6),
        actions=st.lists(
            st.sampled_from(["do_visit", "do_visit", "do_visit", *History.actions()]),
            min_size=15,
            max_size=35,
        ),
        cut=st.integers(0, 35),
    )
    def test_every_figure_equals_the_independent_count(self, seed, actions, cut):
        cast = casting.the_cast()
        history = History(cast, seed)
        days = [today(), today() - timedelta(days=20), date(2025, 10, 31)]
        for day in days[1:]:
            coverage.ask_for_day(cast.commune.pk, day)
        for number, action in enumerate(actions):
            getattr(history, action)()
            if number == cut:
                coverage.recount_stale(cast.commune.pk)
        coverage.recount_stale(cast.commune.pk)
        assert not StaleMark.objects.filter(commune=cast.commune).exists()
        assert not CoverageFigure.objects.filter(is_stale=True).exists()
        assert_figures_are_true(cast.commune, days)
        assert_lists_match_counts(cast.commune, history.villages, days[1])
        drift = coverage.recount_everything(communes=[cast.commune.pk], days=days)
        assert drift == []
        assert not Drift.objects.exists()


def test_a_history_does_something(cast):
    """The random story reaches every action, so that the property is not vacuous."""
    history = History(cast, 6)
    for action in History.actions() * 2:
        getattr(history, action)()
    coverage.recount_stale(cast.commune.pk)
    counted = IndependentCount().counts(today(), cast.commune.pk)
    assert counted["adults_reached"][0] > 0
    assert counted["adults"][1] > 4
    assert counted["students"][1] > 0
    assert_figures_are_true(cast.commune, [today()])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_attendance_alone_marks_every_figure_it_changes(cast, seed):
    """With nothing else happening, no other act's mark can stand in for a missing one."""
    history = History(cast, seed)
    history.do_session()
    for act in [history.do_strike, history.do_come_late, history.do_change_outcomes] * 4:
        coverage.recount_stale(cast.commune.pk)
        act()
        coverage.recount_stale(cast.commune.pk)
        assert_figures_are_true(cast.commune, [today()])


@pytest.mark.parametrize("again", [1, 3])
def test_a_task_delivered_again_changes_nothing(cast, again):
    history = History(cast, 11)
    for _number in range(4):
        history.do_visit()
    coverage.recount_stale(cast.commune.pk)
    before = list(CoverageFigure.objects.order_by("pk").values("pk", "numerator", "denominator"))
    for _time in range(again):
        coverage.recount_stale(cast.commune.pk)
        coverage.recount_day(cast.commune.pk, today())
    after = list(CoverageFigure.objects.order_by("pk").values("pk", "numerator", "denominator"))
    assert before == after
    assert before


def test_drift_is_found_kept_and_mended(cast, caplog):
    coverage.recount_stale(cast.commune.pk)
    figure = CoverageFigure.objects.get(unit__village=cast.vi, indicator="adults", day=today())
    CoverageFigure.objects.filter(pk=figure.pk).update(numerator=1)
    found = coverage.recount_everything()
    assert [(drift.unit_id, drift.indicator) for drift in found] == [(figure.unit_id, "adults")]
    assert Drift.objects.get().stored_numerator == 1
    assert "Drift" in caplog.text
    figure.refresh_from_db()
    assert figure.numerator == 0
    assert coverage.recount_everything() == []


def test_a_late_record_reaches_back_to_the_days_it_changes(cast):
    long_ago, lately = today() - timedelta(days=40), today() - timedelta(days=10)
    for day in (long_ago, lately):
        coverage.ask_for_day(cast.commune.pk, day)
    coverage.recount_stale(cast.commune.pk)
    history = History(cast, 3)
    history.day = lambda: today() - timedelta(days=20)
    history.do_visit()
    reached = CoverageFigure.objects.filter(
        unit__commune=cast.commune, unit__village=None, indicator="adults_reached"
    )
    coverage.recount_stale(cast.commune.pk)
    by_day = dict(reached.values_list("day", "numerator"))
    assert by_day[long_ago] == 0
    assert by_day[lately] == by_day[today()] > 0


def test_units_of_another_commune_are_left_alone(cast):
    coverage.recount_stale(cast.elsewhere.pk)
    version = CoverageUnit.objects.get(commune=cast.elsewhere, village=None).version
    History(cast, 5).do_visit()
    coverage.recount_stale(cast.commune.pk)
    assert CoverageUnit.objects.get(commune=cast.elsewhere, village=None).version == version
