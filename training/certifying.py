"""Certificates of the commune's own sessions: issued, revoked, checked by their code.

A code is drawn by chance from 30 signs that nobody confuses, ten of them: with a hundred
thousand certificates in the portal one guess in six thousand million hits one.
"""

import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from training.models import Certificate, TrainingSession
from villages.periods import today
from villages.refusals import ChangeRefused

SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 10, 5


@transaction.atomic
def issue_certificates(session, *, attendances, by):
    """Give a certificate to those who stayed to the end and have none; return the new ones."""
    session = TrainingSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if session.status != TrainingSession.Status.CLOSED:
        raise ChangeRefused(_("Certificates are issued once the session is closed."))
    rows = (
        session.attendances.filter(pk__in=[row.pk for row in attendances], completed=True)
        .exclude(certificates__in=Certificate.objects.filter(revoked_at__isnull=True))
        .select_related("resident", "staff_member")
    )
    return [_issue(session, row, by) for row in rows]


@transaction.atomic
def revoke_certificate(certificate, *, reason, by):
    """Declare a certificate void, with the reason; whoever checks its code is told so."""
    certificate = _locked(certificate)
    if certificate.revoked_at is not None:
        raise ChangeRefused(_("This certificate is revoked already."))
    certificate.revoked_at, certificate.revoked_by = timezone.now(), by
    certificate.revoke_reason = reason
    certificate.save()
    return certificate


@transaction.atomic
def reissue_certificate(certificate, *, by):
    """Give the holder of a revoked certificate a new one, with today's name and a new code."""
    certificate = _locked(certificate)
    session = TrainingSession.objects.select_for_update(of=("self",)).get(
        pk=certificate.attendance.session_id
    )
    if certificate.revoked_at is None:
        raise ChangeRefused(_("This certificate is valid. Revoke it before issuing a new one."))
    row = certificate.attendance
    if row.certificates.filter(revoked_at__isnull=True).exists():
        raise ChangeRefused(_("%(name)s has a valid certificate already.") % {"name": row})
    if not row.completed:
        raise ChangeRefused(_("%(name)s did not stay to the end.") % {"name": row})
    return _issue(session, row, by)


def certificate_of(code):
    """Return the certificate with this code, as people type it, or ``None``."""
    plain = plain_code(code)
    if len(plain) != LENGTH:
        return None
    rows = Certificate.objects.select_related("attendance__session__commune")
    return rows.filter(code=plain).first()


def plain_code(code):
    """Return the signs of a code without hyphens, spaces and case."""
    return "".join(sign for sign in str(code).upper()[:40] if sign in SIGNS)


def written_code(code):
    """Return a code as it is printed: «ABCDE-FGHJK»."""
    return "-".join(code[n : n + GROUP] for n in range(0, len(code), GROUP))


def shortened_name(name):
    """«Lò Thị Dương» -> «L. T. Dương».

    Enough for whoever holds the paper to compare; too little for whoever guesses codes to
    learn who went to a class.
    """
    *before, last = name.split() or [""]
    return " ".join([*(f"{word[0]}." for word in before), last])


def _issue(session, row, by):
    return Certificate.objects.create(
        code=_new_code(),
        attendance=row,
        full_name=str(row),
        title=session.title,
        held_on=session.held_on,
        issued_on=today(),
        issued_by=by,
    )


def _new_code():
    while True:
        code = "".join(secrets.choice(SIGNS) for _sign in range(LENGTH))
        if not Certificate.objects.filter(code=code).exists():
            return code


def _locked(certificate):
    rows = Certificate.objects.select_for_update(of=("self",))
    return rows.select_related("attendance__resident", "attendance__staff_member").get(
        pk=certificate.pk
    )
