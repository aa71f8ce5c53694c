"""How far each resident has come: reached, can do it, confirmed. Three rungs, never merged."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Max, Q

from households.models import ADULT_AGE, Confirmation, PersonMet, Skill, SkillCheck


@dataclass(frozen=True)
class Rungs:
    """Where one resident stands. ``is_able`` is None when some required skill was never asked."""

    is_reached: bool
    is_able: bool | None
    is_confirmed: bool
    alone: frozenset = frozenset()


@dataclass(frozen=True)
class SkillRecord:
    """One skill of one resident: the last outcome and its day, or «not asked» (None)."""

    skill: Skill
    outcome: str | None
    words: str
    last_on: object
    is_required: bool


def rungs_of(residents, as_of):
    """Return {resident id: Rungs} for a queryset of residents, in four queries.

    Of the last day on which a skill was asked the best outcome counts, as in the figures.
    """
    ids = residents.order_by().values("pk")
    required = {skill.pk for skill in Skill.objects.required_on(as_of)}
    reached = set(
        PersonMet.objects.filter(resident__in=ids, happened_on__lte=as_of)
        .values_list("resident_id", flat=True)
        .distinct()
    )
    confirmed = set(
        Confirmation.objects.filter(resident__in=ids, seen_on__lte=as_of)
        .values_list("resident_id", flat=True)
        .distinct()
    )
    asked, alone = defaultdict(set), defaultdict(set)
    for resident, skill, last, last_alone in _last_days(
        SkillCheck.objects.filter(resident__in=ids, happened_on__lte=as_of)
    ):
        asked[resident].add(skill)
        if last == last_alone:
            alone[resident].add(skill)
    return {
        resident: Rungs(
            is_reached=resident in reached,
            is_able=_is_able(required, asked[resident], alone[resident]),
            is_confirmed=resident in confirmed,
            alone=frozenset(alone[resident]),
        )
        for resident in residents.order_by().values_list("pk", flat=True)
    }


def skill_record(resident, as_of):
    """Return every skill of the checklist with the resident's last outcome."""
    labels = dict(SkillCheck.Outcome.choices)
    best_first = {"alone": 0, "with_help": 1, "not_yet": 2}
    last = {}
    for check in resident.checks.filter(happened_on__lte=as_of).order_by("happened_on"):
        known = last.get(check.skill_id)
        newer = known is None or check.happened_on > known.happened_on
        if newer or best_first[check.outcome] < best_first[known.outcome]:
            last[check.skill_id] = check
    required = set(Skill.objects.required_on(as_of).values_list("pk", flat=True))
    return [
        SkillRecord(
            skill=skill,
            outcome=check.outcome if check else None,
            words=labels[check.outcome] if check else "",
            last_on=check.happened_on if check else None,
            is_required=skill.pk in required,
        )
        for skill in Skill.objects.all()
        for check in [last.get(skill.pk)]
        if skill.is_offered or check
    ]


def is_adult(birth_year, as_of):
    """Whether somebody of this birth year counts as an adult on a day."""
    return as_of.year - birth_year >= ADULT_AGE


def _is_able(required, asked, alone):
    if not required or (required - asked and not asked & required - alone):
        return None
    return required <= alone


def _last_days(checks):
    alone = Q(outcome=SkillCheck.Outcome.ALONE)
    return (
        checks.order_by()
        .values("resident", "skill")
        .annotate(last=Max("happened_on"), last_alone=Max("happened_on", filter=alone))
        .values_list("resident", "skill", "last", "last_alone")
    )
