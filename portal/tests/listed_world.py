"""Two different rows of everything that is listed, for `test_every_list`."""

from datetime import date, timedelta
from uuid import uuid4

from django.utils import timezone

from households.handing import hand_list
from households.models import Doubt, RescueFile
from households.paper import print_sheet
from households.recording import record_visit
from portal.testing.cast import make_cast, make_commune, make_household, make_user
from portal.tests.records import again, fill, guidance
from training.attendance import WalkIn, add_to_attendance, close_session
from training.certifying import issue_certificates
from training.models import Reminder, SchoolYear, TrainingSession
from villages.models import ExportRecord
from villages.periods import today


def make_world():
    """Return the cast with those rows, and ``beginner``: an official of a commune without any."""
    cast = make_cast()
    begun, _no_villages = make_commune("03999", "Mới Lập", [])
    cast.beginner = make_user("beginner", "official", begun, full_name="Người Mới")
    made = fill(cast.vi, cast.household, cast.leader, cast.skills)
    _direction_again(cast, made)
    _visits_again(cast, made)
    _training_again(cast, made)
    return cast


def _direction_again(cast, made):
    again(
        made["steeringcommitteemember"],
        committee=again(
            made["steeringcommittee"],
            name="Ban cũ",
            from_on=date(2024, 1, 1),
            to_on=today() - timedelta(days=1),
            document=None,
        ),
        full_name="Đặng Thị Phó",
        role="deputy",
        position="=Phó",
        from_on=date(2025, 1, 1),
    )
    again(
        made["governingdocument"],
        number="38/KH-UBND",
        title="Đề án năm",
        kind="plan",
        issuer="Đảng ủy xã",
        issued_on=date(2025, 1, 1),
        link="=1+1",
    )
    again(
        made["connectivityreport"],
        village=cast.khi,
        operator="Đông Dương",
        where="=1+1",
        technology="3g",
        quality="none",
        reported_on=today(),
    )
    again(
        made["target"],
        indicator="households_visited",
        source="=Nguồn thứ hai",
        village=cast.khi,
        percent=90,
        year=today().year + 1,
    )
    again(made["phone"], uuid=uuid4(), user=cast.neighbour, name="Điện thoại hai")
    again(
        made["importrun"],
        uuid=uuid4(),
        file_name="Đợt hai.csv",
        rows_total=7,
        kind="teams",
        status="applied",
    )
    for reason, rows, by in (
        ("=Theo công văn 12", 3, cast.official),
        ("Theo tờ trình 5", 4, cast.admin),
    ):
        again(
            made["exportrecord"],
            list_name="staff_list",
            reason=reason,
            rows=rows,
            exported_by=by,
            with_names=rows == 4,
        )
    # Before today: the test takes lists out itself.
    for age, record in enumerate(ExportRecord.objects.order_by("pk"), start=2):
        ExportRecord.objects.filter(pk=record.pk).update(**_earlier(exported_at=age))


def _visits_again(cast, made):
    make_household(cast.khi, ("Sùng A Mẫu", 1950))
    earlier = today() - timedelta(days=30)
    visit, _created = record_visit(
        uuid=uuid4(),
        guidance=guidance(cast.vi, cast.second_household, earlier),
        author=cast.leader,
    )
    again(made["doubt"], kind=Doubt.Kind.LONG_AGO, encounter=visit)
    again(
        made["heldrecord"],
        uuid=uuid4(),
        author=cast.neighbour,
        reason="conflict",
        village=cast.khi,
        kind="household",
        settlement="dismissed",
        settled_at=timezone.now(),
    )
    again(made["rescuefile"], uploaded_by=cast.official, held=0)
    RescueFile.objects.filter(held=0).update(**_earlier(uploaded_at=3, made_at=4))
    hand_list(village=cast.khi, households=[cast.khi_household], title="Đợt Khì", by=cast.official)
    print_sheet(village=cast.khi, by=cast.official)


def _training_again(cast, made):
    day = today()
    SchoolYear.objects.update(starts_on=day - timedelta(days=99), ends_on=day + timedelta(days=99))
    SchoolYear.objects.create(
        name="2023-2024", starts_on=date(2023, 9, 5), ends_on=date(2024, 5, 31)
    )
    agency = again(made["agency"], name="Đảng ủy", contact_name="=1+1")
    member = again(
        made["staffmember"],
        code="CB02",
        full_name="Đinh Thị Hai",
        sex="male",
        category="worker",
        is_party_member=True,
    )
    again(made["employment"], staff_member=member, agency=agency)
    again(made["completion"], staff_member=member)
    # Everybody lacks this one: the file of the unfinished has a row for each missing course.
    course = again(made["course"], code="an-toan", title="An toàn số")
    again(made["courserequirement"], course=course)
    Reminder.objects.update(**_earlier(made_at=3))
    reminder = again(made["reminder"], uuid=uuid4(), made_by=cast.official)
    again(made["remindermail"], reminder=reminder, agency=agency)
    school = again(made["school"], name="Đông Khì Tiểu học", level="both", village=cast.khi)
    school_class = again(made["schoolclass"], school=school, name="6B")
    again(made["classroll"], school_class=school_class, enrolled=40)
    enterprise = again(made["enterprise"], name="Đại Lợi")
    again(made["workerdeclaration"], enterprise=enterprise, workers=9)
    again(
        made["communication"],
        title="Đài phát thanh",
        channel="loudspeaker",
        kind="broadcast",
        is_public=False,
        reach=30,
        note="=1+1",
        published_on=day,
    )
    first = made["trainingsession"]
    second = TrainingSession.objects.create(
        commune=cast.commune,
        title="Đào tạo AI",
        kind="party_members",
        village=cast.khi,
        held_on=day - timedelta(days=40),
    )
    for session, resident, walk_in in (
        (first, cast.second_household.residents.get(), "Khách Một"),
        (second, cast.khi_household.residents.get(), "Khách Hai"),
    ):
        add_to_attendance(
            session, residents=[resident], walk_ins=[WalkIn(walk_in)], author=cast.official
        )
        session.refresh_from_db()
        close_session(session, counted=session.attendances.count())
        issue_certificates(session, attendances=session.attendances.all(), by=cast.official)


def _earlier(**days):
    """Return what makes a row older, for columns that are written by themselves."""
    return {name: timezone.now() - timedelta(days=age) for name, age in days.items()}
