from training.models.communication import Communication
from training.models.enterprises import Enterprise, WorkerDeclaration
from training.models.schools import ClassRoll, School, SchoolClass, SchoolYear
from training.models.sessions import Attendance, TrainingSession
from training.models.staff import Agency, Completion, Course, Employment, StaffMember

__all__ = [
    "Agency",
    "Attendance",
    "ClassRoll",
    "Communication",
    "Completion",
    "Course",
    "Employment",
    "Enterprise",
    "School",
    "SchoolClass",
    "SchoolYear",
    "StaffMember",
    "TrainingSession",
    "WorkerDeclaration",
]
