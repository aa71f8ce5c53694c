"""Households, residents and skills, in the admin."""

from django import forms
from django.contrib import admin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from households import (  # noqa: F401 (they register pages)
    admin_encounters,
    admin_handed,
    admin_held,
    admin_merges,
    admin_paper,
    admin_villages,
)
from households.admin_acts import act
from households.following import follow_places, follow_residencies
from households.models import (
    FIRST_BIRTH_YEAR,
    Household,
    HouseholdObservation,
    HouseholdPlace,
    Residency,
    Resident,
    Skill,
)
from households.observing import refresh_household
from households.residence import (
    end_residency,
    move_household,
    move_resident,
)
from villages.admin_access import (
    PeriodInline,
    ReadOnlyInline,
    ScopedAdmin,
    ScopedForm,
    ScopedInline,
)
from villages.admin_actions import DayField, ask_first
from villages.models import Village
from villages.periods import today


class SinceForm(ScopedForm):
    """A form that asks from which day a new row holds."""

    since_on = DayField(label=capfirst(_("since")))


class HouseholdForm(SinceForm):
    class Meta:
        model = Household
        fields = "__all__"


class ResidentForm(ScopedForm):
    class Meta:
        model = Resident
        fields = "__all__"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        year = self.fields.get("birth_year")
        if year is not None:
            year.validators += [
                MinValueValidator(FIRST_BIRTH_YEAR),
                MaxValueValidator(today().year),
            ]


class NewResidentForm(SinceForm, ResidentForm):
    class Meta(ResidentForm.Meta):
        pass


class PlaceInline(PeriodInline):
    model = HouseholdPlace
    autocomplete_fields = ("village",)
    min_num = 1
    validate_min = True


class ResidencyInline(PeriodInline):
    model = Residency
    fk_name = "resident"
    autocomplete_fields = ("household",)
    min_num = 1
    validate_min = True


class MembersInline(ReadOnlyInline):
    model = Resident
    fields = ("full_name", "birth_year", "sex", "is_head", "status")
    readonly_fields = fields
    show_change_link = True
    verbose_name_plural = _("members")


class ObservationInline(ScopedInline):
    """What was seen of devices and connection; the household shows the latest."""

    model = HouseholdObservation
    fields = ("observed_on", "smart_device", "connection", "observed_by", "encounter")
    readonly_fields = ("observed_by", "encounter")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("encounter", "observed_by")


class MoveHouseholdForm(forms.Form):
    village = forms.ModelChoiceField(Village.objects.none(), label=capfirst(_("to the village")))
    on = DayField(label=capfirst(_("from the day")))

    def __init__(self, *args, villages, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["village"].queryset = villages


class MoveResidentForm(forms.Form):
    household = forms.ModelChoiceField(
        Household.objects.none(), label=capfirst(_("to the household"))
    )
    on = DayField(label=capfirst(_("from the day")))

    def __init__(self, *args, households, model_admin, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["household"]
        field.queryset = households
        field.widget = admin.widgets.AutocompleteSelect(
            Resident._meta.get_field("household"), model_admin.admin_site
        )
        field.widget.choices = field.choices


class EndResidencyForm(forms.Form):
    ended = forms.ChoiceField(
        label=capfirst(_("why it ended")),
        choices=[
            (ended, ended.label) for ended in (Residency.Ended.MOVED, Residency.Ended.DECEASED)
        ],
    )
    on = DayField(label=capfirst(_("last day here")))


class FirstPeriodAdmin(ScopedAdmin):
    """Adding asks since when; afterwards the periods are rows of their own."""

    periods = ()

    def get_form(self, request, obj=None, **kwargs):
        if obj is None:
            kwargs["form"] = self.add_form
        return super().get_form(request, obj, **kwargs)

    def get_inlines(self, request, obj):
        return [] if obj is None else super().get_inlines(request, obj)

    def get_fields(self, request, obj=None):
        fields = super().get_fields(request, obj)
        if obj is None:
            return [name for name in fields if name not in self.only_later] + ["since_on"]
        return fields


@admin.register(Household)
class HouseholdAdmin(FirstPeriodAdmin):
    """Where a household stands changes with a date: by the action or in its places."""

    list_display = ("label", "village", "head_name", "poverty", "smart_device", "connection")
    list_filter_in_scope = ("village",)
    list_filter = ("poverty", "smart_device", "connection")
    list_select_related = ("village",)
    search_fields = ("=number", "address")
    folded_search_fields = ("residents__name_folded", "village__name_folded")
    add_form = HouseholdForm
    fields = (
        "village",
        "number",
        "address",
        "phone",
        "poverty",
        "smart_device",
        "connection",
        "observed_on",
    )
    readonly_fields = ("smart_device", "connection", "observed_on")
    only_later = readonly_fields
    autocomplete_fields = ("village",)
    fixed_once_saved = ("village",)
    sensitive_fields = ("poverty",)
    inlines = (MembersInline, PlaceInline, ObservationInline)
    actions = ("move_to_another_village",)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("residents")

    @admin.display(description=_("household"), ordering="number")
    def label(self, household):
        return household.label

    @admin.display(description=_("household head"))
    def head_name(self, household):
        return household.head

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not change:
            HouseholdPlace.objects.create(
                household=obj, village=obj.village, from_on=form.cleaned_data["since_on"]
            )

    def save_formset(self, request, form, formset, change):
        for row in formset.save(commit=False):
            if isinstance(row, HouseholdObservation) and row._state.adding:
                row.observed_by = request.user
            row.save()
        for row in formset.deleted_objects:
            row.delete()
        formset.save_m2m()

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if change:
            follow_places(form.instance)
            refresh_household(form.instance)

    @admin.action(description=_("Move to another village"), permissions=["change"])
    def move_to_another_village(self, request, queryset):
        form, page = ask_first(
            self,
            request,
            queryset,
            action="move_to_another_village",
            title=_("Move to another village"),
            form_class=MoveHouseholdForm,
            preview=[_("The past stays as it was: until the day before, they count there.")],
            options={"villages": self.choices_of(Village, request).filter(to_on__isnull=True)},
        )
        if page:
            return page
        village, on = form.cleaned_data["village"], form.cleaned_data["on"]
        if act(
            self,
            request,
            queryset,
            lambda household: move_household(household=household, village=village, on=on),
        ):
            self.message_user(request, _("The households now stand in %s.") % village.full_name)
        return None


@admin.register(Resident)
class ResidentAdmin(FirstPeriodAdmin):
    """Where a resident lives changes with a date: by an action or in the residencies."""

    list_display = ("full_name", "birth_year", "sex", "household", "village", "status")
    list_filter_in_scope = ("household__village",)
    list_filter = ("status", "sex", "is_head")
    list_select_related = ("household__village",)
    search_fields = ("=birth_year",)
    folded_search_fields = ("name_folded",)
    form = ResidentForm
    add_form = NewResidentForm
    fields = (
        "household",
        "full_name",
        "birth_year",
        "sex",
        "ethnic_group",
        "is_head",
        "status",
    )
    readonly_fields = ("status",)
    only_later = readonly_fields
    autocomplete_fields = ("household",)
    fixed_once_saved = ("household",)
    sensitive_fields = ("ethnic_group",)
    inlines = (ResidencyInline,)
    actions = ("move_to_another_household", "note_the_end")

    @admin.display(description=_("village"), ordering="household__village__name_folded")
    def village(self, resident):
        return resident.household.village

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not change:
            Residency.objects.create(
                resident=obj, household=obj.household, from_on=form.cleaned_data["since_on"]
            )

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if change:
            follow_residencies(form.instance)

    @admin.action(description=_("Move to another household"), permissions=["change"])
    def move_to_another_household(self, request, queryset):
        form, page = ask_first(
            self,
            request,
            queryset,
            action="move_to_another_household",
            title=_("Move to another household"),
            form_class=MoveResidentForm,
            preview=[_("The past stays as it was: until the day before, they count there.")],
            options={
                "households": self.choices_of(Household, request),
                "model_admin": self,
            },
        )
        if page:
            return page
        household, on = form.cleaned_data["household"], form.cleaned_data["on"]
        if act(
            self,
            request,
            queryset,
            lambda resident: move_resident(resident=resident, household=household, on=on),
        ):
            self.message_user(request, _("The residents now live in another household."))
        return None

    @admin.action(description=_("Note that they moved away or died"), permissions=["change"])
    def note_the_end(self, request, queryset):
        form, page = ask_first(
            self,
            request,
            queryset,
            action="note_the_end",
            title=_("Note that they moved away or died"),
            form_class=EndResidencyForm,
            preview=[_("From the day after, they are no longer counted in the commune.")],
        )
        if page:
            return page
        if act(
            self,
            request,
            queryset,
            lambda resident: end_residency(resident=resident, **form.cleaned_data),
        ):
            self.message_user(request, _("The end of the residence is noted."))
        return None


@admin.register(Skill)
class SkillAdmin(ScopedAdmin):
    is_general = True
    list_display = (
        "name",
        "code",
        "position",
        "is_offered",
        "is_at_counter",
        "required_from_on",
        "required_to_on",
        "source",
    )
    list_filter = ("is_offered", "is_at_counter")
    search_fields = ("code", "name", "name_en")
    fixed_once_saved = ("code",)
