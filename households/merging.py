"""Two entries that are one person: their records become one's, and can be parted again."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from households.models import (
    Confirmation,
    HouseholdPlace,
    PersonMet,
    Resident,
    ResidentMerge,
    SkillCheck,
)
from villages.importing.journal import Journal
from villages.importing.undoing import obstacles_of, take_back
from villages.periods import today

MOST_CANDIDATES = 20
_listeners = []


class NotMerged(Exception):
    """The two cannot be merged; its text is for people."""


class NotParted(Exception):
    """Something changed since the merge; ``obstacles`` are pairs of what and why."""

    def __init__(self, obstacles):
        super().__init__(len(obstacles))
        self.obstacles = obstacles


@dataclass(frozen=True)
class WhatMerges:
    """What one entry gives to the other, counted; nothing is written."""

    meetings: int
    checks: int
    confirmations: int
    same_occasions: int


def on_merge(listener):
    """Have a floor above move what is its own: ``listener(kept, merged, journal)``."""
    _listeners.append(listener)
    return listener


def candidates_for(resident):
    """Return who of the commune may be the same person, the likeliest first.

    The same name; or the same birth year and the same last word of the name in the village.
    """
    village = resident.household.village
    last_word = resident.name_folded.split()[-1]
    alike = Q(name_folded=resident.name_folded) | Q(
        birth_year=resident.birth_year,
        name_folded__endswith=last_word,
        household__village=village,
    )
    people = (
        Resident.objects.present()
        .filter(alike, household__village__commune=village.commune_id)
        .exclude(pk=resident.pk)
        .select_related("household__village")
    )
    return sorted(
        people[:200],
        key=lambda person: (
            person.name_folded != resident.name_folded,
            abs(person.birth_year - resident.birth_year),
            person.household.village_id != village.pk,
            person.pk,
        ),
    )[:MOST_CANDIDATES]


def preview_of(*, kept, merged):
    """Count what the entry ``merged`` gives to the entry ``kept``."""
    both = PersonMet.objects.filter(encounter__people_met__resident=kept, resident=merged)
    return WhatMerges(
        meetings=merged.met.count(),
        checks=merged.checks.count(),
        confirmations=merged.confirmations.count(),
        same_occasions=both.count(),
    )


@transaction.atomic
def merge_residents(*, kept, merged, by):
    """Give one entry's records to the other; the entry itself stays, and counts no more.

    As if the person had been on the list once from the beginning: the past is recounted.
    """
    kept, merged = _locked(kept, merged)
    if kept == merged:
        raise NotMerged(_("Choose another entry: this is the same one."))
    if kept.household.village.commune_id != merged.household.village.commune_id:
        raise NotMerged(_("Entries of two communes cannot be merged."))
    if Resident.Status.MERGED in {kept.status, merged.status}:
        raise NotMerged(_("One of the entries is merged already."))
    journal = Journal()
    _move(journal, merged.met.all(), kept, PersonMet, ("encounter_id",))
    _move(journal, merged.checks.all(), kept, SkillCheck, ("encounter_id", "skill_id"))
    _move_confirmations(journal, merged, kept)
    for listener in _listeners:
        listener(kept, merged, journal)
    units = _units_of(kept, merged)
    since = _since(kept, merged)
    journal.delete(list(merged.residencies.all()))
    journal.change(merged, status=Resident.Status.MERGED, is_head=False)
    journal.touch(units, since)
    return ResidentMerge.objects.create(
        commune_id=kept.household.village.commune_id,
        kept=kept,
        merged=merged,
        merged_by=by,
        journal=journal.pages("residents merged"),
    )


@transaction.atomic
def part_residents(*, merge, by):
    """Undo a merge exactly, or raise ``NotParted`` when its records have changed since."""
    merge = ResidentMerge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    if merge.undone_at is not None:
        return merge
    _locked(merge.kept, merge.merged)
    entries = list(reversed(merge.journal))
    obstacles = obstacles_of(entries)
    if obstacles:
        raise NotParted(obstacles)
    take_back(entries, "residents parted")
    merge.undone_at, merge.undone_by = timezone.now(), by
    merge.save()
    return merge


def kept_entries(keys, household):
    """Return {key: resident}: of UUIDs of a household's merged entries, who has their records."""
    known = {key for key in keys if _is_uuid(key)}
    standing = ResidentMerge.objects.filter(
        merged__uuid__in=known, merged__household=household, undone_at__isnull=True
    ).select_related("merged", "kept")
    return {str(merge.merged.uuid): merge.kept for merge in standing}


def kept_of(residents):
    """Return {id: resident}: who has the records of each by now, most often the same one.

    Phones and lists made before a merge go on naming the entry that counts no more.
    """
    found = {resident.pk: resident for resident in residents}
    while merged := {who.pk for who in found.values() if who.status == Resident.Status.MERGED}:
        standing = ResidentMerge.objects.filter(merged__in=merged, undone_at__isnull=True)
        kept = {merge.merged_id: merge.kept for merge in standing.select_related("kept")}
        if not kept:
            break
        found = {key: kept.get(who.pk, who) for key, who in found.items()}
    return found


def _locked(*residents):
    keys = [resident.pk for resident in residents]
    rows = Resident.objects.select_for_update(of=("self",)).order_by("pk").filter(pk__in=keys)
    found = {row.pk: row for row in rows.select_related("household__village")}
    return [found[key] for key in keys]


def _move(journal, rows, kept, model, same):
    """Give rows to the kept entry; where it has its own on that occasion, that one stays."""
    own = set(model.objects.filter(resident=kept).values_list(*same))
    twice, moving = [], []
    for row in rows:
        key = tuple(getattr(row, name) for name in same)
        (twice if key in own else moving).append(row)
    for row in moving:
        journal.change(row, resident=kept)
    journal.delete(twice)


def _move_confirmations(journal, merged, kept):
    own = set(Confirmation.objects.filter(resident=kept).values_list("encounter_id", "seen_on"))
    occasions = {encounter for encounter, _day in own if encounter}
    twice = []
    for row in merged.confirmations.all():
        if row.encounter_id in occasions or ((None, row.seen_on) in own and not row.encounter_id):
            twice.append(row)
        else:
            journal.change(row, resident=kept)
    journal.delete(twice)


def _is_uuid(text):
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _units_of(*residents):
    places = HouseholdPlace.objects.filter(household__residencies__resident__in=residents)
    return set(places.values_list("village__commune_id", "village_id"))


def _since(*residents):
    firsts = [r.residencies.aggregate(first=Min("from_on"))["first"] for r in residents]
    return min([day for day in firsts if day], default=today())
