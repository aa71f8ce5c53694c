"""Who came to a session, on the trainer's phone: tapped, found, scanned, written down, sent."""

from datetime import timedelta

import pytest

from households.models import Confirmation, HeldRecord, SkillCheck
from households.tests.field_phone import (
    deliver,
    go,
    looks_right,
    make_pin,
    open_phone,
    save,
    title,
)
from households.tests.test_nothing_is_lost import (
    ENTRIES,
    LET_GO,
    SEND_NOW,
    arrive,
    end_every_session,
    sign_in,
    start,
    states,
)
from portal.testing.browser import PHONE
from portal.testing.processes import wait_for
from training.attendance import close_session
from training.models import Attendance, AttendanceSheet, Invitation, TrainingSession
from villages.models import Phone
from villages.periods import today
from villages.phones import revoke_phone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def session(cast):
    """A class in Vi today: the first household's head and a neighbour's are expected."""
    session = TrainingSession.objects.create(
        commune=cast.commune,
        village=cast.vi,
        title="Lớp VNeID cho người lớn tuổi",
        held_on=today(),
        starts_at="08:00",
        ends_at="10:30",
        place="Nhà văn hóa bản Vi",
    )
    session.skills.set(cast.skills)
    for household in (cast.household, cast.khi_household):
        Invitation.objects.create(session=session, resident=head_of(household))
    return session


def head_of(household):
    return household.residents.get(is_head=True)


def came(session):
    return {str(row) for row in Attendance.objects.filter(session=session)}


def tap(page, name):
    page.locator("[data-person]:visible", has_text=name).locator("[data-met]").check()


def test_a_trainer_notes_who_came(cast, session, screen):
    page = open_phone(screen, cast.leader)
    looks_right(page, "home")
    # Two taps: the session of today stands on the first screen.
    page.get_by_role("link", name=session.title).click()
    title(page, session.title)
    page.get_by_text("Nhà văn hóa bản Vi").wait_for()
    looks_right(page, "session")
    tap(page, "Lò Văn Mẫu, sinh 1961")
    page.get_by_text("Có mặt 1, dự kiến 2 người").wait_for()
    row = page.locator("[data-person]:visible", has_text="sinh 1961")
    row.locator("summary").click()
    row.locator(".skill").nth(1).locator(".segments label").first.click()
    row.locator("[data-met]").uncheck()
    page.get_by_text("Có mặt 0, dự kiến").wait_for()
    tap(page, "sinh 1961")
    row.locator(".skill").nth(1).locator(".segments label").first.click()
    row.get_by_text("Đã thấy VNeID xác nhận người này").click()
    page.locator("#find-person").fill("luong thi")
    tap(page, "Lường Thị Mẫu")
    page.locator("#find-person").fill("")
    assert page.locator("[data-person]:visible").count() == 3
    # A household's card shows its people alone; without a camera its number is typed.
    page.get_by_role("button", name="Quét thẻ hộ").click()
    page.locator("#card-number").fill("2")
    page.locator("[data-do='by-number']").click()
    page.locator("[data-put='scanned']", has_text="Vàng Thị Mẫu").wait_for()
    assert page.locator("[data-person]:visible").count() == 1
    looks_right(page, "a card")
    page.locator("[data-do='show-all']").click()
    assert page.locator("[data-person]:visible").count() == 3
    page.get_by_text("Người không có trong danh sách nào").click()
    stranger = page.locator("[data-new-person]").first
    stranger.locator("[data-name='full_name']").fill("Khách  Lạ")
    stranger.locator("select").last.select_option(label="Bản Khì")
    page.get_by_text("Có mặt 3, dự kiến").wait_for()
    looks_right(page, "session with people")
    save(page)
    page.get_by_text("Đã lưu trên máy").wait_for()
    looks_right(page, "saved")
    deliver(page)
    page.get_by_text("Xã đã nhận").wait_for()
    assert came(session) == {str(head_of(cast.household)), "Lường Thị Mẫu", "Khách Lạ"}
    assert session.attendances.get(walk_in_name="Khách Lạ").walk_in_village == cast.khi
    assert SkillCheck.objects.get(encounter__session=session).outcome == "alone"
    assert str(Confirmation.objects.get().resident) == "Lò Văn Mẫu"
    # Whoever is noted stays noted; a further list adds.
    page.get_by_role("link", name="Ghi thêm người").click()
    title(page, session.title)
    page.get_by_text("Có mặt 3, dự kiến").wait_for()
    assert page.locator("[data-met]:disabled").count() == 2
    tap(page, "Giàng A Mẫu")
    save(page)
    page.get_by_text("Đã lưu trên máy").wait_for()
    deliver(page)
    assert session.attendances.count() == 4
    go(page, "#/sessions")
    page.get_by_text("Đã ghi 4 người").wait_for()
    looks_right(page, "sessions")


def test_what_was_saved_can_be_taken_back_and_changed(cast, session, screen):
    page = open_phone(screen, cast.leader)
    go(page, f"#/session/{session.uuid}")
    title(page, session.title)
    save(page)
    page.get_by_role("alert").get_by_text("Chạm vào người có mặt").wait_for()
    tap(page, "sinh 1961")
    row = page.locator("[data-person]:visible", has_text="sinh 1961")
    row.locator("summary").click()
    row.get_by_text("Đã thấy VNeID xác nhận người này").click()
    save(page)
    page.locator("[data-do='undo']").click()
    page.get_by_text("Danh sách đã được rút lại").wait_for()
    assert page.locator("[data-confirmed]:checked").count() == 1
    assert page.locator("[data-met]:checked").count() == 1
    tap(page, "Giàng A Mẫu")
    save(page)
    page.get_by_text("Đã lưu trên máy").wait_for()
    uuid = page.evaluate(ENTRIES)[0]["uuid"]
    go(page, f"#/entry/{uuid}")
    page.get_by_text("Giàng A Mẫu").wait_for()
    page.get_by_text("Đã xác nhận trên VNeID").wait_for()
    looks_right(page, "entry")
    page.get_by_role("link", name="Sửa danh sách này").click()
    title(page, session.title)
    page.locator("[data-person]", has_text="Giàng A Mẫu").locator("[data-met]").uncheck()
    save(page)
    page.get_by_text("Đã lưu trên máy").wait_for()
    deliver(page)
    assert came(session) == {str(head_of(cast.household))}
    assert AttendanceSheet.objects.count() == 1


def test_an_official_who_takes_attendance_sees_the_expected_list_alone(cast, session, screen):
    session.trainer_user = cast.official
    session.save()
    page = screen.open(user=cast.official, size=PHONE)
    page.goto("/field/")
    make_pin(page)
    title(page, "Buổi học")
    looks_right(page, "sessions of an official")
    page.get_by_role("link", name=session.title).click()
    title(page, session.title)
    page.locator("#find-person").fill("vang thi")
    page.get_by_text("Không có ai tên này trên máy").wait_for()
    assert "Vàng Thị Mẫu" not in page.content()
    page.locator("#find-person").fill("")
    tap(page, "sinh 1961")
    save(page)
    page.get_by_text("Đã lưu trên máy").wait_for()
    deliver(page)
    page.get_by_text("Xã đã nhận").wait_for()
    assert came(session) == {str(head_of(cast.household))}
    # The session is over: nothing stays on the phone, and the desk opens without a PIN.
    TrainingSession.objects.update(held_on=today() - timedelta(days=20))
    page.goto("/field/")
    page.get_by_role("link", name="Trang làm việc của xã").click()
    page.wait_for_url("**/dashboard/**")


def test_a_session_to_come_is_read_only(cast, session, screen):
    TrainingSession.objects.update(held_on=today() + timedelta(days=3))
    page = open_phone(screen, cast.leader)
    go(page, "#/sessions")
    page.get_by_text("Dự kiến 2 người").wait_for()
    page.get_by_role("link", name=session.title).click()
    page.get_by_text("Buổi học này chưa diễn ra").wait_for()
    assert page.locator("[data-met]:enabled").count() == 0
    assert not page.locator(".bottom-bar button[type=submit]").is_visible()
    looks_right(page)


@pytest.mark.slow
class TestNothingIsLost:
    """A day of attendance behind a mountain network."""

    @pytest.fixture
    def phone(self, cast, session, own_phone, weak_network, screen):
        phone = own_phone(weak_network.url)
        phone.page = start(phone, cast.leader, screen)
        return phone

    def note(self, page, session, *names):
        go(page, f"#/session/{session.uuid}")
        title(page, session.title)
        for name in names:
            tap(page, name)
        save(page)
        page.get_by_text("Đã lưu trên máy").wait_for()

    def test_a_day_with_a_killed_browser_and_lost_replies(
        self, cast, session, phone, weak_network, screen
    ):
        weak_network.condition = "away"
        self.note(phone.page, session, "sinh 1961")
        go(phone.page, f"#/session/{session.uuid}")
        title(phone.page, session.title)
        wait_for(lambda: phone.page.evaluate(DRAFTS) == 0)
        tap(phone.page, "Giàng A Mẫu")
        phone.page.get_by_text("Có mặt 2, dự kiến").wait_for()
        wait_for(lambda: phone.page.evaluate(DRAFTS) == 1)
        phone.kill()
        page = phone.open()
        sign_in(phone, cast.leader, screen)
        page.goto(f"/field/#/session/{session.uuid}")
        page.locator("[data-do='go-on']").click()
        page.get_by_text("Có mặt 2, dự kiến").wait_for()
        save(page)
        page.get_by_text("Đã lưu trên máy").wait_for()
        assert states(page) == ["saved"] * 2
        weak_network.condition = "weak"
        weak_network.only = lambda path: "/sheets/" in path or "/sealed/" in path
        weak_network.next = ["reply_lost", "twice", "lost", "reply_lost"]
        arrive(page, 2)
        sheets = {str(uuid) for uuid in AttendanceSheet.objects.values_list("uuid", flat=True)}
        assert sheets == {entry["uuid"] for entry in page.evaluate(ENTRIES)}
        assert came(session) == {"Lò Văn Mẫu", "Giàng A Mẫu"}
        assert not HeldRecord.objects.exists()
        for failure in ("lost", "reply_lost", "twice"):
            assert weak_network.happened[failure], "the network was not weak enough to prove it"

    def test_without_a_session_it_goes_sealed(self, cast, session, phone, weak_network):
        weak_network.condition = "away"
        self.note(phone.page, session, "sinh 1961")
        end_every_session()
        weak_network.condition = "good"
        arrive(phone.page, 1)
        assert came(session) == {"Lò Văn Mẫu"}
        assert any("/sealed/" in path for _method, path, _fate in weak_network.log)

    def test_two_phones_add_up_and_a_closed_session_holds(
        self, cast, session, phone, own_phone, weak_network, screen
    ):
        other = own_phone(weak_network.url)
        other.page = start(other, cast.leader, screen)
        weak_network.condition = "away"
        self.note(phone.page, session, "sinh 1961")
        self.note(other.page, session, "sinh 1961", "Giàng A Mẫu")
        weak_network.condition = "good"
        arrive(phone.page, 1)
        arrive(other.page, 1)
        assert came(session) == {"Lò Văn Mẫu", "Giàng A Mẫu"}
        assert AttendanceSheet.objects.count() == 2
        # Closed at the desk while a third list was on its way.
        weak_network.condition = "away"
        go(phone.page, f"#/session/{session.uuid}")
        title(phone.page, session.title)
        phone.page.locator("#find-person").fill("vang")
        tap(phone.page, "Vàng Thị Mẫu")
        save(phone.page)
        session.refresh_from_db()
        close_session(session, counted=2)
        weak_network.condition = "good"
        phone.page.get_by_text("Đã lưu trên máy").wait_for()
        phone.page.evaluate(LET_GO)
        phone.page.evaluate(SEND_NOW)
        assert states(phone.page) == ["held", "received"]
        assert HeldRecord.objects.get().kind == "attendance"
        assert session.attendances.count() == 2

    def test_a_revoked_phone_loses_nothing(self, cast, session, phone, weak_network):
        weak_network.condition = "away"
        self.note(phone.page, session, "sinh 1961")
        revoke_phone(phone=Phone.objects.get(user=cast.leader), by=cast.official)
        phone.page.evaluate(LET_GO)
        weak_network.condition = "good"
        phone.page.goto("/field/#/")
        phone.page.reload()
        phone.page.get_by_text("đã thu hồi quyền").wait_for()
        phone.page.evaluate(SEND_NOW)
        assert states(phone.page) == ["held"]
        assert HeldRecord.objects.get().reason == "revoked_phone"
        assert not Attendance.objects.exists()

    def test_a_new_household_at_the_door_arrives_before_the_list(
        self, cast, session, phone, weak_network
    ):
        weak_network.condition = "away"
        page = phone.page
        go(page, "#/new")
        title(page, "Thêm hộ")
        head = page.locator("[data-new-person]").first
        head.locator("[data-name='full_name']").fill("Tòng Văn Mới")
        head.locator("[data-name='birth_year']").fill("1975")
        save(page)
        page.locator("h1", has_text="Tòng Văn Mới").wait_for()
        go(page, f"#/session/{session.uuid}")
        title(page, session.title)
        page.locator("#find-person").fill("tong van")
        tap(page, "Tòng Văn Mới")
        save(page)
        page.get_by_text("Đã lưu trên máy").wait_for()
        weak_network.condition = "good"
        arrive(page, 2)
        assert came(session) == {"Tòng Văn Mới"}


DRAFTS = """async () => {
  const { read } = await import("/static/js/field/store.js");
  return (await read("drafts", ({ store }) => store.getAllKeys())).length;
}"""
