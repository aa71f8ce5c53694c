"""Sessions are listed, planned, changed, closed and cancelled."""

from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.urls import reverse

from households.models import Encounter
from households.village_changes import merge_villages
from training import attendance
from training.lacking import Lack, lacking, lacks_of, with_what_counts
from training.models import Attendance, TrainingSession
from villages.models import StoredFile
from villages.periods import today
from villages.refusals import ChangeRefused
from villages.text import fold


def at(name, session):
    return reverse(name, args=[session.uuid])


def typed(cast, **changes):
    return {
        "title": "Thanh toán không dùng tiền mặt",
        "kind": "residents",
        "held_on": today().isoformat(),
        "village": cast.khi.pk,
        "skills": [skill.pk for skill in cast.skills],
        **changes,
    }


def test_it_works(cast, as_user):
    client = as_user(cast.official)
    answer = client.post(reverse("session_add"), typed(cast))
    session = TrainingSession.objects.get()
    assert answer.url == at("session_detail", session)
    assert (session.commune, session.village, session.status) == (cast.commune, cast.khi, "planned")
    assert list(session.skills.all()) == cast.skills
    assert session.title in client.get(answer.url).text
    assert session.title in client.get(reverse("session_list"), {"q": "thanh toan"}).text


def test_a_session_stands_in_the_village_of_its_day(cast, as_user):
    on = today() - timedelta(days=10)
    merge_villages(former=cast.vi, successor=cast.khi, effective_on=on)
    client, address = as_user(cast.official), reverse("session_add")
    late = client.post(address, typed(cast, village=cast.vi.pk, held_on=f"{on}"))
    assert cast.khi.full_name in late.context["form"].errors["village"][0]
    before = on - timedelta(days=1)
    assert client.post(address, typed(cast, village=cast.vi.pk, held_on=f"{before}")).url
    assert TrainingSession.objects.get().village == cast.vi
    assert f"{before:%d/%m/%Y}" in client.get(address).text


def test_people_and_attendances_are_told_apart(cast, session, as_user, yesterday):
    people = list(cast.household.residents.all())
    other = TrainingSession.objects.create(
        commune=cast.commune, title="Buổi hai", held_on=yesterday
    )
    attendance.add_to_attendance(session, residents=people, walk_ins=[("Khách", "male")])
    attendance.add_to_attendance(other, residents=people[:1])
    page = as_user(cast.reader).get(reverse("session_list"))
    assert page.context["counts"] == {"people": 4, "attendances": 5}
    assert page.context["sessions_held"] == 2


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("title", ""),
        ("title", "a\0b"),
        ("title", "x" * 201),
        ("held_on", "0001-01-01"),
        ("held_on", "9999-12-31"),
        ("held_on", "31/02/2025"),
        ("starts_at", "25:00"),
        ("ends_at", "10:00"),
        ("kind", "party"),
        ("skills", ["99999999999999999999"]),
        ("village", "far"),
        ("note", "n" * 3000),
    ],
)
def test_bad_input_is_named_beside_its_field_and_kept(cast, as_user, name, bad):
    bad = cast.far.pk if bad == "far" else bad
    more = {"starts_at": "11:00"} if name == "ends_at" else {}
    page = as_user(cast.official).post(
        reverse("session_add"), typed(cast, **{"place": "Nhà văn hóa", name: bad, **more})
    )
    assert page.context["form"].errors.keys() == {name}
    assert "Nhà văn hóa" in page.text
    assert not TrainingSession.objects.exists()


def test_a_new_date_takes_the_people_along(cast, session, as_user, long_ago):
    attendance.add_to_attendance(session, residents=list(cast.household.residents.all()))
    client = as_user(cast.official)
    row = typed(cast, village=cast.vi.pk, held_on=long_ago.isoformat())
    client.post(at("session_edit", session), row)
    session.refresh_from_db()
    assert session.encounter.held_on == long_ago
    assert set(session.encounter.people_met.values_list("happened_on", flat=True)) == {long_ago}
    ahead = row | {"held_on": (today() + timedelta(days=2)).isoformat()}
    page = client.post(at("session_edit", session), ahead)
    assert "held_on" in page.context["form"].errors


def test_it_is_closed_with_the_right_count_and_reopened(cast, session, as_user):
    attendance.add_to_attendance(session, residents=list(cast.household.residents.all()))
    client = as_user(cast.leader)
    page = client.post(at("session_close", session), {"counted": 2})
    assert "counted" in page.context["form"].errors
    client.post(at("session_close", session), {"counted": 3})
    session.refresh_from_db()
    assert session.status == "closed"
    reason = {"reason": "Sót hai người"}
    assert client.post(at("session_reopen", session), reason).status_code == 403
    client = as_user(cast.official)
    assert "reason" in client.post(at("session_reopen", session), {}).context["form"].errors
    client.post(at("session_reopen", session), reason)
    session.refresh_from_db()
    assert session.status == "held"
    assert "Sót hai người" in client.get(at("session_detail", session)).text


def test_a_closed_session_stays_as_it_is_until_it_is_reopened(cast, session, as_user, long_ago):
    attendance.add_to_attendance(session, residents=list(cast.household.residents.all()))
    attendance.close_session(session, counted=3)
    client = as_user(cast.official)
    page = client.get(at("session_detail", session)).text
    assert at("session_edit", session) not in page
    assert at("session_reopen", session) in page
    answer = client.get(at("session_edit", session), follow=True)
    assert answer.redirect_chain[-1][0] == at("session_detail", session)
    changes = typed(cast, held_on=long_ago.isoformat())
    assert client.post(at("session_edit", session), changes).context["form"].non_field_errors()
    session.refresh_from_db()
    assert (session.village, session.held_on) == (cast.vi, session.encounter.held_on)
    assert session.title != changes["title"]
    with pytest.raises(ChangeRefused):
        attendance.move_session(session, held_on=long_ago)
    client.post(at("session_reopen", session), {"reason": "Sai bản"})
    client.post(at("session_edit", session), changes)
    session.refresh_from_db()
    assert (session.village, session.encounter.held_on) == (cast.khi, long_ago)


def test_the_administration_shows_a_closed_session_and_changes_none(cast, session, as_user):
    attendance.add_to_attendance(session, walk_ins=[("Khách", "male")])
    address = reverse("admin:training_trainingsession_change", args=[session.pk])
    client = as_user(cast.admin)
    assert 'name="title"' in client.get(address).text
    attendance.close_session(session, counted=1)
    page = client.get(address)
    assert page.status_code == 200
    assert 'name="title"' not in page.text


def test_its_page_sent_twice_saves_it_once(cast, as_user):
    client = as_user(cast.official)
    key = client.get(reverse("session_add")).context["form"]["uuid"].value()
    said = typed(cast, uuid=str(key))
    answers = [client.post(reverse("session_add"), said) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url
    # Back, another title, save: first told, and another session when saved again.
    page = client.post(reverse("session_add"), said | {"title": "Lớp khác"})
    assert said["title"] in page.context["form"].non_field_errors()[0]
    assert TrainingSession.objects.count() == 1
    again = str(page.context["form"]["uuid"].value())
    assert again in page.text
    client.post(reverse("session_add"), said | {"title": "Lớp khác", "uuid": again})
    assert TrainingSession.objects.count() == 2


def test_one_cancelled_by_mistake_is_planned_again(cast, session, as_user):
    attendance.cancel_session(session, reason="Nhầm")
    assert as_user(cast.leader).post(at("session_restore", session)).status_code == 403
    client = as_user(cast.official)
    assert at("session_restore", session) in client.get(at("session_detail", session)).text
    client.post(at("session_restore", session))
    session.refresh_from_db()
    assert (session.status, session.cancel_reason) == ("planned", "")


def test_one_entered_by_mistake_is_deleted_after_asking(cast, session, as_user):
    client = as_user(cast.official)
    attendance.hold_session(session)
    assert client.get(at("session_delete", session)).status_code == 200
    assert TrainingSession.objects.exists()
    client.post(at("session_delete", session))
    assert not TrainingSession.objects.exists()
    assert not Encounter.objects.exists()
    trace = LogEntry.objects.filter(content_type__model="trainingsession", action=2).get()
    assert (trace.object_repr, trace.actor) == (session.title, cast.official)


def test_one_to_which_somebody_came_is_not_deleted(cast, session, as_user):
    attendance.add_to_attendance(session, walk_ins=[("Khách", "male")])
    client = as_user(cast.official)
    assert at("session_delete", session) not in client.get(at("session_detail", session)).text
    assert "btn-danger" not in client.get(at("session_delete", session)).text
    answer = client.post(at("session_delete", session), follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert TrainingSession.objects.exists()
    attendance.take_from_attendance(session, attendances=session.attendances.all())
    session.evidence.add(StoredFile.objects.create(commune=cast.commune, name="a", size=1))
    client.post(at("session_delete", session))
    assert TrainingSession.objects.exists()


def test_what_is_lacking_is_said_and_found(cast, session, as_user, yesterday):
    def another(title, **more):
        return TrainingSession.objects.create(
            commune=cast.commune, title=title, held_on=yesterday, **more
        )

    nobody, whole = another("Chưa ghi ai"), another("Đủ cả")
    TrainingSession.objects.create(commune=cast.commune, title="Hôm nay", held_on=today())
    another("Quá ngày")
    attendance.hold_session(nobody)
    for one, name in ((session, "A"), (whole, "B")):
        attendance.add_to_attendance(one, walk_ins=[(name, "male")])
    client = as_user(cast.leader)
    # The number counted is kept although the session cannot be closed with it yet.
    client.post(at("session_close", session), {"counted": 3})
    session.refresh_from_db()
    assert (session.status, session.counted) == ("held", 3)
    whole.evidence.add(StoredFile.objects.create(commune=cast.commune, name="a", size=1))
    attendance.close_session(whole, counted=1)
    sessions = with_what_counts(TrainingSession.objects.all())
    told = {
        one.pk: lacks_of(one, listed=one.listed, has_photograph=one.has_photograph)
        for one in sessions
    }
    assert told[session.pk] == [Lack.DIFFERS, Lack.NO_PHOTOGRAPH]
    assert told[nobody.pk] == [Lack.NOBODY, Lack.NO_PHOTOGRAPH]
    assert told[whole.pk] == []
    for lack in Lack:
        found = set(lacking(sessions, lack).values_list("pk", flat=True))
        assert found == {pk for pk, lacks in told.items() if lack in lacks}, lack
    client = as_user(cast.official)
    page = client.get(reverse("session_list"), {"lack": "differs"})
    assert [one.pk for one in page.context["page"]] == [session.pk]
    assert "Danh sách ký:\xa03, đã\xa0ghi:\xa01" in page.text
    assert page.context["counts"] == {"people": 1, "attendances": 1}
    assert "Danh sách ký:\xa03, đã\xa0ghi:\xa01" in client.get(at("session_detail", session)).text
    assert client.get(reverse("session_list")).context["lacking"] == 3
    found = client.get(reverse("session_list"), {"lack": "any"}).context["page"]
    assert {one.pk for one in found} == {pk for pk, lacks in told.items() if lacks}


def test_titles_stand_in_the_order_of_their_letters(cast, as_user):
    titles = [
        "An toàn",
        "ăn uống",
        "Ân cần",
        "Chợ số",
        "Đi chợ",
        "ĐI LÀM",
        "dịch vụ",
        "Én",
        "Ở",
        "Z",
    ]
    for title in reversed(titles):
        TrainingSession.objects.create(commune=cast.commune, title=title, held_on=today())
    client = as_user(cast.reader)

    def listed(sort):
        return [
            one.title for one in client.get(reverse("session_list"), {"sort": sort}).context["page"]
        ]

    expected = sorted(titles, key=lambda title: (fold(title), title))
    assert expected[:4] == ["Ân cần", "An toàn", "ăn uống", "Chợ số"]
    assert listed("title") == expected
    assert listed("-title") == expected[::-1]


def test_cancelling_asks_why(cast, session, as_user):
    attendance.add_to_attendance(session, residents=list(cast.household.residents.all()))
    client = as_user(cast.official)
    assert "reason" in client.post(at("session_cancel", session), {}).context["form"].errors
    assert Attendance.objects.count() == 3
    client.post(at("session_cancel", session), {"reason": "Mưa lũ"})
    session.refresh_from_db()
    assert (session.status, session.cancel_reason) == ("cancelled", "Mưa lũ")
    assert not Attendance.objects.exists()
    assert "Mưa lũ" in client.get(at("session_detail", session)).text


def test_leaders_see_the_sessions_of_their_village(cast, session, as_user):
    client = as_user(cast.leader)
    assert session.title in client.get(reverse("session_list")).text
    assert client.get(at("session_detail", session)).status_code == 200
    assert client.get(at("session_edit", session)).status_code == 403
    client = as_user(cast.neighbour)
    assert session.title not in client.get(reverse("session_list")).text
    assert client.get(at("session_detail", session)).status_code == 404


@pytest.mark.parametrize(("who", "status"), [("reader", 403), ("stranger", 404)])
def test_others_change_nothing(cast, session, as_user, who, status):
    client = as_user(getattr(cast, who))
    for name in (
        "session_edit",
        "session_cancel",
        "session_reopen",
        "session_restore",
        "session_delete",
    ):
        assert client.post(at(name, session), {"reason": "x"}).status_code == status
    assert client.post(at("session_close", session), {"counted": 0}).status_code == status


def test_strange_filters_break_no_list(cast, session, as_user):
    client = as_user(cast.official)
    for query in (
        {"q": "\0"}, {"first": "9999-99-99"}, {"village": "x"}, {"village": "9" * 30},
        {"kind": "x"}, {"sort": "-\0"}, {"sort": "-attendances"}, {"page": "9" * 6000},
        {"page": "-1"}, {"q": "x" * 9000},
    ):  # fmt: skip
        assert client.get(reverse("session_list"), query).status_code == 200


def test_the_way_back_keeps_the_filter(cast, session, as_user):
    client = as_user(cast.reader)
    client.get(reverse("session_list"), {"kind": "residents", "sort": "title"})
    back = client.get(at("session_detail", session)).context["back"]
    assert back == reverse("session_list") + "?kind=residents&sort=title"
