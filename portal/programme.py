"""The lists every commune starts with: groups, skills, modules, targets. Data, edited afterwards.

They are read from ``programme.json`` and never overwrite what somebody has entered.
"""

import json
from datetime import date
from pathlib import Path

from households.models import Skill
from training.models import TaughtModule
from villages.models import PopulationGroup, Target

STARTING_LISTS = Path(__file__).with_name("programme.json")


def start_programme():
    """Make the groups, skills, modules and targets that are missing; return the skills in order."""
    lists = json.loads(STARTING_LISTS.read_text(encoding="utf-8"))
    _make_groups(lists["groups"], lists["source"])
    required_from = date.fromisoformat(lists["skills_required_from"])
    skills = [
        Skill.objects.get_or_create(
            code=row.pop("code"),
            defaults={
                "required_from_on": required_from if row.pop("is_required") else None,
                "position": position,
                **row,
            },
        )[0]
        for position, row in enumerate(lists["skills"])
    ]
    for position, row in enumerate(lists["modules"]):
        TaughtModule.objects.get_or_create(
            code=row.pop("code"), defaults={"position": position, **row}
        )
    for year, percents in lists["targets"].items():
        for indicator, percent in percents.items():
            Target.objects.get_or_create(
                indicator=indicator,
                commune=None,
                village=None,
                year=int(year),
                defaults={"percent": percent, "source": lists["source"]},
            )
    return skills


def _make_groups(rows, source):
    for position, row in enumerate(rows):
        same_code = PopulationGroup.objects.filter(code=row["code"])
        # Staff, rolls and skills have one group each, whatever its code is by now.
        same_count = PopulationGroup.objects.filter(counted_from=row["counted_from"])
        declared = row["counted_from"] == PopulationGroup.CountedFrom.DECLARATIONS
        if same_code.exists() or (same_count.exists() and not declared):
            continue
        PopulationGroup.objects.create(position=position, source=source, **row)
