"""Photographs of the signed list: taken on a phone or chosen, looked at, removed."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from training.evidence import MOST_PHOTOGRAPHS, add_photograph, remove_photograph
from training.forms.certificates import PhotographForm
from training.taking_attendance import sessions_for
from training.views.sessions import form_methods
from villages.access import WRITERS, for_roles
from villages.answers import answer_form
from villages.refusals import ChangeRefused
from villages.storing_files import MOST_PHOTOGRAPH_BYTES
from villages.uploading import takes_one_file


@for_roles(*WRITERS)
@takes_one_file("photo", most=MOST_PHOTOGRAPH_BYTES)
@form_methods
def session_evidence(request, uuid):
    """Add a photograph of the signed list and show those there are."""
    session = get_object_or_404(sessions_for(request.user), uuid=uuid)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = PhotographForm(
        *sent, most=MOST_PHOTOGRAPH_BYTES, was_too_large=request.file_was_too_large
    )
    return answer_form(
        request,
        form,
        "training/session_evidence.html",
        save=lambda form: add_photograph(
            session, upload=form.cleaned_data["photo"], by=request.user
        ),
        done=request.path,
        message=_("The photograph is kept."),
        session=session,
        photographs=session.evidence.without_content().order_by("pk"),
        most=MOST_PHOTOGRAPHS,
    )


@for_roles(*WRITERS)
@form_methods
def session_evidence_remove(request, uuid):
    """Remove a photograph for good, after asking."""
    session = get_object_or_404(sessions_for(request.user), evidence__uuid=uuid)
    file = get_object_or_404(session.evidence.without_content(), uuid=uuid)
    if request.method == "POST":
        try:
            remove_photograph(session, file=file)
            messages.success(request, _("The photograph is removed."))
        except ChangeRefused as refusal:
            messages.error(request, refusal.message)
        return redirect("session_evidence", uuid=session.uuid)
    return render(
        request, "training/session_evidence_remove.html", {"session": session, "file": file}
    )
