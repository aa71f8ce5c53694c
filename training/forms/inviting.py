"""Whom to expect at a session: residents and staff found by what they have in common."""

from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from households.models import HandedList, PersonMet, Resident
from training.forms.fields import TidyCharField
from training.models import Agency, StaffMember
from villages.models import TeamMember, Village
from villages.periods import today

ADULT, OLDER = 18, 60
MAJORITY = ("", "Kinh")
ANYBODY = _("All")


class ResidentFinder(forms.Form):
    """Residents of the session's commune, by village, list and what makes them its audience."""

    use_required_attribute = False

    q = TidyCharField(label=_("Name"), required=False, max_length=100)
    village = forms.ModelChoiceField(
        Village.objects.none(), label=_("Village"), required=False, empty_label=_("All villages")
    )
    group = forms.ChoiceField(
        label=_("Whom to invite"),
        required=False,
        choices=[
            ("", _("All adults")),
            ("older", _("Older people (60 and over)")),
            ("poor", _("Poor and near-poor households")),
            ("minority", _("Ethnic minorities")),
            ("not_reached", _("Adults nobody has guided yet")),
            ("team", _("Members of the village teams, by name")),
            ("everybody", _("Everybody, children too")),
        ],
    )
    handed = forms.ModelChoiceField(
        HandedList.objects.none(),
        label=_("List handed to a village"),
        required=False,
        empty_label=_("No list"),
    )

    def __init__(self, data=None, *, user, session):
        super().__init__(data)
        self.user, self.session = user, session
        villages = Village.objects.visible_to(user).filter(commune=session.commune_id)
        field = self.fields["village"]
        field.queryset = villages.on(today()).order_by("number")
        field.label_from_instance = lambda village: village.full_name
        lists = HandedList.objects.visible_to(user).filter(village__commune=session.commune_id)
        self.fields["handed"].queryset = lists.filter(closed_at=None).select_related("village")

    def found(self):
        """Return the residents found who are not expected yet, by village and household."""
        if not self.is_valid():
            return Resident.objects.none()
        wanted, year = self.cleaned_data, today().year
        rows = (
            Resident.objects.visible_to(self.user)
            .present()
            .filter(household__village__commune=self.session.commune_id)
            .exclude(invitations__session=self.session)
        )
        if wanted["q"]:
            rows = rows.search(wanted["q"])
        if wanted["village"]:
            rows = rows.filter(household__village=wanted["village"])
        if wanted["handed"]:
            rows = rows.filter(household__in=wanted["handed"].households.values("pk"))
        if wanted["group"] != "everybody":
            rows = rows.filter(birth_year__lte=year - ADULT)
        rows = self._narrowed(rows, wanted["group"], year)
        return rows.select_related("household__village").order_by(
            "household__village__number", "household__number", "-is_head", "name_folded", "pk"
        )

    @staticmethod
    def _narrowed(rows, group, year):
        if group == "older":
            return rows.filter(birth_year__lte=year - OLDER)
        if group == "poor":
            return rows.filter(household__poverty__in=["poor", "near_poor"])
        if group == "minority":
            return rows.exclude(ethnic_group__in=MAJORITY)
        if group == "not_reached":
            met = PersonMet.objects.filter(
                resident=OuterRef("pk"), encounter__voided_at__isnull=True
            )
            return rows.filter(~Exists(met))
        if group == "team":
            # Whether it is the same person is for whoever adds them to say.
            namesakes = TeamMember.objects.on(today()).filter(
                team__village=OuterRef("household__village"), full_name=OuterRef("full_name")
            )
            return rows.filter(Exists(namesakes))
        return rows


class StaffFinder(forms.Form):
    """Members of staff of the session's commune."""

    use_required_attribute = False

    q = TidyCharField(label=_("Name"), required=False, max_length=100)
    agency = forms.ModelChoiceField(
        Agency.objects.none(), label=_("Agency"), required=False, empty_label=ANYBODY
    )
    group = forms.ChoiceField(
        label=_("Whom to invite"),
        required=False,
        choices=[
            ("", _("All staff")),
            ("party", _("Party members")),
            ("team", _("Members of the village teams")),
        ],
    )

    def __init__(self, data=None, *, user, session):
        super().__init__(data)
        self.user, self.session = user, session
        self.fields["agency"].queryset = Agency.objects.visible_to(user).filter(
            commune=session.commune_id
        )

    def found(self):
        """Return the staff employed now who are not expected yet."""
        if not self.is_valid():
            return StaffMember.objects.none()
        wanted, day = self.cleaned_data, today()
        rows = (
            StaffMember.objects.visible_to(self.user)
            .filter(commune=self.session.commune_id)
            .exclude(invitations__session=self.session)
        )
        working = StaffMember.objects.active_on(day).order_by().values("pk")
        rows = rows.filter(pk__in=working)
        if wanted["q"]:
            rows = rows.search(wanted["q"])
        if wanted["agency"]:
            rows = rows.filter(pk__in=wanted["agency"].employments.on(day).values("staff_member"))
        if wanted["group"] == "party":
            rows = rows.filter(is_party_member=True)
        elif wanted["group"] == "team":
            members = TeamMember.objects.on(day).filter(user__isnull=False).values("user")
            rows = rows.filter(user__in=members)
        return rows.order_by("name_folded", "pk")
