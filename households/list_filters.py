"""What the lists of held records, rescue files, paper sheets and handed lists narrow to."""

import django_filters as filters
from django import forms
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from households.forms.filters import ListFilter
from households.handing import is_late, shown_title
from households.models import HeldRecord, PaperSheet, RescueFile
from villages.filters import ANY, DayFilter, ScopedFilterSet, search_filter
from villages.lists import containing
from villages.models import Village
from villages.text import fold


class HeldFilter(ScopedFilterSet):
    q = search_filter(_("Who wrote it, or the village"))
    state = filters.ChoiceFilter(
        choices=[
            ("waits", _("Waits")),
            (HeldRecord.Settlement.RECORDED, HeldRecord.Settlement.RECORDED.label),
            (HeldRecord.Settlement.DISMISSED, HeldRecord.Settlement.DISMISSED.label),
        ],
        label=_("State"),
        empty_label=ANY,
        method="by_state",
    )
    kind = filters.ChoiceFilter(choices=HeldRecord.Kind.choices, label=_("Record"), empty_label=ANY)
    reason = filters.ChoiceFilter(
        choices=HeldRecord.Reason.choices, label=_("Why it is held"), empty_label=ANY
    )
    village = filters.ModelChoiceFilter(
        queryset=Village.objects.none(), label=_("Village"), empty_label=ANY
    )

    class Meta:
        model = HeldRecord
        fields = []

    def __init__(self, request, queryset):
        super().__init__(request, queryset)
        held = queryset.order_by().values("village")
        self.offer("village", Village.objects.visible_to(self.user).filter(pk__in=held))

    def by_state(self, rows, name, choice):
        if choice == "waits":
            return rows.waiting()
        return rows.filter(settlement=choice)

    def search(self, rows, name, text):
        return containing(rows, text, "author__full_name", "author__username", "village__name")


class PaperFilter(ScopedFilterSet):
    q = search_filter(_("Number of the sheet, or for whom"))
    village = filters.ModelChoiceFilter(
        queryset=Village.objects.none(), label=_("Village"), empty_label=_("All villages")
    )
    state = filters.ChoiceFilter(
        choices=[("open", _("Rows are left to type in")), ("typed", _("All rows are typed in"))],
        label=_("State"),
        empty_label=ANY,
        method="by_state",
    )

    class Meta:
        model = PaperSheet
        fields = []

    def __init__(self, request, queryset, villages):
        super().__init__(request, queryset)
        if len(villages) > 1:
            self.offer("village", villages)
        else:
            del self.filters["village"]

    @property
    def chosen_village(self):
        """The village to which the sheets are narrowed, or ``None``."""
        return self.form.cleaned_data.get("village") if self.is_bound else None

    def by_state(self, rows, name, choice):
        is_typed = Q(row_count__gt=0, done_count=F("row_count"))
        return rows.filter(is_typed) if choice == "typed" else rows.exclude(is_typed)

    def search(self, rows, name, text):
        number = text.strip()
        if number.isascii() and number.isdigit() and len(number) < 10:
            return rows.filter(pk=int(number))
        return containing(rows, text, "member__full_name", "village__name")


class RescueFilter(ScopedFilterSet):
    q = search_filter(_("Who wrote or brought it"))
    held = filters.ChoiceFilter(
        choices=[("yes", _("Something was held back")), ("no", _("Nothing was held back"))],
        label=_("Held back"),
        empty_label=ANY,
        method="by_held",
    )
    first = DayFilter(field_name="uploaded_at", lookup_expr="date__gte", label=_("From day"))
    last = DayFilter(field_name="uploaded_at", lookup_expr="date__lte", label=_("To day"))

    class Meta:
        model = RescueFile
        fields = []

    def by_held(self, rows, name, choice):
        return rows.filter(held__gt=0) if choice == "yes" else rows.filter(held=0)

    def search(self, rows, name, text):
        people = (
            f"{who}__{name}"
            for who in ("phone__user", "uploaded_by")
            for name in ("full_name", "username")
        )
        return containing(rows, text, *people)


class HandedFilter(ListFilter):
    """Narrows the handed lists; ``show`` tells the open from the closed ones."""

    show = forms.ChoiceField(
        choices=[("", ""), ("closed", "")], required=False, widget=forms.HiddenInput
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All")),
            ("late", _("Overdue")),
            ("left", _("Households are left")),
            ("done", _("All households are done")),
        ],
    )

    def __init__(self, data=None, *, user, **options):
        super().__init__(data, user=user, **options)
        self.user = user
        self.fields["q"].label = _("Title or village")

    @property
    def is_narrowed(self):
        return any(self.found.get(name) for name in ("q", "village", "state"))

    def keeps(self, handed, progress):
        """Whether a list with this progress is wanted; a hidden title is not searched."""
        found = self.found
        words, state, village = fold(found.get("q") or ""), found.get("state"), found.get("village")
        if words and words not in fold(
            f"{shown_title(handed, self.user)} {handed.village.full_name}"
        ):
            return False
        if village and handed.village_id != village.pk:
            return False
        if state == "late":
            return is_late(handed, progress)
        return not state or bool(progress.open) == (state == "left")
