"""Stored figures in the admin: looked at, never typed in."""

from django.contrib import admin

from reports.models import CoverageFigure, CoverageUnit, Drift
from villages.access import ADMIN
from villages.admin_access import ReadOnlyAdmin


@admin.register(CoverageUnit)
class CoverageUnitAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "commune", "village", "version", "recounted_at")
    list_filter_in_scope = ("commune",)
    list_select_related = ("commune", "village")
    folded_search_fields = ("village__name_folded",)
    search_fields = ("commune__name",)
    goes_with_its_owner = True


@admin.register(CoverageFigure)
class CoverageFigureAdmin(ReadOnlyAdmin):
    list_display = (
        "unit",
        "indicator",
        "day",
        "numerator",
        "denominator",
        "computed_at",
        "is_stale",
    )
    list_filter_in_scope = ("unit__commune",)
    list_filter = ("indicator", "is_stale")
    list_select_related = ("unit__village", "unit__commune")
    date_hierarchy = "day"
    search_fields = ("=indicator",)
    folded_search_fields = ("unit__village__name_folded",)
    goes_with_its_owner = True


@admin.register(Drift)
class DriftAdmin(ReadOnlyAdmin):
    list_display = (
        "unit",
        "indicator",
        "day",
        "stored_numerator",
        "stored_denominator",
        "counted_numerator",
        "counted_denominator",
        "found_at",
    )
    list_filter_in_scope = ("unit__commune",)
    list_filter = ("indicator",)
    list_select_related = ("unit__village", "unit__commune")
    date_hierarchy = "found_at"
    search_fields = ("=indicator", "unit__commune__name")
    folded_search_fields = ("unit__village__name_folded",)
    viewed_by = (ADMIN,)
    goes_with_its_owner = True
