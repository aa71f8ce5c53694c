"""What a person should look at: noted beside the records, which count all the same."""

from django.db import transaction
from django.utils import timezone

from households.models import Doubt, Encounter
from households.newcomers import namesakes_of, newcomers_of
from households.observing import observed_otherwise
from villages.periods import today

LONG_AGO_DAYS = 60
MANY_ON_ONE_DAY = 40

Kind = Doubt.Kind


def note_doubts(encounter, guidance, *, same_day_as_before=False):
    """Note what is doubtful about an encounter as it stands now; what no longer is, goes.

    A clock that was wrong stays doubtful while the day stays as it was.
    """
    kinds = set(_kinds_of(encounter, guidance))
    unsettled = encounter.doubts.open()
    if same_day_as_before and unsettled.filter(kind=Kind.CLOCK).exists():
        kinds.add(Kind.CLOCK)
    unsettled.exclude(kind__in=kinds).delete()
    Doubt.objects.bulk_create(
        [Doubt(encounter=encounter, kind=kind) for kind in sorted(kinds)], ignore_conflicts=True
    )


def note_household_doubts(household):
    """Note when somebody of a household that a phone added may be on the list twice."""
    if any(namesakes_of(resident).exists() for resident in household.residents.all()):
        Doubt.objects.get_or_create(household=household, kind=Kind.DUPLICATE)


def drop_vanished_differences(household):
    """Take back open doubts about differing observations that differ no more."""
    doubts = Doubt.objects.open().filter(kind=Kind.DIFFERENT_VALUES, encounter__household=household)
    for doubt in doubts.select_related("encounter__household"):
        if not observed_otherwise(doubt.encounter):
            doubt.delete()


@transaction.atomic
def settle_doubt(*, doubt, settlement, by):
    """Keep what is doubtful as it is, with a word why; a settled doubt stays settled."""
    doubt = Doubt.objects.select_for_update(of=("self",)).get(pk=doubt.pk)
    if doubt.settled_at is None:
        doubt.settled_at = timezone.now()
        doubt.settled_by = by
        doubt.settlement = settlement
        doubt.save()
    return doubt


def _kinds_of(encounter, guidance):
    if encounter.occasion == Encounter.Occasion.HOME_VISIT:
        yield from _kinds_of_home_visit(encounter, guidance)
    if (today() - encounter.held_on).days > LONG_AGO_DAYS:
        yield Kind.LONG_AGO
    written_on = guidance.written_on or encounter.held_on
    if written_on != encounter.held_on or encounter.held_on > today():
        yield Kind.CLOCK
    if observed_otherwise(encounter):
        yield Kind.DIFFERENT_VALUES
    if any(namesakes_of(resident).exists() for resident in newcomers_of(encounter)):
        yield Kind.DUPLICATE


def _kinds_of_home_visit(encounter, guidance):
    same_day = Encounter.objects.standing().home_visits().filter(held_on=encounter.held_on)
    if same_day.filter(household=encounter.household).exclude(pk=encounter.pk).exists():
        yield Kind.SAME_DAY
    if encounter.author_id:
        by_same = same_day.filter(author=encounter.author_id)
    else:
        by_same = same_day.filter(author=None, member=encounter.member_id)
    if (encounter.author_id or encounter.member_id) and by_same.count() > MANY_ON_ONE_DAY:
        yield Kind.MANY_ON_ONE_DAY
    if not guidance.people and not guidance.difficulty:
        yield Kind.NOBODY_MET
