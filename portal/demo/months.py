"""The months after the article: the same work at its own pace, up to a day.

Each month is drawn from a stream of its own and drawn whole, so that what happened by a
day does not depend on the day up to which records are wanted.
"""

import calendar
import random
from datetime import date, timedelta

from portal.demo import story
from portal.demo.events import Event, colour_visit, meet, nobody_was_met, received
from portal.demo.people import let_time_pass
from portal.demo.sharing import sample
from portal.demo.visits import SESSION_TITLES, author_of

VISITS_A_MONTH = 6.3
ABLE_AT_HOME, ABLE_ELSEWHERE, CONFIRMED_ON_THE_WAY = 0.46, 0.4, 0.16


def silent_windows(until):
    """Return {village number: (first, last)} of silence after the article."""
    after = story.ARTICLE_ON + timedelta(days=1)
    windows = dict.fromkeys(story.SILENT_AT_THE_ARTICLE, (after, story.SILENT_UNTIL))
    begins = until - timedelta(days=story.SILENT_DAYS)
    if begins > story.SILENT_UNTIL:
        windows |= dict.fromkeys(story.SILENT_NOW, (begins, until))
    else:
        # So soon after the article the same two are still silent, to the last day.
        windows = dict.fromkeys(windows, (after, until))
    return windows


def guide_after_the_article(seed, places, official, until):
    """Return every encounter after 31/10/2025 up to a day."""
    windows = silent_windows(until)
    events = []
    first = story.ARTICLE_ON + timedelta(days=1)
    while first <= until:
        days = calendar.monthrange(first.year, first.month)[1]
        rng = random.Random(f"{seed}/{first:%Y-%m}")  # noqa: S311 - no secret, but repeatable
        events += Month(rng, first, days, places, official, windows).happen()
        first += timedelta(days=days)
    return [event for event in events if event.held_on <= until]


class Month:
    """One month's guidance, in the order of its days."""

    def __init__(self, rng, first, days, places, official, windows):
        self.rng, self.first, self.days = rng, first, days
        self.places, self.official, self.windows = places, official, windows

    def happen(self):
        houses = [house for place in self.places for house in place.houses]
        let_time_pass(self.rng, houses, self.first, self.days)
        events = [*self._visits(), *self._gatherings(), *self._counter_days(houses)]
        events.append(self._session())
        events.sort(key=lambda event: event.held_on)
        events = [event for event in events if not self._is_silent(event)]
        for event in events:
            self._take_place(event, houses)
        return [event for event in events if event.people or event.occasion == "home_visit"]

    def _is_silent(self, event):
        first, last = self.windows.get(event.place and event.place.number, (date.max, date.min))
        return first <= event.held_on <= last

    def _day(self, part=0, parts=1):
        """Draw a day of the month, or of one of its equal parts."""
        begin, end = part * self.days // parts, (part + 1) * self.days // parts
        return self.first + timedelta(days=begin + int(self.rng.random() * (end - begin)))

    def _visits(self):
        events = []
        for place in self.places:
            wanted = max(2, round(VISITS_A_MONTH * place.pace * self.rng.uniform(0.8, 1.2)))
            if place.number == story.VI:
                wanted = 13
            standing = [house for house in place.houses if house.left_on is None]
            fresh = [house for house in standing if house.visited_on is None]
            known = [house for house in standing if house.visited_on is not None]
            new = min(round(wanted * 0.62), max(0, len(fresh) - len(standing) // 20))
            chosen = sample(self.rng, fresh, new) + self._come_back(known, wanted - new)
            self.rng.shuffle(chosen)
            for part, house in enumerate(chosen):
                event = Event("home_visit", self._day(part, len(chosen)), place=place, house=house)
                events.append(event)
        twice = self.rng.choice(events)
        again = Event("home_visit", twice.held_on, place=twice.place, house=twice.house)
        again.doubts.append("same_day")
        return [*events, again]

    def _come_back(self, known, count):
        """Choose households to visit again: first where somebody promised to."""
        soon = self.first + timedelta(days=self.days // 3)
        due = [house for house in known if house.due_on is not None and house.due_on < soon]
        due.sort(key=lambda house: house.due_on)
        others = [house for house in known if house not in due]
        return due[:count] + sample(self.rng, others, max(0, count - len(due)))

    def _gatherings(self):
        return [
            Event("gathering", self._day(), place=place)
            for place in self.places
            if self.rng.random() < 0.2 * place.pace
        ]

    def _counter_days(self, houses):
        events = []
        for number in range(self.days):
            day = self.first + timedelta(days=number)
            if day.weekday() < 5:
                event = Event("service_centre", day)
                event.unnamed = self.rng.choice((0, 0, 1, 1, 2))
                events.append(event)
        return events

    def _session(self):
        place = self.rng.choice([place for place in self.places if place.pace > 0.7])
        event = Event("training_session", self._day(), place=place)
        event.session = {"title": self.rng.choice(SESSION_TITLES), "people": []}
        return event

    def _take_place(self, event, houses):
        event.received_at = received(self.rng, event.held_on)
        event.author = self.official
        if event.occasion == "home_visit":
            self._visit(event)
        elif event.occasion == "gathering":
            event.author = author_of(event.place, event.held_on, self.official)
            event.language = story.LANGUAGES[event.place.ethnic]
            self._meet_some(event, event.place.houses, self.rng.randint(14, 26))
        elif event.occasion == "service_centre":
            self._meet_some(event, houses, self.rng.randint(7, 13))
        else:
            self._meet_some(event, event.place.houses, 28, invited=True)
            event.session["people"] = [person for person, _checks, _seen in event.people]

    def _visit(self, event):
        house, day = event.house, event.held_on
        event.author = author_of(event.place, day, self.official)
        chance = self.rng.random()
        if "same_day" not in event.doubts and house.visited_on is not None and chance < 0.04:
            event.difficulty, event.return_on = "away", day + timedelta(days=7)
        elif not event.doubts and house.visited_on is not None and chance < 0.047:
            event.doubts.append("nobody_met")
        house.visited_on = house.visited_on or day
        house.due_on = event.return_on
        if nobody_was_met(event):
            return
        members = [p for p in house.members if p.is_adult_on(day) and p.lives_here_on(day)]
        met = [person for person in members if self.rng.random() < 0.72] or members[:1]
        for person in met:
            self._guide(event, person, ABLE_AT_HOME)
        if house.device is not True and self.rng.random() < 0.22:
            house.device = True
        elif house.device is None:
            house.device = False
        event.device = house.device if self.rng.random() < 0.92 else None
        if event.device:
            event.connection = house.connection if self.rng.random() < 0.85 else ""
        elif house.device and event.device is None:
            event.device = True
        colour_visit(self.rng, event)
        house.due_on = event.return_on
        if self.rng.random() < 0.006:
            event.corrected = received(self.rng, day, days_later=self.rng.choice((0, 1, 2)))
        elif self.rng.random() < 0.002:
            event.received_at = received(self.rng, day, days_later=self.rng.randint(62, 70))
            event.doubts.append("long_ago")

    def _meet_some(self, event, houses, count, invited=False):
        day = event.held_on
        for house in sample(self.rng, houses, count):
            adults = [p for p in house.members if p.is_adult_on(day) and p.lives_here_on(day)]
            if invited and house.poverty != "poor":
                adults = [person for person in adults if person.ethnic not in ("", "Kinh")]
            if adults:
                # Whom nobody has met yet is asked first.
                new = [person for person in adults if person.met_on is None]
                self._guide(event, self.rng.choice(new or adults), ABLE_ELSEWHERE)

    def _guide(self, event, person, chance):
        able_now = person.able_on is None and self.rng.random() < chance
        if able_now:
            person.able_on = event.held_on
        person.met_on = person.met_on or event.held_on
        confirmed = (
            person.able_on is not None
            and not person.confirmed
            and self.rng.random() < CONFIRMED_ON_THE_WAY
        )
        person.confirmed = person.confirmed or confirmed
        meet(self.rng, event, person, able_now=able_now, confirmed=confirmed)
