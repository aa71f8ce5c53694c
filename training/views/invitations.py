"""Who is expected at a session: found, added, taken off, and invited on paper."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from training import inviting
from training.forms.inviting import ResidentFinder, StaffFinder
from training.invitation_slips import blank_rows, slips_of, where_of, with_codes
from training.models import TrainingSession
from training.rosters import expected_of
from training.session_package import takeable_by
from training.views.sessions import form_methods
from villages.access import ADMIN, EVERYONE, OFFICIAL, for_roles
from villages.refusals import ChangeRefused
from villages.templatetags.display import people

ROWS = 50
MOST_AT_ONCE = 500


@for_roles(OFFICIAL, ADMIN)
@form_methods
def session_expected(request, uuid):
    """Show who is expected; find people, add those chosen or all that were found."""
    sessions = TrainingSession.objects.writable_by(request.user)
    session = get_object_or_404(sessions.select_related("village", "commune"), uuid=uuid)
    of_staff = request.GET.get("who") == "staff"
    finder = (StaffFinder if of_staff else ResidentFinder)(
        request.GET, user=request.user, session=session
    )
    found = finder.found()
    if request.method == "POST":
        _change(request, session, found, of_staff)
        return redirect(request.get_full_path())
    context = {
        "session": session,
        "of_staff": of_staff,
        "finder": finder,
        "page": Paginator(found, ROWS).get_page(request.GET.get("page")),
        "most": MOST_AT_ONCE,
        "expected": expected_of(session),
        "is_open": session.status in {session.Status.PLANNED, session.Status.HELD},
    }
    return render(request, "training/session_expected.html", context)


def _change(request, session, found, of_staff):
    try:
        if "remove" in request.POST:
            wanted = _ids(request.POST.getlist("remove"))
            gone = inviting.uninvite(session, invitations=session.invitations.filter(pk__in=wanted))
            if gone:
                messages.success(request, _("Not expected any more: %(people)s.") % _counted(gone))
            return
        chosen = _chosen(request, found, of_staff)
        key = "staff" if of_staff else "residents"
        added = inviting.invite(session, by=request.user, **{key: chosen})
        _tell(request, session, added)
    except ChangeRefused as refusal:
        messages.error(request, refusal.message)


def _chosen(request, found, of_staff):
    """Return the people ticked, or all found; only people the finder offers can be chosen."""
    if request.POST.get("action") == "all":
        chosen = list(found[: MOST_AT_ONCE + 1])
        if len(chosen) > MOST_AT_ONCE:
            raise ChangeRefused(_("These are too many people for one session. Narrow the search."))
        return chosen
    ticked = _ids(request.POST.getlist("add"))
    if not ticked:
        raise ChangeRefused(_("Choose at least one person."))
    return list(found.filter(pk__in=ticked))


def _tell(request, session, added):
    if not added:
        messages.info(request, _("Everybody chosen is expected already."))
        return
    messages.success(request, _("Expected as well: %(people)s.") % _counted(added))
    over = expected_of(session)["over"]
    if over:
        words = ngettext(
            "More people are expected than there are places: %(over)s too many for %(places)s "
            "place. You may leave it so; some never come.",
            "More people are expected than there are places: %(over)s too many for %(places)s "
            "places. You may leave it so; some never come.",
            session.capacity,
        )
        messages.warning(request, words % {"over": people(over), "places": session.capacity})


@for_roles(*EVERYONE)
@require_GET
def session_invitations(request, uuid):
    """Print invitations: four to an A4 page, one per household or one per person."""
    session = _readable(request, uuid)
    per_person = request.GET.get("per") == "person"
    slips = with_codes(slips_of(session, per_person=per_person), request)
    context = {
        "session": session,
        "per_person": per_person,
        "where": where_of(session),
        "slips": slips,
        "pages": [slips[n : n + 4] for n in range(0, len(slips), 4)],
    }
    return render(request, "training/session_invitations.html", context)


@for_roles(*EVERYONE)
@require_GET
def session_sheet(request, uuid):
    """Print the list to sign: everybody expected, and lines for whoever else comes."""
    session = _readable(request, uuid)
    expected = expected_of(session)
    context = {"session": session, "expected": expected, "blanks": blank_rows(expected["total"])}
    return render(request, "training/session_sheet.html", context)


def _readable(request, uuid):
    sessions = TrainingSession.objects.visible_to(request.user) | takeable_by(request.user)
    sessions = sessions.select_related("village", "commune", "trainer_user")
    return get_object_or_404(sessions, uuid=uuid)


def _counted(count):
    return {"people": people(count)}


def _ids(words):
    return [int(word) for word in words if word.isascii() and word.isdecimal() and len(word) < 16]
