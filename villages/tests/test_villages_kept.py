"""Villages are added, corrected and deleted on screen; what others hang on stays."""

from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.urls import reverse

from households.village_changes import rename_village
from reports.coverage import recount_day
from villages.models import Assignment, StaleMark, Team, Village
from villages.periods import today

ADD = reverse("village_add")


def typed(**changes):
    return {"number": "9", "name": "Nậm Mở", "kind": "village", "from_on": f"{today()}"} | changes


def at(name, village):
    return reverse(name, args=[village.pk])


def test_it_works(cast, client):
    client.force_login(cast.official)
    assert ADD in client.get(reverse("village_list")).text
    answer = client.post(ADD, typed())
    village = Village.objects.get(number=9)
    assert answer.url == at("village_detail", village)
    assert (village.commune, village.name_folded) == (cast.commune, "nam mo")
    assert at("village_edit", village) in client.get(answer.url).text
    StaleMark.objects.all().delete()
    corrected = typed(number="10", name="Nậm Mở 1", kind="residential_area")
    assert client.post(at("village_edit", village), corrected).url == answer.url
    village.refresh_from_db()
    assert (village.number, village.name, village.kind) == (10, "Nậm Mở 1", "residential_area")
    assert StaleMark.objects.filter(village=village).exists()
    Team.objects.create(village=village, from_on=today())
    recount_day(cast.commune.pk, today())
    assert client.get(at("village_delete", village)).context["hanging"] == []
    assert client.post(at("village_delete", village)).url == reverse("village_list")
    assert not Village.objects.filter(pk=village.pk).exists()
    gone = LogEntry.objects.get_for_model(Village).filter(action=LogEntry.Action.DELETE)
    assert gone.get().actor == cast.official


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "2"}, {"number": "0"}, {"number": "x"}, {"name": ""}, {"name": "KHI"},
        {"name": "a\0"}, {"name": "--"}, {"kind": "city"},
        {"from_on": f"{today() + timedelta(days=1)}"}, {"from_on": ""},
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_its_field(cast, client, wrong):
    client.force_login(cast.official)
    since = {"from_on": f"{cast.vi.from_on}"}
    for address in (ADD, at("village_edit", cast.vi)):
        page = client.post(address, typed(**since | wrong))
        assert page.context["form"].errors.keys() == wrong.keys()
    cast.vi.refresh_from_db()
    assert (Village.objects.count(), cast.vi.name) == (3, "Vi")


def test_a_village_becomes_no_younger(cast, client):
    client.force_login(cast.official)
    same = {"number": "1", "name": "Vi"}
    later = typed(from_on=f"{cast.vi.from_on + timedelta(days=1)}", **same)
    assert client.post(at("village_edit", cast.vi), later).context["form"].errors.keys() == {
        "from_on"
    }
    earlier = cast.vi.from_on - timedelta(days=1)
    assert client.post(at("village_edit", cast.vi), typed(from_on=f"{earlier}", **same)).url
    cast.vi.refresh_from_db()
    assert cast.vi.from_on == earlier
    # The day on which a village was renamed is that of the change.
    new = rename_village(former=cast.vi, name="Vi Mới", effective_on=today()).successor
    client.post(at("village_edit", new), typed(from_on=f"{earlier}", **same))
    new.refresh_from_db()
    assert (new.name, new.from_on) == ("Vi", today())


def test_what_hangs_on_it_is_named_and_stays(cast, client):
    client.force_login(cast.official)
    shown = client.get(at("village_delete", cast.vi)).context["hanging"]
    assert ("Hộ gia đình", 2, "Hộ 001") in shown
    client.post(at("village_delete", cast.vi))
    assert Village.objects.filter(pk=cast.vi.pk).exists()
    client.post(ADD, typed())
    village = Village.objects.get(number=9)
    # A right goes with its village in the database: that too keeps it.
    Assignment.objects.create(
        user=cast.leader, role="team_leader", commune=cast.commune, village=village,
        from_on=today(),
    )  # fmt: skip
    client.post(at("village_delete", village))
    assert Village.objects.filter(pk=village.pk).exists()


def test_only_who_writes_for_the_commune_keeps_its_villages(cast, client):
    for person, status in (
        (cast.reader, 403), (cast.leader, 403), (cast.stranger, 404),
    ):  # fmt: skip
        client.force_login(person)
        for name in ("village_edit", "village_delete"):
            assert client.post(at(name, cast.vi), typed()).status_code == status
        assert status == 404 or client.post(ADD, typed()).status_code == 403
    client.force_login(cast.stranger)
    client.post(ADD, typed())
    assert Village.objects.get(number=9).commune == cast.elsewhere
