"""What of training goes on when a village merges or takes another name."""

from django.utils.translation import ngettext

from training.models import TrainingSession
from villages.succession import on_continuation
from villages.templatetags.display import day as written_day

NAMED = 5


def register():
    """Hear of villages that go on in another."""
    on_continuation(move_sessions, tell=tell_of_sessions)


def move_sessions(*, former, successor, effective_on, is_whole, journal):
    """Have the sessions of a village that ended, held from that day on, stand in its successor.

    Of a village that goes on with fewer households every session stays.
    """
    if not is_whole:
        return
    for session in journal.watch(_sessions_since(former, effective_on)):
        session.village = successor
        session.save()


def tell_of_sessions(*, former, effective_on, is_whole):
    """Name the sessions that would move, those to come among them."""
    if not is_whole:
        return []
    sessions = list(_sessions_since(former, effective_on))
    if not sessions:
        return []
    named = ", ".join(f"{one.title} ({written_day(one.held_on)})" for one in sessions[:NAMED])
    named += ", …" if len(sessions) > NAMED else ""
    return [
        ngettext(
            "%(count)d session since that day goes along, with its list of who came: %(named)s.",
            "%(count)d sessions since that day go along, with their lists of who came: %(named)s.",
            len(sessions),
        )
        % {"count": len(sessions), "named": named}
    ]


def _sessions_since(former, effective_on):
    sessions = TrainingSession.objects.filter(village=former, held_on__gte=effective_on)
    return sessions.order_by("held_on", "pk")
