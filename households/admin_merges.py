"""Merges of residents in the admin: looked at, and undone on the resident's page alone."""

from django.contrib import admin

from households.models import ResidentMerge
from villages.admin_access import ReadOnlyAdmin


@admin.register(ResidentMerge)
class ResidentMergeAdmin(ReadOnlyAdmin):
    """Who was merged with whom, by whom, and whether it stands."""

    list_display = ("kept", "merged", "merged_by", "merged_at", "undone_at")
    list_filter = (("undone_at", admin.EmptyFieldListFilter),)
    list_select_related = ("kept", "merged", "merged_by")
    date_hierarchy = "merged_at"
    folded_search_fields = ("kept__name_folded", "merged__name_folded")
    fields = ("commune", "kept", "merged", "merged_by", "merged_at", "undone_by", "undone_at")
