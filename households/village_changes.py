"""Villages that merge, split or take another name, from a day on; the past stays as it was.

A village that ends keeps its records, its figures and its name in every report of its time.
What stands in it on the day goes on in its successor.
"""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from households.models import HouseholdPlace
from households.residence import ResidenceError
from households.village_preview import encounters_since, lists_that_go, numbers_after
from villages.connectivity import continue_reports
from villages.continuing_teams import continue_team, end_team
from villages.importing.saved_journal import SavedJournal
from villages.models import Commune, Team, Village, VillageChange, VillageChangeJournal
from villages.outbox import mark_stale
from villages.periods import not_ended_before, today
from villages.succession import tell_of_continuation, whole_changes
from villages.text import fold

Kind = VillageChange.Kind


@transaction.atomic
def merge_villages(*, former, successor, effective_on, by=None, document=None, note=""):
    """Merge a village into another from a day on.

    The former village closes on the day before and keeps its figures; its households stand
    in the successor from the day on, renumbered where a number is taken; its open lists and
    unsolved connectivity reports go along; its team and its leaders' assignments end.
    """
    if former == successor or former.commune_id != successor.commune_id:
        raise ResidenceError(_("A village merges into another one of its commune."))
    one_change_at_a_time(former)
    villages = Village.objects.select_for_update().filter(pk__in=[former.pk, successor.pk])
    former, successor = (
        next(village for village in villages if village.pk == pk)
        for pk in (former.pk, successor.pk)
    )
    if former.to_on is not None or successor.to_on is not None:
        raise ResidenceError(_("One of the villages is closed already."))
    _require_existed(former, effective_on)
    if successor.from_on > effective_on:
        raise ResidenceError(_("The village it merges into did not exist yet on that day."))
    journal = SavedJournal()
    _continue_in(former, successor, effective_on, journal)
    continue_reports(former, successor, journal, is_other_place=True)
    end_team(former, effective_on, journal)
    return _close(Kind.MERGED, former, successor, effective_on, by, document, note, journal)


@transaction.atomic
def rename_village(*, former, name, effective_on, kind=None, by=None, document=None, note=""):
    """Give a village another name, or another kind, from a day on.

    The village of the old name closes on the day before; one of the new name goes on with
    its number, households, team, leaders, open lists and targets.
    """
    one_change_at_a_time(former)
    former = Village.objects.select_for_update().get(pk=former.pk)
    if former.to_on is not None:
        raise ResidenceError(_("This village is closed already."))
    _require_existed(former, effective_on)
    _require_free(former, name=name)
    number, journal = former.number, SavedJournal()
    journal.watch([former])
    former.to_on = effective_on - timedelta(days=1)
    former.save()
    successor = journal.made(
        Village.objects.create(
            commune=former.commune,
            number=number,
            name=name,
            kind=kind or former.kind,
            from_on=effective_on,
        )
    )
    _continue_in(former, successor, effective_on, journal)
    continue_reports(former, successor, journal, is_other_place=False)
    continue_team(former, successor, effective_on, document, journal)
    return _close(Kind.RENAMED, former, successor, effective_on, by, document, note, journal)


@transaction.atomic
def split_village(
    *, former, name, number, households, effective_on, kind=None, by=None, document=None, note=""
):
    """Make some households of a village a village of their own from a day on.

    The former village goes on with the others, its team and its leaders; the new one has an
    empty team, whose members somebody names.
    """
    one_change_at_a_time(former)
    former = Village.objects.select_for_update().get(pk=former.pk)
    if former.to_on is not None:
        raise ResidenceError(_("This village is closed already."))
    _require_existed(former, effective_on)
    _require_free(former, name=name, number=number)
    moving = list(former.households.filter(pk__in=[household.pk for household in households]))
    if not moving:
        raise ResidenceError(_("Choose the households that belong to the new village."))
    if len(moving) == former.households.count():
        raise ResidenceError(_("All households would go. Rename the village instead."))
    journal = SavedJournal()
    successor = journal.made(
        Village.objects.create(
            commune=former.commune,
            number=number,
            name=name,
            kind=kind or former.kind,
            from_on=effective_on,
        )
    )
    journal.made(Team.objects.create(village=successor, document=document, from_on=effective_on))
    keys = [household.pk for household in moving]
    _continue_in(former, successor, effective_on, journal, keys)
    change = VillageChange.objects.create(
        kind=Kind.SPLIT, former=former, successor=successor, effective_on=effective_on,
        document=document, note=note, recorded_by=by,
    )  # fmt: skip
    return _keep_journal(change, journal)


def next_village_number(commune):
    """Return the number after the highest of the commune's open villages."""
    numbers = Village.objects.filter(commune=commune, to_on__isnull=True)
    return max(numbers.values_list("number", flat=True), default=0) + 1


def _continue_in(former, successor, effective_on, journal, households=None):
    """Have households, visits since and open lists of one village go on in another."""
    is_whole = households is None
    places = former.household_places.filter(not_ended_before(effective_on))
    moving = former.households.order_by("number")
    if not is_whole:
        places = places.filter(household__in=households)
        moving = moving.filter(pk__in=households)
    # Periods in the former village may begin after the day or have ended since; none is
    # left in a village that was closed by then.
    for place in journal.watch(places):
        _continue_elsewhere(place, successor, effective_on, journal)
    lists = journal.watch(lists_that_go(former, households, is_whole))
    moving = journal.watch(moving)
    numbers = numbers_after(moving, successor)
    for household in moving:
        household.number = numbers.get(household.pk, household.number)
        household.village = successor
        household.save()
    journal.watch(encounters_since(former, effective_on, households))
    encounters_since(former, effective_on, households).update(village=successor)
    for handed in lists:
        handed.village = successor
        handed.save()
    tell_of_continuation(
        former=former,
        successor=successor,
        effective_on=effective_on,
        is_whole=is_whole,
        journal=journal,
    )
    mark_stale(units=_units(former, successor), since_on=effective_on, reason="village changed")


def _close(kind, former, successor, effective_on, by, document, note, journal):
    """End the former village and say where it went; who went into it before goes along."""
    journal.watch([former])
    former.to_on = effective_on - timedelta(days=1)
    former.save()
    said = {"kind": kind, "successor": successor, "document": document, "recorded_by": by}
    through = _("Through %(village)s.") % {"village": former.full_name}
    for earlier in whole_changes().filter(successor=former).order_by("effective_on", "pk"):
        journal.made(
            VillageChange.objects.create(
                former=earlier.former,
                # Recorded late, the change may lie before the day on which that one came.
                effective_on=max(effective_on, earlier.effective_on),
                note=through[:300],
                **said,
            )
        )
    change = VillageChange.objects.create(
        former=former, effective_on=effective_on, note=note, **said
    )
    return _keep_journal(change, journal)


def _keep_journal(change, journal):
    """Keep what a change wrote, for whoever takes it back."""
    journal.made(change)
    units = _units(change.former, change.successor)
    VillageChangeJournal.objects.create(
        change=change, entries=journal.pages(units, change.effective_on)
    )
    return change


def _units(*villages):
    return {(village.commune_id, village.pk) for village in villages}


def one_change_at_a_time(village):
    """Let the changes of a commune's villages follow each other, so that each sees the last."""
    list(Commune.objects.select_for_update().filter(pk=village.commune_id))


def _require_free(former, *, name, number=None):
    others = Village.objects.filter(commune=former.commune_id, to_on__isnull=True)
    if others.exclude(pk=former.pk).filter(name_folded=fold(name)).exists():
        raise ResidenceError(_("The commune already has a village of this name."))
    if number is not None and others.filter(number=number).exists():
        raise ResidenceError(_("Another village has this number."))


def _require_existed(former, effective_on):
    if effective_on > today():
        raise ResidenceError(_("This day has not come yet. Enter the change on that day or later."))
    if effective_on - timedelta(days=1) < former.from_on:
        raise ResidenceError(_("The village did not exist before that day."))


def _continue_elsewhere(place, village, on, journal):
    if place.from_on >= on:
        place.village = village
        place.save()
        return
    last_day, place.to_on = place.to_on, on - timedelta(days=1)
    place.save()
    journal.made(
        HouseholdPlace.objects.create(
            household=place.household, village=village, from_on=on, to_on=last_day
        )
    )
