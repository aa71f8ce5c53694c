"""Visit sheets on paper: printed in the order of the worklist, typed back in row by row."""

import uuid as uuids
from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q

from households.models import Household, PaperRow, PaperSheet, Resident, Skill
from households.recording import record_visit
from households.rungs import is_adult
from households.worklist import worklist
from villages.models import Assignment, TeamMember
from villages.periods import today

MOST_SKILLS = 9


@dataclass(frozen=True)
class PrintedRow:
    """A row with its household, the head's name and the people in the printed order."""

    row: PaperRow
    household: Household
    head: str
    people: tuple[Resident, ...]

    @property
    def has_moved(self):
        """Whether the household has come to another village since the sheet was printed."""
        return self.household.village_id != self.row.sheet.village_id


@transaction.atomic
def print_sheet(*, village, member=None, by, households=None, limit=None, skills=None, uuid=None):
    """Number a village's households in worklist order on a new sheet and return it.

    ``households`` narrows the sheet to these; ``limit`` keeps the first so many. The same
    ``uuid`` again returns the sheet that was made first.
    """
    skills = required_skills() if skills is None else skills
    columns = [skill.code for skill in sorted(skills, key=lambda s: (s.position, s.code))]
    sheet, created = PaperSheet.objects.get_or_create(
        uuid=uuid or uuids.uuid4(),
        defaults={"village": village, "member": member, "columns": columns, "printed_by": by},
    )
    if not created:
        return sheet
    chosen = _in_order(village, households)[:limit]
    adults = _adults_of(chosen)
    PaperRow.objects.bulk_create(
        PaperRow(sheet=sheet, number=number, household=household, people=adults[household.pk])
        for number, household in enumerate(chosen, start=1)
    )
    return sheet


@transaction.atomic
def record_row(*, row, guidance, member, by):
    """Record a row under the UUID it was printed with; return (encounter, created).

    Typed twice, in two windows or by two people, it is one visit. Its author is the
    member's account; ``by`` is noted when somebody else types.
    """
    author = author_of(row.sheet, member, by)
    encounter, created = record_visit(
        uuid=row.visit_uuid,
        guidance=guidance,
        author=author,
        typed_by=None if author == by else by,
        member=member,
    )
    PaperRow.objects.filter(pk=row.pk).update(encounter=encounter)
    return encounter, created


def author_of(sheet, member, by):
    """Return whose visit a row is: the member's account, or the leader's who types alone."""
    if member is not None:
        return member.user
    leads = Assignment.objects.on(today()).filter(
        user=by, role=Assignment.Role.TEAM_LEADER, village=sheet.village_id
    )
    return by if leads.exists() else None


def members_of(village, *, also=None):
    """Return the members of a village's team today, and one more who stands on a sheet."""
    members = TeamMember.objects.filter(team__village=village)
    now = members.on(today()).values("pk")
    chosen = Q(pk__in=now)
    if also is not None:
        chosen |= Q(pk=also)
    return members.filter(chosen).select_related("user").order_by("pk")


def required_skills():
    """Return the skills that stand on a sheet unless others are chosen."""
    return Skill.objects.required_on(today()).order_by("position", "code")[:MOST_SKILLS]


def skills_of(sheet):
    """Return the skills that were printed, in their printed order."""
    known = {skill.code: skill for skill in Skill.objects.filter(code__in=sheet.columns)}
    return [known[code] for code in sheet.columns if code in known]


def printed_rows(sheet, rows=None):
    """Return PrintedRow of each row, whatever has become of the people since."""
    if rows is None:
        rows = sheet.rows.all()
    rows = list(rows.select_related("sheet", "household__village__commune", "encounter"))
    wanted = {key for row in rows for key in row.people}
    people = Resident.objects.filter(uuid__in=wanted)
    residents = {str(resident.uuid): resident for resident in people}
    heads = _heads({row.household_id for row in rows})
    return [
        PrintedRow(
            row,
            row.household,
            heads.get(row.household_id, ""),
            tuple(residents[key] for key in row.people if key in residents),
        )
        for row in rows
    ]


def with_progress(sheets):
    """Annotate sheets with how many rows they have and how many are typed in."""
    return sheets.annotate(
        row_count=Count("rows"), done_count=Count("rows", filter=Q(rows__encounter__isnull=False))
    )


def _in_order(village, households):
    urgent = [entry.household for entry in worklist(village, today())]
    placed = {household.pk for household in urgent}
    standing = Household.objects.filter(village=village, places__to_on__isnull=True)
    rest = standing.exclude(pk__in=placed).distinct().order_by("number")
    ordered = [*urgent, *rest]
    if households is None:
        return ordered
    wanted = {household.pk for household in households}
    return [household for household in ordered if household.pk in wanted]


def _adults_of(households):
    adults = defaultdict(list)
    present = Resident.objects.present().filter(household__in=households)
    for resident in present.order_by("-is_head", "birth_year", "pk"):
        if is_adult(resident.birth_year, today()):
            adults[resident.household_id].append(str(resident.uuid))
    return adults


def _heads(households):
    present = Resident.objects.present().filter(household__in=households)
    heads = {}
    for household, name in present.order_by("-is_head", "birth_year", "pk").values_list(
        "household", "full_name"
    ):
        heads.setdefault(household, name)
    return heads
