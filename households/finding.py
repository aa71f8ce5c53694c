"""Finding households: what a list can be narrowed to and sorted by, in words and as queries."""

from datetime import timedelta

from django.db.models import Count, Exists, F, Max, OuterRef, Q, Subquery
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from households.models import (
    ADULT_AGE,
    OLDER_AGE,
    Confirmation,
    Encounter,
    Household,
    PersonMet,
    Resident,
    Skill,
    SkillCheck,
)
from households.worklist import SOON_DAYS, VNEID
from villages.periods import today

SHOWN = {
    "not_visited": _("Not visited yet"),
    "not_reached": _("Nobody reached yet"),
    "not_able": _("Somebody cannot do it alone yet"),
    "older": _("With an older person"),
    "older_without_vneid": _("Older person without VNeID"),
    "poor": _("Poor and near-poor"),
    "no_device": _("Without a smart device"),
    "no_signal": _("Without a signal"),
    "promised": _("Promised return due"),
}
# How a handed list of such households is called, after «Households: ».
PHRASES = {
    "poor": _("poor and near-poor"),
    "older": _("with an older person"),
    "older_without_vneid": _("with an older person without VNeID"),
    "no_device": _("without a smart device"),
    "no_signal": _("without a signal"),
    "not_visited": _("not yet guided at home"),
    "not_reached": _("nobody reached yet"),
    "not_able": _("somebody cannot do it alone yet"),
    "promised": _("promised return due"),
}
# Who is poor is told only to those who keep the records.
SENSITIVE = {"poor"}
SORTS = {
    "number": ["village__number", "number"],
    "head": ["head_name", "village__number", "number"],
    "members": ["members", "village__number", "number"],
    "visited": ["last_visit_on", "village__number", "number"],
    "promised": ["promised_on", "village__number", "number"],
}


def found_households(households, found):
    """Keep the households that answer a HouseholdFilter's search, village and every condition."""
    households = households.search(found.get("q") or "")
    if found.get("village"):
        households = households.filter(village=found["village"])
    for name in found.get("show") or ():
        households = households.filter(CONDITIONS[name]())
    return households


def sorted_households(households, sort):
    """Order households; who was never visited counts as visited longest ago.

    Annotates ``last_visit_on``, ``promised_on``, ``head_name`` and ``members``.
    """
    head = Resident.objects.present().filter(household=OuterRef("pk"), is_head=True)
    last = _home_visits().order_by().values("household").annotate(last=Max("held_on"))
    households = households.annotate(
        last_visit_on=Subquery(last.values("last")),
        promised_on=_promised_on(),
        head_name=Subquery(head.order_by().values("name_folded")[:1]),
        members=Count("residents", filter=Q(residents__status="present")),
    )
    first, *then = SORTS[sort.removeprefix("-")]
    down, column = sort.startswith("-"), F(first)
    if first == "promised_on":
        # What was not promised comes last, whichever way.
        order = column.desc(nulls_last=True) if down else column.asc(nulls_last=True)
    else:
        order = column.desc(nulls_last=True) if down else column.asc(nulls_first=True)
    if down and first == "village__number":
        then = [f"-{name}" for name in then]
    return households.order_by(order, *then, "pk").select_related("village")


def words_for(shown):
    """Return a title for households found by these conditions."""
    phrases = [str(words) for name, words in PHRASES.items() if name in shown]
    if not phrases:
        return gettext("Households of the village")
    return gettext("Households: %(which)s") % {"which": ", ".join(phrases)}


def _not_visited():
    return ~Exists(_home_visits())


def _not_reached():
    return ~Exists(
        PersonMet.objects.filter(
            resident__household=OuterRef("pk"), resident__status=Resident.Status.PRESENT
        )
    )


def _not_able():
    adults = _present().filter(birth_year__lte=today().year - ADULT_AGE)
    not_alone = Q()
    for skill in Skill.objects.required_on(today()).values_list("pk", flat=True):
        name = f"skill_{skill}"
        adults = adults.annotate(**{name: _last_outcome(skill=skill)})
        not_alone |= _is_not_alone(name)
    # With no skill required nobody is able, and the condition keeps every adult.
    return Exists(adults.filter(not_alone))


def _older():
    return Exists(_present().filter(birth_year__lte=today().year - OLDER_AGE))


def _older_without_vneid():
    confirmed = Confirmation.objects.filter(resident=OuterRef("pk"), seen_on__lte=today())
    older = _present().filter(~Exists(confirmed), birth_year__lte=today().year - OLDER_AGE)
    older = older.annotate(vneid=_last_outcome(skill__code=VNEID))
    return Exists(older.filter(_is_not_alone("vneid")))


def _poor():
    return Q(poverty__in=[Household.Poverty.POOR, Household.Poverty.NEAR_POOR])


def _no_device():
    return Q(smart_device=False)


def _no_signal():
    return Q(connection=Household.Connection.NONE)


def _promised():
    households = Household.objects.annotate(promised_on=_promised_on())
    due = households.filter(promised_on__lte=today() + timedelta(days=SOON_DAYS))
    return Q(pk__in=due.order_by().values("pk"))


CONDITIONS = {
    "not_visited": _not_visited,
    "not_reached": _not_reached,
    "not_able": _not_able,
    "older": _older,
    "older_without_vneid": _older_without_vneid,
    "poor": _poor,
    "no_device": _no_device,
    "no_signal": _no_signal,
    "promised": _promised,
}


def _present():
    return Resident.objects.present().filter(household=OuterRef("pk"))


def _home_visits():
    return Encounter.objects.standing().home_visits().filter(household=OuterRef("pk"))


def _last_outcome(**which):
    """Return a resident's outcome of the last day a skill was asked, the best of that day."""
    checks = SkillCheck.objects.filter(resident=OuterRef("pk"), happened_on__lte=today(), **which)
    # «alone» comes first in the alphabet too.
    return Subquery(checks.order_by("-happened_on", "outcome").values("outcome")[:1])


def _is_not_alone(name):
    """A skill that was never asked is no outcome, and «not» of it would be nothing."""
    return Q(**{f"{name}__isnull": True}) | ~Q(**{name: SkillCheck.Outcome.ALONE})


def _promised_on():
    """Return the day of a promise still to keep: since it, nobody visited the household."""
    later = (
        Encounter.objects.standing()
        .home_visits()
        .filter(household=OuterRef("household"), held_on__lte=today())
        .filter(
            Q(held_on__gt=OuterRef("held_on"))
            | Q(held_on=OuterRef("held_on"), pk__gt=OuterRef("pk"))
        )
    )
    promises = Encounter.objects.standing().filter(
        ~Exists(later), household=OuterRef("pk"), return_on__isnull=False, held_on__lte=today()
    )
    return Subquery(promises.order_by("-held_on", "-pk").values("return_on")[:1])
