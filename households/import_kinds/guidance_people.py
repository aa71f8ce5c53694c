"""Who was met: people of the household, told apart by name and birth year, or asked about."""

from django.utils.translation import gettext as _

from households.models import Encounter, Resident
from households.newcomers import newcomer_uuid
from villages.import_kinds.flat import ask, is_repeated
from villages.text import fold

AT_HOME = Encounter.Occasion.HOME_VISIT
PRESENT = Resident.Status.PRESENT
UNNAMED, MEMBER = "unnamed", "member"


def settle_people(meeting, book):
    """Say of each row whom it means; what cannot be told is refused or asked."""
    first_of = {}
    for row in meeting.rows:
        if row.said("full_name"):
            _find(row, meeting, book)
        who = row.record.person_uuid
        if who and not row.outcome:
            is_repeated(row, first_of, who, row.values)


def _find(row, meeting, book):
    folded, year = fold(row.said("full_name")), row.said("birth_year")
    same, namesakes = _people_named(row, meeting, folded, year, book)
    if len(same) == 1:
        _take(row.record, same[0])
        return
    household = row.record.household
    known = book.newcomers.get((household.pk, folded, year)) if household else None
    if known is not None and not same:
        row.record.person_uuid, row.record.newcomer = known
        return
    if year is None and len(namesakes) > 1:
        row.refuse(_("Several people have this name. Write the birth year."), "birth_year")
        return
    candidates = {str(r.uuid): _words(r) for r in same or namesakes}
    if meeting.occasion != AT_HOME:
        candidates[UNNAMED] = _("Nobody of the lists: counted as one person without a name")
    if not candidates:
        candidates[MEMBER] = _("A member of the household who is not on its list yet")
    decided = ask(row, book.request, list(candidates.items()))
    if decided in ("new", MEMBER):
        _be_new(row, meeting, book)
    elif decided == UNNAMED:
        row.record.counts_unnamed = True
    elif decided is not None:
        _take(row.record, book.by_uuid[decided])


def _people_named(row, meeting, folded, year, book):
    """Return (who has this name and birth year, others of this name), the nearest first."""
    household, village = row.record.household, row.record.village
    if household is not None:
        named = [
            resident
            for resident in book.people_of(household, meeting.held_on)
            if resident.name_folded == folded
        ]
        same = [resident for resident in named if year in (None, resident.birth_year)]
        if same or meeting.occasion == AT_HOME:
            return same, named
        # At a gathering or an office the person may be of another household of the village.
        return [], named + _of_villages(book, {village.pk}, folded, year)
    villages = {village.pk} if village is not None else set(book.named)
    return _of_villages(book, villages, folded, year), []


def _of_villages(book, villages, folded, year):
    if year is not None:
        found = [r for pk in villages for r in book.by_person.get((pk, folded, year), ())]
    else:
        found = [
            resident
            for household in book.by_pk.values()
            if household.village_id in villages
            for resident in book.by_name.get((household.pk, folded), ())
        ]
    return [resident for resident in found if resident.status == PRESENT]


def _take(met, resident):
    met.resident, met.person_uuid = resident, str(resident.uuid)


def _be_new(row, meeting, book):
    """Let somebody be added to the household, as the visit form does."""
    met, year = row.record, row.said("birth_year")
    if met.household is None:
        row.refuse(_("Write the household of a person who is not on the list yet."), "household")
    elif year is None:
        row.refuse(_("Write the birth year."), "birth_year")
    elif year > meeting.held_on.year:
        row.refuse(_("Nobody is met before being born."), "birth_year")
    else:
        name = row.said("full_name")
        met.person_uuid = str(newcomer_uuid(meeting.uuid, name, year))
        met.newcomer = {"full_name": name, "name_folded": fold(name), "birth_year": year}
        key = met.household.pk, met.newcomer["name_folded"], year
        book.newcomers[key] = met.person_uuid, met.newcomer


def _words(resident):
    return _("%(name)s, born %(year)s, %(household)s") % {
        "name": resident.full_name,
        "year": resident.birth_year,
        "household": f"{resident.household}, {resident.household.village.full_name}",
    }
