"""Two entries that are one person: choosing, seeing what moves, merging, parting again."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from households import merging
from households.forms.fields import TextField
from households.models import Resident, ResidentMerge
from villages.access import ADMIN, OFFICIAL, for_roles

MOST_FOUND = 20


class WhoForm(forms.Form):
    """Which other entry is the same person; ``confirm`` comes from the page with the preview."""

    kept = forms.ModelChoiceField(
        Resident.objects.none(),
        to_field_name="uuid",
        error_messages={
            "required": gettext_lazy("Choose the entry that is kept."),
            "invalid_choice": gettext_lazy("Choose the entry that is kept."),
        },
    )
    confirm = forms.BooleanField(required=False)

    def __init__(self, *args, user, merged, **options):
        super().__init__(*args, **options)
        self.fields["kept"].queryset = (
            Resident.objects.writable_by(user)
            .filter(household__village__commune=merged.household.village.commune_id)
            .exclude(pk=merged.pk)
            .exclude(status=Resident.Status.MERGED)
            .select_related("household__village")
        )


class SearchForm(forms.Form):
    """Looking for an entry that the list of the likely ones does not have."""

    q = TextField(required=False, max_length=100)


@for_roles(OFFICIAL, ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def resident_merge(request, uuid):
    """Give this entry's records to another one of the same person, after showing what moves."""
    merged = _writable(request.user, uuid)
    sent = request.POST if request.method == "POST" else None
    form = WhoForm(sent, user=request.user, merged=merged)
    kept = moves = None
    if sent is not None and form.is_valid():
        kept = form.cleaned_data["kept"]
        if not form.cleaned_data["confirm"]:
            moves = merging.preview_of(kept=kept, merged=merged)
        elif _merge(form, kept, merged, request.user):
            messages.success(request, _("The two entries are one now. This can be undone here."))
            return redirect("resident_detail", uuid=kept.uuid)
    search = SearchForm(request.GET)
    wanted = search.cleaned_data["q"] if search.is_valid() else ""
    context = {
        "form": form,
        "merged": merged,
        "kept": kept,
        "moves": moves,
        "wanted": wanted,
        "likely": merging.candidates_for(merged),
        "found": form.fields["kept"]
        .queryset.search(wanted)
        .order_by("name_folded", "pk")[:MOST_FOUND]
        if wanted
        else [],
    }
    status = 400 if form.errors else 200
    return render(request, "households/resident_merge.html", context, status=status)


@for_roles(OFFICIAL, ADMIN)
@require_POST
def resident_part(request, pk):
    """Undo a merge, or say what has changed since."""
    merge = get_object_or_404(
        ResidentMerge.objects.writable_by(request.user).select_related("kept", "merged"), pk=pk
    )
    try:
        merging.part_residents(merge=merge, by=request.user)
    except merging.NotParted as refusal:
        what, why = refusal.obstacles[0]
        messages.error(
            request,
            _("Not parted, because records changed since the merge: %(what)s %(why)s.")
            % {"what": what, "why": why},
        )
        return redirect("resident_detail", uuid=merge.kept.uuid)
    messages.success(request, _("Parted again: both entries are as they were."))
    return redirect("resident_detail", uuid=merge.merged.uuid)


def _merge(form, kept, merged, user):
    try:
        merging.merge_residents(kept=kept, merged=merged, by=user)
    except merging.NotMerged as refusal:
        form.add_error("kept", str(refusal))
        return False
    return True


def _writable(user, uuid):
    residents = Resident.objects.writable_by(user).exclude(status=Resident.Status.MERGED)
    return get_object_or_404(residents.select_related("household__village__commune"), uuid=uuid)
