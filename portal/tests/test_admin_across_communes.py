"""Somebody with roles in two communes does in each only what that commune allows."""

from datetime import date

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.cache import cache

from households.models import Encounter, Household
from portal.testing.cast import LONG_SINCE
from villages.models import Assignment

# The rule asks no database; the one of production is enough.
pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


@pytest.fixture
def between(cast, client):
    """The official of one commune, who only reads in the other and may open the admin."""
    cast.official.is_staff = True
    cast.official.save()
    Assignment.objects.create(
        user=cast.official, role="reader", commune=cast.elsewhere, from_on=LONG_SINCE
    )
    client.force_login(cast.official)
    return client


def act(client, address, action, *rows, **fields):
    chosen = {ACTION_CHECKBOX_NAME: [row.pk for row in rows]}
    return client.post(address, {"action": action, "apply": "1", **chosen, **fields})


def test_no_action_changes_rows_that_are_only_read(between, cast):
    address = "/admin/households/household/"
    fields = {"village": cast.vi.pk, "on": "2025-10-01"}
    for rows in ([cast.far_household], [cast.far_household, cast.khi_household]):
        answer = act(between, address, "move_to_another_village", *rows, **fields)
        assert answer.status_code == 403
    assert Household.objects.get(pk=cast.far_household.pk).village == cast.far
    assert Household.objects.get(pk=cast.khi_household.pk).village == cast.khi
    assert act(
        between, address, "move_to_another_village", cast.khi_household, **fields
    ).status_code in {200, 302}
    assert Household.objects.get(pk=cast.khi_household.pk).village == cast.vi


def test_no_visit_that_is_only_read_is_declared_void(between, cast):
    there, here = (
        Encounter.objects.create(
            commune=household.village.commune,
            village=household.village,
            household=household,
            occasion="home_visit",
            held_on=date(2025, 10, 1),
            content={},
        )
        for household in (cast.far_household, cast.household)
    )
    address = "/admin/households/encounter/"
    assert act(between, address, "declare_void", there, reason="x").status_code == 403
    act(between, address, "declare_void", here, reason="x")
    there.refresh_from_db()
    here.refresh_from_db()
    assert (there.voided_at, here.voided_at is None) == (None, False)
