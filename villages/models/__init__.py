from villages.models.commune import Commune, Village, VillageChange
from villages.models.connectivity import ConnectivityReport
from villages.models.direction import (
    GoverningDocument,
    PopulationGroup,
    SteeringCommittee,
    SteeringCommitteeMember,
    Target,
)
from villages.models.phones import Phone, SignInCard
from villages.models.stale_mark import StaleMark
from villages.models.teams import Assignment, Sex, Team, TeamMember

__all__ = [
    "Assignment",
    "Commune",
    "ConnectivityReport",
    "GoverningDocument",
    "Phone",
    "PopulationGroup",
    "Sex",
    "SignInCard",
    "StaleMark",
    "SteeringCommittee",
    "SteeringCommitteeMember",
    "Target",
    "Team",
    "TeamMember",
    "Village",
    "VillageChange",
]
