"""Villages, households and residents that never were."""

from datetime import timedelta

from portal.demo import story
from portal.demo.sharing import apportion, sample
from villages.text import fold

ETHNIC_WEIGHTS = {"Thái": 62, "Mông": 24, "Khơ Mú": 7, "Kinh": 4, "Dao": 3}
ADULTS_PER_HOUSEHOLD = ((1, 2, 3, 4, 5), (5, 29, 31, 23, 12))
MINORS_PER_HOUSEHOLD = ((0, 1, 2, 3, 4), (16, 27, 30, 20, 7))
POVERTY = (("poor", "near_poor", "not_poor", ""), (23, 12, 62, 3))
CONNECTIONS = (("mobile", "wifi", "both"), (70, 8, 22))
ADULT_AT_THE_ARTICLE = story.ARTICLE_ON.year - 18
LEFT_BEFORE, HOUSEHOLDS_LEFT_BEFORE, HOUSEHOLDS_MOVED = 96, 4, 3


class Place:
    """A village: how large it is and how briskly its team works (1 is middling)."""

    __slots__ = ("ethnic", "houses", "leader", "leader_sex", "name", "number", "pace", "pk")

    def __init__(self, number, name, ethnic, pace):
        self.number, self.name, self.ethnic, self.pace = number, name, ethnic, pace
        self.houses = []
        self.pk = self.leader = None
        self.leader_sex = ""


class House:
    """A household, with what was observed of it so far."""

    __slots__ = (
        "connection", "device", "device_since", "due_on", "former", "left_on", "members",
        "moved_on", "number", "observations", "pk", "place", "poverty", "surveyed", "uuid",
        "visited_on",
    )  # fmt: skip

    def __init__(self, place, number, poverty, connection):
        self.place, self.number = place, number
        self.poverty, self.connection = poverty, connection
        self.members, self.observations = [], []
        self.device = self.device_since = self.pk = self.uuid = None
        self.surveyed = False
        self.former = self.moved_on = self.left_on = self.visited_on = self.due_on = None


class Person:
    """A resident, with how far guidance has brought them."""

    __slots__ = (
        "able_on", "born", "confirmed", "ended", "ethnic", "from_on", "house", "is_head", "met_on",
        "name", "pk", "sex", "to_on", "uuid", "weak_in",
    )  # fmt: skip

    def __init__(self, house, name, born, sex, ethnic, from_on=story.STORY_BEGINS_ON):
        self.house, self.name, self.born, self.sex = house, name, born, sex
        self.ethnic, self.from_on = ethnic, from_on
        self.is_head = self.confirmed = False
        self.to_on = self.able_on = self.met_on = self.pk = self.uuid = None
        self.ended, self.weak_in = "", 0

    def lives_here_on(self, day):
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)

    def is_adult_on(self, day):
        return self.born <= day.year - 18


def person_name(rng, ethnic, sex, surname=None):
    """Invent a full name: a surname heard in these valleys, a given name that is not."""
    surname = surname or rng.choice(story.SURNAMES[ethnic])
    middle = "Thị" if sex == "female" else "A" if ethnic == "Mông" else "Văn"
    return f"{surname} {middle} {rng.choice(story.GIVEN_NAMES)}"


def own_name(house, name, born):
    """Return a name that nobody born that year bears in the household, near the one drawn."""
    return free_name(name, {fold(person.name) for person in house.members if person.born == born})


def free_name(name, taken):
    """Return a name that is not among the folded ones taken.

    Nothing is drawn for it, so that everything else stays as it was.
    """
    *before, given = name.split()
    turn = story.GIVEN_NAMES.index(given)
    while fold(name) in taken:
        turn = (turn + 1) % len(story.GIVEN_NAMES)
        name = " ".join([*before, story.GIVEN_NAMES[turn]])
    return name


def make_places(rng):
    """Invent the 43 villages; Vi and Khì are the two that are known by name."""
    places = []
    for number in range(1, story.VILLAGES + 1):
        name = {story.VI: "Vi", story.KHI: "Khì"}.get(number, f"Bản mẫu {number:02d}")
        if number in (story.VI, story.KHI):
            ethnic = "Thái"
        else:
            ethnic = rng.choices(list(ETHNIC_WEIGHTS), ETHNIC_WEIGHTS.values())[0]
        if number == story.VI:
            pace = 1.45
        elif number in story.SLOW:
            pace = rng.uniform(0.35, 0.5)
        elif number in story.SILENT_AT_THE_ARTICLE or number == story.WITHOUT_A_LEADER:
            pace = rng.uniform(0.45, 0.6)
        else:
            pace = rng.uniform(0.75, 1.4)
        places.append(Place(number, name, ethnic, pace))
    return places


def make_households(rng, places):
    """Invent 4,200 households that stand on the article's day, and a few that left."""
    weights = [rng.uniform(0.55, 1.5) for _place in places]
    weights[story.VI - 1] = 1.2
    for place, size in zip(places, apportion(story.HOUSEHOLDS, weights), strict=True):
        for number in range(1, size + 1):
            place.houses.append(_house(rng, place, number))
    houses = [house for place in places for house in place.houses]
    for house in sample(rng, houses, HOUSEHOLDS_MOVED):
        others = [place for place in places if place is not house.place]
        house.former = rng.choice(others)
        house.moved_on = story.STORY_BEGINS_ON + timedelta(days=rng.randint(40, 160))
    return houses


def _house(rng, place, number):
    connection = rng.choices(*CONNECTIONS)[0]
    if place.number in story.WITHOUT_SIGNAL and rng.random() < 0.6:
        connection = "none"
    return House(place, number, rng.choices(*POVERTY)[0], connection)


def settle_residents(rng, houses):
    """Fill the households so that residents and adults sum up to the story's numbers."""
    adults = _draw_sizes(rng, houses, ADULTS_PER_HOUSEHOLD, story.ADULTS, 6)
    minors = _draw_sizes(
        rng, houses, MINORS_PER_HOUSEHOLD, story.RESIDENTS - story.ADULTS, 6, least=0
    )
    for house, adult_count, minor_count in zip(houses, adults, minors, strict=True):
        _fill(rng, house, adult_count, minor_count)
    _let_some_leave(rng, houses)


def _draw_sizes(rng, houses, distribution, total, most, least=1):
    sizes = rng.choices(*distribution, k=len(houses))
    while (missing := total - sum(sizes)) != 0:
        step = 1 if missing > 0 else -1
        index = rng.randrange(len(sizes))
        if least <= sizes[index] + step <= most:
            sizes[index] += step
    return sizes


def _fill(rng, house, adult_count, minor_count):
    year = story.ARTICLE_ON.year
    ethnic = house.place.ethnic
    if rng.random() < 0.15:
        ethnic = rng.choices(list(ETHNIC_WEIGHTS), ETHNIC_WEIGHTS.values())[0]
    shown = ethnic if rng.random() < 0.95 else ""
    surname = rng.choice(story.SURNAMES[ethnic])
    head_age = min(max(int(rng.gauss(42, 12)), 23), 84)
    head_sex = "male" if rng.random() < 0.82 else "female"

    def add(age, sex, own_surname=None):
        born = max(min(year - age, ADULT_AT_THE_ARTICLE), 1931) if age >= 18 else year - age
        from_on = story.STORY_BEGINS_ON
        if born == year:
            from_on += timedelta(days=rng.randrange(300))
        name = own_name(house, person_name(rng, ethnic, sex, own_surname), born)
        person = Person(house, name, born, sex, shown, from_on)
        house.members.append(person)
        return person

    add(head_age, head_sex, surname).is_head = True
    for position in range(1, adult_count):
        if position == 1 and rng.random() < 0.9:
            age = max(18, head_age + rng.randint(-6, 5))
            add(age, "female" if head_sex == "male" else "male")
        elif head_age >= 40 and rng.random() < 0.75:
            age = rng.randint(18, max(18, head_age - 19))
            add(min(age, 38), rng.choice(("male", "female")), surname)
        else:
            add(min(head_age + rng.randint(19, 32), 92), rng.choice(("male", "female")))
    oldest_child = min(17, max(1, head_age - 18))
    for _position in range(minor_count):
        add(rng.randint(0, oldest_child), rng.choice(("male", "female")), surname)


def _let_some_leave(rng, houses):
    """Add people and households who were here in January and had left by the article."""

    def leave(person, day):
        person.to_on = day
        person.ended = "deceased" if person.born < 1965 and rng.random() < 0.8 else "moved"

    for house in sample(rng, houses, LEFT_BEFORE):
        born = rng.choice((rng.randint(1938, 1964), rng.randint(1985, 2006)))
        sex = rng.choice(("male", "female"))
        ethnic = house.members[0].ethnic or house.place.ethnic
        name = own_name(house, person_name(rng, ethnic, sex), born)
        person = Person(house, name, born, sex, ethnic)
        house.members.append(person)
        leave(person, story.STORY_BEGINS_ON + timedelta(days=rng.randint(35, 295)))
    for place in sample(rng, [house.place for house in houses], HOUSEHOLDS_LEFT_BEFORE):
        house = _house(rng, place, len(place.houses) + 1)
        house.left_on = story.STORY_BEGINS_ON + timedelta(days=rng.randint(60, 250))
        place.houses.append(house)
        houses.append(house)
        _fill(rng, house, 2, 1)
        for person in house.members:
            person.is_head = False
            person.from_on = story.STORY_BEGINS_ON
            person.to_on, person.ended = house.left_on, "moved"


def let_time_pass(rng, houses, first, days):
    """In a month after the article a few residents die, move away or are born."""
    for house in sample(rng, houses, 11):
        others = [p for p in house.members[1:] if p.to_on is None and p.is_adult_on(first)]
        if house.left_on is None and others:
            person = rng.choice(others)
            person.to_on = first + timedelta(days=rng.randrange(days))
            person.ended = "deceased" if person.born < 1965 else "moved"
    for house in sample(rng, houses, 14):
        if house.left_on is None:
            ethnic = house.members[0].ethnic
            sex = rng.choice(("male", "female"))
            surname = house.members[0].name.split()[0]
            name = person_name(rng, ethnic or house.place.ethnic, sex, surname)
            born_on = first + timedelta(days=rng.randrange(days))
            name = own_name(house, name, born_on.year)
            house.members.append(Person(house, name, born_on.year, sex, ethnic, born_on))
