"""Forms of staff, their employments, the courses and who finished them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from training.forms.fields import DayField, RecordForm, portal_formfield
from training.models import Agency, Completion, Course, StaffMember
from villages.models import Sex
from villages.periods import today


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


class AgencyForm(forms.Form):
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
        if self.instance.pk is None:
            done = Completion.objects.filter(staff_member=self.instance.staff_member_id)
            self.fields["course"].queryset = Course.objects.exclude(pk__in=done.values("course"))


class CourseForm(RecordForm):
    """A course, and from when to when it is required of all staff."""

    validate_also = ()
    beside = "required_to_on"

    class Meta:
        model = Course
        fields = ("title", "code", "provider", "link", "required_from_on", "required_to_on")
        formfield_callback = portal_formfield
        help_texts = {
            "code": _("Short, Latin letters and digits, for example: ky-nang-so-2025."),
            "required_from_on": _("Empty: nobody has to finish it."),
            "required_to_on": _("Empty: still required."),
        }

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("required_from_on"), cleaned.get("required_to_on")
        if last and not first and "required_from_on" not in self.errors:
            self.add_error("required_from_on", _("Say from when it is required as well."))
        elif first and last and last < first:
            self.add_error("required_to_on", _("The last day cannot be before the first."))
        return cleaned


def is_before_first_employment(completion):
    """Whether a course was finished before the person's first known day of work."""
    first = completion.staff_member.employments.order_by("from_on").first()
    return first is not None and completion.completed_on < first.from_on <= today()
