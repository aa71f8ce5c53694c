"""What the list of places without a good signal can be narrowed to."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from villages.filters import ANY, ScopedFilterSet, search_filter
from villages.lists import containing
from villages.models import ConnectivityReport, Village
from villages.text import fold

EVERYTHING, SOLVED = "tat-ca", "da-xu-ly"


def open_reports(reports):
    """Keep what the telecom companies still have to put right."""
    return reports.filter(resolved_on__isnull=True).exclude(quality=ConnectivityReport.Quality.GOOD)


def operators_of(reports):
    """Return {folded name: the name as first written} of the companies that are named."""
    names = {}
    for name in reports.order_by("operator").values_list("operator", flat=True).distinct():
        names.setdefault(fold(name), name)
    return names


class ConnectivityFilter(ScopedFilterSet):
    q = search_filter(_("Place, village or company"))
    loc = filters.ChoiceFilter(
        choices=[(EVERYTHING, _("All")), (SOLVED, _("Solved"))],
        label=_("State"),
        empty_label=_("Not solved yet"),
        method="keep",
    )
    operator = filters.ChoiceFilter(label=_("Company"), empty_label=ANY, method="by_operator")
    technology = filters.ChoiceFilter(
        choices=ConnectivityReport.Technology.choices, label=_("Network"), empty_label=ANY
    )
    quality = filters.ChoiceFilter(
        choices=ConnectivityReport.Quality.choices, label=_("Quality"), empty_label=ANY
    )
    village = filters.ModelChoiceFilter(
        queryset=Village.objects.none(), label=_("Village"), empty_label=ANY
    )

    class Meta:
        model = ConnectivityReport
        fields = []

    def __init__(self, request, queryset):
        super().__init__(request, queryset)
        self.operators = operators_of(queryset)
        self.filters["operator"].extra["choices"] = list(self.operators.items())
        villages = Village.objects.visible_to(self.user)
        self.offer("village", villages.filter(connectivity_reports__isnull=False).distinct())

    def filter_queryset(self, rows):
        rows = super().filter_queryset(rows)
        state = self.form.cleaned_data.get("loc")
        if state == SOLVED:
            return rows.filter(resolved_on__isnull=False)
        return rows if state == EVERYTHING else open_reports(rows)

    def keep(self, rows, name, choice):
        return rows

    def by_operator(self, rows, name, wanted):
        written = [
            one
            for one in rows.order_by().values_list("operator", flat=True).distinct()
            if fold(one) == wanted
        ]
        return rows.filter(operator__in=written)

    def search(self, rows, name, text):
        return containing(rows, text, "where", "operator", "village__name")
