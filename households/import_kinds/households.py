"""Households with their residents: one row for each person."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.import_kinds import household_rows
from households.import_kinds.household_book import HouseholdBook
from households.import_kinds.household_columns import YES_NO, columns
from households.import_kinds.household_people import settle_people
from households.import_kinds.household_writing import write_households
from households.models import Household
from villages.import_kinds.flat import choice_words, is_repeated, shown
from villages.import_kinds.list_day import ListDayForm, list_day
from villages.importing.identity import holds_identity_number
from villages.importing.kinds import ImportKind, Outcome
from villages.models import Village
from villages.text import fold

SHARED = ("address", "phone", "poverty")
SEEN = ("smart_device", "connection", "observed_on")
MOVED = 500


@dataclass(slots=True)
class House:
    """A household of the list: what is stored of it, and what its rows say together.

    ``said`` maps an attribute to (value, the row that says it).
    """

    village: Village
    number: int
    stored: Household | None = None
    rows: list = field(default_factory=list)
    said: dict = field(default_factory=dict)
    observation: tuple = ()
    is_new: bool = False

    @property
    def title(self):
        return _("Household %(number)s of %(village)s") % {
            "number": f"{self.number:03d}",
            "village": self.village.full_name,
        }


@dataclass(slots=True)
class Person:
    """What a row says of one person: ``stored`` is who it is, ``act`` what happens to them.

    ``act`` is "new", "stays", "moves" here from another household, "returns" or "leaves".
    """

    house: House
    folded: str
    stored: object = None
    act: str = "new"
    is_head: bool = False
    values: dict = field(default_factory=dict)
    residency: dict = field(default_factory=dict)


class HouseholdList(ImportKind):
    """Households found by village and number, people by name, birth year and household."""

    code = "households"
    title = gettext_lazy("Households with residents")
    description = gettext_lazy(
        "One row for each resident. Households are found by village and number, people by name "
        "and birth year. No identity numbers and no full dates of birth are kept."
    )
    position = 70
    list_url = "household_list"
    clears = ("sex", "ethnic_group", "address", "phone", "poverty")
    options_form = ListDayForm

    def columns(self, request):
        return columns()

    def examples(self, request):
        together = {"village": "Vi", "household": "12", "since": "01/01/2025"}
        return [
            {**together, "is_head": "Có", "full_name": "Lò Văn Mẫu", "birth_year": "1961",
             "sex": "Nam", "ethnic_group": "Thái", "address": "Cạnh nhà văn hóa",
             "phone": "0912 345 678", "poverty": "Hộ nghèo", "smart_device": "Có",
             "connection": "4G", "observed_on": "15/03/2025"},
            {**together, "is_head": "Không", "full_name": "Lường Thị Mẫu", "birth_year": "1964",
             "sex": "Nữ", "ethnic_group": "Thái"},
        ]  # fmt: skip

    def match_further(self, matching, headings, rows):
        return household_rows.match_further(matching, headings, rows)

    def completer(self, names):
        return household_rows.HouseholdRows(names)

    def plan(self, rows, request):
        book = HouseholdBook(request)
        found = [(row, book.villages.find(row)) for row in rows]
        book.open_villages({village.pk for _row, village in found if village})
        book.request, book.list_day = request, list_day(request)
        book.stays = {}
        book.words = {column.name: choice_words(column) for column in columns()}
        book.headings = {column.name: str(column.heading) for column in columns()}
        houses = self._gather(found, book)
        settle_people(houses, book)
        for done, house in enumerate(houses, start=1):
            _compare_shared(house, book)
            _compare_seen(house, book)
            if done % MOVED == 0:
                request.moved(sum(len(known.rows) for known in houses[:done]))
        request.moved(len(rows))

    def _gather(self, found, book):
        """Return the households of the list with their rows; wrong and repeated rows left out."""
        houses, first_of, folded = {}, {}, {}
        for row, village in found:
            if village is None:
                continue
            _check_row(row)
            name = row.said("full_name")
            if name not in folded:
                folded[name] = fold(name)
            key = village.pk, row.said("household")
            who = (*key, folded[name], row.said("birth_year"))
            if row.outcome == Outcome.WRONG or is_repeated(row, first_of, who, _meaning(row)):
                continue
            house = houses.get(key)
            if house is None:
                house = House(village, key[1], book.households.get(key))
                houses[key] = house
            _gather_shared(house, row)
            if row.outcome != Outcome.WRONG:
                row.record = Person(house, folded[name])
                house.rows.append(row)
        return list(houses.values())

    def write(self, rows, request, journal):
        write_households(rows, request, journal)


def _check_row(row):
    since, until, year = row.said("since"), row.said("until"), row.said("birth_year")
    if since and since.year < year:
        row.refuse(_("Nobody lives anywhere before being born."), "since")
    if until and until < since if since else until and until.year < year:
        row.refuse(_("The last day cannot be before the first."), "until")
    if row.said("ended") and not until:
        row.refuse(_("Give the last day here as well."), "until")
    for name in ("address", "phone"):
        if holds_identity_number(row.said(name) or ""):
            row.refuse(_("This looks like an identity number. None is kept."), name)


def _meaning(row):
    return {name: value for name, value in row.values.items() if name != "village"}


def _gather_shared(house, row):
    """Note what a row says of its household; rows that differ are refused."""
    for name in (*SHARED, *SEEN):
        value = row.said(name)
        if value in (None, "") and name not in row.cleared:
            continue
        said, first = house.said.setdefault(name, (value, row))
        if said != value:
            row.refuse(
                _("Row %(row)s says otherwise about this household.") % {"row": first.number},
                name,
            )


def _note(row, heading, before, after):
    """Show on a row what changes of its household."""
    row.changes.append([heading, before, after])
    if row.outcome == Outcome.SAME:
        row.outcome = Outcome.CHANGED


def _compare_shared(house, book):
    """Keep of what was said about a household only what differs, and show it."""
    for name in SHARED:
        if name not in house.said or house.stored is None:
            continue
        value, row = house.said[name]
        before = getattr(house.stored, name)
        if value == before:
            del house.said[name]
        elif row.outcome in (Outcome.SAME, Outcome.CHANGED, Outcome.NEW):
            words = book.words.get(name, {})
            _note(row, book.headings[name], shown(before, words), shown(value, words))


def _compare_seen(house, book):
    """Plan an observation where device or connection are said and not known already."""
    seen = [house.said[name] for name in SEEN[:2] if name in house.said]
    if not seen:
        return
    row = seen[0][1]
    device = {"yes": True, "no": False}.get(house.said.get("smart_device", ("",))[0])
    connection = house.said.get("connection", ("",))[0]
    day = house.said["observed_on"][0] if "observed_on" in house.said else None
    stored = house.stored
    if stored is not None:
        is_shown = device in (None, stored.smart_device) and connection in (
            "",
            stored.connection,
        )
        known = book.observations[stored.pk, day or book.list_day]
        if (day is None and is_shown) or (device, connection) in known:
            return
    house.observation = row, day or book.list_day, device, connection
    if stored is not None and row.outcome in (Outcome.SAME, Outcome.CHANGED, Outcome.NEW):
        differs = [
            (name, before, after)
            for name, before, after in (
                ("smart_device", YES_NO.get(stored.smart_device), YES_NO.get(device)),
                ("connection", stored.connection, connection),
            )
            if after and after != before
        ]
        for name, before, after in differs:
            words = book.words[name]
            _note(row, book.headings[name], shown(before, words), shown(after, words))
        if not differs:  # the same was seen on another day
            _note(row, book.headings["observed_on"], "", shown(day))
