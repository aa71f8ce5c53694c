"""The pages of teams, connectivity and direction. Pages with figures are in ``reports``."""

from villages.views.cards import card_issue, card_list, card_withdraw
from villages.views.connectivity import connectivity_add, connectivity_list, connectivity_resolve
from villages.views.direction import committee_detail, document_list
from villages.views.handover import handover
from villages.views.phones import phone_list, phone_revoke
from villages.views.teams import team_detail

__all__ = [
    "card_issue",
    "card_list",
    "card_withdraw",
    "committee_detail",
    "connectivity_add",
    "connectivity_list",
    "connectivity_resolve",
    "document_list",
    "handover",
    "phone_list",
    "phone_revoke",
    "team_detail",
]
