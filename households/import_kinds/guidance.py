"""What the teams and offices did: one row for each person met, rows of one encounter together."""

import uuid
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.forms.visit import wrong_return
from households.import_kinds.guidance_book import GuidanceBook
from households.import_kinds.guidance_columns import SKILL, PeriodForm, columns, first_day
from households.import_kinds.guidance_people import settle_people
from households.import_kinds.guidance_settling import settle_meeting
from households.import_kinds.guidance_writing import write_guidance
from households.models import Encounter, Household
from villages.import_kinds.flat import choice_words, is_said
from villages.importing.identity import holds_identity_number
from villages.importing.kinds import ImportKind, Outcome
from villages.models import TeamMember
from villages.periods import today
from villages.text import fold

Occasion = Encounter.Occasion
NAMESPACE = uuid.UUID("5f6a52f4-8a1c-4b0e-9d57-5a3f0f6d7c11")
# What is said of an encounter as a whole: rows that differ contradict each other.
FACTS = (
    "visited_on", "occasion", "office", "guided_by", "unnamed_people", "smart_device",
    "connection", "difficulty", "language", "return_on",
)  # fmt: skip
STEP = 500


@dataclass
class Meeting:
    """One encounter of the list: what its rows say together, and what it becomes.

    ``facts`` maps a name to (value, the row that says it); ``people`` maps the UUID of a
    person to their outcomes.
    """

    uuid: uuid.UUID
    facts: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    households: dict = field(default_factory=dict)
    villages: dict = field(default_factory=dict)
    is_about_people: bool = False
    has_people_of_any: bool = False
    stored: Encounter | None = None
    member: TeamMember | None = None
    village_id: int | None = None
    said: dict = field(default_factory=dict)
    content: dict = field(default_factory=dict)
    before: dict = field(default_factory=dict)

    @property
    def household(self):
        """The household that all its people are rows of, or ``None``."""
        if self.has_people_of_any or len(self.households) != 1:
            return None
        return next(iter(self.households.values()))

    @property
    def held_on(self):
        return self.fact("visited_on")

    @property
    def occasion(self):
        return self.fact("occasion")

    def fact(self, name):
        return self.facts.get(name, ("", None))[0]


@dataclass
class Met:
    """One row of a meeting: ``resident`` or a newcomer whose UUID is known, or nobody named."""

    meeting: Meeting
    village: object = None
    household: Household | None = None
    resident: object = None
    person_uuid: str = ""
    newcomer: dict = field(default_factory=dict)
    counts_unnamed: bool = False


class GuidanceList(ImportKind):
    """Encounters, found by their code or by day, occasion and household.

    Their UUID follows from that, so that bringing the same list in again finds them.
    """

    code = "guidance"
    title = gettext_lazy("Guidance by teams and offices")
    description = gettext_lazy(
        "Visits at home, gatherings, help at the offices: one row for each person met, with what "
        "they can do. It counts at once."
    )
    position = 80
    list_url = "visit_list"
    options_form = PeriodForm

    def columns(self, request):
        return columns()

    def examples(self, request):
        together = {
            "key": "P-001", "visited_on": "12/09/2025", "occasion": "Tại nhà", "village": "Vi",
            "household": "12",
        }  # fmt: skip
        skills = [column.name for column in columns() if column.name.startswith(SKILL)]
        first = dict(zip(skills, "TTGTC", strict=False))
        return [
            {**together, **first, "full_name": "Lò Văn Mẫu", "birth_year": "1961",
             "confirmed": "Có", "smart_device": "Có", "connection": "4G",
             "return_on": "26/09/2025"},
            {**together, "full_name": "Lường Thị Mẫu", "birth_year": "1964",
             **dict.fromkeys(skills[:2], "G")},
            {"key": "P-002", "visited_on": "13/09/2025", "occasion": "Tại nhà", "village": "Vi",
             "household": "13", "difficulty": "Vắng nhà", "return_on": "20/09/2025"},
        ]  # fmt: skip

    def plan(self, rows, request):
        book = GuidanceBook(request)
        book.first_day, book.today = first_day(request), today()
        book.words = {column.name: choice_words(column) for column in columns()}
        book.headings = {column.name: str(column.heading) for column in columns()}
        found = [(row, self._village(row, book)) for row in rows]
        named = {village.pk for _row, village in found if village}
        named |= {book.villages.numbers_kept_in(village).pk for _row, village in found if village}
        if any(village is None and row.said("full_name") for row, village in found):
            named |= {village.pk for village in book.villages.open}
        book.open_villages(named)
        meetings = _gather(found, book)
        visits = {m.held_on for m in meetings if m.occasion == Occasion.HOME_VISIT}
        book.open_encounters({meeting.uuid for meeting in meetings}, visits)
        for done, meeting in enumerate(meetings, start=1):
            meeting.stored = book.stored.get(meeting.uuid)
            settle_people(meeting, book)
            settle_meeting(meeting, book)
            if done % STEP == 0:
                request.moved(sum(len(known.rows) for known in meetings[:done]))
        request.moved(len(rows))

    def _village(self, row, book):
        if not row.said("village"):
            return None
        by_number = row.said("household") is not None
        return book.villages.find(row, on=row.said("visited_on"), by_number=by_number)

    def write(self, rows, request, journal):
        write_guidance(rows, request, journal)


def _gather(found, book):
    """Return the meetings of a list; a row that contradicts the rules or its meeting is refused."""
    meetings = {}
    for row, village in found:
        household = None
        if row.outcome != Outcome.WRONG:
            household = _household(row, village, book)
            _check_row(row, village, book)
        key = _key(row, village, household)
        meeting = meetings.get(key)
        if meeting is None:
            name = uuid.uuid5(NAMESPACE, f"{book.commune.code}/{key}")
            meeting = meetings[key] = Meeting(name)
        meeting.is_about_people |= bool(row.said("full_name"))
        if row.outcome != Outcome.WRONG:
            _join(meeting, row, village, household)
    return [meeting for meeting in meetings.values() if meeting.rows]


def _key(row, village, household):
    """Return what tells one encounter from another: its code, or when and where it was."""
    if row.said("key"):
        return f"code/{fold(row.said('key'))}"
    where = village.pk if village is not None else "-"
    if household is not None and row.said("occasion") != Occasion.GATHERING:
        where = f"h{household.uuid}"
    office = row.said("office") or ""
    return f"{row.said('visited_on')}/{row.said('occasion')}/{office}/{where}"


def _household(row, village, book):
    number = row.said("household")
    if number is None:
        if row.said("occasion") == Occasion.HOME_VISIT:
            row.refuse(_("Choose a household of the village."), "household")
        return None
    if village is None:
        row.refuse(_("Write the village."), "village")
        return None
    household = book.households.get((village.pk, number))
    if household is None:
        stands_in = book.villages.numbers_kept_in(village)
        household = book.households.get((stands_in.pk, number))
    if (
        household is None
        and village.to_on is not None
        and (where := book.villages.where_households_went(village))
    ):
        row.refuse(where, "household")
    elif household is None:
        row.refuse(_("The village has no household of this number."), "household")
    return household


def _check_row(row, village, book):
    day, occasion = row.said("visited_on"), row.said("occasion")
    if day > book.today:
        row.refuse(_("The visit cannot be in the future."), "visited_on")
    elif day < book.first_day:
        row.refuse(
            _("That is before %(day)s, when the list begins. Please check the year.")
            % {"day": book.first_day.strftime("%d/%m/%Y")},
            "visited_on",
        )
    if occasion in (Occasion.HOME_VISIT, Occasion.GATHERING) and village is None:
        row.refuse(_("Write the village."), "village")
    if row.said("office") and occasion != Occasion.SERVICE_CENTRE:
        row.refuse(_("An office belongs to guidance at an office alone."), "office")
    if problem := wrong_return(day, row.said("return_on")):
        row.refuse(problem, "return_on")
    if holds_identity_number(row.said("note") or ""):
        row.refuse(_("This looks like an identity number. None is kept."), "note")
    if not row.said("full_name"):
        about = [n for n in row.values if n.startswith(SKILL) or n in ("confirmed", "birth_year")]
        if any(is_said(row.said(name)) and row.said(name) != "no" for name in about):
            row.refuse(_("Write whose answers these are."), "full_name")


def _join(meeting, row, village, household):
    """Add a row to its meeting; what contradicts an earlier row is refused."""
    for name in FACTS:
        value = row.said(name)
        if value in (None, "", 0):
            continue
        said, first = meeting.facts.setdefault(name, (value, row))
        if said != value:
            row.refuse(
                _("Row %(row)s says otherwise about this encounter.") % {"row": first.number}, name
            )
    if meeting.occasion == Occasion.HOME_VISIT and household is not None:
        other = meeting.household
        if other is not None and other.pk != household.pk:
            row.refuse(_("One visit at home is to one household."), "household")
    if row.outcome == Outcome.WRONG:
        return
    if household is not None:
        meeting.households[household.pk] = household
    elif row.said("full_name"):
        meeting.has_people_of_any = True
    if village is not None:
        meeting.villages[village.pk] = village
    if row.said("note") and row.said("note") not in meeting.notes:
        meeting.notes.append(row.said("note"))
    row.record = Met(meeting, village, household)
    meeting.rows.append(row)
