"""Who on a list of attendance is meant: a resident, a member of staff, or a walk-in."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from households.models import Residency, Resident
from training.import_kinds.staff_book import StaffBook
from villages.text import fold

RESIDENT, STAFF = "resident", "staff"
# Databases take about a thousand values in one statement; a person cannot compare many.
FEW, MOST_CANDIDATES = 900, 12


@dataclass(eq=False)
class Neighbour:
    """A resident with every home and every unit that counts her."""

    resident: Resident
    homes: set = field(default_factory=set)
    units: set = field(default_factory=set)

    @property
    def words(self):
        """Who that is, for somebody who has to choose."""
        home = self.resident.household
        return _("%(name)s, born %(year)s, household %(number)s, %(village)s") % {
            "name": self.resident.full_name,
            "year": self.resident.birth_year,
            "number": home.label,
            "village": home.village.full_name,
        }

    def lives_in(self, village):
        return any(home == village for home, _number in self.homes)

    def lives_at(self, village, number):
        return any(
            home_number == number and (village is None or home == village)
            for home, home_number in self.homes
        )


@dataclass(frozen=True)
class Found:
    """One person meant, or those it may be; with neither, somebody on no list."""

    kind: str = ""
    person: object = None
    candidates: tuple = ()
    problem: str = ""
    column: str = ""


class AttenderBook:
    """Residents and staff of one commune whose names stand in a list; read once."""

    def __init__(self, request, rows):
        self.staff = StaffBook(request)
        names = {fold(row.said("full_name")) for row in rows if row.said("full_name")}
        self.by_name, self.by_pk = defaultdict(list), {}
        names = sorted(names)
        for first in range(0, len(names), FEW):
            self._read(request, names[first : first + FEW])

    def _read(self, request, names):
        residents = (
            Resident.objects.writable_by(request.user)
            .filter(household__village__commune=request.commune, name_folded__in=names)
            .exclude(status=Resident.Status.MERGED)
        )
        for resident in residents.select_related("household__village").distinct().order_by("pk"):
            neighbour = self.by_pk[resident.pk] = Neighbour(resident)
            self.by_name[resident.name_folded].append(neighbour)
            home = resident.household
            neighbour.homes.add((home.village_id, home.number))
        places = Residency.objects.filter(resident__in=residents.values("pk")).values_list(
            "resident",
            "household__number",
            "household__places__village",
            "household__places__village__commune",
        )
        for pk, number, village, commune in places:
            if village is not None:
                self.by_pk[pk].homes.add((village, number))
                self.by_pk[pk].units.add((commune, village))

    def find(self, row, village):
        """Say whom a row means; ``village`` is the one it names, or else the session's."""
        said = {n: row.said(n) for n in ("full_name", "code", "agency", "household", "birth_year")}
        if said["code"] or said["agency"]:
            return self._staff(said)
        if said["household"] or said["birth_year"] or row.said("village"):
            return self._resident(said, village)
        return self._by_name_alone(said, village)

    def _staff(self, said):
        person, maybe = self.staff.find(
            code=said["code"] or "", name=said["full_name"] or "", agency=said["agency"] or ""
        )
        if person is not None:
            return Found(STAFF, person)
        if maybe:
            return Found(candidates=tuple((STAFF, one) for one in maybe))
        return Found(
            problem=_("Nobody of this code and name is on the list of staff."),
            column="code" if said["code"] else "full_name",
        )

    def _resident(self, said, village):
        namesakes, year = self.by_name.get(fold(said["full_name"]), []), said["birth_year"]
        pk = village and village.pk
        same_year = [one for one in namesakes if one.resident.birth_year == year]
        if said["household"]:
            here = [one for one in namesakes if one.lives_at(pk, said["household"])]
            exact = [one for one in here if one in same_year] if year else here
            near = dict.fromkeys([*here, *same_year])
        else:
            here = [one for one in namesakes if pk is None or one.lives_in(pk)]
            # A name and a village alone may be several people in a few years.
            exact = [one for one in here if one in same_year] if pk else []
            near = dict.fromkeys([*here, *same_year] if year else here)
        if len(exact) == 1:
            return Found(RESIDENT, exact[0])
        maybe = tuple((RESIDENT, one) for one in (exact or near))
        if not maybe and said["household"]:
            return Found(
                problem=_("Nobody of this name lives in that household."), column="full_name"
            )
        return Found(candidates=maybe[:MOST_CANDIDATES])

    def _by_name_alone(self, said, village):
        folded = fold(said["full_name"])
        residents = self.by_name.get(folded, [])
        if village is not None:
            residents = [one for one in residents if one.lives_in(village.pk)]
        maybe = [(STAFF, one) for one in self.staff.by_name.get(folded, [])]
        maybe += [(RESIDENT, one) for one in residents]
        return Found(candidates=tuple(maybe[:MOST_CANDIDATES]))
