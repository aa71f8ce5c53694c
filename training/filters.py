"""What each list of this app can be narrowed to."""

import django_filters as filters
from django import forms
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from training.forms.fields import DayField
from training.lists import containing
from training.models import (
    Agency,
    Communication,
    Enterprise,
    School,
    StaffMember,
    TrainingSession,
)
from villages.models import Village
from villages.periods import today
from villages.text import fold

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


class SessionFilter(ScopedFilterSet):
    q = search_filter(_("Title, place or trainer"))
    first = DayFilter(field_name="held_on", lookup_expr="gte", label=_("From day"))
    last = DayFilter(field_name="held_on", lookup_expr="lte", label=_("To day"))
    kind = filters.ChoiceFilter(
        choices=TrainingSession.Kind.choices, label=_("Kind"), empty_label=ANY
    )
    status = filters.ChoiceFilter(
        choices=TrainingSession.Status.choices, label=_("Status"), empty_label=ANY
    )
    village = filters.ModelChoiceFilter(
        queryset=Village.objects.none(), label=_("Village"), empty_label=ANY
    )

    class Meta:
        model = TrainingSession
        fields = []

    def __init__(self, request, queryset):
        super().__init__(request, queryset)
        self.offer("village", Village.objects.visible_to(self.user).on(today()))

    def search(self, rows, name, text):
        return containing(rows, text, "title", "place", "trainer", "organiser")


class StaffFilter(ScopedFilterSet):
    q = search_filter(_("Name or staff code"))
    agency = filters.ModelChoiceFilter(
        queryset=Agency.objects.none(), label=_("Agency"), empty_label=ANY, method="at_agency"
    )
    category = filters.ChoiceFilter(
        choices=StaffMember.Category.choices, label=_("Category"), empty_label=ANY
    )
    courses = filters.ChoiceFilter(
        choices=[("finished", _("All finished")), ("unfinished", _("Not finished yet"))],
        label=_("Required courses"),
        empty_label=ANY,
        method="by_courses",
    )
    party = filters.ChoiceFilter(
        choices=[("yes", _("Party members")), ("no", _("Not Party members"))],
        label=_("Party"),
        empty_label=ANY,
        method="by_party",
    )
    working = filters.ChoiceFilter(
        choices=[("left", _("Have left")), ("all", _("Working or left"))],
        label=_("Employment"),
        empty_label=_("Working now"),
        method="keep",
    )

    class Meta:
        model = StaffMember
        fields = []

    def __init__(self, request, queryset, required):
        super().__init__(request, queryset)
        self.required = required
        self.offer("agency", Agency.objects.visible_to(self.user))

    def filter_queryset(self, rows):
        rows = super().filter_queryset(rows)
        working = self.form.cleaned_data.get("working")
        if working == "all":
            return rows
        now = StaffMember.objects.active_on(today()).order_by().values("pk")
        return rows.exclude(pk__in=now) if working == "left" else rows.filter(pk__in=now)

    def keep(self, rows, name, choice):
        return rows

    def search(self, rows, name, text):
        return rows.filter(Q(name_folded__contains=fold(text)) | Q(code__icontains=text.strip()))

    def at_agency(self, rows, name, agency):
        day = today()
        at = agency.employments.on(day).values("staff_member")
        return rows.filter(pk__in=at)

    def by_courses(self, rows, name, choice):
        if choice == "finished":
            # With no course required nobody has finished them all.
            return rows.filter(finished=self.required) if self.required else rows.none()
        return rows.filter(finished__lt=self.required) if self.required else rows

    def by_party(self, rows, name, choice):
        return rows.filter(is_party_member=choice == "yes")


class SchoolFilter(ScopedFilterSet):
    q = search_filter(_("Name of the school"))
    level = filters.ChoiceFilter(choices=School.Level.choices, label=_("Level"), empty_label=ANY)
    village = filters.ModelChoiceFilter(
        queryset=Village.objects.none(), label=_("Stands in village"), empty_label=ANY
    )

    class Meta:
        model = School
        fields = []

    def __init__(self, request, queryset):
        super().__init__(request, queryset)
        self.offer(
            "village",
            Village.objects.visible_to(self.user).filter(schools__isnull=False).distinct(),
        )

    def search(self, rows, name, text):
        return containing(rows, text, "name")


class CommunicationFilter(ScopedFilterSet):
    q = search_filter(_("Title or note"))
    first = DayFilter(field_name="published_on", lookup_expr="gte", label=_("From day"))
    last = DayFilter(field_name="published_on", lookup_expr="lte", label=_("To day"))
    kind = filters.ChoiceFilter(
        choices=Communication.Kind.choices, label=_("Kind"), empty_label=ANY
    )
    channel = filters.ChoiceFilter(
        choices=Communication.Channel.choices, label=_("Channel"), empty_label=ANY
    )

    class Meta:
        model = Communication
        fields = []

    def search(self, rows, name, text):
        return containing(rows, text, "title", "note")


class EnterpriseFilter(ScopedFilterSet):
    q = search_filter(_("Name of the enterprise"))
    state = filters.ChoiceFilter(
        choices=[("none", _("Nothing declared yet")), ("gap", _("Not all workers have skills"))],
        label=_("Declaration"),
        empty_label=ANY,
        method="by_state",
    )

    class Meta:
        model = Enterprise
        fields = []

    def search(self, rows, name, text):
        return containing(rows, text, "name")

    def by_state(self, rows, name, choice):
        if choice == "none":
            return rows.filter(workers__isnull=True)
        return rows.filter(equipped__lt=F("workers"))
