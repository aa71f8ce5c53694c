"""The list of courses, and of whom each is required from when to when."""

from dataclasses import dataclass, field

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from training.import_kinds import columns
from training.models import Course, CourseRequirement
from training.models.staff import LONGEST_VALIDITY
from villages.import_kinds.flat import choice_words, emptied_in, is_repeated, said_in, shown
from villages.importing.kinds import Column, ImportKind, Outcome
from villages.models import Commune
from villages.outbox import EVERY_DAY
from villages.periods import first_overlap
from villages.text import fold

Group = CourseRequirement.Group
GROUP_WORDS = {
    Group.EVERYBODY: ("Tất cả", "Toàn thể", "Mọi người", "Toàn bộ CBCCVC", "All"),
    Group.CADRE: ("Cán bộ", "Cadre"),
    Group.CIVIL_SERVANT: ("Công chức", "Civil servant"),
    Group.PUBLIC_EMPLOYEE: ("Viên chức", "Public employee"),
    Group.WORKER: ("Người lao động", "Worker"),
    Group.PARTY_MEMBER: ("Đảng viên", "Party member"),
}
ATTRIBUTES = ("title", "provider", "link", "valid_months")


@dataclass
class Planned:
    """What a row brings: values of its course, and a requirement or its end."""

    course: Course
    values: dict = field(default_factory=dict)
    requirement: CourseRequirement | None = None
    to_on: object = None


class CoursesKind(ImportKind):
    code = "courses"
    title = gettext_lazy("Courses for staff")
    description = gettext_lazy(
        "The courses of the national portal and others, and of whom each is required. A course "
        "required of several groups has a row for each."
    )
    position = 120
    is_shared = True
    list_url = "course_list"
    clears = ("provider", "link", "valid_months")

    def columns(self, request):
        return [
            Column(
                name="code", heading=_("Course code"),
                field=forms.SlugField(max_length=40), reads="code",
                synonyms=("Mã khóa học", "Mã khoá học", "Mã lớp", "Mã"),
                example="an-toan-thong-tin",
                note=_("Short, Latin letters and digits, for example: ky-nang-so-2025."),
            ),
            columns.text(
                "title", _("Title of the course"),
                synonyms=("Tên khóa học", "Tên khoá học", "Khóa học", "Khoá học", "Tên"),
                example="An toàn thông tin cho cán bộ", note=_("Needed for a new course."),
            ),
            columns.text(
                "provider", _("Provider"), example="Nền tảng «Bình dân học vụ số»",
                synonyms=("Đơn vị cung cấp", "Đơn vị tổ chức", "Nơi tổ chức", "Nền tảng"),
            ),
            Column(
                name="link", heading=_("Link"), synonyms=("Đường dẫn", "Liên kết", "Link"),
                field=forms.URLField(required=False, max_length=200, assume_scheme="https"),
            ),
            columns.number(
                "valid_months", _("Valid for (months)"), least=1, most=LONGEST_VALIDITY,
                synonyms=("Có giá trị (tháng)", "Hiệu lực (tháng)", "Thời hạn (tháng)"),
                note=_("How long having finished it counts; empty: always."),
            ),
            columns.choice(
                "group", _("Required of"), columns.with_words(Group.choices, GROUP_WORDS),
                synonyms=("Bắt buộc với", "Đối tượng", "Đối tượng bắt buộc"),
                example=str(Group.EVERYBODY.label), note=_("Empty: all staff."),
            ),
            columns.day(
                "from_on", _("Required from"), example="01/03/2025",
                synonyms=("Bắt buộc từ", "Bắt buộc từ ngày"),
                note=_("Empty: nobody has to finish it."),
            ),
            columns.day(
                "to_on", _("Required until"),
                synonyms=("Bắt buộc đến", "Bắt buộc đến ngày"), note=_("Empty: still required."),
            ),
        ]  # fmt: skip

    def plan(self, rows, request):
        book = CourseBook()
        headings = {column.name: str(column.heading) for column in self.columns(request)}
        words = {column.name: choice_words(column) for column in self.columns(request)}
        first_of = {}
        for done, row in enumerate(rows, start=1):
            key = row.said("code").casefold(), row.said("group"), row.said("from_on")
            if not is_repeated(row, first_of, key, row.values):
                self._plan_row(row, book, headings, words)
            request.moved(done)

    def _plan_row(self, row, book, headings, words):
        course = book.find(code=row.said("code")) or Course(code=row.said("code"))
        values = said_in(row, *ATTRIBUTES)
        if course.pk is not None:
            values |= emptied_in(row, course)
        if not course.title and "title" not in values:
            row.refuse(_("Write the title of a new course."), "title")
            return
        planned = Planned(course)
        self._plan_requirement(row, planned, book, headings, words)
        if row.errors:
            return
        for name, value in values.items():
            before = getattr(course, name)
            if before == value:
                continue
            if course.pk is None:
                setattr(course, name, value)
            else:
                planned.values[name] = value
                row.changes.append([headings[name], shown(before), shown(value)])
        book.know(course)
        row.record = planned
        row.outcome = (
            Outcome.NEW if course.pk is None else Outcome.CHANGED if row.changes else Outcome.SAME
        )

    def _plan_requirement(self, row, planned, book, headings, words):
        group = row.said("group") or Group.EVERYBODY
        first, last = row.said("from_on"), row.said("to_on")
        if first is None:
            if last is not None or row.said("group"):
                row.refuse(_("Say from when it is required as well."), "from_on")
            return
        if last and last < first:
            row.refuse(_("The last day cannot be before the first."), "to_on")
            return
        theirs = book.requirements.setdefault((planned.course.code.casefold(), group), [])
        known = next((one for one in theirs if one.from_on == first), None)
        others = [(one.from_on, one.to_on) for one in theirs if one is not known]
        overlap = first_overlap([(first, last or (known and known.to_on)), *others])
        if overlap is not None:
            row.refuse(
                _("It is already required of this group on %(day)s.") % {"day": shown(overlap)},
                "from_on",
            )
        elif known is None:
            one = CourseRequirement(course=planned.course, group=group, from_on=first, to_on=last)
            theirs.append(one)
            planned.requirement = one
            if planned.course.pk is not None:
                said = f"{words['group'][group]}, {shown(first)}"
                row.changes.append([headings["group"], shown(None), said])
        elif last is not None and known.to_on != last:
            row.changes.append([headings["to_on"], shown(known.to_on), shown(last)])
            planned.requirement, planned.to_on = known, last

    def write(self, rows, request, journal):
        planned = [row.record for row in rows]
        new = {id(one.course): one.course for one in planned if one.course.pk is None}
        journal.create(Course, new.values())
        for one in planned:
            journal.change(one.course, **one.values)
            if one.to_on is not None:
                journal.change(one.requirement, to_on=one.to_on)
        made = [one.requirement for one in planned if one.requirement is not None]
        journal.create(CourseRequirement, [one for one in made if one.pk is None])
        # Of all communes: the courses are everybody's.
        journal.touch(set(Commune.objects.values_list("pk", "agencies__village")), EVERY_DAY)


class CourseBook:
    """The courses, by code and by title."""

    def __init__(self):
        courses = list(Course.objects.all())
        self.by_code = {course.code.casefold(): course for course in courses}
        self.by_title = {fold(course.title): course for course in courses}
        self.requirements = {}
        for one in CourseRequirement.objects.select_related("course"):
            key = one.course.code.casefold(), one.group
            self.requirements.setdefault(key, []).append(one)

    def know(self, course):
        self.by_code[course.code.casefold()] = course
        self.by_title[fold(course.title)] = course

    def find(self, *, code="", title=""):
        """Return the course of a code, or else of a title."""
        return self.by_code.get(code.casefold()) if code else self.by_title.get(fold(title))
