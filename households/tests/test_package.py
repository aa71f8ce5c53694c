"""What a leader's phone takes along: the own villages, small, and nothing sensitive."""

import gzip
import json
import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from households.models import (
    Encounter,
    HandedHousehold,
    HandedList,
    Household,
    PersonMet,
    Resident,
    Skill,
    SkillCheck,
)
from households.package import package_of
from households.recording import Guidance, PersonOutcome, record_visit
from households.residence import add_household, add_resident
from households.worklist import worklist
from portal.testing.again import Again
from portal.testing.cast import make_cast
from villages.models import Assignment, Village
from villages.periods import today

# The database has no say in it; once is enough.
pytestmark = pytest.mark.once

PACKAGE, POVERTY = reverse("phone_package"), reverse("phone_poverty")
MOST_BYTES = 60_000


def signed_in(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def visit(cast, household, *, on=None, people=(), **said):
    return record_visit(
        uuid=uuid.uuid4(),
        author=cast.leader,
        guidance=Guidance(
            commune=cast.commune,
            village=household.village,
            household=household,
            occasion="home_visit",
            held_on=on or today(),
            content={},
            people=people,
            **said,
        ),
    )[0]


def rows_of(package):
    return {row["u"]: row for row in package["households"]}


def test_it_works(cast):
    head = cast.household.residents.get(is_head=True)
    back = today() + timedelta(days=9)
    outcomes = {cast.skills[0]: "alone", cast.skills[1]: "with_help"}
    visit(
        cast,
        cast.household,
        people=(PersonOutcome(head, outcomes, confirmed=True),),
        return_on=back,
        smart_device=True,
        connection="wifi",
    )
    answer = signed_in(cast.leader).get(PACKAGE)
    assert (answer.status_code, answer["X-Portal"]) == (200, "1")
    package = answer.json()
    assert (package["user"], package["today"]) == (str(cast.leader.pk), today().isoformat())
    assert package["as_of"] == answer["X-As-Of"]
    assert [skill["code"] for skill in package["skills"]] == ["find-information", "vneid", "qr"]
    assert [skill["required"] for skill in package["skills"]] == [True, True, False]
    assert [(v["id"], v["name"]) for v in package["villages"]] == [(cast.vi.pk, "Bản Vi")]
    assert list(rows_of(package)) == [str(cast.household.uuid), str(cast.second_household.uuid)]
    row = rows_of(package)[str(cast.household.uuid)]
    assert (row["v"], row["n"], row["d"], row["c"]) == (cast.vi.pk, 1, True, "wifi")
    assert (row["l"], row["r"], row["w"]) == (today().isoformat(), back.isoformat(), False)
    assert [m["f"] for m in row["m"]] == ["Lò Văn Mẫu", "Lường Thị Mẫu", "Lò Văn Mẫu Em"]
    assert row["m"][0] == {
        "u": str(head.uuid),
        "f": "Lò Văn Mẫu",
        "y": 1961,
        "h": 1,
        "o": "aw-",
        "e": 1,
        "b": 0,
        "k": 1,
    }
    assert (row["m"][1]["o"], row["m"][1]["b"]) == ("---", None)


def test_the_best_outcome_of_the_last_day_is_sent(cast):
    head = cast.household.residents.get(is_head=True)
    skill = cast.skills[0]

    def letter():
        row = rows_of(signed_in(cast.leader).get(PACKAGE).json())[str(cast.household.uuid)]
        return row["m"][0]["o"][0]

    for ago, outcome, seen in (
        (9, "alone", "a"),
        (5, "not_yet", "n"),
        (5, "with_help", "w"),
        (7, "alone", "w"),
        (5, "alone", "a"),
    ):
        on = today() - timedelta(days=ago)
        visit(cast, cast.household, on=on, people=(PersonOutcome(head, {skill: outcome}),))
        assert letter() == seen


def test_only_the_own_villages_travel(cast):
    """Whoever also works for the commune takes along the led village alone."""
    for who, village in (("neighbour", cast.khi), ("stranger_leader", cast.far)):
        package = signed_in(getattr(cast, who)).get(PACKAGE).json()
        assert {row["v"] for row in package["households"]} == {village.pk}
    Assignment.objects.create(
        user=cast.official,
        role="team_leader",
        commune=cast.commune,
        village=cast.khi,
        from_on=today(),
    )
    package = signed_in(cast.official).get(PACKAGE).json()
    assert {row["v"] for row in package["households"]} == {cast.khi.pk}
    Assignment.objects.filter(user=cast.leader).update(to_on=today() - timedelta(days=1))
    assert signed_in(cast.leader).get(PACKAGE).status_code == 403


@pytest.mark.parametrize("url", [PACKAGE, POVERTY])
def test_others_are_refused_in_json(cast, url):
    for who in ("official", "reader", "admin", "stranger"):
        answer = signed_in(getattr(cast, who)).get(url)
        assert (answer.status_code, answer["X-Portal"]) == (403, "1")
        assert answer.json()["error"] == "forbidden"
    out = Client().get(url)
    assert (out.status_code, out["X-Portal"], out.json()["error"]) == (401, "1", "signed_out")
    leader = signed_in(cast.leader)
    other = leader.get(url, headers={"x-user": str(cast.neighbour.pk)})
    assert (other.status_code, other.json()["error"]) == (401, "other_user")
    assert leader.get(url, headers={"x-user": str(cast.leader.pk)}).status_code == 200
    assert leader.get(url, headers={"x-user": "\u0000é"}).status_code == 401
    assert leader.post(url).status_code == 405


def test_it_is_sent_once_until_something_changes(cast):
    leader = signed_in(cast.leader)
    first = leader.get(PACKAGE, headers={"accept-encoding": "gzip"})
    assert first["Content-Encoding"] == "gzip"
    tag = first["ETag"]
    again = leader.get(PACKAGE, headers={"if-none-match": tag, "accept-encoding": "gzip"})
    assert (again.status_code, again.content, again["X-Portal"]) == (304, b"", "1")
    assert again["X-As-Of"] > first["X-As-Of"]
    visit(cast, cast.household, difficulty="away")
    changed = leader.get(PACKAGE, headers={"if-none-match": tag})
    assert changed.status_code == 200
    assert rows_of(changed.json())[str(cast.household.uuid)]["w"] is True
    neighbour = signed_in(cast.neighbour).get(PACKAGE, headers={"if-none-match": tag})
    assert neighbour.status_code == 200


def test_a_strange_tag_is_no_tag(cast):
    leader = signed_in(cast.leader)
    for tag in ('"', "*", 'W/"x"', "\u00e9", "a" * 5000, '"a", "b"'):
        answer = leader.get(PACKAGE, headers={"if-none-match": tag})
        assert answer.status_code in {200, 304}


CANARIES = {"phone": "0912345678", "poverty": "near_poor", "ethnic_group": "Dân-tộc-mẫu"}


def test_nothing_sensitive_travels(cast):
    Household.objects.update(phone=CANARIES["phone"], poverty=CANARIES["poverty"])
    Resident.objects.update(ethnic_group=CANARIES["ethnic_group"], sex="female")
    handed = HandedList.objects.create(
        village=cast.vi, title="Hộ cận nghèo chưa được hướng dẫn", is_about_poverty=True
    )
    HandedHousehold.objects.create(handed_list=handed, household=cast.household)
    leader = signed_in(cast.leader)
    package = leader.get(PACKAGE).json()
    (sent,) = package["villages"][0]["lists"]
    assert sent["households"] == [str(cast.household.uuid)]
    said = list(_walk(package))
    for canary in (*CANARIES.values(), "nghèo", "poor", "female", "Lò Thị Tổ Trưởng"):
        assert not [value for value in said if canary.casefold() in value.casefold()], canary
    assert {key for row in package["households"] for key in row} == set("uvnadclrwm")
    members = [member for row in package["households"] for member in row["m"]]
    assert {key for member in members for key in member} == set("ufyhoebk")
    poverty = leader.get(POVERTY).json()
    assert set(poverty["near_poor"]) == set(rows_of(package))
    assert poverty["poor"] == []
    assert poverty["titles"] == {str(handed.pk): handed.title}
    assert leader.get(POVERTY)["Cache-Control"] == "no-store, private"


def _walk(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner)
    else:
        yield str(value)


def test_lists_travel_while_they_are_open_and_name_what_stands_here(cast):
    handed = HandedList.objects.create(village=cast.vi, title="Bản đồ", due_on=today())
    for household in (cast.household, cast.khi_household):
        HandedHousehold.objects.create(handed_list=handed, household=household)
    lists = package_of(cast.leader)[0]["villages"][0]["lists"]
    assert lists == [
        {
            "id": handed.pk,
            "title": "Bản đồ",
            "handed_on": today().isoformat(),
            "due_on": today().isoformat(),
            "households": [str(cast.household.uuid)],
        }
    ]
    HandedList.objects.update(closed_at="2025-11-05T00:00Z")
    assert package_of(cast.leader)[0]["villages"][0]["lists"] == []


def _make_full_village():
    cast = make_cast()
    skills = [*cast.skills, cast.optional_skill] + [
        Skill.objects.create(
            code=f"ky-nang-{n}",
            name=f"Sử dụng dịch vụ công trực tuyến {n}",
            name_en=f"Use online public services {n}",
            position=20 + n,
        )
        for n in range(6)
    ]
    names = ("Lường", "Quàng", "Hoàng", "Điêu", "Giàng", "Nguyễn", "Vừ", "Thào", "Chẻo", "Lò")
    middle = ("Thị Hương", "Văn Thắng", "Thị Phương", "Đức Trường", "A Chống")
    given = ("Nguyệt", "Quyết", "Thoảng", "Xuyến", "Dưỡng", "Ngưỡng", "Phượng", "Khuyên")
    cast.people = []
    for n in range(100):
        household = add_household(
            village=cast.khi,
            since_on=date(2024, 1, 1),
            smart_device=bool(n % 2),
            connection="both",
            address=f"Cuối bản, gần suối Nậm Mẫu, cột điện số {n * 37 % 101}",
        )
        for k in range(5):
            name = f"{names[(n + k) % 10]} {middle[k]} {given[n * 7 % 8]} {given[(n + k * 3) % 8]}"
            cast.people.append(
                add_resident(
                    household=household,
                    since_on=date(2024, 1, 1),
                    full_name=name,
                    birth_year=1935 + (n * 13 + k * 17) % 85,
                    is_head=k == 0,
                )
            )
    letters = ("alone", "with_help", "not_yet")
    encounters = {}
    for household in cast.khi.households.all():
        encounters[household.pk] = Encounter.objects.create(
            household=household,
            village=cast.khi,
            commune=cast.commune,
            occasion="home_visit",
            held_on=date(2025, 10, 1) + timedelta(days=household.pk % 28),
            return_on=date(2025, 12, 1) + timedelta(days=household.pk % 25),
        )
    met, checks = [], []
    for n, person in enumerate(cast.people):
        encounter = encounters[person.household_id]
        met.append(PersonMet(encounter=encounter, resident=person, happened_on=encounter.held_on))
        checks += [
            SkillCheck(
                encounter=encounter,
                resident=person,
                skill=skill,
                outcome=letters[(n * 5 + k * k + n // 7) % 3],
                happened_on=encounter.held_on,
            )
            for k, skill in enumerate(skills)
        ]
    PersonMet.objects.bulk_create(met)
    SkillCheck.objects.bulk_create(checks)
    return cast


_full_village = Again(_make_full_village)


@pytest.fixture
def a_full_village(db):
    """A hundred households of five with long names, everything asked of everybody."""
    return _full_village()


def test_a_hundred_households_fit_a_weak_signal(a_full_village, record_property):
    answer = signed_in(a_full_village.neighbour).get(PACKAGE, headers={"accept-encoding": "gzip"})
    package = json.loads(gzip.decompress(answer.content))
    assert len(package["households"]) == 101
    assert sum(len(row["m"]) for row in package["households"]) == 501
    assert sum("-" in member["o"] for row in package["households"] for member in row["m"]) == 1
    size = len(answer.content)
    record_property("package_bytes", size)
    print(f"package of 100 households: {size} bytes compressed, of {len(json.dumps(package))}")
    assert size <= MOST_BYTES


def test_it_costs_the_same_for_any_village(a_full_village, django_assert_max_num_queries):
    cast = a_full_village

    def queries(user, url):
        client = signed_in(user)
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    small, large = queries(cast.leader, PACKAGE), queries(cast.neighbour, PACKAGE)
    assert small == large <= 20
    second = Village.objects.create(commune=cast.commune, number=8, name="Nữa", from_on=today())
    add_household(village=second, since_on=today())
    for village in (second, cast.vi):
        Assignment.objects.create(
            user=cast.neighbour,
            role="team_leader",
            commune=cast.commune,
            village=village,
            from_on=today(),
        )
    assert queries(cast.neighbour, PACKAGE) == large
    assert queries(cast.neighbour, POVERTY) == queries(cast.leader, POVERTY) <= 6


def test_the_phone_knows_what_the_worklist_knows(a_full_village):
    """What the reasons need is in the package: the same facts, letter by letter."""
    cast = a_full_village
    package = rows_of(package_of(cast.neighbour)[0])
    for entry in worklist(cast.khi, today(), with_poverty=False):
        row = package[str(entry.uuid)]
        assert row["l"] == (entry.facts.last_visit_on and entry.facts.last_visit_on.isoformat())
        for member, facts in zip(row["m"], entry.facts.members, strict=True):
            assert (member["o"][1] == "a") is facts.does_vneid_alone
            assert member["b"] == (facts.is_able if facts.is_able is None else int(facts.is_able))
