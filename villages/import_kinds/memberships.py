"""People who belong to a team or committee from one day to another: which term a row means."""

from collections import defaultdict
from datetime import date

from django.utils.translation import gettext as _

from villages.import_kinds.flat import ask
from villages.text import fold


class Terms:
    """The stored memberships of some units, by unit and name.

    ``traits`` are attributes in which two people of one name differ; ``told`` are the ones
    that the list tells of, as (unit, name, traits).
    """

    def __init__(self, request, members, unit_of, traits=()):
        self.request, self.traits, self.told = request, traits, set()
        self.by_name, self.by_pk = defaultdict(list), {}
        for member in members:
            self.by_name[unit_of(member), fold(member.full_name)].append(member)
            self.by_pk[str(member.pk)] = member

    def match(self, row, unit, values):
        """Return the stored term a row is about, or ``None``; may ask a person instead.

        Without a first day it is the present one, or else the last. With one, a term that
        begins on another day and goes on at the same time may be meant: that is asked.
        """
        name = fold(values["full_name"])
        known = [
            member
            for member in self.by_name.get((unit, name), [])
            if self._may_be(member, values, unit, name)
        ]
        alike = [member for member in known if not self._differs(member, values)]
        known = alike or known
        from_on = values.get("from_on")
        if from_on is None:
            return max(known, key=_present_first, default=None)
        same = next((member for member in known if member.from_on == from_on), None)
        meanwhile = [member for member in known if _overlap(member, values)]
        if same is not None or not meanwhile:
            return same
        candidates = [
            (
                member.pk,
                _("%(name)s, %(role)s since %(day)s")
                % {
                    "name": member.full_name,
                    "role": member.get_role_display().lower(),
                    "day": member.from_on.strftime("%d/%m/%Y"),
                },
            )
            for member in meanwhile
        ]
        return self.by_pk.get(ask(row, self.request, candidates))

    def _may_be(self, member, values, unit, name):
        """Whether a row may mean this member: a namesake with a row of its own is another."""
        traits = tuple(getattr(member, trait) for trait in self.traits)
        return not self._differs(member, values) or (unit, name, traits) not in self.told

    def _differs(self, member, values):
        traits = tuple(getattr(member, trait) for trait in self.traits)
        return differ(traits, tuple(values.get(trait, "") for trait in self.traits))


def differ(traits, others):
    """Whether two people are told apart: a trait that is known of both is not the same."""
    return any(one and other and one != other for one, other in zip(traits, others, strict=True))


def check_period(row, stored, values):
    """Refuse a last day before the first, as it would stand in the record."""
    first = values.get("from_on") or (stored.from_on if stored else None)
    last = values.get("to_on") or (stored.to_on if stored else None)
    if first and last and last < first:
        row.refuse(_("The last day cannot be before the first."), "to_on")


def keep_spelling(stored, values):
    """Leave a name as it is stored: a list without accents must not take them away."""
    if stored is not None:
        values.pop("full_name", None)


def _present_first(member):
    return member.to_on is None, member.from_on


def _overlap(member, values):
    last = values.get("to_on") or date.max
    return member.from_on <= last and (member.to_on or date.max) >= values["from_on"]
