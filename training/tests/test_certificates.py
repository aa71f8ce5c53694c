"""Certificates: issued to whoever stayed, revoked with a reason, checked by their code."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from training.attendance import (
    add_to_attendance,
    cancel_session,
    close_session,
    note_outcomes,
    reopen_session,
    take_from_attendance,
)
from training.certifying import (
    LENGTH,
    SIGNS,
    certificate_of,
    issue_certificates,
    plain_code,
    reissue_certificate,
    revoke_certificate,
    shortened_name,
    written_code,
)
from training.models import Certificate
from villages.refusals import ChangeRefused


@pytest.fixture
def closed(cast, session):
    """Three residents came, one of them left early."""
    add_to_attendance(session, residents=cast.household.residents.all(), author=cast.official)
    rows = list(session.attendances.order_by("pk"))
    note_outcomes(session, outcomes={}, completed={rows[2].pk: False})
    return close_session(session, counted=3)


@pytest.fixture
def certificate(cast, closed):
    (made,) = issue_certificates(
        closed, attendances=closed.attendances.order_by("pk")[:1], by=cast.official
    )
    return made


def test_whoever_stayed_gets_one_and_only_one(cast, closed):
    made = issue_certificates(closed, attendances=closed.attendances.all(), by=cast.official)
    assert {row.full_name for row in made} == {"Lò Văn Mẫu", "Lường Thị Mẫu"}
    assert all(len(row.code) == LENGTH and set(row.code) <= set(SIGNS) for row in made)
    assert issue_certificates(closed, attendances=closed.attendances.all(), by=cast.official) == []
    again = Certificate(
        code="22222", attendance=made[0].attendance, full_name="x", title="x",
        held_on=closed.held_on, issued_on=closed.held_on, issued_by=cast.official,
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


def test_an_open_session_gives_none(cast, closed):
    reopen_session(closed, reason="Ghi thiếu người")
    with pytest.raises(ChangeRefused):
        issue_certificates(closed, attendances=closed.attendances.all(), by=cast.official)


def test_a_certificate_keeps_what_was_printed(cast, closed, certificate):
    resident = certificate.attendance.resident
    resident.full_name = "Tên Khác"
    resident.save()
    certificate.refresh_from_db()
    assert (certificate.full_name, certificate.title) == ("Lò Văn Mẫu", "Dùng VNeID an toàn")


def test_revoked_and_issued_anew(cast, certificate):
    with pytest.raises(ChangeRefused):
        reissue_certificate(certificate, by=cast.official)
    revoke_certificate(certificate, reason="Sai tên", by=cast.official)
    with pytest.raises(ChangeRefused):
        revoke_certificate(certificate, reason="Sai tên", by=cast.official)
    new = reissue_certificate(certificate, by=cast.official)
    assert new.code != certificate.code
    with pytest.raises(ChangeRefused):
        reissue_certificate(certificate, by=cast.official)
    assert certificate_of(certificate.code).revoked_at
    assert certificate_of(new.code).revoked_at is None


def test_whom_a_certificate_names_stays_on_the_list(cast, closed, certificate):
    revoke_certificate(certificate, reason="Sai tên", by=cast.official)
    reopen_session(closed, reason="Ghi thiếu người")
    with pytest.raises(ChangeRefused):
        take_from_attendance(closed, attendances=[certificate.attendance])
    with pytest.raises(ChangeRefused):
        cancel_session(closed, reason="Nhầm")
    closed.refresh_from_db()
    assert (closed.status, closed.attendances.count()) == ("held", 3)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Lò Thị Dương", "L. T. Dương"),
        ("Đinh  Văn An", "Đ. V. An"),
        ("Mẫu", "Mẫu"),
        ("", ""),
    ],
)
def test_names_are_shortened(name, short):
    assert shortened_name(name) == short


def test_a_code_is_read_as_people_type_it(certificate):
    written = written_code(certificate.code)
    for typed in (written, written.lower(), f" {certificate.code} ", written.replace("-", " – ")):
        assert certificate_of(typed) == certificate
    for typed in ("", "x", "\x00", "0" * 10, certificate.code[:-1], certificate.code * 2, "Ⅷ" * 10):
        assert certificate_of(typed) is None
    assert plain_code("o0i1lu") == ""


def test_anybody_checks_a_code_and_learns_no_more_than_the_paper_tells(
    cast, certificate, client, django_assert_max_num_queries
):
    address = reverse("certificate_verify", args=[written_code(certificate.code)])
    page = client.get(address)
    text = page.content.decode()
    assert page.status_code == 200
    assert "L. V. Mẫu" in text
    assert "Dùng VNeID an toàn" in text
    assert "Lò Văn Mẫu" not in text
    assert "1961" not in text
    assert "Bản Vi" not in text
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    revoke_certificate(certificate, reason="Lý do riêng", by=cast.official)
    text = client.get(address).content.decode()
    assert "Lý do riêng" not in text
    assert "notice-danger" in text


def test_a_guessed_code_says_nothing_and_a_form_leads_to_the_code(certificate, client):
    missing = client.get(reverse("certificate_verify", args=["ABCDE-FGHJK"]))
    assert missing.status_code == 404
    assert "Mẫu" not in missing.content.decode()
    form = reverse("certificate_check")
    found = client.get(form, {"code": certificate.code.lower()})
    assert found["Location"].endswith(written_code(certificate.code) + "/")
    for code in ("", "abc", "\x00" * 10, "x" * 5000, "'; drop table"):
        assert client.get(form, {"code": code}).status_code == 200
    assert client.post(form, {"code": certificate.code}).status_code == 405


def test_an_official_issues_prints_and_revokes(cast, closed, as_user):
    client = as_user(cast.official)
    page = reverse("session_certificates", args=[closed.uuid])
    ticked = [row.pk for row in client.get(page).context["waiting"]]
    assert len(ticked) == 2
    client.post(page, {"attendance": [*ticked, "x", "9" * 30]})
    certificate = Certificate.objects.first()
    printed = client.get(reverse("session_certificates_print", args=[closed.uuid]))
    assert len(printed.context["sheets"]) == 2
    assert written_code(certificate.code) in printed.content.decode()
    revoke = reverse("certificate_revoke", args=[certificate.pk])
    assert client.post(revoke, {"reason": ""}).context["form"].errors
    client.post(revoke, {"reason": "Sai tên"})
    certificate.refresh_from_db()
    assert certificate.revoke_reason == "Sai tên"
    printed = client.get(reverse("session_certificates_print", args=[closed.uuid]))
    assert len(printed.context["sheets"]) == 1
    client.post(reverse("certificate_reissue", args=[certificate.pk]))
    assert Certificate.objects.filter(revoked_at__isnull=True).count() == 2


def test_the_list_is_searched_without_accents_and_by_code(cast, closed, as_user):
    issue_certificates(closed, attendances=closed.attendances.all(), by=cast.official)
    client, page = as_user(cast.reader), reverse("certificate_list")
    one = Certificate.objects.get(full_name="Lường Thị Mẫu")
    assert len(client.get(page).context["page"]) == 2
    for query in ({"q": "luong thi"}, {"q": written_code(one.code).lower()}):
        assert list(client.get(page, query).context["page"]) == [one]
    assert not client.get(page, {"state": "revoked"}).context["page"].object_list
    assert not as_user(cast.stranger).get(page).context["page"].object_list


def test_readers_and_strangers_issue_nothing(cast, closed, certificate, as_user):
    page = reverse("session_certificates", args=[closed.uuid])
    everybody = {"attendance": [row.pk for row in closed.attendances.all()]}
    for who, status in ((cast.reader, 403), (cast.stranger, 404), (cast.leader, 403)):
        client = as_user(who)
        assert client.post(page, everybody).status_code == status
        for name in ("certificate_revoke", "certificate_reissue"):
            refused = client.post(reverse(name, args=[certificate.pk]), {"reason": "x"})
            assert refused.status_code in {403, 404}
    assert Certificate.objects.count() == 1


def test_a_revoked_certificate_must_say_why(certificate):
    certificate.revoked_at = timezone.now()
    with pytest.raises(ValidationError):
        certificate.full_clean()
