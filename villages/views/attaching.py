"""Pages that take one file for a record, and off it again, whatever the record is."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from villages.attachments import attach_file, detach_file
from villages.storing_files import MOST_PHOTOGRAPH_BYTES, StoredFileField, too_large
from villages.uploading import takes_one_file

takes_attachment = takes_one_file("file", most=MOST_PHOTOGRAPH_BYTES)


class AttachmentForm(forms.Form):
    """A file to attach."""

    file = StoredFileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("PDF, Word, Excel, MP3 or a photograph, up to 5 MB."),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )


def answer_attachment(request, record, *, done):
    """Show the page, or attach the file that was sent and go to ``done``."""
    form = AttachmentForm(request.POST if request.method == "POST" else None, request.FILES or None)
    if request.method == "POST":
        if getattr(request, "file_was_too_large", False):
            form.add_error("file", too_large(MOST_PHOTOGRAPH_BYTES))
        elif form.is_valid() and _attached(form, record, request.user):
            messages.success(request, _("The file is attached."))
            return redirect(done)
    return render(
        request,
        "villages/attachment_add.html",
        {"form": form, "record": record, "cancel_url": done},
    )


def answer_detachment(request, record, file_uuid, *, done):
    """Ask whether to delete an attached file, then do it and go to ``done``."""
    file = get_object_or_404(record.attachments.without_content(), uuid=file_uuid)
    if request.method == "POST":
        detach_file(record=record, file=file)
        messages.success(request, _("The file is taken off."))
        return redirect(done)
    context = {"record": record, "file": file, "cancel_url": done}
    return render(request, "villages/attachment_remove.html", context)


def _attached(form, record, user):
    try:
        attach_file(record=record, upload=form.cleaned_data["file"], by=user)
    except ValidationError as refused:
        form.add_error("file", refused)
        return False
    return True
