"""Taking back that villages merged, split or took another name: exactly, or not at all."""

from django.db import IntegrityError, transaction
from django.utils.text import capfirst
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from households.models import Encounter, HandedList, Household, PaperSheet
from households.village_changes import one_change_at_a_time
from villages.importing.saved_journal import changed_in, created_in
from villages.importing.undoing import NAMED, obstacles_of, take_back
from villages.models import Village, VillageChange, VillageChangeJournal

ATTEMPTS = 3


class NotUndone(Exception):
    """Something used or changed what the change made; ``obstacles`` are [what, why]."""

    def __init__(self, obstacles):
        super().__init__(str(obstacles))
        self.obstacles = obstacles


def undo_change(*, change):
    """Restore what was there before a change, or raise ``NotUndone`` with what has used it.

    The change itself is deleted; the log of changes keeps that it was recorded.
    """
    for _attempt in range(ATTEMPTS):
        try:
            return _undo(change)
        except IntegrityError:
            # A recount may write figures of a village at the very moment it is taken away.
            continue
    why = _("The records no longer fit together with what was there before.")
    raise NotUndone([[str(change), why]])


@transaction.atomic
def obstacles_to(change):
    """Return [what, why] of all that keeps a change from being taken back, the first of them."""
    journal = VillageChangeJournal.objects.filter(change=change).first()
    if journal is None:
        return [[str(change), _("It was recorded before changes of villages could be undone.")]]
    entries = list(reversed(journal.entries))
    found = [*_later_changes(change, entries), *_taken_since(change, entries)]
    found += [[_what(row), _("was recorded since")] for row in _used_since(change, entries)]
    return (found + obstacles_of(entries))[:NAMED]


@transaction.atomic
def _undo(change):
    one_change_at_a_time(change.former)
    list(Village.objects.select_for_update().filter(pk__in=[change.former_id, change.successor_id]))
    obstacles = obstacles_to(change)
    if obstacles:
        raise NotUndone(obstacles)
    entries = list(reversed(change.journal.entries))
    for recorded in VillageChange.objects.filter(pk__in=created_in(entries, VillageChange)):
        recorded.delete()
    take_back(entries, "village change undone")


def _later_changes(change, entries):
    """Return the changes that were built upon this one."""
    later = VillageChange.objects.filter(
        pk__gt=change.pk, former__in=[change.former_id, change.successor_id]
    ).exclude(pk__in=created_in(entries, VillageChange))
    return [[str(one), _("was recorded since; undo that first")] for one in later]


def _taken_since(change, entries):
    """Return who has by now the number of a household or village that would come back."""
    moved, changed = _moved(entries), changed_in(entries, Household)
    numbers = [
        changed[pk].get("number", [number])[0]
        for pk, number in Household.objects.filter(pk__in=moved).values_list("pk", "number")
    ]
    taken = Household.objects.filter(village=change.former, number__in=numbers)
    found = [[_what(one), _("has the number of a household that would come back")]
             for one in taken.exclude(pk__in=moved)]  # fmt: skip
    if change.former.to_on is not None:
        others = Village.objects.filter(
            commune=change.former.commune_id, to_on__isnull=True, number=change.former.number
        ).exclude(pk__in=created_in(entries, Village))
        found += [[_what(one), _("has the number of the village that would come back")]
                  for one in others]  # fmt: skip
    return found


def _used_since(change, entries):
    """Yield what was recorded of households that moved, where they stand since."""
    moved, where = _moved(entries), {"village": change.successor_id}
    yield from Encounter.objects.filter(
        household__in=moved, held_on__gte=change.effective_on, **where
    ).exclude(pk__in=changed_in(entries, Encounter))[:NAMED]
    since = localdate(change.recorded_at)
    sheets = PaperSheet.objects.filter(rows__household__in=moved, printed_on__gte=since, **where)
    yield from sheets.distinct()[:NAMED]
    lists = HandedList.objects.filter(entries__household__in=moved, handed_on__gte=since, **where)
    yield from lists.exclude(pk__in=changed_in(entries, HandedList)).distinct()[:NAMED]


def _moved(entries):
    changed = changed_in(entries, Household)
    return [pk for pk, fields in changed.items() if "village_id" in fields]


def _what(row):
    return f"{capfirst(row._meta.verbose_name)}: {row}"
