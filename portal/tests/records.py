"""One row of every model in a commune, for tests that walk everything."""

from copy import copy
from datetime import date, timedelta
from io import BytesIO
from types import SimpleNamespace
from uuid import uuid4

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from households.handing import hand_list
from households.models import (
    Doubt,
    Encounter,
    HeldRecord,
    RescueFile,
    Resident,
    ResidentMerge,
    SkillCheck,
)
from households.paper import print_sheet
from households.recording import Guidance, PersonOutcome, correct_visit, record_visit
from reports.models import CoverageFigure, CoverageUnit, Drift
from training.attendance import (
    add_to_attendance,
    close_session,
    hold_session,
    reopen_session,
)
from training.certifying import issue_certificates
from training.models import (
    Agency,
    AttendanceSheet,
    ClassRoll,
    Communication,
    Completion,
    Course,
    CourseRequirement,
    Employment,
    Enterprise,
    Invitation,
    Reminder,
    ReminderMail,
    School,
    SchoolAccount,
    SchoolClass,
    SchoolYear,
    StaffMember,
    TaughtModule,
    TrainingSession,
    WorkerDeclaration,
)
from villages.models import (
    ConnectivityReport,
    ExportRecord,
    GoverningDocument,
    ImportProgress,
    ImportRun,
    Phone,
    PopulationGroup,
    SignInCard,
    SteeringCommittee,
    SteeringCommitteeMember,
    StoredFile,
    Target,
    TeamMember,
    Village,
    VillageChange,
    VillageChangeJournal,
)
from villages.periods import today

LONG_SINCE = date(2024, 1, 1)


def guidance(village, household, held_on, skills=(), /, **changes):
    """What a visit to everybody of a household says, each doing these skills alone."""
    people = tuple(
        PersonOutcome(resident, dict.fromkeys(skills, SkillCheck.Outcome.ALONE), confirmed=True)
        for resident in household.residents.all()
    )
    said = {
        "commune": village.commune,
        "village": village,
        "household": household,
        "occasion": Encounter.Occasion.HOME_VISIT,
        "held_on": held_on,
        "content": {"held_on": f"{held_on}"},
        "people": people,
        "smart_device": True,
        "connection": "wifi",
    }
    return Guidance(**said | changes)


def again(row, **changes):
    """Store a second row like this one."""
    second = copy(row)
    second.pk = None
    second._state.adding = True
    for name, value in changes.items():
        setattr(second, name, value)
    second.save()
    return second


def photograph(name="danh-sach.jpg", size=(40, 30), **written):
    """An upload with a picture in it, as a phone would send it."""
    drawn = BytesIO()
    Image.new("RGB", size, "teal").save(drawn, "JPEG", **written)
    return SimpleUploadedFile(name, drawn.getvalue(), "image/jpeg")


def fill(village, household, author, skills):
    """Make one row of each kind in a village's commune; return them by model name."""
    commune, made = village.commune, {}

    def keep(row):
        made[row._meta.model_name] = row
        return row

    day = today() - timedelta(days=10)
    keep(commune)
    keep(village)
    keep(household)
    keep(household.places.first())
    resident = keep(household.residents.first())
    keep(resident.residencies.first())
    twice = Resident.objects.create(
        household=household, full_name="Ghi Hai Lần", birth_year=1970, status="merged"
    )
    keep(
        ResidentMerge.objects.create(commune=commune, kept=resident, merged=twice, merged_by=author)
    )
    keep(skills[0])
    keep(author)
    keep(author.assignments.first())
    keep(village.team)
    keep(TeamMember.objects.create(team=village.team, full_name="Thành Viên", from_on=LONG_SINCE))
    document = keep(
        GoverningDocument.objects.create(
            commune=commune,
            number="37/QĐ-UBND",
            kind="decision",
            issuer="UBND xã",
            issued_on=LONG_SINCE,
            title="Về việc thành lập",
        )
    )
    # Attached to several records, so that each of their addresses has a file of its own.
    attached = keep(
        StoredFile.objects.create(
            commune=commune,
            name="ke-hoach.pdf",
            content_type="application/pdf",
            size=9,
            content=b"%PDF-1.7\n",
        )
    )
    document.attachments.add(attached)
    committee = keep(
        SteeringCommittee.objects.create(
            commune=commune, name="Ban Chỉ đạo", document=document, from_on=LONG_SINCE
        )
    )
    keep(
        SteeringCommitteeMember.objects.create(
            committee=committee, full_name="Trưởng Ban", from_on=LONG_SINCE
        )
    )
    keep(Target.objects.create(indicator="adults", commune=commune, year=day.year, percent=80))
    former = Village.objects.create(
        commune=commune, number=90, name="Cũ", from_on=LONG_SINCE, to_on=date(2024, 6, 30)
    )
    change = keep(
        VillageChange.objects.create(
            kind="merged", former=former, successor=village, effective_on=date(2024, 7, 1)
        )
    )
    keep(VillageChangeJournal.objects.create(change=change))
    keep(
        ConnectivityReport.objects.create(
            village=village, operator="Viettel", technology="4g", quality="weak", reported_on=day
        )
    )
    encounter, _created = record_visit(
        uuid=uuid4(), guidance=guidance(village, household, day, skills), author=author
    )
    encounter = keep(
        correct_visit(
            encounter=encounter,
            guidance=guidance(village, household, day, skills, content={"again": True}),
            reason="Nhầm",
            by=author,
        )
    )
    card = keep(
        SignInCard.objects.create(
            commune=commune, user=author, expires_at=timezone.now() + timedelta(days=14)
        )
    )
    phone = keep(
        Phone.objects.create(commune=commune, user=author, card=card, public_key={"kty": "EC"})
    )
    file = keep(
        RescueFile.objects.create(
            commune=commune, phone=phone, made_at=timezone.now(), uploaded_by=author, held=1
        )
    )
    keep(
        HeldRecord.objects.create(
            uuid=uuid4(),
            kind=HeldRecord.Kind.VISIT,
            reason=HeldRecord.Reason.REFUSED,
            commune=commune,
            village=village,
            author=author,
            phone=phone,
            file=file,
            sent={"household": str(household.uuid), "visited_on": f"{day}", "people": []},
            errors={"people": ["Chưa ghi ai."]},
        )
    )
    sheet = keep(print_sheet(village=village, by=author))
    keep(sheet.rows.first())
    keep(encounter.versions.first())
    keep(encounter.people_met.first())
    keep(encounter.checks.first())
    keep(encounter.confirmations.first())
    keep(encounter.observations.first())
    keep(Doubt.objects.create(encounter=encounter, kind=Doubt.Kind.SAME_DAY))
    handed = keep(hand_list(village=village, households=[household], title="Hộ Vi", by=author))
    keep(handed.entries.first())
    agency = keep(Agency.objects.create(commune=commune, name="UBND xã", village=village))
    member = keep(
        StaffMember.objects.create(
            commune=commune, code="CB01", full_name="Lê Thị Cán Bộ", category="cadre"
        )
    )
    keep(Employment.objects.create(staff_member=member, agency=agency, from_on=LONG_SINCE))
    course, _made = Course.objects.get_or_create(code="ky-nang-so", defaults={"title": "Kỹ năng"})
    keep(course)
    keep(CourseRequirement.objects.get_or_create(course=course, from_on=LONG_SINCE)[0])
    keep(Completion.objects.create(staff_member=member, course=course, completed_on=day))
    year, _made = SchoolYear.objects.get_or_create(
        name="2025-2026",
        defaults={"starts_on": date(2025, 9, 1), "ends_on": date(2026, 8, 31)},
    )
    keep(year)
    school = keep(
        School.objects.create(
            commune=commune, name="THCS", level="lower_secondary", village=village
        )
    )
    keep(SchoolAccount.objects.create(school=school, user=author, from_on=LONG_SINCE))
    keep(TaughtModule.objects.get_or_create(code="ai", defaults={"name": "AI"})[0])
    school_class = keep(
        SchoolClass.objects.create(school=school, school_year=year, grade=6, name="6A")
    )
    keep(
        ClassRoll.objects.create(
            school_class=school_class, counted_on=day, enrolled=30, equipped=20
        )
    )
    reminder = keep(Reminder.objects.create(commune=commune, to="contacts", made_by=author))
    keep(
        ReminderMail.objects.create(
            reminder=reminder, agency=agency, address="a@example.org", subject="Nhắc", body="…"
        )
    )
    group = keep(PopulationGroup.objects.get(code="enterprise_workers"))
    enterprise = keep(Enterprise.objects.create(commune=commune, group=group, name="HTX Chè"))
    keep(
        WorkerDeclaration.objects.create(
            enterprise=enterprise, declared_on=day, workers=10, equipped=8
        )
    )
    session = TrainingSession.objects.create(
        commune=commune, village=village, title="Lớp VNeID", held_on=day
    )
    add_to_attendance(session, residents=[resident], author=author)
    session.refresh_from_db()
    keep(session)
    keep(session.attendances.first())
    keep(Invitation.objects.create(session=session, resident=resident, invited_by=author))
    close_session(session, counted=1)
    keep(issue_certificates(session, attendances=session.attendances.all(), by=author)[0])
    reopen_session(session, reason="Ghi thiếu người")
    session.refresh_from_db()
    # Of a session for the whole commune: no leader opens its photographs.
    for_all = TrainingSession.objects.create(commune=commune, title="Lớp chung", held_on=day)
    hold_session(for_all, author=author)
    for_all.evidence.add(attached)
    keep(
        AttendanceSheet.objects.create(
            session=session,
            author=author,
            phone=phone,
            content={"session": str(session.uuid), "people": [{"resident": str(resident.uuid)}]},
        )
    )
    told = keep(
        Communication.objects.create(
            commune=commune,
            kind="news",
            channel="facebook",
            title="Tin",
            published_on=day,
            is_public=True,
        )
    )
    told.attachments.add(attached)
    unit = keep(CoverageUnit.objects.create(commune=commune, village=village))
    keep(
        CoverageFigure.objects.create(
            unit=unit, indicator="adults", day=day, numerator=1, denominator=2
        )
    )
    keep(
        Drift.objects.create(
            unit=unit,
            indicator="adults",
            day=day,
            stored_numerator=1,
            stored_denominator=2,
            counted_numerator=2,
            counted_denominator=2,
        )
    )
    keep(commune.stalemark_set.first())
    keep(
        ExportRecord.objects.create(
            commune=commune, exported_by=author, list_name="visit_list", file_format="csv", rows=1
        )
    )
    run = keep(
        ImportRun.objects.create(
            commune=commune,
            kind="villages",
            file_name="ban.csv",
            source="Số;Tên bản\n1;Vi".encode(),
            source_size=17,
            matching={"0": "number", "1": "name"},
            status=ImportRun.Status.PLANNED,
            counts={"wrong": 1},
            rows_total=1,
            uploaded_by=author,
        )
    )
    keep(ImportProgress.objects.create(run=run))
    errors = {"number": "Sai"}
    keep(run.rows.create(number=2, outcome="wrong", cells={"number": "x"}, errors=errors))
    keep(run.journal.create(position=0, content={"units": []}))
    return made


def both(cast):
    """Fill the cast's own commune and the stranger's; return ``.own`` and ``.foreign``."""
    return SimpleNamespace(
        own=fill(cast.vi, cast.household, cast.leader, cast.skills),
        foreign=fill(cast.far, cast.far_household, cast.stranger_leader, cast.skills),
    )


def models_of_ours():
    """Every model of the project."""
    ours = ("villages", "households", "training", "reports", "portal")
    return [model for app in ours for model in apps.get_app_config(app).get_models()]
