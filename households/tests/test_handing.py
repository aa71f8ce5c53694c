"""Lists handed to villages: who may hand them, how they shrink, what the teams are told."""

import uuid
from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from households.handing import (
    HandingError,
    close_list,
    hand_list,
    hand_lists,
    progress_of_lists,
    reminder_of,
    reopen_list,
)
from households.models import HandedHousehold, HandedList, Household
from households.recording import Guidance, record_visit, void_visit
from households.residence import move_household
from households.village_changes import merge_villages
from villages.models import Village
from villages.periods import today

ADD, LISTS = reverse("handed_add"), reverse("handed_list")


def signed_in(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def visit(cast, household, *, on=None, occasion="home_visit"):
    return record_visit(
        uuid=uuid.uuid4(),
        author=cast.leader,
        guidance=Guidance(
            commune=cast.commune,
            village=household.village,
            household=household,
            occasion=occasion,
            held_on=on or today(),
            content={},
            difficulty="away",
        ),
    )[0]


def counts(handed):
    progress = progress_of_lists([handed])[handed.pk]
    return progress.done, progress.open, progress.elsewhere


@pytest.fixture
def handed(cast):
    return hand_list(
        village=cast.vi,
        households=[cast.household, cast.second_household],
        title="Hộ ở xa",
        by=cast.official,
    )


def test_it_works(cast):
    official = signed_in(cast.official)
    Household.objects.filter(pk__in=[cast.household.pk, cast.khi_household.pk]).update(
        poverty="poor"
    )
    query = {"show": ["poor", "not_visited"]}
    found = official.get(reverse("household_list"), query)
    assert f"{ADD}?show=poor&amp;show=not_visited" in found.content.decode()
    page = official.get(ADD, query)
    assert page.context["total"] == 2
    assert page.context["form"]["title"].value() == "Hộ nghèo, cận nghèo, chưa được hướng dẫn"
    due = today() + timedelta(days=15)
    answer = official.post(
        ADD,
        query
        | {
            "title": "Hộ nghèo chưa được hướng dẫn",
            "due_on": due.isoformat(),
            "villages": [cast.vi.pk, cast.khi.pk],
        },
    )
    assert (answer.status_code, answer.url) == (302, LISTS)
    lists = HandedList.objects.order_by("village__number")
    assert [(one.village, one.due_on, one.is_about_poverty) for one in lists] == [
        (cast.vi, due, True),
        (cast.khi, due, True),
    ]
    assert [counts(one) for one in lists] == [(0, 1, 0), (0, 1, 0)]
    shown = official.get(LISTS).content.decode()
    assert "Hộ nghèo chưa được hướng dẫn" in shown
    assert "còn 2 / 2" in " ".join(shown.split())
    visit(cast, cast.household)
    assert counts(lists[0]) == (1, 0, 0)
    detail = official.get(reverse("handed_detail", args=[lists[1].pk])).content.decode()
    assert "Giàng A Mẫu" in detail


def test_a_list_shrinks_with_home_visits_since_it_was_handed_over(cast, handed):
    visit(cast, cast.household, on=today() - timedelta(days=1))
    visit(cast, cast.household, occasion="gathering")
    assert counts(handed) == (0, 2, 0)
    done = visit(cast, cast.household)
    assert counts(handed) == (1, 1, 0)
    void_visit(encounter=done, reason="nhầm", by=cast.leader)
    assert counts(handed) == (0, 2, 0)


def test_a_household_that_moves_away_is_not_waited_for(cast, handed):
    move_household(household=cast.second_household, village=cast.khi, on=today())
    assert counts(handed) == (0, 1, 1)
    leader = signed_in(cast.leader).get(reverse("handed_detail", args=[handed.pk]))
    assert "Chuyển sang bản khác" in leader.content.decode()
    assert "Vàng Thị Mẫu" not in leader.content.decode()
    visit(cast, cast.household)
    assert (
        "Mọi hộ"
        in signed_in(cast.leader).get(reverse("handed_detail", args=[handed.pk])).content.decode()
    )


def test_the_lists_of_a_merged_village_go_along(cast, handed):
    closed = hand_list(
        village=cast.vi, households=[cast.household], title="Đã xong", by=cast.official
    )
    close_list(handed=closed)
    merge_villages(former=cast.vi, successor=cast.khi, effective_on=today())
    handed.refresh_from_db()
    closed.refresh_from_db()
    assert (handed.village, counts(handed)) == (cast.khi, (0, 2, 0))
    assert (closed.village, counts(closed)) == (cast.vi, (0, 1, 0))
    page = signed_in(cast.neighbour).get(reverse("my_village"))
    assert "Hộ ở xa" in page.content.decode()


def test_handing_twice_makes_one_list(cast, handed):
    again = hand_list(
        village=cast.vi, households=[cast.household], title=" Hộ ở xa ", by=cast.admin
    )
    assert again == handed
    assert counts(handed) == (0, 2, 0)
    close_list(handed=handed)
    assert (
        hand_list(village=cast.vi, households=[cast.household], title="Hộ ở xa", by=cast.admin)
        != handed
    )


@pytest.mark.parametrize("title", ["Hộ nghèo", "HO CAN NGHEO", "Poor households", "Poverty list"])
def test_a_title_that_tells_who_is_poor_marks_its_list(cast, title):
    handed = hand_list(village=cast.vi, households=[cast.household], title=title, by=cast.official)
    assert handed.is_about_poverty
    assert title not in str(handed)
    entry = LogEntry.objects.get_for_object(handed).get()
    assert title not in f"{entry.changes} {entry.object_repr}"
    detail, lists = reverse("handed_detail", args=[handed.pk]), LISTS
    for who, sees in (("official", True), ("leader", True), ("reader", False)):
        for page in (detail, lists):
            said = signed_in(getattr(cast, who)).get(page).content.decode()
            assert (title in said) is sees, (who, page)


def test_nothing_is_handed_over_that_makes_no_sense(cast):
    for households in ([], [cast.khi_household]):
        with pytest.raises(HandingError):
            hand_list(village=cast.vi, households=households, title="x", by=cast.official)
    Village.objects.filter(pk=cast.khi.pk).update(to_on=today() - timedelta(days=1))
    with pytest.raises(HandingError):
        hand_lists(households=[cast.household, cast.khi_household], title="x", by=cast.official)
    assert not HandedList.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 121),
        ("title", "a\x00"),
        ("due_on", "2001-01-01"),
        ("due_on", "0001-01-01"),
        ("due_on", "31.11"),
        ("villages", []),
        ("villages", ["999999"]),
        ("villages", ["9" * 40]),
        ("villages", ["\x00"]),
        ("q", "nobody is called like this"),
    ],
)
def test_a_wrong_form_is_told_and_kept(cast, field, value):
    official = signed_in(cast.official)
    said = {"title": "Danh sách mẫu", "villages": [cast.vi.pk], "due_on": ""} | {field: value}
    answer = official.post(ADD, said)
    assert answer.status_code == 400
    assert not HandedList.objects.exists()
    if field in {"due_on", "villages"}:
        assert "Danh sách mẫu" in answer.content.decode()


def test_nobody_hands_over_households_of_others(cast):
    said = {"title": "Danh sách", "villages": [cast.vi.pk]}
    assert signed_in(cast.stranger).post(ADD, said).status_code == 400
    for who in ("leader", "reader"):
        assert signed_in(getattr(cast, who)).post(ADD, said).status_code == 403
    assert not HandedList.objects.exists()
    assert signed_in(cast.official).post(ADD, said | {"village": cast.khi.pk}).status_code == 400


def test_closing_and_opening_again(cast, handed):
    close, reopen = (reverse(name, args=[handed.pk]) for name in ("handed_close", "handed_reopen"))
    for who, status in (("leader", 403), ("reader", 403), ("stranger", 404)):
        assert signed_in(getattr(cast, who)).post(close).status_code == status
    official, leader = signed_in(cast.official), signed_in(cast.leader)
    assert official.get(close).status_code == 405
    assert official.post(close).status_code == official.post(close).status_code == 302
    handed.refresh_from_db()
    assert handed.closed_at is not None
    assert "Hộ ở xa" not in leader.get(reverse("my_village")).content.decode()
    assert "Hộ ở xa" not in official.get(LISTS).content.decode()
    assert "Hộ ở xa" in official.get(LISTS, {"show": "closed"}).content.decode()
    assert official.post(reopen).status_code == 302
    assert "Hộ ở xa" in leader.get(reverse("my_village")).content.decode()
    assert reopen_list(handed=handed).closed_at is None


def test_the_leader_goes_from_the_list_to_the_visit(cast, handed):
    leader = signed_in(cast.leader)
    assert (
        reverse("handed_detail", args=[handed.pk])
        in leader.get(reverse("my_village")).content.decode()
    )
    page = leader.get(reverse("handed_detail", args=[handed.pk])).content.decode()
    assert f"{reverse('visit_form')}?household={cast.household.uuid}" in page
    for who in ("neighbour", "stranger", "stranger_leader"):
        client = signed_in(getattr(cast, who))
        assert client.get(reverse("handed_detail", args=[handed.pk])).status_code == 404
    household = leader.get(reverse("household_detail", args=[cast.household.uuid]))
    assert "Hộ ở xa" in household.content.decode()


def test_the_reminder_names_no_person_and_no_reason(cast, handed):
    poor = hand_list(
        village=cast.khi,
        households=[cast.khi_household],
        title="Hộ nghèo",
        by=cast.official,
        due_on=today(),
    )
    text = signed_in(cast.official).get(reverse("handed_reminder")).context["text"]
    written = f"{today():%d/%m}"
    assert f"- Bản Vi: còn 2 hộ trong danh sách giao ngày {written}\n" in text
    assert f"- Bản Khì: còn 1 hộ trong danh sách giao ngày {written}, hạn {written}\n" in text
    for canary in ("nghèo", "Mẫu", "Hộ ở xa", "001"):
        assert canary not in text
    visit(cast, cast.khi_household)
    assert "Bản Khì" not in signed_in(cast.reader).get(reverse("handed_reminder")).context["text"]
    assert signed_in(cast.leader).get(reverse("handed_reminder")).status_code == 403
    HandedList.objects.filter(pk=poor.pk).update(
        handed_on=today() - timedelta(days=9), due_on=today() - timedelta(days=2)
    )
    poor.refresh_from_db()
    with translation.override("en"):
        late = reminder_of(poor, progress_of_lists([poor])[poor.pk])
    assert f"overdue since {today() - timedelta(days=2):%d/%m}" in late


def test_it_costs_the_same_for_many_lists(cast, handed):
    official, leader = signed_in(cast.official), signed_in(cast.leader)

    def queries(client, url):
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        return len(captured)

    pages = [
        (official, LISTS),
        (official, reverse("handed_reminder")),
        (leader, reverse("my_village")),
        (official, reverse("handed_detail", args=[handed.pk])),
    ]
    before = [queries(*page) for page in pages]
    for number in range(6):
        hand_lists(
            households=Household.objects.filter(village__commune=cast.commune),
            title=f"Danh sách {number}",
            by=cast.official,
        )
    HandedHousehold.objects.filter(handed_list=handed).first().delete()
    assert [queries(*page) for page in pages] == before
    assert max(before) < 40
