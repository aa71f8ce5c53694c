"""Who on a list of staff is meant: by code, else by name and agency. Read once for a list."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from training.models import Agency, Employment, StaffMember
from villages.text import fold


@dataclass
class Spell:
    """That somebody works at an agency from one day to another, stored or to be."""

    agency: Agency
    from_on: object
    to_on: object = None
    stored: Employment | None = None

    def meets(self, first, last):
        """Whether it shares a day with a period."""
        return (last is None or self.from_on <= last) and (
            self.to_on is None or first <= self.to_on
        )


@dataclass(eq=False)
class Person:
    """A member of staff as the records and the rows read so far know her."""

    member: StaffMember
    spells: list = field(default_factory=list)

    @property
    def key(self):
        return str(self.member.pk)

    @property
    def words(self):
        """Who that is, for somebody who has to choose."""
        last = max(self.spells, key=lambda spell: spell.from_on, default=None)
        known = [self.member.full_name, self.member.code, last.agency.name if last else ""]
        return " · ".join(part for part in known if part)

    def works_at(self, agency):
        """Whether she works or worked at an agency of this folded name."""
        return any(fold(spell.agency.name) == agency for spell in self.spells)


class StaffBook:
    """The staff and agencies of one commune that a person may write for."""

    def __init__(self, request):
        own = Agency.objects.writable_by(request.user).filter(commune=request.commune)
        self.agencies = {fold(agency.name): agency for agency in own.order_by("-pk")}
        by_pk = {agency.pk: agency for agency in self.agencies.values()}
        members = StaffMember.objects.writable_by(request.user).filter(commune=request.commune)
        self.people = {}
        for member in members.distinct():
            member.commune = request.commune
            self.people[member.pk] = Person(member)
        spells = Employment.objects.filter(staff_member__in=members.values("pk"))
        for spell in spells.select_related("agency").order_by("from_on"):
            agency = by_pk.get(spell.agency_id, spell.agency)
            self.people[spell.staff_member_id].spells.append(
                Spell(agency, spell.from_on, spell.to_on, spell)
            )
        self.by_code, self.by_name = {}, defaultdict(list)
        for person in self.people.values():
            self.know(person)

    def know(self, person):
        """Find this person from now on."""
        if person.member.code:
            self.by_code[person.member.code.casefold()] = person
        self.by_name[fold(person.member.full_name)].append(person)

    def find(self, *, code="", name="", agency=""):
        """Return (the person meant or ``None``, people it may be).

        A code that bears another name, a name that several bear, and a name known only at
        another agency are for a person to decide.
        """
        folded = fold(name)
        by_code = self.by_code.get(code.casefold()) if code else None
        if by_code is not None:
            same = not folded or fold(by_code.member.full_name) == folded
            return (by_code, []) if same else (None, [by_code])
        namesakes = self.by_name.get(folded, []) if folded else []
        if code:
            # Who has a code of her own is somebody else.
            namesakes = [one for one in namesakes if not one.member.code]
        if agency:
            there = [one for one in namesakes if one.works_at(fold(agency))]
            if len(there) == 1:
                return there[0], []
            return None, there or list(namesakes)
        return (namesakes[0], []) if len(namesakes) == 1 else (None, list(namesakes))


def options_of(people):
    """Return people as (key, words) pairs to choose from."""
    return [(one.key, one.words) for one in people]


def not_on_the_list(row):
    """Refuse a row about somebody who is not on the list of staff."""
    row.refuse(
        _("Nobody of this code and name is on the list of staff. Bring in the staff first."),
        "code" if row.said("code") else "full_name",
    )
