"""Held records and rescue files in the admin: looked at; officials settle on their own page."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from households.models import HeldRecord, RescueFile
from villages.admin_access import ReadOnlyAdmin


class WaitingFilter(admin.SimpleListFilter):
    """Whether somebody has decided over the record."""

    title = _("settled")
    parameter_name = "settled"

    def lookups(self, request, model_admin):
        return [("no", _("Waiting")), ("yes", _("Settled"))]

    def queryset(self, request, queryset):
        if self.value() in {"yes", "no"}:
            return queryset.filter(settled_at__isnull=self.value() == "no")
        return queryset


@admin.register(HeldRecord)
class HeldRecordAdmin(ReadOnlyAdmin):
    """What was sent is shown where officials decide over it, not here."""

    list_display = ("kind", "reason", "village", "author", "received_at", "settlement")
    list_filter_in_scope = ("village",)
    list_filter = (WaitingFilter, "kind", "reason")
    list_select_related = ("village", "author")
    date_hierarchy = "received_at"
    search_fields = ("author__full_name", "author__username", "settlement_note")
    folded_search_fields = ("village__name_folded",)
    fields = (
        "kind",
        "reason",
        "commune",
        "village",
        "author",
        "phone",
        "file",
        "received_at",
        "settled_at",
        "settled_by",
        "settlement",
        "settlement_note",
        "encounter",
    )


@admin.register(RescueFile)
class RescueFileAdmin(ReadOnlyAdmin):
    list_display = (
        "phone",
        "made_at",
        "uploaded_at",
        "uploaded_by",
        "received",
        "known_before",
        "held",
    )
    list_select_related = ("phone__user", "uploaded_by")
    date_hierarchy = "uploaded_at"
    search_fields = ("phone__user__full_name", "uploaded_by__full_name")
