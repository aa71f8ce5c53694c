"""«Cần làm» says what to act on, how many, and where; what is done is not mentioned."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.urls import reverse

from households.handing import close_list, hand_list
from households.holding import dismiss_held
from households.models import Doubt, Encounter, HandedList, HeldRecord
from portal.testing.cast import LONG_SINCE
from reports.coverage import recount_stale
from reports.tests.test_dashboard import log_visit
from training.models import Agency, Course, CourseRequirement, Employment, StaffMember
from villages.models import Phone, TeamMember
from villages.periods import today


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


@pytest.fixture
def tasks(cast, client):
    """Read the tasks of the cast's commune as the dashboard shows them now."""
    client.force_login(cast.official)

    def read():
        recount_stale(cast.commune.pk)
        text = client.get("/dashboard/").content.decode()
        return text[text.index('id="todo-title"') : text.index('id="villages"')]

    return read


def test_silent_villages_are_named_with_a_reminder(cast, tasks):
    log_visit(cast, cast.household)
    text = tasks()
    assert "Khì" in text
    assert "/reminder/?xa=03637" in text
    log_visit(cast, cast.khi_household)
    assert "/reminder/" not in tasks()


def test_a_visit_thirty_days_ago_is_silence_and_one_day_less_is_not(cast, tasks):
    log_visit(cast, cast.household)
    log_visit(cast, cast.khi_household, on=today() - timedelta(days=30))
    assert "/reminder/" in tasks()
    log_visit(cast, cast.khi_household, on=today() - timedelta(days=29))
    assert "/reminder/" not in tasks()


def test_of_a_past_day_silence_is_shown_and_nobody_is_reminded(cast, tasks, client):
    log_visit(cast, cast.khi_household, on=today() - timedelta(days=100))
    on = today() - timedelta(days=40)
    query = {"tu": on.isoformat(), "den": on.isoformat()}
    tasks()
    client.get("/dashboard/", query)
    recount_stale(cast.commune.pk)
    text = client.get("/dashboard/", query).content.decode()
    assert 'id="todo-silent"' in text
    assert "/reminder/" not in text
    assert "loc=im-lang" in text


def test_older_people_without_vneid_lead_to_their_list(cast, tasks, client):
    text = tasks()
    # Lò Văn Mẫu and Lường Thị Mẫu are 60 or older.
    assert "<b>2</b><div>người cao tuổi" in text
    url = text.split('id="todo-older"')[0].rsplit('href="', 1)[1].split('"')[0]
    page = client.get(url.replace("&amp;", "&"))
    assert page.context["page"].paginator.count == 2


def test_unfinished_staff_lead_to_their_list(cast, tasks):
    assert 'id="todo-staff"' not in tasks()
    course = Course.objects.create(code="basics", title="Cơ bản")
    CourseRequirement.objects.create(course=course, from_on=LONG_SINCE)
    agency = Agency.objects.create(commune=cast.commune, name="UBND xã")
    member = StaffMember.objects.create(commune=cast.commune, full_name="Một", category="cadre")
    Employment.objects.create(staff_member=member, agency=agency, from_on=LONG_SINCE)
    text = tasks()
    assert 'id="todo-staff"' in text
    assert "the=chua" in text


def test_doubtful_records_count_only_while_open(cast, tasks):
    log_visit(cast, cast.household)
    doubt = Doubt.objects.create(encounter=Encounter.objects.first(), kind=Doubt.Kind.NOBODY_MET)
    assert 'id="todo-doubts"' in tasks()
    Doubt.objects.filter(pk=doubt.pk).update(settled_at=doubt.noted_at, settlement="Đúng")
    assert 'id="todo-doubts"' not in tasks()


def test_what_phones_sent_counts_as_soon_as_it_is_held_and_until_it_is_settled(cast, tasks):
    phone = Phone.objects.create(
        uuid=uuid4(), user=cast.leader, commune=cast.commune, public_key={"kty": "EC"}
    )
    assert 'id="todo-held"' not in tasks()
    held = HeldRecord.objects.create(
        uuid=uuid4(),
        kind=HeldRecord.Kind.VISIT,
        reason=HeldRecord.Reason.REFUSED,
        commune=cast.commune,
        author=cast.leader,
        phone=phone,
    )
    assert 'id="todo-held"' in tasks()
    dismiss_held(held=held, note="Ghi nhầm", by=cast.official)
    assert 'id="todo-held"' not in tasks()


def test_handed_lists_count_when_they_are_late_and_something_is_left(cast, tasks):
    handed = hand_list(
        village=cast.khi, households=[cast.khi_household], title="Hộ ở xa", by=cast.official
    )
    rows = HandedList.objects.filter(pk=handed.pk)
    long_ago = today() - timedelta(days=9)
    rows.update(handed_on=long_ago, due_on=today())
    assert 'id="todo-late-lists"' not in tasks(), "today is the last day"
    rows.update(due_on=today() - timedelta(days=1))
    text = tasks()
    assert "<b>1</b><div>danh sách giao cho bản đã quá hạn" in text
    assert "/lists/?sort=due" in text
    log_visit(cast, cast.khi_household)
    assert 'id="todo-late-lists"' not in tasks(), "nothing is left"
    Encounter.objects.all().delete()
    assert 'id="todo-late-lists"' in tasks()
    close_list(handed=handed)
    assert 'id="todo-late-lists"' not in tasks()


def test_villages_without_a_leader_are_counted(cast, tasks):
    assert "<b>1</b><div>bản chưa có tổ trưởng" in tasks()
    TeamMember.objects.create(
        team=cast.khi.team, full_name="Tổ Trưởng Khì", role="leader", from_on=LONG_SINCE
    )
    assert "tổ trưởng" not in tasks()


def test_without_required_skills_or_courses_it_is_said_to_who_can_act(cast, tasks, client):
    text = tasks()
    assert "khóa học bắt buộc" in text
    assert "/admin/" not in text
    client.force_login(cast.admin)
    assert reverse("course_list") in client.get("/dashboard/").content.decode()
