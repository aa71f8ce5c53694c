"""The lists of this floor that can be brought in from workbooks."""


def register_all():
    """Let the lists of staff, schools, sessions, communications and enterprises be brought in."""
    from training.import_kinds.attendance import AttendanceKind
    from training.import_kinds.communications import CommunicationsKind
    from training.import_kinds.completions import CompletionsKind
    from training.import_kinds.courses import CoursesKind
    from training.import_kinds.declarations import DeclarationsKind
    from training.import_kinds.schools import SchoolsKind
    from training.import_kinds.sessions import SessionsKind
    from training.import_kinds.staff import StaffKind
    from villages.importing.kinds import register

    for kind in (
        StaffKind,
        CoursesKind,
        CompletionsKind,
        SchoolsKind,
        DeclarationsKind,
        SessionsKind,
        AttendanceKind,
        CommunicationsKind,
    ):
        register(kind())
