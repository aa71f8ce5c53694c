"""Who the people of a list are, and what it says of them: new, known, moved here, gone."""

from django.utils.translation import gettext as _

from households.import_kinds.household_book import PRESENT
from households.models import Residency
from villages.import_kinds.flat import ask, shown
from villages.importing.kinds import Outcome
from villages.periods import today

ATTRIBUTES = ("sex", "ethnic_group")
OPEN = ("", Outcome.NEW, Outcome.CHANGED, Outcome.SAME)


def settle_people(houses, book):
    """Give every row of these households its outcome, or refuse it."""
    claimed = {}
    book.has_heads_alone = all(
        len(house.rows) <= 1 and all(row.said("is_head") is None for row in house.rows)
        for house in houses
    )
    for house in houses:
        _match_exactly(house, book, claimed)
    for house in houses:
        for row in house.rows:
            if row.record.stored is None:
                _match_or_ask(row, book, claimed)
            if not row.outcome:
                _compare(row, book)
        _settle_head(house, book)


def _match_exactly(house, book, claimed):
    if house.stored is None:
        return
    known = {}
    for resident in book.people[house.stored.pk]:
        known.setdefault((resident.name_folded, resident.birth_year), []).append(resident)
    for row in house.rows:
        same = known.get((row.record.folded, row.said("birth_year")), ())
        here = next((r for r in same if r.status == PRESENT), None)
        if here is None and row.said("until"):
            # Gone already, and the list says so too.
            here = next(iter(same), None)
        if here is not None:
            row.record.stored = here
            row.record.act = "stays"
            if row.said("until") and here.status == PRESENT:
                row.record.act = "leaves"
            claimed[here.pk] = row


def _match_or_ask(row, book, claimed):
    """Look for somebody the row may mean; without anybody it is somebody new."""
    person, village = row.record, row.record.house.village
    year, stored = row.said("birth_year"), row.record.house.stored
    free = [
        resident
        for resident in (
            *(book.by_name.get((stored.pk, person.folded), ()) if stored else ()),
            *book.by_person.get((village.pk, person.folded, year), ()),
        )
        if resident.pk not in claimed
    ]
    if not free:
        return
    candidates = {str(r.uuid): _words(r, stored, year) for r in free}
    decided = ask(row, book.request, list(candidates.items()))
    resident = book.by_uuid.get(decided)
    if resident is None:
        return
    if resident.pk in claimed:
        row.refuse(_("Row %(row)s is this person already.") % {"row": claimed[resident.pk].number})
        return
    claimed[resident.pk] = row
    person.stored = resident
    if stored is None or resident.household_id != stored.pk:
        person.act = "moves"
    elif resident.status != PRESENT:
        person.act = "returns"
    else:
        person.act = "leaves" if row.said("until") else "stays"


def _words(resident, stored, year):
    if stored is not None and resident.household_id == stored.pk:
        if resident.status != PRESENT:
            return _("%(name)s, born %(year)s, who had left this household and is back") % {
                "name": resident.full_name,
                "year": resident.birth_year,
            }
        return _("%(name)s of this household, so far with the birth year %(year)s") % {
            "name": resident.full_name,
            "year": resident.birth_year,
        }
    return _("%(name)s, born %(year)s, of %(household)s, who has moved here") % {
        "name": resident.full_name,
        "year": resident.birth_year,
        "household": resident.household,
    }


def _compare(row, book):
    person = row.record
    if person.stored is None:
        _describe_new(row, book)
        return
    resident, said = person.stored, {name: row.said(name) for name in ATTRIBUTES}
    said["birth_year"] = row.said("birth_year")
    for name, value in said.items():
        before = getattr(resident, name)
        if (value not in (None, "") or name in row.cleared) and value != before:
            person.values[name] = value
            words = book.words.get(name, {})
            row.changes.append([book.headings[name], shown(before, words), shown(value, words)])
    if person.act == "stays":
        _compare_first_day(row, book)
    elif person.act == "leaves":
        _compare_leaving(row, book)
    else:
        _compare_arriving(row, book)
    if row.outcome != Outcome.WRONG:
        row.outcome = Outcome.CHANGED if row.changes else Outcome.SAME


def _describe_new(row, book):
    person, until = row.record, row.said("until")
    person.values = {name: row.said(name) or "" for name in ATTRIBUTES}
    person.values |= {"full_name": row.said("full_name"), "birth_year": row.said("birth_year")}
    since = row.said("since") or min(book.list_day, until or book.list_day)
    ended = {"ended": row.said("ended") or Residency.Ended.MOVED} if until else {}
    stay = {"from_on": since, "to_on": until, **ended}
    # Most of a list came on one day: fifty thousand notes of it fill the worker's memory.
    person.residency = book.stays.setdefault(tuple(stay.values()), stay)
    row.outcome = Outcome.NEW


def _compare_first_day(row, book):
    """A corrected first day moves the beginning of the time here, not of an earlier one."""
    since, resident = row.said("since"), row.record.stored
    if since is None or resident.status != PRESENT:
        return
    here, before = _stays(resident, book)
    if here is None or here.from_on == since:
        return
    if before is not None and since <= (before.to_on or today()):
        row.refuse(_("On that day the person lived in another household."), "since")
        return
    row.record.residency = {"from_on": since}
    row.changes.append([book.headings["since"], shown(here.from_on), shown(since)])


def _compare_leaving(row, book):
    until = row.said("until")
    here, _before = _stays(row.record.stored, book)
    if here is not None and until < here.from_on:
        row.refuse(
            _("The person has lived in this household only since %(day)s.")
            % {"day": here.from_on.strftime("%d/%m/%Y")},
            "until",
        )
        return
    ended = row.said("ended") or Residency.Ended.MOVED
    row.record.residency = {"to_on": until, "ended": ended}
    words = book.words["ended"]
    row.changes.append([book.headings["until"], "–", f"{shown(until)} ({words[ended]})"])


def _compare_arriving(row, book):
    on, resident = row.said("since") or book.list_day, row.record.stored
    here, before = _stays(resident, book)
    last = here.from_on if here is not None else before and before.to_on
    if row.said("until"):
        row.refuse(
            _("Whoever arrives cannot have left already. Bring that in with a later list."), "until"
        )
        return
    if last is not None and on <= last:
        row.refuse(
            _("The person lived in %(household)s on that day.") % {"household": resident.household},
            "since",
        )
        return
    row.record.residency = {"from_on": on}
    title = str(resident.household)
    if row.record.act == "moves":
        title = f"{title}, {_village(resident, book)}"
    row.changes.append(
        [book.headings["household"], title, f"{row.record.house.title}, {shown(on)}"]
    )


def _village(resident, book):
    return book.villages.by_pk[resident.household.village_id].full_name


def _stays(resident, book):
    """Return (the open residency, the last one that ended), each ``None`` where there is none."""
    rows = book.residencies.get(resident.pk, [])
    here = next((row for row in rows if row.to_on is None), None)
    ended = [row for row in rows if row.to_on is not None]
    return here, max(ended, key=lambda row: row.to_on, default=None)


def _settle_head(house, book):
    """See that the household has one head, and no more, when the list is brought in."""
    rows = [row for row in house.rows if row.outcome in (*OPEN, Outcome.UNCERTAIN)]
    staying = [row for row in rows if not row.said("until")]
    heads = [row for row in staying if row.said("is_head") == "yes"]
    for row in heads[1:]:
        row.refuse(
            _("Row %(row)s names the head of this household already.") % {"row": heads[0].number},
            "is_head",
        )
    former = book.head_of(house.stored) if house.stored else None
    if not heads and former is None and _is_alone(staying, house, book, rows):
        heads = staying
    if heads:
        _change_head(heads[0], former, book)
        return
    of_former = next((row for row in rows if former and row.record.stored is former), None)
    steps_down = of_former is not None and (
        of_former.said("is_head") == "no" or bool(of_former.said("until"))
    )
    if former is not None and not steps_down:
        return
    if staying or (of_former is not None and _others_stay(house, book, rows)):
        for row in rows:
            row.refuse(
                _("%(household)s has no head: write «Yes» beside one of its people.")
                % {"household": house.title}
            )


def _is_alone(staying, house, book, rows):
    """Whether a list of heads alone, which says so of nobody, names the head of a household.

    One person of a list that marks its heads may be left over from rows that are wrong.
    """
    if not book.has_heads_alone or len(staying) != 1:
        return False
    return house.stored is None or not _others_stay(house, book, rows)


def _others_stay(house, book, rows):
    named = {row.record.stored.pk for row in rows if row.record.stored}
    people = book.people[house.stored.pk]
    return any(r.status == PRESENT and r.pk not in named for r in people)


def _change_head(row, former, book):
    person = row.record
    person.is_head = True
    if former is not None and former is not person.stored:
        person.values["former_head"] = former
    is_head_now = person.stored is not None and person.stored.is_head and person.act == "stays"
    if person.stored is not None and not is_head_now and row.outcome != Outcome.UNCERTAIN:
        name = former.full_name if former is not None else "–"
        row.changes.append([book.headings["is_head"], name, person.stored.full_name])
        if row.outcome == Outcome.SAME:
            row.outcome = Outcome.CHANGED
