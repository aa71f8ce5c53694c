"""In which village something goes on, of whose place only one village is kept.

Agencies, schools and enterprises name the village they stand in, without dates. When that
village merges or takes another name, they are counted in its successor from that day on;
before it, where they were. Floors above say what else of theirs goes on.
"""

from datetime import timedelta

from django.db.models import BigIntegerField, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from villages.models import VillageChange

_listeners = []


def village_standing_on(day, path):
    """Return an expression of the id of the village that a path's village is on a day."""
    changes = whole_changes().filter(former=OuterRef(path), effective_on__lte=day)
    last = changes.order_by("-effective_on", "-pk").values("successor")
    return Coalesce(Subquery(last[:1]), F(path), output_field=BigIntegerField())


def whole_changes():
    """Return the changes by which a whole village goes on in another.

    A village whose successor ends in its turn has one more of them: to where it is then.
    """
    return VillageChange.objects.exclude(kind=VillageChange.Kind.SPLIT)


def village_of_day(village, day):
    """Return the village that a village is on a day: itself, its successor or its former name."""
    if village.to_on is not None and village.to_on < day:
        changes = whole_changes().filter(former=village, effective_on__lte=day)
        last = changes.select_related("successor").order_by("effective_on", "pk").last()
        return last.successor if last else village
    while village.from_on > day:
        renamed = VillageChange.objects.filter(
            successor=village, kind=VillageChange.Kind.RENAMED, effective_on=village.from_on
        )
        # Who went into the former one before has a change to this one as well.
        by_name = renamed.filter(former__to_on=village.from_on - timedelta(days=1))
        change = by_name.select_related("former").order_by("pk").last()
        if change is None:
            return village
        village = change.former
    return village


def on_continuation(listener, *, tell=None):
    """Have a floor above move what is its own; called with the words of the change.

    ``listener(former=, successor=, effective_on=, is_whole=, journal=)`` runs in the
    transaction of the change. ``tell(former=, effective_on=, is_whole=)`` returns sentences
    on what it would move.
    """
    _listeners.append((listener, tell))
    return listener


def tell_of_continuation(**change):
    """Tell the floors above that a village, or a part of it, goes on in another."""
    for listener, _tell in _listeners:
        listener(**change)


def told_before_continuation(**change):
    """Return the sentences of the floors above on what such a change would move."""
    return [sentence for _listener, tell in _listeners if tell for sentence in tell(**change)]
