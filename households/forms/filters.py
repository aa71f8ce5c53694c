"""What lists can be narrowed to; a value that makes no sense narrows nothing and is told."""

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from households.forms.fields import DayField, TextField, with_blank
from households.models import Encounter
from villages.access import scope_of
from villages.models import Village
from villages.periods import today


class ListFilter(forms.Form):
    """A GET form with a search, the villages in reach and a sort order."""

    use_required_attribute = False
    sorts = ()

    q = TextField(label=_("Number or name"), required=False, max_length=100)
    village = forms.ModelChoiceField(
        Village.objects.none(), label=_("Village"), required=False, empty_label=_("All villages")
    )

    def __init__(self, data=None, *, user, **options):
        super().__init__(data, **options)
        villages = Village.objects.visible_to(user).select_related("commune").distinct()
        scope = scope_of(user)
        self.villages = list(villages.on(today()))
        for village in self.villages:
            village.is_writable = (
                scope.everything
                or village.pk in scope.writable_villages
                or village.commune_id in scope.writable_communes
            )
        field = self.fields["village"]
        field.queryset = villages
        field.label_from_instance = lambda village: village.full_name
        if len(self.villages) < 2:
            del self.fields["village"]

    @property
    def found(self):
        """The values that make sense."""
        if not self.is_bound:
            return {}
        self.is_valid()
        return self.cleaned_data

    @property
    def sort(self):
        """The order asked for, or the first one there is."""
        wanted = self.data.get("sort", "")
        return wanted if wanted.removeprefix("-") in self.sorts else self.sorts[0]


class HouseholdFilter(ListFilter):
    """Narrows the list of households."""

    sorts = ("number", "head", "members", "visited")

    show = forms.ChoiceField(label=_("Show"), required=False)

    def __init__(self, data=None, *, user, **options):
        super().__init__(data, user=user, **options)
        choices = [
            ("not_visited", _("Not visited yet")),
            ("not_reached", _("Nobody reached yet")),
            ("older", _("With an older person")),
            ("no_device", _("Without a smart device")),
        ]
        if scope_of(user).can_write:
            choices.append(("poor", _("Poor and near-poor")))
        self.fields["show"].choices = with_blank(choices, _("All households"))


class VisitFilter(ListFilter):
    """Narrows the list of visits."""

    sorts = ("-held", "held", "received", "village", "author")

    occasion = forms.ChoiceField(
        label=_("Where it was"),
        required=False,
        choices=with_blank(Encounter.Occasion.choices, _("Everywhere")),
    )
    author = forms.ModelChoiceField(
        get_user_model().objects.none(),
        label=_("Guided by"),
        required=False,
        empty_label=_("Everybody"),
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All")),
            ("standing", _("Counts")),
            ("voided", _("Void")),
            ("corrected", _("Corrected")),
            ("doubtful", _("To be looked at")),
        ],
    )
    first_on = DayField(label=_("From"), required=False)
    last_on = DayField(label=_("To"), required=False)

    def __init__(self, data=None, *, user, **options):
        super().__init__(data, user=user, **options)
        self.fields["q"].label = _("Receipt number, household or name")
        scope = scope_of(user)
        people = get_user_model().objects.all()
        if not scope.everything:
            people = people.filter(assignments__commune__in=scope.communes)
        if scope.everything or scope.communes:
            self.fields["author"].queryset = people.distinct()
        else:
            del self.fields["author"]
