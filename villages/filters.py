"""What lists can be narrowed to: searches, days, and choices among what the user may see."""

import django_filters as filters
from django import forms
from django.utils.translation import gettext_lazy as _

from villages.record_forms import DayField

ANY = _("All")


class DayFilter(filters.DateFilter):
    field_class = DayField


class ScopedFilterSet(filters.FilterSet):
    """A filter whose choices are those the user may see."""

    def __init__(self, request, queryset):
        self.user = request.user
        super().__init__(request.GET, queryset=queryset)

    def offer(self, name, queryset):
        """Narrow a choice of rows to these."""
        self.filters[name].field.queryset = queryset


def search_filter(label, method="search"):
    """Return a search box; the words go to ``method`` of the filter set."""
    return filters.CharFilter(
        method=method,
        label=label,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
