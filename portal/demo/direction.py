"""What directs the programme in the demonstration: documents, committee, teams, targets."""

from datetime import date, timedelta

from portal.demo import story
from portal.demo.people import free_name, person_name
from villages.models import (
    ConnectivityReport,
    GoverningDocument,
    SteeringCommittee,
    SteeringCommitteeMember,
    Target,
    Team,
    TeamMember,
)
from villages.text import fold

OWN_TARGET_SOURCE = "Xã tự đặt (số liệu minh họa)"
CONFIRMED_TARGETS = {2025: 30, 2026: 50}
COMMITTEE_POSITIONS = (
    ("head", "Chủ tịch UBND xã"),
    ("standing_deputy", "Phó Chủ tịch UBND xã"),
    ("deputy", "Trưởng phòng Văn hóa - Xã hội"),
    ("deputy", "Phó Chủ tịch Ủy ban MTTQ xã"),
    ("member", "Chánh Văn phòng HĐND và UBND xã"),
    ("member", "Trưởng Công an xã"),
    ("member", "Chỉ huy trưởng Ban Chỉ huy quân sự xã"),
    ("member", "Trưởng phòng Kinh tế"),
    ("member", "Giám đốc Trung tâm Phục vụ hành chính công"),
    ("member", "Bí thư Đoàn Thanh niên"),
    ("member", "Chủ tịch Hội Liên hiệp Phụ nữ"),
    ("member", "Chủ tịch Hội Nông dân"),
    ("member", "Chủ tịch Hội Cựu chiến binh"),
    ("member", "Trạm trưởng Trạm Y tế"),
    ("member", "Hiệu trưởng trường THPT"),
    ("member", "Công chức phụ trách chuyển đổi số"),
)
ORGANISATIONS = (
    "youth_union", "womens_union", "fatherland_front", "farmers_association",
    "veterans_association", "teacher", "health_worker", "party_cell",
)  # fmt: skip
OPERATORS = ("Viettel", "VNPT", "MobiFone")


def direct(rng, commune, places, villages, until):
    """Make a commune's documents, committee, teams and reports of its network."""
    decision = _documents(commune, until)
    _committee(rng, commune, decision["37/QĐ-UBND"])
    Target.objects.bulk_create(
        Target(
            indicator="adults_confirmed",
            commune=commune,
            year=year,
            percent=percent,
            source=OWN_TARGET_SOURCE,
        )
        for year, percent in CONFIRMED_TARGETS.items()
    )
    _teams(rng, places, villages, decision["38/QĐ-UBND"], until)
    _network(rng, places, villages, until)


def _documents(commune, until):
    party, people = f"Ban Thường vụ Đảng ủy xã {commune.name}", f"UBND xã {commune.name}"
    movement = "phong trào «Bình dân học vụ số» trên địa bàn xã"
    rows = [
        ("37/QĐ-UBND", "decision", people, date(2025, 7, 11),
         "Thành lập Ban Chỉ đạo triển khai công nghệ số cộng đồng cấp xã"),
        ("38/QĐ-UBND", "decision", people, date(2025, 7, 11),
         "Thành lập Tổ công nghệ số cộng đồng tại 43 bản, khu dân cư"),
        ("04-KH/ĐU", "plan", party, date(2025, 7, 30), f"Thực hiện {movement}"),
        ("611/KH-UBND", "plan", people, date(2025, 8, 8), f"Triển khai toàn diện {movement}"),
        ("MH-01/KH-UBND", "plan", people, date(2026, 1, 15),
         "Kế hoạch năm 2026 về kỹ năng số (văn bản minh họa)"),
    ]  # fmt: skip
    made = GoverningDocument.objects.bulk_create(
        GoverningDocument(
            commune=commune, number=number, kind=kind, issuer=issuer, issued_on=day, title=title
        )
        for number, kind, issuer, day, title in rows
        if day <= until
    )
    return {document.number: document for document in made}


def _committee(rng, commune, decision):
    committee = SteeringCommittee.objects.create(
        commune=commune,
        name=f"Ban Chỉ đạo triển khai công nghệ số cộng đồng xã {commune.name}",
        document=decision,
        from_on=decision.issued_on,
    )
    SteeringCommitteeMember.objects.bulk_create(
        SteeringCommitteeMember(
            committee=committee,
            full_name=person_name(
                rng, rng.choice(("Thái", "Kinh", "Mông")), rng.choice(("male", "female"))
            ),
            position=position,
            role=role,
            from_on=decision.issued_on,
        )
        for role, position in COMMITTEE_POSITIONS
    )


def _teams(rng, places, villages, decision, until):
    teams = Team.objects.bulk_create(
        Team(village=village, document=decision, from_on=decision.issued_on) for village in villages
    )
    members = []
    for place, team in zip(places, teams, strict=True):
        leader = _member(rng, place, team, decision, "leader")
        leader.organisation = "village_head" if rng.random() < 0.6 else "party_cell"
        leader.user = place.leader
        if place.leader is not None:
            leader.full_name, leader.sex = place.leader.full_name, place.leader_sex
        if place.number == story.WITHOUT_A_LEADER:
            leader.to_on = story.LEADER_LEFT_ON
            leader.user = None
        deputy = _member(rng, place, team, decision, "deputy")
        members += [leader, deputy]
        others = rng.randint(2, 7)
        members += [_member(rng, place, team, decision, "member") for _n in range(others)]
        if place.number % 11 == 5:
            members[-1].to_on = date(2025, 10, 15) + timedelta(days=place.number)
            successor = _member(rng, place, team, decision, "member")
            successor.from_on = members[-1].to_on + timedelta(days=1)
            members.append(successor)
    taken = {team: set() for team in teams}
    for member in members:
        member.full_name = free_name(member.full_name, taken[member.team])
        taken[member.team].add(fold(member.full_name))
        if member.to_on is not None and member.to_on > until:
            member.to_on = None
    TeamMember.objects.bulk_create(member for member in members if member.from_on <= until)


def _member(rng, place, team, decision, role):
    sex = "female" if rng.random() < 0.4 else "male"
    return TeamMember(
        team=team,
        full_name=person_name(rng, place.ethnic, sex),
        role=role,
        organisation=rng.choice(ORGANISATIONS),
        sex=sex,
        document_number=decision.number,
        from_on=decision.issued_on,
    )


def _network(rng, places, villages, until):
    """Four villages have places without any signal; others complain and are helped."""
    reports = []
    for place, village in zip(places, villages, strict=True):
        gap = place.number in story.WITHOUT_SIGNAL
        if not gap and rng.random() < 0.6:
            continue
        reported_on = date(2025, 7, 20) + timedelta(days=rng.randrange(90))
        quality = "none" if gap else rng.choice(("weak", "weak", "good"))
        report = ConnectivityReport(
            village=village,
            operator=rng.choice(OPERATORS),
            technology="4g",
            quality=quality,
            where=rng.choice(("Cuối bản", "Đầu nguồn suối", "Điểm trường", "Khu sản xuất")),
            reported_on=reported_on,
            reported_by=place.leader,
        )
        if quality == "weak" and rng.random() < 0.5:
            resolved_on = reported_on + timedelta(days=rng.randint(15, 120))
            report.resolved_on = resolved_on if resolved_on <= until else None
        reports.append(report)
    ConnectivityReport.objects.bulk_create(reports)
