"""What lists can be narrowed to; a value that makes no sense narrows nothing and is told."""

from django import forms
from django.contrib.auth import get_user_model
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from households.finding import SENSITIVE, SHOWN, SORTS
from households.forms.fields import DayField, TextField, with_blank
from households.models import Encounter
from villages.access import scope_of
from villages.models import Village
from villages.periods import today

# Where there is no table head to press.
ORDERS = (
    ("number", _("By number")),
    ("visited", _("Longest ago first")),
    ("promised", _("Promised first")),
)


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
    """Narrows the list of households; every condition chosen has to hold."""

    sorts = tuple(SORTS)

    show = forms.MultipleChoiceField(
        label=_("Show"), required=False, widget=forms.MultipleHiddenInput
    )

    def __init__(self, data=None, *, user, **options):
        super().__init__(data, user=user, **options)
        can_write = scope_of(user).can_write
        self.fields["show"].choices = [
            (name, words) for name, words in SHOWN.items() if can_write or name not in SENSITIVE
        ]

    @property
    def found(self):
        """The values that make sense; of several conditions those that do."""
        found = super().found
        if self.is_bound and "show" not in found:
            known = dict(self.fields["show"].choices)
            wanted = self.data.getlist("show") if hasattr(self.data, "getlist") else []
            found["show"] = [name for name in dict.fromkeys(wanted) if name in known]
            # What remains of the choice is shown as chosen, the rest is forgotten.
            self.errors.pop("show", None)
        return found

    @property
    def choices(self):
        """Return (words, query of the page with this condition switched, whether it is on)."""
        chosen = list(self.found.get("show") or ())
        for name, words in self.fields["show"].choices:
            is_on = name in chosen
            kept = [one for one in chosen if one != name] if is_on else [*chosen, name]
            yield words, self.query(show=kept), is_on

    @property
    def orders(self):
        """Return (words, query of the page in this order, whether it is this one)."""
        for sort, words in ORDERS:
            yield words, self.query(sort=sort), self.sort == sort

    def query(self, **changes):
        """Return the query of these choices, with changes, without a page."""
        wanted = {
            "q": self.found.get("q") or "",
            "village": self.found["village"].pk if self.found.get("village") else "",
            "show": self.found.get("show") or [],
            "sort": self.data.get("sort", ""),
        } | changes
        return urlencode({name: value for name, value in wanted.items() if value}, doseq=True)


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
