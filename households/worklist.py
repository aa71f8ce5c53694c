"""Whom to visit next in a village, and why, in words.

Facts are read in a fixed number of queries; what follows from them is pure and the same
whatever order the records came in.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from households.models import OLDER_AGE, Encounter, Household, Resident, Skill
from households.rungs import is_adult, rungs_of

VNEID = "vneid"
LONG_AGO_DAYS = 60
RECENT_DAYS = 14
SOON_DAYS = 1
LONGEST_REASONS = 3
PRESSING = 120
POVERTY = {"poor", "near_poor"}


@dataclass(frozen=True)
class Reason:
    """One reason to visit. ``kind`` is for the page's colours and for tests."""

    kind: str
    weight: int
    count: int = 0
    day: date | None = None

    def __str__(self):
        return WORDS[self.kind](self)


@dataclass(frozen=True)
class MemberFacts:
    """What the reasons need to know of one present member."""

    name: str
    birth_year: int
    is_head: bool
    is_able: bool | None = None
    is_confirmed: bool = False
    does_vneid_alone: bool = False
    is_reached: bool = False
    uuid: UUID | None = None
    outcomes: dict = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class HouseholdFacts:
    """What the reasons need to know of one household on a day."""

    household: Household
    members: tuple[MemberFacts, ...] = ()
    last_visit_on: date | None = None
    return_on: date | None = None
    was_away: bool = False

    @property
    def head(self):
        return next(
            (m for m in self.members if m.is_head), self.members[0] if self.members else None
        )


@dataclass(frozen=True)
class WorklistEntry:
    """A household to visit, its reasons with the strongest first, and how urgent it is."""

    facts: HouseholdFacts
    reasons: tuple[Reason, ...]
    urgency: int = field(default=0)

    @cached_property
    def household(self):
        return self.facts.household

    @property
    def uuid(self):
        return self.household.uuid

    @property
    def is_pressing(self):
        """Whether the strongest reason is one that should not wait."""
        return self.reasons[0].weight >= PRESSING

    @property
    def further(self):
        """The reasons after the strongest one."""
        return self.reasons[1:]

    @property
    def title(self):
        """The household's number and its head, as on every list."""
        head = self.facts.head
        return f"{self.household} · {head.name}" if head else str(self.household)


def worklist(village, as_of, limit=None, *, with_poverty=True):
    """Return the households of a village to visit as of a day, the most urgent first.

    ``with_poverty=False`` leaves out what only those may see who keep the records.
    """
    entries = most_urgent_first(read_facts(village, as_of), as_of, with_poverty=with_poverty)
    return entries if limit is None else entries[:limit]


def most_urgent_first(known, as_of, *, with_poverty=True):
    """Return the households among these HouseholdFacts that have a reason, in order."""
    entries = []
    for facts in known:
        reasons = reasons_for(facts, as_of, with_poverty=with_poverty)
        if reasons:
            urgency = sum(reason.weight for reason in reasons)
            entries.append(WorklistEntry(facts, tuple(reasons), urgency))
    return sorted(entries, key=_by_urgency)


def reasons_for(facts, as_of, *, with_poverty=True):
    """Return why this household should be visited on the day, the strongest reason first."""
    reasons = []
    promised = facts.return_on
    if promised and (promised - as_of).days <= SOON_DAYS:
        late = (as_of - promised).days
        kind = "promised_late" if late > 0 else "promised_today" if late == 0 else "promised_soon"
        reasons.append(Reason(kind, 300 + min(max(late, 0), 90), day=promised, count=late))
    waited = (as_of - facts.last_visit_on).days if facts.last_visit_on else None
    if waited is not None and waited < RECENT_DAYS and not reasons:
        return []
    if waited is None:
        reasons.append(Reason("never_visited", 200))
    elif facts.was_away:
        reasons.append(Reason("was_away", 120))
    reasons += _about_people(facts, as_of)
    if with_poverty and facts.household.poverty in POVERTY:
        reasons.append(Reason(facts.household.poverty, 40))
    if waited is not None and waited >= LONG_AGO_DAYS:
        reasons.append(Reason("long_ago", min(waited // 10, 60), count=waited))
    reasons.sort(key=lambda reason: (-reason.weight, reason.kind))
    return reasons[:LONGEST_REASONS]


def _about_people(facts, as_of):
    """Return at most one reason about what the members can do: the weightiest."""
    adults = [member for member in facts.members if is_adult(member.birth_year, as_of)]
    older = [member for member in adults if as_of.year - member.birth_year >= OLDER_AGE]
    without = [m for m in older if not (m.does_vneid_alone or m.is_confirmed)]
    unsure = [member for member in adults if not member.is_able]
    if without:
        return [Reason("older_without_vneid", 80, count=len(without))]
    if unsure and len(unsure) == len(adults):
        return [Reason("nobody_able", 50)]
    if unsure:
        return [Reason("some_not_able", 10 + len(unsure), count=len(unsure))]
    return []


def read_facts(village, as_of):
    """Return HouseholdFacts of every household standing in the village, in nine queries."""
    return facts_of(Household.objects.filter(village=village), as_of)


def facts_of(households, as_of):
    """Return HouseholdFacts of these households that still stand, by number, in nine queries."""
    found = list(households.filter(places__to_on__isnull=True).distinct().order_by("number", "pk"))
    ids = [household.pk for household in found]
    residents = Resident.objects.present().filter(household__in=ids)
    rungs = rungs_of(residents, as_of)
    vneid = set(Skill.objects.filter(code=VNEID).values_list("pk", flat=True))
    members = defaultdict(list)
    for resident in residents.order_by("-is_head", "birth_year", "pk"):
        stands = rungs[resident.pk]
        members[resident.household_id].append(
            MemberFacts(
                name=resident.full_name,
                birth_year=resident.birth_year,
                is_head=resident.is_head,
                is_able=stands.is_able,
                is_confirmed=stands.is_confirmed,
                does_vneid_alone=stands.does_alone(vneid),
                is_reached=stands.is_reached,
                uuid=resident.uuid,
                outcomes=stands.outcomes,
            )
        )
    visits = _visits(ids, as_of)
    return [
        HouseholdFacts(household, tuple(members[household.pk]), *visits.get(household.pk, ()))
        for household in found
    ]


def _visits(households, as_of):
    """Return {household id: (last home visit, promised return still to keep, was away)}."""
    rows = (
        Encounter.objects.standing()
        .filter(household__in=households, held_on__lte=as_of)
        .order_by("held_on", "pk")
        .values_list("household", "occasion", "held_on", "return_on", "difficulty")
    )
    found = {}
    for household, occasion, held_on, return_on, difficulty in rows:
        last, promised, was_away = found.get(household, (None, None, False))
        if occasion == Encounter.Occasion.HOME_VISIT:
            last, was_away = held_on, difficulty == Encounter.Difficulty.AWAY
            promised = None
        found[household] = (last, return_on or promised, was_away)
    return found


def _by_urgency(entry):
    visited = entry.facts.last_visit_on or date.min
    return (-entry.urgency, visited, entry.household.number, entry.household.pk)


def _day(day, as_of):
    """A day of another year says its year: «08/12» alone would be read as one to come."""
    return f"{day:%d/%m}" if day.year == as_of.year else f"{day:%d/%m/%Y}"


WORDS = {
    "promised_late": lambda r: (
        _("Promised to come back on %(day)s, overdue")
        % {"day": _day(r.day, r.day + timedelta(days=r.count))}
    ),
    "promised_today": lambda r: _("Promised to come back today"),
    "promised_soon": lambda r: _("Promised to come back tomorrow"),
    "never_visited": lambda r: _("Never visited"),
    "was_away": lambda r: _("Nobody at home last time"),
    "older_without_vneid": lambda r: (
        ngettext(
            "%(count)s older person without VNeID", "%(count)s older persons without VNeID", r.count
        )
        % {"count": r.count}
    ),
    "nobody_able": lambda r: _("Nobody can do it alone yet"),
    "poor": lambda r: _("Poor household"),
    "near_poor": lambda r: _("Near-poor household"),
    "long_ago": lambda r: (
        ngettext("visited %(count)s day ago", "visited %(count)s days ago", r.count)
        % {"count": r.count}
    ),
    "some_not_able": lambda r: (
        ngettext(
            "%(count)s adult cannot do it alone yet",
            "%(count)s adults cannot do it alone yet",
            r.count,
        )
        % {"count": r.count}
    ),
}
