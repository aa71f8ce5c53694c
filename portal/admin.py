"""Accounts, assignments and the log, in the admin.

The commune's administrator looks after accounts whose assignments, past ones too, all
lie in the administrator's communes: never a superuser's, never the own one, and no right
beyond assignments in those communes can be given.
"""

import auditlog.admin  # noqa: F401 (registers a page that ours takes the place of)
import axes.admin  # noqa: F401 (likewise)
from auditlog.models import LogEntry
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from villages.access import ADMIN, TEAM_LEADER
from villages.admin_access import (
    ByRole,
    ReadOnlyAdmin,
    ScopedAdmin,
    ScopedForm,
    ScopedInline,
    communes_of,
)
from villages.models import Assignment
from villages.text import clean_text

User = get_user_model()

for model in (LogEntry, AccessAttempt, AccessFailureLog, AccessLog, Group):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class AssignmentForm(ScopedForm):
    """A role for the whole commune, or a team leader's for a village."""

    class Meta:
        model = Assignment
        fields = "__all__"

    def clean(self):
        cleaned = super().clean()
        leads_a_team = cleaned.get("role") == TEAM_LEADER
        if leads_a_team != (cleaned.get("village") is not None) and "role" in cleaned:
            self.add_error(
                "village",
                _("A team leader needs a village; the other roles are for the whole commune."),
            )
        return cleaned


class AssignmentInline(ScopedInline):
    model = Assignment
    form = AssignmentForm
    fields = ("role", "commune", "village", "from_on", "to_on")
    autocomplete_fields = ("commune", "village")
    changed_by = deleted_by = (ADMIN,)

    def _allows(self, request, roles, obj, to_look=False):
        if request.user.is_superuser:
            return True
        if obj is None or obj.pk is None:
            return bool(communes_of(request.user, (ADMIN,)))
        return may_manage(request.user, obj)

    def get_formset(self, request, obj=None, **kwargs):
        # An account without an assignment would belong to nobody's commune.
        if not request.user.is_superuser:
            kwargs |= {"min_num": 1, "validate_min": True}
        return super().get_formset(request, obj, **kwargs)


def accounts_of(user):
    """Return the accounts a commune's administrator looks after; all for a superuser."""
    if user.is_superuser:
        return User.objects.all()
    communes = communes_of(user, (ADMIN,))
    elsewhere = Assignment.objects.exclude(commune__in=communes).values("user")
    return User.objects.filter(
        pk__in=Assignment.objects.filter(commune__in=communes).values("user"),
        is_superuser=False,
    ).exclude(pk__in=elsewhere)


def may_manage(user, account):
    """Whether the person may change the account: nobody changes the own one here."""
    if user.is_superuser:
        return True
    return account.pk != user.pk and accounts_of(user).filter(pk=account.pk).exists()


class AccountForm(UserChangeForm):
    class Meta(UserChangeForm.Meta):
        model = User
        fields = "__all__"


class NewAccountForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("username", "full_name")


@admin.register(User)
class AccountAdmin(ByRole, UserAdmin):
    """Accounts. Switched off rather than deleted: their work stays signed."""

    form = AccountForm
    add_form = NewAccountForm
    list_display = ("username", "full_name", "job_title", "roles", "is_active", "last_login")
    list_filter = ("is_active", "is_staff", "assignments__role")
    search_fields = ("username", "full_name", "job_title")
    ordering = ("full_name", "username")
    list_per_page = 50
    show_full_result_count = False
    inlines = (AssignmentInline,)
    filter_horizontal = ()
    history_view = ScopedAdmin.history_view
    _parts = ScopedAdmin._parts
    object_history_template = ScopedAdmin.object_history_template
    # No is_superuser, groups or permissions for anybody but a superuser.
    person_fields = ("full_name", "job_title", "phone", "email")
    add_fieldsets = (
        (None, {"fields": ("username", "usable_password", "password1", "password2")}),
        (_("Person"), {"fields": person_fields}),
    )

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return self.add_fieldsets
        rights = ["is_active", "is_staff"]
        if request.user.is_superuser:
            rights.append("is_superuser")
        return (
            (None, {"fields": ("username", "password")}),
            (_("Person"), {"fields": self.person_fields}),
            (_("Access"), {"fields": rights}),
            (_("Dates"), {"fields": ("last_login", "date_joined")}),
        )

    readonly_fields = ("last_login", "date_joined")

    def get_queryset(self, request):
        rows = super().get_queryset(request).filter(pk__in=accounts_of(request.user).values("pk"))
        return rows.prefetch_related("assignments")

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, clean_text(search_term))

    @admin.display(description=_("roles"))
    def roles(self, account):
        return ", ".join(sorted({str(row.get_role_display()) for row in account.assignments.all()}))

    def has_view_permission(self, request, obj=None):
        if request.user.is_superuser:
            return True
        if obj is None:
            return bool(communes_of(request.user, (ADMIN,)))
        return accounts_of(request.user).filter(pk=obj.pk).exists()

    def has_add_permission(self, request):
        return request.user.is_superuser or bool(communes_of(request.user, (ADMIN,)))

    def has_change_permission(self, request, obj=None):
        if obj is None:
            return self.has_add_permission(request)
        return may_manage(request.user, obj)

    def has_delete_permission(self, request, obj=None):
        return request.user.is_superuser


@admin.register(Assignment)
class AssignmentAdmin(ScopedAdmin):
    """Who may see and do what, as one list; given and ended on the account's page."""

    list_display = ("user", "role", "commune", "village", "from_on", "to_on")
    list_filter_in_scope = ("commune",)
    list_filter = ("role", ("to_on", admin.EmptyFieldListFilter))
    list_select_related = ("user", "commune", "village")
    search_fields = ("user__full_name", "user__username")
    folded_search_fields = ("village__name_folded",)
    autocomplete_fields = ("user", "commune", "village")
    form = AssignmentForm
    viewed_by = (ADMIN,)
    changed_by = deleted_by = ()


@admin.register(LogEntry)
class LogAdmin(ReadOnlyAdmin):
    """The whole log, for superusers; about one record it is on the record's own page."""

    list_display = ("timestamp", "actor", "action", "content_type", "object_repr")
    list_filter = ("action", "content_type")
    list_select_related = ("actor", "content_type")
    date_hierarchy = "timestamp"
    search_fields = ("object_repr", "=object_id", "actor__username", "actor__full_name")
    fields = readonly_fields = (
        "timestamp",
        "actor",
        "action",
        "content_type",
        "object_repr",
        "what_changed",
        "remote_addr",
    )

    @admin.display(description=_("Changed"))
    def what_changed(self, entry):
        lines = []
        for name, change in entry.changes_display_dict.items():
            shown = change.values() if isinstance(change, dict) else change
            lines.append(f"{name}: {' → '.join(map(str, shown))}")
        return "\n".join(lines) or "-"
