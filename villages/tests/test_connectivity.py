"""Places without signal are reported, listed and solved; each within one's own reach."""

from datetime import timedelta

import pytest

from villages.connectivity import report_connectivity
from villages.models import ConnectivityReport, StaleMark
from villages.periods import today

LIST, ADD = "/villages/connectivity/", "/villages/connectivity/add/"


def filled(village, changes=None):
    return {
        "village": village.pk,
        "operator": "Viettel",
        "technology": "4g",
        "quality": "none",
        "where": "Cuối bản",
        "reported_on": today().isoformat(),
        **(changes or {}),
    }


@pytest.fixture
def report(cast):
    return report_connectivity(
        village=cast.vi,
        operator="VNPT",
        technology="4g",
        quality="none",
        where="Đầu bản",
        reported_on=today() - timedelta(days=3),
        by=cast.leader,
    )


@pytest.mark.parametrize("who", ["leader", "official", "admin"])
def test_a_place_is_reported(cast, client, who):
    client.force_login(getattr(cast, who))
    assert client.get(ADD).status_code == 200
    StaleMark.objects.all().delete()
    assert client.post(ADD, filled(cast.vi)).status_code == 302
    made = ConnectivityReport.objects.get()
    assert made.reported_by == getattr(cast, who)
    assert StaleMark.objects.filter(village=cast.vi).exists()
    assert "Cuối bản" in client.get(LIST).content.decode()


def test_a_reader_looks_and_does_not_report(cast, client, report):
    client.force_login(cast.reader)
    text = client.get(LIST).content.decode()
    assert "Đầu bản" in text
    assert "<form" not in text.split("</header>")[1].split("<footer")[0]
    assert client.post(ADD, filled(cast.vi)).status_code == 403
    assert client.post(f"{LIST}{report.pk}/resolve/").status_code == 403


@pytest.mark.parametrize(
    "changes",
    [
        {"reported_on": (today() + timedelta(days=1)).isoformat()},
        {"reported_on": "31-02"},
        {"reported_on": "0001-01-01"},
        {"operator": ""},
        {"operator": "\0"},
        {"operator": "x" * 5000},
        {"where": "\0"},
        {"quality": "perfect"},
        {"village": "abc"},
        {"village": "9" * 40},
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_kept(cast, client, changes):
    client.force_login(cast.official)
    page = client.post(ADD, filled(cast.vi, changes))
    assert page.status_code == 400
    assert next(iter(changes)) in page.context["form"].errors
    assert not ConnectivityReport.objects.exists()
    if "where" not in changes:
        assert "Cuối bản" in page.content.decode()


@pytest.mark.parametrize("who", ["leader", "stranger"])
def test_a_foreign_village_cannot_be_chosen(cast, client, who):
    client.force_login(getattr(cast, who))
    foreign = cast.khi
    page = client.post(ADD, filled(foreign))
    assert page.status_code == 400
    assert "village" in page.context["form"].errors


def test_a_report_is_solved_once(cast, client, report):
    client.force_login(cast.leader)
    address = f"{LIST}{report.pk}/resolve/"
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302
    report.refresh_from_db()
    assert report.resolved_on == today()
    assert client.post(address).status_code == 302
    assert "Đầu bản" not in client.get(LIST).content.decode()
    assert "Đầu bản" in client.get(LIST, {"loc": "tat-ca"}).content.decode()


@pytest.mark.parametrize("who", ["neighbour", "stranger", "stranger_leader"])
def test_a_foreign_report_looks_like_a_missing_one(cast, client, report, who):
    client.force_login(getattr(cast, who))
    assert client.post(f"{LIST}{report.pk}/resolve/").status_code == 404
    assert "Đầu bản" not in client.get(LIST).content.decode()
