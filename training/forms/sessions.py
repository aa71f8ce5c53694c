"""Forms of training sessions and of the list of who came."""

from uuid import uuid4

from django import forms
from django.contrib.auth import get_user_model
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from households.models import Resident, Skill
from training.attendance import WalkIn, took_place
from training.forms.fields import RecordForm, TidyCharField, portal_formfield
from training.models import StaffMember, TrainingSession
from villages.access import WRITERS
from villages.folding import Folded
from villages.models import Assignment, Commune, Sex, Village
from villages.periods import today
from villages.succession import village_of_day

MOST_COUNTED = 5000


class SessionForm(RecordForm):
    """A planned session, or one that took place already."""

    class Meta:
        model = TrainingSession
        fields = (
            "commune", "title", "kind", "held_on", "starts_at", "ends_at", "village", "place",
            "trainer", "trainer_user", "organiser", "capacity", "skills", "note",
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
            "trainer_user": _(
                "This account sees who is expected and notes who came, on the phone too."
            ),
            "capacity": _("How many people the room holds; empty: no limit."),
        }
        labels = {"title": _("Title of the session")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Of a village that has ended the sessions before are still to be recorded.
        villages = Village.objects.writable_by(self.user)
        if self.instance.village_id:
            villages = villages | Village.objects.filter(pk=self.instance.village_id)
        self.fields["village"].queryset = villages.distinct().order_by(
            F("to_on").desc(nulls_first=True), "commune", "number"
        )
        self.fields["village"].label_from_instance = _with_last_day
        self.fields["village"].empty_label = _("Whole commune")
        self.fields["kind"].choices = TrainingSession.Kind.choices
        self.fields["skills"].queryset = Skill.objects.order_by("position", "code")
        self._offer_trainers()
        self.fields["capacity"].min_value = 1
        self.fields["capacity"].max_value = 5000
        self.fields["capacity"].validators += [MinValueValidator(1), MaxValueValidator(5000)]

    def _offer_trainers(self):
        """Offer the accounts that may take attendance in the communes one writes for."""
        field = self.fields["trainer_user"]
        communes = Commune.objects.writable_by(self.user).values("pk")
        may = Assignment.objects.on(today()).filter(commune__in=communes, role__in=WRITERS)
        field.queryset = (
            get_user_model()
            .objects.filter(pk__in=may.values("user"), is_active=True)
            .order_by(Folded("full_name"), "username")
        )
        field.empty_label = _("Nobody in particular")
        field.label_from_instance = lambda user: user.full_name or user.username

    def clean(self):
        cleaned = super().clean()
        self.require_same_commune("village")
        self._require_village_of_the_day(cleaned.get("village"), cleaned.get("held_on"))
        trainer, commune = cleaned.get("trainer_user"), self.chosen_commune()
        if trainer and commune and not _works_in(trainer, commune):
            self.add_error("trainer_user", _("This account does not work in the commune."))
        starts, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        if ends and not starts:
            self.add_error("starts_at", _("Say when it starts as well."))
        elif ends and ends <= starts:
            self.add_error("ends_at", _("The session ends before it starts."))
        return cleaned

    def _require_village_of_the_day(self, village, day):
        right = village_of_day(village, day) if village and day else village
        if right == village:
            return
        self.add_error(
            "village",
            _("On that day «%(name)s» was «%(other)s». Choose that village.")
            % {"name": village.full_name, "other": right.full_name},
        )

    def clean_held_on(self):
        held_on = self.cleaned_data["held_on"]
        if held_on > today() and took_place(self.instance):
            raise forms.ValidationError(
                _("People are noted as having come, so the date cannot lie in the future.")
            )
        return held_on


def _with_last_day(village):
    if village.to_on is None:
        return village.full_name
    return _("%(village)s (until %(day)s)") % {
        "village": village.full_name,
        "day": f"{village.to_on:%d/%m/%Y}",
    }


class NewSessionForm(SessionForm):
    """A session to be saved once: its UUID is made with the page."""

    uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def clean_uuid(self):
        return self.cleaned_data["uuid"] or uuid4()

    def ask_again(self):
        """Give the page another UUID: what it says now would be another session."""
        self.data = self.data.copy()
        self.data[self.add_prefix("uuid")] = str(uuid4())


def _works_in(user, commune):
    """Whether an account may write in a commune today."""
    roles = Assignment.objects.on(today()).filter(user=user, role__in=WRITERS)
    return roles.filter(commune=commune).exists()


class CancelForm(forms.Form):
    """Why a session does not take place."""

    reason = TidyCharField(label=_("Why is the session cancelled?"), max_length=300)


class ReopenForm(forms.Form):
    """Why a closed session is opened for corrections."""

    reason = TidyCharField(
        label=_("Why is the session opened again?"),
        max_length=300,
        help_text=_("For example: two people were left out. It stands on the session's page."),
    )


class CountForm(forms.Form):
    """How many people the signed list names, as far as somebody has counted."""

    counted = forms.IntegerField(
        label=_("People on the signed list"),
        required=False,
        min_value=0,
        max_value=MOST_COUNTED,
        help_text=_("Count the names on paper. The session is closed once both numbers agree."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


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
    birth_year = forms.IntegerField(
        label=_("Birth year"),
        required=False,
        min_value=1900,
        error_messages={"invalid": _("Enter a year, such as 1984.")},
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    village = forms.ChoiceField(label=_("Village"), required=False)
    uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, commune, **kwargs):
        super().__init__(*args, **kwargs)
        # Names of villages are no secret: who leads one notes guests from all of them.
        self.villages = {
            str(village.pk): village for village in commune.villages.on(today()).order_by("number")
        }
        named = [(pk, village.full_name) for pk, village in self.villages.items()]
        self.fields["village"].choices = [("", _("Not known")), *named]

    def clean_birth_year(self):
        year = self.cleaned_data["birth_year"]
        if year is not None and year > today().year:
            raise forms.ValidationError(_("This year has not come yet."))
        return year

    def walk_in(self):
        """Return who came."""
        said = self.cleaned_data
        village = self.villages.get(said["village"])
        uuid = said["uuid"] or uuid4()
        return WalkIn(said["name"], said["sex"], said["birth_year"], village, uuid)


class PersonToAddForm(forms.Form):
    """One resident or member of staff, of those the user may see."""

    resident = forms.ModelChoiceField(Resident.objects.none(), to_field_name="uuid", required=False)
    staff_member = forms.ModelChoiceField(StaffMember.objects.none(), required=False)

    def __init__(self, *args, user, commune, **kwargs):
        super().__init__(*args, **kwargs)
        residents = Resident.objects.visible_to(user).filter(household__village__commune=commune)
        # An entry that was merged counts no more; the person is there under the other one.
        self.fields["resident"].queryset = residents.exclude(status=Resident.Status.MERGED)
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
        max_value=MOST_COUNTED,
        help_text=_("Counted by head or from the signed list, walk-ins included."),
    )
