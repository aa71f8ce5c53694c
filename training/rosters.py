"""How the list of a session reads: who came, what each showed, and how many they are."""

from collections import Counter

from django.db.models import Count, Q

from households.models import Skill, SkillCheck
from training.models import Attendance


def count_people(attendances):
    """Return ``{"people", "attendances"}`` of attendances at any number of sessions.

    A resident or member of staff who came to several sessions is one person; walk-ins have
    no identity and each is counted as one.
    """
    return attendances.aggregate(
        attendances=Count("pk"),
        people=Count("resident", distinct=True)
        + Count("staff_member", distinct=True)
        + Count("pk", filter=~Q(walk_in_name="")),
    )


def roster(session):
    """Return the people of a session by kind, each with the outcomes of the session's skills.

    ``residents`` are dicts of ``row``, ``skills`` (skill, field name, outcome) and
    ``completed``; ``staff`` and ``walk_ins`` are attendances.
    """
    rows = list(
        Attendance.objects.filter(session=session)
        .select_related("resident__household__village", "staff_member")
        .order_by("resident__name_folded", "staff_member__name_folded", "walk_in_name", "pk")
    )
    skills = skills_of(session)
    checks = {}
    if session.encounter_id:
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
    return {
        "skills": skills,
        "residents": residents,
        "staff": [row for row in rows if row.staff_member_id],
        "walk_ins": [row for row in rows if row.walk_in_name],
        "total": len(rows),
        "finished": sum(row.completed for row in rows),
        "women": sum(_sex(row) == "female" for row in rows),
        "outcomes": _outcome_table(skills, checks, len(residents)),
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
