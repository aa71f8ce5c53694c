"""What is noted of who came to sessions, and what a row adds to it."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from households.models import Confirmation, PersonMet, SkillCheck
from training.import_kinds.attenders import RESIDENT, STAFF
from training.models import Attendance, TrainingSession
from villages.import_kinds.flat import NEW, ask, is_repeated, shown
from villages.importing.kinds import Outcome
from villages.text import fold

Status = TrainingSession.Status


@dataclass
class Planned:
    """What a row brings: somebody new on a session's list, or more about who is on it."""

    session: TrainingSession
    attendance: Attendance
    units: set = field(default_factory=set)
    completed: bool | None = None
    outcomes: dict = field(default_factory=dict)
    is_confirmed: bool = False


class Register:
    """What is noted already of some sessions; read once."""

    def __init__(self, sessions):
        sessions = {session.pk: session for session in sessions}
        encounters = [one.encounter_id for one in sessions.values() if one.encounter_id]
        self.residents, self.staff, self.strangers, self._walk_ins = {}, {}, {}, {}
        self.listed = set()
        for row in Attendance.objects.filter(session__in=list(sessions)):
            self._know(row)
        self.checks = {
            (one.encounter_id, one.resident_id, one.skill_id): one
            for one in SkillCheck.objects.filter(encounter__in=encounters)
        }
        met = PersonMet.objects.filter(encounter__in=encounters)
        self.met = set(met.values_list("encounter", "resident"))
        seen = Confirmation.objects.filter(encounter__in=encounters)
        self.confirmed = set(seen.values_list("encounter", "resident"))

    def _know(self, row):
        self.listed.add(row.session_id)
        if row.resident_id:
            self.residents[row.session_id, row.resident_id] = row
        if row.staff_member_id:
            self.staff[row.session_id, row.staff_member_id] = row
        if row.walk_in_name:
            self._walk_ins.setdefault(row.session_id, set()).add(row.pk)
        if name := row.walk_in_name or row.came_as:
            key = row.session_id, fold(name), row.walk_in_sex
            self.strangers.setdefault(key, []).append(row)

    def walk_ins_of(self, session):
        return self._walk_ins.get(session.pk, set())

    def stranger(self, session, name, sex, birth_year):
        """Return who walked in under this name before, unless the birth years differ."""
        for row in self.strangers.get((session.pk, fold(name), sex), ()):
            if None in (row.walk_in_birth_year, birth_year) or row.walk_in_birth_year == birth_year:
                return row
        return None


class Reading:
    """Rows on their way to a plan."""

    def __init__(self, request, register, people, villages, headings, words):
        self.request, self.register, self.people = request, register, people
        self.villages, self.headings, self.words = villages, headings, words
        self.first_of = {}

    def plan(self, row, session):
        """Give a row its outcome: who came, and what the list did not know yet."""
        village = self._village(row, session) if row.said("village") else None
        if row.outcome == Outcome.WRONG:
            return
        kind, person = self._who(row, village, session)
        if row.outcome:
            return
        key = (session.pk, kind, person.key if kind == STAFF else person and person.resident.pk)
        if not kind:
            if not row.said("full_name"):
                row.refuse(_("Write the full name."), "full_name")
                return
            key = (session.pk, *self._stranger(row))
        if is_repeated(row, self.first_of, key, self._meaning(row)):
            return
        self._compare(row, session, kind, person, village)
        closed = session.status == Status.CLOSED and session.pk in self.register.listed
        if closed and row.outcome != Outcome.SAME:
            row.refuse(_("The session is closed. Reopen it to change the list."), "title")

    def _village(self, row, session):
        with_number = bool(row.said("household"))
        return self.villages.find(row, on=session.held_on, by_number=with_number)

    def _who(self, row, village, session):
        if not row.said("full_name") and not row.said("code"):
            row.refuse(_("Write the full name."), "full_name")
            return "", None
        found = self.people.find(row, village or session.village)
        if found.problem:
            row.refuse(found.problem, found.column)
        elif found.candidates:
            maybe = {f"{kind}-{_pk(kind, one)}": (kind, one) for kind, one in found.candidates}
            decided = ask(row, self.request, [(key, one.words) for key, (_k, one) in maybe.items()])
            if decided is not None and decided != NEW:
                return maybe[decided]
        return found.kind, found.person

    def _meaning(self, row):
        """What a row says of a person, whichever way it names her."""
        said = [(name, row.said(name)) for name in ("completed", "confirmed")]
        return dict([*self._outcomes(row), *said])

    def _stranger(self, row):
        return fold(row.said("full_name")), row.said("sex") or "", row.said("birth_year")

    def _compare(self, row, session, kind, person, village):
        stored, new = self._on_the_list(row, session, kind, person, village)
        planned = row.record = Planned(session, stored or new)
        if kind == RESIDENT:
            planned.units = person.units
            self._compare_guidance(row, planned, person.resident.pk)
        else:
            self._tell_what_is_lost(row)
        completed = row.said("completed")
        if stored is None:
            new.completed = completed is not False
            row.outcome = Outcome.NEW
            if not kind:
                row.changes.append([self.headings["full_name"], shown(None), _("a walk-in")])
            return
        if completed is not None and completed != stored.completed:
            planned.completed = completed
            row.changes.append(
                [self.headings["completed"], shown(stored.completed), shown(completed)]
            )
        brings = planned.completed is not None or planned.outcomes or planned.is_confirmed
        row.outcome = Outcome.CHANGED if brings else Outcome.SAME

    def _on_the_list(self, row, session, kind, person, village):
        """Return (the stored attendance or ``None``, the one to be where there is none)."""
        new = Attendance(session=session, noted=Attendance.Noted.IMPORT)
        if kind == RESIDENT:
            new.resident = person.resident
            return self.register.residents.get((session.pk, person.resident.pk)), new
        if kind == STAFF:
            new.staff_member = person.member
            return self.register.staff.get((session.pk, person.member.pk)), new
        new.walk_in_name, new.walk_in_sex = row.said("full_name"), row.said("sex") or ""
        new.walk_in_birth_year, new.walk_in_village = row.said("birth_year"), village
        stored = self.register.stranger(
            session, new.walk_in_name, new.walk_in_sex, new.walk_in_birth_year
        )
        return stored, new

    def _compare_guidance(self, row, planned, resident):
        encounter = planned.session.encounter_id
        for name, outcome in self._outcomes(row):
            skill = int(name.removeprefix("skill_"))
            known = self.register.checks.get((encounter, resident, skill))
            before = known.outcome if known else ""
            if outcome != before:
                planned.outcomes[skill] = outcome
                words = self.words[name]
                row.changes.append(
                    [self.headings[name], shown(before, words), shown(outcome, words)]
                )
        if row.said("confirmed") and (encounter, resident) not in self.register.confirmed:
            planned.is_confirmed = True
            row.changes.append([self.headings["confirmed"], shown(None), shown(True)])

    def _tell_what_is_lost(self, row):
        """Outcomes are kept of residents alone; a person sees which cells are not."""
        lost = [
            (self.headings[name], shown(said, self.words[name]))
            for name, said in self._outcomes(row)
        ]
        if row.said("confirmed"):
            lost.append((self.headings["confirmed"], shown(True)))
        row.changes += [[heading, said, _("not kept: no resident")] for heading, said in lost]

    def _outcomes(self, row):
        return [(n, v) for n, v in row.values.items() if n.startswith("skill_") and v]


def _pk(kind, person):
    return person.member.pk if kind == STAFF else person.resident.pk
