"""Forms of villages that merge, split or take another name."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from households.forms.fields import DayField, NameField, TextField
from households.models import Household
from households.village_changes import next_village_number
from villages.models import GoverningDocument, Village
from villages.periods import today
from villages.text import fold


class ChangeForm(forms.Form):
    """From when, and by which document."""

    use_required_attribute = False

    effective_on = DayField(
        label=_("Effective on"),
        help_text=_("The first day of the new state. Enter a change on that day or later."),
        error_messages={"required": _("Give the day.")},
    )
    document = forms.ModelChoiceField(
        GoverningDocument.objects.none(),
        label=_("Decision"),
        required=False,
        empty_label=_("None on the list"),
    )
    note = TextField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *args, former, user, **options):
        super().__init__(*args, **options)
        self.former, self.user = former, user
        self.fields["document"].queryset = GoverningDocument.objects.visible_to(user).filter(
            commune=former.commune_id
        )
        self.fields["effective_on"].widget.attrs["max"] = today().isoformat()

    def clean_effective_on(self):
        day = self.cleaned_data["effective_on"]
        if day > today():
            raise ValidationError(
                _("This day has not come yet. Enter the change on that day or later.")
            )
        if day <= self.former.from_on:
            raise ValidationError(
                _("The village is kept here from %(day)s. Enter a later day."),
                params={"day": f"{self.former.from_on:%d/%m/%Y}"},
            )
        return day


class MergeForm(ChangeForm):
    """Into which village it merges."""

    successor = forms.ModelChoiceField(
        Village.objects.none(),
        label=_("Merges into"),
        empty_label=_("Choose…"),
        error_messages={"required": _("Choose the village.")},
    )

    field_order = ("successor",)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["successor"].queryset = (
            Village.objects.writable_by(self.user)
            .filter(commune=self.former.commune_id, to_on__isnull=True)
            .exclude(pk=self.former.pk)
        )

    def clean(self):
        found = super().clean()
        successor, day = found.get("successor"), found.get("effective_on")
        if successor and day and successor.from_on > day:
            self.add_error(
                "effective_on",
                _("%(village)s exists only from %(day)s. Enter that day or a later one.")
                % {"village": successor.full_name, "day": f"{successor.from_on:%d/%m/%Y}"},
            )
        return found


class NamedForm(ChangeForm):
    """The name and kind of the village that begins on the day."""

    name = NameField(
        label=_("New name"), max_length=80, error_messages={"required": _("Write the name.")}
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Village.Kind.choices)

    field_order = ("name", "kind")

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["kind"].initial = self.former.kind

    def clean_name(self):
        name = self.cleaned_data["name"]
        open_villages = Village.objects.filter(
            commune=self.former.commune_id, to_on__isnull=True, name_folded=fold(name)
        )
        if open_villages.exclude(pk=self.former.pk).exists():
            raise ValidationError(_("The commune already has a village of this name."))
        return name


class RenameForm(NamedForm):
    """Another name, or another kind."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["name"].initial = self.former.name

    def clean(self):
        found = super().clean()
        if (found.get("name"), found.get("kind")) == (self.former.name, self.former.kind):
            self.add_error("name", _("Name and kind are as before. Change one of them."))
        return found


class SplitForm(NamedForm):
    """Which households become a village of their own."""

    number = forms.IntegerField(label=_("Number of the new village"), min_value=1, max_value=9999)
    households = TextField(
        label=_("Numbers of the households that go"),
        max_length=2000,
        help_text=_("For example: 1-40, 52, 60-75."),
        error_messages={"required": _("Say which households go.")},
    )

    field_order = ("name", "kind", "number", "households")

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["number"].initial = next_village_number(self.former.commune)

    def clean_number(self):
        number = self.cleaned_data["number"]
        taken = Village.objects.filter(
            commune=self.former.commune_id, to_on__isnull=True, number=number
        )
        if taken.exists():
            raise ValidationError(_("Another village has this number."))
        return number

    def clean_households(self):
        """Return the households of these numbers; every number has to exist."""
        numbers = numbers_in(self.cleaned_data["households"])
        found = Household.objects.filter(village=self.former, number__in=numbers)
        missing = sorted(numbers - set(found.values_list("number", flat=True)))
        in_ranges = len(numbers) > len(missing)
        if missing and (not in_ranges or self._were_named(missing)):
            raise ValidationError(
                _("The village has no household of this number: %(numbers)s."),
                params={"numbers": ", ".join(map(str, missing[:10]))},
            )
        if found.count() == self.former.households.count():
            raise ValidationError(_("All households would go. Rename the village instead."))
        return found.order_by("number")

    def _were_named(self, missing):
        """Whether one of the numbers was written by itself and not within «1-40»."""
        alone = {part.strip() for part in self.cleaned_data["households"].split(",")}
        return any(str(number) in alone for number in missing)


def numbers_in(text):
    """Return the numbers of «1-40, 52» as a set; raises ``ValidationError`` in words."""
    numbers = set()
    for part in text.replace(";", ",").replace("–", "-").split(","):
        ends = [end.strip() for end in part.split("-")]
        if ends == [""]:
            continue
        if len(ends) > 2 or not all(e.isascii() and e.isdigit() and len(e) <= 5 for e in ends):
            raise ValidationError(
                _("«%(part)s» is no number and no range such as 1-40."), params={"part": part[:40]}
            )
        first, last = int(ends[0]), int(ends[-1])
        if last < first or last - first > 5000:
            raise ValidationError(
                _("«%(part)s» is no number and no range such as 1-40."), params={"part": part[:40]}
            )
        numbers |= set(range(first, last + 1))
    return numbers
