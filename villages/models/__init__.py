from villages.models.commune import Commune, Village, VillageChange, VillageChangeJournal
from villages.models.connectivity import ConnectivityReport
from villages.models.direction import (
    GoverningDocument,
    PopulationGroup,
    SteeringCommittee,
    SteeringCommitteeMember,
    Target,
)
from villages.models.exports import ExportRecord
from villages.models.files import StoredFile
from villages.models.imports import ImportJournal, ImportProgress, ImportRow, ImportRun
from villages.models.phones import Phone, SignInCard
from villages.models.stale_mark import StaleMark
from villages.models.teams import Assignment, Sex, Team, TeamMember

__all__ = [
    "Assignment",
    "Commune",
    "ConnectivityReport",
    "ExportRecord",
    "GoverningDocument",
    "ImportJournal",
    "ImportProgress",
    "ImportRow",
    "ImportRun",
    "Phone",
    "PopulationGroup",
    "Sex",
    "SignInCard",
    "StaleMark",
    "SteeringCommittee",
    "SteeringCommitteeMember",
    "StoredFile",
    "Target",
    "Team",
    "TeamMember",
    "Village",
    "VillageChange",
    "VillageChangeJournal",
]
