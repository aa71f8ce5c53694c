"""The list of training sessions: planned ones, and those that took place."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.models import Encounter, Skill
from training.import_kinds import columns
from training.models import TrainingSession
from villages.import_kinds.finding_villages import VillageBook, village_column
from villages.import_kinds.flat import (
    ask,
    choice_words,
    emptied_in,
    is_repeated,
    said_in,
    shown,
)
from villages.importing.kinds import ImportKind, Outcome
from villages.periods import today
from villages.text import fold

Kind, Status = TrainingSession.Kind, TrainingSession.Status
TOOK_PLACE = (Status.HELD, Status.CLOSED)
KIND_WORDS = {
    Kind.RESIDENTS: ("Lớp cho người dân", "Người dân", "Tập huấn người dân", "Residents"),
    Kind.PARTY_MEMBERS: ("Sinh hoạt chuyên đề", "Đảng viên", "Party members"),
    Kind.TEAMS: ("Tập huấn tổ", "Tập huấn Tổ CNSCĐ", "Tổ công nghệ số cộng đồng", "Teams"),
    Kind.SCHOOL: ("Hoạt động ở trường", "Trường học", "School"),
}
STATUS_WORDS = {
    Status.PLANNED: ("Dự kiến", "Kế hoạch", "Chưa tổ chức", "Planned"),
    Status.HELD: ("Đã tổ chức", "Đã mở", "Held"),
    Status.CLOSED: ("Đã kết thúc", "Đã chốt", "Đã đóng", "Hoàn thành", "Closed"),
    Status.CANCELLED: ("Hủy", "Huỷ", "Đã huỷ", "Không tổ chức", "Cancelled"),
}
ATTRIBUTES = (
    "kind", "starts_at", "ends_at", "place", "trainer", "organiser", "capacity", "note",
)  # fmt: skip
MOST_PLACES = 5000


@dataclass
class Planned:
    """What a row brings: values of its session, its status, and the skills taught."""

    session: TrainingSession
    values: dict = field(default_factory=dict)
    skills: list = field(default_factory=list)


class SessionsKind(ImportKind):
    code = "sessions"
    title = gettext_lazy("Training sessions")
    description = gettext_lazy(
        "Classes for residents, thematic activities of Party members, courses for teams and "
        "school activities: planned, held, closed or cancelled. Who came is a list of its own."
    )
    position = 160
    list_url = "session_list"
    clears = ("place", "trainer", "organiser", "capacity", "note")

    def columns(self, request):
        skills = {one.name: (one.name, one.name_en, one.code) for one in Skill.objects.all()}
        return [
            columns.text(
                "title", _("Title of the session"), required=True,
                synonyms=("Tên lớp", "Tên lớp, nội dung", "Tên buổi", "Nội dung", "Chuyên đề"),
                example="Cài đặt VNeID và nộp hồ sơ trực tuyến",
                note=_("With date and village it says which session is meant."),
            ),
            columns.choice(
                "kind", _("Kind"), columns.with_words(Kind.choices, KIND_WORDS),
                synonyms=("Loại", "Hình thức", "Đối tượng", "Loại lớp"),
                example=str(Kind.RESIDENTS.label), note=_("Empty: a class for residents."),
            ),
            columns.day(
                "held_on", _("Date"), required=True, example="24/10/2025",
                synonyms=("Ngày", "Ngày tổ chức", "Ngày học", "Thời gian"),
            ),
            columns.clock("starts_at", _("Starts at"), example="19:30",
                          synonyms=("Bắt đầu", "Giờ bắt đầu", "Từ giờ")),
            columns.clock("ends_at", _("Ends at"), example="21:30",
                          synonyms=("Kết thúc", "Giờ kết thúc", "Đến giờ")),
            village_column(required=False, note=_("Empty: for the whole commune.")),
            columns.text("place", _("Place"), synonyms=("Địa điểm", "Nơi tổ chức"),
                         example="Nhà văn hóa bản"),
            columns.text("trainer", _("Trainer"), most=120, example="Tổ công nghệ số cộng đồng",
                         synonyms=("Giảng viên", "Báo cáo viên", "Người hướng dẫn")),
            columns.text("organiser", _("Organised by"), example="UBND xã",
                         synonyms=("Đơn vị tổ chức", "Đơn vị chủ trì")),
            columns.several(
                "skills", _("Skills taught"), skills, synonyms=("Kỹ năng", "Kỹ năng hướng dẫn"),
                example="; ".join(list(skills)[1:3]),
                note=_("Several are separated by semicolons."),
            ),
            columns.number("capacity", _("Places"), least=1, most=MOST_PLACES, example="40",
                           synonyms=("Số chỗ", "Sức chứa", "Số lượng dự kiến")),
            columns.choice(
                "status", _("Status"), columns.with_words(Status.choices, STATUS_WORDS),
                synonyms=("Trạng thái", "Tình trạng"), example=str(Status.HELD.label),
                note=_("Empty: held where the date has come, planned where it has not."),
            ),
            columns.text("cancel_reason", _("Why cancelled"), most=300,
                         synonyms=("Lý do hủy", "Lý do huỷ", "Lý do")),
            columns.text("note", _("Note"), most=2000, synonyms=("Ghi chú",)),
        ]  # fmt: skip

    def plan(self, rows, request):
        book, villages = SessionBook(request), VillageBook(request)
        skills = {one.name: one for one in Skill.objects.all()}
        headings = {column.name: str(column.heading) for column in self.columns(request)}
        words = {column.name: choice_words(column) for column in self.columns(request)}
        first_of = {}
        for done, row in enumerate(rows, start=1):
            village = villages.find(row, on=row.said("held_on")) if row.said("village") else None
            if not row.outcome:
                key = (row.said("held_on"), fold(row.said("title")), village and village.pk)
                key += (row.said("status") == Status.CANCELLED,)
                if not is_repeated(row, first_of, key, row.values):
                    self._plan_row(row, request, book, village, skills, headings, words)
            request.moved(done)

    def _plan_row(self, row, request, book, village, skills, headings, words):
        found = self._find(row, request, book, village)
        if row.outcome:
            return
        if len(found) > 1:
            row.refuse(
                _("Several sessions have this title on this day. Write the village."), "village"
            )
            return
        stored = found[0] if found else None
        values = said_in(row, *ATTRIBUTES)
        values |= emptied_in(row, stored) | self._status(row, stored)
        self._check_times(row, stored, values)
        if row.errors:
            return
        if stored is None:
            row.record, row.outcome = Planned(_new_session(row, request, village)), Outcome.NEW
            row.record.session.status = values.pop("status")
            for name, value in values.items():
                setattr(row.record.session, name, value)
        else:
            row.record = Planned(stored)
            for name, value in values.items():
                before = getattr(stored, name)
                if value != before:
                    row.record.values[name] = value
                    row.changes.append(
                        [
                            headings[name],
                            shown(_short(before), words.get(name)),
                            shown(_short(value), words.get(name)),
                        ]
                    )
        taught = book.skills_of(stored)
        row.record.skills = [skills[n] for n in row.said("skills") or () if n not in taught]
        if stored is not None and row.record.skills:
            after = sorted({*taught, *(one.name for one in row.record.skills)})
            row.changes.append([headings["skills"], shown(", ".join(taught)), ", ".join(after)])
        if stored is not None:
            row.outcome = Outcome.CHANGED if row.changes else Outcome.SAME
            self._spare_closed(row, stored)

    def _find(self, row, request, book, village):
        """Return the sessions a row may be about: a cancelled one stands in nobody's way."""
        where = row.said("held_on"), row.said("title"), village and village.pk
        alive, cancelled = book.find(*where), book.find_cancelled(*where)
        if village is None:
            alive, cancelled = _of_all(alive), _of_all(cancelled)
        if row.said("status") == Status.CANCELLED:
            # Cancelled twice in one place: either of them is meant.
            is_one_place = len({one.village_id for one in cancelled}) == 1
            return cancelled[:1] if is_one_place else cancelled or alive
        if row.said("status") or alive or not cancelled:
            return alive
        decided = ask(row, request, [(one.pk, _cancelled_words(one)) for one in cancelled])
        return [one for one in cancelled if str(one.pk) == decided]

    def _spare_closed(self, row, stored):
        """Refuse to change a closed session, whose figures were counted and signed for."""
        if stored.status == Status.CLOSED and row.outcome == Outcome.CHANGED:
            for name in [*row.record.values, *(["skills"] if row.record.skills else [])]:
                row.refuse(_("The session is closed. Reopen it first, on its page."), name)

    def _status(self, row, stored):
        """Return the status the row brings, as far as the verbs of a session allow it."""
        said, has_come = row.said("status") or "", row.said("held_on") <= today()
        reason = row.said("cancel_reason") or ""
        before = stored.status if stored else ""
        if not said:
            said = before or (Status.HELD if has_come else Status.PLANNED)
        if said in TOOK_PLACE and not has_come:
            row.refuse(_("The session has not taken place yet."), "held_on")
        elif said == Status.CANCELLED and not (reason or (stored and stored.cancel_reason)):
            row.refuse(_("Say why the session was cancelled."), "cancel_reason")
        elif before == Status.CLOSED and said != before:
            row.refuse(_("The session is closed. Reopen it first, on its page."), "status")
        elif before == Status.HELD and said == Status.CLOSED:
            row.refuse(_("Close it on its page, where the people are counted."), "status")
        elif before == Status.HELD and said != before:
            row.refuse(_("The session took place. Change that on its page."), "status")
        values = {"status": said}
        if reason and said == Status.CANCELLED:
            values["cancel_reason"] = reason
        return values

    def _check_times(self, row, stored, values):
        starts = values.get("starts_at") or getattr(stored, "starts_at", None)
        ends = values.get("ends_at") or getattr(stored, "ends_at", None)
        if ends and not starts:
            row.refuse(_("Say when it starts as well."), "starts_at")
        elif ends and ends <= starts:
            row.refuse(_("The session ends before it starts."), "ends_at")

    def write(self, rows, request, journal):
        planned = [row.record for row in rows]
        held = [
            one
            for one in planned
            if one.session.encounter_id is None
            and one.values.get("status", one.session.status) in TOOK_PLACE
        ]
        open_encounters([one.session for one in held], request, journal)
        journal.create(TrainingSession, [o.session for o in planned if o.session.pk is None])
        for one in planned:
            journal.change(one.session, **one.values)
            journal.touch({(request.commune.pk, one.session.village_id)}, one.session.held_on)
        through = TrainingSession.skills.through
        journal.create(
            through,
            [
                through(trainingsession_id=one.session.pk, skill_id=skill.pk)
                for one in planned
                for skill in one.skills
            ],
        )


class SessionBook:
    """The sessions of one commune that a person may write for, by day and title."""

    def __init__(self, request):
        own = TrainingSession.objects.writable_by(request.user).filter(commune=request.commune)
        self.sessions = list(own.select_related("encounter", "village").distinct().order_by("pk"))
        self._by_day, self._cancelled, self._taught = {}, {}, {}
        for session in self.sessions:
            session.commune = request.commune
            key = session.held_on, fold(session.title)
            named = self._cancelled if session.status == Status.CANCELLED else self._by_day
            named.setdefault(key, []).append(session)
        rows = Skill.objects.filter(sessions__in=own.values("pk")).order_by("position", "code")
        for session, name in rows.values_list("sessions", "name"):
            self._taught.setdefault(session, []).append(name)

    def find(self, held_on, title, village=None):
        """Return the sessions of a title on a day; a village's own where one is named."""
        return _of_village(self._by_day.get((held_on, fold(title)), []), village)

    def find_cancelled(self, held_on, title, village=None):
        """Return those of a title on a day that were cancelled."""
        return _of_village(self._cancelled.get((held_on, fold(title)), []), village)

    def skills_of(self, session):
        """Return the names of the skills taught in a stored session."""
        return self._taught.get(session.pk, []) if session is not None else []


def open_encounters(sessions, request, journal):
    """Give sessions that took place the encounters in which people were met."""
    made = journal.create(
        Encounter,
        [
            Encounter(
                occasion=Encounter.Occasion.TRAINING_SESSION,
                held_on=session.held_on,
                commune=request.commune,
                village_id=session.village_id,
                author=request.user,
            )
            for session in sessions
        ],
    )
    for session, encounter in zip(sessions, made, strict=True):
        if session.pk is None:
            session.encounter = encounter
        else:
            journal.change(session, encounter=encounter)


def _of_village(sessions, village):
    return [one for one in sessions if one.village_id == village] if village else sessions


def _of_all(sessions):
    """Keep those for the whole commune, if there are any."""
    return [one for one in sessions if one.village_id is None] or sessions


def _cancelled_words(session):
    where = [str(session.village)] if session.village_id else []
    said = [session.title, *where, session.get_status_display(), session.cancel_reason]
    return " · ".join(str(words) for words in said)


def _new_session(row, request, village):
    return TrainingSession(
        commune=request.commune, village=village, title=row.said("title"),
        held_on=row.said("held_on"),
    )  # fmt: skip


def _short(value):
    return f"{value:%H:%M}" if hasattr(value, "hour") else value
