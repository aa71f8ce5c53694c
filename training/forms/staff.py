"""Forms of staff, their employments, the courses and who finished them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from training.forms.fields import DayField, RecordForm, portal_formfield
from training.models import (
    Agency,
    Completion,
    Course,
    CourseRequirement,
    Employment,
    StaffMember,
)
from villages.models import Sex
from villages.periods import first_overlap, today


class StaffForm(RecordForm):
    """What is known of a member of staff, wherever she works."""

    beside = "code"

    class Meta:
        model = StaffMember
        fields = (
            "commune", "full_name", "sex", "category", "position", "code", "is_party_member",
            "email",
        )  # fmt: skip
        formfield_callback = portal_formfield
        help_texts = {"code": _("As on the commune's staff list; no two people share one.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", _("Choose…")), *StaffMember.Category.choices]
        self.fields["sex"].choices = [("", _("Not known")), *Sex.choices]


class NewStaffForm(StaffForm):
    """A new member of staff and where she begins to work."""

    agency = forms.ModelChoiceField(
        Agency.objects.none(), label=_("Agency"), empty_label=_("Choose…")
    )
    from_on = DayField(label=_("Works there from"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = Agency.objects.writable_by(self.user)

    def clean(self):
        cleaned = super().clean()
        self.require_same_commune("agency")
        return cleaned


class WorkplaceForm(forms.Form):
    """Where somebody works from a day on."""

    agency = forms.ModelChoiceField(
        Agency.objects.none(), label=_("Agency"), empty_label=_("Choose…")
    )
    from_on = DayField(label=_("Works there from"), help_text=_("The first day at the agency."))

    def __init__(self, *args, user, member, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = Agency.objects.writable_by(user).filter(
            commune=member.commune_id
        )


class EmploymentForm(RecordForm):
    """Where and from when to when somebody worked, put right."""

    validate_also = ()
    beside = "to_on"

    class Meta:
        model = Employment
        fields = ("agency", "from_on", "to_on")
        formfield_callback = portal_formfield
        help_texts = {
            "from_on": _("The first day at the agency."),
            "to_on": _("The last day of work; empty: still works there."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = Agency.objects.writable_by(self.user).filter(
            commune=self.instance.staff_member.commune_id
        )
        self.fields["agency"].empty_label = None


class LeaveForm(forms.Form):
    """The last day of somebody's work."""

    last_day = DayField(label=_("Last day of work"), help_text=_("That day still counts."))


class CompletionForm(RecordForm):
    """That somebody finished a course."""

    past_days = ("completed_on",)
    validate_also = ("staff_member",)
    beside = "course"

    class Meta:
        model = Completion
        fields = ("course", "completed_on", "certificate_number", "source")
        formfield_callback = portal_formfield
        help_texts = {"certificate_number": _("If there is one.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["course"].empty_label = _("Choose…")
        self.fields["source"].choices = Completion.Source.choices


class CourseForm(RecordForm):
    """A course, and how long having finished it counts."""

    validate_also = ()
    beside = "title"

    class Meta:
        model = Course
        fields = ("title", "code", "provider", "link", "valid_months")
        formfield_callback = portal_formfield
        help_texts = {
            "code": _("Short, Latin letters and digits, for example: ky-nang-so-2025."),
            "valid_months": _(
                "For example 24: two years after the day it was finished. Empty: always."
            ),
        }


class RequirementForm(RecordForm):
    """Of whom a course is required, from one day to another."""

    validate_also = ("course",)
    beside = "from_on"

    class Meta:
        model = CourseRequirement
        fields = ("group", "from_on", "to_on")
        formfield_callback = portal_formfield
        help_texts = {
            "from_on": _("From this day on, whoever has not finished it is not covered."),
            "to_on": _("The last day it is required. Empty: still required."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = CourseRequirement.Group.choices

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("from_on"), cleaned.get("to_on")
        if first and last and last < first:
            self.add_error("to_on", _("The last day cannot be before the first."))
        elif first and "to_on" not in self.errors and "group" in cleaned:
            self._refuse_overlap(cleaned["group"], first, last)
        return cleaned

    def _refuse_overlap(self, group, first, last):
        others = CourseRequirement.objects.filter(
            course=self.instance.course_id, group=group
        ).exclude(pk=self.instance.pk)
        periods = [(first, last), *others.values_list("from_on", "to_on")]
        overlap = first_overlap(periods)
        if overlap is not None:
            self.add_error(
                "from_on",
                _("It is already required of this group on %(day)s.")
                % {"day": f"{overlap:%d/%m/%Y}"},
            )


class RequirementEndForm(forms.Form):
    """The last day on which a course is required."""

    to_on = DayField(label=_("Last day it is required"), help_text=_("That day still counts."))

    def __init__(self, *args, requirement, **kwargs):
        super().__init__(*args, **kwargs)
        self.requirement = requirement

    def clean_to_on(self):
        to_on = self.cleaned_data["to_on"]
        if to_on < self.requirement.from_on:
            raise forms.ValidationError(_("The last day cannot be before the first."))
        return to_on


def is_before_first_employment(completion):
    """Whether a course was finished before the person's first known day of work."""
    first = completion.staff_member.employments.order_by("from_on").first()
    return first is not None and completion.completed_on < first.from_on <= today()
