"""The admin by role: the scopes of the screens in the place of Django's permission table.

Superusers reach everything. Of the people with `is_staff`, administrators add, change and
delete within their communes, officials add and change, readers look; nobody else sees
anything. What belongs to no commune (skills, courses, groups) is changed by superusers.
"""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.filters import RelatedFieldListFilter
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from villages.access import ADMIN, COMMUNE_ROLES, OFFICIAL
from villages.importing.tracing import lists_about
from villages.log import entries_about
from villages.periods import first_overlap, today
from villages.text import clean_text, fold


def communes_of(user, roles):
    """Return the ids of the communes in which the person has one of the roles today."""
    kept = user.__dict__.get("_communes_by_role")
    if kept is None:
        rows = user.assignments.on(today()) if user.is_active else user.assignments.none()
        kept = user.__dict__["_communes_by_role"] = set(rows.values_list("role", "commune_id"))
    return {commune for role, commune in kept if role in roles}


def commune_path_of(model):
    """Return the path from a model to its commune; ``None`` for what belongs to none."""
    return getattr(model, "commune_path", None)


def _is_general(model):
    page = admin.site._registry.get(model)
    return isinstance(page, ByRole) and page.is_general


class ByRole:
    """Permissions from today's assignments. ``()`` leaves an act to superusers."""

    viewed_by = COMMUNE_ROLES
    changed_by = (ADMIN, OFFICIAL)
    deleted_by = (ADMIN,)
    # Whether rows without a commune (national documents, general targets) are shown to all.
    shares_general_rows = False
    # Whether the model belongs to no commune: all look, superusers change.
    is_general = False

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        return self._allows(request, self.viewed_by, obj, to_look=True)

    def has_add_permission(self, request, obj=None):
        return self._allows(request, self.changed_by, obj)

    def has_change_permission(self, request, obj=None):
        return self._allows(request, self.changed_by, obj)

    def has_delete_permission(self, request, obj=None):
        return self._allows(request, self.deleted_by, obj)

    def _allows(self, request, roles, obj, to_look=False):
        user = request.user
        if user.is_active and user.is_superuser:
            return True
        communes = communes_of(user, roles)
        if not communes:
            return False
        model = type(obj) if obj is not None else self._scoped_model()
        path = commune_path_of(model)
        if path is None:
            return to_look and self.is_general
        if obj is None or obj.pk is None:
            return True
        return self._within(model._default_manager.filter(pk=obj.pk), communes, to_look).exists()

    def changelist_view(self, request, extra_context=None):
        # PostgreSQL cannot compare with NUL; no honest filter contains it.
        if "\x00" in "".join([*request.GET.keys(), *map("".join, request.GET.values())]):
            return HttpResponseRedirect(request.path)
        return super().changelist_view(request, extra_context)

    def may_change_all(self, request, rows):
        """Whether each of these rows lies in a commune in which the person changes rows."""
        if request.user.is_active and request.user.is_superuser:
            return True
        communes = communes_of(request.user, self.changed_by)
        if commune_path_of(rows.model) is None:
            return False
        writable = self._within(rows.model._default_manager.all(), communes, to_look=False)
        return not rows.exclude(pk__in=writable.values("pk")).exists()

    def _scoped_model(self):
        return self.model

    def _within(self, rows, communes, to_look):
        path = commune_path_of(rows.model)
        condition = Q(**{f"{path}__in": communes})
        if to_look and self.shares_general_rows:
            condition |= Q(**{f"{path}__isnull": True})
        return rows.filter(condition)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs.setdefault("queryset", self.choices_of(db_field.related_model, request))
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.name == "commune" and not request.user.is_superuser:
            field.required = True
            communes = communes_of(request.user, self.changed_by)
            if len(communes) == 1:
                field.initial = next(iter(communes))
        return field

    def choices_of(self, model, request):
        """Return the rows of another model that this person may choose."""
        rows = model._default_manager.all()
        user = request.user
        if user.is_superuser:
            return rows
        communes = communes_of(user, self.changed_by)
        if model is get_user_model():
            return rows.filter(
                Q(pk=user.pk)
                | Q(pk__in=rows.filter(assignments__commune__in=communes, is_superuser=False))
            )
        path = commune_path_of(model)
        if path is None:
            return rows if _is_general(model) else rows.none()
        chosen = Q(**{f"{path}__in": communes})
        if model._meta.model_name == "governingdocument":
            chosen |= Q(commune__isnull=True)
        return rows.filter(chosen)


class ScopedForm(forms.ModelForm):
    """Text in NFC without control signs; a village of the commune that is named."""

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        for name, value in cleaned.items():
            if isinstance(value, str):
                cleaned[name] = clean_text(value)
                field = self.fields[name]
                if field.required and not cleaned[name]:
                    self.add_error(name, field.error_messages["required"])
        village = cleaned.get("village")
        commune = cleaned.get("commune")
        commune_id = commune.pk if commune else getattr(self.instance, "commune_id", None)
        if village is not None and commune_id and village.commune_id != commune_id:
            self.add_error("village", _("This village belongs to another commune."))
        return cleaned

    def _post_clean(self):
        super()._post_clean()
        # Django leaves out constraints that name a field which is only shown.
        if self.instance.pk and not self.errors:
            try:
                self.instance.validate_constraints()
            except ValidationError as refused:
                self.add_error(None, refused.messages)


class PeriodFormSet(forms.BaseInlineFormSet):
    """Periods of one thing, of which no two may overlap."""

    def clean(self):
        super().clean()
        standing = [
            form.cleaned_data
            for form in self.forms
            if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        periods = [(row["from_on"], row["to_on"]) for row in standing if row.get("from_on")]
        overlap = first_overlap(periods)
        if overlap is not None:
            raise ValidationError(
                _("Two periods overlap on %(day)s. End one before the other begins."),
                code="overlap",
                params={"day": f"{overlap:%d/%m/%Y}"},
            )


class InScopeFilter(RelatedFieldListFilter):
    """A list filter that offers only what the person may see."""

    def field_choices(self, field, request, model_admin):
        rows = model_admin.choices_to_filter(field.related_model, request)
        return [(row.pk, str(row)) for row in rows]


class ScopedAdmin(ByRole, admin.ModelAdmin):
    """The base of every admin page of ours."""

    form = ScopedForm
    list_per_page = 50
    show_full_result_count = False
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_filter_in_scope = ()
    # Columns kept without accents; the words searched for are folded the same way.
    folded_search_fields = ()
    # Decided when the row is made; changing it later takes a verb.
    fixed_once_saved = ()
    # Sensitive personal data: shown to whoever may change the row and to nobody else.
    sensitive_fields = ()
    object_history_template = "admin/object_log.html"

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        if request.user.is_superuser or self.is_general:
            return rows
        if commune_path_of(self.model) is None:
            return rows.none()
        return self._within(rows, communes_of(request.user, self.viewed_by), to_look=True)

    def get_readonly_fields(self, request, obj=None):
        fixed = self.fixed_once_saved if obj is not None else ()
        return [*super().get_readonly_fields(request, obj), *fixed]

    def get_fields(self, request, obj=None):
        return self._without_sensitive(request, super().get_fields(request, obj))

    def get_list_display(self, request):
        return self._without_sensitive(request, super().get_list_display(request))

    def get_list_filter(self, request):
        scoped = [(name, InScopeFilter) for name in self.list_filter_in_scope]
        own = self._without_sensitive(request, super().get_list_filter(request))
        return [*scoped, *own]

    def _without_sensitive(self, request, names):
        if not self.sensitive_fields or self.has_change_permission(request):
            return names
        return [name for name in names if name not in self.sensitive_fields]

    def choices_to_filter(self, model, request):
        rows = model._default_manager.all()
        path = commune_path_of(model)
        if request.user.is_superuser:
            return rows
        if path is None:
            return rows if _is_general(model) else rows.none()
        return rows.filter(**{f"{path}__in": communes_of(request.user, self.viewed_by)})

    def get_search_results(self, request, queryset, search_term):
        search_term = clean_text(search_term)
        found, repeats = super().get_search_results(request, queryset, search_term)
        wanted = fold(search_term)
        if not wanted or not self.folded_search_fields:
            return found, repeats
        condition = Q()
        for name in self.folded_search_fields:
            condition |= Q(**{f"{name}__contains": wanted})
        by_name = self.model._default_manager.filter(condition).values("pk")
        return queryset.filter(Q(pk__in=found.values("pk")) | Q(pk__in=by_name)), False

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            # Two people at once, or two rows of one form that exclude each other.
            message = _("This contradicts another record; nothing was saved. Please try again.")
            self.message_user(request, message, messages.ERROR)
            return HttpResponseRedirect(request.path)

    def history_view(self, request, object_id, extra_context=None):
        """Show who changed the object and the rows edited on its page, newest first."""
        obj = self.get_object(request, admin.utils.unquote(object_id))
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        parts = list(self._parts(obj))
        page = self.get_paginator(request, entries_about(obj, parts), 50)
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %(object)s") % {"object": obj},
            "object": obj,
            "opts": self.opts,
            "page": page.get_page(request.GET.get("p")),
            "lists": lists_about(obj, parts, user=request.user),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)

    def _parts(self, obj):
        for inline in self.inlines:
            name = inline.fk_name or next(
                field.name
                for field in inline.model._meta.fields
                if field.related_model is self.model
            )
            yield inline.model._default_manager.filter(**{name: obj})


class ReadOnlyAdmin(ScopedAdmin):
    """Rows that are looked at and changed by nobody here."""

    # Derived rows go with what they were derived from; history does not.
    goes_with_its_owner = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        own = f"{self.opts.app_label}_{self.opts.model_name}_"
        match = request.resolver_match
        here = match is None or (match.url_name or "").startswith(own)
        return self.goes_with_its_owner and not here


class ScopedInline(ByRole, admin.TabularInline):
    """Rows edited on the page of what they belong to, under its rules."""

    form = ScopedForm
    extra = 0

    def _scoped_model(self):
        return self.parent_model


class PeriodInline(ScopedInline):
    """Periods that may not overlap."""

    formset = PeriodFormSet


class ReadOnlyInline(ScopedInline):
    """Rows that are only shown."""

    can_delete = False
    max_num = 0

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
