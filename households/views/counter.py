"""The counter: one citizen after the other, by keyboard alone."""

import uuid

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from households import counter as helping
from households.forms.counter import CounterForm
from households.models import Encounter, SkillCheck
from households.recording import NotCorrectable, OtherContent
from villages.access import ADMIN, OFFICIAL, for_roles
from villages.periods import today
from villages.text import clean_text

OFFICE = "counter-office"
SHOWN_TODAY, NAMED_IN_A_LINE = 10, 3
KEYS = {
    "alone": pgettext_lazy("letter in a box", "A"),
    "with_help": pgettext_lazy("letter in a box", "H"),
    "not_yet": pgettext_lazy("letter in a box", "N"),
}


@for_roles(OFFICIAL, ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def counter(request):
    """Record whom a counter helped with what; the page comes back ready for the next.

    ``?q=`` looks for a citizen and ``?resident=`` chooses one, for browsers without scripts.
    """
    if request.method == "POST":
        return _save(request)
    form = CounterForm(
        user=request.user,
        initial={
            "uuid": uuid.uuid4(),
            "resident": request.GET.get("resident", ""),
            "office": request.session.get(OFFICE, Encounter.Office.SERVICE_CENTRE),
            "held_on": today(),
        },
    )
    return _show(request, form)


@for_roles(OFFICIAL, ADMIN)
@require_GET
def counter_people(request):
    """Give the citizens whose name was typed, as the list that stands under the box."""
    wanted = _wanted(request)
    found = list(helping.find_citizens(request.user, wanted))
    return render(request, "households/counter_people.html", {"found": found, "wanted": wanted})


@for_roles(OFFICIAL, ADMIN)
@require_POST
def counter_undo(request, uuid):
    """Take back what was recorded at the counter a moment ago."""
    encounter = get_object_or_404(Encounter.objects.writable_by(request.user), uuid=uuid)
    try:
        helping.undo_help(
            encounter=encounter, reason=_("Taken back at the counter."), by=request.user
        )
    except NotCorrectable:
        messages.error(
            request, _("That was too long ago to be taken back. Declare it void with a reason.")
        )
        return redirect("visit", uuid=encounter.uuid)
    messages.success(
        request,
        _("Number %(number)s is taken back and does not count.") % {"number": encounter.receipt},
    )
    return redirect("counter")


def _save(request):
    form = CounterForm(request.POST, user=request.user)
    if not form.is_valid():
        return _show(request, form, status=400)
    request.session[OFFICE] = form.cleaned_data["office"]
    try:
        encounter, _created = _record(form.cleaned_data, request.user)
    except helping.NotHelped as refusal:
        for message in refusal.messages:
            form.add_error(None, message)
        return _show(request, form, status=400)
    except OtherContent:
        # Back, changed, sent again: the first one stands and can be taken back or corrected.
        form.add_error(
            None, _("This was saved already with other answers. Take that one back first.")
        )
        return _show(request, form, status=409)
    return redirect(f"{reverse('counter')}?saved={encounter.uuid}")


def _record(found, user):
    common = {name: found[name] for name in ("uuid", "office", "held_on", "note")} | {"by": user}
    if found["resident"] is None:
        return helping.help_somebody(
            commune=found["commune"], skills=list(found["outcomes"]), **common
        )
    return helping.help_citizen(
        resident=found["resident"],
        outcomes=found["outcomes"],
        confirmed=found["confirmed"],
        **common,
    )


def _show(request, form, status=200):
    wanted = _wanted(request)
    recorded = helping.helped_on(request.user, today())
    context = {
        "form": form,
        "wanted": wanted,
        "found": list(helping.find_citizens(request.user, wanted)) if wanted else [],
        "citizen": form.found_resident,
        "outcomes": [(value, label, KEYS[value]) for value, label in SkillCheck.Outcome.choices],
        "recorded": [_told(one, request.user) for one in recorded[:SHOWN_TODAY]],
        "tally": helping.tally_of(recorded),
        "saved": _just_saved(request),
    }
    return render(request, "households/counter.html", context, status=status)


def _told(encounter, user):
    """Return one line of the day: whom, what with, and whether it can be taken back."""
    names = [met.resident.full_name for met in encounter.people_met.all()]
    skills = [check.skill for check in encounter.checks.all()] + list(encounter.guided_skills.all())
    return {
        "encounter": encounter,
        "names": names[:NAMED_IN_A_LINE],
        "others": len(names[NAMED_IN_A_LINE:]),
        "skills": list(dict.fromkeys(skills)),
        "may_undo": helping.may_undo(encounter, user),
    }


def _just_saved(request):
    try:
        wanted = uuid.UUID(request.GET.get("saved", ""))
    except ValueError:
        return None
    own = Encounter.objects.standing().filter(author=request.user, uuid=wanted)
    return own.prefetch_related("people_met__resident").first()


def _wanted(request):
    return clean_text(request.GET.get("q", ""))[:100]
