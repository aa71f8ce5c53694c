"""The pages of figures."""

from reports.views.dashboard import dashboard
from reports.views.figure import figure
from reports.views.figure_table import figure_table
from reports.views.reminder import reminder
from reports.views.teams import team_list
from reports.views.villages import village_detail, village_list

__all__ = [
    "dashboard",
    "figure",
    "figure_table",
    "reminder",
    "team_list",
    "village_detail",
    "village_list",
]
