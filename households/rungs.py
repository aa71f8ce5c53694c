"""How far each resident has come: reached, can do it, confirmed. Three rungs, never merged."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Max, Q

from households.models import ADULT_AGE, Confirmation, PersonMet, Skill, SkillCheck


@dataclass(frozen=True)
class Rungs:
    """Where one resident stands. ``is_able`` is None when some required skill was never asked.

    ``outcomes`` is {skill id: outcome}; a skill that was never asked is not in it.
    """

    is_reached: bool
    is_able: bool | None
    is_confirmed: bool
    outcomes: dict = field(default_factory=dict, hash=False)

    def does_alone(self, skills):
        """Whether one of these skills (ids) was done alone when last asked."""
        return any(self.outcomes.get(skill) == SkillCheck.Outcome.ALONE for skill in skills)


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
    outcomes = defaultdict(dict)
    for resident, skill, last, last_alone, last_helped in _last_days(
        SkillCheck.objects.filter(resident__in=ids, happened_on__lte=as_of)
    ):
        outcomes[resident][skill] = (
            SkillCheck.Outcome.ALONE
            if last == last_alone
            else SkillCheck.Outcome.WITH_HELP
            if last == last_helped
            else SkillCheck.Outcome.NOT_YET
        )
    return {
        resident: Rungs(
            is_reached=resident in reached,
            is_able=_is_able(required, outcomes[resident]),
            is_confirmed=resident in confirmed,
            outcomes=outcomes[resident],
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


def _is_able(required, outcomes):
    asked = required & outcomes.keys()
    alone = {skill for skill in asked if outcomes[skill] == SkillCheck.Outcome.ALONE}
    if not required or (asked != required and asked == alone):
        return None
    return alone == required


def _last_days(checks):
    alone = Q(outcome=SkillCheck.Outcome.ALONE)
    helped = Q(outcome=SkillCheck.Outcome.WITH_HELP)
    return (
        checks.order_by()
        .values("resident", "skill")
        .annotate(
            last=Max("happened_on"),
            last_alone=Max("happened_on", filter=alone),
            last_helped=Max("happened_on", filter=helped),
        )
        .values_list("resident", "skill", "last", "last_alone", "last_helped")
    )
