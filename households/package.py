"""What a leader's phone takes along: the leader's own villages in one small package.

Ethnic group, poverty, sex and phone numbers stay here. Whom a list tells to be poor is
asked for apart and never stored by the phone.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from households.holding import settled_for
from households.models import HandedList, Household, Skill
from households.progress import ADULTS, CONFIRMED, REACHED, VISITED, progress_by_village
from households.worklist import facts_of
from villages.access import scope_of
from villages.models import Commune, Village
from villages.periods import today

LETTERS = {"alone": "a", "with_help": "w", "not_yet": "n"}
NOT_ASKED = "-"
_parts = []


@dataclass(frozen=True)
class PackagePart:
    """What a floor above puts into the package.

    ``content(user, villages)`` is a dictionary of its parts by name, made with a fixed number
    of queries; ``opens(user)`` says whether somebody who leads no village needs a phone all
    the same.
    """

    content: Callable
    opens: Callable


def add_part(part):
    """Let a floor above put something into the package of each phone."""
    _parts.append(part)


def works_on_phone(user):
    """Whether this person has work on a phone today: leads a village, or is needed elsewhere."""
    return bool(scope_of(user).villages) or any(part.opens(user) for part in _parts)


def package_of(user):
    """Return (package, tag) of the villages this person leads today.

    The number of queries does not depend on how many households or villages there are. The
    tag changes when anything but the moment of asking does.
    """
    # Asked first: what was received by then is in it.
    as_of = timezone.now()
    villages = led_villages(user)
    communes = [village.commune for village in villages] or _own_communes(user)
    skills = list(Skill.objects.all())
    required = set(Skill.objects.required_on(today()).values_list("pk", flat=True))
    facts = facts_of(Household.objects.filter(village__in=villages), today())
    content = {
        "today": today().isoformat(),
        "user": str(user.pk),
        "is_demo": any(commune.is_demo for commune in communes),
        "commune": communes[0].full_name if communes else "",
        "skills": [skill_row(skill, required) for skill in skills],
        "villages": _villages(villages),
        "households": [household_row(known, skills) for known in facts],
        "held": settled_for(user),
    }
    for part in _parts:
        content |= part.content(user, villages)
    written = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    tag = hashlib.sha256(written.encode()).hexdigest()[:32]
    return {"as_of": as_of.isoformat(), **content}, tag


def poverty_of(user):
    """Return which households of this person's own villages are poor or near-poor.

    With the titles of the lists that say so.
    """
    villages = led_villages(user)
    poor = {Household.Poverty.POOR: [], Household.Poverty.NEAR_POOR: []}
    rows = Household.objects.filter(village__in=villages, poverty__in=poor).order_by("pk")
    for household, poverty in rows.values_list("uuid", "poverty"):
        poor[poverty].append(str(household))
    lists = _open_lists(villages).filter(is_about_poverty=True)
    return {
        "poor": poor[Household.Poverty.POOR],
        "near_poor": poor[Household.Poverty.NEAR_POOR],
        "titles": {str(pk): title for pk, title in lists.values_list("pk", "title")},
    }


def led_villages(user):
    """Return the open villages this person leads, in the order of the official list."""
    led = scope_of(user).villages
    return list(
        Village.objects.filter(pk__in=led)
        .on(today())
        .select_related("commune")
        .order_by("commune__code", "number", "pk")
    )


def _own_communes(user):
    return list(Commune.objects.filter(pk__in=scope_of(user).writable_communes).order_by("code"))


def skill_row(skill, required):
    """Return a skill; ``required`` are the ids of those an adult must show."""
    return {
        "code": skill.code,
        "name": skill.name,
        "name_en": skill.name_en,
        "required": skill.pk in required,
        "offered": skill.is_offered,
    }


def _villages(villages):
    progress = progress_by_village(villages)
    lists = {village.pk: [] for village in villages}
    for handed in _open_lists(villages).prefetch_related("households"):
        lists[handed.village_id].append(_list(handed))
    return [
        {
            "id": village.pk,
            "name": village.full_name,
            "visited": progress[village.pk][VISITED].numerator,
            "households": progress[village.pk][VISITED].denominator,
            "adults": progress[village.pk][ADULTS].denominator,
            "able": progress[village.pk][ADULTS].numerator,
            "reached": progress[village.pk][REACHED].numerator,
            "confirmed": progress[village.pk][CONFIRMED].numerator,
            "lists": lists[village.pk],
        }
        for village in villages
    ]


def _open_lists(villages):
    return HandedList.objects.filter(village__in=villages, closed_at__isnull=True).order_by(
        "handed_on", "pk"
    )


def _list(handed):
    # A household that stands elsewhere by now is not this village's to visit.
    here = [row for row in handed.households.all() if row.village_id == handed.village_id]
    return {
        "id": handed.pk,
        "title": handed.neutral_title if handed.is_about_poverty else handed.title,
        "handed_on": handed.handed_on.isoformat(),
        "due_on": handed.due_on.isoformat() if handed.due_on else None,
        "households": [str(row.uuid) for row in sorted(here, key=lambda row: row.number)],
    }


def household_row(known, skills):
    """Return HouseholdFacts in the package's letters."""
    household = known.household
    return {
        "u": str(household.uuid),
        "v": household.village_id,
        "n": household.number,
        "a": household.address,
        "d": household.smart_device,
        "c": household.connection,
        "l": known.last_visit_on.isoformat() if known.last_visit_on else None,
        "r": known.return_on.isoformat() if known.return_on else None,
        "w": known.was_away,
        "m": [_member(member, skills) for member in known.members],
    }


def _member(member, skills):
    return {
        "u": str(member.uuid),
        "f": member.name,
        "y": member.birth_year,
        "h": int(member.is_head),
        "o": "".join(LETTERS.get(member.outcomes.get(skill.pk), NOT_ASKED) for skill in skills),
        "e": int(member.is_reached),
        "b": None if member.is_able is None else int(member.is_able),
        "k": int(member.is_confirmed),
    }
