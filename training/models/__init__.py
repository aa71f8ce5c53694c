from training.models.certificates import Certificate
from training.models.communication import Communication
from training.models.enterprises import Enterprise, WorkerDeclaration
from training.models.reminders import Reminder, ReminderMail
from training.models.schools import (
    ClassRoll,
    School,
    SchoolAccount,
    SchoolClass,
    SchoolYear,
    TaughtModule,
)
from training.models.sessions import (
    Attendance,
    AttendanceSheet,
    Invitation,
    TrainingSession,
)
from training.models.staff import (
    Agency,
    Completion,
    Course,
    CourseRequirement,
    Employment,
    StaffMember,
)

__all__ = [
    "Agency",
    "Attendance",
    "AttendanceSheet",
    "Certificate",
    "ClassRoll",
    "Communication",
    "Completion",
    "Course",
    "CourseRequirement",
    "Employment",
    "Enterprise",
    "Invitation",
    "Reminder",
    "ReminderMail",
    "School",
    "SchoolAccount",
    "SchoolClass",
    "SchoolYear",
    "StaffMember",
    "TaughtModule",
    "TrainingSession",
    "WorkerDeclaration",
]
