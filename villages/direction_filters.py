"""What the lists of documents, targets, committees and members can be narrowed to."""

import django_filters as filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from villages.filters import ANY, DayFilter, ScopedFilterSet, search_filter
from villages.lists import containing
from villages.measured import indicator_names
from villages.models import (
    GoverningDocument,
    SteeringCommittee,
    SteeringCommitteeMember,
    Target,
    Village,
)
from villages.periods import today
from villages.text import fold


class DocumentFilter(ScopedFilterSet):
    q = search_filter(_("Number, subject or issuer"))
    kind = filters.ChoiceFilter(
        choices=GoverningDocument.Kind.choices, label=_("Kind"), empty_label=ANY
    )
    first = DayFilter(field_name="issued_on", lookup_expr="gte", label=_("From day"))
    last = DayFilter(field_name="issued_on", lookup_expr="lte", label=_("To day"))

    class Meta:
        model = GoverningDocument
        fields = []

    def search(self, rows, name, text):
        return containing(rows, text, "number", "title", "issuer")


class TargetFilter(ScopedFilterSet):
    q = search_filter(_("Indicator, document or source"))
    year = filters.NumberFilter(label=_("Year"), min_value=1, max_value=9999)
    indicator = filters.ChoiceFilter(label=_("Indicator"), empty_label=ANY)
    village = filters.ModelChoiceFilter(
        queryset=Village.objects.none(), label=_("Village"), empty_label=ANY
    )

    class Meta:
        model = Target
        fields = []

    def __init__(self, request, queryset):
        super().__init__(request, queryset)
        self.names = indicator_names()
        self.filters["indicator"].extra["choices"] = list(self.names.items())
        self.offer("village", Village.objects.visible_to(self.user).on(today()))

    def search(self, rows, name, text):
        wanted = fold(text)
        codes = [code for code, title in self.names.items() if wanted in fold(str(title))]
        texts = containing(rows, text, "document__number", "document__title", "source")
        return rows.filter(Q(indicator__in=codes) | Q(pk__in=texts.values("pk")))


class CommitteeFilter(ScopedFilterSet):
    q = search_filter(_("Name or decision"))
    state = filters.ChoiceFilter(
        choices=[("today", _("Committees of today")), ("former", _("Former ones"))],
        label=_("When"),
        empty_label=ANY,
        method="by_state",
    )

    class Meta:
        model = SteeringCommittee
        fields = []

    def by_state(self, rows, name, choice):
        return rows.on(today()) if choice == "today" else rows.filter(to_on__lt=today())

    def search(self, rows, name, text):
        return containing(rows, text, "name", "document__number", "document__title")


class CommitteeMemberFilter(ScopedFilterSet):
    q = search_filter(_("Name or position"))
    committee = filters.ModelChoiceFilter(
        queryset=SteeringCommittee.objects.none(), label=_("Steering Committee"), empty_label=ANY
    )
    role = filters.ChoiceFilter(
        choices=SteeringCommitteeMember.Role.choices, label=_("Role"), empty_label=ANY
    )
    state = filters.ChoiceFilter(
        choices=[("former", _("Members of the past")), ("all", _("All, former ones too"))],
        label=_("When"),
        empty_label=_("Members of today"),
        method="keep",
    )

    class Meta:
        model = SteeringCommitteeMember
        fields = []

    def __init__(self, request, queryset):
        super().__init__(request, queryset)
        self.offer("committee", SteeringCommittee.objects.visible_to(self.user))

    def filter_queryset(self, rows):
        rows = super().filter_queryset(rows)
        state = self.form.cleaned_data.get("state")
        if state == "former":
            return rows.filter(to_on__lt=today())
        return rows if state == "all" else rows.on(today())

    def keep(self, rows, name, choice):
        return rows

    def search(self, rows, name, text):
        return containing(rows, text, "full_name", "position")
