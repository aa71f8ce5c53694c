"""What is printed on a certificate: the holder, the session, its code as text and as picture."""

from dataclasses import dataclass

import segno
from django.urls import reverse

from training.certifying import written_code
from training.models import Certificate


@dataclass(frozen=True)
class CertificateSheet:
    """One certificate, ready to be printed."""

    certificate: Certificate
    written: str
    address: str
    picture: str


def certificate_sheets(certificates, request):
    """Return the sheets of certificates; the address begins with this portal's host."""
    return [_sheet(certificate, request) for certificate in certificates]


def _sheet(certificate, request):
    written = written_code(certificate.code)
    address = request.build_absolute_uri(reverse("certificate_verify", args=[written]))
    return CertificateSheet(certificate, written, address, qr_picture(address))


def qr_picture(address):
    """Return an address as a QR picture: a quarter of it may be dirty and it still reads."""
    return segno.make(address, error="q", micro=False).svg_data_uri(omitsize=True, border=4)
