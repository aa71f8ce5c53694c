"""What a person should look at among encounters that a list brought in.

The same kinds as for visits that were typed or sent, but two: that an old list comes late is
no doubt, for who brought it in named its first day; and who is new was asked about.
"""

from collections import Counter, defaultdict

from django.db.models import Count

from households.doubting import MANY_ON_ONE_DAY
from households.models import Doubt, Encounter
from households.observing import seen_otherwise

Kind = Doubt.Kind
AT_HOME = Encounter.Occasion.HOME_VISIT


def doubts_about(told, observations):
    """Return (Doubt, the doubts about these new encounters), to be written."""
    visits = [one for one in told if one.encounter.occasion == AT_HOME]
    found = []
    found += _same_day(visits)
    found += _many_on_one_day(visits)
    found += [
        (one.encounter, Kind.NOBODY_MET)
        for one in visits
        if not one.encounter.content["people"] and not one.encounter.difficulty
    ]
    found += _different_values(told, observations)
    return Doubt, [Doubt(encounter=encounter, kind=kind) for encounter, kind in found]


def _same_day(visits):
    ours = {one.encounter.pk for one in visits}
    by_day = defaultdict(list)
    for one in visits:
        by_day[one.encounter.household_id, one.encounter.held_on].append(one.encounter)
    others = _standing(visits).values_list("pk", "household_id", "held_on")
    known = {(household, day) for pk, household, day in others if pk not in ours}
    for key, encounters in by_day.items():
        for encounter in encounters if key in known else encounters[1:]:
            yield encounter, Kind.SAME_DAY


def _many_on_one_day(visits):
    ours = Counter(_worker(one.encounter) for one in visits)
    stored = Counter()
    counted = _standing(visits).order_by().values_list("author_id", "member_id", "held_on")
    for author, member, day, count in counted.annotate(count=Count("pk")):
        stored[_by(author, member), day] += count
    # What was there before this list; ours are among what is stored by now.
    seen = Counter({key: stored[key] - count for key, count in ours.items()})
    for one in visits:
        key = _worker(one.encounter)
        seen[key] += 1
        if key[0] is not None and seen[key] > MANY_ON_ONE_DAY:
            yield one.encounter, Kind.MANY_ON_ONE_DAY


def _different_values(told, observations):
    by_encounter = {
        observation.encounter_id: observation
        for seen in observations.values()
        for observation in seen
        if observation.encounter_id
    }
    for one in told:
        own = by_encounter.get(one.encounter.pk)
        if own is not None and seen_otherwise(own, observations[own.household_id]):
            yield one.encounter, Kind.DIFFERENT_VALUES


def _standing(visits):
    """Return the home visits of the days in question."""
    days = sorted({one.encounter.held_on for one in visits})
    standing = Encounter.objects.standing().home_visits()
    return standing.within(days[0], days[-1]) if days else standing.none()


def _worker(encounter):
    return _by(encounter.author_id, encounter.member_id), encounter.held_on


def _by(author, member):
    return ("account", author) if author else ("member", member) if member else None
