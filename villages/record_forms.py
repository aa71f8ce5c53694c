"""Form fields that refuse what cannot be, and the base of the forms that save a record."""

from datetime import date

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from villages.models import Commune
from villages.periods import today
from villages.text import clean_text

FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2099, 12, 31)
refuse_null_characters = ProhibitNullCharactersValidator()


class TidyCharField(forms.CharField):
    """Text in NFC without control signs; NUL is refused, not dropped."""

    def to_python(self, value):
        if value in self.empty_values:
            return self.empty_value
        refuse_null_characters(str(value))
        return clean_text(str(value))


class DayField(forms.DateField):
    """A plausible day; with ``past=True`` one that has come."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def __init__(self, *, past=False, **kwargs):
        kwargs.setdefault("input_formats", ["%Y-%m-%d", "%d/%m/%Y"])
        kwargs.setdefault(
            "error_messages", {"invalid": _("Enter a day that exists, such as 31/10/2025.")}
        )
        super().__init__(**kwargs)
        self.past = past

    def validate(self, value):
        super().validate(value)
        if value is None:
            return
        if not FIRST_DAY <= value <= LAST_DAY:
            raise ValidationError(_("Enter a year between 1950 and 2099."), code="implausible")
        if self.past and value > today():
            raise ValidationError(
                _("This day has not come yet. Enter today or an earlier day."), code="future"
            )


class RowsField(forms.ModelMultipleChoiceField):
    """Some rows of a short list; an id no database column can hold is just not on it."""

    def _check_values(self, value):
        known = {str(pk) for pk in self.queryset.values_list("pk", flat=True)}
        for pk in value if isinstance(value, (list, tuple)) else ():
            if str(pk) not in known:
                raise ValidationError(
                    self.error_messages["invalid_choice"],
                    code="invalid_choice",
                    params={"value": str(pk)[:50]},
                )
        return super()._check_values(value)


def portal_formfield(model_field, **kwargs):
    """Return the form field of a model field: tidy text, plausible days."""
    if isinstance(model_field, models.DateField):
        return model_field.formfield(form_class=DayField, **{**kwargs, "widget": DayField.widget})
    if type(model_field) is models.CharField:
        return model_field.formfield(form_class=TidyCharField, **kwargs)
    if isinstance(model_field, models.URLField):
        return model_field.formfield(assume_scheme="https", **kwargs)
    if isinstance(model_field, models.ManyToManyField):
        return model_field.formfield(form_class=RowsField, **kwargs)
    return model_field.formfield(**kwargs)


class RecordForm(forms.ModelForm):
    """A form that saves one record of the user's commune.

    ``past_days`` are fields that cannot lie in the future. ``validate_also`` are attributes
    that are not typed but belong to the record's constraints. What two fields contradict
    together is said beside the field named by ``beside``.
    """

    past_days = ()
    validate_also = ("commune",)
    beside = None

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        for name in self.past_days:
            self.fields[name].past = True
            self.fields[name].widget.attrs["max"] = today().isoformat()
        self._offer_communes()

    def _offer_communes(self):
        if "commune" not in self.fields:
            return
        communes = Commune.objects.writable_by(self.user).distinct()
        only = list(communes[:2])
        if self.instance.pk is None and len(only) == 1:
            self.instance.commune = only[0]
        if self.instance.pk is not None or len(only) == 1:
            del self.fields["commune"]
        else:
            self.fields["commune"].queryset = communes

    def chosen_commune(self):
        """Return the commune of the record, or ``None`` while it is not chosen."""
        if "commune" in self.fields:
            return self.cleaned_data.get("commune")
        return self.instance.commune

    def _get_validation_exclusions(self):
        return super()._get_validation_exclusions() - set(self.validate_also)

    def _update_errors(self, errors):
        if self.beside and NON_FIELD_ERRORS in getattr(errors, "error_dict", {}):
            found = errors.error_dict
            found.setdefault(self.beside, []).extend(found.pop(NON_FIELD_ERRORS))
        super()._update_errors(errors)

    def require_same_commune(self, *names):
        """Refuse chosen rows of another commune than the record's."""
        commune = self.chosen_commune()
        for name in names:
            chosen = self.cleaned_data.get(name)
            if chosen is not None and commune is not None and chosen.commune_id != commune.pk:
                self.add_error(name, _("This belongs to another commune."))
