"""Reminders by e-mail: seen first, sent once by a worker, and what failed is shown."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core import mail as outbox
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from portal.tests.records import again
from training.models import (
    Agency,
    Course,
    CourseRequirement,
    Employment,
    Reminder,
    ReminderMail,
    StaffMember,
)
from training.reminding import send_waiting
from villages.periods import today

LONG_AGO = date(2025, 1, 1)


@pytest.fixture
def office(cast):
    """An agency of two who have not finished; one has no address, and it has a contact."""
    office = Agency.objects.create(
        commune=cast.commune, name="Phòng Kinh tế", contact_email="phong@example.org"
    )
    for name, email in (("Lò Thị Dương", "duong@example.org"), ("Hà Văn Cán", "")):
        member = StaffMember.objects.create(
            commune=cast.commune, full_name=name, category="cadre", email=email
        )
        Employment.objects.create(staff_member=member, agency=office, from_on=LONG_AGO)
    course = Course.objects.create(code="ai", title="AI cho cán bộ")
    CourseRequirement.objects.create(course=course, from_on=LONG_AGO)
    return office


@pytest.fixture
def order(office, as_user, cast):
    """Look at the mails as an official and send them; returns the answer."""

    def order(to="contacts", agencies=None, **changes):
        client = as_user(cast.official)
        chosen = {"to": to, "agency": [one.pk for one in agencies or [office]]}
        page = client.get(reverse("staff_reminder_add"), chosen)
        seen = page.context["sending"]
        sent = {"uuid": uuid4(), "seen": seen.initial["seen"], **chosen, **changes}
        return client.post(reverse("staff_reminder_add"), sent)

    return order


def test_it_works(cast, order):
    answer = order()
    reminder = Reminder.objects.get()
    assert answer.url == reverse("staff_reminder_detail", args=[reminder.uuid])
    assert (reminder.made_by, reminder.to) == (cast.official, "contacts")
    assert not outbox.outbox, "nothing is sent in the request"
    assert send_waiting() == 1
    (message,) = outbox.outbox
    assert message.to == ["phong@example.org"]
    assert "Lò Thị Dương: AI cho cán bộ" in message.body
    assert "Hà Văn Cán: AI cho cán bộ" in message.body
    assert ReminderMail.objects.get().state == "sent"


def test_members_get_their_own_courses_only(order):
    order("members", finish_by=f"{today() + timedelta(days=30)}")
    assert not Reminder.objects.exists(), "the mails would read otherwise than was seen"
    order("members")
    send_waiting()
    (message,) = outbox.outbox
    assert message.to == ["duong@example.org"]
    assert "Hà Văn Cán" not in message.body


def test_every_mail_and_who_has_no_address_is_shown_first(cast, office, as_user):
    client = as_user(cast.official)
    Agency.objects.filter(pk=office.pk).update(contact_email="")
    day = today() + timedelta(days=5)
    page = client.get(
        reverse("staff_reminder_add"), {"to": "members", "agency": office.pk, "finish_by": f"{day}"}
    )
    written = page.context["written"]
    assert [letter.address for letter in written.letters] == ["duong@example.org"]
    assert [member.full_name for _agency, member in written.without_address] == ["Hà Văn Cán"]
    assert f"{day:%d/%m/%Y}" in written.letters[0].body
    assert written.letters[0].body.splitlines()[0] in page.text
    page = client.get(reverse("staff_reminder_add"), {"to": "contacts", "agency": office.pk})
    assert page.context["written"].letters == []
    assert not Reminder.objects.exists()


def test_pressing_twice_sends_once(order):
    uuid = uuid4()
    first, second = order(uuid=uuid), order(uuid=uuid)
    assert first.url == second.url
    send_waiting(), send_waiting()
    assert len(outbox.outbox) == ReminderMail.objects.count() == 1


def test_what_changed_since_it_was_seen_is_not_sent(order):
    page = order(seen="0" * 16)
    assert page.status_code == 200
    assert page.context["form"].non_field_errors()
    assert not Reminder.objects.exists()


def test_a_worker_sends_nothing_another_one_has_taken(order):
    order()
    mail = ReminderMail.objects.get()
    ReminderMail.objects.update(state="sending", tried_at=timezone.now())
    assert send_waiting() == 0
    assert not outbox.outbox
    # The other one died: after a while nobody knows, and nobody sends it by itself.
    ReminderMail.objects.update(tried_at=timezone.now() - timedelta(minutes=30))
    assert send_waiting() == 0
    mail.refresh_from_db()
    assert (mail.state, outbox.outbox) == ("unknown", [])


def test_where_no_mail_waits_nothing_is_written(db, django_assert_num_queries):
    """It is looked every minute; on SQLite a writer would wait for a long list, and fail."""
    with django_assert_num_queries(2) as asked:
        assert send_waiting() == 0
    assert all(query["sql"].startswith("SELECT") for query in asked)


@override_settings(
    EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
    EMAIL_HOST="127.0.0.1",
    EMAIL_PORT=9,
)
def test_a_mail_that_failed_is_shown_and_sent_again_by_a_person(cast, order, as_user):
    order()
    assert send_waiting() == 0
    mail = ReminderMail.objects.get()
    assert mail.state == "failed"
    assert "Refused" in mail.error
    client = as_user(cast.reader)
    detail = reverse("staff_reminder_detail", args=[mail.reminder.uuid])
    assert mail.error.split(":")[0] in client.get(detail).text
    retry = reverse("staff_reminder_retry", args=[mail.pk])
    assert client.post(retry).status_code == 403
    assert send_waiting() == 0, "only a person sends it again"
    as_user(cast.official).post(retry)
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        assert send_waiting() == 1
    assert ReminderMail.objects.get().state == "sent"
    as_user(cast.official).post(retry)
    assert ReminderMail.objects.get().state == "sent", "a mail that went stays sent"


def test_all_that_failed_are_sent_again_in_one_press(cast, office, order, as_user):
    order()
    first = ReminderMail.objects.get()
    for number, state in enumerate(("failed", "failed", "unknown", "sent")):
        again(
            first,
            agency=again(office, name=f"Phòng {number}"),
            address=f"{state}@example.org",
            state=state,
            tried_at=timezone.now(),
        )
    other = again(first.reminder, uuid=uuid4())
    elsewhere = again(first, reminder=other, state="failed", tried_at=timezone.now())
    ReminderMail.objects.filter(pk=first.pk).update(state="sent", tried_at=timezone.now())
    address = reverse("staff_reminder_retry_all", args=[first.reminder.uuid])
    assert as_user(cast.reader).post(address).status_code == 403
    assert as_user(cast.stranger).post(address).status_code == 404
    client = as_user(cast.official)
    asked = client.get(address)
    assert [mail.state for mail in asked.context["failed"]] == ["failed"] * 2
    assert "Gửi lại 2 thư" in asked.text
    assert send_waiting() == 0, "asked first"
    assert "Sẽ gửi lại 2 thư" in client.post(address, follow=True).text
    client.post(address)
    assert send_waiting() == 2
    assert {message.to[0] for message in outbox.outbox} == {"failed@example.org"}
    states = ReminderMail.objects.filter(reminder=first.reminder).values_list("state", flat=True)
    assert sorted(states) == ["sent", "sent", "sent", "sent", "unknown"]
    elsewhere.refresh_from_db()
    assert elsewhere.state == "failed"


def test_agencies_elsewhere_are_no_choice(cast, office, as_user, order):
    far = Agency.objects.create(commune=cast.elsewhere, name="Xa", contact_email="x@example.org")
    client = as_user(cast.official)
    page = client.get(
        reverse("staff_reminder_add"), {"to": "contacts", "agency": [office.pk, far.pk]}
    )
    assert "agency" in page.context["form"].errors
    order()
    stranger = as_user(cast.stranger)
    detail = reverse("staff_reminder_detail", args=[Reminder.objects.get().uuid])
    assert stranger.get(detail).status_code == 404
    assert as_user(cast.reader).post(reverse("staff_reminder_add")).status_code == 403


@pytest.mark.parametrize("bad", ["\x00", "no-uuid", "9" * 400, "0001-01-01"])
def test_hostile_input_is_refused_in_words(cast, office, as_user, bad):
    client = as_user(cast.official)
    add = reverse("staff_reminder_add")
    for asked in (
        {"to": bad, "agency": bad, "finish_by": bad},
        {"to": "contacts", "agency": office.pk, "finish_by": "", "uuid": bad, "seen": bad},
    ):
        assert client.get(add, asked).status_code == 200
        assert client.post(add, asked).status_code == 200
    assert not Reminder.objects.exists()


def test_without_a_required_course_nobody_is_said_to_have_finished(cast, as_user):
    page = as_user(cast.official).get(reverse("staff_reminder_add"))
    assert "Tất cả đã hoàn thành" not in page.text
    assert reverse("course_list") in page.text
