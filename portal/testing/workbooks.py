"""A commune's year as the workbooks it would have kept: our own templates, filled in.

Every list is read out of the records as plain rows: those of the upper floors here, those of
the lower ones in ``workbooks_low``. Nothing of what is written was copied from the database but
what a person could have typed into the template.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from io import BytesIO

from django.utils import translation
from openpyxl import load_workbook

from households.models import (
    Confirmation,
    HouseholdObservation,
    Resident,
    Skill,
    SkillCheck,
)
from portal.testing import workbooks_low
from training.models import (
    Attendance,
    ClassRoll,
    Communication,
    Completion,
    Course,
    Employment,
    TrainingSession,
    WorkerDeclaration,
)
from villages.importing.headings import find_heading_row, match_headings
from villages.importing.kinds import Request, kind_of
from villages.importing.template_workbook import template_workbook


@dataclass(frozen=True)
class Listed:
    """One list of a commune as a person would type it.

    ``rows`` are {name of a column: value}, ``columns`` what the template's headings mean, and
    ``options`` what is said beside the file.
    """

    code: str
    rows: list
    columns: tuple
    options: dict = field(default_factory=dict)

    def typed_into(self, template):
        """Return this template (.xlsx) with the rows typed in, in Vietnamese."""
        with translation.override("vi"):
            return self._typed_into(load_workbook(BytesIO(template)))

    def _typed_into(self, book):
        page = book.worksheets[0]
        top = [[cell.value for cell in row] for row in page.iter_rows(max_row=12)]
        heading_row = find_heading_row(top, self.columns)
        names = match_headings(top[heading_row], self.columns)
        words = {column.name: _words(column) for column in self.columns}
        for number, row in enumerate(self.rows, start=heading_row + 2):
            for index, value in self._cells(row, names, words).items():
                page.cell(number, index + 1).value = value
        saved = BytesIO()
        book.save(saved)
        return saved.getvalue()

    def _cells(self, row, names, words):
        """Return {column of the sheet: what is typed there}."""
        unknown = set(row) - set(names.values())
        if unknown:
            raise LookupError(f"The template of {self.code} has no column for {sorted(unknown)}.")
        said = ((index, name, row.get(name)) for index, name in names.items())
        return {
            index: words[name].get(value, value)
            for index, name, value in said
            if value not in (None, "")
        }


def lists_of_year(commune, user, until):
    """Yield the lists of everything a commune knew by a day, in the order of importing."""
    for name, rows in LISTS.items():
        # The second workbook of a list: «households#2».
        code = name.partition("#")[0]
        yield listed(code, rows(commune, until), commune=commune, user=user)


def listed(code, rows, *, commune, user):
    """Return rows as a list of this kind, in a commune's columns."""
    options = OPTIONS.get(code, {})
    request = Request(commune=commune, user=user, options=options)
    with translation.override("vi"):
        columns = tuple(kind_of(code).columns(request))
        return Listed(code, list(rows), columns, options)


def fill(code, rows, *, commune, user):
    """Return the commune's own template of a list with these rows typed in."""
    template = template_workbook(kind_of(code), Request(commune=commune, user=user))
    return listed(code, rows, commune=commune, user=user).typed_into(template)


def _words(column):
    words = {value: str(label) for value, label, *_others in column.choices}
    if column.reads == "yes_no":
        words |= {True: words.get("yes", "Có"), False: words.get("no", "Không")}
    return words


def staff(commune, until):
    rows = Employment.objects.filter(agency__commune=commune, from_on__lte=until)
    for one in rows.select_related("staff_member", "agency").order_by("from_on", "pk"):
        member = one.staff_member
        yield {
            "code": member.code,
            "full_name": member.full_name,
            "sex": member.sex,
            "category": member.category,
            "position": member.position,
            "agency": one.agency.name,
            "is_party_member": member.is_party_member,
            "email": member.email,
            "from_on": one.from_on,
            "to_on": one.to_on,
        }


def courses(commune, until):
    for course in Course.objects.prefetch_related("requirements"):
        own = {
            "code": course.code,
            "title": course.title,
            "provider": course.provider,
            "link": course.link,
            "valid_months": course.valid_months,
        }
        for one in course.requirements.all():
            yield own | {"group": one.group, "from_on": one.from_on, "to_on": one.to_on}
        if not course.requirements.all():
            yield own


def completions(commune, until):
    rows = Completion.objects.filter(staff_member__commune=commune, completed_on__lte=until)
    for one in rows.select_related("staff_member", "course"):
        yield {
            "code": one.staff_member.code,
            "full_name": one.staff_member.full_name,
            "course_code": one.course.code,
            "completed_on": one.completed_on,
            "certificate_number": one.certificate_number,
            "source": one.source,
        }


def schools(commune, until):
    rows = ClassRoll.objects.filter(school_class__school__commune=commune, counted_on__lte=until)
    rows = rows.select_related("school_class__school__village", "school_class__school_year")
    for one in rows.prefetch_related("modules"):
        school_class = one.school_class
        school = school_class.school
        yield {
            "school": school.name,
            "level": school.level,
            "village": school.village.name if school.village else "",
            "school_year": school_class.school_year.name,
            "grade": school_class.grade,
            "name": school_class.name,
            "enrolled": one.enrolled,
            "equipped": one.equipped,
            "counted_on": one.counted_on,
            "modules": "; ".join(module.name for module in one.modules.all()),
        }


def declarations(commune, until):
    rows = WorkerDeclaration.objects.filter(enterprise__commune=commune, declared_on__lte=until)
    for one in rows.select_related("enterprise__village", "enterprise__group"):
        yield {
            "enterprise": one.enterprise.name,
            "group": one.enterprise.group.code,
            "village": one.enterprise.village.name if one.enterprise.village else "",
            "declared_on": one.declared_on,
            "workers": one.workers,
            "equipped": one.equipped,
        }


def sessions(commune, until):
    rows = TrainingSession.objects.filter(commune=commune)
    for one in rows.select_related("village").prefetch_related("skills"):
        yield {
            "title": one.title,
            "kind": one.kind,
            "held_on": one.held_on,
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            "village": one.village.name if one.village else "",
            "place": one.place,
            "trainer": one.trainer,
            "organiser": one.organiser,
            "skills": "; ".join(skill.name for skill in one.skills.all()),
            "capacity": one.capacity,
            "status": one.status,
            "cancel_reason": one.cancel_reason,
            "note": one.note,
        }


def attendance(commune, until):
    """All sessions on one sheet; each row names its session by date, title and village."""
    codes = {skill.pk: f"skill_{skill.pk}" for skill in Skill.objects.all()}
    of_session = {"encounter__session__commune": commune}
    shown = defaultdict(dict)
    for encounter, resident, skill, outcome in SkillCheck.objects.filter(**of_session).values_list(
        "encounter", "resident", "skill", "outcome"
    ):
        shown[encounter, resident][codes[skill]] = outcome
    seen = set(Confirmation.objects.filter(**of_session).values_list("encounter", "resident"))
    rows = Attendance.objects.filter(session__commune=commune, session__held_on__lte=until)
    rows = rows.select_related(
        "session__village", "resident__household__village", "staff_member", "walk_in_village"
    )
    for one in rows:
        key = one.session.encounter_id, one.resident_id
        said = {
            "held_on": one.session.held_on,
            "title": one.session.title,
            "session_village": one.session.village.name if one.session.village else "",
            "completed": one.completed,
        }
        yield (
            said | _person(one) | shown.get(key, {}) | ({"confirmed": True} if key in seen else {})
        )


def _person(one):
    if one.resident_id:
        return {
            "full_name": one.resident.full_name,
            "birth_year": one.resident.birth_year,
            "village": one.resident.household.village.name,
            "household": one.resident.household.number,
        }
    if one.staff_member_id:
        return {"full_name": one.staff_member.full_name, "code": one.staff_member.code}
    return {
        "full_name": one.walk_in_name,
        "sex": one.walk_in_sex,
        "birth_year": one.walk_in_birth_year,
        "village": one.walk_in_village.name if one.walk_in_village else "",
    }


def communications(commune, until):
    rows = Communication.objects.filter(commune=commune, published_on__lte=until)
    names = (
        "title", "kind", "channel", "published_on", "link", "reach", "summary", "is_public", "note",
    )  # fmt: skip
    yield from rows.values(*names)


def earlier_surveys(commune, until):
    """Households whose devices were asked about more than once: what was seen before the last."""
    surveys = defaultdict(list)
    seen = HouseholdObservation.objects.filter(household__village__commune=commune, encounter=None)
    for survey in seen.order_by("observed_on", "pk"):
        surveys[survey.household_id].append(survey)
    heads = Resident.objects.filter(is_head=True, household__in=surveys)
    for head in heads.select_related("household__village"):
        for survey in surveys[head.household_id][:-1]:
            yield {
                "village": head.household.village.name,
                "household": head.household.number,
                "full_name": head.full_name,
                "birth_year": head.birth_year,
                "smart_device": survey.smart_device,
                "connection": survey.connection,
                "observed_on": survey.observed_on,
            }


def _low(rows):
    return lambda commune, until: rows(commune)


# In the order in which a commune would bring them in.
LISTS = {
    "villages": _low(workbooks_low.rows_of_villages),
    "documents": _low(workbooks_low.rows_of_documents),
    "committee": _low(workbooks_low.rows_of_committee),
    "teams": _low(workbooks_low.rows_of_teams),
    "targets": _low(workbooks_low.rows_of_targets),
    "connectivity": _low(workbooks_low.rows_of_connectivity),
    "households": _low(workbooks_low.rows_of_households),
    "households#2": earlier_surveys,
    "guidance": _low(workbooks_low.rows_of_guidance),
    "staff": staff,
    "courses": courses,
    "completions": completions,
    "schools": schools,
    "declarations": declarations,
    "sessions": sessions,
    "attendance": attendance,
    "communications": communications,
}
# What a person says on the upload page, where a list asks for it.
OPTIONS = {"guidance": {"first_on": "2025-01-01"}}
