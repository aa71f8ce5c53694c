"""Which rows of this app are kept a log of."""

from villages.log import keep_log_of
from villages.models import (
    Assignment,
    Commune,
    ConnectivityReport,
    GoverningDocument,
    Phone,
    PopulationGroup,
    SignInCard,
    SteeringCommittee,
    SteeringCommitteeMember,
    Target,
    Team,
    TeamMember,
    Village,
    VillageChange,
)


def register():
    """Log who changes the units, teams, documents, targets, rights, phones and cards."""
    for model in (
        Assignment,
        Commune,
        ConnectivityReport,
        GoverningDocument,
        PopulationGroup,
        SignInCard,
        SteeringCommittee,
        SteeringCommitteeMember,
        Target,
        Team,
        VillageChange,
    ):
        keep_log_of(model)
    keep_log_of(Village, without=["name_folded"])
    # Last seen is written all day long and says nothing about who changed what.
    keep_log_of(Phone, without=["last_seen_at", "public_key"])
    keep_log_of(TeamMember, masked=["phone"])
