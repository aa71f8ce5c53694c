"""One person on the list twice: merged, counted once, and parted exactly as before."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import serializers
from django.urls import reverse

from households.merging import NotMerged, NotParted, merge_residents, part_residents
from households.models import (
    Confirmation,
    Encounter,
    PersonMet,
    Residency,
    Resident,
    ResidentMerge,
    SkillCheck,
)
from households.recording import correct_visit, record_visit
from households.residence import add_resident
from portal.testing.cast import LONG_SINCE
from portal.tests.records import guidance
from reports.coverage import recount_stale
from reports.indicators import Place, indicator_by_code
from training.attendance import add_to_attendance
from training.models import Attendance, TrainingSession
from villages.models import StaleMark
from villages.periods import today

DAY = today() - timedelta(days=20)


@pytest.fixture
def twice(cast):
    """Lò Văn Mẫu stands in a second household too, and both entries were met."""
    cast.kept = cast.household.residents.get(full_name="Lò Văn Mẫu")
    cast.other = add_resident(
        household=cast.second_household,
        since_on=LONG_SINCE,
        full_name="Lò Văn Mẫu",
        birth_year=1962,
    )
    cast.visit, _new = record_visit(
        uuid=uuid4(),
        guidance=guidance(cast.vi, cast.second_household, DAY, cast.skills),
        author=cast.leader,
    )
    StaleMark.objects.all().delete()
    return cast


def adults(cast):
    place = Place(cast.commune.pk)
    return {
        code: indicator_by_code(code).count(place, DAY)
        for code in ("adults", "adults_reached", "adults_confirmed")
    }


def everything():
    """All rows that a merge may touch, in words that differ when anything does."""
    models = (PersonMet, SkillCheck, Confirmation, Residency, Resident, Attendance)
    return {model: serializers.serialize("json", model.objects.order_by("pk")) for model in models}


def test_it_works(twice):
    before = adults(twice)
    merge_residents(kept=twice.kept, merged=twice.other, by=twice.official)
    after = adults(twice)
    assert twice.kept.met.get().encounter == twice.visit
    assert {check.skill for check in twice.kept.checks.all()} == set(twice.skills)
    for code, (numerator, denominator) in before.items():
        assert after[code] == (numerator, denominator - 1)
    assert StaleMark.objects.filter(village=twice.vi, since_on=LONG_SINCE).exists()
    recount_stale(twice.commune.pk)


def test_parting_restores_every_row(twice):
    session = TrainingSession.objects.create(
        commune=twice.commune, village=twice.vi, title="Lớp", held_on=DAY
    )
    add_to_attendance(session, residents=[twice.other, twice.kept])
    later = TrainingSession.objects.create(
        commune=twice.commune, village=twice.vi, title="Lớp sau", held_on=DAY
    )
    add_to_attendance(later, residents=[twice.other])
    before, counted = everything(), adults(twice)
    merge = merge_residents(kept=twice.kept, merged=twice.other, by=twice.official)
    assert {row.session for row in twice.kept.attendances.all()} == {session, later}
    assert not twice.other.attendances.exists()
    part_residents(merge=merge, by=twice.official)
    assert everything() == before
    assert adults(twice) == counted
    part_residents(merge=merge, by=twice.official)
    assert everything() == before


def test_what_changed_since_is_not_undone(twice):
    merge = merge_residents(kept=twice.kept, merged=twice.other, by=twice.official)
    kept = everything()
    Resident.objects.filter(pk=twice.other.pk).update(status="present")
    with pytest.raises(NotParted):
        part_residents(merge=merge, by=twice.official)
    Resident.objects.filter(pk=twice.other.pk).update(status="merged")
    assert everything() == kept
    part_residents(merge=merge, by=twice.official)


def test_a_merged_entry_is_merged_once_and_never_across_communes(twice):
    far = twice.far_household.residents.get()
    for kept, merged in ((twice.kept, twice.kept), (far, twice.other)):
        with pytest.raises(NotMerged):
            merge_residents(kept=kept, merged=merged, by=twice.official)
    merge_residents(kept=twice.kept, merged=twice.other, by=twice.official)
    with pytest.raises(NotMerged):
        merge_residents(kept=twice.kept, merged=twice.other, by=twice.official)
    assert ResidentMerge.objects.count() == 1


def test_a_phone_that_knows_the_old_entry_is_understood(twice, client):
    merge_residents(kept=twice.kept, merged=twice.other, by=twice.official)
    client.force_login(twice.leader)
    sent = {
        "household": str(twice.second_household.uuid),
        "visited_on": f"{today()}",
        "occasion": "home_visit",
        "people": [
            {"resident": str(twice.other.uuid), "outcomes": {"vneid": "alone"}},
            {"resident": str(uuid4()), "outcomes": {}},
        ],
    }
    address = reverse("visit", args=[uuid4()])
    reply = client.put(address, sent, content_type="application/json")
    assert reply.status_code == 400
    del sent["people"][1]
    reply = client.put(address, sent, content_type="application/json")
    assert reply.status_code == 201
    assert Encounter.objects.first().people_met.get().resident == twice.kept


def test_a_visit_of_the_old_entry_can_still_be_corrected(twice, client):
    merge_residents(kept=twice.kept, merged=twice.other, by=twice.official)
    client.force_login(twice.official)
    correct_visit(
        encounter=twice.visit,
        guidance=guidance(twice.vi, twice.second_household, DAY, content={"x": 1}),
        reason="Nhầm",
        by=twice.official,
    )
    assert client.get(reverse("visit", args=[twice.visit.uuid])).status_code == 200


def test_the_page_shows_what_moves_and_the_kept_page_parts_again(twice, client):
    client.force_login(twice.official)
    address = reverse("resident_merge", args=[twice.other.uuid])
    assert twice.kept in client.get(address).context["likely"]
    assert twice.kept in client.get(address, {"q": "lo van"}).context["found"]
    shown = client.post(address, {"kept": twice.kept.uuid})
    assert (shown.context["moves"].meetings, ResidentMerge.objects.count()) == (1, 0)
    assert client.post(address, {"kept": twice.kept.uuid, "confirm": "on"}).status_code == 302
    page = client.get(reverse("resident_detail", args=[twice.kept.uuid])).content.decode()
    part = reverse("resident_part", args=[ResidentMerge.objects.get().pk])
    assert part in page
    assert client.get(address).status_code == 404
    assert client.post(part).url == reverse("resident_detail", args=[twice.other.uuid])
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("kept", ["", "no-uuid", "a\x00", "8e75fba0-70aa-4272-8be4-1d90f349b963"])
def test_a_wrong_choice_comes_back_in_words(twice, client, kept):
    client.force_login(twice.official)
    address = reverse("resident_merge", args=[twice.other.uuid])
    assert client.post(address, {"kept": kept, "confirm": "on"}).status_code == 400
    far = twice.far_household.residents.get()
    assert client.post(address, {"kept": far.uuid, "confirm": "on"}).status_code == 400
    assert not ResidentMerge.objects.exists()
