"""What the list of phones can be narrowed to."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from villages.filters import ANY, ScopedFilterSet, search_filter
from villages.lists import containing
from villages.models import Phone

ALL, REVOKED = "tat-ca", "da-dang-xuat"


class PhoneFilter(ScopedFilterSet):
    q = search_filter(_("Whose phone, or its name"))
    loc = filters.ChoiceFilter(
        choices=[(ALL, _("All, signed out ones too")), (REVOKED, _("Signed out"))],
        label=_("State"),
        empty_label=_("Signed in"),
        method="keep",
    )
    used = filters.ChoiceFilter(
        choices=[("yes", _("Visits came from it")), ("no", _("No visit came from it"))],
        label=_("Visits"),
        empty_label=ANY,
        method="by_use",
    )

    class Meta:
        model = Phone
        fields = []

    def filter_queryset(self, rows):
        rows = super().filter_queryset(rows)
        state = self.form.cleaned_data.get("loc")
        if state == REVOKED:
            return rows.filter(revoked_at__isnull=False)
        return rows if state == ALL else rows.trusted()

    def keep(self, rows, name, choice):
        return rows

    def by_use(self, rows, name, choice):
        return rows.filter(visits__gt=0) if choice == "yes" else rows.filter(visits=0)

    def search(self, rows, name, text):
        return containing(rows, text, "user__full_name", "user__username", "name")
