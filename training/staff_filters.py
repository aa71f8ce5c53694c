"""What the lists of courses and of reminders can be narrowed to."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from training.models import Course, Reminder, ReminderMail
from villages.filters import ANY, DayFilter, ScopedFilterSet, search_filter
from villages.lists import containing


class CourseFilter(ScopedFilterSet):
    q = search_filter(_("Title, code or provider"))
    required = filters.ChoiceFilter(
        choices=[("yes", _("Required today")), ("no", _("Not required today"))],
        label=_("Required"),
        empty_label=ANY,
        method="by_requirement",
    )

    class Meta:
        model = Course
        fields = []

    def by_requirement(self, rows, name, choice):
        return rows.filter(is_required=choice == "yes")

    def search(self, rows, name, text):
        return containing(rows, text, "title", "code", "provider")


class ReminderFilter(ScopedFilterSet):
    q = search_filter(_("Sent by, agency or person"))
    to = filters.ChoiceFilter(choices=Reminder.To.choices, label=_("Sent to"), empty_label=ANY)
    state = filters.ChoiceFilter(
        choices=[("failed", _("Mails that did not go")), ("sent", _("All mails went"))],
        label=_("Mails"),
        empty_label=ANY,
        method="by_state",
    )
    first = DayFilter(field_name="made_at", lookup_expr="date__gte", label=_("From day"))
    last = DayFilter(field_name="made_at", lookup_expr="date__lte", label=_("To day"))

    class Meta:
        model = Reminder
        fields = []

    def by_state(self, rows, name, choice):
        return rows.filter(failed__gt=0) if choice == "failed" else rows.filter(failed=0)

    def search(self, rows, name, text):
        mails = ReminderMail.objects.filter(reminder__in=rows.order_by().values("pk"))
        named = containing(mails, text, "agency__name", "staff_member__full_name")
        sent = containing(rows, text, "made_by__full_name", "made_by__username")
        found = {*named.values_list("reminder", flat=True), *sent.values_list("pk", flat=True)}
        return rows.filter(pk__in=found)
