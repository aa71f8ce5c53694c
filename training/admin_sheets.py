"""Lists that trainers' phones sent, in the admin: looked at, never changed."""

from django.contrib import admin

from training.models import AttendanceSheet
from villages.admin_access import ReadOnlyAdmin


@admin.register(AttendanceSheet)
class AttendanceSheetAdmin(ReadOnlyAdmin):
    """Who came stands on the session's own page; here only that and when a phone told it."""

    list_display = ("session", "author", "phone", "recorded_at", "received_at")
    list_filter_in_scope = ("session__village",)
    list_select_related = ("session", "author", "phone")
    date_hierarchy = "received_at"
    search_fields = ("session__title", "author__full_name", "author__username")
    fields = ("session", "author", "phone", "recorded_at", "received_at")
