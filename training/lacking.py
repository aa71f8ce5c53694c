"""What is lacking of a session whose day has come: who came, the count, the photograph.

The list filters by it and each row says it; both read the same rules.
"""

from django.db.models import Count, Exists, F, OuterRef, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from training.models import TrainingSession
from villages.periods import today

Status = TrainingSession.Status
TOOK_PLACE = (Status.HELD, Status.CLOSED)


class Lack(TextChoices):
    """One thing that keeps the record of a session from being whole."""

    OVERDUE = "overdue", _("Its day has passed, not held, not cancelled")
    NOBODY = "nobody", _("Nobody recorded")
    DIFFERS = "differs", _("The signed list and what is recorded differ")
    UNCOUNTED = "uncounted", _("The signed list is not counted yet")
    NO_PHOTOGRAPH = "no_photograph", _("No photograph of the signed list")


def with_what_counts(sessions):
    """Annotate what the rules below look at: ``listed`` and ``has_photograph``."""
    photographs = TrainingSession.evidence.through.objects.filter(trainingsession=OuterRef("pk"))
    return sessions.annotate(listed=Count("attendances"), has_photograph=Exists(photographs))


def lacking(sessions, lack=None):
    """Keep annotated sessions that lack one thing, or anything."""
    conditions = {
        Lack.OVERDUE: Q(status=Status.PLANNED, held_on__lt=today()),
        Lack.NOBODY: Q(status__in=TOOK_PLACE, listed=0),
        Lack.DIFFERS: (
            Q(status__in=TOOK_PLACE, counted__isnull=False, listed__gt=0) & ~Q(counted=F("listed"))
        ),
        Lack.UNCOUNTED: Q(status=Status.HELD, counted__isnull=True, listed__gt=0),
        Lack.NO_PHOTOGRAPH: Q(status=Status.HELD, has_photograph=False),
    }
    if lack is not None:
        return sessions.filter(conditions[lack])
    anything = Q(pk__in=[])
    for condition in conditions.values():
        anything |= condition
    return sessions.filter(anything)


def lacks_of(session, *, listed, has_photograph):
    """Return what one session lacks, in the order of the list above."""
    took_place, is_held = session.status in TOOK_PLACE, session.status == Status.HELD
    counted = session.counted
    rules = {
        Lack.OVERDUE: session.status == Status.PLANNED and session.held_on < today(),
        Lack.NOBODY: took_place and not listed,
        Lack.DIFFERS: took_place and listed and counted is not None and counted != listed,
        Lack.UNCOUNTED: is_held and listed and counted is None,
        Lack.NO_PHOTOGRAPH: is_held and not has_photograph,
    }
    return [lack for lack, applies in rules.items() if applies]


def lacks_in_words(session, *, listed, has_photograph):
    """Return what one session lacks as a person reads it, with the numbers that differ."""
    words = []
    for lack in lacks_of(session, listed=listed, has_photograph=has_photograph):
        if lack == Lack.DIFFERS:
            words.append(
                _("Signed list: %(counted)s, recorded: %(listed)s")
                % {"counted": session.counted, "listed": listed}
            )
        else:
            words.append(lack.label)
    return words
