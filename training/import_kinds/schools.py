"""Schools, their classes of a school year, and the rolls with how many pupils are equipped."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from training.forms.schools import MOST_PUPILS
from training.import_kinds import columns
from training.import_kinds.school_book import Reading, SchoolBook
from training.models import ClassRoll, School, SchoolClass, SchoolYear, TaughtModule
from villages.import_kinds.finding_villages import village_column
from villages.import_kinds.flat import choice_words, is_repeated, shown
from villages.importing.kinds import ImportKind, Outcome
from villages.outbox import EVERY_DAY

Level = School.Level
LEVEL_WORDS = {
    Level.LOWER_SECONDARY: ("THCS", "Trung học cơ sở", "Cấp 2", "Lower secondary"),
    Level.UPPER_SECONDARY: ("THPT", "Trung học phổ thông", "Cấp 3", "Upper secondary"),
    Level.BOTH: ("THCS và THPT", "THCS, THPT", "Liên cấp"),
}


class SchoolsKind(ImportKind):
    code = "schools"
    title = gettext_lazy("Schools and class rolls")
    description = gettext_lazy(
        "Classes of a school year with how many pupils are enrolled and equipped, and what they "
        "are taught. No pupil is named. Schools and classes that are not there yet are made."
    )
    position = 140
    list_url = "school_list"

    def columns(self, request):
        modules = {
            one.name: (one.name, one.name_en, one.code) for one in TaughtModule.objects.all()
        }
        return [
            columns.text(
                "school", _("School"), required=True, example="Trường THCS số 1",
                synonyms=("Trường", "Tên trường", "Trường học"),
            ),
            columns.choice(
                "level", _("Level"), columns.with_words(Level.choices, LEVEL_WORDS),
                synonyms=("Cấp học", "Cấp", "Bậc học"), example=str(Level.LOWER_SECONDARY.label),
                note=_("Needed for a new school."),
            ),
            village_column(
                required=False, note=_("Its pupils are counted there too; empty: commune only.")
            ),
            columns.text(
                "school_year", _("School year"), most=20, required=True, example="2025-2026",
                synonyms=("Năm học", "Niên khóa"),
                note=_("A new one is made from 1 September to 31 August."),
            ),
            columns.number(
                "grade", _("Grade"), least=6, most=12, example="6", synonyms=("Khối", "Khối lớp"),
                note=_("Empty: the number that the name of the class begins with."),
            ),
            columns.text(
                "name", _("Class"), most=20, required=True, example="6A1", reads="code",
                synonyms=("Lớp", "Tên lớp", "Lớp học"),
            ),
            columns.number(
                "enrolled", _("Enrolled"), most=MOST_PUPILS, example="36",
                synonyms=("Sĩ số", "Số học sinh", "Tổng số học sinh", "Tổng số"),
            ),
            columns.number(
                "equipped", _("Equipped with digital skills"), most=MOST_PUPILS, example="31",
                synonyms=("Được trang bị kỹ năng số", "Số được trang bị", "Đã được trang bị",
                          "Có kỹ năng số"),
            ),
            columns.day(
                "counted_on", _("Counted on"), past=True, example="24/10/2025",
                synonyms=("Ngày đếm", "Ngày thống kê", "Tính đến ngày", "Ngày báo cáo"),
            ),
            columns.several(
                "modules", _("Modules taught"), modules,
                synonyms=("Mô-đun đã dạy", "Nội dung đã dạy", "Nội dung giảng dạy", "Mô đun"),
                example="; ".join(list(modules)[:2]),
                note=_("Several are separated by semicolons."),
            ),
        ]  # fmt: skip

    def plan(self, rows, request):
        book = SchoolBook(request)
        headings = {column.name: str(column.heading) for column in self.columns(request)}
        words = {column.name: choice_words(column) for column in self.columns(request)}
        first_of = {}
        for done, row in enumerate(rows, start=1):
            planned = Reading(row, book, headings, words).planned()
            if planned is not None:
                key = (id(planned.school_class), row.said("counted_on"))
                if not is_repeated(row, first_of, key, row.values):
                    row.record = planned
                    is_new = planned.school_class.pk is None or planned.has_new_roll
                    row.outcome = (
                        Outcome.NEW if is_new else Outcome.CHANGED if row.changes else Outcome.SAME
                    )
            request.moved(done)

    def also_makes(self, rows):
        """Name the school years and schools that the list would make: perhaps mistyped."""
        classes = [row.record.school_class for row in rows]
        years = {one.school_year.name: one.school_year for one in classes}
        schools = {one.school.name: one.school for one in classes}
        return [
            *(
                _("The school year %(year)s is new: it will be made, from %(first)s to %(last)s.")
                % {"year": name, "first": shown(year.starts_on), "last": shown(year.ends_on)}
                for name, year in sorted(years.items())
                if year.pk is None
            ),
            *(
                _("The school «%(name)s» is new: it will be made.") % {"name": name}
                for name, school in sorted(schools.items())
                if school.pk is None
            ),
        ]

    def write(self, rows, request, journal):
        planned = [row.record for row in rows]
        years = [one.school_class.school_year for one in planned]
        journal.create(SchoolYear, {id(y): y for y in years if y.pk is None}.values())
        schools = [one.school for one in planned]
        journal.create(School, {id(s): s for s in schools if s.pk is None}.values())
        classes = [one.school_class for one in planned]
        journal.create(SchoolClass, {id(c): c for c in classes if c.pk is None}.values())
        for one in planned:
            self._write_changes(one, request, journal)
        rolls = journal.create(
            ClassRoll,
            [
                ClassRoll(school_class=one.school_class, handed_in_by=request.user, **one.numbers)
                for one in planned
                if one.has_new_roll
            ],
        )
        made = iter(rolls)
        for one in planned:
            one.roll = next(made) if one.has_new_roll else one.roll
        self._write_modules(planned, journal)

    def _write_changes(self, one, request, journal):
        commune, before = request.commune.pk, one.school.village_id
        if one.school_values:
            journal.change(one.school, **one.school_values)
        if one.grade is not None:
            journal.change(one.school_class, grade=one.grade)
        since_on = one.numbers.get("counted_on") or one.school_class.school_year.starts_on
        if one.roll is not None and (one.numbers or one.modules):
            since_on = one.roll.counted_on
            journal.change(
                one.roll,
                **one.numbers,
                handed_in_by=request.user,
                # What it says now is not what the school confirmed.
                confirmed_by=None,
                confirmed_at=None,
            )
        units = {(commune, before), (commune, one.school.village_id)}
        journal.touch(units, EVERY_DAY if one.school_values else since_on)

    def _write_modules(self, planned, journal):
        through = ClassRoll.modules.through
        rolls = {one.roll.pk: one for one in planned if one.roll is not None and one.modules}
        stored = through.objects.filter(classroll__in=list(rolls))
        there = set(stored.values_list("classroll_id", "taughtmodule_id"))
        journal.create(
            through,
            [
                through(classroll_id=pk, taughtmodule_id=module.pk)
                for pk, one in rolls.items()
                for module in one.modules
                if (pk, module.pk) not in there
            ],
        )
