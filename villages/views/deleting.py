"""The page that asks before a record entered by mistake is deleted, whatever the record is."""

from django.contrib import messages
from django.shortcuts import redirect, render

from villages.deleting import delete_unused
from villages.refusals import ChangeRefused


def nothing(record):
    """What hangs on a record that may always be deleted."""
    return []


def answer_deletion(
    request,
    record,
    *,
    question,
    message,
    cancel_url,
    done,
    within=None,
    lines=(),
    uses_of=nothing,
    delete=None,
):
    """Ask whether to delete a record and do it on a POST, or say what hangs on it.

    ``cancel_url`` is the page of ``within``, of the record itself where it has one. ``lines``
    are sentences that tell what it is and what goes with it. ``delete`` is the verb where
    deleting means more than taking the row away; it may raise ChangeRefused.
    """
    if request.method == "POST":
        try:
            delete(record) if delete else delete_unused(record, uses_of)
        except ChangeRefused as refusal:
            messages.error(request, refusal.message)
            return redirect(cancel_url)
        messages.success(request, message)
        return redirect(done)
    context = {
        "record": record,
        "within": within or record,
        "question": question,
        "uses": uses_of(record),
        "lines": lines,
        "cancel_url": cancel_url,
    }
    return render(request, "villages/record_delete.html", context)
