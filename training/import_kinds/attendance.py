"""Who came to a session, out of a list kept on paper or in a workbook.

Residents get into the numbers as in ``training.attendance``: through the session's
encounter, with a person met, the outcomes of skills, and a mark for every unit.
"""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.import_kinds.household_columns import birth_year_column, household_column
from households.models import FIRST_BIRTH_YEAR, Confirmation, PersonMet, Skill, SkillCheck
from training.import_kinds import columns
from training.import_kinds.attenders import AttenderBook
from training.import_kinds.registers import Reading, Register
from training.import_kinds.sessions import SessionBook, open_encounters
from training.models import Attendance, TrainingSession
from villages.import_kinds.finding_villages import VillageBook, village_column
from villages.import_kinds.flat import choice_words
from villages.importing.journal import model_of
from villages.importing.kinds import ImportKind, Outcome
from villages.periods import today

Status = TrainingSession.Status
OUTCOME_WORDS = {
    "alone": ("T", "Tự làm", "Tự làm được", "1", "Alone"),
    "with_help": ("G", "Cần giúp", "Cần giúp đỡ", "2", "With help"),
    "not_yet": ("C", "Chưa làm được", "Chưa", "Chưa biết", "3", "Not yet"),
}


class AttendanceForm(forms.Form):
    """Which session the list is of, where its rows do not say so."""

    session = forms.ModelChoiceField(
        TrainingSession.objects.none(),
        label=gettext_lazy("Session"),
        required=False,
        to_field_name="uuid",
        empty_label=gettext_lazy("Each row says so, by date and title"),
    )

    def __init__(self, *args, user, commune, **options):
        super().__init__(*args, **options)
        own = TrainingSession.objects.writable_by(user).filter(commune=commune)
        field = self.fields["session"]
        field.queryset = own.exclude(status=Status.CANCELLED).select_related("village").distinct()
        field.label_from_instance = _session_words

    def as_options(self):
        session = self.cleaned_data["session"]
        return {"session": str(session.uuid)} if session else {}


class AttendanceKind(ImportKind):
    code = "attendance"
    title = gettext_lazy("Attendance of sessions")
    description = gettext_lazy(
        "Who came to a session and what each showed. Residents and staff are found on their "
        "lists; anybody else is noted as a walk-in."
    )
    position = 170
    list_url = "session_list"
    options_form = AttendanceForm

    def columns(self, request):
        outcomes = columns.with_words(SkillCheck.Outcome.choices, OUTCOME_WORDS)
        return [
            columns.day(
                "held_on", _("Date of the session"), past=True, example="24/10/2025",
                synonyms=("Ngày tổ chức lớp", "Ngày tổ chức", "Ngày học", "Ngày"),
                note=_("Not needed where the session was chosen before."),
            ),
            columns.text(
                "title", _("Title of the session"), example="Cài đặt VNeID và nộp hồ sơ trực tuyến",
                synonyms=("Tên lớp", "Tên lớp, nội dung", "Lớp", "Chuyên đề"),
            ),
            columns.text(
                "session_village", _("Village of the session"), most=100,
                synonyms=("Bản tổ chức lớp", "Bản tổ chức", "Bản mở lớp"),
                note=_("Where sessions of this title were held in several villages on that day."),
            ),
            columns.person(_("Full name")),
            birth_year_column(
                field=forms.IntegerField(
                    min_value=FIRST_BIRTH_YEAR, max_value=today().year, required=False
                ),
                example="1985",
            ),
            columns.sex(note=_("For walk-ins; of others it is known.")),
            village_column(required=False, note=_("Where she or he lives.")),
            household_column(required=False, example="12"),
            columns.text(
                "code", _("Staff code"), most=30, reads="code",
                synonyms=("Mã cán bộ", "Mã CBCCVC", "Mã viên chức"),
                note=_("For members of staff."),
            ),
            columns.text("agency", _("Agency"), synonyms=("Cơ quan", "Đơn vị", "Nơi công tác"),
                         note=_("For members of staff without a code.")),
            columns.yes_no("completed", _("Completed"), synonyms=("Hoàn thành", "Học hết"),
                           note=_("Stayed to the end; empty: yes.")),
            *(
                columns.choice(
                    f"skill_{skill.pk}", skill.title, outcomes,
                    synonyms=(skill.name, skill.name_en or skill.name, skill.code),
                    note=_("T: alone, G: with help, C: not yet. Empty: not asked."),
                )
                for skill in Skill.objects.all()
            ),
            columns.yes_no(
                "confirmed", _("VNeID confirmation was seen"),
                synonyms=("Đã thấy xác nhận VNeID", "Xác nhận VNeID",
                          "Đã thấy VNeID xác nhận", "Đã xác nhận trên VNeID"),
                note=_("That VNeID showed it; never a number or a password."),
            ),
        ]  # fmt: skip

    def plan(self, rows, request):
        rows = list(rows)
        sessions, villages = SessionBook(request), VillageBook(request)
        of_rows = {row.number: self._session(row, sessions, villages, request) for row in rows}
        register = Register([one for one in of_rows.values() if one is not None])
        people = AttenderBook(request, rows)
        headings = {column.name: str(column.heading) for column in self.columns(request)}
        words = {column.name: choice_words(column) for column in self.columns(request)}
        reading = Reading(request, register, people, villages, headings, words)
        for done, row in enumerate(rows, start=1):
            if row.outcome != Outcome.WRONG:
                reading.plan(row, of_rows[row.number])
            request.moved(done)

    def _session(self, row, book, villages, request):
        """Return the session a row is about, or refuse the row."""
        chosen = request.options.get("session")
        held_on, title = row.said("held_on"), row.said("title")
        if chosen:
            found = [one for one in book.sessions if str(one.uuid) == chosen]
            if found and held_on and held_on != found[0].held_on:
                row.refuse(_("The session that was chosen has another date."), "held_on")
                return None
        elif not held_on or not title:
            row.refuse(
                _("Write date and title of the session, or choose it above."),
                "title" if held_on else "held_on",
            )
            return None
        else:
            village = None
            if row.said("session_village"):
                village = villages.find(row, "session_village", on=held_on)
            where = held_on, title, village and village.pk
            found = book.find(*where) or book.find_cancelled(*where)
        if row.errors:
            return None
        if len(found) > 1:
            row.refuse(
                _("Several sessions have this title on this day. Write the village."),
                "session_village",
            )
        elif not found:
            row.refuse(_("There is no such session. Bring in the sessions first."), "title")
        elif found[0].status == Status.CANCELLED:
            row.refuse(_("The session was cancelled. Plan it anew first."), "title")
        elif found[0].held_on > today():
            row.refuse(_("The session has not taken place yet."), "held_on")
        else:
            return found[0]
        return None

    def write(self, rows, request, journal):
        planned = [row.record for row in rows]
        sessions = {one.session.pk: one.session for one in planned}
        # As every verb of attendance does: two people follow each other.
        list(
            TrainingSession.objects.select_for_update(of=("self",))
            .filter(pk__in=sessions)
            .order_by("pk")
        )
        without = [one for one in sessions.values() if one.encounter_id is None]
        open_encounters(without, request, journal)
        for session in sessions.values():
            if session.status == Status.PLANNED:
                journal.change(session, status=Status.HELD)
        register = Register(sessions.values())
        journal.create(Attendance, [o.attendance for o in planned if o.attendance.pk is None])
        for one in planned:
            if one.completed is not None:
                journal.change(one.attendance, completed=one.completed)
        self._write_guidance(planned, register, request, journal)
        for session in sessions.values():
            walk_ins = register.walk_ins_of(session)
            new = [o for o in planned if o.session is session and o.attendance.walk_in_name]
            count = len(walk_ins | {one.attendance.pk for one in new})
            journal.change(session.encounter, unnamed_people=count)
        for one in planned:
            own = {(request.commune.pk, one.session.village_id)}
            journal.touch(one.units | own, one.session.held_on)

    def obstacles(self, entries):
        """Return what was noted since of those whom the list says to have come.

        Nobody is taken off a session that was counted and closed, either.
        """
        brought = {}
        for entry in entries:
            if "created" in entry:
                brought.setdefault(model_of(entry), set()).update(entry["created"])
        rows = Attendance.objects.filter(pk__in=brought.get(Attendance, ()))
        closed = TrainingSession.objects.filter(
            attendances__in=rows, status=Status.CLOSED, counted__isnull=False
        )
        words = _("The session is closed. Reopen it to change the list.")
        found = [[str(session), words] for session in closed.distinct()]
        came = set(rows.values_list("session__encounter", "resident"))
        for model in (SkillCheck, Confirmation):
            noted = model.objects.filter(encounter__in={encounter for encounter, _who in came})
            noted = noted.exclude(pk__in=brought.get(model, ())).select_related("resident")
            found += [
                [str(one.resident), _("is used by: %(what)s") % {"what": str(one)}]
                for one in noted
                if (one.encounter_id, one.resident_id) in came
            ]
        return found

    def _write_guidance(self, planned, register, request, journal):
        """Write who was met, what each showed and what was seen, beside the attendances."""
        met, checks, seen = [], [], []
        for one in planned:
            resident, session = one.attendance.resident_id, one.session
            if resident is None:
                continue
            encounter, day = session.encounter, session.held_on
            if (encounter.pk, resident) not in register.met:
                met.append(PersonMet(encounter=encounter, resident_id=resident, happened_on=day))
            for skill, outcome in one.outcomes.items():
                known = register.checks.get((encounter.pk, resident, skill))
                if known is not None:
                    journal.change(known, outcome=outcome)
                else:
                    checks.append(
                        SkillCheck(
                            encounter=encounter,
                            resident_id=resident,
                            skill_id=skill,
                            outcome=outcome,
                            happened_on=day,
                        )
                    )
            if one.is_confirmed:
                seen.append(
                    Confirmation(
                        resident_id=resident,
                        seen_on=day,
                        seen_by=request.user,
                        encounter=encounter,
                    )
                )
        journal.create(PersonMet, met)
        journal.create(SkillCheck, checks)
        journal.create(Confirmation, seen)


def _session_words(session):
    where = f" · {session.village}" if session.village_id else ""
    return f"{session.held_on:%d/%m/%Y} · {session.title}{where}"
