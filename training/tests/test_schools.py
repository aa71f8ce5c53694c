"""Schools, classes, and rolls handed in one by one or for the whole school."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from training.models import ClassRoll, School, SchoolClass, SchoolYear
from villages.models import StaleMark
from villages.periods import today


@pytest.fixture
def year(db):
    start = today() - timedelta(days=60)
    return SchoolYear.objects.create(
        name="Năm nay", starts_on=start, ends_on=start + timedelta(days=364)
    )


@pytest.fixture
def school(cast):
    return School.objects.create(
        commune=cast.commune, village=cast.vi, name="THCS Mường Kim", level="lower_secondary"
    )


@pytest.fixture
def classes(school, year):
    return [
        SchoolClass.objects.create(school=school, school_year=year, grade=6, name=name)
        for name in ("6A1", "6A2")
    ]


def sheet(classes, *pairs, **more):
    row = {"counted_on": today().isoformat(), **more}
    for one, (enrolled, equipped) in zip(classes, pairs, strict=False):
        row |= {f"enrolled_{one.pk}": enrolled, f"equipped_{one.pk}": equipped}
    return row


def numbers():
    return sorted(ClassRoll.objects.values_list("school_class__name", "enrolled", "equipped"))


def test_it_works(cast, school, classes, as_user):
    client = as_user(cast.official)
    answer = client.post(
        reverse("roll_sheet", args=[school.pk]), sheet(classes, (30, 27), (32, 30))
    )
    assert answer.status_code == 302
    assert numbers() == [("6A1", 30, 27), ("6A2", 32, 30)]
    assert ClassRoll.objects.first().handed_in_by == cast.official
    assert StaleMark.objects.filter(village=cast.vi, since_on=today()).exists()
    page = client.get(reverse("school_list"))
    assert (page.context["equipped"], page.context["enrolled"]) == (57, 62)
    assert client.get(reverse("school_detail", args=[school.pk])).context["equipped"] == 57


def test_rows_left_empty_are_not_handed_in(cast, school, classes, as_user):
    as_user(cast.official).post(
        reverse("roll_sheet", args=[school.pk]), sheet(classes, (30, 0), ("", ""))
    )
    assert numbers() == [("6A1", 30, 0)]


@pytest.mark.parametrize(
    ("pair", "beside"),
    [
        (("30", "31"), "equipped"),
        (("-1", "0"), "enrolled"),
        (("30", "-5"), "equipped"),
        (("many", "5"), "enrolled"),
        (("30", ""), "equipped"),
        (("", "5"), "enrolled"),
        (("9" * 30, "5"), "enrolled"),
        (("3\0", "1"), "enrolled"),
    ],
)
def test_a_bad_row_is_named_beside_its_field_and_nothing_is_lost(
    cast, school, classes, as_user, pair, beside
):
    page = as_user(cast.official).post(
        reverse("roll_sheet", args=[school.pk]), sheet(classes, pair, (32, 29))
    )
    assert page.context["form"].errors.keys() == {f"{beside}_{classes[0].pk}"}
    assert 'value="29"' in page.text
    assert numbers() == []


@pytest.mark.parametrize("day", [1, -400, "0001-01-01", "9999-12-31", "hôm nay", ""])
def test_an_impossible_day_is_refused(cast, school, classes, as_user, day):
    if isinstance(day, int):
        day = (today() + timedelta(days=day)).isoformat()
    page = as_user(cast.official).post(
        reverse("roll_sheet", args=[school.pk]), sheet(classes, (30, 27), counted_on=day)
    )
    assert "counted_on" in page.context["form"].errors
    assert numbers() == []


def test_other_numbers_of_the_same_day_replace_the_first_only_when_asked(
    cast, school, classes, as_user
):
    client = as_user(cast.official)
    address = reverse("roll_sheet", args=[school.pk])
    client.post(address, sheet(classes, (30, 27), (32, 30)))
    StaleMark.objects.all().delete()
    client.post(address, sheet(classes, (30, 27), (32, 30)))
    assert not StaleMark.objects.exists()
    page = client.post(address, sheet(classes, (30, 28), (32, 30)))
    assert "correct" in page.context["form"].errors
    assert "6A1: 27/30" in page.text
    assert numbers() == [("6A1", 30, 27), ("6A2", 32, 30)]
    client.post(address, sheet(classes, (30, 28), (32, 30), correct="on"))
    assert numbers() == [("6A1", 30, 28), ("6A2", 32, 30)]
    assert StaleMark.objects.exists()


def test_one_class_hands_in_alone(cast, classes, as_user):
    client = as_user(cast.official)
    address = reverse("roll_add", args=[classes[1].pk])
    assert client.get(address).status_code == 200
    client.post(address, sheet(classes[1:], (33, 33)))
    assert numbers() == [("6A2", 33, 33)]


def test_a_school_and_its_class_are_added(cast, year, as_user):
    client = as_user(cast.official)
    row = {"name": "THPT Mẫu", "level": "upper_secondary", "village": cast.khi.pk}
    client.post(reverse("school_add"), row)
    school = School.objects.get()
    assert (school.commune, school.village) == (cast.commune, cast.khi)
    assert "name" in client.post(reverse("school_add"), row).context["form"].errors
    foreign = client.post(reverse("school_add"), row | {"name": "X", "village": cast.far.pk})
    assert "village" in foreign.context["form"].errors
    add = reverse("class_add", args=[school.pk])
    one = {"school_year": year.pk, "grade": 10, "name": "10A"}
    client.post(add, one)
    assert SchoolClass.objects.get().grade == 10
    assert "name" in client.post(add, one).context["form"].errors
    assert "grade" in client.post(add, one | {"grade": 6}).context["form"].errors


def test_school_years_do_not_overlap(cast, year, as_user):
    client = as_user(cast.admin)
    row = {"name": "Khác", "starts_on": date(2020, 9, 1), "ends_on": year.starts_on}
    page = client.post(reverse("school_year_add"), row)
    assert "starts_on" in page.context["form"].errors
    client.post(reverse("school_year_add"), row | {"ends_on": date(2021, 8, 31)})
    assert SchoolYear.objects.count() == 2
    assert as_user(cast.official).get(reverse("school_year_add")).status_code == 403
    assert as_user(cast.reader).get(reverse("school_year_list")).status_code == 200


def test_a_class_without_pupils_breaks_no_list(cast, school, classes, as_user):
    ClassRoll.objects.create(school_class=classes[0], counted_on=today(), enrolled=0, equipped=0)
    client = as_user(cast.reader)
    assert client.get(reverse("school_list"), {"sort": "-share"}).status_code == 200
    assert client.get(reverse("school_detail", args=[school.pk])).status_code == 200


@pytest.mark.parametrize(
    ("who", "reading", "writing"),
    [("reader", 200, 403), ("stranger", 404, 404), ("leader", 403, 403)],
)
def test_others_are_refused(cast, school, classes, as_user, who, reading, writing):
    client = as_user(getattr(cast, who))
    assert client.get(reverse("school_detail", args=[school.pk])).status_code == reading
    for name, key in (
        ("school_edit", school.pk),
        ("class_add", school.pk),
        ("roll_sheet", school.pk),
        ("roll_add", classes[0].pk),
    ):
        row = sheet(classes, (30, 27), (30, 27))
        assert client.post(reverse(name, args=[key]), row).status_code == writing
    assert numbers() == []
