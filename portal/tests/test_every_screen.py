"""Every screen the resolver knows is read by axe and fits a phone and an office, with records.

A screen is drawn for the first of the cast who may open it, and for the team leader on a phone
as well: there its words and what is tapped are large. Names and titles are long. What the phone
draws itself behind ``/field/`` is looked at in the tests of the phone.
"""

from collections import namedtuple
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from portal.testing.accessibility import axe_problems, scrolls_sideways, small_targets, small_text
from portal.testing.browser import OFFICE, PHONE
from portal.testing.cast import LONG_SINCE, make_household, make_user
from portal.tests.addresses import every_address
from portal.tests.records import again
from training.attendance import WalkIn, add_to_attendance, close_session
from training.certifying import issue_certificates
from training.checking_in import code_of
from training.inviting import invite
from training.models import SchoolAccount, StaffMember, TrainingSession
from villages.models import ImportRun, Village
from villages.periods import today

PARTS = 4
LONG_NAME = "Nguyễn Hoàng Phương Thảo Nguyên"
LONG_TITLE = (
    "Kỹ năng nhận biết lừa đảo trực tuyến và thanh toán không dùng tiền mặt cho người cao tuổi"
)

# What answers with something else than a screen.
FILES = {
    "news_feed", "news_feed_of", "service_worker", "manifest", "import_template", "import_errors",
    "stored_file", "stored_file_small", "public_file", "field_words", "phone_hello",
    "phone_package", "phone_poverty",
}  # fmt: skip
LEADS_ELSEWHERE = {"home", "admin_sign_in", "household_card"}
# Drawn into a screen.
PARTS_OF_SCREENS = {"counter_people", "import_progress"}
# Their GET leads back, or is refused: the screen is the one with the button.
ONLY_POST = {
    "sign_out", "set_language", "card_issue", "connectivity_resolve", "connectivity_reopen",
    "import_apply", "import_next_sheet", "counter_undo", "handed_close", "handed_reopen",
    "held_record", "held_dismiss",
    "resident_part", "phone_registration", "sealed_records", "session_restore",
    "attendance_sheet", "certificate_reissue", "staff_reminder_retry", "communication_show",
    "communication_restore", "walk_in_undo",
}  # fmt: skip
# Drawn by the phone, and looked at there.
OF_THE_PHONE = {"field"}
NO_SCREEN = FILES | LEADS_ELSEWHERE | PARTS_OF_SCREENS | ONLY_POST | OF_THE_PHONE

ADDRESSES = [address for address in every_address() if not address.in_admin]
SCREENS = [address for address in ADDRESSES if address.name not in NO_SCREEN]

# Opened below for rows in the state they need.
IN_ANOTHER_STATE = {
    "import_receipt", "import_undo", "import_decide", "walk_in_match", "check_in",
    "communication_erase", "session_reopen",
}  # fmt: skip

Screen = namedtuple("Screen", "url user")


@pytest.fixture
def world(cast_with_rows):
    """Rows of every model with long names, in more than one state, and somebody of each role."""
    cast = cast_with_rows
    cast.rows = cast.rows.own
    school = make_user("school", "school", cast.commune)
    SchoolAccount.objects.create(school=cast.rows["school"], user=school, from_on=LONG_SINCE)
    staff = make_user("staff", "staff", cast.commune)
    StaffMember.objects.filter(pk=cast.rows["staffmember"].pk).update(user=staff)
    cast.people = {
        "official": cast.official,
        "admin": cast.admin,
        "team_leader": cast.leader,
        "school": school,
        "staff": staff,
    }
    _make_names_long(cast)
    cast.more = list(_other_states(cast))
    return cast


def _make_names_long(cast):
    rows = cast.rows
    Village.objects.filter(pk=cast.vi.pk).update(name="Phiêng Huổi Khương Nậm Cáy Thượng")
    cast.household.residents.update(full_name=LONG_NAME)
    for name, field in (
        ("trainingsession", "title"),
        ("communication", "title"),
        ("governingdocument", "title"),
        ("course", "title"),
        ("school", "name"),
        ("agency", "name"),
        ("enterprise", "name"),
        ("handedlist", "title"),
    ):
        type(rows[name])._base_manager.filter(pk=rows[name].pk).update(**{field: LONG_TITLE})
    for name in ("staffmember", "teammember", "steeringcommitteemember"):
        type(rows[name])._base_manager.filter(pk=rows[name].pk).update(full_name=LONG_NAME)
    cast.large_household = make_household(cast.vi, *[(LONG_NAME, 1950 + n) for n in range(9)])


def _other_states(cast):
    """Yield (address, role) of screens that the rows as they are do not open."""
    run, session = cast.rows["importrun"], cast.rows["trainingsession"]
    for status, screens in (
        (ImportRun.Status.PLANNING, ("import_preview",)),
        (ImportRun.Status.APPLIED, ("import_receipt", "import_undo")),
    ):
        other = again(run, uuid=uuid4(), status=status, applied_at=timezone.now())
        for name in screens:
            yield reverse(name, args=[other.uuid]), "official"
    asked = again(run, uuid=uuid4())
    for number, decision in ((3, ""), (4, ""), (5, "new")):
        asked.rows.create(
            number=number,
            outcome="uncertain",
            cells={"name": LONG_NAME},
            candidates=[["1", LONG_TITLE]],
            decision=decision,
        )
    yield reverse("import_decide", args=[asked.uuid]) + "?all=only", "official"
    for show in ("uncertain", "decided"):
        yield f"{reverse('import_preview', args=[asked.uuid])}?show={show}", "official"
    invite(session, residents=list(cast.household.residents.all()), by=cast.official)
    add_to_attendance(session, walk_ins=[WalkIn(LONG_NAME)], author=cast.official)
    walk_in = session.attendances.get(walk_in_name__gt="")
    yield reverse("walk_in_match", args=[walk_in.pk]), "official"
    yield reverse("session_expected", args=[session.uuid]) + "?who=staff", "official"
    now = TrainingSession.objects.create(commune=cast.commune, title=LONG_TITLE, held_on=today())
    yield reverse("check_in", args=[now.uuid, code_of(now)]), "staff"
    closed = TrainingSession.objects.create(
        commune=cast.commune, title=LONG_TITLE, held_on=today() - timedelta(days=1)
    )
    people = list(cast.household.residents.all()[:1])
    add_to_attendance(closed, residents=people, author=cast.official)
    closed = close_session(closed, counted=1)
    issue_certificates(closed, attendances=closed.attendances.all(), by=cast.official)
    for name in ("detail", "certificates", "reopen"):
        yield reverse(f"session_{name}", args=[closed.uuid]), "official"
    vi, agency = cast.vi.pk, cast.rows["agency"].pk
    visit = f"{reverse('visit_form')}?household={cast.large_household.uuid}&plain=1"
    for role in ("official", "team_leader"):
        yield visit, role
        yield f"{reverse('paper_sheet_new')}?village={vi}", role
        yield f"{reverse('activity_list')}?ban={vi}", role
    deleted = again(cast.rows["communication"], deleted_at=timezone.now())
    yield reverse("communication_erase", args=[deleted.pk]), "official"
    yield f"{reverse('communication_list')}?state=deleted", "official"
    mail = cast.rows["remindermail"]
    mail.state, mail.error, mail.tried_at = "failed", "SMTPServerDisconnected", timezone.now()
    mail.save()
    for year in range(2025, 2028):
        again(cast.rows["target"], year=year + 10, document=cast.rows["governingdocument"])
    yield reverse("document_detail", args=[cast.rows["governingdocument"].pk]), "official"
    yield f"{reverse('staff_reminder_add')}?to=contacts&agency={agency}", "official"
    yield f"{reverse('household_list')}?show=no_signal", "official"


class Screens:
    """The screens of the world, each with whom it is opened for."""

    def __init__(self, world):
        self.world = world
        self.browsers = {}
        for user in (*world.people.values(), None):
            self.browsers[user] = Client()
            if user is not None:
                self.browsers[user].force_login(user, "django.contrib.auth.backends.ModelBackend")

    def of(self, address):
        """Yield the address for the first who may open it, and for the team leader."""
        url, roles = address.url(self.world.rows), address.roles or ()
        of_roles = [
            Screen(url, self.world.people[role]) for role in self.world.people if role in roles
        ]
        opened = next(filter(self.opens, of_roles or [Screen(url, None)]), None)
        for_leader = Screen(url, self.world.leader)
        if opened is not None:
            yield opened
        if opened != for_leader in of_roles and self.opens(for_leader):
            yield for_leader

    def opens(self, screen):
        answer = self.browsers[screen.user].get(screen.url)
        is_page = answer.headers.get("Content-Type", "").startswith("text/html")
        return answer.status_code == 200 and is_page and b"<main" in answer.content

    def in_other_states(self):
        return [Screen(url, self.world.people[role]) for url, role in self.world.more]


@pytest.mark.once
def test_every_address_is_a_screen_or_said_to_be_none(world):
    screens = Screens(world)
    closed = {address.name for address in SCREENS if not any(screens.of(address))}
    assert closed == IN_ANOTHER_STATE, "say what answers there, or give it a row to show"
    assert [s.url for s in screens.in_other_states() if not screens.opens(s)] == []
    shown = {resolve(url.partition("?")[0]).url_name for url, _role in world.more}
    assert shown >= IN_ANOTHER_STATE
    assert {address.name for address in ADDRESSES} >= NO_SCREEN, "gone by now"
    none = [address for address in ADDRESSES if address.name in FILES | ONLY_POST]
    assert not [address.name for address in none if any(screens.of(address))], "these are screens"


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("part", range(PARTS))
def test_it_can_be_read_and_heard_and_fits(screen, world, part):
    screens = Screens(world)
    found = [found for address in SCREENS[part::PARTS] for found in screens.of(address)]
    pages, wrong = {}, []
    for url, user in [*found, *screens.in_other_states()[part::PARTS]]:
        page = pages.get(user) or pages.setdefault(user, screen.open(user=user, size=PHONE))
        page.set_viewport_size(PHONE)
        page.goto(url)
        if user == world.leader:
            wrong += [f"{url}: small, {what}" for what in small_text(page) + small_targets(page)]
        for name, size in (("phone", PHONE), ("office", OFFICE)):
            page.set_viewport_size(size)
            wrong += [f"{url}, {name}: {problem}" for problem in axe_problems(page)]
            if scrolls_sideways(page):
                wrong.append(f"{url}: wider than a screen of the {name}")
    assert not wrong, "\n".join(wrong)
