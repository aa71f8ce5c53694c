"""Lists of schools, enterprises and communications."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from portal.testing.importing import Lists
from portal.testing.lists import ListDesk, outcomes
from training.models import (
    ClassRoll,
    Communication,
    Enterprise,
    School,
    SchoolClass,
    SchoolYear,
    TaughtModule,
    WorkerDeclaration,
)
from villages.importing.headings import match_headings
from villages.importing.kinds import Request, all_kinds, kind_of

pytestmark = pytest.mark.django_db
ROLL = {
    "school": "Trường THCS số 1", "level": "lower_secondary", "village": "Vi",
    "school_year": "2025-2026", "grade": "6", "name": "6A1", "enrolled": "36", "equipped": "31",
    "counted_on": "2025-10-24",
}  # fmt: skip
COOPERATIVE = {
    "enterprise": "HTX chè mẫu", "village": "Khì", "declared_on": "2025-09-25", "workers": "46",
    "equipped": "30",
}  # fmt: skip
ITEM = {
    "title": "Người cao tuổi học dùng điện thoại", "kind": "news", "channel": "facebook",
    "published_on": "2025-10-15", "reach": "1200",
}  # fmt: skip


@pytest.fixture
def schools(cast):
    for position, (code, name) in enumerate([("skills", "Kỹ năng số"), ("ai", "Trí tuệ nhân tạo")]):
        TaughtModule.objects.get_or_create(
            code=f"{code}-of-test", defaults={"name": name, "position": position}
        )
    return ListDesk("schools", commune=cast.commune, user=cast.official)


@pytest.fixture
def declarations(cast):
    return ListDesk("declarations", commune=cast.commune, user=cast.official)


@pytest.fixture
def communications(cast):
    return ListDesk("communications", commune=cast.commune, user=cast.official)


def test_schools_classes_and_rolls_come_in(schools, cast):
    earlier = ROLL | {"counted_on": "2025-09-05", "equipped": "20"}
    rows = schools.bring(earlier, ROLL, ROLL | {"name": "7B", "grade": ""})
    assert outcomes(rows) == ["new", "new", "new"]
    school = School.objects.get()
    assert (school.level, school.village) == ("lower_secondary", cast.vi)
    assert SchoolYear.objects.get().ends_on == date(2026, 8, 31)
    assert set(SchoolClass.objects.values_list("name", "grade")) == {("6A1", 6), ("7B", 7)}
    assert ClassRoll.objects.count() == 3
    assert {roll.handed_in_by for roll in ClassRoll.objects.all()} == {cast.official}
    assert set(outcomes(schools.plan(earlier, ROLL))) == {"same"}


def test_a_school_year_that_the_list_would_make_is_said_before(cast, client):
    rows = [ROLL, ROLL | {"name": "6A2"}, ROLL | {"school_year": "2029-2030", "counted_on": ""}]
    run = Lists(cast.official, cast.commune).upload("schools", *rows)
    client.force_login(cast.official)
    said = client.get(reverse("import_preview", args=[run.uuid])).text
    assert said.count("Năm học 2025-2026 chưa có: sẽ được tạo, từ 01/09/2025 đến 31/08/2026.") == 1
    assert said.count("Trường «Trường THCS số 1» chưa có: sẽ được tạo.") == 1
    assert "Năm học 2029-2030" not in said, "its row is wrong and brings nothing"
    assert not SchoolYear.objects.exists()
    SchoolYear.objects.create(
        name="2025-2026", starts_on=date(2025, 9, 1), ends_on=date(2026, 8, 31)
    )
    again = Lists(cast.official, cast.commune).upload("schools", ROLL)
    assert (
        "Năm học 2025-2026 chưa có"
        not in client.get(reverse("import_preview", args=[again.uuid])).text
    )


@pytest.mark.parametrize(
    ("said", "column"),
    [
        ({"equipped": "37"}, "equipped"),
        ({"equipped": ""}, "equipped"),
        ({"enrolled": ""}, "enrolled"),
        ({"counted_on": ""}, "counted_on"),
        ({"counted_on": "2025-08-20"}, "counted_on"),
        ({"grade": "10"}, "grade"),
        ({"level": ""}, "level"),
        ({"school_year": "2025-2027"}, "school_year"),
        ({"school_year": "năm nay"}, "school_year"),
    ],
)
def test_what_a_roll_cannot_say_is_refused_beside_the_cell(schools, said, column):
    (row,) = schools.plan(ROLL | said)
    assert list(row.errors) == [column]
    assert outcomes(schools.plan(ROLL)) == ["new"]


def test_other_numbers_of_a_day_replace_it_and_are_to_be_confirmed_anew(schools, cast):
    schools.bring(ROLL | {"modules": "Kỹ năng số"})
    ClassRoll.objects.update(confirmed_by=cast.official, confirmed_at=timezone.now())
    said = ROLL | {"equipped": "33", "modules": "trí tuệ nhân tạo"}
    assert outcomes(schools.bring(said)) == ["changed"]
    roll = ClassRoll.objects.get()
    assert (roll.equipped, roll.confirmed_by) == (33, None)
    assert {module.name for module in roll.modules.all()} == {"Kỹ năng số", "Trí tuệ nhân tạo"}


def test_rows_that_contradict_each_other_about_a_school_are_refused(schools):
    rows = schools.plan(ROLL, ROLL | {"name": "6A2", "village": "Khì"})
    assert [list(row.errors) for row in rows] == [[], ["village"]]


def test_enterprises_declare_their_workers(declarations, cast):
    later = COOPERATIVE | {"declared_on": "2025-10-25", "equipped": "35", "village": ""}
    assert outcomes(declarations.bring(COOPERATIVE, later)) == ["new", "new"]
    enterprise = Enterprise.objects.get()
    assert (enterprise.village, enterprise.group.code) == (cast.khi, "enterprise_workers")
    assert outcomes(declarations.plan(COOPERATIVE, later)) == ["same", "same"]
    assert outcomes(declarations.bring(COOPERATIVE | {"equipped": "31"})) == ["changed"]
    assert WorkerDeclaration.objects.get(declared_on=date(2025, 9, 25)).equipped == 31
    rows = declarations.plan(COOPERATIVE | {"equipped": "47"}, COOPERATIVE | {"group": "adults"})
    assert [list(row.errors) for row in rows] == [["equipped"], ["group"]]


def test_communications_are_found_again_by_day_title_and_channel(communications):
    rows = communications.bring(ITEM, ITEM | {"channel": "zalo", "is_public": "yes"}, ITEM)
    assert outcomes(rows) == ["new", "new", "skipped"]
    assert Communication.objects.get(channel="zalo").is_public
    shorter = {name: ITEM[name] for name in ("title", "kind", "channel", "published_on")}
    assert outcomes(communications.plan(shorter)) == ["same"]
    assert outcomes(communications.bring(ITEM | {"reach": "1300"})) == ["changed"]
    assert Communication.objects.get(channel="facebook").reach == 1300
    (row,) = communications.plan(ITEM | {"published_on": "2099-01-01", "link": "javascript:x"})
    assert set(row.errors) == {"published_on", "link"}


def test_a_reader_of_another_commune_meets_none_of_it(communications, cast):
    communications.bring(ITEM)
    theirs = ListDesk("communications", commune=cast.elsewhere, user=cast.stranger)
    assert outcomes(theirs.bring(ITEM)) == ["new"]
    assert Communication.objects.filter(commune=cast.elsewhere).count() == 1


@pytest.mark.parametrize("code", [kind.code for kind in all_kinds()])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_template_is_understood_whatever_the_language_of_the_screen(cast, code, language):
    """The template is in Vietnamese always."""
    kind, request = kind_of(code), Request(cast.commune, cast.official)
    with override("vi"):
        headings = {column.name: str(column.heading) for column in kind.columns(request)}
    with override(language):
        found = match_headings(list(headings.values()), list(kind.columns(request)))
    assert list(found.values()) == list(headings)
