"""What real life leaves on records: surveys of devices, doubts, corrections, mistakes."""

from datetime import date, timedelta

from portal.demo import story
from portal.demo.events import Event, nobody_was_met, received
from portal.demo.sharing import sample

SURVEY = (date(2025, 3, 3), date(2025, 3, 28))
APPOINTMENTS_OPEN_SINCE = date(2025, 10, 6)
SECOND_SURVEY = (date(2025, 8, 18), date(2025, 10, 20))


def equip_households(rng, places, visits):
    """Let exactly so many households have a smart device when last asked."""
    houses = [house for place in places for house in place.houses if house.left_on is None]
    visits_of = {}
    for event in visits:
        if not nobody_was_met(event):
            visits_of.setdefault(event.house, []).append(event)
    equipped = set(rng.sample(range(len(houses)), story.HOUSEHOLDS_WITH_DEVICE))
    for index, house in enumerate(houses):
        house.surveyed = rng.random() < 0.93
        first_survey = _between(rng, *SURVEY)
        own = visits_of.get(house, [])
        if index in equipped:
            early = rng.random() < 0.83
            house.device_since = first_survey if early else None
            if house.surveyed:
                house.observations.append((first_survey, early))
            if not early or not house.surveyed:
                seen_on = own[-1].held_on if own else _between(rng, *SECOND_SURVEY)
                house.device_since = house.device_since or seen_on
                if not own:
                    house.observations.append((seen_on, True))
        elif house.surveyed:
            house.observations.append((first_survey, False))
        for event in own:
            has_one = house.device_since is not None and house.device_since <= event.held_on
            must_tell = event is own[-1]
            event.device = has_one if must_tell or rng.random() < 0.9 else None
            event.connection = house.connection if has_one and rng.random() < 0.85 else ""
        if house.device_since is not None:
            house.device = True
        elif house.surveyed or own:
            house.device = False


def _between(rng, first, last):
    return first + timedelta(days=rng.randrange((last - first).days + 1))


def keep_appointments(visits):
    """Leave open only the appointments of the last weeks; earlier ones were kept or not made."""
    last = {event.house: event for event in sorted(visits, key=lambda event: event.held_on)}
    for house, event in last.items():
        if event.held_on < APPOINTMENTS_OPEN_SINCE:
            event.return_on = None
        house.due_on = event.return_on


def spoil_a_few(rng, visits):
    """Leave traces of real life: doubtful, corrected and late records."""
    days = {}
    for event in visits:
        days.setdefault((event.place.number, event.held_on), []).append(event)
    for same_day in days.values():
        if len(same_day) > 40:
            for event in same_day[40:]:
                event.doubts.append("many_on_one_day")
    early = [event for event in visits if event.held_on < date(2025, 8, 20) and not event.doubts]
    for event in sample(rng, early, 9):
        event.received_at = received(rng, event.held_on, days_later=rng.randint(62, 71))
        event.doubts.append("long_ago")
    plain = [event for event in visits if not event.doubts and not nobody_was_met(event)]
    for event in sample(rng, plain, 18):
        event.corrected = received(rng, event.held_on, days_later=rng.choice((0, 1, 2, 3)))


def void_visits(rng, visits):
    """Return a few visits written down by mistake and declared void the next day."""
    mistakes = []
    noticed_in_time = [visit for visit in visits if visit.held_on < story.ARTICLE_ON]
    for visit in sample(rng, noticed_in_time, 9):
        event = Event("home_visit", visit.held_on, place=visit.place, house=visit.house)
        event.author = visit.author
        event.received_at = received(rng, visit.held_on)
        event.voided_at = event.received_at + timedelta(minutes=25)
        mistakes.append(event)
    return mistakes
