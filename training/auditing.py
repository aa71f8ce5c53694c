"""Which rows of this app are kept a log of."""

from training.models import (
    Agency,
    Attendance,
    ClassRoll,
    Communication,
    Completion,
    Course,
    Employment,
    Enterprise,
    School,
    SchoolClass,
    SchoolYear,
    StaffMember,
    TrainingSession,
    WorkerDeclaration,
)
from villages.log import keep_log_of


def register():
    """Log who changes sessions, staff, schools, enterprises and communications."""
    for model in (
        Agency,
        Attendance,
        ClassRoll,
        Communication,
        Completion,
        Course,
        Employment,
        Enterprise,
        School,
        SchoolClass,
        SchoolYear,
        WorkerDeclaration,
    ):
        keep_log_of(model)
    keep_log_of(StaffMember, without=["name_folded"], masked=["email", "is_party_member"])
    keep_log_of(TrainingSession, many=["skills"])
