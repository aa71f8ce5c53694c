"""What the change of a village would take along, told before anything is written."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from households.models import Encounter, HeldRecord, Resident
from villages.connectivity import open_reports_of
from villages.continuing_teams import assignments_on, members_on
from villages.succession import told_before_continuation


@dataclass(frozen=True)
class Renumbered:
    """A household whose number is taken where it goes."""

    head: str
    before: int
    after: int


@dataclass(frozen=True)
class LeaderConcerned:
    """A leader of the village, with the phones and unused cards of the account."""

    name: str
    phones: int
    cards: int


@dataclass(frozen=True)
class WhatMoves:
    """What a change takes from one village to another; nothing is written.

    ``also`` are sentences of floors above about what is theirs. ``keys`` are the households.
    """

    households: int
    residents: int
    encounters: int
    handed_lists: tuple
    team_members: tuple
    leaders: tuple
    renumbered: tuple
    connectivity_reports: int
    held_records: int
    also: tuple
    keys: tuple


def preview_of(*, former, effective_on, households=None, into=None):
    """Tell what would move on a day: all of the village, or these of its households."""
    is_whole = households is None
    moving = former.households.all() if is_whole else households
    moving = list(moving.order_by("number").prefetch_related("residents"))
    keys = [household.pk for household in moving]
    numbers = numbers_after(moving, into)
    return WhatMoves(
        households=len(keys),
        residents=Resident.objects.present().filter(household__in=keys).count(),
        encounters=encounters_since(former, effective_on, None if is_whole else keys).count(),
        handed_lists=tuple(str(handed) for handed in lists_that_go(former, keys, is_whole)),
        team_members=tuple(str(one) for one in members_on(former, effective_on))
        if is_whole
        else (),
        leaders=tuple(_leaders(former, effective_on)) if is_whole else (),
        renumbered=tuple(
            Renumbered(str(one.head or ""), one.number, numbers[one.pk])
            for one in moving
            if one.pk in numbers
        ),
        connectivity_reports=open_reports_of(former).count() if is_whole else 0,
        held_records=HeldRecord.objects.waiting().filter(village=former).count() if is_whole else 0,
        also=tuple(
            told_before_continuation(former=former, effective_on=effective_on, is_whole=is_whole)
        ),
        keys=tuple(keys),
    )


def numbers_after(moving, into):
    """Return {household id: its new number} of those whose number is taken in a village."""
    taken = set(into.households.values_list("number", flat=True)) if into is not None else set()
    found = {}
    for household in sorted(moving, key=lambda one: one.number):
        number = household.number
        if number in taken:
            number = found[household.pk] = max(taken) + 1
        taken.add(number)
    return found


def encounters_since(former, effective_on, households=None):
    """Return the encounters in a village from a day on, or those with these households."""
    encounters = Encounter.objects.filter(village=former, held_on__gte=effective_on)
    return encounters if households is None else encounters.filter(household__in=households)


def lists_that_go(former, households, is_whole):
    """Return the open lists that go along: all, or those whose households all go."""
    lists = former.handed_lists.filter(closed_at__isnull=True).order_by("pk")
    if is_whole:
        return lists
    return lists.annotate(
        staying=Count("entries", filter=~Q(entries__household__in=households))
    ).filter(staying=0)


def _leaders(former, effective_on):
    now = timezone.now()
    for one in assignments_on(former, effective_on).select_related("user"):
        unused = one.user.sign_in_cards.filter(
            commune=former.commune_id,
            used_at__isnull=True,
            withdrawn_at__isnull=True,
            expires_at__gt=now,
        )
        yield LeaderConcerned(
            name=one.user.full_name or one.user.username,
            phones=one.user.phones.trusted().filter(commune=former.commune_id).count(),
            cards=unused.count(),
        )
