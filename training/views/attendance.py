"""Who came to a session: finding people, adding and striking them, noting what they showed."""

from uuid import uuid4

from django.contrib import messages
from django.db.models import Case, When
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from households.models import Resident, SkillCheck
from training import attendance
from training.forms.sessions import CountForm, PeopleSearchForm, PersonToAddForm, WalkInForm
from training.models import Attendance, StaffMember, TrainingSession
from training.rosters import expected_of, roster
from training.taking_attendance import sessions_for
from training.views.sessions import form_methods
from villages.access import WRITERS, for_roles
from villages.periods import today
from villages.refusals import ChangeRefused
from villages.text import fold

MOST_FOUND = 20


@for_roles(*WRITERS)
@form_methods
def session_attendance(request, uuid):
    """Take attendance. Every button saves what stands on the page, so that nothing is lost."""
    sessions = sessions_for(request.user).select_related("village", "commune")
    session = get_object_or_404(sessions, uuid=uuid)
    search = PeopleSearchForm(request.POST or request.GET or None)
    walk_in, count = _walk_in_form(request, session), _count_form(request, session)
    if request.method == "POST":
        if _save(request, session, walk_in, count):
            return _back_to_page(request, session)
        session.refresh_from_db()
    elif request.htmx and request.GET.get("part") == "found":
        return render(request, "training/_found_people.html", _found(request, session, search))
    context = {
        "session": session,
        "search": search,
        "walk_in": walk_in,
        "count": count,
        "roster": roster(session),
        "expected": expected_of(session),
        "outcomes": SkillCheck.Outcome.choices,
        "is_open": _is_open(session),
        "added": request.GET.get("added", ""),
        **_found(request, session, search),
    }
    return render(request, "training/session_attendance.html", context)


def _is_open(session):
    planned_or_held = {TrainingSession.Status.PLANNED, TrainingSession.Status.HELD}
    return session.status in planned_or_held and session.held_on <= today()


def _back_to_page(request, session):
    """Lead back to the same search, so that the next person can be added at once."""
    if request.POST.get("action") == "done":
        return redirect("session_detail", uuid=session.uuid)
    words = request.POST.get("q", "").strip()[:100]
    address = reverse("session_attendance", args=[session.uuid])
    kept = {"q": words} if words else {}
    kind, _colon, key = request.POST.get("add", "").partition(":")
    if kind == "resident":
        kept["added"] = key[:36]
    return redirect(f"{address}?{urlencode(kept)}" if kept else address)


def _walk_in_form(request, session):
    wanted = request.POST.get("action") == "walk_in" or request.POST.get("walk_in-name")
    return WalkInForm(
        request.POST if wanted else None,
        prefix="walk_in",
        commune=session.commune,
        initial={"uuid": uuid4()},
    )


def _count_form(request, session):
    typed = request.POST if "counted" in request.POST else None
    return CountForm(typed, initial={"counted": session.counted})


def _save(request, session, walk_in, count):
    """Save the outcomes on the page and what its button asks; say whether all of it held."""
    if any(form.is_bound and not form.is_valid() for form in (walk_in, count)):
        return False
    try:
        _note_outcomes(request, session)
        if walk_in.is_bound:
            _add_walk_in(request, session, walk_in.walk_in())
        if "add" in request.POST:
            _add_person(request, session, request.POST["add"])
        if "remove" in request.POST:
            _remove(request, session, request.POST["remove"])
        if count.is_bound and _as_shown(request, "counted") != str(count["counted"].value()):
            attendance.count_list(session, counted=count.cleaned_data["counted"])
    except ChangeRefused as refusal:
        messages.error(request, refusal.message)
        return False
    if request.POST.get("action") == "done":
        messages.success(request, _("The list is saved."))
    return True


def _note_outcomes(request, session):
    """Read what was changed on the page; what it did not change is left as it is by now.

    Since the page was drawn a phone may have sent more than it shows.
    """
    if "listed" not in request.POST or not session.encounter_id:
        return
    allowed = {"", *SkillCheck.Outcome.values}
    outcomes, seen = {}, {}
    listed, ticked = _ids(request, "listed"), _ids(request, "seen")
    shown, stayed, stayed_before = (
        _ids(request, name) for name in ("seen_shown", "completed", "completed_shown")
    )
    for person in roster(session)["residents"]:
        row = person["row"]
        for asked in person["skills"]:
            outcome = request.POST.get(asked["name"])
            if outcome in allowed and outcome != _as_shown(request, asked["name"]):
                outcomes[row.resident_id, asked["skill"].pk] = outcome
        if row.pk in listed and (row.pk in ticked) != (row.pk in shown):
            seen[row.resident_id] = row.pk in ticked
    attendance.note_outcomes(
        session,
        outcomes=outcomes,
        completed={pk: pk in stayed for pk in listed if (pk in stayed) != (pk in stayed_before)},
        seen=seen,
        by=request.user,
    )


def _as_shown(request, name):
    """Return what the page showed under a name when it was drawn, or ``None``."""
    return request.POST.get(f"{name}_shown")


def _ids(request, name):
    return {int(pk) for pk in request.POST.getlist(name) if _is_id(pk)}


def _add_person(request, session, word):
    """Add the resident or member of staff that an «Add» button names."""
    kind, _colon, key = word.partition(":")
    if kind == "invitation":
        _add_expected(request, session, key)
        return
    form = PersonToAddForm({kind: key}, user=request.user, commune=session.commune)
    if not form.is_valid():
        raise ChangeRefused(_("This person is not on the lists you can see."))
    resident, member = form.cleaned_data["resident"], form.cleaned_data["staff_member"]
    _add(
        request,
        session,
        residents=[resident] if resident else [],
        staff=[member] if member else [],
    )


def _add_expected(request, session, key):
    """Add somebody who was expected; a trainer from elsewhere may, whoever it is."""
    rows = session.invitations.select_related("resident", "staff_member")
    row = rows.filter(pk=int(key)).first() if _is_id(key) else None
    if row is None:
        raise ChangeRefused(_("This person is not expected any more."))
    if row.resident:
        _add(request, session, residents=[row.resident])
    else:
        _add(request, session, staff=[row.staff_member])


def _add_walk_in(request, session, who):
    """Add a walk-in once, however often the page is sent; another name is another person."""
    known = Attendance.objects.filter(uuid=who.uuid).first()
    if known is not None:
        names = known.walk_in_name or known.came_as
        if known.session_id == session.pk and fold(names) == fold(who.name):
            messages.success(request, _("Added: %(name)s") % {"name": who.name})
            return
        who = who._replace(uuid=uuid4())
    _add(request, session, walk_ins=[who])


def _add(request, session, **people):
    added = attendance.add_to_attendance(session, author=request.user, **people)
    names = [str(who) for who in (*people.get("residents", ()), *people.get("staff", ()))]
    names += [who.name for who in people.get("walk_ins", ())]
    text = _("Added: %(name)s") if added else _("Already on the list: %(name)s")
    messages.success(request, text % {"name": ", ".join(names)})


def _remove(request, session, key):
    rows = session.attendances.filter(pk=int(key)) if _is_id(key) else session.attendances.none()
    gone = [str(row) for row in rows.select_related("resident", "staff_member")]
    if attendance.take_from_attendance(session, attendances=rows):
        messages.success(request, _("Struck from the list: %(name)s") % {"name": gone[0]})


def _is_id(text):
    return text.isascii() and text.isdecimal() and len(text) < 16


def _found(request, session, search):
    """Find residents by village and staff by name, and who of them is on the list."""
    words = search.cleaned_data["q"] if search.is_bound and search.is_valid() else ""
    if len(words) < 2:
        return {"words": words, "found": None, "search": search}
    residents = (
        Resident.objects.visible_to(request.user)
        .filter(household__village__commune=session.commune)
        .present()
        .search(words)
        .select_related("household__village")
        .annotate(
            from_elsewhere=Case(When(household__village=session.village_id, then=0), default=1)
        )
        .order_by("from_elsewhere", "household__village__number", "name_folded", "birth_year", "pk")
    )
    staff = (
        StaffMember.objects.visible_to(request.user)
        .filter(commune=session.commune)
        .search(words)
        .order_by("name_folded", "pk")
    )
    listed = session.attendances.values_list("resident_id", "staff_member_id")
    shown = list(residents[: MOST_FOUND + 1])
    return {
        "search": search,
        "words": words,
        "found": {
            "residents": shown[:MOST_FOUND],
            "staff": list(staff[:MOST_FOUND]),
            "more": len(shown) > MOST_FOUND,
        },
        "residents_listed": {resident for resident, _staff in listed if resident},
        "staff_listed": {member for _resident, member in listed if member},
    }
