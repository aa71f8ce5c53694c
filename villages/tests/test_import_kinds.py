"""The lists of villages, teams, documents, committee, targets and connectivity, brought in."""

from datetime import date

import pytest

from portal.testing.hamlets import all_records
from portal.testing.importing import Lists
from villages.importing import running
from villages.importing.headings import match_headings
from villages.importing.kinds import kind_of
from villages.models import (
    ConnectivityReport,
    GoverningDocument,
    StaleMark,
    SteeringCommittee,
    SteeringCommitteeMember,
    Target,
    Team,
    TeamMember,
    Village,
)

JULY = date(2025, 7, 11)


@pytest.fixture
def lists(cast):
    return Lists(cast.official, cast.commune)


def outcomes(rows):
    return [row.outcome for row in rows]


# Villages


def test_villages_are_found_by_number_or_name_and_new_ones_made(cast, lists):
    rows = lists.bring_in(
        "villages",
        {"number": "1", "name": "Bản Vi", "kind": "Bản"},
        {"number": "2", "name": "khi", "kind": "Khu dân cư"},
        {"number": "3", "name": "Bản mẫu 03", "from_on": "01/07/2025"},
        {"number": "4", "name": "Nà Mới", "kind": "kdc"},
        as_of="2025-07-11",
    )
    assert outcomes(rows) == ["same", "changed", "new", "new"]
    made = Village.objects.get(commune=cast.commune, number=4)
    assert (made.name_folded, made.kind, made.from_on) == ("na moi", "residential_area", JULY)
    assert Village.objects.get(pk=cast.khi.pk).name == "Khì"
    assert StaleMark.objects.filter(village=made).exists()
    again = lists.plan("villages", {"number": "4", "name": "Nà Mới", "kind": "kdc"})
    assert outcomes(again) == ["same"]


def test_a_list_does_not_rename_reopen_or_make_villages_younger(cast, lists):
    gone = Village.objects.create(
        commune=cast.commune, number=9, name="Cũ", from_on=JULY, to_on=date(2025, 8, 1)
    )
    rows = lists.plan(
        "villages",
        {"number": "1", "name": "Vị Trí Khác"},
        {"number": "9", "name": gone.name},
        {"number": "2", "name": "Khì", "from_on": "01/01/2026"},
        {"number": "7", "name": "Khì"},
        {"number": "5", "name": "Mới"},
        {"number": "6", "name": "Bản Mới"},
    )
    assert outcomes(rows) == ["wrong", "wrong", "wrong", "changed", "new", "wrong"]
    assert [*rows[0].errors] == ["name"]
    assert [*rows[2].errors] == ["from_on"]


def test_a_row_that_stands_twice_is_left_out_and_one_that_differs_refused(lists):
    said = {"number": "5", "name": "Mới"}
    rows = lists.plan("villages", said, dict(said), {"number": "5", "name": "Mới", "kind": "kdc"})
    assert outcomes(rows) == ["new", "skipped", "wrong"]
    assert "2" in rows[2].errors[""]


# Teams


def member(village, name, **said):
    return {"village": village, "full_name": name, **said}


def test_lists_are_understood_as_communes_head_them(lists):
    """Without its role a leader would come in as a member, and nobody would be asked."""
    for code, headings in {
        "teams": (
            "Chức danh trong tổ", "Vai trò trong tổ", "Nhiệm vụ trong tổ",
            "Chức danh trong Tổ CNSCĐ", "Chức vụ trong Tổ công nghệ số cộng đồng",
        ),
        "committee": (
            "Chức danh trong BCĐ", "Vai trò trong Ban Chỉ đạo", "Nhiệm vụ trong BCĐ",
            "Chức vụ trong Ban Chỉ đạo",
        ),
    }.items():  # fmt: skip
        columns = list(kind_of(code).columns(lists.request()))
        for heading in headings:
            assert match_headings(["Họ và tên", heading], columns)[1] == "role", heading
    said = [
        {"village": "Vi", "full_name": f"Lò Văn {name}", "organisation": words}
        for name, words in (
            ("Một", "Hội PN"),
            ("Hai", "Hội ND"),
            ("Ba", "Hội CCB"),
            ("Bốn", "Đoàn TN"),
        )
    ]
    run = lists.upload("teams", *said)
    assert run.counts == {"new": 4}, list(run.rows.values_list("errors", flat=True))


def test_a_team_is_made_with_its_members(cast, lists):
    Team.objects.filter(village=cast.khi).delete()
    lists.bring_in(
        "documents",
        {"number": "38/QĐ-UBND", "kind": "QĐ", "issuer": "UBND xã", "issued_on": "11/07/2025",
         "title": "Thành lập Tổ"},
    )  # fmt: skip
    decided = {"document_number": "38/qđ-ubnd"}
    rows = lists.bring_in(
        "teams",
        member("2", "Vàng A Trưởng", role="Tổ trưởng", organisation="trưởng bản", **decided),
        member("Bản Khì", "Lò Thị Viên", sex="nữ", phone="0912345678", **decided),
        member("khi", "Lò Văn Cũ", role="tổ phó", from_on="11/07/2025", to_on="30/09/2025"),
    )
    assert outcomes(rows) == ["new"] * 3
    team = Team.objects.get(village=cast.khi)
    assert (team.from_on, team.document.number) == (JULY, "38/QĐ-UBND")
    leader = team.members.get(role="leader")
    assert (leader.full_name, leader.organisation, leader.from_on) == (
        "Vàng A Trưởng", "village_head", JULY,
    )  # fmt: skip
    assert team.members.get(full_name="Lò Thị Viên").sex == "female"
    again = lists.plan("teams", member("Khì", "lo thi vien", sex="f"), member("Khì", "Lò Văn Cũ"))
    assert outcomes(again) == ["same", "same"]


def test_a_second_leader_is_refused_until_the_first_has_ended(cast, lists):
    new = member("Vi", "Lò Văn Mới", role="Tổ trưởng", from_on="01/10/2025")
    assert outcomes(lists.plan("teams", new)) == ["wrong"]
    old = member("Vi", "Lò Thị Tổ Trưởng", to_on="30/09/2025")
    rows = lists.bring_in("teams", new, old)
    assert outcomes(rows) == ["new", "changed"]
    assert rows[1].changes[0][1:] == ["–", "30/09/2025"]
    leaders = TeamMember.objects.filter(team=cast.vi.team, role="leader")
    assert list(leaders.filter(to_on=None).values_list("full_name", flat=True)) == ["Lò Văn Mới"]
    assert leaders.get(full_name=cast.leader.full_name).user == cast.leader


def test_a_deputy_takes_over_in_the_same_list(cast, lists):
    deputy = TeamMember.objects.create(
        team=cast.vi.team, full_name="Tòng Văn Phó", role="deputy", from_on=JULY
    )
    rows = lists.bring_in(
        "teams",
        member("Vi", "Tòng Văn Phó", role="Tổ trưởng"),
        member("Vi", "Lò Thị Tổ Trưởng", role="Thành viên"),
    )
    assert outcomes(rows) == ["changed", "changed"]
    assert TeamMember.objects.get(role="leader", team=cast.vi.team) == deputy


@pytest.mark.parametrize(("decision", "outcome"), [("new", "new"), ("skip", "skipped")])
def test_another_first_day_is_asked_about(cast, lists, decision, outcome):
    said = member("Vi", "Lò Thị Tổ Trưởng", role="Thành viên", from_on="01/05/2025")
    (asked,) = lists.plan("teams", said)
    assert asked.outcome == "uncertain"
    key = asked.candidates[0][0]
    (chosen,) = lists.plan("teams", said, decisions={2: key})
    assert chosen.outcome == "changed"
    assert chosen.record.values["from_on"] == date(2025, 5, 1)
    (decided,) = lists.plan("teams", said, decisions={2: decision})
    assert decided.outcome == outcome


def test_villages_of_others_are_not_found(cast, lists):
    rows = lists.plan("teams", member("Xa", "Ai Đó"), member("Vi", "Ai Đó"))
    assert outcomes(rows) == ["wrong", "new"]
    stranger = Lists(cast.stranger, cast.commune)
    assert outcomes(stranger.plan("teams", member("Vi", "Ai Đó"))) == ["wrong"]
    reader = Lists(cast.reader, cast.commune)
    assert outcomes(reader.plan("teams", member("Vi", "Ai Đó"))) == ["wrong"]


def test_namesakes_in_a_team_are_told_apart_by_sex_or_organisation(cast, lists):
    woman = member("Khì", "Cứ A Ngô", sex="nữ", organisation="y tế", from_on="11/07/2025")
    man = {**woman, "sex": "nam", "organisation": "chi bộ"}
    assert outcomes(lists.bring_in("teams", man, woman)) == ["new", "new"]
    assert outcomes(lists.plan("teams", woman, man)) == ["same", "same"]
    mended = {**man, "organisation": "đoàn thanh niên"}
    assert outcomes(lists.plan("teams", woman, mended)) == ["same", "changed"]
    twice = member("Vi", "Lò Văn Hai", role="Tổ phó"), member("Vi", "Lò Văn Hai")
    assert outcomes(lists.plan("teams", *twice)) == ["new", "wrong"]


# Documents


def document(**said):
    return {
        "number": "611/KH-UBND", "kind": "Kế hoạch", "issuer": "UBND xã Mường Kim",
        "issued_on": "08/08/2025", "title": "Triển khai phong trào", **said,
    }  # fmt: skip


def test_documents_are_found_by_number_and_day(cast, lists):
    rows = lists.bring_in("documents", document(), document(number="04-KH/ĐU"))
    assert outcomes(rows) == ["new", "new"]
    rows = lists.bring_in("documents", document(number="611 / kh-ubnd", title="Trích yếu khác"))
    assert outcomes(rows) == ["changed"]
    assert rows[0].changes[0][1:] == ["Triển khai phong trào", "Trích yếu khác"]
    kept = GoverningDocument.objects.get(commune=cast.commune, number="611/KH-UBND")
    assert kept.title == "Trích yếu khác"
    assert StaleMark.objects.filter(commune=cast.commune, since_on=kept.issued_on).exists()


def test_another_day_of_the_same_year_is_asked_about(lists):
    lists.bring_in("documents", document())
    rows = lists.plan("documents", document(issued_on="09/08/2025"), document(issued_on="8/8/2024"))
    assert outcomes(rows) == ["uncertain", "new"]
    (moved,) = lists.bring_in(
        "documents", document(issued_on="09/08/2025"), decisions={2: rows[0].candidates[0][0]}
    )
    assert moved.outcome == "changed"
    assert GoverningDocument.objects.get().issued_on == date(2025, 8, 9)


def test_a_link_that_is_none_and_a_day_to_come_are_refused(lists):
    rows = lists.plan(
        "documents", document(link="javascript:alert(1)"), document(issued_on="01/01/2099")
    )
    assert [[*row.errors] for row in rows] == [["link"], ["issued_on"]]


# Committee


def test_the_committee_is_made_with_its_members(cast, lists):
    lists.bring_in("documents", document(number="37/QĐ-UBND", issued_on="11/07/2025"))
    said = [
        {"full_name": "Lò Văn Chủ Tịch", "position": "Chủ tịch UBND xã", "role": "Trưởng ban",
         "decision": "37/QĐ-UBND"},
        {"full_name": "Lò Thị Phó", "role": "Phó trưởng ban thường trực", "decision": "37/QĐ-UBND"},
    ]  # fmt: skip
    assert outcomes(lists.bring_in("committee", *said)) == ["new", "new"]
    committee = SteeringCommittee.objects.get(commune=cast.commune)
    assert (committee.document.number, committee.from_on) == ("37/QĐ-UBND", JULY)
    assert committee.members.get(role="head").from_on == JULY
    assert outcomes(lists.plan("committee", *said)) == ["same", "same"]
    left = {"full_name": "Lò Thị Phó", "to_on": "31/10/2025"}
    assert outcomes(lists.bring_in("committee", left)) == ["changed"]
    assert SteeringCommitteeMember.objects.get(full_name="Lò Thị Phó").to_on == date(2025, 10, 31)


def test_an_unknown_decision_and_a_period_that_ends_first_are_refused(lists):
    rows = lists.plan(
        "committee",
        {"full_name": "Lò Văn A", "decision": "99/QĐ-UBND"},
        {"full_name": "Lò Văn B", "from_on": "01/08/2025", "to_on": "01/07/2025"},
    )
    assert [[*row.errors] for row in rows] == [["decision"], ["to_on"]]


# Targets


def test_targets_are_found_by_indicator_year_and_village(cast, lists):
    said = {"indicator": "người trưởng thành", "year": "2026", "percent": "82,5 %"}
    rows = lists.bring_in("targets", said, {**said, "village": "Vi", "percent": "90"})
    assert outcomes(rows) == ["new", "new"]
    assert Target.objects.get(village=cast.vi).percent == 90
    assert outcomes(lists.plan("targets", said)) == ["same"]
    (changed,) = lists.bring_in("targets", {**said, "percent": "85", "source": "Xã tự đặt"})
    assert changed.outcome == "changed"
    assert Target.objects.get(commune=cast.commune, village=None).percent == 85


def test_further_indicators_have_targets_and_unknown_ones_have_not(lists):
    rows = lists.plan(
        "targets",
        {"indicator": "Người trưởng thành đã xác nhận trên VNeID", "year": "2026", "percent": "50"},
        {"indicator": "adults_confirmed", "year": "2026", "percent": "50"},
        {"indicator": "Chỉ tiêu không có", "year": "2026", "percent": "50"},
        {"indicator": "adults", "year": "2026", "percent": "0.8"},
        {"indicator": "adults", "year": "2026", "percent": "120"},
    )
    assert [*rows[2].errors] == ["indicator"]
    assert [*rows[3].errors] == [*rows[4].errors] == ["percent"]
    assert rows[1].outcome == "skipped"


# Connectivity


def report(**said):
    return {
        "village": "Vi", "operator": "Viettel", "technology": "4G", "quality": "Không có sóng",
        "where": "Cuối bản", "reported_on": "20/07/2025", **said,
    }  # fmt: skip


def test_a_report_is_kept_and_later_resolved(cast, lists):
    assert outcomes(lists.bring_in("connectivity", report())) == ["new"]
    kept = ConnectivityReport.objects.get()
    assert (kept.quality, kept.reported_by, kept.village) == ("none", cast.official, cast.vi)
    (row,) = lists.bring_in("connectivity", report(resolved_on="01/09/2025", operator="VIETTEL"))
    assert row.outcome == "changed"
    kept.refresh_from_db()
    assert kept.resolved_on == date(2025, 9, 1)
    assert outcomes(lists.plan("connectivity", report(resolved_on=""))) == ["same"]
    assert outcomes(lists.bring_in("connectivity", report(told_by="Lò Văn Báo"))) == ["changed"]
    kept.refresh_from_db()
    assert kept.told_by == "Lò Văn Báo"


def test_days_that_cannot_be_are_refused(lists):
    rows = lists.plan(
        "connectivity",
        report(reported_on="01/01/2099"),
        report(reported_on="01/01/1998"),
        report(resolved_on="19/07/2025"),
    )
    assert [[*row.errors] for row in rows] == [["reported_on"], ["reported_on"], ["resolved_on"]]


# All of them, through a file and back


def test_every_list_goes_through_a_file_and_is_undone_to_the_last_row(cast, lists):
    lists.bring_in("connectivity", report())
    lists.bring_in("documents", document())
    lists.bring_in("targets", {"indicator": "adults", "year": "2026", "percent": "80"})
    before = all_records()
    for code, rows, counts in (
        ("villages",
         [{"number": "2", "name": "Khì", "kind": "Khu dân cư"}, {"number": "8", "name": "Mới"}],
         {"changed": 1, "new": 1}),
        ("documents", [document(title="Khác"), document(number="04-KH/ĐU")],
         {"changed": 1, "new": 1}),
        ("committee", [{"full_name": "Lò Văn A", "role": "Trưởng ban"}], {"new": 1}),
        ("teams",
         [member("Vi", "Lò Thị Tổ Trưởng", to_on="30/09/2025"),
          member("Vi", "Lò Văn Mới", role="Tổ trưởng", from_on="01/10/2025")],
         {"changed": 1, "new": 1}),
        ("targets", [{"indicator": "Người trưởng thành", "year": "2026", "percent": "82,5 %"},
                     {"indicator": "Người trưởng thành", "year": "2027", "percent": "90"}],
         {"changed": 1, "new": 1}),
        ("connectivity", [report(resolved_on="01/09/2025"), report(operator="VNPT")],
         {"changed": 1, "new": 1}),
    ):  # fmt: skip
        run = lists.upload(code, *rows)
        assert run.counts == counts, (code, list(run.rows.values("errors", "cells")))
        running.apply_run(run, by=cast.official)
        assert run.status == "applied", run.problem
        assert all_records() != before, code
        running.undo_run(run, by=cast.official)
        assert run.status == "undone", run.problem
        assert all_records() == before, code
