"""Places without signal are reported, listed and solved; each within one's own reach."""

from datetime import timedelta

import pytest
from auditlog.models import LogEntry

from households.village_changes import merge_villages
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
    shown = client.get(LIST).content.decode()
    assert "Cuối bản" in shown
    # Who told of it stands there instead of who typed it in.
    client.post(f"{LIST}{made.pk}/", filled(cast.vi, {"told_by": " Lò Văn Báo "}))
    told = client.get(LIST).content.decode()
    assert ("Lò Văn Báo" in shown, "Lò Văn Báo" in told) == (False, True)


def test_a_reader_looks_and_does_not_report(cast, client, report):
    client.force_login(cast.reader)
    text = client.get(LIST).content.decode()
    assert "Đầu bản" in text
    assert 'method="post"' not in text.split("</header>")[1].split("<footer")[0]
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


def test_it_was_solved_on_a_day_and_that_is_taken_back(cast, client, report):
    client.force_login(cast.official)
    resolve = f"{LIST}{report.pk}/resolve/"
    for wrong in ("2020-01-01", (today() + timedelta(days=1)).isoformat(), "x", "\0"):
        client.post(resolve, {"resolved_on": wrong})
        report.refresh_from_db()
        assert report.resolved_on is None, wrong
    yesterday = today() - timedelta(days=1)
    client.post(resolve, {"resolved_on": yesterday.isoformat()})
    report.refresh_from_db()
    assert report.resolved_on == yesterday
    assert "Đầu bản" in client.get(LIST, {"loc": "da-xu-ly"}).text
    client.post(f"{LIST}{report.pk}/reopen/")
    report.refresh_from_db()
    assert report.resolved_on is None


def test_a_report_is_corrected_and_keeps_its_reporter(cast, client, report):
    client.force_login(cast.official)
    address = f"{LIST}{report.pk}/"
    assert "Đầu bản" in client.get(address).text
    assert client.post(address, filled(cast.vi, {"operator": ""})).status_code == 400
    client.post(address, filled(cast.vi))
    report.refresh_from_db()
    assert (report.operator, report.where, report.reported_by) == (
        "Viettel", "Cuối bản", cast.leader,
    )  # fmt: skip


def test_the_list_narrows_by_everything(cast, client, report):
    client.force_login(cast.official)
    for kept in (
        {"operator": "vnpt"}, {"technology": "4g"}, {"quality": "none"},
        {"village": cast.vi.pk}, {"q": "dau ban"}, {"sort": "-operator"},
    ):  # fmt: skip
        assert "Đầu bản" in client.get(LIST, kept).text, kept
    for left_out in (
        {"technology": "fibre"}, {"quality": "weak"}, {"loc": "da-xu-ly"}, {"q": "khong co"},
    ):  # fmt: skip
        assert "Đầu bản" not in client.get(LIST, left_out).text, left_out
    for nonsense in ({"village": "9" * 40}, {"q": "\0"}, {"operator": "x"}, {"page": "-1"}):
        assert client.get(LIST, nonsense).status_code == 200


@pytest.mark.parametrize(
    ("who", "status"), [("reader", 403), ("neighbour", 404), ("stranger", 404)]
)
def test_others_change_no_report(cast, client, report, who, status):
    client.force_login(getattr(cast, who))
    assert client.post(f"{LIST}{report.pk}/", filled(cast.vi)).status_code == status
    assert client.post(f"{LIST}{report.pk}/reopen/").status_code == status
    report.refresh_from_db()
    assert report.where == "Đầu bản"


def test_a_mistaken_report_is_deleted_after_asking(cast, client, report):
    client.force_login(cast.neighbour)
    assert client.post(f"{LIST}{report.pk}/delete/").status_code == 404
    client.force_login(cast.leader)
    assert "Đầu bản" in client.get(f"{LIST}{report.pk}/delete/").text
    assert ConnectivityReport.objects.exists()
    StaleMark.objects.all().delete()
    assert client.post(f"{LIST}{report.pk}/delete/").status_code == 302
    assert not ConnectivityReport.objects.exists()
    assert StaleMark.objects.filter(village=cast.vi, since_on=report.reported_on).exists()
    gone = LogEntry.objects.get_for_model(ConnectivityReport).first()
    assert (gone.action, gone.actor) == (LogEntry.Action.DELETE, cast.leader)


def test_what_is_open_goes_to_the_successor_and_its_leader(cast, client, report):
    merge_villages(former=cast.vi, successor=cast.khi, effective_on=today())
    client.force_login(cast.neighbour)
    text = client.get(LIST).text
    assert "Bản Vi: Đầu bản" in text
    assert client.post(f"{LIST}{report.pk}/resolve/").status_code == 302
    client.force_login(cast.official)
    report.refresh_from_db()
    assert (report.village, report.resolved_on) == (cast.khi, today())
