"""How forms answer: shown, refused with what was typed, or saved."""

from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from villages.access import scope_of
from villages.models import Commune
from villages.refusals import ChangeRefused


def sent(request):
    """Return what a form is bound to: all that was posted, even if it is nothing."""
    return request.POST if request.method == "POST" else None


def answer_form(request, form, template, *, save, done, message=None, **context):
    """Show a form, or save it by ``save(form)`` in one transaction and go to ``done``.

    ``done`` and ``message`` are texts, or functions of what was saved. What a verb or the
    database refuses comes back with the form and everything that was typed.
    """
    if request.method == "POST" and form.is_valid():
        saved = _save(form, save)
        if saved is not None:
            if message:
                messages.success(request, message(saved) if callable(message) else message)
            return redirect(done(saved) if callable(done) else done)
    return render(request, template, {"form": form, **context})


def _save(form, save):
    try:
        with transaction.atomic():
            return save(form)
    except ChangeRefused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    except IntegrityError:
        form.add_error(
            None,
            _("Somebody saved the same at this moment. Please look at the list and try again."),
        )
    return None


def may_change_shared(user):
    """Whether somebody may change what all communes share, such as courses.

    Only who writes for every commune on this installation: on one that serves a single
    commune, its officials.
    """
    scope = scope_of(user)
    return scope.everything or (
        bool(scope.writable_communes)
        and not Commune.objects.exclude(pk__in=scope.writable_communes).exists()
    )


def for_shared_writers(view):
    """Let only those reach the view who may change what all communes share."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not may_change_shared(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def writes(user):
    """Whether a page shows the buttons that change records of the commune."""
    scope = scope_of(user)
    return scope.everything or bool(scope.writable_communes)
