"""Staff and their courses, communications, and activities that are not classes for residents."""

from datetime import date, time, timedelta

from portal.demo import story
from portal.demo.people import person_name
from portal.demo.sharing import apportion, draw_day
from training.models import (
    Agency,
    Attendance,
    Communication,
    Completion,
    Course,
    CourseRequirement,
    Employment,
    StaffMember,
    TrainingSession,
)
from villages.text import fold

AGENCIES = (
    ("Cơ quan Đảng ủy xã", 18, "cadre"),
    ("Văn phòng HĐND và UBND xã", 21, "civil_servant"),
    ("Ủy ban MTTQ và các đoàn thể xã", 19, "cadre"),
    ("Phòng Kinh tế", 13, "civil_servant"),
    ("Phòng Văn hóa - Xã hội", 12, "civil_servant"),
    ("Trung tâm Phục vụ hành chính công", 11, "civil_servant"),
    ("Trạm Y tế", 24, "public_employee"),
    ("Trường mầm non mẫu số 1", 42, "public_employee"),
    ("Trường mầm non mẫu số 2", 33, "public_employee"),
    ("Trường tiểu học mẫu số 1", 44, "public_employee"),
    ("Trường tiểu học mẫu số 2", 37, "public_employee"),
    ("Trường THCS mẫu số 1", 38, "public_employee"),
    ("Trường THCS mẫu số 2", 31, "public_employee"),
    ("Trường THCS mẫu số 3", 28, "public_employee"),
    ("Trường THPT mẫu số 1", 41, "public_employee"),
)
COURSES = (
    ("digital-basics", "Kiến thức, kỹ năng số cơ bản", None, "everybody", date(2025, 3, 1)),
    (
        "digital-platforms",
        "Sử dụng nền tảng số trong công việc",
        None,
        "everybody",
        date(2025, 3, 1),
    ),
    ("online-safety", "An toàn thông tin cho cán bộ", 36, "everybody", date(2025, 3, 1)),
    (
        "ai-at-work",
        "Ứng dụng trí tuệ nhân tạo trong công việc",
        None,
        "everybody",
        date(2026, 7, 1),
    ),
    # Announced beforehand, of one group, so that no figure of the story depends on it.
    ("data-basics", "Dữ liệu và báo cáo", None, "party_member", date(2027, 7, 1)),
)
COURSE_MONTHS = tuple(
    (first, last, weight)
    for (first, last, _w), weight in zip(
        story.GUIDANCE_MONTHS[2:], (4, 7, 9, 10, 14, 18, 20, 18), strict=True
    )
)
LATER_MONTHS = ((date(2025, 11, 3), date(2026, 6, 30), 1),)
AI_MONTHS = (
    (date(2026, 3, 2), date(2026, 6, 30), 6),
    (date(2026, 7, 1), date(2026, 9, 30), 3),
    (date(2026, 10, 1), date(2026, 12, 20), 1),
)
COURSES_FINISHED_WITHIN = 40
NEWS = (
    "Bình dân học vụ số về với bản", "Người cao tuổi học dùng điện thoại thông minh",
    "Hướng dẫn nộp hồ sơ trực tuyến", "Cảnh giác lừa đảo qua mạng",
    "Thanh toán không dùng tiền mặt tại chợ phiên", "Quét mã QR tra cứu nông sản",
    "Tổ công nghệ số cộng đồng đi từng ngõ", "Phụ nữ vùng cao bán hàng trực tuyến",
    "Cài đặt VNeID tại Trung tâm Phục vụ hành chính công", "Học sinh làm quen trí tuệ nhân tạo",
)  # fmt: skip
PARTY_ACTIVITY = "Sinh hoạt chuyên đề «Đảng viên tiên phong học tập kỹ năng số»"
PARTY_DAYS = (date(2025, 4, 10), date(2025, 7, 18), date(2025, 8, 22), date(2025, 10, 9))
TEAM_DAYS = (date(2025, 7, 16), date(2025, 9, 18))

# By category, in turn: what a list of staff would show.
POSITIONS = {
    "cadre": ("Cán bộ chuyên trách", "Phó trưởng đoàn thể", "Ủy viên thường trực"),
    "civil_servant": ("Chuyên viên", "Công chức văn phòng", "Công chức địa chính", "Kế toán"),
    "public_employee": ("Giáo viên", "Giáo viên", "Nhân viên y tế", "Nhân viên thư viện"),
    "worker": ("Nhân viên phục vụ", "Bảo vệ", "Văn thư"),
}


def staff_offices(rng, commune, until):
    """Make agencies, staff and course completions: 335 of 412 done by the article's day."""
    agencies = Agency.objects.bulk_create(
        Agency(commune=commune, name=name, position=position)
        for position, (name, _size, _category) in enumerate(AGENCIES)
    )
    courses = _courses()
    staff, employments, completions = [], [], []

    def hire(agency, category, from_on, to_on=None):
        ethnic = rng.choices(("Kinh", "Thái", "Mông", "Khơ Mú"), (34, 46, 16, 4))[0]
        sex = rng.choices(("female", "male"), (58, 42))[0]
        name = person_name(rng, ethnic, sex)
        member = StaffMember(
            commune=commune,
            code=f"CB{len(staff) + 1:04d}",
            full_name=name,
            name_folded=fold(name),
            sex=sex,
            category=category if rng.random() < 0.94 else "worker",
            is_party_member=rng.random() < 0.55,
        )
        choices = POSITIONS[member.category]
        member.position = choices[len(staff) % len(choices)]
        staff.append(member)
        to_on = to_on if to_on is None or to_on <= until else None
        employments.append(
            Employment(staff_member=member, agency=agency, from_on=from_on, to_on=to_on)
        )
        return member

    sizes = apportion(story.STAFF, [size for _name, size, _category in AGENCIES])
    counted = [
        hire(agency, category, date(2024, 8, 1))
        for agency, size, (_name, _size, category) in zip(agencies, sizes, AGENCIES, strict=True)
        for _person in range(size)
    ]
    for day in (date(2025, 4, 30), date(2025, 6, 30), date(2025, 6, 30), date(2025, 9, 30)):
        hire(rng.choice(agencies), "civil_servant", date(2024, 8, 1), day)
    for day in (date(2026, 2, 2), date(2026, 8, 3), date(2026, 9, 1), date(2026, 9, 1)):
        later = rng.choice(agencies)
        if day <= until:
            hire(later, "public_employee", day)
    StaffMember.objects.bulk_create(staff)
    Employment.objects.bulk_create(employments)
    done = set(rng.sample(range(len(counted)), story.STAFF_DONE))
    for index, member in enumerate(counted):
        completions += _completions(rng, member, courses, index in done)
    Completion.objects.bulk_create(
        (completion for completion in completions if completion.completed_on <= until),
        batch_size=1000,
    )
    return counted


def _courses():
    """Make the courses and of whom they are required; a second commune shares the first's."""
    courses = []
    for code, title, months, group, from_on in COURSES:
        course, created = Course.objects.get_or_create(
            code=code,
            defaults={
                "title": title,
                "provider": "Nền tảng «Bình dân học vụ số»",
                "valid_months": months,
            },
        )
        if created:
            CourseRequirement.objects.create(course=course, group=group, from_on=from_on)
        courses.append(course)
    return courses


def _completions(rng, member, courses, done):
    """Whoever is done finished all three by the article; the others at least one after it."""
    last = draw_day(rng, COURSE_MONTHS)
    days = [
        max(COURSE_MONTHS[0][0], last - timedelta(days=rng.randrange(COURSES_FINISHED_WITHIN)))
        for _course in range(2)
    ]
    days.insert(rng.randrange(3), last)
    if not done:
        for late in range(rng.randint(1, 3)):
            finishes = rng.random() < 0.82
            days[late] = draw_day(rng, LATER_MONTHS) if finishes else None
    days.append(draw_day(rng, AI_MONTHS) if rng.random() < 0.94 else None)
    if rng.random() < 0.2:
        days.append(draw_day(rng, COURSE_MONTHS))
    return [
        Completion(
            staff_member=member,
            course=course,
            completed_on=day,
            source=rng.choices(("national_portal", "certificate", "agency"), (84, 10, 6))[0],
        )
        for course, day in zip(courses, days, strict=False)
        if day is not None
    ]


def publish(rng, commune, until):
    """Make the 39 items of the first ten months, and a few a month after them."""
    items = []

    def add(first, last, count, with_broadcasts):
        for _item in range(count):
            kind = rng.choices(("news", "article", "video"), (60, 24, 16))[0]
            channel = rng.choices(("information_page", "facebook", "zalo"), (45, 40, 15))[0]
            if with_broadcasts and rng.random() < 0.3:
                kind, channel = "broadcast", "loudspeaker"
            title = rng.choice(NEWS)
            items.append(
                Communication(
                    commune=commune,
                    kind=kind,
                    channel=channel,
                    title=title,
                    # What stood on the commune's own page stands on this one.
                    is_public=channel == "information_page",
                    summary=f"{title} (nội dung minh họa).",
                    published_on=first + timedelta(days=rng.randrange((last - first).days + 1)),
                    reach=rng.randint(60, 2600) if rng.random() < 0.8 else None,
                )
            )

    for (first, last, _weight), count in zip(
        story.GUIDANCE_MONTHS, story.COMMUNICATIONS_BY_MONTH, strict=True
    ):
        add(first, last, count, False)
    first = story.ARTICLE_ON + timedelta(days=1)
    while first <= until:
        next_first = (first + timedelta(days=32)).replace(day=1)
        add(first, next_first - timedelta(days=1), rng.randint(3, 6), True)
        first = next_first
    Communication.objects.bulk_create(item for item in items if item.published_on <= until)


def hold_other_activities(rng, commune, staff, until):
    """Thematic activities of Party members and courses for teams; not classes for residents."""
    party = [member for member in staff if member.is_party_member]
    days = [(day, "party_members", PARTY_ACTIVITY, party) for day in PARTY_DAYS]
    days += [(day, "teams", "Tập huấn Tổ công nghệ số cộng đồng", staff) for day in TEAM_DAYS]
    later = date(2025, 12, 12)
    while later <= until:
        days.append((later, "party_members", PARTY_ACTIVITY, party))
        later += timedelta(days=91)
    sessions = TrainingSession.objects.bulk_create(
        TrainingSession(
            commune=commune,
            title=title,
            kind=kind,
            held_on=day,
            starts_at=time(8, 0),
            ends_at=time(11, 0),
            place="Hội trường UBND xã",
            organiser=f"UBND xã {commune.name}",
            status="closed",
        )
        for day, kind, title, _people in days
        if day <= until
    )
    TrainingSession.objects.bulk_create(
        [
            TrainingSession(
                commune=commune,
                title="Kỹ năng số cho người cao tuổi",
                kind="residents",
                held_on=until + timedelta(days=9),
                starts_at=time(19, 30),
                place="Nhà văn hóa bản",
                organiser=f"UBND xã {commune.name}",
            )
        ]
    )
    Attendance.objects.bulk_create(
        Attendance(session=session, staff_member=member)
        for session, (_day, _kind, _title, people) in zip(
            sessions, [row for row in days if row[0] <= until], strict=True
        )
        for member in rng.sample(people, 46)
    )
