"""What teams and offices did, brought in: it counts as if it had been typed."""

from datetime import date, timedelta

import pytest

from households.forms.visit import CorrectionForm
from households.models import Confirmation, Doubt, Encounter, PersonMet, Resident, SkillCheck
from households.recording import correct_visit, void_visit
from households.visit_content import content_from_records, form_initial, guidance_of
from portal.testing.hamlets import all_records
from portal.testing.importing import Lists
from reports.activity import activity_of
from reports.indicators import Place, all_indicators
from villages.importing import running
from villages.models import StaleMark, TeamMember
from villages.periods import today

DAY = today() - timedelta(days=20)


@pytest.fixture
def lists(cast):
    return Lists(cast.official, cast.commune)


def outcomes(rows):
    return [row.outcome for row in rows]


def typed(day):
    return day.strftime("%d/%m/%Y")


def visit(name="", born="", **said):
    return {"key": "P-1", "visited_on": typed(DAY), "occasion": "Tại nhà", "village": "Vi",
            "household": "1", "full_name": name, "birth_year": born, **said}  # fmt: skip


def two_people():
    return [
        visit("Lò Văn Mẫu", "1961", **{"skill-vneid": "T", "skill-find-information": "1"},
              confirmed="x", smart_device="không", connection="4G", guided_by="Lò Thị Tổ Trưởng",
              note="Hẹn lại", return_on=typed(DAY + timedelta(days=7))),
        visit("lường thị mẫu", "", **{"skill-vneid": "cần giúp", "skill-qr": "C"}),
    ]  # fmt: skip


def test_it_works(cast, lists):
    assert outcomes(lists.bring_in("guidance", *two_people())) == ["new", "new"]
    encounter = Encounter.objects.get()
    assert (encounter.author, encounter.member.full_name, encounter.typed_by) == (
        cast.leader, cast.leader.full_name, cast.official,
    )  # fmt: skip
    assert (encounter.village, encounter.household, encounter.held_on) == (
        cast.vi, cast.household, DAY,
    )  # fmt: skip
    assert encounter.people_met.count() == 2
    assert {(c.skill.code, c.outcome) for c in encounter.checks.all()} == {
        ("vneid", "alone"), ("find-information", "alone"), ("vneid", "with_help"),
        ("qr", "not_yet"),
    }  # fmt: skip
    assert Confirmation.objects.get().resident.full_name == "Lò Văn Mẫu"
    cast.household.refresh_from_db()
    assert (cast.household.smart_device, cast.household.connection) == (False, "mobile")
    assert cast.household.observed_on == DAY
    assert encounter.content == content_from_records(encounter)
    assert StaleMark.objects.filter(village=cast.vi, since_on=DAY).exists()


def test_the_same_list_again_is_the_same(cast, lists):
    lists.bring_in("guidance", *two_people())
    assert outcomes(lists.plan("guidance", *two_people())) == ["same", "same"]
    assert outcomes(lists.bring_in("guidance", *two_people(), {**two_people()[0]})) == [
        "same", "same", "skipped",
    ]  # fmt: skip
    assert Encounter.objects.count() == 1


def test_without_a_code_it_is_told_by_day_occasion_and_household(cast, lists):
    rows = [{**row, "key": ""} for row in two_people()]
    lists.bring_in("guidance", *rows, visit(key="", household="2", difficulty="Vắng nhà"))
    assert Encounter.objects.count() == 2
    assert outcomes(lists.plan("guidance", *rows)) == ["same", "same"]


def test_more_about_the_same_encounter_is_added_and_the_earlier_kept(cast, lists):
    lists.bring_in("guidance", two_people()[0])
    later = visit("Lường Thị Mẫu", "1964", **{"skill-vneid": "T"}, connection="")
    (row,) = lists.bring_in("guidance", later)
    assert row.outcome == "changed"
    encounter = Encounter.objects.get()
    assert (encounter.version, encounter.people_met.count()) == (2, 2)
    assert len(encounter.versions.get().content["people"]) == 1
    assert encounter.content == content_from_records(encounter)
    assert encounter.observations.count() == 1
    assert outcomes(lists.plan("guidance", two_people()[0], later)) == ["same", "same"]


def corrected_by_hand(cast, encounter, **changes):
    initial = form_initial(content_from_records(encounter))
    head = str(cast.household.head.uuid)
    from django.http import QueryDict

    fields = QueryDict(mutable=True)
    fields.update({
        "household": str(cast.household.uuid), "visited_on": initial["visited_on"],
        "occasion": initial["occasion"], "met": head, f"outcome-{head}-vneid": "not_yet",
        "smart_device": "yes", "reason": "Ghi nhầm", **changes,
    })  # fmt: skip
    form = CorrectionForm(fields, user=cast.official, household=cast.household, known=encounter)
    assert form.is_valid(), form.errors
    return correct_visit(
        encounter=encounter, guidance=guidance_of(form, encounter.uuid), reason="Ghi nhầm",
        by=cast.official,
    )  # fmt: skip


def test_what_was_corrected_by_hand_since_stays_corrected(cast, lists):
    lists.bring_in("guidance", *two_people())
    encounter = corrected_by_hand(cast, Encounter.objects.get())
    assert encounter.checks.get().outcome == "not_yet"
    assert outcomes(lists.bring_in("guidance", *two_people())) == ["same", "same"]
    assert encounter.checks.get().outcome == "not_yet"


def test_what_was_declared_void_does_not_come_back(cast, lists):
    lists.bring_in("guidance", *two_people())
    void_visit(encounter=Encounter.objects.get(), reason="Nhầm", by=cast.official)
    assert outcomes(lists.plan("guidance", *two_people())) == ["same", "same"]
    other = visit("Lò Văn Mẫu Em", "2012")
    assert outcomes(lists.plan("guidance", other)) == ["wrong"]


def test_a_visit_of_the_same_day_is_asked_about(cast, lists):
    lists.bring_in("guidance", *two_people())
    again = [{**row, "key": "P-2"} for row in two_people()]
    rows = lists.plan("guidance", *again)
    assert outcomes(rows) == ["uncertain", "skipped"]
    known = Encounter.objects.get()
    assert rows[0].candidates[0][0] == str(known.uuid)
    same = lists.bring_in("guidance", *again, decisions={2: str(known.uuid)})
    assert outcomes(same) == ["skipped", "skipped"]
    assert outcomes(lists.bring_in("guidance", *again, decisions={2: "new"})) == ["new", "new"]
    second = Encounter.objects.exclude(pk=known.pk).get()
    assert list(second.doubts.values_list("kind", flat=True)) == ["same_day"]


def test_two_visits_of_one_day_in_one_list_are_kept_and_doubtful(cast, lists):
    lists.bring_in("guidance", visit("Lò Văn Mẫu", "1961"), visit("Lò Văn Mẫu", "1961", key="P-2"))
    assert Encounter.objects.count() == 2
    assert Doubt.objects.get().kind == "same_day"


def test_somebody_who_is_not_on_the_list_is_asked_about_and_added_once(cast, lists):
    new = visit("Lò Thị Mới", "2001", **{"skill-vneid": "T"})
    later = {**new, "key": "P-2", "visited_on": typed(DAY - timedelta(days=5))}
    assert outcomes(lists.plan("guidance", new)) == ["uncertain"]
    rows = lists.bring_in("guidance", new, later, decisions={2: "new"})
    assert outcomes(rows) == ["new", "new"]
    person = Resident.objects.get(full_name="Lò Thị Mới")
    assert (person.household, person.name_folded) == (cast.household, "lo thi moi")
    assert person.residencies.get().from_on == DAY - timedelta(days=5)
    assert person.met.count() == 2


def test_another_birth_year_is_asked_about(cast, lists):
    said = visit("Lò Văn Mẫu", "1962")
    (row,) = lists.plan("guidance", said)
    key = str(cast.household.head.uuid)
    assert (row.outcome, [candidate[0] for candidate in row.candidates]) == ("uncertain", [key])
    lists.bring_in("guidance", said, decisions={2: key})
    assert PersonMet.objects.get().resident == cast.household.head
    assert cast.household.head.birth_year == 1961


def test_the_rules_of_the_visit_form_hold(cast, lists):
    soon = typed(today() + timedelta(days=1))
    rows = lists.plan(
        "guidance",
        visit("Lò Văn Mẫu", "1961", key="1", visited_on=soon),
        visit("Lò Văn Mẫu", "1961", key="2", visited_on="01/01/2019"),
        visit("Lò Văn Mẫu", "1961", key="3", household=""),
        visit("Lò Văn Mẫu", "1961", key="4", household="99"),
        visit("Lò Văn Mẫu", "1961", key="5", difficulty="vắng nhà"),
        visit(key="6"),
        visit(key="7", **{"skill-vneid": "T"}, difficulty="no_signal"),
        visit("Lò Văn Mẫu", "1961", key="8", return_on=typed(DAY)),
        visit("Lò Văn Mẫu", "1961", key="9", office="UBND xã"),
        visit("Lò Văn Mẫu", "1961", key="10", guided_by="Ai Đó"),
        visit("Lò Văn Mẫu", "1961", key="11", note="CCCD 012345678901"),
        visit("Lò Văn Mẫu", "1961", key="12", unnamed_people="501"),
        visit("Lò Văn Mẫu", "1961", key="13", occasion="Trong lớp tập huấn"),
        visit("Lò Văn Mẫu", "1961", key="14", **{"skill-vneid": "giỏi"}),
        visit("Người Ở Xa", "1980", key="15", village="Xa"),
    )
    assert [[*row.errors] for row in rows] == [
        ["visited_on"], ["visited_on"], ["household"], ["household"], ["difficulty"],
        ["full_name"], ["full_name"], ["return_on"], ["office"], ["guided_by"], ["note"],
        ["unnamed_people"], ["occasion"], ["skill-vneid"], ["village"],
    ]  # fmt: skip
    old = visit("Lò Văn Mẫu", "1961", visited_on="01/03/2025")
    assert outcomes(lists.plan("guidance", old, first_on="2025-01-01")) == ["new"]


def test_rows_of_one_encounter_do_not_contradict_each_other(lists):
    rows = lists.plan(
        "guidance",
        visit("Lò Văn Mẫu", "1961", language="Thái"),
        visit("Lường Thị Mẫu", "1964", language="Mông"),
        visit("Lò Văn Mẫu Em", "2012", household="2"),
        visit("Lò Văn Mẫu", "1961", **{"skill-vneid": "C"}),
    )
    assert [[*row.errors] for row in rows] == [[], ["language"], ["household"], [""]]


def test_help_at_an_office_counts_people_with_a_name_and_without(cast, lists):
    desk = {
        "key": "Q-1",
        "visited_on": typed(DAY),
        "occasion": "Tại trung tâm",
        "office": "UBND xã",
    }
    rows = lists.bring_in(
        "guidance",
        {**desk, "village": "Vi", "full_name": "Vàng Thị Mẫu", "birth_year": "1990",
         "skill-vneid": "T"},
        {**desk, "village": "Khì", "household": "1", "full_name": "Giàng A Mẫu",
         "birth_year": "1985"},
        {**desk, "unnamed_people": "3"},
        {**desk, "full_name": "Người Qua Đường", "birth_year": "1999"},
        decisions={5: "unnamed"},
    )  # fmt: skip
    assert outcomes(rows) == ["new"] * 4
    encounter = Encounter.objects.get()
    assert (encounter.office, encounter.village, encounter.household) == (
        "peoples_committee", None, None,
    )  # fmt: skip
    assert (encounter.people_met.count(), encounter.unnamed_people) == (2, 4)
    counted = activity_of(cast.commune, DAY, DAY)
    assert counted.people_helped_at_service_centre == 2
    assert counted.service_centre_attendances == 6


def test_a_gathering_is_one_encounter_of_a_village(cast, lists):
    evening = {"visited_on": typed(DAY), "occasion": "nhà văn hóa", "village": "Vi"}
    lists.bring_in(
        "guidance",
        {**evening, "household": "1", "full_name": "Lò Văn Mẫu", "birth_year": "1961"},
        {**evening, "household": "2", "full_name": "Vàng Thị Mẫu", "birth_year": "1990"},
    )
    encounter = Encounter.objects.get()
    assert (encounter.village, encounter.household, encounter.people_met.count()) == (
        cast.vi, None, 2,
    )  # fmt: skip


def test_who_has_moved_away_is_found_on_a_day_of_their_time(cast, lists):
    from households.residence import end_residency

    gone = Resident.objects.get(full_name="Lường Thị Mẫu")
    end_residency(resident=gone, on=DAY, ended="moved")
    after = typed(DAY + timedelta(days=1))
    rows = lists.plan(
        "guidance",
        visit("Lường Thị Mẫu", "1964"),
        visit("Lường Thị Mẫu", "1964", key="P-2", visited_on=after),
    )
    assert outcomes(rows) == ["new", "uncertain"]


def test_members_of_the_same_name_are_told_by_their_role(cast, lists):
    TeamMember.objects.create(
        team=cast.vi.team, full_name=cast.leader.full_name, role="member", from_on=date(2024, 1, 1)
    )
    said = visit("Lò Văn Mẫu", "1961", guided_by=cast.leader.full_name)
    assert [*lists.plan("guidance", said)[0].errors] == ["guided_by"]
    said["guided_by"] += " (tổ trưởng)"
    lists.bring_in("guidance", said)
    assert Encounter.objects.get().member.role == "leader"


def test_only_what_the_person_may_write_is_found(cast):
    for user in (cast.stranger, cast.reader):
        rows = Lists(user, cast.commune).plan("guidance", *two_people())
        assert outcomes(rows) == ["wrong", "wrong"]


def counted(commune):
    return {found.code: found.count(Place(commune.pk), today()) for found in all_indicators()}


def test_figures_are_those_of_the_same_typed_by_hand(cast, lists):
    from households.recording import Guidance, PersonOutcome, record_visit

    head = cast.household.head
    skills = dict.fromkeys(cast.skills, "alone")
    before = counted(cast.commune)
    guidance = Guidance(
        commune=cast.commune, village=cast.vi, household=cast.household, occasion="home_visit",
        held_on=DAY, content={"a": 1}, people=(PersonOutcome(head, skills, True),),
        smart_device=True,
    )  # fmt: skip
    encounter, _new = record_visit(
        uuid="7d3c5a52-9d7b-4b41-a44c-6c8d8d1c5b11", guidance=guidance, author=cast.official
    )
    by_hand = counted(cast.commune)
    assert by_hand != before
    encounter.delete()
    SkillCheck.objects.all().delete()
    assert counted(cast.commune) == before
    said = {f"skill-{skill.code}": "T" for skill in cast.skills}
    lists.bring_in(
        "guidance", visit("Lò Văn Mẫu", "1961", confirmed="Có", smart_device="Có", **said)
    )
    assert counted(cast.commune) == by_hand


def test_planning_asks_the_database_no_more_for_many_rows(
    cast, lists, django_assert_max_num_queries
):
    many = [visit("Lò Văn Mẫu", "1961", key=f"P-{number}") for number in range(200)]
    with django_assert_max_num_queries(20):
        lists.plan("guidance", *many)


def test_all_of_it_goes_through_a_file_and_is_undone_to_the_last_row(cast, lists):
    lists.bring_in("guidance", two_people()[0])
    before = all_records()
    run = lists.upload(
        "guidance",
        *two_people(),
        visit("Vàng Thị Mẫu", "1990", key="P-2", household="2", smart_device="Có"),
        visit("Lò Thị Mới", "2001", key="P-3"),
        decisions={"5": "member"},
    )
    assert run.counts == {"same": 1, "changed": 1, "new": 2}
    running.apply_run(run, by=cast.official)
    assert run.status == "applied", run.problem
    assert Encounter.objects.count() == 3
    running.undo_run(run, by=cast.official)
    assert run.status == "undone", run.problem
    assert all_records() == before
