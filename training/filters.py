"""What each list of this app can be narrowed to."""

import django_filters as filters
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from training.certifying import plain_code
from training.confirming import Standing
from training.lacking import Lack, lacking
from training.models import (
    Agency,
    Attendance,
    Certificate,
    Communication,
    Enterprise,
    School,
    SchoolYear,
    StaffMember,
    TrainingSession,
)
from training.requirements import has_finished
from villages.filters import ANY, DayFilter, ScopedFilterSet, search_filter
from villages.lists import containing
from villages.models import Village
from villages.periods import today
from villages.text import fold


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
    lack = filters.ChoiceFilter(
        choices=[("any", _("Anything")), *Lack.choices],
        label=_("What is lacking"),
        empty_label=ANY,
        method="by_lack",
    )

    class Meta:
        model = TrainingSession
        fields = []

    def __init__(self, request, queryset):
        super().__init__(request, queryset)
        self.offer("village", Village.objects.visible_to(self.user).on(today()))

    def search(self, rows, name, text):
        return containing(rows, text, "title", "place", "trainer", "organiser")

    def by_lack(self, rows, name, choice):
        return lacking(rows, None if choice == "any" else Lack(choice))


class WalkInFilter(ScopedFilterSet):
    q = search_filter(_("Name or session"))
    state = filters.ChoiceFilter(
        choices=[("matched", _("Found on a list")), ("all", _("All walk-ins"))],
        label=_("Walk-ins"),
        empty_label=_("Not found yet"),
        method="keep",
    )
    first = DayFilter(field_name="session__held_on", lookup_expr="gte", label=_("From day"))
    last = DayFilter(field_name="session__held_on", lookup_expr="lte", label=_("To day"))

    class Meta:
        model = Attendance
        fields = []

    def filter_queryset(self, rows):
        rows = super().filter_queryset(rows)
        state = self.form.cleaned_data.get("state")
        if state == "all":
            return rows
        return rows.exclude(came_as="") if state == "matched" else rows.exclude(walk_in_name="")

    def keep(self, rows, name, choice):
        return rows

    def search(self, rows, name, text):
        return containing(rows, text, "walk_in_name", "came_as", "session__title")


class AttendanceFilter(ScopedFilterSet):
    q = search_filter(_("Name"))
    session = filters.ModelChoiceFilter(
        queryset=TrainingSession.objects.none(), label=_("Session"), empty_label=ANY
    )
    who = filters.ChoiceFilter(
        choices=[
            ("resident", _("Residents")),
            ("staff_member", _("Staff")),
            ("walk_in", _("Walk-ins")),
        ],
        label=_("Who came"),
        empty_label=ANY,
        method="by_kind",
    )
    first = DayFilter(field_name="session__held_on", lookup_expr="gte", label=_("From day"))
    last = DayFilter(field_name="session__held_on", lookup_expr="lte", label=_("To day"))

    class Meta:
        model = Attendance
        fields = []

    def __init__(self, request, queryset):
        super().__init__(request, queryset)
        self.offer("session", TrainingSession.objects.visible_to(self.user).held())

    def by_kind(self, rows, name, choice):
        if choice == "walk_in":
            return rows.exclude(walk_in_name="")
        return rows.filter(**{f"{choice}__isnull": False})

    def search(self, rows, name, text):
        return containing(
            rows, text, "resident__full_name", "staff_member__full_name", "walk_in_name"
        )


class CertificateFilter(ScopedFilterSet):
    q = search_filter(_("Name, session or code"))
    state = filters.ChoiceFilter(
        choices=[("valid", _("Valid")), ("revoked", _("Revoked"))],
        label=_("State"),
        empty_label=ANY,
        method="by_state",
    )
    first = DayFilter(field_name="held_on", lookup_expr="gte", label=_("From day"))
    last = DayFilter(field_name="held_on", lookup_expr="lte", label=_("To day"))

    class Meta:
        model = Certificate
        fields = []

    def by_state(self, rows, name, choice):
        return rows.filter(revoked_at__isnull=choice == "valid")

    def search(self, rows, name, text):
        by_code = rows.filter(code=plain_code(text)) if len(text) < 40 else rows.none()
        return by_code or containing(rows, text, "full_name", "title")


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
        done = has_finished(self.required, today())
        return rows.filter(done) if choice == "finished" else rows.exclude(done)

    def by_party(self, rows, name, choice):
        return rows.filter(is_party_member=choice == "yes")


class AgencyFilter(ScopedFilterSet):
    q = search_filter(_("Agency or contact"))
    state = filters.ChoiceFilter(
        choices=[
            ("unfinished", _("Not all have finished")),
            ("finished", _("All have finished")),
            ("empty", _("No staff")),
        ],
        label=_("Required courses"),
        empty_label=ANY,
        method="by_state",
    )

    class Meta:
        model = Agency
        fields = []

    def search(self, rows, name, text):
        return containing(rows, text, "name", "contact_name")

    def by_state(self, rows, name, choice):
        if choice == "empty":
            return rows.filter(staff_count=0)
        if choice == "finished":
            return rows.filter(staff_count__gt=0, finished=F("staff_count"))
        return rows.filter(finished__lt=F("staff_count"))


class UnfinishedFilter(ScopedFilterSet):
    q = search_filter(_("Name or staff code"))
    agency = filters.ModelChoiceFilter(
        queryset=Agency.objects.none(),
        label=_("Agency"),
        empty_label=ANY,
        method="at_agency",
    )
    course = filters.ChoiceFilter(label=_("Missing course"), empty_label=ANY, method="lacking")
    category = filters.ChoiceFilter(
        choices=StaffMember.Category.choices, label=_("Category"), empty_label=ANY
    )

    class Meta:
        model = StaffMember
        fields = []

    def __init__(self, request, queryset, required, day):
        super().__init__(request, queryset)
        self.day = day
        self.courses = {str(course.pk): course for course in required}
        choices = [(pk, course.title) for pk, course in self.courses.items()]
        self.filters["course"].field.choices = choices
        self.offer("agency", Agency.objects.visible_to(self.user))

    def search(self, rows, name, text):
        return rows.filter(Q(name_folded__contains=fold(text)) | Q(code__icontains=text.strip()))

    def at_agency(self, rows, name, agency):
        return rows.filter(agency_on_day=agency.pk)

    def lacking(self, rows, name, pk):
        course = self.courses[pk]
        return rows.filter(course.whom).exclude(course.is_done(self.day))


class SchoolFilter(ScopedFilterSet):
    q = search_filter(_("Name of the school"))
    level = filters.ChoiceFilter(choices=School.Level.choices, label=_("Level"), empty_label=ANY)
    village = filters.ModelChoiceFilter(
        queryset=Village.objects.none(), label=_("Stands in village"), empty_label=ANY
    )

    standing = filters.ChoiceFilter(
        choices=[("open", _("Not confirmed this period")), ("confirmed", Standing.CONFIRMED.label)],
        label=_("Confirmation"),
        empty_label=ANY,
        method="by_standing",
    )

    class Meta:
        model = School
        fields = []

    def __init__(self, request, queryset, standing):
        super().__init__(request, queryset)
        self.standing = standing
        self.offer(
            "village",
            Village.objects.visible_to(self.user).filter(schools__isnull=False).distinct(),
        )

    def search(self, rows, name, text):
        return containing(rows, text, "name")

    def by_standing(self, rows, name, choice):
        confirmed = [pk for pk, one in self.standing.items() if one.is_done]
        if choice == "confirmed":
            return rows.filter(pk__in=confirmed)
        return rows.exclude(pk__in=confirmed)


class SchoolYearFilter(ScopedFilterSet):
    q = search_filter(_("Name of the school year"))
    state = filters.ChoiceFilter(
        choices=[("now", _("This one")), ("over", _("Over")), ("coming", _("Coming"))],
        label=_("When"),
        empty_label=ANY,
        method="by_state",
    )

    class Meta:
        model = SchoolYear
        fields = []

    def by_state(self, rows, name, choice):
        day = today()
        if choice == "now":
            return rows.filter(starts_on__lte=day, ends_on__gte=day)
        return rows.filter(ends_on__lt=day) if choice == "over" else rows.filter(starts_on__gt=day)

    def search(self, rows, name, text):
        return containing(rows, text, "name")


class CommunicationFilter(ScopedFilterSet):
    q = search_filter(_("Title, summary or note"))
    first = DayFilter(field_name="published_on", lookup_expr="gte", label=_("From day"))
    last = DayFilter(field_name="published_on", lookup_expr="lte", label=_("To day"))
    kind = filters.ChoiceFilter(
        choices=Communication.Kind.choices, label=_("Kind"), empty_label=ANY
    )
    channel = filters.ChoiceFilter(
        choices=Communication.Channel.choices, label=_("Channel"), empty_label=ANY
    )
    shown = filters.ChoiceFilter(
        choices=[("yes", _("On the public page")), ("no", _("Not public"))],
        label=_("Public page"),
        empty_label=ANY,
        method="by_public",
    )
    state = filters.ChoiceFilter(
        choices=[("deleted", _("Deleted"))],
        label=_("State"),
        empty_label=_("Not deleted"),
        method="by_state",
    )

    class Meta:
        model = Communication
        fields = []

    def search(self, rows, name, text):
        return containing(rows, text, "title", "summary", "note")

    def by_public(self, rows, name, choice):
        return rows.filter(is_public=choice == "yes")

    def by_state(self, rows, name, choice):
        return rows

    def filter_queryset(self, rows):
        is_deleted = self.form.cleaned_data.get("state") == "deleted"
        return super().filter_queryset(rows).filter(deleted_at__isnull=not is_deleted)


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
