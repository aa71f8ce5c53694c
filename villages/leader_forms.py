"""The forms about team leaders: who gets a card, and who leads a village next."""

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from villages.access import TEAM_LEADER
from villages.cards import leaders_in
from villages.handover import NewLeader
from villages.models import Assignment, Commune, Sex, TeamMember
from villages.periods import during, today
from villages.text import clean_text, fold

NEW_PERSON = "new"


class LeaderFilter(forms.Form):
    """Narrows the list of team leaders, their phones and cards."""

    use_required_attribute = False

    q = forms.CharField(
        label=_("Name of a leader or village"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    loc = forms.ChoiceField(
        label=_("Which team leaders"),
        required=False,
        choices=[
            ("", _("All")),
            ("chua-co-dien-thoai", _("Without a phone")),
            ("co-the-con-han", _("With a card that still opens")),
        ],
    )

    def kept(self, rows):
        """Return the rows that are wanted; a value that makes no sense narrows nothing."""
        self.full_clean()
        said = self.cleaned_data if self.is_bound else {}
        words, kept = fold(said.get("q", "")), said.get("loc")
        if words:
            rows = [row for row in rows if words in fold(f"{row.user} {_villages_of(row)}")]
        if kept == "chua-co-dien-thoai":
            return [row for row in rows if not row.phones]
        if kept == "co-the-con-han":
            return [row for row in rows if row.card and row.card.is_open]
        return rows


def _villages_of(row):
    return " ".join(village.full_name for village in row.villages)


class CardsForm(forms.Form):
    """The leaders who get a card now; a card that is still open has to be given up knowingly."""

    people = forms.ModelMultipleChoiceField(
        queryset=get_user_model().objects.none(),
        error_messages={"required": _("Choose at least one team leader.")},
    )
    confirmed = forms.BooleanField(required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        communes = Commune.objects.writable_by(user).values_list("pk", flat=True)
        self.fields["people"].queryset = leaders_in(list(communes))


class HandoverForm(forms.Form):
    """Who leads the village from which day on."""

    who = forms.ChoiceField(label=_("New team leader"))
    full_name = forms.CharField(
        label=_("Full name of a new person"),
        max_length=120,
        required=False,
        help_text=_("Only for somebody who is not in the list above."),
    )
    sex = forms.ChoiceField(
        label=_("Sex of a new person"), required=False, choices=[("", _("not known")), *Sex.choices]
    )
    phone = forms.CharField(
        label=_("Telephone number of a new person"), max_length=20, required=False
    )
    on = forms.DateField(
        label=_("First day of the new team leader"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        initial=today,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Today, an earlier day, or a day within the next 31 days."),
    )
    stays = forms.BooleanField(
        label=_("The former leader stays in the team as a member"), required=False
    )

    def __init__(self, *args, village, **kwargs):
        super().__init__(*args, **kwargs)
        self.members = {f"member-{m.pk}": m for m in _members_of(village)}
        known = {member.user_id for member in self.members.values()}
        self.accounts = {f"account-{u.pk}": u for u in _accounts_of(village, known)}
        groups = [("", _("Choose a person"))]
        if self.members:
            groups.append((_("In the team"), [(k, str(m)) for k, m in self.members.items()]))
        if self.accounts:
            groups.append((_("Elsewhere in the commune"), list(self.accounts.items())))
        self.fields["who"].choices = [*groups, (NEW_PERSON, _("Somebody new, named below"))]

    def clean_full_name(self):
        return clean_text(self.cleaned_data["full_name"])

    def clean_phone(self):
        return clean_text(self.cleaned_data["phone"])

    def clean(self):
        cleaned = super().clean()
        # A name that was refused already has its own message.
        is_nameless = cleaned.get("full_name") == ""
        if cleaned.get("who") == NEW_PERSON and is_nameless:
            self.add_error("full_name", _("Write the name of the new team leader."))
        return cleaned

    @property
    def new_leader(self):
        """The person chosen, once the form is right."""
        who = self.cleaned_data["who"]
        if who == NEW_PERSON:
            details = {name: self.cleaned_data[name] for name in ("full_name", "sex", "phone")}
            return NewLeader(**details)
        if who in self.members:
            return NewLeader(member=self.members[who])
        return NewLeader(user=self.accounts[who])


def _members_of(village):
    """Return the members who may take over: present, and with an account in use or none."""
    members = TeamMember.objects.on(today()).filter(team__village=village)
    usable = Q(user=None) | Q(user__is_active=True)
    present_leader = Q(role=TeamMember.Role.LEADER)
    return members.filter(usable).exclude(present_leader).select_related("user")


def _accounts_of(village, known):
    """Return the commune's leaders, past ones too, who are not members of this team now."""
    leading = Assignment.objects.filter(role=TEAM_LEADER, commune=village.commune_id)
    here = leading.filter(during(today()), village=village)
    accounts = get_user_model().objects.filter(is_active=True, is_superuser=False)
    accounts = accounts.filter(pk__in=leading.values("user"))
    return accounts.exclude(pk__in=here.values("user")).exclude(pk__in=known - {None})
