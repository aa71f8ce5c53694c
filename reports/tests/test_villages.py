"""Villages with their figures: the list, one village, and the reminder to the silent."""

from datetime import timedelta

import pytest

from portal.testing.cast import LONG_SINCE
from reports.coverage import recount_stale
from reports.tests.test_dashboard import log_visit
from villages.models import Village, VillageChange
from villages.periods import today


@pytest.fixture
def counted(cast):
    log_visit(cast, cast.household)
    recount_stale(cast.commune.pk)
    return cast


def test_every_village_is_listed_with_its_figures(counted, client):
    client.force_login(counted.official)
    text = client.get("/villages/").content.decode()
    assert "Bản Vi" in text
    assert "Bản Khì" in text
    assert "Bản Xa" not in text
    assert "2\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}3" in text
    assert counted.leader.full_name in text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"loc": "im-lang"}, ["Khì"]),
        ({"loc": "khong-to-truong"}, ["Khì"]),
        ({"tim": "KHI"}, ["Khì"]),
        ({"tim": "to truong"}, ["Vi"]),
        ({"tim": "\0"}, ["Vi", "Khì"]),
        ({"tim": "x" * 5000}, []),
        ({"loc": "?", "sort": "?"}, ["Vi", "Khì"]),
        ({"sort": "-adults"}, ["Vi", "Khì"]),
        ({"sort": "last"}, ["Vi", "Khì"]),
        ({"sort": "-number"}, ["Khì", "Vi"]),
    ],
)
def test_the_list_is_filtered_searched_and_sorted(counted, client, query, shown):
    client.force_login(counted.official)
    rows = client.get("/villages/", query).context["rows"]
    names = {counted.vi.pk: "Vi", counted.khi.pk: "Khì"}
    assert [names[row.pk] for row in rows] == shown


def test_a_leader_has_no_list_but_the_own_village(counted, client):
    client.force_login(counted.leader)
    assert client.get("/villages/").status_code == 403
    assert client.get(f"/villages/{counted.vi.pk}/").status_code == 200
    assert client.get(f"/villages/{counted.khi.pk}/").status_code == 404


@pytest.mark.parametrize("who", ["stranger", "stranger_leader"])
def test_a_foreign_village_looks_like_a_missing_one(counted, client, who):
    client.force_login(getattr(counted, who))
    assert client.get(f"/villages/{counted.vi.pk}/").status_code == 404
    assert client.get("/villages/999999/").status_code == 404


def test_a_village_shows_figures_worklist_team_and_visits(counted, client):
    client.force_login(counted.official)
    text = client.get(f"/villages/{counted.vi.pk}/").content.decode()
    assert "66,7\N{NO-BREAK SPACE}%" in text
    assert counted.leader.full_name in text
    assert "Hộ 002" in text
    assert "Tại nhà" in text


@pytest.mark.parametrize("ngay", ["31-02", "2125-01-01", "\0", "2010-01-01"])
def test_a_day_without_figures_is_told(counted, client, ngay):
    client.force_login(counted.official)
    page = client.get(f"/villages/{counted.vi.pk}/", {"ngay": ngay})
    assert page.status_code == 200


def test_a_merged_village_keeps_its_page_and_its_history(counted, client):
    former = Village.objects.create(
        commune=counted.commune,
        number=90,
        name="Cũ",
        from_on=LONG_SINCE,
        to_on=today() - timedelta(days=3),
    )
    VillageChange.objects.create(
        kind="merged", former=former, successor=counted.vi, effective_on=today()
    )
    client.force_login(counted.official)
    text = client.get(f"/villages/{former.pk}/").content.decode()
    assert "tồn tại đến" in text
    assert f">{counted.vi.full_name}</a>" in text
    assert "Bản Cũ" in client.get(f"/villages/{counted.vi.pk}/").content.decode()
    assert "Bản Cũ" not in client.get("/villages/").content.decode()


def test_a_village_without_anything_has_a_page(counted, client):
    empty = Village.objects.create(
        commune=counted.commune, number=91, name="Mới", from_on=LONG_SINCE
    )
    client.force_login(counted.official)
    text = client.get(f"/villages/{empty.pk}/").content.decode()
    assert "Chưa có số liệu của bản này" in text
    assert "Chưa có bản ghi nào." in text


def test_the_reminder_names_villages_and_nobody(counted, client):
    client.force_login(counted.official)
    page = client.get("/reminder/")
    assert "Bản Khì" in page.context["text"]
    assert "Bản Vi" not in page.context["text"]
    for person in (counted.leader, counted.neighbour, counted.official):
        assert person.full_name not in page.context["text"]
    log_visit(counted, counted.khi_household)
    assert client.get("/reminder/").context["silent"] == []
    client.force_login(counted.leader)
    assert client.get("/reminder/").status_code == 403


def test_queries_do_not_grow_with_the_villages(counted, client, django_assert_max_num_queries):
    for number in range(20, 50):
        Village.objects.create(
            commune=counted.commune, number=number, name=f"M{number}", from_on=LONG_SINCE
        )
    client.force_login(counted.official)
    with django_assert_max_num_queries(9):
        client.get("/villages/")
