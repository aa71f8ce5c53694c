"""Schools, classes, and rolls handed in one by one or for the whole school."""

from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from portal.testing.cast import LONG_SINCE, make_user
from training.confirming import Standing, confirmations
from training.models import (
    ClassRoll,
    School,
    SchoolAccount,
    SchoolClass,
    SchoolYear,
    TaughtModule,
)
from training.school_years import name_a_grade_up
from villages.access import scope_of
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


@pytest.fixture
def school_person(cast, school):
    user = make_user("school", "school", cast.commune, full_name="Cô Hiệu Phó")
    SchoolAccount.objects.create(school=school, user=user, from_on=LONG_SINCE)
    return user


@pytest.fixture
def modules(db):
    return [
        TaughtModule.objects.get_or_create(code=code, defaults={"name": code})[0]
        for code in ("digital-skills", "online-safety")
    ]


def confirm(client, school):
    address = reverse("school_confirm", args=[school.pk])
    return client.post(address, {"seen": client.get(address).context["seen"]})


def standing(school):
    return confirmations([school], SchoolYear.objects.get(), today())[school.pk].standing


def test_a_school_hands_in_its_rolls_with_modules_and_confirms_them(
    cast, school, classes, modules, school_person, as_user
):
    client = as_user(school_person)
    assert client.get(reverse("home")).url == reverse("my_school")
    page = client.get(reverse("my_school"))
    assert [one.pk for one in page.context["schools"]] == [school.pk]
    row = sheet(classes, (30, 27), (32, 30))
    row[f"modules_{classes[0].pk}"] = [module.pk for module in modules]
    client.post(reverse("roll_sheet", args=[school.pk]), row)
    roll = ClassRoll.objects.get(school_class=classes[0])
    assert (roll.handed_in_by, set(roll.modules.all())) == (school_person, set(modules))
    assert standing(school) == Standing.WAITING
    assert confirm(client, school).url == reverse("my_school")
    roll.refresh_from_db()
    assert roll.confirmed_by == school_person
    assert standing(school) == Standing.CONFIRMED
    officials = as_user(cast.official).get(reverse("school_list"))
    assert officials.context["unconfirmed"] == 0


def test_a_correction_waits_for_the_school_to_confirm_it_again(
    cast, school, classes, modules, school_person, as_user
):
    client = as_user(school_person)
    numbers_ = sheet(classes, (30, 27), (32, 30))
    client.post(reverse("roll_sheet", args=[school.pk]), numbers_)
    confirm(client, school)
    client = as_user(cast.official)
    # The same numbers again change nothing; other modules alone do.
    client.post(reverse("roll_sheet", args=[school.pk]), numbers_)
    assert standing(school) == Standing.CONFIRMED
    numbers_[f"modules_{classes[1].pk}"] = modules[0].pk
    refused = client.post(reverse("roll_sheet", args=[school.pk]), numbers_)
    assert "correct" in refused.context["form"].errors
    client.post(reverse("roll_sheet", args=[school.pk]), numbers_ | {"correct": "on"})
    assert standing(school) == Standing.WAITING
    page = client.get(reverse("school_list"), {"standing": "open"})
    assert [one.pk for one in page.context["page"]] == [school.pk]
    assert not client.get(reverse("school_list"), {"standing": "confirmed"}).context["page"]
    confirm(as_user(school_person), school)
    assert standing(school) == Standing.CONFIRMED


def test_numbers_that_changed_meanwhile_are_not_confirmed(
    cast, school, classes, school_person, as_user
):
    client = as_user(school_person)
    client.post(reverse("roll_sheet", args=[school.pk]), sheet(classes, (30, 27)))
    address = reverse("school_confirm", args=[school.pk])
    refused = client.post(address, {"seen": client.get(address).context["seen"]})
    assert refused.context["refused"], "a class has no roll yet"
    client.post(reverse("roll_sheet", args=[school.pk]), sheet(classes, (30, 27), (32, 30)))
    seen = client.get(address).context["seen"]
    ClassRoll.objects.filter(school_class=classes[1]).update(equipped=31)
    assert client.post(address, {"seen": seen}).context["refused"]
    assert not ClassRoll.objects.exclude(confirmed_at=None).exists()


def test_what_was_confirmed_last_quarter_is_confirmed_anew(school, classes, school_person, as_user):
    client = as_user(school_person)
    client.post(reverse("roll_sheet", args=[school.pk]), sheet(classes, (30, 27), (32, 30)))
    confirm(client, school)
    before = timezone.now() - timedelta(days=100)
    ClassRoll.objects.update(confirmed_at=before)
    assert standing(school) == Standing.EARLIER
    confirm(client, school)
    assert standing(school) == Standing.CONFIRMED


def test_a_school_reaches_no_other_school(cast, school, classes, school_person, as_user):
    other = School.objects.create(
        commune=cast.commune, name="THPT Bên Cạnh", level="upper_secondary"
    )
    room = SchoolClass.objects.create(
        school=other, school_year=classes[0].school_year, grade=10, name="10A"
    )
    client = as_user(school_person)
    for name, key in (
        ("school_detail", other.pk), ("roll_sheet", other.pk), ("class_add", other.pk),
        ("school_confirm", other.pk), ("school_promote", other.pk), ("roll_add", room.pk),
    ):  # fmt: skip
        assert client.get(reverse(name, args=[key])).status_code == 404
        assert client.post(reverse(name, args=[key])).status_code in {404, 405}
    for name in ("school_list", "staff_list", "dashboard", "household_list", "school_add"):
        assert client.get(reverse(name)).status_code == 403
    assert client.get(reverse("school_account", args=[school.pk])).status_code == 403
    assert "Bên Cạnh" not in client.get(reverse("my_school")).text


def test_an_account_is_given_and_ended(cast, school, as_user):
    teacher = make_user("co-giao", full_name="Cô Giáo")
    client = as_user(cast.official)
    page = reverse("school_account", args=[school.pk])
    client.post(page, {"username": "co-giao"})
    account = SchoolAccount.objects.get()
    assert scope_of(get_user_model().objects.get(pk=teacher.pk)).role == "school"
    assert "username" in client.post(page, {"username": "co-giao"}).context["form"].errors
    assert as_user(teacher).get(reverse("my_school")).status_code == 200
    SchoolAccount.objects.update(from_on=today() - timedelta(days=9))
    teacher.assignments.update(from_on=today() - timedelta(days=9))
    client = as_user(cast.official)
    end = reverse("school_account_end", args=[account.pk])
    assert client.get(end).status_code == 200
    client.post(end)
    account.refresh_from_db()
    assert account.to_on == today() - timedelta(days=1)
    assert as_user(teacher).get(reverse("my_school")).status_code == 403


def test_only_an_account_without_other_work_becomes_a_school_s(cast, school, as_user):
    make_user("far-school", "school", cast.elsewhere)
    client = as_user(cast.official)
    page = reverse("school_account", args=[school.pk])
    said = {
        str(client.post(page, {"username": name}).context["form"].errors["username"])
        for name in ("official", "admin", "leader", "stranger", "far-school", "nobody", "x" * 100)
    }
    assert len(said) == 1, "whether such an account exists is not told"
    for bad in ("\x00", "y" * 400, ""):
        assert client.post(page, {"username": bad}).context["form"].errors
    assert not SchoolAccount.objects.exists()


def test_classes_go_up_a_grade_once(cast, school, year, as_user):
    former = SchoolYear.objects.create(
        name="Năm ngoái", starts_on=year.starts_on - timedelta(days=365),
        ends_on=year.starts_on - timedelta(days=1),
    )  # fmt: skip
    for grade, name in ((6, "6A1"), (8, "8 Chọn"), (9, "9A")):
        SchoolClass.objects.create(school=school, school_year=former, grade=grade, name=name)
    client = as_user(cast.official)
    address = reverse("school_promote", args=[school.pk])
    page = client.get(address)
    assert [(one.name, one.grade) for one in page.context["promotions"]] == [
        ("7A1", 7), ("9 Chọn", 9), ("", None),
    ]  # fmt: skip
    assert not school.classes.filter(school_year=year).exists(), "looking changes nothing"
    client.post(address)
    client.post(address)
    made = school.classes.filter(school_year=year).values_list("name", "grade")
    assert sorted(made) == [("7A1", 7), ("9 Chọn", 9)]


@pytest.mark.parametrize(
    ("name", "grade", "next_name"),
    [("6A", 6, "7A"), ("9A1", 9, "10A1"), ("10A10", 10, "11A10"), ("61", 6, "61"),
     ("Chuyên Toán", 10, "Chuyên Toán"), ("Lớp 6B", 6, "Lớp 7B")],
)  # fmt: skip
def test_a_class_is_named_a_grade_up(name, grade, next_name):
    assert name_a_grade_up(name, grade) == next_name


def test_modules_without_numbers_are_not_lost_in_silence(cast, school, classes, modules, as_user):
    client = as_user(cast.official)
    row = sheet(classes, (30, 27)) | {f"modules_{classes[1].pk}": modules[0].pk}
    page = client.post(reverse("roll_sheet", args=[school.pk]), row)
    assert f"enrolled_{classes[1].pk}" in page.context["form"].errors
    assert not ClassRoll.objects.exists()
    for bad in ("9" * 40, "\x00", "x"):
        row[f"modules_{classes[1].pk}"] = bad
        page = client.post(reverse("roll_sheet", args=[school.pk]), row)
        assert f"modules_{classes[1].pk}" in page.context["form"].errors


@pytest.fixture
def confirmed(classes, cast):
    """Two rolls of 6A1, the earlier and the last, both confirmed by the school."""
    return [
        ClassRoll.objects.create(
            school_class=classes[0],
            counted_on=today() - timedelta(days=days),
            enrolled=30,
            equipped=equipped,
            confirmed_by=cast.official,
            confirmed_at=timezone.now() - timedelta(days=days),
        )
        for days, equipped in ((20, 21), (2, 12))
    ]


def typed_roll(roll, **changes):
    said = {"counted_on": f"{roll.counted_on}", "enrolled": roll.enrolled}
    return said | {"equipped": roll.equipped} | changes


def test_a_school_year_is_corrected_around_its_rolls(cast, year, confirmed, as_user):
    client = as_user(cast.admin)
    address = reverse("school_year_edit", args=[year.pk])
    said = {"name": "2026-2027", "starts_on": year.starts_on, "ends_on": year.ends_on}
    late = client.post(address, said | {"starts_on": today() - timedelta(days=10)})
    assert "starts_on" in late.context["form"].errors
    early = client.post(address, said | {"ends_on": today() - timedelta(days=10)})
    assert "ends_on" in early.context["form"].errors
    StaleMark.objects.all().delete()
    client.post(address, said | {"starts_on": year.starts_on - timedelta(days=5)})
    year.refresh_from_db()
    assert year.name == "2026-2027"
    assert StaleMark.objects.filter(village=cast.vi, since_on=year.starts_on).exists()
    assert as_user(cast.official).get(address).status_code == 403


def test_a_roll_is_corrected_and_the_school_confirms_it_again(cast, confirmed, as_user):
    before, last = confirmed
    client = as_user(cast.official)
    address = reverse("roll_edit", args=[last.pk])
    client.post(address, typed_roll(last))
    last.refresh_from_db()
    assert last.confirmed_at, "the same numbers change nothing"
    twice = client.post(address, typed_roll(last, counted_on=f"{before.counted_on}"))
    assert "counted_on" in twice.context["form"].errors
    many = client.post(address, typed_roll(last, equipped=31))
    assert "equipped" in many.context["form"].errors
    StaleMark.objects.all().delete()
    client.post(address, typed_roll(last, equipped=22))
    last.refresh_from_db()
    before.refresh_from_db()
    assert (last.equipped, last.confirmed_at, last.handed_in_by) == (22, None, cast.official)
    assert before.confirmed_at, "what was confirmed of an earlier day was not touched"
    assert StaleMark.objects.filter(village=cast.vi, since_on=last.counted_on).exists()


def test_a_roll_deleted_leaves_the_one_before_to_be_confirmed(cast, confirmed, as_user):
    before, last = confirmed
    client = as_user(cast.official)
    address = reverse("roll_delete", args=[last.pk])
    assert "12" in client.get(address).text
    assert client.post(address).status_code == 302
    before.refresh_from_db()
    assert before.confirmed_at is None
    assert ClassRoll.objects.current_on(today()).get() == before


def test_an_earlier_roll_deleted_leaves_the_last_one_confirmed(cast, confirmed, as_user):
    before, last = confirmed
    as_user(cast.official).post(reverse("roll_delete", args=[before.pk]))
    assert ClassRoll.objects.get().confirmed_at == last.confirmed_at


def test_a_class_is_renamed_but_not_into_another_year_or_name(cast, classes, confirmed, as_user):
    one, other = classes
    client = as_user(cast.official)
    address = reverse("class_edit", args=[one.pk])
    assert "school_year" not in client.get(address).context["form"].fields
    taken = client.post(address, {"grade": 6, "name": other.name})
    assert "name" in taken.context["form"].errors
    client.post(address, {"grade": 7, "name": "7A1"})
    one.refresh_from_db()
    assert (one.grade, one.name, one.rolls.count()) == (7, "7A1", 2)


def test_a_school_corrects_its_own_rolls_only(cast, school, confirmed, as_user):
    person = make_user("school", "school", cast.commune)
    SchoolAccount.objects.create(school=school, user=person, from_on=LONG_SINCE)
    stranger = make_user("other-school", "school", cast.commune)
    last = confirmed[1]
    for user, status in ((stranger, 404), (cast.reader, 403), (person, 302)):
        client = as_user(user)
        edit = client.post(reverse("roll_edit", args=[last.pk]), typed_roll(last, equipped=13))
        assert edit.status_code == status
    assert client.post(reverse("roll_delete", args=[last.pk])).status_code == 302
    assert ClassRoll.objects.count() == 1
