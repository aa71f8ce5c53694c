"""Members of households: their page, and how they arrive, change and leave."""

from auditlog.signals import accessed
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from households.forms.resident import RESIDENT_FIELDS, LeaveForm, MoveForm, ResidentForm
from households.models import Resident, ResidentMerge
from households.residence import add_resident, end_residency, make_head, move_resident
from households.rungs import is_adult, rungs_of, skill_record
from households.views.household_form import may_write, writable_household
from villages.access import ADMIN, EVERYONE, OFFICIAL, WRITERS, for_roles, scope_of
from villages.periods import today


@for_roles(*EVERYONE)
@require_safe
def resident_detail(request, uuid):
    """Show one resident. That somebody looked is kept in the log."""
    resident = _visible(request.user, uuid)
    accessed.send(sender=Resident, instance=resident)
    context = {
        "resident": resident,
        "household": resident.household,
        "skills": skill_record(resident, today()),
        "meetings": resident.met.select_related("encounter__household").order_by(
            "-happened_on", "-pk"
        )[:100],
        "confirmations": resident.confirmations.select_related("seen_by"),
        "residencies": resident.residencies.select_related("household__village"),
        "can_write": may_write(request.user, resident.household),
        "others": _others(resident),
        "merges": ResidentMerge.objects.filter(
            kept=resident, undone_at__isnull=True
        ).select_related("merged", "merged_by"),
        "merged_into": ResidentMerge.objects.filter(merged=resident, undone_at__isnull=True)
        .select_related("kept")
        .first(),
        "may_merge": scope_of(request.user).role in (OFFICIAL, ADMIN)
        and resident.status != Resident.Status.MERGED,
        "is_present": resident.status == Resident.Status.PRESENT,
        "age": resident.age_on(today()),
    }
    return render(request, "households/resident_detail.html", context)


def _others(resident):
    """Return who else lives in the household, each with the rungs and the age of today."""
    present = Resident.objects.present().filter(household=resident.household)
    rungs = rungs_of(present, today())
    others = list(present.exclude(pk=resident.pk).order_by("-is_head", "birth_year", "pk"))
    for other in others:
        other.rungs = rungs[other.pk]
        other.age = other.age_on(today())
        other.is_adult = is_adult(other.birth_year, today())
    return others


@for_roles(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def resident_add(request, uuid):
    """Add a member to a household from today on."""
    household = writable_household(request.user, uuid)
    form = ResidentForm(request.POST or None, household=household)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            person = {name: form.cleaned_data[name] for name in RESIDENT_FIELDS[:-1]}
            resident = add_resident(household=household, since_on=today(), **person)
            if form.cleaned_data["is_head"]:
                make_head(resident)
        messages.success(request, _("%(name)s is a member now.") % {"name": resident.full_name})
        return redirect("household_detail", household.uuid)
    return _show(request, "households/resident_form.html", form, household, None)


@for_roles(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def resident_edit(request, uuid):
    """Change what is known about a member."""
    resident = _writable(request.user, uuid)
    form = ResidentForm(request.POST or None, household=resident.household, resident=resident)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            for name in RESIDENT_FIELDS[:-1]:
                setattr(resident, name, form.cleaned_data[name])
            resident.is_head = resident.is_head and form.cleaned_data["is_head"]
            resident.save()
            if form.cleaned_data["is_head"] and resident.status == Resident.Status.PRESENT:
                make_head(resident)
        messages.success(request, _("The member is saved."))
        return redirect("resident_detail", resident.uuid)
    return _show(request, "households/resident_form.html", form, resident.household, resident)


@for_roles(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def resident_leave(request, uuid):
    """Record that a member moved away or died."""
    resident = _present(request.user, uuid)
    form = LeaveForm(request.POST or None, resident=resident)
    if request.method == "POST" and form.is_valid():
        end_residency(
            resident=resident, on=form.cleaned_data["on"], ended=form.cleaned_data["ended"]
        )
        messages.success(
            request,
            _("%(name)s is no longer on the household's list.") % {"name": resident.full_name},
        )
        return redirect("household_detail", resident.household.uuid)
    return _show(request, "households/resident_leave.html", form, resident.household, resident)


@for_roles(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def resident_move(request, uuid):
    """Record that a member lives in another household of the village from a day on."""
    resident = _present(request.user, uuid)
    former = resident.household
    form = MoveForm(request.POST or None, resident=resident, village=former.village)
    if request.method == "POST" and form.is_valid():
        household = form.cleaned_data["household"]
        move_resident(resident=resident, household=household, on=form.cleaned_data["on"])
        messages.success(
            request,
            _("%(name)s belongs to %(household)s now.")
            % {"name": resident.full_name, "household": household},
        )
        return redirect("household_detail", household.uuid)
    return _show(request, "households/resident_move.html", form, former, resident)


def _visible(user, uuid):
    residents = Resident.objects.visible_to(user).select_related("household__village__commune")
    return get_object_or_404(residents, uuid=uuid)


def _writable(user, uuid):
    resident = _visible(user, uuid)
    if not may_write(user, resident.household):
        raise PermissionDenied
    return resident


def _present(user, uuid):
    resident = _writable(user, uuid)
    if resident.status != Resident.Status.PRESENT:
        raise PermissionDenied
    return resident


def _show(request, template, form, household, resident):
    context = {"form": form, "household": household, "resident": resident}
    status = 400 if request.method == "POST" else 200
    return render(request, template, context, status=status)
