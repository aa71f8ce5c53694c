"""The counter of an office: citizens with a name, and without one."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from households.models import Confirmation, Encounter, Skill
from reports.activity import activity_of
from reports.coverage import recount_stale
from reports.models import CoverageFigure
from villages.periods import today


@pytest.fixture
def desk(cast, client):
    """The official's counter, with two skills it helps with."""
    Skill.objects.filter(code__in=["vneid", "qr"]).update(is_at_counter=True)
    client.force_login(cast.official)
    cast.citizen = cast.household.residents.get(full_name="Lò Văn Mẫu")

    def send(**typed):
        typed = {"uuid": str(uuid4()), "office": "service_centre", "held_on": f"{today()}"} | typed
        return client.post(reverse("counter"), {k: v for k, v in typed.items() if v is not None})

    cast.send, cast.browser = send, client
    return cast


def reached(commune):
    recount_stale(commune.pk)
    figure = CoverageFigure.objects.get(
        unit__commune=commune, unit__village=None, indicator="adults_reached", day=today()
    )
    return figure.numerator


def test_it_works(desk):
    before = reached(desk.commune)
    reply = desk.send(resident=desk.citizen.uuid, **{"outcome-vneid": "alone"}, confirmed="on")
    encounter = Encounter.objects.get()
    assert reply.status_code == 302
    assert reply.url == f"{reverse('counter')}?saved={encounter.uuid}"
    assert encounter.receipt in desk.browser.get(reply.url).content.decode()
    assert (encounter.occasion, encounter.office) == ("service_centre", "service_centre")
    assert encounter.household == desk.household
    assert encounter.author == desk.official
    assert [check.outcome for check in encounter.checks.all()] == ["alone"]
    assert Confirmation.objects.get().resident == desk.citizen
    assert reached(desk.commune) == before + 1
    counts = activity_of(desk.commune, today(), today())
    assert counts.people_helped_at_service_centre == 1
    assert counts.service_centre_attendances == 1


def test_somebody_without_a_name_is_an_attendance_and_reaches_nobody(desk):
    before = reached(desk.commune)
    desk.send(**{"outcome-vneid": "with_help", "outcome-qr": "alone"}, office="party_committee")
    encounter = Encounter.objects.get()
    assert (encounter.unnamed_people, encounter.office) == (1, "party_committee")
    assert {skill.code for skill in encounter.guided_skills.all()} == {"vneid", "qr"}
    assert not encounter.checks.exists()
    assert reached(desk.commune) == before
    counts = activity_of(desk.commune, today(), today())
    assert (counts.people_helped_at_service_centre, counts.service_centre_attendances) == (0, 1)
    assert desk.browser.get(reverse("visit", args=[encounter.uuid])).status_code == 200


def test_a_form_sent_twice_counts_once_and_a_changed_one_is_refused(desk):
    typed = {"uuid": str(uuid4()), "resident": desk.citizen.uuid, "outcome-vneid": "alone"}
    assert desk.send(**typed).url == desk.send(**typed).url
    assert Encounter.objects.count() == 1
    assert desk.send(**typed | {"outcome-vneid": "not_yet"}).status_code == 409
    assert Encounter.objects.get().checks.get().outcome == "alone"


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome-vneid": None},
        {"outcome-vneid": "perfectly"},
        {"held_on": "0001-01-01"},
        {"held_on": f"{today() + timedelta(days=1)}"},
        {"office": "market"},
        {"resident": "nobody"},
        {"resident": str(uuid4())},
        {"note": "a\x00b"},
        {"resident": "", "confirmed": "on"},
    ],
)
def test_what_cannot_be_comes_back_in_words(desk, wrong):
    typed = {"resident": desk.citizen.uuid, "outcome-vneid": "alone"}
    reply = desk.send(**typed | wrong)
    assert reply.status_code == 400
    assert "error-summary" in reply.content.decode()
    assert not Encounter.objects.exists()
    assert desk.send(**typed).status_code == 302


def test_it_is_taken_back_within_minutes_by_whoever_recorded_it(desk, client):
    desk.send(resident=desk.citizen.uuid, **{"outcome-vneid": "alone"})
    encounter = Encounter.objects.get()
    undo = reverse("counter_undo", args=[encounter.uuid])
    client.force_login(desk.admin)
    client.post(undo)
    encounter.refresh_from_db()
    assert encounter.voided_at is None
    client.force_login(desk.official)
    Encounter.objects.update(received_at=timezone.now() - timedelta(minutes=16))
    assert client.post(undo).url == reverse("visit", args=[encounter.uuid])
    Encounter.objects.update(received_at=timezone.now())
    assert client.post(undo).url == reverse("counter")
    encounter.refresh_from_db()
    assert encounter.voided_at is not None
    assert reached(desk.commune) == 0


def test_citizens_are_found_by_words_without_accents_and_by_year(desk):
    def found(text):
        page = desk.browser.get(reverse("counter_people"), {"q": text})
        return [resident.full_name for resident in page.context["found"]]

    assert found("lo mau")[0] == "Lò Văn Mẫu"
    assert found("mau lo") == ["Lò Văn Mẫu", "Lò Văn Mẫu Em"]
    assert found("mau 1964") == ["Lường Thị Mẫu"]
    assert found("1990") == ["Vàng Thị Mẫu"]
    assert found("người ở xa") == []
    assert found("%00\x00 ") == []


def test_the_counter_belongs_to_the_offices(desk, client):
    for person, status in ((desk.admin, 200), (desk.reader, 403), (desk.leader, 403)):
        client.force_login(person)
        assert client.get(reverse("counter")).status_code == status
    client.force_login(desk.stranger)
    reply = desk.send(resident=desk.citizen.uuid, **{"outcome-vneid": "alone"})
    assert reply.status_code == 400
    assert not Encounter.objects.exists()
