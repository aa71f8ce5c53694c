"""Merging, renaming and splitting a village: the form, what would move, and the act."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from households import village_changes as changing
from households.forms.village_change import MergeForm, RenameForm, SplitForm
from households.residence import ResidenceError
from households.village_confirming import NotAsShown, act_as_shown, confirmation_of
from households.village_preview import preview_of
from households.village_undoing import NotUndone, obstacles_to, undo_change
from villages.access import ADMIN, OFFICIAL, for_roles
from villages.models import Village, VillageChange

form_methods = require_http_methods(["GET", "HEAD", "POST"])


@for_roles(OFFICIAL, ADMIN)
@form_methods
def village_merge(request, pk):
    """Merge a village into another from a day on, after showing what moves."""

    def preview(found, former):
        return {"effective_on": found["effective_on"], "into": found["successor"]}

    def act(found, former):
        return changing.merge_villages(
            former=former, successor=found["successor"], by=request.user, **_common(found)
        )

    title = gettext_lazy("Merge %(village)s into another village")
    return _change(request, pk, MergeForm, "merge", title, preview, act)


@for_roles(OFFICIAL, ADMIN)
@form_methods
def village_rename(request, pk):
    """Give a village another name from a day on, after showing what goes on under it."""

    def preview(found, former):
        return {"effective_on": found["effective_on"]}

    def act(found, former):
        return changing.rename_village(
            former=former,
            name=found["name"],
            kind=found["kind"],
            by=request.user,
            **_common(found),
        )

    title = gettext_lazy("Rename %(village)s")
    return _change(request, pk, RenameForm, "rename", title, preview, act)


@for_roles(OFFICIAL, ADMIN)
@form_methods
def village_split(request, pk):
    """Make some households of a village a village of their own, after showing which."""

    def preview(found, former):
        return {"effective_on": found["effective_on"], "households": found["households"]}

    def act(found, former):
        return changing.split_village(
            former=former,
            name=found["name"],
            kind=found["kind"],
            number=found["number"],
            households=found["households"],
            by=request.user,
            **_common(found),
        )

    title = gettext_lazy("Split a village off %(village)s")
    return _change(request, pk, SplitForm, "split", title, preview, act)


@for_roles(OFFICIAL, ADMIN)
@form_methods
def village_change_undo(request, pk):
    """Take a change of a village back after asking, or say what has used it since."""
    change = get_object_or_404(
        VillageChange.objects.writable_by(request.user).select_related("former", "successor"), pk=pk
    )
    obstacles = []
    if request.method == "POST":
        try:
            undo_change(change=change)
            messages.success(request, _("The change is undone. All is as it was before."))
            return redirect("village_detail", pk=change.former_id)
        except NotUndone as refusal:
            obstacles = refusal.obstacles
    else:
        obstacles = obstacles_to(change)
    context = {"change": change, "obstacles": obstacles}
    status = 409 if request.method == "POST" else 200
    return render(request, "households/village_change_undo.html", context, status=status)


def _change(request, pk, form_class, what, title, preview, act):
    former = _writable(request, pk)
    if former.to_on is not None:
        # Pressed twice, or somebody else was faster.
        messages.info(request, _("This village is closed already."))
        return redirect("village_detail", pk=pk)
    sent = request.POST if request.method == "POST" else None
    form = form_class(sent, former=former, user=request.user)
    moves, is_other = None, False
    if sent is not None and form.is_valid():
        said = form.cleaned_data
        about = {"what": what, "former": former, "user": request.user, "said": said}
        moving = preview(said, former)
        confirmation = sent.get("confirm", "")
        try:
            if confirmation:
                change = act_as_shown(
                    lambda: act(said, former), confirmation=confirmation, moving=moving, **about
                )
                messages.success(request, _("The change of the village is recorded."))
                return redirect("village_detail", pk=change.successor_id)
            moves = preview_of(former=former, **moving)
        except NotAsShown as other:
            moves, is_other = other.moves, True
        except ResidenceError as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form,
        "former": former,
        "what": what,
        "title": title % {"village": former.full_name},
        "moves": moves,
        "is_other": is_other,
        "confirmation": confirmation_of(moves=moves, **about) if moves else "",
    }
    status = 400 if form.errors else 200
    return render(request, "households/village_change.html", context, status=status)


def _common(found):
    return {name: found[name] for name in ("effective_on", "document", "note")}


def _writable(request, pk):
    villages = Village.objects.writable_by(request.user).select_related("commune")
    return get_object_or_404(villages, pk=pk)
