"""Which rows of this app are kept a log of."""

from training.models import (
    Agency,
    Attendance,
    AttendanceSheet,
    Certificate,
    ClassRoll,
    Communication,
    Completion,
    Course,
    CourseRequirement,
    Employment,
    Enterprise,
    Invitation,
    School,
    SchoolAccount,
    SchoolClass,
    SchoolYear,
    StaffMember,
    TaughtModule,
    TrainingSession,
    WorkerDeclaration,
)
from villages.log import keep_log_of


def register():
    """Log who changes sessions, staff, schools, enterprises and communications."""
    for model in (
        Attendance,
        Certificate,
        Completion,
        Course,
        CourseRequirement,
        Employment,
        Enterprise,
        Invitation,
        School,
        SchoolAccount,
        TaughtModule,
        SchoolClass,
        SchoolYear,
        WorkerDeclaration,
    ):
        keep_log_of(model)
    keep_log_of(Agency, masked=["contact_email"])
    keep_log_of(StaffMember, without=["name_folded"], masked=["email", "is_party_member"])
    keep_log_of(AttendanceSheet, masked=["content"])
    keep_log_of(ClassRoll, many=["modules"])
    keep_log_of(Communication, many=["attachments"])
    keep_log_of(TrainingSession, many=["skills", "evidence"])
