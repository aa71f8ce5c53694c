"""Which rows of this app are kept a log of."""

from villages.log import keep_log_of
from villages.models import (
    Assignment,
    Commune,
    ConnectivityReport,
    GoverningDocument,
    PopulationGroup,
    SteeringCommittee,
    SteeringCommitteeMember,
    Target,
    Team,
    TeamMember,
    Village,
    VillageChange,
)


def register():
    """Log who changes the units, teams, documents, targets and rights."""
    for model in (
        Assignment,
        Commune,
        ConnectivityReport,
        GoverningDocument,
        PopulationGroup,
        SteeringCommittee,
        SteeringCommitteeMember,
        Target,
        Team,
        VillageChange,
    ):
        keep_log_of(model)
    keep_log_of(Village, without=["name_folded"])
    keep_log_of(TeamMember, masked=["phone"])
