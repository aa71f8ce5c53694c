"""Encounters, what was shown at them, and doubtful records, in the admin."""

from django import forms
from django.contrib import admin, messages
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.doubting import settle_doubt
from households.following import follow_date, follow_parts
from households.models import (
    Confirmation,
    Doubt,
    Encounter,
    EncounterVersion,
    PersonMet,
    SkillCheck,
)
from households.recording import void_visit
from villages.admin_access import (
    ReadOnlyAdmin,
    ReadOnlyInline,
    ScopedAdmin,
    ScopedForm,
    ScopedInline,
)
from villages.admin_actions import ask_first
from villages.periods import today

Occasion = Encounter.Occasion


class EncounterForm(ScopedForm):
    class Meta:
        model = Encounter
        fields = "__all__"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        occasion = self.fields.get("occasion")
        if occasion is not None:
            # Sessions open their own encounter.
            occasion.choices = [
                choice for choice in occasion.choices if choice[0] != Occasion.TRAINING_SESSION
            ]

    def clean(self):
        cleaned = super().clean()
        held_on, return_on = cleaned.get("held_on"), cleaned.get("return_on")
        if held_on and held_on > today():
            self.add_error("held_on", _("This day has not come yet."))
        if held_on and return_on and return_on <= held_on:
            self.add_error("return_on", _("Come back on a later day than the encounter's."))
        household, village = cleaned.get("household"), cleaned.get("village")
        if cleaned.get("occasion") == Occasion.HOME_VISIT and not household:
            self.add_error("household", _("A home visit names its household."))
        if household and village and household.village_id != village.pk:
            self.add_error("household", _("This household stands in another village."))
        return cleaned


class PersonMetInline(ScopedInline):
    model = PersonMet
    autocomplete_fields = ("resident",)


class SkillCheckInline(ScopedInline):
    model = SkillCheck
    autocomplete_fields = ("resident",)


class ConfirmationInline(ReadOnlyInline):
    model = Confirmation
    fields = readonly_fields = ("resident", "seen_on", "how", "seen_by")


class VersionInline(ReadOnlyInline):
    model = EncounterVersion
    fields = readonly_fields = ("number", "replaced_at", "replaced_by", "reason")
    show_change_link = True


class DoubtInline(ReadOnlyInline):
    model = Doubt
    fields = readonly_fields = ("kind", "noted_at", "settled_at", "settled_by", "settlement")


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)


@admin.register(Encounter)
class EncounterAdmin(ScopedAdmin):
    """A void encounter is only looked at; one of a session is edited with its session."""

    list_display = (
        "receipt_number",
        "held_on",
        "occasion",
        "village",
        "household",
        "author",
        "difficulty",
        "stands",
    )
    list_filter_in_scope = ("village",)
    list_filter = (
        "occasion",
        "difficulty",
        "language",
        ("voided_at", admin.EmptyFieldListFilter),
    )
    list_select_related = ("village", "household", "author")
    date_hierarchy = "held_on"
    search_fields = ("author__full_name", "author__username", "note")
    folded_search_fields = ("village__name_folded", "household__residents__name_folded")
    form = EncounterForm
    fields = (
        "occasion",
        "held_on",
        "commune",
        "village",
        "household",
        "author",
        "typed_by",
        "unnamed_people",
        "difficulty",
        "language",
        "return_on",
        "note",
        "version",
        "received_at",
        "voided_at",
        "voided_by",
        "void_reason",
    )
    readonly_fields = (
        "typed_by",
        "version",
        "received_at",
        "voided_at",
        "voided_by",
        "void_reason",
    )
    fixed_once_saved = ("occasion", "commune", "village", "household")
    autocomplete_fields = ("commune", "village", "household", "author")
    inlines = (PersonMetInline, SkillCheckInline, ConfirmationInline, DoubtInline, VersionInline)
    actions = ("declare_void",)

    @admin.display(description=_("receipt"), ordering="pk")
    def receipt_number(self, encounter):
        return encounter.receipt

    @admin.display(description=_("counts"), boolean=True)
    def stands(self, encounter):
        return encounter.voided_at is None

    def has_change_permission(self, request, obj=None):
        if obj is not None and (
            obj.voided_at is not None or obj.occasion == Occasion.TRAINING_SESSION
        ):
            return False
        return super().has_change_permission(request, obj)

    def get_search_results(self, request, queryset, search_term):
        receipt = Encounter.pk_of_receipt(search_term[:20])
        if receipt is not None:
            return queryset.filter(pk=receipt), False
        return super().get_search_results(request, queryset, search_term)

    def save_model(self, request, obj, form, change):
        if not change:
            obj.typed_by = request.user
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if "held_on" in form.changed_data:
            follow_date(form.instance)
        if form.has_changed() or any(formset.has_changed() for formset in formsets):
            follow_parts(form.instance, by=request.user)

    @admin.action(description=_("Declare void"), permissions=["change"])
    def declare_void(self, request, queryset):
        """Declare visits void with a reason; a session is cancelled on its own page."""
        form, page = ask_first(
            self,
            request,
            queryset,
            action="declare_void",
            title=_("Declare void"),
            form_class=ReasonForm,
            preview=[_("They stay readable and no longer count. This cannot be undone.")],
        )
        if page:
            return page
        standing = queryset.standing().exclude(occasion=Occasion.TRAINING_SESSION)
        for encounter in standing:
            void_visit(encounter=encounter, reason=form.cleaned_data["reason"], by=request.user)
        self.message_user(request, _("Declared void; the figures are being recounted."))
        return None


@admin.register(EncounterVersion)
class EncounterVersionAdmin(ReadOnlyAdmin):
    list_display = ("encounter", "number", "replaced_at", "replaced_by", "reason")
    list_filter_in_scope = ("encounter__village",)
    list_filter = ("encounter__occasion", "number")
    list_select_related = ("encounter", "replaced_by")
    date_hierarchy = "replaced_at"
    search_fields = ("reason",)


@admin.register(Confirmation)
class ConfirmationAdmin(ScopedAdmin):
    list_display = ("resident", "village", "seen_on", "how", "seen_by")
    list_filter_in_scope = ("resident__household__village",)
    list_filter = ("how",)
    list_select_related = ("resident__household__village", "seen_by")
    date_hierarchy = "seen_on"
    folded_search_fields = ("resident__name_folded",)
    search_fields = ("=resident__birth_year",)
    autocomplete_fields = ("resident", "seen_by")
    readonly_fields = ("encounter",)
    fixed_once_saved = ("resident",)

    @admin.display(description=_("village"))
    def village(self, confirmation):
        return confirmation.resident.household.village

    def get_form(self, request, obj=None, **kwargs):
        kwargs.setdefault("form", ConfirmationForm)
        return super().get_form(request, obj, **kwargs)


class ConfirmationForm(ScopedForm):
    class Meta:
        model = Confirmation
        fields = "__all__"

    def clean_seen_on(self):
        seen_on = self.cleaned_data["seen_on"]
        if seen_on > today():
            raise forms.ValidationError(_("This day has not come yet."))
        return seen_on


class SettledFilter(admin.SimpleListFilter):
    """Doubts that wait for a person, unless others are asked for."""

    title = _("settled")
    parameter_name = "settled"

    def lookups(self, request, model_admin):
        return [("no", _("Waiting")), ("yes", _("Settled"))]

    def queryset(self, request, queryset):
        if self.value() in {"yes", "no"}:
            return queryset.filter(Q(settled_at__isnull=self.value() == "no"))
        return queryset


@admin.register(Doubt)
class DoubtAdmin(ScopedAdmin):
    """Doubts are noted by the portal and settled by a person, in words."""

    list_display = ("encounter", "kind", "village", "noted_at", "settled_at", "settled_by")
    list_filter_in_scope = ("encounter__village",)
    list_filter = (SettledFilter, "kind")
    list_select_related = ("encounter__village", "household__village", "settled_by")
    date_hierarchy = "noted_at"
    search_fields = ("settlement", "encounter__author__full_name")
    fields = readonly_fields = (
        "encounter",
        "household",
        "kind",
        "noted_at",
        "settled_at",
        "settled_by",
        "settlement",
    )
    actions = ("settle",)

    def has_add_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        # A doubt goes with its encounter, never alone.
        match = request.resolver_match
        alone = match is None or (match.url_name or "").startswith("households_doubt_")
        return not alone and super().has_delete_permission(request, obj)

    @admin.display(description=_("village"))
    def village(self, doubt):
        return doubt.village

    @admin.action(description=_("Settle"), permissions=["change"])
    def settle(self, request, queryset):
        form, page = ask_first(
            self,
            request,
            queryset,
            action="settle",
            title=_("Settle"),
            form_class=ReasonForm,
            preview=[_("The encounters go on counting; what was found stands beside them.")],
        )
        if page:
            return page
        for doubt in queryset.filter(settled_at__isnull=True):
            settle_doubt(doubt=doubt, settlement=form.cleaned_data["reason"], by=request.user)
        self.message_user(request, _("The doubts are settled."), messages.SUCCESS)
        return None
