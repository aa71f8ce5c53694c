"""Who finished which course when, as the national course portal lists it."""

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from training.import_kinds import columns
from training.import_kinds.courses import CourseBook
from training.import_kinds.staff_book import StaffBook, not_on_the_list, options_of
from training.models import Completion, Course
from villages.import_kinds.flat import (
    NEW,
    Planned,
    ask,
    choice_words,
    is_repeated,
    said_in,
    shown,
)
from villages.importing.kinds import ImportKind, Outcome
from villages.text import fold

Source = Completion.Source
SOURCE_WORDS = {
    Source.NATIONAL_PORTAL: ("Cổng", "Nền tảng số", "Nền tảng «Bình dân học vụ số»", "Portal"),
    Source.CERTIFICATE: ("Giấy chứng nhận", "Chứng chỉ", "Chứng nhận", "Certificate"),
    Source.AGENCY: ("Cơ quan báo cáo", "Đơn vị báo cáo", "Cơ quan", "Đơn vị", "Agency"),
}
ATTRIBUTES = ("completed_on", "certificate_number", "source")


class CompletionsForm(forms.Form):
    """Whether courses that nobody has entered yet are made."""

    may_create = forms.BooleanField(
        label=gettext_lazy("Make the courses of this list that are not there yet"),
        required=False,
        help_text=gettext_lazy("A new course is required of nobody until somebody says so."),
    )

    def __init__(self, *args, user, commune, **options):
        super().__init__(*args, **options)

    def as_options(self):
        return {"may_create": self.cleaned_data["may_create"]}


class CompletionsKind(ImportKind):
    code = "completions"
    title = gettext_lazy("Course completions")
    description = gettext_lazy(
        "Who finished which course when, as the national course portal or an agency lists it."
    )
    position = 130
    list_url = "course_list"
    options_form = CompletionsForm

    def columns(self, request):
        return [
            columns.text(
                "code", _("Staff code"), most=30, reads="code", example="CB0001",
                synonyms=("Mã cán bộ", "Mã CBCCVC", "Mã viên chức", "Mã NV", "Mã học viên"),
                note=_("The code, or else full name and agency."),
            ),
            columns.person(_("Full name")),
            columns.text(
                "agency", _("Agency"), example="Phòng Văn hóa - Xã hội",
                synonyms=("Cơ quan", "Đơn vị", "Cơ quan, đơn vị", "Nơi công tác"),
            ),
            columns.text(
                "course_code", _("Course code"), most=40, reads="code", example="online-safety",
                synonyms=("Mã khóa học", "Mã khoá học", "Mã lớp"),
                note=_("The code, or else the title of the course."),
            ),
            columns.text(
                "course_title", _("Title of the course"), example="An toàn thông tin cho cán bộ",
                synonyms=("Tên khóa học", "Tên khoá học", "Khóa học", "Khoá học", "Tên lớp"),
            ),
            columns.day(
                "completed_on", _("Completed on"), past=True, required=True, example="15/09/2025",
                synonyms=("Ngày hoàn thành", "Hoàn thành ngày", "Ngày cấp", "Ngày đạt"),
            ),
            columns.text(
                "certificate_number", _("Certificate number"), most=60, reads="code",
                synonyms=("Số giấy chứng nhận", "Số chứng chỉ", "Số chứng nhận", "Số hiệu"),
            ),
            columns.choice(
                "source", _("Source"), columns.with_words(Source.choices, SOURCE_WORDS),
                synonyms=("Nguồn", "Nguồn số liệu"), example=str(Source.NATIONAL_PORTAL.label),
                note=_("Empty: the national course portal."),
            ),
        ]  # fmt: skip

    def plan(self, rows, request):
        staff, courses = StaffBook(request), CourseBook()
        stored = {
            (one.staff_member_id, one.course_id, one.completed_on): one
            for one in Completion.objects.filter(staff_member__in=list(staff.people))
        }
        headings = {column.name: str(column.heading) for column in self.columns(request)}
        words = {column.name: choice_words(column) for column in self.columns(request)}
        first_of = {}
        for done, row in enumerate(rows, start=1):
            person = self._person(row, staff, request)
            course = self._course(row, courses, request, headings)
            if not row.outcome:
                key = self._key(row, person, course)
                if not is_repeated(row, first_of, key, said_in(row, *ATTRIBUTES)):
                    known = stored.get((person.member.pk, course.pk, row.said("completed_on")))
                    self._compare(row, person, course, known, headings, words)
            request.moved(done)

    def _key(self, row, person, course):
        # Somebody may finish a course again, when the first time is no longer valid.
        return person.key, course.code, row.said("completed_on")

    def _person(self, row, staff, request):
        said = {name: row.said(name) or "" for name in ("code", "full_name", "agency")}
        if not said["code"] and not said["full_name"]:
            row.refuse(_("Write the staff code, or full name and agency."), "full_name")
            return None
        person, maybe = staff.find(code=said["code"], name=said["full_name"], agency=said["agency"])
        if person is not None:
            return person
        if not maybe:
            not_on_the_list(row)
            return None
        decided = ask(row, request, options_of(maybe))
        if decided == NEW:
            not_on_the_list(row)
        return next((one for one in maybe if one.key == decided), None)

    def _course(self, row, courses, request, headings):
        code, title = row.said("course_code") or "", row.said("course_title") or ""
        if not code and not title:
            row.refuse(_("Write the course's code or title."), "course_title")
            return None
        course = courses.find(code=code, title=title)
        if course is None and code and title:
            course = courses.find(title=title)
        if course is not None:
            if course.pk is None:
                self._say_new(row, course, headings)
            return course
        if not request.options.get("may_create"):
            row.refuse(
                _("This course is not there yet. Bring in the courses, or allow new ones above."),
                "course_title" if title else "course_code",
            )
        elif not title:
            row.refuse(_("Write the title of a new course."), "course_title")
        else:
            course = Course(
                code=_free_code(slugify(code or fold(title))[:40], courses), title=title
            )
            courses.know(course)
            self._say_new(row, course, headings)
        return course

    def _say_new(self, row, course, headings):
        said = _("%(name)s (a new course)") % {"name": course.title}
        row.changes.append([headings["course_title"], shown(None), said])

    def _compare(self, row, person, course, known, headings, words):
        values = said_in(row, *ATTRIBUTES)
        if known is None:
            values |= {"staff_member": person.member, "course": course}
            row.record, row.outcome = Planned(None, values), Outcome.NEW
            return
        values = {name: value for name, value in values.items() if value != getattr(known, name)}
        row.changes += [
            [headings[n], shown(getattr(known, n), words.get(n)), shown(v, words.get(n))]
            for n, v in values.items()
        ]
        known.staff_member = person.member
        row.record = Planned(known, values)
        row.outcome = Outcome.CHANGED if values else Outcome.SAME

    def write(self, rows, request, journal):
        planned = [row.record for row in rows]
        new = [one.values for one in planned if one.stored is None]
        courses = {id(v["course"]): v["course"] for v in new if v["course"].pk is None}
        journal.create(Course, courses.values())
        journal.create(Completion, [Completion(**values) for values in new])
        staff = StaffBook(request)
        for one in planned:
            known = one.stored or Completion(**one.values)
            if one.stored is not None:
                journal.change(known, **one.values)
            member, since_on = known.staff_member, known.completed_on
            spells = staff.people[member.pk].spells
            units = {(request.commune.pk, spell.agency.village_id) for spell in spells}
            journal.touch(units | {(request.commune.pk, None)}, since_on)


def _free_code(code, courses):
    """Return a code that no course has yet."""
    code = code or "khoa-hoc"
    free, number = code, 1
    while free in courses.by_code:
        number += 1
        free = f"{code[:36]}-{number}"
    return free
