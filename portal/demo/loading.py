"""The way through: from a commune's name to its records and figures, all or nothing."""

import calendar
import random
from dataclasses import dataclass
from datetime import date

from auditlog.context import disable_auditlog
from django.db import transaction
from django.utils import timezone

from portal.demo import story
from portal.demo.accounts import make_leaders, make_official, open_the_doors
from portal.demo.direction import direct
from portal.demo.handing import hand_over
from portal.demo.months import guide_after_the_article
from portal.demo.offices import hold_other_activities, publish, staff_offices
from portal.demo.organisations import declare_workers, fill_schools
from portal.demo.people import make_households, make_places, settle_residents
from portal.demo.schooling import name_contacts, teach_and_confirm
from portal.demo.storing import NUMBERED, Store, last_observed
from portal.demo.visits import guide_until_the_article
from portal.demo.writing import Ids
from portal.programme import start_programme
from reports import coverage
from villages.models import Commune, Village
from villages.outbox import EVERY_DAY, mark_stale
from villages.periods import today
from villages.text import fold


@dataclass(frozen=True)
class Which:
    """The commune to make: as the official list names it."""

    code: str = "03637"
    name: str = "Mường Kim"
    kind: str = "commune"
    province_code: str = "12"
    province_name: str = "Lai Châu"
    is_first: bool = True


def load(communes, *, until, seed, step):
    """Make all these communes in one transaction, so that nothing is ever half-loaded.

    The same seed makes the same records, and what had happened by a day does not depend on
    ``until``. Returns the communes; the first one's figures are marked, to be recounted with
    their history, and the others', which only a benchmark wants, are counted as of today.
    """
    made = []
    with transaction.atomic(), disable_auditlog():
        ids = Ids(*NUMBERED)
        for which in communes:
            commune = _load_commune(ids, which, until, seed, step)
            if not made:
                ids.settle()
                _mark(commune)
            else:
                coverage.recount_day(commune.pk, today())
            made.append(commune)
            step()
        ids.settle()
    return made


def _load_commune(ids, which, until, seed, step):
    stream = Streams(f"{seed}/{which.code}")
    skills = start_programme()
    commune = Commune.objects.create(
        code=which.code,
        name=which.name,
        kind=which.kind,
        province_code=which.province_code,
        province_name=which.province_name,
        formed_on=story.COMMUNE_FORMED_ON,
        is_demo=True,
    )
    places = make_places(stream("places"))
    villages = _store_villages(commune, places)
    prefix = "" if which.is_first else f"{which.code}-"
    make_leaders(stream("leaders"), commune, places, villages, prefix)
    official = make_official(
        stream("official"), commune, "" if which.is_first else f"-{which.code}"
    )
    direct(stream("direction"), commune, places, villages, until)
    step()
    staff = staff_offices(stream("staff"), commune, until)
    name_contacts(stream("contacts"), commune)
    fill_schools(stream("schools"), commune, villages, until)
    schools = teach_and_confirm(stream("modules"), commune, until, prefix)
    if which.is_first:
        one = {"leader": places[0].leader, "official": official, "school": schools[0]}
        open_the_doors(stream("doors"), commune, **one, member=staff[-1])
    declare_workers(stream("workers"), commune, villages, until)
    publish(stream("news"), commune, until)
    hold_other_activities(stream("activities"), commune, staff, until)
    step()
    _guide(stream, ids, commune, places, skills, official, until, step)
    hand_over(commune, official, until)
    coverage.ensure_units(commune.pk)
    return commune


def _mark(commune):
    villages = Village.objects.filter(commune=commune).values_list("pk", flat=True)
    mark_stale(
        units={(commune.pk, village) for village in villages},
        since_on=EVERY_DAY,
        reason="demonstration data loaded",
    )


class Streams:
    """Random numbers by name, so that a change in one room leaves the others as they were."""

    def __init__(self, seed):
        self.seed = seed

    def __call__(self, name):
        return random.Random(f"{self.seed}/{name}")  # noqa: S311 - no secret, but repeatable


def _store_villages(commune, places):
    villages = Village.objects.bulk_create(
        Village(
            commune=commune,
            number=place.number,
            name=place.name,
            name_folded=fold(place.name),
            kind="residential_area" if place.number in story.RESIDENTIAL_AREAS else "village",
            from_on=story.STORY_BEGINS_ON,
        )
        for place in places
    )
    for place, village in zip(places, villages, strict=True):
        place.pk = village.pk
    return villages


def _guide(stream, ids, commune, places, skills, official, until, step):
    houses = make_households(stream("households"), places)
    settle_residents(stream("residents"), houses)
    events = guide_until_the_article(stream("guidance"), places, official)
    events += guide_after_the_article(f"{stream.seed}/months", places, official, until)
    step()
    store = Store(stream("store"), ids, commune, skills, official, until, timezone.now())
    store.number_events(events)
    store.houses(places, last_observed(places, events))
    store.residents(places)
    step()
    store.encounters(events)
    store.observations(places, events)
    store.sessions(events)
    step()
    store.outcomes(events)
    step()


STEPS_OF_A_COMMUNE = 7


def days_of_history(until):
    """Return the days whose figures a dashboard draws: the article's, then month-ends back."""
    days = {until}
    year, month = story.STORY_BEGINS_ON.year, story.STORY_BEGINS_ON.month
    while (day := date(year, month, calendar.monthrange(year, month)[1])) < today():
        days.add(day)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    days -= {today(), story.ARTICLE_ON}
    return [story.ARTICLE_ON, *sorted(days, reverse=True)]
