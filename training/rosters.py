"""How the list of a session reads: who came, what each showed, and how many they are."""

from collections import Counter

from django.db.models import CharField, Count, F, Q, Value
from django.db.models.functions import Cast, Coalesce, Concat

from households.models import Skill, SkillCheck
from training.models import Attendance
from villages.folding import Folded

# Who came without being on a list is known again by name, sex, birth year and village.
_WALK_IN = Concat(
    Folded("walk_in_name"),
    Value(" "),
    "walk_in_sex",
    Value(" "),
    Cast("walk_in_birth_year", CharField()),
    Value(" "),
    Coalesce(Cast("walk_in_village", CharField()), Value("")),
)
_IS_WALK_IN = ~Q(walk_in_name="")
# How many people attendances are, as an aggregate: residents, staff and walk-ins each once.
# Walk-ins whose birth year is not known cannot be told apart, and each of them is one.
PEOPLE = (
    Count("resident", distinct=True)
    + Count("staff_member", distinct=True)
    + Count(_WALK_IN, distinct=True, filter=_IS_WALK_IN & Q(walk_in_birth_year__isnull=False))
    + Count("pk", filter=_IS_WALK_IN & Q(walk_in_birth_year=None))
)


def count_people(attendances):
    """Return ``{"people", "attendances"}`` of attendances at any number of sessions."""
    return attendances.aggregate(attendances=Count("pk"), people=PEOPLE)


def roster(session):
    """Return the people of a session by kind, each with the outcomes of the session's skills.

    ``residents`` are dicts of ``row``, ``skills`` (skill, field name, outcome), ``asked`` (how
    many of them) and ``is_confirmed`` (seen on VNeID); ``staff`` and ``walk_ins`` are attendances.
    """
    rows = list(
        Attendance.objects.filter(session=session)
        .select_related("resident__household__village", "staff_member")
        .order_by(
            "resident__name_folded", "staff_member__name_folded", Folded("walk_in_name"), "pk"
        )
    )
    skills = skills_of(session)
    checks, confirmed = {}, set()
    if session.encounter_id:
        confirmed = set(session.encounter.confirmations.values_list("resident_id", flat=True))
        checks = {
            (resident, skill): outcome
            for resident, skill, outcome in session.encounter.checks.values_list(
                "resident_id", "skill_id", "outcome"
            )
        }
    residents = [
        {
            "row": row,
            "skills": [
                {
                    "skill": skill,
                    "name": f"outcome_{row.resident_id}_{skill.pk}",
                    "outcome": checks.get((row.resident_id, skill.pk), ""),
                }
                for skill in skills
            ],
        }
        for row in rows
        if row.resident_id
    ]
    for person in residents:
        person["asked"] = sum(bool(asked["outcome"]) for asked in person["skills"])
        person["is_confirmed"] = person["row"].resident_id in confirmed
    return {
        "skills": skills,
        "residents": residents,
        "staff": [row for row in rows if row.staff_member_id],
        "walk_ins": [row for row in rows if row.walk_in_name],
        "total": len(rows),
        "confirmed": sum(person["is_confirmed"] for person in residents),
        "finished": sum(row.completed for row in rows),
        "women": sum(_sex(row) == "female" for row in rows),
        "outcomes": _outcome_table(skills, checks, len(residents)),
    }


def expected_of(session):
    """Return who is expected, in the order of the villages, and who of them came.

    ``people`` are invitations with ``came``; ``total``, ``came`` and ``absent`` count them,
    ``over`` says by how many they outnumber the places.
    """
    listed = set(session.attendances.values_list("resident_id", "staff_member_id"))
    people = list(
        session.invitations.select_related("resident__household__village", "staff_member").order_by(
            F("resident__household__village__number").asc(nulls_last=True),
            "resident__household__number",
            "resident__name_folded",
            "staff_member__name_folded",
            "pk",
        )
    )
    for row in people:
        row.came = (row.resident_id, row.staff_member_id) in listed
    came = sum(row.came for row in people)
    return {
        "people": people,
        "total": len(people),
        "came": came,
        "absent": len(people) - came,
        "over": max(len(people) - session.capacity, 0) if session.capacity else 0,
    }


def skills_of(session):
    """Return the skills taught and those that somebody was asked about all the same."""
    wanted = Q(sessions=session)
    if session.encounter_id:
        wanted |= Q(checks__encounter=session.encounter_id)
    return list(Skill.objects.filter(wanted).distinct().order_by("position", "code"))


def _sex(row):
    person = row.resident or row.staff_member
    return person.sex if person else row.walk_in_sex


def _outcome_table(skills, checks, residents):
    """Return per skill how many did it alone, with help, not yet, and were not asked."""
    counted = Counter((skill, outcome) for (_resident, skill), outcome in checks.items())
    table = []
    for skill in skills:
        counts = [counted[skill.pk, outcome] for outcome in SkillCheck.Outcome.values]
        table.append({"skill": skill, "counts": counts, "unknown": residents - sum(counts)})
    return table
