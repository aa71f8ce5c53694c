"""Staff with an account check themselves in: on the day, once, and nobody else."""

from datetime import timedelta

import pytest
from django.urls import reverse

from portal.testing.cast import make_user
from training.accounts import accounts_for, link_account
from training.attendance import add_to_attendance, cancel_session, close_session, edit_session
from training.certifying import issue_certificates
from training.checking_in import NoCheckIn, check_in, code_of
from training.models import (
    Attendance,
    Completion,
    Course,
    CourseRequirement,
    StaffMember,
    TrainingSession,
)
from villages.periods import today
from villages.refusals import ChangeRefused


@pytest.fixture
def staff_person(cast):
    return make_user("staff", "staff", cast.commune, full_name="Hà Văn Cán")


@pytest.fixture
def member(cast, staff_person):
    return StaffMember.objects.create(
        commune=cast.commune, full_name="Hà Văn Cán", category="cadre", user=staff_person
    )


@pytest.fixture
def now(cast):
    """A course for the teams, today, for the whole commune."""
    return TrainingSession.objects.create(
        commune=cast.commune, title="Tập huấn tổ", kind="teams", held_on=today()
    )


def address(session, code=None):
    return reverse("check_in", args=[session.uuid, code or code_of(session)])


def test_one_press_notes_the_person_behind_the_account(member, now, staff_person, as_user):
    client = as_user(staff_person)
    assert client.get(address(now)).status_code == 200
    assert not Attendance.objects.exists()
    for _again in range(2):
        assert client.post(address(now)).status_code in {200, 302}
    row = Attendance.objects.get()
    assert (row.staff_member, row.noted, row.session.status) == (member, "self", "held")
    assert client.get(address(now)).context["done"]
    # A member of staff is nobody's adult reached.
    assert not row.session.encounter.people_met.exists()


def refused(client, session, code=None):
    answer = client.post(address(session, code))
    assert not Attendance.objects.filter(noted="self").exists()
    return answer


def test_without_a_member_of_staff_behind_it_no_account_checks_in(cast, now, staff_person, as_user):
    for who in (staff_person, cast.leader, cast.official):
        answer = refused(as_user(who), now)
        assert answer.status_code == 403
        assert answer.context["reason"] == NoCheckIn.NOT_STAFF


def test_an_official_who_is_staff_checks_in_too(cast, now, member, as_user):
    link_account(member, user=cast.official)
    as_user(cast.official).post(address(now))
    assert Attendance.objects.get().staff_member == member


@pytest.mark.parametrize(("days", "reason"), [(1, NoCheckIn.TOO_EARLY), (-1, NoCheckIn.TOO_LATE)])
def test_only_the_day_itself(member, now, staff_person, as_user, days, reason):
    now.held_on = today() + timedelta(days=days)
    now.save()
    answer = refused(as_user(staff_person), now)
    assert (answer.status_code, answer.context["reason"]) == (403, reason)


def test_a_code_dies_when_the_session_is_moved(cast, member, now, staff_person, as_user):
    old = code_of(now)
    edit_session(now, held_on=today() + timedelta(days=1))
    assert refused(as_user(staff_person), now, old).status_code == 404
    # Whoever may see the session learns what is wrong.
    link_account(member, user=cast.official)
    answer = refused(as_user(cast.official), now, old)
    assert answer.context["reason"] == NoCheckIn.WRONG_CODE


@pytest.mark.parametrize("code", ["abcdefgh", "x" * 200, "a-b_c"])
def test_a_guessed_code_is_like_no_session(member, now, staff_person, as_user, code):
    client = as_user(staff_person)
    missing = reverse("check_in", args=["00000000-0000-0000-0000-000000000007", code])
    assert refused(client, now, code).status_code == client.post(missing).status_code == 404


def test_closed_and_cancelled_sessions_say_so(cast, member, now, staff_person, as_user):
    client = as_user(staff_person)
    cancel_session(now, reason="Mưa lũ")
    assert refused(client, now).context["reason"] == NoCheckIn.CANCELLED
    now.status, now.cancel_reason = "planned", ""
    now.save()
    add_to_attendance(now, walk_ins=[("Khách", "")])
    close_session(now, counted=1)
    assert refused(client, now).context["reason"] == NoCheckIn.CLOSED


def test_staff_of_another_commune_do_not_check_in(cast, now, as_user):
    user = make_user("elsewhere", "staff", cast.elsewhere)
    StaffMember.objects.create(
        commune=cast.elsewhere, full_name="Người Khác", category="cadre", user=user
    )
    assert refused(as_user(user), now).context["reason"] == NoCheckIn.ELSEWHERE
    with pytest.raises(ChangeRefused):
        check_in(now, code=code_of(now), user=user)


def test_a_stranger_is_asked_to_sign_in_first(now, client, db):
    answer = client.get(address(now))
    assert answer.status_code == 302
    assert "sign-in" in answer["Location"]


def test_the_picture_is_shown_by_whoever_takes_attendance(cast, now, session, as_user):
    page = reverse("session_check_in", args=[now.uuid])
    shown = as_user(cast.official).get(page)
    assert code_of(now) in shown.context["address"]
    assert shown.context["picture"].startswith("data:image/svg+xml")
    assert as_user(cast.leader).get(page).status_code == 404
    over = as_user(cast.leader).get(reverse("session_check_in", args=[session.uuid]))
    assert over.context["is_open"] is False
    assert over.context["picture"] not in over.content.decode()
    # A session whose day is over does not lead there any more.
    assert (
        page
        in as_user(cast.official).get(reverse("session_detail", args=[now.uuid])).content.decode()
    )
    past = as_user(cast.leader).get(reverse("session_detail", args=[session.uuid]))
    assert reverse("session_check_in", args=[session.uuid]) not in past.content.decode()


def test_my_courses_shows_the_own_and_nothing_else(cast, member, now, staff_person, as_user):
    other = StaffMember.objects.create(
        commune=cast.commune, full_name="Người Khác", category="cadre"
    )
    add_to_attendance(now, staff=[member, other])
    close_session(now, counted=2)
    issue_certificates(now, attendances=now.attendances.all(), by=cast.official)
    client = as_user(staff_person)
    page = client.get(reverse("my_courses"))
    assert [row.staff_member for row in page.context["attended"]] == [member]
    (own,) = page.context["certificates"]
    assert client.get(reverse("certificate_print", args=[own.pk])).status_code == 200
    foreign = other.attendances.get().certificates.get()
    assert client.get(reverse("certificate_print", args=[foreign.pk])).status_code == 404
    for name in ("session_list", "staff_list", "household_list", "certificate_list"):
        assert client.get(reverse(name)).status_code == 403, name


def test_my_courses_praises_only_who_was_asked_and_has_finished(member, staff_person, as_user):
    page, praise = reverse("my_courses"), "Đã hoàn thành mọi khóa học bắt buộc."
    client = as_user(staff_person)
    course = Course.objects.create(code="ai", title="AI cho cán bộ")
    asked = CourseRequirement.objects.create(
        course=course, group="party_member", from_on=today() - timedelta(days=9)
    )
    nothing_asked = client.get(page).text
    assert praise not in nothing_asked
    assert "Không có khóa học bắt buộc." in nothing_asked
    asked.group = "cadre"
    asked.save()
    missing = client.get(page).text
    assert praise not in missing
    assert course.title in missing
    Completion.objects.create(staff_member=member, course=course, completed_on=today())
    assert praise in client.get(page).text


def test_an_account_is_linked_once_and_within_the_commune(cast, member, staff_person, as_user):
    other = StaffMember.objects.create(
        commune=cast.commune, full_name="Người Khác", category="cadre"
    )
    page = reverse("staff_account", args=[other.pk])
    client = as_user(cast.official)
    assert not {staff_person, cast.stranger} & set(accounts_for(other))
    for user in (staff_person, cast.stranger):
        assert client.post(page, {"user": user.pk}).status_code == 200
    client.post(page, {"user": cast.leader.pk})
    other.refresh_from_db()
    assert other.user == cast.leader
    client.post(page, {"user": ""})
    other.refresh_from_db()
    assert other.user is None
