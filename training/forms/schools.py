"""Forms of schools, classes, school years and the rolls handed in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from training.forms.fields import DayField, RecordForm, TidyCharField, portal_formfield
from training.models import ClassRoll, School, SchoolClass, SchoolYear, TaughtModule
from training.school_accounts import account_to_link
from villages.models import Village
from villages.periods import today

MOST_PUPILS = 200


class SchoolForm(RecordForm):
    beside = "name"

    class Meta:
        model = School
        fields = ("commune", "name", "level", "village")
        formfield_callback = portal_formfield
        help_texts = {"village": _("Its pupils are counted there too; empty: commune only.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [("", _("Choose…")), *School.Level.choices]
        villages = Village.objects.writable_by(self.user).on(today())
        if self.instance.village_id:
            villages = villages | Village.objects.filter(pk=self.instance.village_id)
        self.fields["village"].queryset = villages
        self.fields["village"].empty_label = _("In no village")

    def clean(self):
        cleaned = super().clean()
        self.require_same_commune("village")
        return cleaned


class ClassForm(RecordForm):
    validate_also = ("school", "school_year")
    beside = "name"

    class Meta:
        model = SchoolClass
        fields = ("school_year", "grade", "name")
        formfield_callback = portal_formfield
        help_texts = {"name": _("For example: 6A1.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["school_year"].empty_label = _("Choose…")
        if self.instance.pk and self.instance.rolls.exists():
            # The days of its rolls lie in this school year.
            del self.fields["school_year"]
        grades = range(6, 13)
        if self.instance.school.level == School.Level.LOWER_SECONDARY:
            grades = range(6, 10)
        elif self.instance.school.level == School.Level.UPPER_SECONDARY:
            grades = range(10, 13)
        self.fields["grade"] = forms.TypedChoiceField(
            label=self.fields["grade"].label,
            coerce=int,
            choices=[("", _("Choose…")), *((grade, str(grade)) for grade in grades)],
        )


class SchoolYearForm(RecordForm):
    validate_also = ()
    beside = "ends_on"

    class Meta:
        model = SchoolYear
        fields = ("name", "starts_on", "ends_on")
        formfield_callback = portal_formfield
        help_texts = {
            "name": _("For example: 2025-2026."),
            "ends_on": _("The day before the next school year begins, summer included."),
        }

    def clean(self):
        cleaned = super().clean()
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts and ends:
            if ends <= starts:
                self.add_error("ends_on", _("The last day cannot be before the first."))
            elif (
                SchoolYear.objects.exclude(pk=self.instance.pk)
                .filter(starts_on__lte=ends, ends_on__gte=starts)
                .exists()
            ):
                self.add_error("starts_on", _("These days belong to another school year already."))
            else:
                self._keep_rolls_within(starts, ends)
        return cleaned

    def _keep_rolls_within(self, starts, ends):
        rolls = ClassRoll.objects.filter(school_class__school_year=self.instance.pk or 0)
        left_out = rolls.exclude(counted_on__range=(starts, ends)).order_by("counted_on").first()
        if left_out is not None:
            self.add_error(
                "starts_on" if left_out.counted_on < starts else "ends_on",
                _("A class roll was counted on %(day)s; it has to lie within the school year.")
                % {"day": f"{left_out.counted_on:%d/%m/%Y}"},
            )


class RollSheet(forms.Form):
    """The rolls of some classes on one day: a row per class, empty rows are left out.

    Each row has the numbers and the modules taught; a class handed in before starts with the
    modules of its last roll.
    """

    counted_on = DayField(label=_("Counted on"), past=True)
    correct = forms.BooleanField(
        label=_("Replace the numbers of that day by those below"), required=False
    )

    def __init__(self, *args, classes, **kwargs):
        super().__init__(*args, **kwargs)
        self.classes = classes
        self.fields["counted_on"].widget.attrs["max"] = today().isoformat()
        self.modules = {str(module.pk): module for module in TaughtModule.objects.all()}
        choices = [(pk, module.title) for pk, module in self.modules.items()]
        for school_class in classes:
            last = getattr(school_class, "last", None)
            self.fields[f"modules_{school_class.pk}"] = forms.MultipleChoiceField(
                label=_("Class %(name)s, modules taught") % {"name": school_class},
                required=False,
                choices=choices,
                widget=forms.CheckboxSelectMultiple,
                initial=[str(module.pk) for module in last.modules.all()] if last else [],
            )
            for part, label in (("enrolled", _("enrolled")), ("equipped", _("equipped"))):
                self.fields[f"{part}_{school_class.pk}"] = forms.IntegerField(
                    label=_("Class %(name)s, %(part)s") % {"name": school_class, "part": label},
                    required=False,
                    min_value=0,
                    max_value=MOST_PUPILS,
                    error_messages={"invalid": _("Enter a whole number.")},
                    widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "roll"}),
                )

    def rows(self):
        """Return (class, enrolled field, equipped field, modules field) for drawing."""
        return [
            (
                one,
                self[f"enrolled_{one.pk}"],
                self[f"equipped_{one.pk}"],
                self[f"modules_{one.pk}"],
            )
            for one in self.classes
        ]

    def clean_counted_on(self):
        year = self.classes[0].school_year if self.classes else None
        return day_within(year, self.cleaned_data["counted_on"])

    def clean(self):
        cleaned = super().clean()
        for one in self.classes:
            self._check_row(cleaned, f"enrolled_{one.pk}", f"equipped_{one.pk}")
            self._check_modules(cleaned, one)
        if not self.errors and not self.numbers():
            raise forms.ValidationError(_("Enter the numbers of at least one class."))
        return cleaned

    def _check_modules(self, cleaned, one):
        """Modules without numbers would be left out with their row: say so instead."""
        name = f"modules_{one.pk}"
        if name not in self.data or cleaned.get(f"enrolled_{one.pk}") is not None:
            return
        initial = self.fields[name].initial
        if f"enrolled_{one.pk}" not in self.errors and set(cleaned.get(name, [])) != set(initial):
            self.add_error(f"enrolled_{one.pk}", _("Enter how many are enrolled."))

    def _check_row(self, cleaned, enrolled_name, equipped_name):
        if enrolled_name in self.errors or equipped_name in self.errors:
            return
        enrolled, equipped = cleaned.get(enrolled_name), cleaned.get(equipped_name)
        if enrolled is None and equipped is not None:
            self.add_error(enrolled_name, _("Enter how many are enrolled."))
        elif equipped is None and enrolled is not None:
            self.add_error(equipped_name, _("Enter how many are equipped; 0 if nobody is."))
        elif enrolled is not None and equipped > enrolled:
            self.add_error(equipped_name, _("More pupils equipped than enrolled."))

    def numbers(self):
        """Return {class: (enrolled, equipped)} of the rows that were filled in."""
        typed = {
            one: (
                self.cleaned_data.get(f"enrolled_{one.pk}"),
                self.cleaned_data.get(f"equipped_{one.pk}"),
            )
            for one in self.classes
        }
        return {one: pair for one, pair in typed.items() if None not in pair}

    def taught(self):
        """Return {class: modules} of the rows that were filled in."""
        return {
            one: [self.modules[pk] for pk in self.cleaned_data.get(f"modules_{one.pk}", [])]
            for one in self.numbers()
        }


class RollForm(RecordForm):
    """One roll handed in before, put right."""

    past_days = ("counted_on",)
    validate_also = ()
    beside = "equipped"

    class Meta:
        model = ClassRoll
        fields = ("counted_on", "enrolled", "equipped", "modules")
        formfield_callback = portal_formfield
        widgets = {"modules": forms.CheckboxSelectMultiple}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("enrolled", "equipped"):
            self.fields[name] = forms.IntegerField(
                label=self.fields[name].label,
                min_value=0,
                max_value=MOST_PUPILS,
                error_messages={"invalid": _("Enter a whole number.")},
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )

    def clean_counted_on(self):
        return day_within(self.instance.school_class.school_year, self.cleaned_data["counted_on"])


def day_within(year, day):
    """Return a day of a school year; any other is refused."""
    if year and not year.starts_on <= day <= year.ends_on:
        raise forms.ValidationError(
            _("The school year %(year)s lasts from %(first)s to %(last)s.")
            % {
                "year": year,
                "first": f"{year.starts_on:%d/%m/%Y}",
                "last": f"{year.ends_on:%d/%m/%Y}",
            }
        )
    return day


class SchoolAccountForm(forms.Form):
    """The account a school gets, by its user name."""

    username = TidyCharField(
        label=_("User name"),
        max_length=150,
        help_text=_("An administrator makes the account first. It may do nothing else here."),
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args, school, **kwargs):
        super().__init__(*args, **kwargs)
        self.school = school
        self.user = None

    def clean_username(self):
        username = self.cleaned_data["username"]
        self.user = account_to_link(username, self.school.commune)
        if self.user is None:
            # The same words whether there is no such account or one with other work.
            raise forms.ValidationError(
                _("There is no account of this name that a school of this commune may have.")
            )
        return username
