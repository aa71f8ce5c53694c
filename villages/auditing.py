"""Which rows of this app are kept a log of."""

from villages.log import keep_log_of
from villages.models import (
    Assignment,
    Commune,
    ConnectivityReport,
    GoverningDocument,
    ImportRun,
    Phone,
    PopulationGroup,
    SignInCard,
    SteeringCommittee,
    SteeringCommitteeMember,
    StoredFile,
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
        PopulationGroup,
        SignInCard,
        SteeringCommittee,
        SteeringCommitteeMember,
        Target,
        Team,
        VillageChange,
    ):
        keep_log_of(model)
    keep_log_of(GoverningDocument, many=["attachments"])
    keep_log_of(Village, without=["name_folded"])
    # Last seen is written all day long and says nothing about who changed what.
    keep_log_of(Phone, without=["last_seen_at", "public_key"])
    keep_log_of(TeamMember, masked=["phone"])
    keep_log_of(StoredFile, without=["content"])
    # What stood in a list is personal and goes after a week; the log stays.
    without = ["source", "options", "matching", "decisions", "problem", "rows_total", "sheet"]
    keep_log_of(ImportRun, without=[*without, "heading_row", "noticed", "language", "trace"])
