"""The small named cast of the tests: real rows, one of each kind of person.

Two communes. In Mường Kim two villages, Vi and Khì: Vi has two households, Khì one. A
leader of Vi, her neighbour who leads Khì, an official, a reader, an admin; and a stranger,
official of the other commune.
"""

from datetime import date
from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction

from households.models import Skill
from households.residence import add_household, add_resident
from portal.testing.again import Again
from villages.models import Assignment, Commune, PopulationGroup, Team, TeamMember, Village

LONG_SINCE = date(2024, 1, 1)
PASSWORD = "mua-xuan-tren-nui-cao"

BASIC_SKILLS = (
    ("find-information", "Dùng thiết bị thông minh tìm thông tin"),
    ("vneid", "Cài đặt, dùng VNeID"),
)


def make_groups():
    """The four groups of the programme, as rows."""
    kinds = PopulationGroup.CountedFrom
    for position, (code, name, counted_from, headline) in enumerate(
        (
            ("officials", "Cán bộ, công chức, viên chức", kinds.STAFF, True),
            ("students", "Học sinh THCS, THPT", kinds.CLASS_ROLLS, True),
            ("adults", "Người trưởng thành", kinds.ADULT_SKILLS, True),
            ("enterprise_workers", "Người lao động", kinds.DECLARATIONS, False),
        )
    ):
        PopulationGroup.objects.create(
            code=code,
            name=name,
            counted_from=counted_from,
            position=position,
            is_headline=headline,
        )


def make_commune(code, name, villages):
    """A commune with these villages, each with a team."""
    commune = Commune.objects.create(code=code, name=name, province_name="Lai Châu")
    made = []
    for number, village_name in enumerate(villages, start=1):
        village = Village.objects.create(
            commune=commune, number=number, name=village_name, from_on=LONG_SINCE
        )
        Team.objects.create(village=village, from_on=LONG_SINCE)
        made.append(village)
    return commune, made


def make_user(username, role=None, commune=None, village=None, **attributes):
    """An account, with an assignment when a role is given."""
    user = get_user_model().objects.create_user(username, password=PASSWORD, **attributes)
    if role:
        Assignment.objects.create(
            user=user, role=role, commune=commune, village=village, from_on=LONG_SINCE
        )
    return user


def make_household(village, *members, **attributes):
    """A household; members are pairs (name, birth year), the first is its head."""
    household = add_household(village=village, since_on=LONG_SINCE, **attributes)
    for index, (name, birth_year) in enumerate(members):
        add_resident(
            household=household,
            since_on=LONG_SINCE,
            full_name=name,
            birth_year=birth_year,
            is_head=index == 0,
        )
    return household


def make_cast():
    """Make everybody the tests need, as one namespace."""
    make_groups()
    skills = [
        Skill.objects.create(code=code, name=name, position=n, required_from_on=LONG_SINCE)
        for n, (code, name) in enumerate(BASIC_SKILLS)
    ]
    optional = Skill.objects.create(code="qr", name="Quét mã QR", position=9)
    commune, (vi, khi) = make_commune("03637", "Mường Kim", ["Vi", "Khì"])
    elsewhere, (far,) = make_commune("03700", "Nơi Khác", ["Xa"])
    leader = make_user("leader", "team_leader", commune, vi, full_name="Lò Thị Tổ Trưởng")
    TeamMember.objects.create(
        team=vi.team, full_name=leader.full_name, role="leader", user=leader, from_on=LONG_SINCE
    )
    return SimpleNamespace(
        commune=commune,
        vi=vi,
        khi=khi,
        elsewhere=elsewhere,
        far=far,
        skills=skills,
        optional_skill=optional,
        leader=leader,
        neighbour=make_user("neighbour", "team_leader", commune, khi, full_name="Vàng A Mẫu"),
        official=make_user("official", "official", commune, full_name="Nguyễn Thị Cán Bộ"),
        reader=make_user("reader", "reader", commune, full_name="Trần Văn Lãnh Đạo"),
        admin=make_user(
            "admin", "admin", commune, full_name="Quản Trị", is_staff=True, is_superuser=True
        ),
        stranger=make_user("stranger", "official", elsewhere, full_name="Người Lạ"),
        stranger_leader=make_user("stranger-leader", "team_leader", elsewhere, far),
        household=make_household(
            vi, ("Lò Văn Mẫu", 1961), ("Lường Thị Mẫu", 1964), ("Lò Văn Mẫu Em", 2012)
        ),
        second_household=make_household(vi, ("Vàng Thị Mẫu", 1990)),
        khi_household=make_household(khi, ("Giàng A Mẫu", 1985)),
        far_household=make_household(far, ("Người Ở Xa", 1980)),
        password=PASSWORD,
    )


the_cast = Again(make_cast)


@pytest.fixture
def cast(db):
    """Everybody the tests need, as one namespace."""
    with transaction.atomic():
        return the_cast()
