"""Photographs of the signed list: of a session that took place, small, and removable."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from portal.tests.records import photograph
from training.attendance import hold_session
from training.evidence import MOST_PHOTOGRAPHS, add_photograph
from training.models import TrainingSession
from villages.models import StoredFile
from villages.refusals import ChangeRefused


@pytest.fixture
def held(session):
    return hold_session(session)


def page_of(session):
    return reverse("session_evidence", args=[session.uuid])


def test_a_photograph_is_kept_shown_and_removed_after_asking(cast, held, as_user):
    client = as_user(cast.leader)
    answer = client.post(page_of(held), {"photo": photograph(size=(2400, 1800))})
    assert answer.status_code == 302
    file = held.evidence.get()
    with Image.open(BytesIO(bytes(file.content))) as kept:
        assert kept.size == (1600, 1200)
    assert str(file.uuid) in client.get(page_of(held)).content.decode()
    remove = reverse("session_evidence_remove", args=[file.uuid])
    assert client.get(remove).status_code == 200
    assert held.evidence.exists()
    client.post(remove)
    assert not StoredFile.objects.exists()


def test_a_planned_session_has_no_signed_list(cast, session, as_user):
    answer = as_user(cast.official).post(page_of(session), {"photo": photograph()})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<html><script>alert(1)</script>",
        b"%PDF-1.7\n%%EOF",
        b"\xff\xd8\xff",
        b"",
    ],
)
def test_whatever_is_no_photograph_is_refused_in_words(cast, held, as_user, content):
    sent = SimpleUploadedFile("danh-sach.jpg", content, "image/jpeg")
    answer = as_user(cast.official).post(page_of(held), {"photo": sent})
    assert answer.status_code == 200
    assert answer.context["form"].errors["photo"]
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("megabytes", [11, 20])
def test_a_file_too_large_is_refused_in_words_and_costs_nothing(cast, held, as_user, megabytes):
    sent = SimpleUploadedFile("anh.jpg", b"\xff\xd8\xff" + b"x" * (megabytes << 20), "image/jpeg")
    answer = as_user(cast.official).post(page_of(held), {"photo": sent}, follow=True)
    assert answer.status_code == 200
    assert "10 MB" in answer.content.decode()
    assert not StoredFile.objects.exists()


def test_there_is_an_end_to_photographs(cast, held):
    file = add_photograph(held, upload=photograph(), by=cast.official)
    held.evidence.add(
        *StoredFile.objects.bulk_create(
            StoredFile(
                commune=cast.commune, name="x", content_type="image/jpeg", size=1,
                content=bytes(file.content),
            )
            for _n in range(MOST_PHOTOGRAPHS - 1)
        )
    )  # fmt: skip
    with pytest.raises(ChangeRefused):
        add_photograph(held, upload=photograph(), by=cast.official)


def test_others_add_and_remove_nothing(cast, held, as_user):
    file = add_photograph(held, upload=photograph(), by=cast.official)
    remove = reverse("session_evidence_remove", args=[file.uuid])
    for who, status in ((cast.neighbour, 404), (cast.stranger, 404), (cast.reader, 403)):
        client = as_user(who)
        assert client.post(page_of(held), {"photo": photograph()}).status_code == status
        assert client.post(remove).status_code == status
    assert held.evidence.count() == 1


def test_a_form_without_its_token_is_refused(cast, held):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.official)
    assert strict.post(page_of(held), {"photo": photograph()}).status_code == 403
    assert not held.evidence.exists()


def test_a_trainer_from_elsewhere_sees_the_photographs_of_the_session(cast, held, as_user):
    shown = [
        reverse(name, args=[add_photograph(held, upload=photograph(), by=cast.official).uuid])
        for name in ("stored_file", "stored_file_small")
    ]
    assert [as_user(cast.neighbour).get(one).status_code for one in shown] == [404, 404]
    TrainingSession.objects.update(trainer_user=cast.neighbour)
    assert [as_user(cast.neighbour).get(one).status_code for one in shown] == [200, 200]
    assert as_user(cast.stranger_leader).get(shown[0]).status_code == 404
