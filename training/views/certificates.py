"""Certificates: issued, printed, revoked, listed; and the public page that checks a code."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from training import certifying
from training.certificate_sheets import certificate_sheets
from training.filters import CertificateFilter
from training.forms.certificates import CodeForm, RevokeForm
from training.models import Certificate, TrainingSession
from training.views.sessions import form_methods
from villages.access import ADMIN, COMMUNE_ROLES, OFFICIAL, STAFF, for_roles, public
from villages.answers import answer_form, sent, writes
from villages.folding import Folded
from villages.lists import listing
from villages.refusals import ChangeRefused

SORTS = {
    "name": ["full_name__folded"],
    "session": ["title__folded"],
    "day": ["held_on"],
    "issued": ["issued_on"],
}


@for_roles(*COMMUNE_ROLES)
@require_GET
def certificate_list(request):
    """List the certificates of the commune, valid and revoked."""
    context = listed_certificates(request)
    context["rows_with_session"] = context["page"].object_list.select_related("attendance__session")
    context["may_write"] = writes(request.user)
    return render(request, "training/certificate_list.html", context)


def listed_certificates(request):
    """Return the context of the list as it is filtered and sorted."""
    rows = Certificate.objects.visible_to(request.user)
    filterset = CertificateFilter(request, rows)
    return listing(request, filterset, sorts=SORTS, default="-issued")


@for_roles(*COMMUNE_ROLES)
@form_methods
def session_certificates(request, uuid):
    """Show who of a session has a certificate; issue them to those who are ticked."""
    sessions = TrainingSession.objects.visible_to(request.user)
    session = get_object_or_404(sessions, uuid=uuid)
    if request.method == "POST":
        if not _may_write(request, session):
            raise PermissionDenied
        _issue(request, session)
        return redirect("session_certificates", uuid=session.uuid)
    valid = Certificate.objects.filter(attendance=OuterRef("pk"), revoked_at__isnull=True)
    rows = (
        session.attendances.filter(completed=True)
        .annotate(has_one=Exists(valid))
        .select_related("resident__household__village", "staff_member")
        .order_by(
            "resident__name_folded", "staff_member__name_folded", Folded("walk_in_name"), "pk"
        )
    )
    context = {
        "session": session,
        "waiting": [row for row in rows if not row.has_one],
        "certificates": Certificate.objects.filter(attendance__session=session).order_by(
            "revoked_at", Folded("full_name"), "pk"
        ),
        "valid": sum(row.has_one for row in rows),
        "may_write": _may_write(request, session),
        "is_closed": session.status == TrainingSession.Status.CLOSED,
        "left_early": session.attendances.filter(completed=False).count(),
    }
    return render(request, "training/session_certificates.html", context)


def _may_write(request, session):
    theirs = TrainingSession.objects.writable_by(request.user).filter(pk=session.pk)
    return writes(request.user) and theirs.exists()


def _issue(request, session):
    wanted = [word for word in request.POST.getlist("attendance") if _is_id(word)]
    try:
        issued = certifying.issue_certificates(
            session, attendances=session.attendances.filter(pk__in=wanted), by=request.user
        )
    except ChangeRefused as refusal:
        messages.error(request, refusal.message)
        return
    if issued:
        words = ngettext(
            "%(count)s certificate is issued.", "%(count)s certificates are issued.", len(issued)
        )
        messages.success(request, words % {"count": len(issued)})
    else:
        messages.info(request, _("Choose at least one person without a certificate."))


def _is_id(word):
    return word.isascii() and word.isdecimal() and len(word) < 16


@for_roles(*COMMUNE_ROLES)
@require_GET
def session_certificates_print(request, uuid):
    """Print all valid certificates of a session, one to an A4 page."""
    sessions = TrainingSession.objects.visible_to(request.user)
    session = get_object_or_404(sessions.select_related("commune"), uuid=uuid)
    rows = Certificate.objects.filter(attendance__session=session, revoked_at__isnull=True)
    return _print(request, rows.order_by("full_name", "pk"), back=_certificates_of(session))


@for_roles(*COMMUNE_ROLES, STAFF)
@require_GET
def certificate_print(request, pk):
    """Print one certificate; members of staff print their own."""
    own = Certificate.objects.filter(attendance__staff_member__user=request.user)
    rows = Certificate.objects.visible_to(request.user) | own
    certificate = get_object_or_404(rows, pk=pk)
    if own.filter(pk=pk).exists() and not writes(request.user):
        back = reverse("my_courses")
    else:
        back = _certificates_of(certificate.attendance.session)
    return _print(request, Certificate.objects.filter(pk=pk), back=back)


def _print(request, certificates, *, back):
    rows = certificates.select_related("attendance__session__commune")
    context = {"sheets": certificate_sheets(rows, request), "back": back}
    return render(request, "training/certificate_print.html", context)


@for_roles(OFFICIAL, ADMIN)
@form_methods
def certificate_revoke(request, pk):
    """Revoke a certificate after asking why."""
    certificate = _writable(request, pk)
    back = _certificates_of(certificate.attendance.session)
    return answer_form(
        request,
        RevokeForm(sent(request)),
        "training/certificate_revoke.html",
        save=lambda form: certifying.revoke_certificate(
            certificate, reason=form.cleaned_data["reason"], by=request.user
        ),
        done=back,
        message=_("The certificate is revoked. Whoever checks its code is told so."),
        certificate=certificate,
        written=certifying.written_code(certificate.code),
        cancel_url=back,
    )


@for_roles(OFFICIAL, ADMIN)
@require_POST
def certificate_reissue(request, pk):
    """Give the holder of a revoked certificate a new one."""
    certificate = _writable(request, pk)
    try:
        certifying.reissue_certificate(certificate, by=request.user)
        messages.success(request, _("A new certificate with a new code is issued."))
    except ChangeRefused as refusal:
        messages.error(request, refusal.message)
    return redirect(_certificates_of(certificate.attendance.session))


def _certificates_of(session):
    return reverse("session_certificates", args=[session.uuid])


def _writable(request, pk):
    rows = Certificate.objects.writable_by(request.user)
    return get_object_or_404(rows.select_related("attendance__session"), pk=pk)


@public
@require_GET
def certificate_check(request):
    """Ask for the code on a certificate. Nothing is listed and nothing can be searched."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        plain = certifying.plain_code(form.cleaned_data["code"])
        if len(plain) == certifying.LENGTH:
            return redirect("certificate_verify", code=certifying.written_code(plain))
        form.add_error("code", _("A code has ten letters and digits. Compare it with the paper."))
    return _shown(request, "training/certificate_check.html", {"form": form})


@public
@require_GET
def certificate_verify(request, code):
    """Say whether a code belongs to a valid certificate, with no more than its paper shows."""
    certificate = certifying.certificate_of(code)
    context = {
        "certificate": certificate,
        "written": certifying.written_code(certifying.plain_code(code))[:11],
        "holder": certificate and certifying.shortened_name(certificate.full_name),
        "issuer": certificate and certificate.attendance.session.commune,
    }
    status = 200 if certificate else 404
    return _shown(request, "training/certificate_verify.html", context, status=status)


def _shown(request, template, context, status=200):
    response = render(request, template, context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response
