"""Everything that guided residents up to the article's day, adding up to its numbers.

First who is met on which occasion, then, within what the occasions allow, who became able
and when. Totals are shared out over the villages by how briskly each team works.
"""

from datetime import date, timedelta
from itertools import pairwise

from portal.demo import story
from portal.demo.events import Event, colour_visit, meet, nobody_was_met, received
from portal.demo.sharing import apportion, draw_day, sample
from portal.demo.traces import equip_households, keep_appointments, spoil_a_few, void_visits

LAST_WEEK = ((date(2025, 10, 22), story.ARTICLE_ON, 1),)
BEFORE_SILENCE = story.SILENT_FROM - timedelta(days=1)
SESSION_TITLES = (
    "Sử dụng điện thoại thông minh an toàn",
    "Cài đặt VNeID và nộp hồ sơ trực tuyến",
    "Thanh toán không dùng tiền mặt cho người mới bắt đầu",
    "Quét mã QR tra cứu thông tin nông sản",
    "Nhận biết lừa đảo trên mạng",
    "Dịch vụ công trực tuyến cho hộ nghèo",
    "Kỹ năng số cho phụ nữ dân tộc thiểu số",
    "Sổ sức khỏe điện tử và an toàn thông tin",
)


def guide_until_the_article(rng, places, official):
    """Return every encounter up to 31/10/2025; people and households carry their state."""
    adults = {place: _adults(place) for place in places}
    visits = _home_visits(rng, places)
    sessions = _sessions(rng, places, adults, official)
    gatherings = _gatherings(rng, places, official)
    counter = _service_centre_days(rng, official)
    attended = _who_meets_whom(rng, places, adults, visits, sessions, gatherings, counter)
    _who_becomes_able(rng, places, adults, attended)
    events = [*visits, *sessions, *gatherings, *counter]
    for event in events:
        _write_outcomes(rng, event, attended)
    events = [event for event in events if event.people or event.occasion == "home_visit"]
    equip_households(rng, places, visits)
    for event in visits:
        event.author = author_of(event.place, event.held_on, official)
        if not nobody_was_met(event):
            colour_visit(rng, event)
    keep_appointments(visits)
    spoil_a_few(rng, visits)
    return [*events, *void_visits(rng, visits)]


def last_day_of(place):
    """The last day on which a village reported before the article."""
    silent = place.number in story.SILENT_AT_THE_ARTICLE
    return BEFORE_SILENCE if silent else story.ARTICLE_ON


def author_of(place, day, official):
    """Who wrote visits down: the leader, or an official where there is none any more."""
    gone = place.number == story.WITHOUT_A_LEADER and day > story.LEADER_LEFT_ON
    return official if gone or place.leader is None else place.leader


def _adults(place):
    return [
        person
        for house in place.houses
        for person in house.members
        if person.is_adult_on(story.ARTICLE_ON) and person.lives_here_on(story.ARTICLE_ON)
    ]


def _home_visits(rng, places):
    standing = [[house for house in place.houses if house.left_on is None] for place in places]
    weights = [len(houses) * place.pace for place, houses in zip(places, standing, strict=True)]
    caps = [int(len(houses) * 0.9) for houses in standing]
    visited = apportion(story.HOUSEHOLDS_VISITED, weights, caps)
    again = apportion(story.HOME_VISITS - story.HOUSEHOLDS_VISITED, visited)
    busiest = max(range(len(places)), key=visited.__getitem__)
    events = []
    for index, place in enumerate(places):
        chosen = rng.sample(standing[index], visited[index])
        last = last_day_of(place)
        days = {house: [draw_day(rng, story.VISIT_MONTHS, last=last)] for house in chosen}
        if last == story.ARTICLE_ON:
            for house in chosen[:2]:
                days[house] = [draw_day(rng, LAST_WEEK)]
        if index == busiest:
            for house in chosen[3:45]:
                days[house] = [story.ONE_BUSY_DAY]
        for turn, house in enumerate(rng.choices(chosen, k=again[index])):
            written_twice = turn == 0 and index % 6 == 3
            day = days[house][0] if written_twice else _another_day(rng, days[house], last)
            days[house].append(day)
        for house in chosen:
            house.visited_on = min(days[house])
            events += _visits_of_one(rng, house, sorted(days[house]))
    return events


def _visits_of_one(rng, house, days):
    """Return a household's visits; now and then nobody is at home when the team comes back."""
    visits = []
    for day in days:
        event = Event("home_visit", day, place=house.place, house=house)
        event.received_at = received(rng, day)
        chance = rng.random()
        if visits and day == visits[-1].held_on:
            event.doubts.append("same_day")
        elif visits and chance < 0.06:
            event.difficulty = "away"
            event.return_on = day + timedelta(days=7)
        elif visits and chance < 0.072:
            event.doubts.append("nobody_met")
        visits.append(event)
    return visits


def _another_day(rng, taken, last):
    day = draw_day(rng, story.VISIT_MONTHS, last=last)
    while day in taken:
        day = draw_day(rng, story.VISIT_MONTHS, last=last)
    return day


def _sessions(rng, places, adults, official):
    """Eight classes; 220 people of poor households or ethnic minorities, some of them twice."""
    lively = [place for place in places if place.pace > 0.7]
    hosts = rng.sample(lively, story.RESIDENT_SESSIONS)
    invited = [
        [
            person
            for person in adults[host]
            if person.ethnic not in ("", "Kinh") or person.house.poverty == "poor"
        ]
        for host in hosts
    ]
    sizes = apportion(story.PEOPLE_TRAINED, [1] * len(hosts))
    trained = [rng.sample(people, size) for people, size in zip(invited, sizes, strict=True)]
    twice = story.TRAINING_ATTENDANCES - story.PEOPLE_TRAINED
    events = []
    for number, (host, day) in enumerate(zip(hosts, story.SESSION_DAYS, strict=True)):
        event = Event("training_session", day, place=host, author=official)
        event.received_at = received(rng, day)
        event.session = {"title": SESSION_TITLES[number], "people": list(trained[number])}
        events.append(event)
    for earlier, later in pairwise(range(len(hosts))):
        guests = (twice + earlier) // (len(hosts) - 1)
        events[later].session["people"] += trained[earlier][:guests]
    return events


def _gatherings(rng, places, official):
    """Evenings at the cultural house: with officials at first, with the teams from July on."""
    events = []
    for place in places:
        last = last_day_of(place)
        before = [month for month in story.GUIDANCE_MONTHS if month[1] < story.TEAMS_BEGIN_ON]
        since = [month for month in story.GUIDANCE_MONTHS if month[0] >= date(2025, 8, 1)]
        days = {draw_day(rng, before) for _time in range(3)}
        days |= {draw_day(rng, since, last=last) for _time in range(5 if place.pace > 0.7 else 3)}
        for day in sorted(days):
            event = Event("gathering", day, place=place)
            event.author = official
            if day >= story.TEAMS_BEGIN_ON:
                event.author = author_of(place, day, official)
            event.received_at = received(rng, day)
            event.language = story.LANGUAGES[place.ethnic]
            events.append(event)
    return events


def _service_centre_days(rng, official):
    """One encounter for each working day at the counter, with everybody helped on it."""
    events = []
    day = story.GUIDANCE_MONTHS[0][0]
    while day <= story.ARTICLE_ON:
        if day.weekday() < 5:
            event = Event("service_centre", day, author=official)
            event.received_at = received(rng, day)
            event.unnamed = rng.choice((0, 0, 0, 1, 1, 2, 3))
            events.append(event)
        day += timedelta(days=1)
    return events


def _who_meets_whom(rng, places, adults, visits, sessions, gatherings, counter):
    """Return {person: their events}, with as many adults reached as the story says."""
    attended = {}

    def attend(person, event):
        events = attended.setdefault(person, [])
        if event not in events:
            events.append(event)

    for event in sessions:
        for person in event.session["people"]:
            attend(person, event)
    for event in visits:
        if nobody_was_met(event):
            continue
        members = [
            p for p in event.house.members if p.is_adult_on(event.held_on)
            and p.lives_here_on(event.held_on) and p.lives_here_on(story.ARTICLE_ON)
        ]  # fmt: skip
        met = [person for person in members if rng.random() < 0.68]
        for person in met or members[:1]:
            attend(person, event)
    of_place = {place: [] for place in places}
    for event in gatherings:
        of_place[event.place].append(event)
    counter_by_day = {event.held_on: event for event in counter}
    shares = [min(0.6 + 0.2 * place.pace, 0.93) for place in places]
    weights = [len(adults[p]) * share for p, share in zip(places, shares, strict=True)]
    caps = [int(len(adults[place]) * 0.97) for place in places]
    for place, quota in zip(places, apportion(story.ADULTS_REACHED, weights, caps), strict=True):
        met_already = [person for person in adults[place] if person in attended]
        others = [person for person in adults[place] if person not in attended]
        newly = sample(rng, others, quota - len(met_already))
        for person in [*newly, *sample(rng, met_already, len(met_already) // 8)]:
            if rng.random() < 0.62:
                evenings = of_place[place]
                weights = [_weight_of(event.held_on) for event in evenings]
                attend(person, rng.choices(evenings, weights)[0])
            else:
                for _errand in range(1 if rng.random() < 0.85 else 2):
                    day = draw_day(rng, story.GUIDANCE_MONTHS, weekdays_only=True)
                    attend(person, counter_by_day[day])
    return attended


def _weight_of(day):
    return next(weight for first, last, weight in story.GUIDANCE_MONTHS if first <= day <= last)


def _who_becomes_able(rng, places, adults, attended):
    """Choose who became able, the younger more often, and when: on an occasion they had."""
    reached = [[p for p in adults[place] if p in attended] for place in places]
    caps = [int(len(people) * 0.97) for people in reached]
    weights = [
        len(people) * (0.62 + 0.22 * place.pace)
        for place, people in zip(places, reached, strict=True)
    ]
    for people, quota in zip(reached, apportion(story.ADULTS_ABLE, weights, caps), strict=True):
        year = story.ARTICLE_ON.year
        people.sort(key=lambda person: (year - person.born) / 3 + rng.gauss(0, 12))
        for person in people:
            person.weak_in = rng.randrange(5)
        for person in people[:quota]:
            chosen = rng.choice(attended[person])
            person.able_on = chosen.held_on
    able = [p for people in reached for p in people if p.able_on is not None]
    for person in rng.sample(able, story.ADULTS_CONFIRMED):
        person.confirmed = True
    for events in attended.values():
        events.sort(key=lambda event: event.held_on)
    for person, events in attended.items():
        person.met_on = events[0].held_on
        for event in events:
            event.people.append(person)


def _write_outcomes(rng, event, attended):
    """Turn the people of an event into people met with outcomes."""
    people, event.people = event.people, []
    for person in people:
        first_able = next(
            (e for e in attended[person] if person.able_on and e.held_on == person.able_on), None
        )
        confirmed = person.confirmed and event is first_able
        meet(rng, event, person, able_now=event is first_able, confirmed=confirmed)
