"""What stands behind a figure leaves as a file: exactly the rows that the figure counts."""

from datetime import timedelta

import pytest
from django.urls import reverse

from portal.testing.exporting import taken
from portal.tests.records import fill
from reports.counted import live_figure
from reports.indicators import Place, all_indicators
from training.models import SchoolYear
from villages.periods import today

# The database has no say in it; once is enough.
pytestmark = pytest.mark.once

WEIGHED = {"rolls": (3, 2), "declarations": (2, 1)}
CODES = (
    "officials",
    "students",
    "adults",
    "enterprise_workers",
    "adults_reached",
    "adults_confirmed",
    "households_visited",
    "smart_devices",
)


@pytest.fixture
def filled(cast, client):
    fill(cast.vi, cast.household, cast.leader, cast.skills)
    day = today()
    SchoolYear.objects.update(
        starts_on=day - timedelta(days=100), ends_on=day + timedelta(days=100)
    )
    client.force_login(cast.official)
    return cast


def rows_of(client, code, **query):
    return taken(client, "figure", indicator=code, **query)[1:]


def test_no_indicator_is_forgotten(cast):
    assert tuple(indicator.code for indicator in all_indicators()) == CODES


@pytest.mark.parametrize("code", CODES)
def test_count_equals_rows_of_the_export(filled, client, code):
    [indicator] = [one for one in all_indicators() if one.code == code]
    live = live_figure(indicator, Place(filled.commune.pk), today(), None)
    assert live.denominator > 0
    counted, not_yet = (rows_of(client, code, the=tab) for tab in ("dat", "chua"))
    if indicator.kind in WEIGHED:
        equipped, everybody = WEIGHED[indicator.kind]
        assert sum(int(row[equipped]) for row in counted) == live.numerator
        assert sum(int(row[everybody]) for row in counted) == live.denominator
        assert all(int(row[equipped]) < int(row[everybody]) for row in not_yet)
    else:
        assert (len(counted), len(not_yet)) == (live.numerator, live.gap)
    by_village = rows_of(client, code, the="ban")
    assert sum(int(row[2]) for row in by_village) == live.numerator
    assert sum(int(row[3]) for row in by_village) == live.denominator


def test_the_file_follows_the_village_and_the_search(filled, client):
    assert len(rows_of(client, "adults_reached", ban=filled.khi.pk)) == 1
    found = taken(client, "figure", with_names=True, indicator="adults", tim="giang a")
    assert [row[0] for row in found[1:]] == ["Giàng A Mẫu"]


def test_names_leave_only_with_a_reason(filled, client):
    head, *rows = taken(client, "figure", indicator="adults")
    assert rows
    assert not any("Mẫu" in cell for row in [head, *rows] for cell in row)


def test_it_leads_back_to_its_page(filled, client):
    address = reverse("export", args=["figure"]) + "?indicator=adults&the=dat"
    page = client.get(address).content.decode()
    assert reverse("figure", args=["adults"]) + "?the=dat#list" in page


@pytest.mark.parametrize("query", ["", "?indicator=nothing"])
def test_without_a_figure_there_is_nothing(filled, client, query):
    assert client.get(reverse("export", args=["figure"]) + query).status_code == 404


def test_who_may_not_take_it(filled, client):
    query = f"?indicator=adults&ban={filled.far.pk}"
    assert client.get(reverse("export", args=["figure"]) + query).status_code == 404
    client.force_login(filled.leader)
    address = reverse("export", args=["figure"]) + "?indicator=adults"
    assert client.get(address).status_code == 403
