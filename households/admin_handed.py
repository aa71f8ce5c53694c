"""Handed lists in the admin: titles and dates are mended, lists are made on their page."""

from django.contrib import admin

from households.models import HandedHousehold, HandedList
from villages.access import ADMIN, OFFICIAL
from villages.admin_access import ReadOnlyInline, ScopedAdmin


class HandedHouseholdInline(ReadOnlyInline):
    model = HandedHousehold
    fields = readonly_fields = ("household",)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("household")


@admin.register(HandedList)
class HandedListAdmin(ScopedAdmin):
    """A title may tell who is poor: readers do not come here."""

    viewed_by = (ADMIN, OFFICIAL)
    list_display = ("title", "village", "handed_on", "due_on", "handed_by", "closed_at")
    list_filter_in_scope = ("village",)
    list_filter = (("closed_at", admin.EmptyFieldListFilter), "is_about_poverty")
    list_select_related = ("village", "handed_by")
    date_hierarchy = "handed_on"
    search_fields = ("title",)
    folded_search_fields = ("village__name_folded",)
    fields = (
        "village",
        "title",
        "is_about_poverty",
        "handed_on",
        "handed_by",
        "due_on",
        "closed_at",
    )
    readonly_fields = ("village", "handed_on", "handed_by", "closed_at")
    inlines = (HandedHouseholdInline,)

    def has_add_permission(self, request, obj=None):
        return False
