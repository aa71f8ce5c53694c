"""What each percentage means: the only place that says so.

An indicator gives the people (or class rolls, declarations, households) it counts as
querysets, by unit and day. The stored figure, the list behind it, the export and the
report all come from these, so that they cannot disagree.
"""

from dataclasses import dataclass
from functools import partial

from django.db.models import Count, Exists, F, Max, OuterRef, Q, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from households.models import (
    Confirmation,
    Encounter,
    Household,
    HouseholdObservation,
    PersonMet,
    Resident,
    Skill,
    SkillCheck,
)
from training.models import ClassRoll, StaffMember, WorkerDeclaration
from training.requirements import has_finished, required_on
from villages.models import PopulationGroup

# True of no row, also inside an aggregate.
NOBODY = Q(pk__isnull=True)

ADULTS, REACHED, CONFIRMED = "adults", "adults_reached", "adults_confirmed"
VISITED, DEVICES = "households_visited", "smart_devices"


def people():
    return ngettext_lazy("%(count)s person", "%(count)s people", "count")


def pupils():
    return ngettext_lazy("%(count)s pupil", "%(count)s pupils", "count")


def workers():
    return ngettext_lazy("%(count)s worker", "%(count)s workers", "count")


def households():
    return ngettext_lazy("%(count)s household", "%(count)s households", "count")


@dataclass(frozen=True)
class Place:
    """Whom to count: one village, a whole commune, several communes, or everybody."""

    commune_id: int | None = None
    village_id: int | None = None
    communes: tuple = ()


class Indicator:
    """One percentage.

    ``eligible`` and ``covered`` return rows annotated with ``village_on_day`` and
    ``commune_on_day``: where somebody lived is asked of the day, not of today. Each row
    weighs one unless ``weights`` names the fields to sum as (numerator, denominator).
    Change ``version`` when the meaning changes: figures keep the version they had.
    """

    version = 1
    kind = "residents"
    unit_word = staticmethod(people)
    weights = None
    group = None
    population = None

    def __init__(self, code, title, definition, numerator_source, denominator_source):
        self.code = code
        self.population = self.population or code
        self.title = title
        self.definition = definition
        self.numerator_source = numerator_source
        self.denominator_source = denominator_source

    def everybody(self, as_of):
        """Return all rows of the denominator on a day, wherever they are."""
        raise NotImplementedError

    def measure(self, which, condition=None):
        """Return the aggregate of the numerator (0) or the denominator (1)."""
        if self.weights:
            return Sum(self.weights[which])
        return Count("pk", filter=condition)

    def achieved(self, eligible, as_of):
        """Return the condition under which a row of ``eligible`` counts in the numerator."""
        raise NotImplementedError

    def eligible(self, place, as_of):
        """Return the rows of the denominator."""
        rows = self.everybody(as_of)
        if place.village_id is not None:
            return rows.filter(village_on_day=place.village_id)
        if place.commune_id is not None:
            return rows.filter(commune_on_day=place.commune_id)
        if place.communes:
            return rows.filter(commune_on_day__in=place.communes)
        return rows

    def covered(self, place, as_of):
        """Return the rows of the numerator."""
        eligible = self.eligible(place, as_of)
        return eligible.filter(self.achieved(eligible, as_of))

    def not_covered(self, place, as_of):
        """Return the gap: who is in the denominator and not in the numerator."""
        rows = self.eligible(place, as_of)
        return rows.exclude(pk__in=self.covered(place, as_of).order_by().values("pk"))

    def count(self, place, as_of):
        """Return (numerator, denominator)."""
        return total(list(self.count_by_village(place, as_of).values()))

    def count_by_village(self, place, as_of):
        """Return {village id or None: (numerator, denominator)} of a commune, in one query."""
        counted = count_all([self], place, as_of)[self.code]
        return {village: numbers for (_commune, village), numbers in counted.items()}


def count_all(indicators, place, as_of):
    """Return {code: {(commune id, village id or None): (numerator, denominator)}} of a place.

    Indicators of one population are counted in one query, so that their rungs stand on
    the same denominator at the same moment.
    """
    counted = {}
    for population in dict.fromkeys(indicator.population for indicator in indicators):
        members = [one for one in indicators if one.population == population]
        eligible = members[0].eligible(place, as_of).order_by()
        measures = {"denominator": members[0].measure(1)}
        for number, indicator in enumerate(members):
            condition = indicator.achieved(eligible, as_of)
            measures[f"numerator_{number}"] = indicator.measure(0, condition)
        rows = list(eligible.values("commune_on_day", "village_on_day").annotate(**measures))
        for number, indicator in enumerate(members):
            counted[indicator.code] = {
                (row["commune_on_day"], row["village_on_day"]): (
                    row[f"numerator_{number}"] or 0,
                    row["denominator"] or 0,
                )
                for row in rows
            }
    return counted


def total(fractions):
    """Return the sum of (numerator, denominator) pairs; nobody is in two villages."""
    numerators, denominators = zip(*fractions, strict=True) if fractions else ((), ())
    return sum(numerators), sum(denominators)


class AdultIndicator(Indicator):
    """Residents of 18 or more present in the commune on the day."""

    population = "adults"

    def everybody(self, as_of):
        return Resident.objects.adults_on(as_of)


class AbleAdults(AdultIndicator):
    """Second rung: adults who showed every required skill alone when last asked.

    Of the last day on which a skill was observed the best outcome counts, so that the
    order in which records arrive changes nothing. With no skill required nobody is able.
    """

    def achieved(self, eligible, as_of):
        required = list(Skill.objects.required_on(as_of).values_list("pk", flat=True))
        if not required:
            return NOBODY
        alone = Q(outcome=SkillCheck.Outcome.ALONE)
        last, last_alone, shown = {}, {}, Q()
        for skill in required:
            last[f"last_{skill}"] = Max("happened_on", filter=Q(skill=skill))
            last_alone[f"alone_{skill}"] = Max("happened_on", filter=Q(skill=skill) & alone)
            shown &= Q(**{f"last_{skill}": F(f"alone_{skill}")})
        able = (
            SkillCheck.objects.filter(
                resident__in=eligible.order_by().values("pk"),
                skill__in=required,
                happened_on__lte=as_of,
            )
            .order_by()
            .values("resident")
            .annotate(**last, **last_alone)
            .filter(shown)
            .values("resident")
        )
        return Q(pk__in=able)


class ReachedAdults(AdultIndicator):
    """First rung: adults met at least once on any occasion by the day."""

    def achieved(self, eligible, as_of):
        met = PersonMet.objects.filter(resident=OuterRef("pk"), happened_on__lte=as_of)
        return Q(Exists(met))


class ConfirmedAdults(AdultIndicator):
    """Third rung: adults whose VNeID confirmation somebody saw by the day."""

    def achieved(self, eligible, as_of):
        seen = Confirmation.objects.filter(resident=OuterRef("pk"), seen_on__lte=as_of)
        return Q(Exists(seen))


class StaffIndicator(Indicator):
    """Active staff who finished every course required of them on the day, still valid then.

    Which courses are required of whom, and how long a completion counts, is said in
    ``training.requirements``, which every list of staff asks as well.
    """

    # 2: courses are required of groups, and completions run out.
    version = 2
    kind = "staff"

    def everybody(self, as_of):
        return StaffMember.objects.active_on(as_of)

    def achieved(self, eligible, as_of):
        return has_finished(required_on(as_of), as_of)


class RollIndicator(Indicator):
    """Pupils on the last class rolls of the school year by the day."""

    kind = "rolls"
    unit_word = staticmethod(pupils)
    weights = ("equipped", "enrolled")

    def everybody(self, as_of):
        return ClassRoll.objects.current_on(as_of)

    def achieved(self, eligible, as_of):
        return Q()

    def not_covered(self, place, as_of):
        return self.eligible(place, as_of).filter(equipped__lt=F("enrolled"))


class DeclaredIndicator(Indicator):
    """Workers on the last declaration of each organisation of a group by the day."""

    kind = "declarations"
    unit_word = staticmethod(workers)
    weights = ("equipped", "workers")

    def everybody(self, as_of):
        return WorkerDeclaration.objects.current_on(as_of).filter(enterprise__group__code=self.code)

    def achieved(self, eligible, as_of):
        return Q()

    def not_covered(self, place, as_of):
        return self.eligible(place, as_of).filter(equipped__lt=F("workers"))


class HouseholdIndicator(Indicator):
    """Households standing on the day."""

    population = "households"

    kind = "households"
    unit_word = staticmethod(households)

    def everybody(self, as_of):
        return Household.objects.standing_on(as_of)


class VisitedHouseholds(HouseholdIndicator):
    """Households visited at home at least once by the day."""

    def achieved(self, eligible, as_of):
        visits = Encounter.objects.standing().home_visits()
        return Q(Exists(visits.filter(household=OuterRef("pk"), held_on__lte=as_of)))


class EquippedHouseholds(HouseholdIndicator):
    """Households that had a smart device when last asked; «yes» wins within a day."""

    def achieved(self, eligible, as_of):
        asked = (
            HouseholdObservation.objects.filter(
                household__in=eligible.order_by().values("pk"),
                observed_on__lte=as_of,
                smart_device__isnull=False,
            )
            .order_by()
            .values("household")
            .annotate(
                last=Max("observed_on"), last_yes=Max("observed_on", filter=Q(smart_device=True))
            )
            .filter(last=F("last_yes"))
            .values("household")
        )
        return Q(pk__in=asked)


RESIDENT_SOURCE = _("Residents of 18 or more present in the commune on the day")
HOUSEHOLD_SOURCE = _("Households standing in the commune on the day")

GROUP_INDICATORS = {
    PopulationGroup.CountedFrom.STAFF: partial(
        StaffIndicator,
        definition=_(
            "Members of staff of the public sector, employed on the day, who have finished every "
            "course required of them on that day, and whose completions are still valid. Whoever "
            "no course is required of is not counted as having finished."
        ),
        numerator_source=_("Course completions recorded by the day"),
        denominator_source=_("Staff employed at an agency of the commune on the day"),
    ),
    PopulationGroup.CountedFrom.CLASS_ROLLS: partial(
        RollIndicator,
        definition=_(
            "Pupils of lower and upper secondary classes equipped with digital skills, on the "
            "last roll each class handed in by the day. No pupil is named."
        ),
        numerator_source=_("«Equipped» on the last roll of each class"),
        denominator_source=_("«Enrolled» on the same rolls"),
    ),
    PopulationGroup.CountedFrom.ADULT_SKILLS: partial(
        AbleAdults,
        definition=_(
            "Adults who did every required skill alone when they were last asked. Whoever was "
            "not asked about a required skill is not counted."
        ),
        numerator_source=_("Skill checks at home visits, gatherings, sessions and the counter"),
        denominator_source=RESIDENT_SOURCE,
    ),
    PopulationGroup.CountedFrom.DECLARATIONS: partial(
        DeclaredIndicator,
        definition=_("Workers with digital skills, as each organisation last declared by the day."),
        numerator_source=_("«With digital skills» on the last declarations"),
        denominator_source=_("«Workers» on the same declarations"),
    ),
}

FURTHER_INDICATORS = (
    ReachedAdults(
        REACHED,
        _("Adults reached"),
        _(
            "Adults met at least once by the day: at home, at a gathering, in a training session, "
            "online or at the service centre."
        ),
        _("People met at encounters of any kind"),
        RESIDENT_SOURCE,
    ),
    ConfirmedAdults(
        CONFIRMED,
        _("Adults confirmed on VNeID"),
        _(
            "Adults of whom somebody of the programme saw, by the day, that VNeID confirms them. "
            "The State platform confirms; the portal only records that it was seen."
        ),
        _("VNeID confirmations seen and recorded"),
        RESIDENT_SOURCE,
    ),
    VisitedHouseholds(
        VISITED,
        _("Households visited"),
        _("Households visited at home at least once by the day. Further visits change nothing."),
        _("Home visits that stand"),
        HOUSEHOLD_SOURCE,
    ),
    EquippedHouseholds(
        DEVICES,
        _("Households with a smart device"),
        _("Households that had a smart device when they were last asked by the day."),
        _("Observations at visits and surveys"),
        HOUSEHOLD_SOURCE,
    ),
)


def further_titles():
    """Return {code: title} of the indicators that belong to no group."""
    return {indicator.code: indicator.title for indicator in FURTHER_INDICATORS}


def all_indicators():
    """Return every indicator, groups first, in the order they are shown."""
    groups = []
    for group in PopulationGroup.objects.all():
        indicator = GROUP_INDICATORS[group.counted_from](group.code, group.title)
        indicator.group = group
        groups.append(indicator)
    return [*groups, *FURTHER_INDICATORS]


def indicator_by_code(code):
    """Return the indicator of a code, or ``None``."""
    return next((found for found in all_indicators() if found.code == code), None)
