"""Sessions, staff, schools, enterprises and communications, in the admin."""

from django import forms
from django.contrib import admin
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from training import admin_certificates, admin_sheets  # noqa: F401 -- they register pages
from training.models import (
    Agency,
    Attendance,
    ClassRoll,
    Communication,
    Completion,
    Course,
    CourseRequirement,
    Employment,
    Enterprise,
    Reminder,
    ReminderMail,
    School,
    SchoolAccount,
    SchoolClass,
    SchoolYear,
    StaffMember,
    TaughtModule,
    TrainingSession,
    WorkerDeclaration,
)
from training.rolls import ask_to_confirm_again
from villages.admin_access import (
    PeriodInline,
    ReadOnlyInline,
    ScopedAdmin,
    ScopedForm,
    ScopedInline,
)
from villages.periods import today


class PastDayForm(ScopedForm):
    """A form whose dates lie in the past."""

    past_days = ("completed_on", "counted_on", "declared_on", "published_on")

    def clean(self):
        cleaned = super().clean()
        for name in self.past_days:
            if cleaned.get(name) and cleaned[name] > today():
                self.add_error(name, _("This day has not come yet."))
        return cleaned


@admin.register(Agency)
class AgencyAdmin(ScopedAdmin):
    list_display = ("name", "commune", "village", "contact_name", "position")
    list_filter_in_scope = ("commune",)
    list_select_related = ("commune", "village")
    search_fields = ("name",)
    autocomplete_fields = ("commune", "village")
    fixed_once_saved = ("commune",)


class EmploymentInline(PeriodInline):
    model = Employment
    autocomplete_fields = ("agency",)


class CompletionInline(ScopedInline):
    model = Completion
    form = PastDayForm


@admin.register(StaffMember)
class StaffMemberAdmin(ScopedAdmin):
    list_display = ("full_name", "code", "category", "position", "is_party_member", "commune")
    list_filter_in_scope = ("commune", "employments__agency")
    list_filter = ("category", "sex", "is_party_member")
    list_select_related = ("commune",)
    search_fields = ("code", "position")
    folded_search_fields = ("name_folded",)
    autocomplete_fields = ("commune",)
    fixed_once_saved = ("commune",)
    inlines = (EmploymentInline, CompletionInline)


@admin.register(Course)
class CourseAdmin(ScopedAdmin):
    is_general = True
    list_display = ("title", "code", "provider", "valid_months")
    list_filter = ("provider", ("valid_months", admin.EmptyFieldListFilter))
    search_fields = ("code", "title", "provider")
    fixed_once_saved = ("code",)


@admin.register(CourseRequirement)
class CourseRequirementAdmin(ScopedAdmin):
    is_general = True
    list_display = ("course", "group", "from_on", "to_on")
    list_filter = ("group", "course", ("to_on", admin.EmptyFieldListFilter))
    list_select_related = ("course",)
    search_fields = ("course__title", "course__code")
    autocomplete_fields = ("course",)


@admin.register(Completion)
class CompletionAdmin(ScopedAdmin):
    form = PastDayForm
    list_display = ("staff_member", "course", "completed_on", "source", "certificate_number")
    list_filter = ("course", "source")
    list_select_related = ("staff_member", "course")
    date_hierarchy = "completed_on"
    search_fields = ("certificate_number", "staff_member__code")
    folded_search_fields = ("staff_member__name_folded",)
    autocomplete_fields = ("staff_member", "course")


@admin.register(SchoolYear)
class SchoolYearAdmin(ScopedAdmin):
    is_general = True
    list_display = ("name", "starts_on", "ends_on")
    list_filter = ("starts_on", "ends_on")
    search_fields = ("name",)


@admin.register(School)
class SchoolAdmin(ScopedAdmin):
    list_display = ("name", "level", "commune", "village")
    list_filter_in_scope = ("commune",)
    list_filter = ("level",)
    list_select_related = ("commune", "village")
    search_fields = ("name",)
    autocomplete_fields = ("commune", "village")
    fixed_once_saved = ("commune",)


@admin.register(SchoolAccount)
class SchoolAccountAdmin(ScopedAdmin):
    """Accounts are given and ended on the school's page, which keeps the role with them."""

    list_display = ("school", "user", "from_on", "to_on")
    list_filter_in_scope = ("school",)
    list_select_related = ("school", "user")
    search_fields = ("school__name", "user__username")
    changed_by = deleted_by = ()
    autocomplete_fields = ("school",)
    raw_id_fields = ("user",)


@admin.register(TaughtModule)
class TaughtModuleAdmin(ScopedAdmin):
    is_general = True
    list_display = ("name", "name_en", "code", "position")
    list_filter = ("position",)
    search_fields = ("code", "name", "name_en")
    fixed_once_saved = ("code",)


class ReminderMailInline(ReadOnlyInline):
    """What became of each mail; the text stands on the reminder's own page."""

    model = ReminderMail
    fields = readonly_fields = ("agency", "staff_member", "address", "state", "tried_at", "error")


@admin.register(Reminder)
class ReminderAdmin(ScopedAdmin):
    """A log of what was sent: looked at, never changed."""

    list_display = ("made_at", "to", "made_by", "commune")
    list_filter_in_scope = ("commune",)
    list_filter = ("to",)
    list_select_related = ("commune", "made_by")
    search_fields = ("made_by__username",)
    changed_by = deleted_by = ()
    inlines = (ReminderMailInline,)


@admin.register(ReminderMail)
class ReminderMailAdmin(ScopedAdmin):
    """A log of what was sent: looked at, never changed."""

    list_display = ("reminder", "agency", "staff_member", "address", "state", "tried_at")
    list_filter_in_scope = ("agency",)
    list_filter = ("state",)
    list_select_related = ("reminder", "agency", "staff_member")
    search_fields = ("address", "agency__name")
    changed_by = deleted_by = ()


class RollInline(ScopedInline):
    model = ClassRoll
    form = PastDayForm
    fields = ("counted_on", "enrolled", "equipped", "handed_in_by", "handed_in_at")
    readonly_fields = ("handed_in_by", "handed_in_at")


@admin.register(SchoolClass)
class SchoolClassAdmin(ScopedAdmin):
    list_display = ("name", "grade", "school", "school_year")
    list_filter_in_scope = ("school",)
    list_filter = ("school_year", "grade")
    list_select_related = ("school", "school_year")
    search_fields = ("name", "school__name")
    autocomplete_fields = ("school", "school_year")
    inlines = (RollInline,)

    def get_form(self, request, obj=None, **kwargs):
        kwargs.setdefault("form", SchoolClassForm)
        return super().get_form(request, obj, **kwargs)

    def save_formset(self, request, form, formset, change):
        for roll in formset.save(commit=False):
            if roll._state.adding:
                roll.handed_in_by = request.user
            ask_to_confirm_again(roll)
            roll.save()
        for roll in formset.deleted_objects:
            roll.delete()


class SchoolClassForm(ScopedForm):
    grade = forms.IntegerField(label=capfirst(_("grade")), min_value=6, max_value=12)

    class Meta:
        model = SchoolClass
        fields = "__all__"


@admin.register(ClassRoll)
class ClassRollAdmin(ScopedAdmin):
    form = PastDayForm
    list_display = ("school_class", "school", "counted_on", "enrolled", "equipped", "handed_in_by")
    list_filter_in_scope = ("school_class__school",)
    list_filter = ("school_class__school_year",)
    list_select_related = ("school_class__school", "handed_in_by")
    date_hierarchy = "counted_on"
    search_fields = ("school_class__name", "school_class__school__name")
    autocomplete_fields = ("school_class",)
    readonly_fields = ("handed_in_by", "handed_in_at", "confirmed_by", "confirmed_at")

    @admin.display(description=_("school"))
    def school(self, roll):
        return roll.school_class.school

    def save_model(self, request, obj, form, change):
        if not change:
            obj.handed_in_by = request.user
        if form.changed_data:
            ask_to_confirm_again(obj)
        super().save_model(request, obj, form, change)


class DeclarationInline(ScopedInline):
    model = WorkerDeclaration
    form = PastDayForm


@admin.register(Enterprise)
class EnterpriseAdmin(ScopedAdmin):
    list_display = ("name", "group", "commune", "village")
    list_filter_in_scope = ("commune",)
    list_filter = ("group",)
    list_select_related = ("group", "commune", "village")
    search_fields = ("name",)
    autocomplete_fields = ("commune", "village")
    fixed_once_saved = ("commune",)
    inlines = (DeclarationInline,)


class AttendanceInline(ReadOnlyInline):
    """Who came is noted on the session's own page, which also counts them as reached."""

    model = Attendance
    fields = readonly_fields = ("resident", "staff_member", "walk_in_name", "completed")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("resident", "staff_member")


@admin.register(TrainingSession)
class TrainingSessionAdmin(ScopedAdmin):
    """Date, status and attendance change together with the encounter: on the session's page."""

    list_display = ("title", "held_on", "kind", "village", "place", "trainer", "status")
    list_filter_in_scope = ("village",)
    list_filter = ("status", "kind")
    list_select_related = ("village",)
    date_hierarchy = "held_on"
    search_fields = ("title", "trainer", "place", "organiser")
    folded_search_fields = ("village__name_folded",)
    autocomplete_fields = ("commune", "village", "skills")
    fields = (
        "title",
        "kind",
        "commune",
        "village",
        "held_on",
        "starts_at",
        "ends_at",
        "place",
        "trainer",
        "organiser",
        "skills",
        "note",
        "status",
        "cancel_reason",
        "reopen_reason",
        "counted",
        "session_page",
    )
    readonly_fields = ("status", "cancel_reason", "reopen_reason", "counted", "session_page")
    fixed_once_saved = ("commune", "village", "held_on")
    inlines = (AttendanceInline,)

    @admin.display(description=_("Date, attendance, cancelling"))
    def session_page(self, session):
        if session.pk is None:
            return "-"
        try:
            address = reverse("session_detail", args=[session.uuid])
        except NoReverseMatch:
            return "-"
        return format_html('<a href="{}">{}</a>', address, _("On the session's page"))

    def has_change_permission(self, request, obj=None):
        # A closed session is reopened on its page, with a reason, before it is changed.
        if obj is not None and obj.status == TrainingSession.Status.CLOSED:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        # A session that was held is cancelled, so that its encounter goes with it.
        if obj is not None and obj.encounter_id is not None:
            return False
        return super().has_delete_permission(request, obj)


@admin.register(Communication)
class CommunicationAdmin(ScopedAdmin):
    form = PastDayForm
    list_display = ("title", "kind", "channel", "published_on", "reach", "commune")
    list_filter_in_scope = ("commune",)
    list_filter = ("kind", "channel")
    list_select_related = ("commune",)
    date_hierarchy = "published_on"
    # On its page, where it goes from the public page and can be brought back.
    deleted_by = ()
    search_fields = ("title", "note", "link")
    autocomplete_fields = ("commune",)
