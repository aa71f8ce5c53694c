"""Reminders by e-mail: written, looked at, sent by a worker, and what became of each.

A mail is claimed before the mail server is asked and settled after it answered, so that two
workers never send one mail, and a worker that dies in between leaves a mail of which it is
not known whether it went. Only a person sends such a mail, or one that failed, again.
"""

import hashlib
import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from training.models import Reminder, ReminderMail
from training.unfinished import agency_words, member_words, unfinished_by_agency
from villages.refusals import ChangeRefused
from villages.ringing import ring
from villages.text import clean_text

logger = logging.getLogger(__name__)

State = ReminderMail.State
# Well within the time a task may take; what is left is rung for again.
SECONDS_A_TASK = 120
GIVEN_UP_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Letter:
    """One mail as it will be sent; ``member`` is ``None`` for an agency's contact."""

    agency: object
    member: object
    address: str
    subject: str
    body: str


@dataclass(frozen=True)
class Letters:
    """The mails of a reminder, and who cannot get one: (agency, member or ``None``)."""

    letters: list
    without_address: list

    @property
    def seal(self):
        """A short text that changes with any recipient or word."""
        told = [(letter.address, letter.subject, letter.body) for letter in self.letters]
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def write_letters(agencies, *, to, day, finish_by=None):
    """Return the letters to the contacts or members of these agencies; nothing is sent."""
    letters, without = [], []
    # One language whoever presses the button: the one the commune writes in.
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Reminder: required courses on digital skills")
        for agency, people in unfinished_by_agency(agencies, day).items():
            if to == Reminder.To.CONTACTS:
                body = agency_words(agency, people, day, finish_by)
                found = [(None, agency.contact_email, body)]
            else:
                found = [
                    (one.member, one.member.email, member_words(one, day, finish_by))
                    for one in people
                ]
            for member, address, body in found:
                if address:
                    letters.append(Letter(agency, member, address, subject, body))
                else:
                    without.append((agency, member))
    return Letters(letters, without)


def order_reminder(written, *, uuid, commune, to, finish_by, seen, by):
    """Record a reminder with its mails and ring for a worker; return it.

    The same ``uuid`` again returns what is there: pressing twice sends once. Refused when
    the letters are no longer those that were ``seen``.
    """
    known = Reminder.objects.filter(uuid=uuid, made_by=by).first()
    if known is not None:
        return known
    if not written.letters:
        raise ChangeRefused(gettext_lazy("There is nobody to write to."))
    if seen != written.seal:
        raise ChangeRefused(
            gettext_lazy("The list has changed meanwhile. Please look at the mails again.")
        )
    try:
        with transaction.atomic():
            reminder = Reminder.objects.create(
                uuid=uuid, commune=commune, to=to, finish_by=finish_by, made_by=by
            )
            ReminderMail.objects.bulk_create(
                ReminderMail(
                    reminder=reminder,
                    agency=letter.agency,
                    staff_member=letter.member,
                    address=letter.address,
                    subject=letter.subject,
                    body=letter.body,
                )
                for letter in written.letters
            )
            _ring_after_commit()
    except IntegrityError:
        # Two presses at one moment: the other one was first.
        known = Reminder.objects.filter(uuid=uuid, made_by=by).first()
        if known is None:
            raise
        return known
    return reminder


@transaction.atomic
def send_again(mail):
    """Put a mail that failed, or of which nothing is known, back in the queue."""
    put_back = ReminderMail.objects.filter(
        pk=mail.pk, state__in=[State.FAILED, State.UNKNOWN]
    ).update(state=State.WAITING, error="")
    if not put_back:
        raise ChangeRefused(gettext_lazy("This mail is not one that failed."))
    _ring_after_commit()


@transaction.atomic
def send_failed_again(reminder):
    """Put every mail of a reminder that failed back in the queue; return how many.

    Those of which nobody knows whether they went stay: each is a person's decision.
    """
    count = reminder.mails.filter(state=State.FAILED).update(state=State.WAITING, error="")
    if not count:
        raise ChangeRefused(gettext_lazy("No mail of this reminder has failed."))
    _ring_after_commit()
    return count


def send_waiting():
    """Send the mails that wait, for a while; return how many went. Called by a worker."""
    _give_up_on_lost_ones()
    waiting = list(
        ReminderMail.objects.filter(state=State.WAITING)
        .order_by("pk")
        .values_list("pk", flat=True)[:500]
    )
    if not waiting:
        return 0
    connection, sent, until = get_connection(), 0, time.monotonic() + SECONDS_A_TASK
    try:
        for place, pk in enumerate(waiting):
            if time.monotonic() > until:
                _ring()
                logger.info("%s mails of reminders wait for the next turn.", len(waiting) - place)
                break
            sent += _send(pk, connection)
    finally:
        connection.close()
    return sent


def _send(pk, connection):
    """Send one mail if nobody else has taken it; return whether it went."""
    claimed = ReminderMail.objects.filter(pk=pk, state=State.WAITING).update(
        state=State.SENDING, tried_at=timezone.now()
    )
    if not claimed:
        return False
    mail = ReminderMail.objects.select_related("reminder").get(pk=pk)
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"
    message = EmailMessage(
        mail.subject,
        mail.body,
        to=[mail.address],
        connection=connection,
        # The same however often it is sent, so that a mailbox can tell a repetition.
        headers={
            "Message-ID": f"<reminder-{mail.reminder.uuid}-{mail.pk}@{domain}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    try:
        message.send()
    except Exception as error:
        # Whatever a mail server answers, it is kept with the mail and shown to officials.
        why = clean_text(f"{type(error).__name__}: {error}")[:300]
        ReminderMail.objects.filter(pk=pk).update(state=State.FAILED, error=why)
        logger.warning("A mail of reminder %s was not sent.", mail.reminder_id)
        connection.close()
        return False
    ReminderMail.objects.filter(pk=pk).update(state=State.SENT, error="")
    return True


def _give_up_on_lost_ones():
    lost = ReminderMail.objects.filter(
        state=State.SENDING, tried_at__lt=timezone.now() - GIVEN_UP_AFTER
    )
    # Looked for first: SQLite has one writer, and a long list may be it for minutes.
    if lost.exists():
        lost.update(state=State.UNKNOWN)


def _ring_after_commit():
    transaction.on_commit(partial(_ring), robust=True)


def _ring():
    from training.tasks import send_reminders

    ring(send_reminders)
