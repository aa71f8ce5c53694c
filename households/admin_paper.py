"""Printed visit sheets in the admin: looked at, and cleared away when they are of no use."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from households.models import PaperRow, PaperSheet
from villages.admin_access import ReadOnlyInline, ScopedAdmin


class PaperRowInline(ReadOnlyInline):
    model = PaperRow
    fields = readonly_fields = ("number", "household", "encounter")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("household", "encounter")


@admin.register(PaperSheet)
class PaperSheetAdmin(ScopedAdmin):
    """Sheets are printed on their page, where their rows are numbered."""

    list_display = ("number", "village", "member", "printed_on", "printed_by")
    list_filter_in_scope = ("village",)
    list_select_related = ("village", "member", "printed_by")
    date_hierarchy = "printed_on"
    search_fields = ("member__full_name",)
    folded_search_fields = ("village__name_folded",)
    fields = readonly_fields = ("village", "member", "columns", "printed_on", "printed_by")
    inlines = (PaperRowInline,)

    @admin.display(description=_("number"), ordering="pk")
    def number(self, sheet):
        return sheet.label

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False
