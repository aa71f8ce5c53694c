"""Imported lists in the admin, to look at: what stood in them is for administrators."""

from django.contrib import admin

from villages.access import ADMIN, OFFICIAL
from villages.admin_access import ReadOnlyAdmin
from villages.models import ImportJournal, ImportProgress, ImportRow, ImportRun


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    list_display = (
        "file_name",
        "kind",
        "status",
        "commune",
        "uploaded_by",
        "uploaded_at",
        "applied_at",
        "undone_at",
    )
    list_filter_in_scope = ("commune",)
    list_filter = ("status", "kind")
    list_select_related = ("commune", "uploaded_by")
    date_hierarchy = "uploaded_at"
    search_fields = ("file_name", "=uuid")
    viewed_by = (ADMIN, OFFICIAL)
    goes_with_its_owner = True

    def get_queryset(self, request):
        return super().get_queryset(request).defer("source")


@admin.register(ImportProgress)
class ImportProgressAdmin(ReadOnlyAdmin):
    list_display = ("run", "stage", "rows_done", "rows_total", "worked_on_at", "attempts")
    list_select_related = ("run",)
    search_fields = ("run__file_name",)
    viewed_by = (ADMIN, OFFICIAL)
    goes_with_its_owner = True


@admin.register(ImportRow)
class ImportRowAdmin(ReadOnlyAdmin):
    list_display = ("run", "number", "outcome")
    list_filter = ("outcome",)
    list_select_related = ("run",)
    search_fields = ("run__file_name", "=number")
    viewed_by = (ADMIN,)
    goes_with_its_owner = True


@admin.register(ImportJournal)
class ImportJournalAdmin(ReadOnlyAdmin):
    """Which part of which journal there is; its content is ids and former values."""

    list_display = ("run", "position")
    list_select_related = ("run",)
    search_fields = ("run__file_name",)
    exclude = ("content",)
    viewed_by = (ADMIN,)
    goes_with_its_owner = True
