"""The list of staff: who works where from when. Who changes agency keeps the past."""

from dataclasses import dataclass, field
from datetime import timedelta

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from training.import_kinds import columns
from training.import_kinds.staff_book import Person, Spell, StaffBook, options_of
from training.models import Agency, Employment, StaffMember
from villages.import_kinds.flat import ask, choice_words, emptied_in, is_repeated, said_in, shown
from villages.importing.kinds import Column, ImportKind, Outcome
from villages.text import fold

Category = StaffMember.Category
CATEGORY_WORDS = {
    Category.CADRE: ("Cán bộ", "CB", "Cadre"),
    Category.CIVIL_SERVANT: ("Công chức", "CC", "Civil servant"),
    Category.PUBLIC_EMPLOYEE: ("Viên chức", "VC", "Giáo viên", "Public employee"),
    Category.WORKER: ("Người lao động", "NLĐ", "Lao động hợp đồng", "Hợp đồng", "Worker"),
}
ATTRIBUTES = ("code", "full_name", "sex", "category", "position", "is_party_member", "email")


@dataclass
class Planned:
    """What a row brings: a person's new attributes, and a period of work or its end."""

    person: Person
    is_new: bool = False
    values: dict = field(default_factory=dict)
    spell: Spell | None = None
    ended: list = field(default_factory=list)


class StaffKind(ImportKind):
    code = "staff"
    title = gettext_lazy("Staff")
    description = gettext_lazy(
        "Cadres, civil servants, public employees and workers of the public sector, and where "
        "each works from when. A new agency is made with its first member of staff."
    )
    position = 110
    list_url = "staff_list"
    clears = ("sex", "position", "email")

    def columns(self, request):
        return [
            columns.text(
                "code", _("Staff code"), most=30, reads="code", example="CB0001",
                synonyms=("Mã cán bộ", "Mã CBCCVC", "Mã viên chức", "Mã số", "Mã NV", "Code"),
                note=_("As on the commune's staff list; no two people share one."),
            ),
            columns.person(_("Full name")),
            columns.sex(),
            columns.choice(
                "category", _("Category"), columns.with_words(Category.choices, CATEGORY_WORDS),
                synonyms=("Đối tượng", "Loại", "Loại cán bộ", "Ngạch"),
                note=_("Needed for somebody new."), example=str(Category.CIVIL_SERVANT.label),
            ),
            columns.text(
                "position", _("Position"), most=150, example="Chuyên viên",
                synonyms=("Chức vụ", "Chức danh", "Vị trí việc làm"),
            ),
            columns.text(
                "agency", _("Agency"), required=True, example="Phòng Văn hóa - Xã hội",
                synonyms=("Cơ quan", "Đơn vị", "Cơ quan, đơn vị", "Nơi công tác",
                          "Đơn vị công tác"),
                note=_("An agency that is not there yet is made; the preview says which."),
            ),
            columns.yes_no(
                "is_party_member", _("Party member"), example=_("Yes"),
                synonyms=("Đảng viên", "Là đảng viên"),
            ),
            Column(
                name="email", heading=_("E-mail"),
                field=forms.EmailField(required=False, max_length=254),
                synonyms=("Email", "Thư điện tử", "Hòm thư"),
            ),
            columns.day(
                "from_on", _("Works there from"), example="01/08/2024",
                synonyms=("Làm việc tại đó từ", "Công tác từ",
                          "Từ ngày", "Ngày bắt đầu", "Ngày về đơn vị"),
                note=_("Needed for somebody new and for a change of agency."),
            ),
            columns.day(
                "to_on", _("Works there until"),
                synonyms=("Làm việc tại đó đến", "Đến ngày",
                          "Công tác đến", "Ngày nghỉ", "Ngày chuyển đi"),
                note=_("The last day; empty: works there still."),
            ),
        ]  # fmt: skip

    def plan(self, rows, request):
        book = StaffBook(request)
        words = {column.name: choice_words(column) for column in self.columns(request)}
        headings = {column.name: str(column.heading) for column in self.columns(request)}
        first_of = {}
        for done, row in enumerate(rows, start=1):
            person = self._person(row, book, request)
            if person is not None:
                spell_key = (id(person), fold(row.said("agency")), row.said("from_on"))
                if not is_repeated(row, first_of, spell_key, row.values):
                    self._plan_row(row, person, book, headings, words)
            request.moved(done)

    def _person(self, row, book, request):
        """Return whom the row is about, somebody new among them; ``None`` when that is open."""
        said = {name: row.said(name) or "" for name in ("code", "full_name", "agency")}
        person, maybe = book.find(code=said["code"], name=said["full_name"], agency=said["agency"])
        if person is None and maybe:
            decided = ask(row, request, options_of(maybe))
            if decided is None:
                return None
            person = next((one for one in maybe if one.key == decided), None)
        if person is None:
            person = self._somebody_new(row, book, request)
        return person

    def _somebody_new(self, row, book, request):
        if row.said("code") and row.said("code").casefold() in book.by_code:
            row.refuse(_("This staff code belongs to somebody else."), "code")
        if not row.said("full_name"):
            row.refuse(_("Write the full name."), "full_name")
        if not row.said("category"):
            row.refuse(_("Write the category of somebody new."), "category")
        if not row.said("from_on"):
            row.refuse(_("Write from when somebody new works there."), "from_on")
        if row.errors:
            return None
        name = row.said("full_name")
        member = StaffMember(commune=request.commune, full_name=name, name_folded=fold(name))
        member.code = row.said("code") or ""
        person = Person(member)
        book.know(person)
        return person

    def _plan_row(self, row, person, book, headings, words):
        planned = Planned(person, is_new=person.member.pk is None and not person.spells)
        values = said_in(row, *ATTRIBUTES)
        if not planned.is_new:
            values |= emptied_in(row, person.member)
        other = book.by_code.get(values.get("code", "").casefold())
        if other not in (None, person):
            row.refuse(_("This staff code belongs to somebody else."), "code")
            return
        for name, value in values.items():
            before = getattr(person.member, name)
            if value != before:
                planned.values[name] = value
                if not planned.is_new:
                    row.changes.append(
                        [
                            headings[name],
                            shown(before, words.get(name)),
                            shown(value, words.get(name)),
                        ]
                    )
        self._plan_spell(row, planned, book, headings)
        if row.outcome == Outcome.WRONG:
            return
        if planned.is_new:
            for name, value in planned.values.items():
                setattr(person.member, name, value)
        if "code" in values:
            book.by_code[values["code"].casefold()] = person
        row.record = planned
        row.outcome = (
            Outcome.NEW if planned.is_new else Outcome.CHANGED if row.changes else Outcome.SAME
        )

    def _plan_spell(self, row, planned, book, headings):
        """Find the period the row is about, or add it where the past leaves room."""
        agency = book.agencies.get(fold(row.said("agency")))
        first, last = row.said("from_on"), row.said("to_on")
        person = planned.person
        if first and last and last < first:
            row.refuse(_("The last day cannot be before the first."), "to_on")
            return
        here = [one for one in person.spells if agency is not None and one.agency is agency]
        known = next((one for one in here if one.from_on == first), None)
        if known is None and here and first is None:
            known = here[-1]
        if known is not None:
            self._plan_end(row, planned, known, last, headings)
            return
        if first is None:
            row.refuse(_("Write from when she or he works there."), "from_on")
            return
        current = next((one for one in person.spells if one.to_on is None), None)
        if current is not None and (current.agency is agency or current.from_on >= first):
            current = None
        others = [one for one in person.spells if one is not current]
        met = next((one for one in others if one.meets(first, last)), None)
        if met is not None:
            row.refuse(
                _("She or he works at %(agency)s from %(day)s. Correct that on the person's page.")
                % {"agency": met.agency.name, "day": shown(met.from_on)},
                "from_on",
            )
            return
        if current is not None:
            self._end(row, planned, current, first - timedelta(days=1), headings)
        if agency is None:
            agency = Agency(commune=person.member.commune, name=row.said("agency"))
            book.agencies[fold(agency.name)] = agency
            said = _("%(name)s (a new agency)") % {"name": agency.name}
            row.changes.append([headings["agency"], shown(None), said])
        elif not planned.is_new:
            row.changes.append([headings["agency"], shown(None), f"{agency.name}, {shown(first)}"])
        planned.spell = Spell(agency, first, last)
        person.spells.append(planned.spell)
        person.spells.sort(key=lambda one: one.from_on)

    def _plan_end(self, row, planned, spell, last, headings):
        if last is None or last == spell.to_on:
            return
        if last < spell.from_on:
            row.refuse(_("The last day cannot be before the first."), "to_on")
            return
        others = [one for one in planned.person.spells if one is not spell]
        if any(one.meets(spell.from_on, last) for one in others):
            row.refuse(_("By then she or he works elsewhere already."), "to_on")
            return
        self._end(row, planned, spell, last, headings)

    def _end(self, row, planned, spell, last, headings):
        heading = f"{spell.agency.name}: {headings['to_on']}"
        row.changes.append([heading, shown(spell.to_on), shown(last)])
        spell.to_on = last
        planned.ended.append(spell)

    def write(self, rows, request, journal):
        planned = [row.record for row in rows]
        self._write_agencies(planned, request, journal)
        new = {id(one.person): one.person.member for one in planned if one.is_new}
        journal.create(StaffMember, new.values())
        for one in planned:
            self._write_values(one, journal)
        for one in planned:
            for spell in one.ended:
                if spell.stored is not None:
                    journal.change(spell.stored, to_on=spell.to_on)
        # The database lets nobody work at two agencies at once.
        journal.settle()
        spells = [one for one in planned if one.spell is not None]
        made = journal.create(
            Employment,
            [
                Employment(
                    staff_member=one.person.member,
                    agency=one.spell.agency,
                    from_on=one.spell.from_on,
                    to_on=one.spell.to_on,
                )
                for one in spells
            ],
        )
        for one, employment in zip(spells, made, strict=True):
            one.spell.stored = employment
        self._touch(planned, request, journal)

    def _write_agencies(self, planned, request, journal):
        new = {}
        for one in planned:
            if one.spell is not None and one.spell.agency.pk is None:
                new[id(one.spell.agency)] = one.spell.agency
        if not new:
            return
        last = Agency.objects.filter(commune=request.commune).order_by("-position").first()
        for position, agency in enumerate(new.values(), start=last.position + 1 if last else 0):
            agency.position = position
        journal.create(Agency, new.values())

    def _write_values(self, one, journal):
        values = one.values
        if one.is_new or not values:
            return
        if "full_name" in values:
            values = {**values, "name_folded": fold(values["full_name"])}
        journal.change(one.person.member, **values)

    def _touch(self, planned, request, journal):
        for one in planned:
            if one.is_new or one.values or one.ended or one.spell is not None:
                since_on = min(spell.from_on for spell in one.person.spells)
                agencies = {spell.agency.village_id for spell in one.person.spells}
                journal.touch(
                    {(request.commune.pk, village) for village in agencies | {None}}, since_on
                )
