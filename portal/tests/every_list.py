"""What each list of the portal is, said once more: what its orders and filters mean.

Orders and filters are written as what they mean for a row, as Python sees it, so that the
tests compare the database with something else than itself.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone

from households.views.handed_list import Handing
from training.lacking import lacks_of
from training.models import Completion
from villages.exporting import export_of
from villages.measured import indicator_names
from villages.percent import percent
from villages.periods import today
from villages.text import fold


@dataclass(frozen=True)
class List:
    """How a list is tested.

    ``wanted`` is searched for: without accents, it finds some rows and leaves others out.
    ``sorts`` says for each word of ``?sort=`` what it sorts by, ``filters`` for each field
    what it keeps; ``None`` narrows no rows. With ``everything`` no row is hidden. The line of
    a row that is found has ``wanted`` in it, or ``finds`` says so. ``is_numbered`` ones count
    their lines in the first column.
    """

    wanted: str
    sorts: dict
    filters: dict
    query: str = ""
    search: str = "q"
    page: str = ""
    args: tuple = ()
    everything: dict = field(default_factory=dict)
    finds: object = None
    is_numbered: bool = False


@dataclass(frozen=True)
class Days:
    """A filter by day: ``keeps(day of the row, day asked for)``."""

    path: object
    keeps: object


def since(path):
    return Days(path, lambda day, asked: day >= asked)


def until(path):
    return Days(path, lambda day, asked: day <= asked)


def value_of(row, path):
    """Return what a row is sorted by: texts folded, a choice as its choices stand."""
    if callable(path):
        return path(row)
    *parents, name = path.split(".")
    for parent in parents:
        row = getattr(row, parent)
        if row is None:
            return None
    value = getattr(row, name)
    if callable(value):
        value = value()
    choices = _choices_of(row, name)
    if choices:
        return choices.index(value)
    return fold(value) if isinstance(value, str) else value


def raw(row, path):
    """Return a value as a filter's choice would name it."""
    *parents, name = path.split(".")
    for parent in parents:
        row = getattr(row, parent)
        if row is None:
            return ""
    value = getattr(row, name)
    return "" if value is None else str(value)


def day_of(row, path):
    value = value_of(row, path)
    return timezone.localdate(value) if isinstance(value, datetime) else value


def key_of(row):
    """Return what tells a row from the others."""
    if isinstance(row, Handing):
        return row.handed.pk
    return getattr(row, "pk", None) or row.user.pk


def _choices_of(row, name):
    fields = getattr(getattr(row, "_meta", None), "fields", ())
    return next(([key for key, _said in f.flatchoices] for f in fields if f.name == name), ())


def _yes(path):
    return lambda row, choice: bool(value_of(row, path)) == (choice == "yes")


def _is_incomplete(row, choice):
    lacks = lacks_of(row, listed=row.listed, has_photograph=row.has_photograph)
    return bool(lacks) if choice == "any" else choice in lacks


def _longest_ago(row):
    return row.last_visit_on or date.min


def _share(row):
    return percent(row.equipped, row.enrolled) if row.enrolled else None


def _share_of(row):
    return row.finished / row.staff_count if row.staff_count else None


def _has_finished(row, choice):
    if choice == "empty":
        return not row.staff_count
    if choice == "finished":
        return 0 < row.staff_count == row.finished
    return row.finished < row.staff_count


def _lacks(row, course):
    return not Completion.objects.filter(staff_member=row, course=course).exists()


def _came_as(row, choice):
    return bool(getattr(row, {"walk_in": "walk_in_name"}.get(choice, f"{choice}_id")))


def _state_of_report(row, choice):
    if choice == "da-xu-ly":
        return row.resolved_on is not None
    return choice == "tat-ca" or (row.resolved_on is None and row.quality != "good")


def _state_of_visit(row, choice):
    return {
        "standing": row.voided_at is None,
        "voided": row.voided_at is not None,
        "corrected": row.version > 1,
        "doubtful": row.doubts.filter(settled_at=None).exists(),
    }[choice]


def _lacks_something(row, choice):
    return bool(row.gaps) if choice == "con-thieu" else choice in row.gaps


def _works_at(row, choice):
    return row.employments.on(today()).filter(agency=choice).exists()


def _held_state(row, choice):
    return row.settled_at is None if choice == "waits" else row.settlement == choice


def _is_named(row, names):
    return row.with_names == (names == "True")


def _indicator(row):
    return list(indicator_names()).index(row.indicator)


def _state_of_year(row, choice):
    if row.starts_on > today():
        return choice == "coming"
    return choice == ("over" if row.ends_on < today() else "now")


VILLAGE = "village.number"
LISTS = {
    "activity_list": List(
        "to truong",
        {"name": "full_name", "role": "role", "village": "team.village.number"},
        {"ban": "team.village_id", "tu": None, "den": None},
    ),
    "agency_list": List(
        "dang uy",
        {"name": "name", "staff": "staff_count", "finished": "finished", "share": _share_of},
        {"state": _has_finished},
    ),
    "attendance_list": List(
        "lo van mau",
        {"day": "session.held_on", "name": lambda row: fold(str(row)), "session": "session.title"},
        {
            "session": "session_id",
            "who": _came_as,
            "first": since("session.held_on"),
            "last": until("session.held_on"),
        },
    ),
    "card_list": List(
        "to truong",
        {
            "name": lambda row: fold(str(row.user)),
            "village": lambda row: row.villages[0].number,
            "phones": lambda row: len(row.phones),
            "card": lambda row: row.card and row.card.issued_at,
        },
        {
            "loc": lambda row, choice: not row.phones
            if choice == "chua-co-dien-thoai"
            else bool(row.card and row.card.is_open)
        },
    ),
    "certificate_list": List(
        "dao tao",
        {"name": "full_name", "session": "title", "day": "held_on", "issued": "issued_on"},
        {
            "state": lambda row, choice: (row.revoked_at is None) == (choice == "valid"),
            "first": since("held_on"),
            "last": until("held_on"),
        },
    ),
    "committee_list": List(
        "ban cu",
        {
            "name": "name",
            "decision": "document.number",
            "since": "from_on",
            "until": "to_on",
            "members": "people",
        },
        {
            "state": lambda row, choice: (row.to_on is not None and row.to_on < today())
            == (choice == "former"),
        },
    ),
    "committee_member_list": List(
        "dang thi pho",
        {
            "name": "full_name",
            "role": "rank",
            "position": "position",
            "committee": "committee.name",
            "since": "from_on",
        },
        {
            "committee": "committee_id",
            "role": "role",
            "state": lambda row, choice: choice == "all"
            or (row.to_on is not None and row.to_on < today()) == (choice == "former"),
        },
        everything={"state": "all"},
    ),
    "communication_list": List(
        "dai phat thanh",
        {
            "day": "published_on",
            "title": "title",
            "kind": "kind",
            "channel": "channel",
            "reach": "reach",
            "public": "is_public",
        },
        {
            "first": since("published_on"),
            "last": until("published_on"),
            "kind": "kind",
            "channel": "channel",
            "shown": _yes("is_public"),
            # Deleted ones stand in no other list: test_communications.
            "state": None,
        },
    ),
    "connectivity_list": List(
        "khi",
        {
            "operator": "operator",
            "quality": "quality",
            "reported": "reported_on",
            "solved": "resolved_on",
            "village": VILLAGE,
        },
        {
            "loc": _state_of_report,
            "operator": lambda row, choice: fold(row.operator) == choice,
            "technology": "technology",
            "quality": "quality",
            "village": "village_id",
        },
        everything={"loc": "tat-ca"},
    ),
    "course_list": List(
        "an toan",
        {
            "required": "is_required",
            "title": "title",
            "provider": "provider",
            "validity": "valid_months",
            "finished": "finished",
        },
        {"required": _yes("is_required")},
    ),
    "document_list": List(
        "de an",
        {
            "day": "issued_on",
            "number": "number",
            "kind": "kind",
            "title": "title",
            "issuer": "issuer",
            "targets": "targets",
        },
        {"kind": "kind", "first": since("issued_on"), "last": until("issued_on")},
    ),
    "doubt_list": List(
        "lo van mau",
        {
            "noted": "noted_at",
            "kind": "kind",
            "village": "village_number",
            "held": "encounter.held_on",
            "author": lambda row: fold(row.encounter.author.full_name),
        },
        {"village": "encounter.village_id", "kind": "kind"},
        finds=lambda row: row.encounter.household.number == 1,
    ),
    "enterprise_list": List(
        "htx che",
        {
            "name": "name",
            "group": "group.position",
            "declared": "declared_on",
            "workers": "workers",
            "equipped": "equipped",
        },
        {
            "state": lambda row, choice: row.workers is None
            if choice == "none"
            else row.workers is not None and row.equipped < row.workers
        },
    ),
    "export_list": List(
        "cong van",
        {
            "when": "exported_at",
            "list": lambda row: (fold(str(export_of(row.list_name).title)),),
            "who": "exported_by.full_name",
            "rows": "rows",
        },
        {
            "first": since("exported_at"),
            "last": until("exported_at"),
            "list": "list_name",
            "who": "exported_by_id",
            "names": _is_named,
        },
        query=f"last={today() - timedelta(days=1)}",
    ),
    "handed_list": List(
        "dot khi",
        {
            "handed": "handed.handed_on",
            "title": "title",
            "due": "handed.due_on",
            "open": "progress.open",
        },
        {
            "village": "handed.village_id",
            "state": lambda row, choice: row.is_late
            if choice == "late"
            else bool(row.progress.open) == (choice == "left"),
        },
    ),
    "held_list": List(
        "to truong",
        {
            "waiting": lambda row: row.settled_at is not None,
            "received": "received_at",
            "author": "author.full_name",
            "village": VILLAGE,
            "kind": "kind",
            "reason": "reason",
        },
        {"state": _held_state, "kind": "kind", "reason": "reason", "village": "village_id"},
    ),
    "household_list": List(
        "lo van mau",
        {
            "number": lambda row: (row.village.number, row.number),
            "head": lambda row: row.head.name_folded,
            "members": "members",
            "visited": _longest_ago,
            "promised": "promised_on",
        },
        {"village": "village_id"},
    ),
    "import_list": List(
        "dot hai",
        {"when": "uploaded_at", "file": "file_name", "rows": "rows_total"},
        {"kind": "kind", "status": "status"},
    ),
    "paper_list": List(
        "khi",
        {"printed": "printed_on", "village": VILLAGE, "left": "left"},
        {
            "village": "village_id",
            "state": lambda row, choice: (0 < row.row_count == row.done_count)
            == (choice == "typed"),
        },
    ),
    "phone_list": List(
        "dien thoai hai",
        {
            "who": "user.full_name",
            "phone": "name",
            "registered": "registered_at",
            "seen": lambda row: row.last_seen_at or row.registered_at,
            "visits": "visits",
        },
        {
            "loc": lambda row, choice: choice == "tat-ca"
            or (row.revoked_at is not None) == (choice == "da-dang-xuat"),
            "used": _yes("visits"),
        },
        everything={"loc": "tat-ca"},
    ),
    "rescue_list": List(
        "can bo",
        {
            "uploaded": "uploaded_at",
            "owner": "phone.user.full_name",
            "by": "uploaded_by.full_name",
            "made": "made_at",
            "received": "received",
            "held": "held",
        },
        {"held": _yes("held"), "first": since("uploaded_at"), "last": until("uploaded_at")},
    ),
    "school_list": List(
        "tieu hoc",
        {
            "name": "name",
            "level": "level",
            "village": VILLAGE,
            "classes": "class_count",
            "enrolled": "enrolled",
            "equipped": "equipped",
            "share": _share,
        },
        # The demonstration of a confirmation is test_schools'.
        {"level": "level", "village": "village_id", "standing": None},
    ),
    "school_year_list": List(
        "2023-2024",
        {
            "name": "name",
            "starts": "starts_on",
            "ends": "ends_on",
            "classes": "class_count",
        },
        {"state": _state_of_year},
    ),
    "session_list": List(
        "dao tao",
        {
            "day": "held_on",
            "title": "title",
            "kind": "kind",
            "status": "status",
            "village": VILLAGE,
            "attendances": "listed",
        },
        {
            "first": since("held_on"),
            "last": until("held_on"),
            "kind": "kind",
            "status": "status",
            "village": "village_id",
            "lack": _is_incomplete,
        },
        is_numbered=True,
    ),
    "staff_list": List(
        "dinh thi hai",
        {
            "name": "full_name",
            "agency": lambda row: fold(row.agency_name or ""),
            "category": "category",
            "finished": "finished",
        },
        {
            "agency": _works_at,
            "category": "category",
            "courses": lambda row, choice: (row.finished == row.asked) == (choice == "finished"),
            "party": _yes("is_party_member"),
            "working": lambda row, choice: choice == "all"
            or row.employments.on(today()).exists() == (choice == ""),
        },
        everything={"working": "all"},
    ),
    "staff_reminder_list": List(
        "dang uy",
        {
            "when": "made_at",
            "to": "to",
            "who": "made_by.full_name",
            "sent": "sent",
            "failed": "failed",
        },
        {
            "to": "to",
            "state": lambda row, choice: bool(row.failed) == (choice == "failed"),
            "first": since("made_at"),
            "last": until("made_at"),
        },
        finds=lambda row: row.mails.filter(agency__name="Đảng ủy").exists(),
    ),
    "target_list": List(
        "nguon thu hai",
        {
            "year": "year",
            "indicator": _indicator,
            "percent": "percent",
            "place": VILLAGE,
        },
        {"year": "year", "indicator": "indicator", "village": "village_id"},
    ),
    "team_list": List(
        "thi to truong",
        {
            "number": "number",
            "name": "village",
            "leader": lambda row: fold(row.leader) or None,
            "members": "members",
            "women": "women",
            "days": "days",
            "visits": "visits",
            "households": "households",
            "last": "last_on",
        },
        {"loc": _lacks_something},
        search="tim",
        is_numbered=True,
    ),
    "unfinished_list": List(
        "le thi can bo",
        {"agency": "agency_name", "name": "full_name", "category": "category"},
        {"agency": _works_at, "course": _lacks, "category": "category"},
    ),
    "village_list": List(
        "to truong",
        {
            "number": "number",
            "name": "name_folded",
            "households": "households",
            "adults": "adults.percent",
            "visited": "visited.percent",
            "last": "last_on",
            "leader": lambda row: fold(row.leader) or None,
        },
        {
            "loc": lambda row, choice: {
                "im-lang": row.is_silent,
                "duoi-muc-tieu": row.is_below,
                "khong-to-truong": not row.leader,
            }[choice]
        },
        search="tim",
    ),
    "visit_list": List(
        "lo van mau",
        {
            "held": "held_on",
            "received": "received_at",
            "village": VILLAGE,
            "author": "author.full_name",
        },
        {
            "village": "village_id",
            "occasion": "occasion",
            "author": "author_id",
            "state": _state_of_visit,
            "first_on": since("held_on"),
            "last_on": until("held_on"),
        },
        finds=lambda row: row.household is not None and row.household.number == 1,
    ),
    "walk_in_list": List(
        "khach mot",
        {
            "day": "session.held_on",
            "name": lambda row: fold(row.walk_in_name or row.came_as),
            "session": "session.title",
        },
        {
            "state": lambda row, choice: choice == "all"
            or bool(row.walk_in_name) == (choice == ""),
            "first": since("session.held_on"),
            "last": until("session.held_on"),
        },
        everything={"state": "all"},
    ),
    "figure residents": List(
        "giang a",
        {"village": "village_on_day", "name": "name_folded", "birth": "birth_year"},
        {
            "ban": "village_on_day",
            "tuoi": lambda row, age: row.birth_year <= today().year - int(age),
        },
        "the=chua", "tim", "figure", ("adults_confirmed",),
    ),
    "figure staff": List(
        "le thi can bo",
        {"agency": lambda row: fold(row.agency_name), "name": "name_folded"},
        {"ban": None},
        "the=chua", "tim", "figure", ("officials",),
    ),
    "figure households": List(
        "giang a",
        {"village": "village_on_day", "number": "number"},
        {"ban": "village_on_day"},
        "the=chua", "tim", "figure", ("households_visited",),
    ),
    "figure rolls": List(
        "thcs",
        {"school": "school_class.school.name", "gap": "gap"},
        {"ban": None},
        "the=chua", "tim", "figure", ("students",),
    ),
    "figure declarations": List(
        "htx che",
        {"name": "enterprise.name", "gap": "gap"},
        {"ban": None},
        "the=chua", "tim", "figure", ("enterprise_workers",),
    ),
}  # fmt: skip
