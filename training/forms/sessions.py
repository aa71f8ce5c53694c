"""Forms of training sessions and of the list of who came."""

from django import forms
from django.utils.translation import gettext_lazy as _

from households.models import Resident, Skill
from training.forms.fields import RecordForm, TidyCharField, portal_formfield
from training.models import StaffMember, TrainingSession
from villages.models import Sex, Village
from villages.periods import today


class SessionForm(RecordForm):
    """A planned session, or one that took place already."""

    class Meta:
        model = TrainingSession
        fields = (
            "commune", "title", "kind", "held_on", "starts_at", "ends_at", "village", "place",
            "trainer", "organiser", "skills", "note",
        )  # fmt: skip
        formfield_callback = portal_formfield
        widgets = {
            "starts_at": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            "ends_at": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            "skills": forms.CheckboxSelectMultiple,
            "note": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "title": _("As it will stand in the report, for example: Using VNeID safely."),
            "held_on": _("A day to come means the session is planned."),
            "village": _("Empty: for the whole commune."),
            "skills": _("Outcomes can be noted for these skills."),
        }
        labels = {"title": _("Title of the session")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        villages = Village.objects.writable_by(self.user).on(today())
        if self.instance.village_id:
            villages = villages | Village.objects.filter(pk=self.instance.village_id)
        self.fields["village"].queryset = villages
        self.fields["village"].empty_label = _("Whole commune")
        self.fields["kind"].choices = TrainingSession.Kind.choices
        self.fields["skills"].queryset = Skill.objects.order_by("position", "code")

    def clean(self):
        cleaned = super().clean()
        self.require_same_commune("village")
        starts, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        if ends and not starts:
            self.add_error("starts_at", _("Say when it starts as well."))
        elif ends and ends <= starts:
            self.add_error("ends_at", _("The session ends before it starts."))
        return cleaned

    def clean_held_on(self):
        held_on = self.cleaned_data["held_on"]
        if held_on > today() and self.instance.encounter_id:
            raise forms.ValidationError(
                _("People are noted as having come, so the date cannot lie in the future.")
            )
        return held_on


class CancelForm(forms.Form):
    """Why a session does not take place."""

    reason = TidyCharField(label=_("Why is the session cancelled?"), max_length=300)


class PeopleSearchForm(forms.Form):
    """Whom to look for among residents and staff."""

    q = TidyCharField(
        label=_("Find a resident or a member of staff by name"),
        required=False,
        max_length=100,
        help_text=_("Accents are not needed: «lo van» finds «Lò Văn»."),
    )


class WalkInForm(forms.Form):
    """Somebody who came and is not on the portal's lists."""

    name = TidyCharField(label=_("Full name"), max_length=120)
    sex = forms.ChoiceField(
        label=_("Sex"), required=False, choices=[("", _("Not known")), *Sex.choices]
    )


class PersonToAddForm(forms.Form):
    """One resident or member of staff, of those the user may see."""

    resident = forms.ModelChoiceField(Resident.objects.none(), to_field_name="uuid", required=False)
    staff_member = forms.ModelChoiceField(StaffMember.objects.none(), required=False)

    def __init__(self, *args, user, commune, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["resident"].queryset = Resident.objects.visible_to(user).filter(
            household__village__commune=commune
        )
        self.fields["staff_member"].queryset = StaffMember.objects.visible_to(user).filter(
            commune=commune
        )

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not (cleaned.get("resident") or cleaned.get("staff_member")):
            raise forms.ValidationError(_("Choose one person."))
        return cleaned


class CloseForm(forms.Form):
    """How many people were counted in the room."""

    counted = forms.IntegerField(
        label=_("How many people were counted in the room?"),
        min_value=0,
        max_value=5000,
        help_text=_("Counted by head or from the signed list, walk-ins included."),
    )
