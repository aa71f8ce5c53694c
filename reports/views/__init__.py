"""The pages of figures."""

from reports.views.dashboard import dashboard
from reports.views.figure import figure
from reports.views.reminder import reminder
from reports.views.villages import village_detail, village_list

__all__ = ["dashboard", "figure", "reminder", "village_detail", "village_list"]
