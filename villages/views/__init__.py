"""The pages of teams, connectivity and direction. Pages with figures are in ``reports``."""

from villages.views.connectivity import connectivity_add, connectivity_list, connectivity_resolve
from villages.views.direction import committee_detail, document_list
from villages.views.teams import team_detail

__all__ = [
    "committee_detail",
    "connectivity_add",
    "connectivity_list",
    "connectivity_resolve",
    "document_list",
    "team_detail",
]
