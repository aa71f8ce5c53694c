"""A file saved on a phone that could not send: all of it is taken in, once, or nothing."""

import random
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from joserfc.jwk import RSAKey

from households.models import Encounter, HeldRecord, RescueFile
from households.tests.sealing_phone import SealingPhone, seal, visit_to
from villages.models import Phone

URL = "rescue_upload"


@pytest.fixture
def phone(cast):
    return SealingPhone(cast.leader, cast.commune)


@pytest.fixture
def saved(cast, phone):
    """Two visits and one that will be refused, as the phone saves them."""
    return phone.rescue(
        [
            phone.record(visit_to(cast.household)),
            phone.record(visit_to(cast.second_household, visited_on="2999-01-01")),
            phone.record(visit_to(cast.second_household)),
        ]
    )


def upload(client, text, name="luot-tham-20251031-0800.txt", **more):
    signs = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return client.post(reverse(URL), {"file": SimpleUploadedFile(name, signs), **more})


def test_it_works(client, cast, saved):
    client.force_login(cast.official)
    answer = upload(client, saved)
    assert answer.status_code == 200
    rescued = answer.context["rescued"]
    assert (rescued.received, rescued.known_before, rescued.held) == (2, 0, 1)
    visits = list(Encounter.objects.order_by("pk"))
    assert [visit.household for visit in visits] == [cast.household, cast.second_household]
    assert {visit.author for visit in visits} == {cast.leader}
    shown = answer.content.decode()
    assert all(visit.receipt in shown for visit in visits)
    file = RescueFile.objects.get()
    assert (file.uploaded_by, file.received, file.held) == (cast.official, 2, 1)
    assert HeldRecord.objects.get().file == file


def test_uploaded_twice_it_changes_nothing_and_says_so(client, cast, saved):
    client.force_login(cast.official)
    upload(client, saved)
    kept = list(RescueFile.objects.values())
    again = upload(client, saved.replace("\n", "\r\n"))
    rescued = again.context["rescued"]
    assert (rescued.received, rescued.known_before, rescued.held) == (0, 3, 0)
    assert rescued.changed_nothing
    assert Encounter.objects.count() == 2
    assert list(RescueFile.objects.values()) == kept


def test_what_the_phone_sent_meanwhile_is_known(client, cast, phone):
    record = phone.record(visit_to(cast.household))
    sealed = {"records": [record]}
    client.post(reverse("sealed_records"), sealed, content_type="application/json")
    client.force_login(cast.official)
    rescued = upload(client, phone.rescue([record])).context["rescued"]
    assert (rescued.received, rescued.known_before) == (0, 1)
    assert RescueFile.objects.get().known_before == 1
    assert Encounter.objects.count() == 1


def test_a_leader_of_the_commune_may_bring_it(client, cast, saved):
    client.force_login(cast.neighbour)
    answer = upload(client, saved)
    assert answer.context["rescued"].received == 2
    assert {visit.author for visit in Encounter.objects.all()} == {cast.leader}
    shown = answer.content.decode()
    assert reverse("held_list") not in shown
    assert "Lò Văn Mẫu" not in shown


def test_a_file_of_several_people_of_one_phone(client, cast, phone):
    other = SealingPhone(cast.neighbour, cast.commune)
    records = [
        phone.record(visit_to(cast.household)),
        other.record(visit_to(cast.khi_household)),
    ]
    client.force_login(cast.official)
    assert upload(client, phone.rescue(records)).context["rescued"].received == 2
    authors = Encounter.objects.order_by("pk").values_list("author", flat=True)
    assert list(authors) == [cast.leader.pk, cast.neighbour.pk]


def test_a_revoked_phone_s_file_is_held(client, cast, saved):
    Phone.objects.update(revoked_at=timezone.now())
    client.force_login(cast.official)
    assert upload(client, saved).context["rescued"].held == 3
    assert not Encounter.objects.exists()


def refused(client, text, **more):
    answer = upload(client, text, **more)
    assert answer.status_code == 400
    assert not Encounter.objects.exists()
    assert not HeldRecord.objects.exists()
    assert not RescueFile.objects.exists()
    return str(answer.context["form"].errors["file"][0])


def test_an_altered_file_is_refused_whole(client, cast, saved):
    client.force_login(cast.official)
    chance = random.Random(7)
    for spot in chance.sample(range(8, len(saved) - 1), 40):
        other = "A" if saved[spot] != "A" else "B"
        assert refused(client, saved[:spot] + other + saved[spot + 1 :])
    assert refused(client, saved[: len(saved) // 2])
    assert upload(client, saved).context["rescued"].received == 2


def test_one_bad_record_inside_refuses_the_file(client, cast, phone):
    client.force_login(cast.official)
    good = phone.record(visit_to(cast.household))
    forged = SealingPhone(cast.leader, cast.commune, registered=False)
    forged.uuid = phone.uuid
    for bad in (good[:-3] + "AAA", forged.record(visit_to(cast.household)), None, 7, "", {}):
        assert refused(client, phone.rescue([good, bad]))


def test_a_file_from_elsewhere_is_refused_in_words(client, cast, phone):
    client.force_login(cast.official)
    far = SealingPhone(cast.stranger_leader, cast.elsewhere)
    unknown = SealingPhone(cast.leader, cast.commune, registered=False)
    words = {refused(client, file) for file in (far.rescue([]), unknown.rescue([]))}
    assert len(words) == 1, "a phone of another commune looks like one nobody knows"
    inside = phone.rescue([far.record(visit_to(cast.far_household))])
    assert refused(client, inside) in words
    other = RSAKey.generate_key(2048, private=True)
    sealed = seal(phone.signed({"typ": "rescue"}), key=other, kid=other.thumbprint())
    assert refused(client, f"BDHVS-1\n{sealed}\n") not in words


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "BDHVS-1", "BDHVS-1\n", "BDHVS-2\nx", "BDHVS-1\na.b.c.d.e\n", "xin chào", "\x00",
        b"\xff\xfe\x00", b"PK\x03\x04", "BDHVS-1\n" + "é" * 50, "BDHVS-1\n" + "." * 5000,
    ],
)  # fmt: skip
def test_what_is_no_rescue_file_is_refused_in_words(client, cast, text):
    client.force_login(cast.official)
    assert refused(client, text)


@pytest.mark.parametrize(
    "changes",
    [
        {"typ": "record"}, {"phone": str(uuid4())}, {"user": "0"}, {"user": None},
        {"made_at": "0001-01-01T00:00:00Z"}, {"made_at": "gestern"}, {"made_at": None},
        {"records": None}, {"records": {}}, {"records": "x"},
    ],
)  # fmt: skip
def test_a_file_that_contradicts_itself_is_refused(client, cast, phone, changes):
    client.force_login(cast.official)
    assert refused(client, phone.rescue([], **changes))


def test_a_large_file_is_refused_without_being_kept(client, cast):
    client.force_login(cast.official)
    words = refused(client, "BDHVS-1\n" + "x" * (3 * 1024 * 1024))
    assert "3 MB" in words
    beyond = upload(client, b"x" * (12 * 1024 * 1024 + 1))
    assert beyond.status_code == 400


def test_only_one_file_of_one_field_is_read(client, cast, saved):
    client.force_login(cast.official)
    stranger = SimpleUploadedFile("x.txt", b"x" * 1000)
    answer = upload(client, saved, other=stranger)
    assert answer.context["rescued"].received == 2
    assert set(answer.wsgi_request.FILES) == {"file"}


def test_a_token_is_asked_for(cast, saved):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.official)
    assert upload(strict, saved).status_code == 403
    page = strict.get(reverse(URL))
    token = page.context["csrf_token"]
    assert upload(strict, saved, csrfmiddlewaretoken=str(token)).status_code == 200


def test_a_reader_brings_nothing(client, cast, saved):
    client.force_login(cast.reader)
    assert upload(client, saved).status_code == 403
    assert not Encounter.objects.exists()


def test_officials_see_the_files_so_far_and_leaders_do_not(client, cast, saved):
    client.force_login(cast.official)
    upload(client, saved)
    listed = client.get(reverse(URL)).context["page"].object_list
    assert [file.phone.user for file in listed] == [cast.leader]
    client.force_login(cast.leader)
    assert not client.get(reverse(URL)).context["page"].object_list
    client.force_login(cast.stranger)
    assert not client.get(reverse(URL)).context["page"].object_list
