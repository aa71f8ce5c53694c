"""Stored files in the admin: that they are there, of what kind, by whom; never what is in them."""

from django.contrib import admin

from villages.access import ADMIN, OFFICIAL
from villages.admin_access import ReadOnlyAdmin
from villages.models import StoredFile


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin):
    list_display = ("name", "content_type", "size", "commune", "uploaded_by", "uploaded_at")
    list_filter_in_scope = ("commune",)
    list_filter = ("content_type",)
    list_select_related = ("commune", "uploaded_by")
    date_hierarchy = "uploaded_at"
    search_fields = ("name", "=uuid")
    viewed_by = (ADMIN, OFFICIAL)

    def get_queryset(self, request):
        return super().get_queryset(request).without_content()
