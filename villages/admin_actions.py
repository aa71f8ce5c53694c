"""Admin actions that ask before they act: a page with a preview and a form, then the act."""

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from villages.periods import today


class DayField(forms.DateField):
    """A day that has come."""

    def __init__(self, **options):
        super().__init__(widget=admin.widgets.AdminDateWidget, initial=today, **options)

    def validate(self, value):
        super().validate(value)
        if value is not None and value > today():
            raise forms.ValidationError(_("This day has not come yet."))


def ask_first(model_admin, request, queryset, *, action, title, form_class, preview, options=None):
    """Return (form, None) once the form was sent and is right, else (None, page to show).

    ``preview`` gives sentences on what will happen; ``options`` go to the form. Django asks
    about the right to change the kind of row, not these rows: who may only read one of them
    gets 403.
    """
    if not model_admin.may_change_all(request, queryset):
        raise PermissionDenied
    sent = "apply" in request.POST
    form = form_class(request.POST if sent else None, **(options or {}))
    if sent and form.is_valid():
        return form, None
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "opts": model_admin.opts,
        "form": form,
        "media": model_admin.media + form.media,
        "action": action,
        "chosen": queryset,
        "checkbox_name": ACTION_CHECKBOX_NAME,
        "preview": preview,
    }
    return None, TemplateResponse(request, "admin/ask_first.html", context)
