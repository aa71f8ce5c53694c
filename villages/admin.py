"""Communes, villages, teams and what directs the programme, in the admin."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from villages import (  # noqa: F401 (they register pages)
    admin_exports,
    admin_files,
    admin_imports,
    admin_phones,
)
from villages.access import ADMIN
from villages.admin_access import ReadOnlyAdmin, ReadOnlyInline, ScopedAdmin, ScopedInline
from villages.models import (
    Commune,
    ConnectivityReport,
    GoverningDocument,
    PopulationGroup,
    StaleMark,
    SteeringCommittee,
    SteeringCommitteeMember,
    Target,
    Team,
    TeamMember,
    Village,
    VillageChange,
    VillageChangeJournal,
)


@admin.register(Commune)
class CommuneAdmin(ScopedAdmin):
    list_display = ("code", "name", "kind", "province_name", "formed_on", "is_demo")
    list_filter = ("kind", "is_demo")
    search_fields = ("code", "name", "province_name")
    changed_by = deleted_by = ()


class ChangesFromInline(ReadOnlyInline):
    model = VillageChange
    fk_name = "former"
    verbose_name_plural = _("what became of it")
    fields = ("kind", "successor", "effective_on", "document", "note", "recorded_by")


class ChangesToInline(ReadOnlyInline):
    model = VillageChange
    fk_name = "successor"
    verbose_name_plural = _("what it came from")
    fields = ("kind", "former", "effective_on", "document", "note", "recorded_by")


@admin.register(Village)
class VillageAdmin(ScopedAdmin):
    """A village closes by merging it, so that its households are never left behind."""

    list_display = ("number", "name", "kind", "commune", "from_on", "to_on")
    list_display_links = ("number", "name")
    list_filter_in_scope = ("commune",)
    list_filter = ("kind", ("to_on", admin.EmptyFieldListFilter))
    list_select_related = ("commune",)
    search_fields = ("=number",)
    folded_search_fields = ("name_folded",)
    fields = ("commune", "number", "name", "kind", "from_on", "to_on")
    readonly_fields = ("to_on",)
    autocomplete_fields = ("commune",)
    fixed_once_saved = ("commune",)
    inlines = (ChangesFromInline, ChangesToInline)


@admin.register(VillageChange)
class VillageChangeAdmin(ScopedAdmin):
    """A merger is recorded by the action that carries it out."""

    list_display = ("former", "kind", "successor", "effective_on", "document", "recorded_by")
    list_filter = ("kind",)
    list_select_related = ("former", "successor", "document", "recorded_by")
    date_hierarchy = "effective_on"
    folded_search_fields = ("former__name_folded", "successor__name_folded")
    search_fields = ("note",)
    autocomplete_fields = ("former", "successor", "document")
    readonly_fields = ("recorded_by", "recorded_at")

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return request.user.is_superuser

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "kind":
            kinds = VillageChange.Kind
            kwargs["choices"] = [(kind, kind.label) for kind in (kinds.SPLIT, kinds.RENAMED)]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        obj.recorded_by = request.user
        super().save_model(request, obj, form, change)


@admin.register(VillageChangeJournal)
class VillageChangeJournalAdmin(ReadOnlyAdmin):
    """Which changes can be taken back; what a journal holds is ids and former values."""

    list_display = ("change",)
    list_select_related = ("change__former", "change__successor")
    folded_search_fields = ("change__former__name_folded", "change__successor__name_folded")
    exclude = ("entries",)
    goes_with_its_owner = True


class TeamFormSet(forms.BaseInlineFormSet):
    """Members of a team, of whom one leads at a time."""

    def clean(self):
        super().clean()
        rows = [form.cleaned_data for form in self.forms if form.is_valid() and form.cleaned_data]
        leading = [
            row
            for row in rows
            if row.get("role") == TeamMember.Role.LEADER
            and not row.get("to_on")
            and not row.get("DELETE")
        ]
        if len(leading) > 1:
            raise ValidationError(_("The team already has a leader."))


class TeamMemberInline(ScopedInline):
    model = TeamMember
    formset = TeamFormSet
    fields = ("full_name", "role", "organisation", "sex", "phone", "from_on", "to_on", "user")
    autocomplete_fields = ("user",)


@admin.register(Team)
class TeamAdmin(ScopedAdmin):
    list_display = ("village", "leader", "document", "from_on", "to_on")
    list_filter_in_scope = ("village__commune",)
    list_filter = (("to_on", admin.EmptyFieldListFilter),)
    list_select_related = ("village", "document")
    search_fields = ("members__full_name",)
    folded_search_fields = ("village__name_folded",)
    autocomplete_fields = ("village", "document")
    fixed_once_saved = ("village",)
    inlines = (TeamMemberInline,)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("members")

    @admin.display(description=_("Team leader"))
    def leader(self, team):
        leading = [m for m in team.members.all() if m.role == "leader" and m.to_on is None]
        return leading[0] if leading else None


@admin.register(TeamMember)
class TeamMemberAdmin(ScopedAdmin):
    list_display = ("full_name", "role", "organisation", "team", "from_on", "to_on")
    list_filter = ("role", "organisation", "sex", ("to_on", admin.EmptyFieldListFilter))
    list_select_related = ("team__village",)
    search_fields = ("full_name", "phone", "document_number")
    autocomplete_fields = ("team", "user")
    fixed_once_saved = ("team",)


class CommitteeMemberInline(ScopedInline):
    model = SteeringCommitteeMember


@admin.register(SteeringCommittee)
class SteeringCommitteeAdmin(ScopedAdmin):
    list_display = ("name", "commune", "document", "from_on", "to_on")
    list_filter_in_scope = ("commune",)
    list_select_related = ("commune", "document")
    search_fields = ("name", "members__full_name")
    autocomplete_fields = ("commune", "document")
    inlines = (CommitteeMemberInline,)


@admin.register(GoverningDocument)
class GoverningDocumentAdmin(ScopedAdmin):
    list_display = ("number", "kind", "title", "issuer", "issued_on", "commune")
    list_filter_in_scope = ("commune",)
    list_filter = ("kind",)
    list_select_related = ("commune",)
    date_hierarchy = "issued_on"
    search_fields = ("number", "title", "issuer")
    autocomplete_fields = ("commune",)
    shares_general_rows = True


@admin.register(PopulationGroup)
class PopulationGroupAdmin(ScopedAdmin):
    is_general = True
    list_display = ("name", "code", "counted_from", "position", "is_headline", "source")
    list_filter = ("counted_from", "is_headline")
    search_fields = ("code", "name", "name_en")
    # The figures kept so far are found by the code.
    fixed_once_saved = ("code", "counted_from")


@admin.register(Target)
class TargetAdmin(ScopedAdmin):
    list_display = ("indicator", "year", "percent", "commune", "village", "document", "source")
    list_filter_in_scope = ("commune",)
    list_filter = ("indicator", "year")
    list_select_related = ("commune", "village", "document")
    search_fields = ("indicator", "source")
    autocomplete_fields = ("commune", "village", "document")
    shares_general_rows = True


@admin.register(ConnectivityReport)
class ConnectivityReportAdmin(ScopedAdmin):
    list_display = (
        "village",
        "operator",
        "technology",
        "quality",
        "where",
        "reported_on",
        "resolved_on",
    )
    list_filter_in_scope = ("village",)
    list_filter = (
        "operator",
        "technology",
        "quality",
        ("resolved_on", admin.EmptyFieldListFilter),
    )
    list_select_related = ("village",)
    date_hierarchy = "reported_on"
    search_fields = ("operator", "where")
    folded_search_fields = ("village__name_folded",)
    autocomplete_fields = ("village", "reported_by")


@admin.register(StaleMark)
class StaleMarkAdmin(ReadOnlyAdmin):
    list_display = ("commune", "village", "since_on", "reason", "marked_at")
    list_filter_in_scope = ("commune",)
    list_select_related = ("commune", "village")
    search_fields = ("reason", "commune__name")
    folded_search_fields = ("village__name_folded",)
    viewed_by = (ADMIN,)
    goes_with_its_owner = True
