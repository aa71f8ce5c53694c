"""What was exported, in the admin: looked at, never changed."""

from django.contrib import admin

from villages.admin_access import ReadOnlyAdmin
from villages.models import ExportRecord


@admin.register(ExportRecord)
class ExportRecordAdmin(ReadOnlyAdmin):
    list_display = (
        "exported_at",
        "list_name",
        "exported_by",
        "commune",
        "file_format",
        "rows",
        "with_names",
        "reason",
    )
    list_filter_in_scope = ("commune",)
    list_filter = ("with_names", "file_format", "list_name")
    list_select_related = ("exported_by", "commune")
    date_hierarchy = "exported_at"
    search_fields = ("reason", "filters", "list_name")
