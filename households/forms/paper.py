"""What a printed sheet holds, and what holds for all of it when it is typed back in."""

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from households.handing import households_left
from households.models import Skill
from households.paper import MOST_SKILLS, members_of, required_skills
from households.short_days import latest_day
from villages.models import TeamMember, Village
from villages.periods import today

HOW_MANY = [("10", _("The first 10 households")), ("20", _("The first 20 households"))]
ALL = "all"


class PaperSheetForm(forms.Form):
    """For whom a sheet is printed, how many households and which skills stand on it."""

    use_required_attribute = False

    uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    member = forms.ModelChoiceField(
        TeamMember.objects.none(),
        label=_("For the team member"),
        required=False,
        empty_label=_("Leave empty, to be written by hand"),
    )
    how_many = forms.ChoiceField(
        label=_("How many households"),
        choices=[*HOW_MANY, (ALL, _("All households of the village"))],
        initial="20",
    )
    skills = forms.MultipleChoiceField(
        label=_("Skills on the sheet"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one skill.")},
    )

    def __init__(self, data=None, *, village, user, handed=None, **options):
        super().__init__(data, **options)
        self.handed = handed
        self.left = None if handed is None else households_left(handed).count()
        if handed is not None:
            # Who prints a list wants what is left of it.
            self.fields["how_many"].choices = [*HOW_MANY, (ALL, _("All that are left on the list"))]
            self.initial["how_many"] = ALL
        members = members_of(village)
        self.fields["member"].queryset = members
        self.offered = {skill.code: skill for skill in Skill.objects.filter(is_offered=True)}
        self.fields["skills"].choices = [(code, s.title) for code, s in self.offered.items()]
        own = members.filter(user=user).first() or members.filter(role="leader").first()
        self.initial |= {
            "uuid": uuid.uuid4(),
            "member": own.pk if own else None,
            "skills": [skill.code for skill in required_skills()],
        }

    def clean_skills(self):
        skills = [self.offered[code] for code in self.cleaned_data["skills"]]
        if len(skills) > MOST_SKILLS:
            raise ValidationError(
                _("Up to %(count)s skills fit on the sheet."), params={"count": MOST_SKILLS}
            )
        return skills

    @property
    def limit(self):
        """How many households, or ``None`` for all."""
        chosen = self.cleaned_data["how_many"]
        return None if chosen == ALL else int(chosen)


class VillageChoice(forms.Form):
    """Which village, for whoever writes in several."""

    use_required_attribute = False

    village = forms.ModelChoiceField(
        Village.objects.none(), label=_("Village"), empty_label=_("Choose…")
    )

    def __init__(self, data=None, *, villages, **options):
        super().__init__(data, **options)
        self.fields["village"].queryset = villages
        self.fields["village"].label_from_instance = lambda village: village.full_name


class ShortDayField(forms.Field):
    """A past day, written as on paper: 5/11 or 05/11/2025."""

    def to_python(self, value):
        text = (value or "").strip()
        if not text:
            return None
        found = latest_day(text, today())
        if found is None:
            raise ValidationError(_("Write the date as 31/10 or 31/10/2025."), code="invalid")
        return found


class EntryDefaults(forms.Form):
    """Who guided and when, for every row that says nothing else."""

    use_required_attribute = False

    visited_on = ShortDayField(
        label=_("Date of the visits"),
        required=False,
        widget=forms.TextInput(
            attrs={"class": "form-control", "inputmode": "numeric", "placeholder": "31/10/2025"}
        ),
    )
    member = forms.ModelChoiceField(
        TeamMember.objects.none(),
        label=_("Who went"),
        required=False,
        empty_label=_("Not stated"),
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, data=None, *, sheet, **options):
        super().__init__(data, **options)
        self.fields["member"].queryset = members_of(sheet.village_id, also=sheet.member_id)
        self.initial.setdefault("member", sheet.member_id)
