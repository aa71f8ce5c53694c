"""Forms of documents, targets, the Steering Committee and the teams."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from villages.form_fields import PercentField, PhoneField
from villages.measured import indicator_names
from villages.models import (
    GoverningDocument,
    Sex,
    SteeringCommittee,
    SteeringCommitteeMember,
    Target,
    Team,
    TeamMember,
    Village,
)
from villages.periods import today
from villages.record_forms import DayField, RecordForm, portal_formfield

CHOOSE = ("", _("Choose…"))
FIRST_YEAR, LAST_YEAR = 2020, 2100


def documents_in_reach(user):
    """Return the documents of the user's communes and those of all communes."""
    own = GoverningDocument.objects.visible_to(user).values("pk")
    return GoverningDocument.objects.filter(Q(pk__in=own) | Q(commune__isnull=True))


class DocumentField:
    """What the forms share that name a document."""

    def offer_documents(self):
        field = self.fields["document"]
        field.queryset = documents_in_reach(self.user)
        if not field.required:
            field.empty_label = _("No document of the list")
        field.label_from_instance = lambda document: f"{document}: {document.title}"[:110]


class GoverningDocumentForm(RecordForm):
    """A plan, decision or letter."""

    past_days = ("issued_on",)
    beside = "number"

    class Meta:
        model = GoverningDocument
        fields = ("commune", "number", "kind", "issuer", "issued_on", "title", "link")
        formfield_callback = portal_formfield
        labels = {"issuer": _("Issued by")}
        help_texts = {
            "number": _("As on the document, such as 611/KH-UBND."),
            "link": _("Where it can be read, if it stands on the web."),
        }
        error_messages = {
            "__all__": {"unique": _("A document with this number and day is on the list.")}
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "commune" in self.fields:
            self.fields["commune"].required = True
        self.fields["kind"].choices = [CHOOSE, *GoverningDocument.Kind.choices]

    def clean(self):
        cleaned = super().clean()
        commune, number = self.chosen_commune(), cleaned.get("number")
        if commune and number and cleaned.get("issued_on"):
            same = GoverningDocument.objects.filter(
                commune=commune, number=number, issued_on=cleaned["issued_on"]
            ).exclude(pk=self.instance.pk)
            if same.exists():
                self.add_error("number", _("A document with this number and day is on the list."))
        return cleaned


class TargetForm(DocumentField, RecordForm):
    """A target percentage for a commune or one of its villages in a year."""

    indicator = forms.ChoiceField(label=_("Indicator"))
    percent = PercentField(label=_("Target (%)"))

    class Meta:
        model = Target
        fields = ("commune", "indicator", "year", "percent", "village", "document", "source")
        formfield_callback = portal_formfield
        help_texts = {
            "village": _("Empty: for the whole commune. A village's own target goes before it."),
            "source": _("Where the figure comes from, if it is in no document of the list."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        names = indicator_names()
        self.fields["indicator"].choices = [CHOOSE, *names.items()]
        self.fields["year"].min_value, self.fields["year"].max_value = FIRST_YEAR, LAST_YEAR
        if "commune" in self.fields:
            self.fields["commune"].required = True
        villages = Village.objects.writable_by(self.user).select_related("commune")
        if self.instance.commune_id:
            villages = villages.filter(commune=self.instance.commune_id)
        is_now = Q(pk__in=Village.objects.on(today())) | Q(pk=self.instance.village_id or 0)
        field = self.fields["village"]
        field.queryset, field.empty_label = villages.filter(is_now), _("The whole commune")
        field.label_from_instance = lambda village: village.full_name
        self.offer_documents()

    def clean(self):
        cleaned = super().clean()
        self.require_same_commune("village", "document")
        commune, village = self.chosen_commune(), cleaned.get("village")
        if commune and cleaned.get("indicator") and cleaned.get("year"):
            same = Target.objects.filter(
                commune=commune,
                village=village,
                indicator=cleaned["indicator"],
                year=cleaned["year"],
            ).exclude(pk=self.instance.pk)
            if same.exists():
                self.add_error(
                    "indicator", _("There is a target for this already. Change that one.")
                )
        return cleaned


class CommitteeForm(DocumentField, RecordForm):
    """A Steering Committee with the decision that set it up."""

    class Meta:
        model = SteeringCommittee
        fields = ("commune", "name", "document", "from_on", "to_on")
        formfield_callback = portal_formfield
        help_texts = {
            "to_on": _("Empty: it has not ended. The members' own last days stay as they are.")
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer_documents()
        if not self.instance.to_on:
            # It is ended on a page of its own, which says what that means.
            del self.fields["to_on"]

    def clean(self):
        cleaned = super().clean()
        self.require_same_commune("document")
        first, last = cleaned.get("from_on"), cleaned.get("to_on")
        if first and last and last < first:
            self.add_error("to_on", _("The last day cannot be before the first."))
        return cleaned


class CommitteeMemberForm(RecordForm):
    """A member of the Steering Committee."""

    validate_also = ()

    class Meta:
        model = SteeringCommitteeMember
        fields = ("full_name", "role", "position", "from_on", "to_on")
        formfield_callback = portal_formfield

    def clean(self):
        cleaned = super().clean()
        return refuse_outside(self, self.instance.committee, cleaned)


class TeamForm(DocumentField, RecordForm):
    """The decision that set a team up, and since when."""

    validate_also = ()

    class Meta:
        model = Team
        fields = ("document", "from_on")
        formfield_callback = portal_formfield

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer_documents()

    def clean_document(self):
        document = self.cleaned_data["document"]
        if document and document.commune_id not in (None, self.instance.village.commune_id):
            raise ValidationError(_("This belongs to another commune."))
        return document


class TeamMemberForm(RecordForm):
    """A member of a team; who leads is changed by handing the village over."""

    validate_also = ()

    phone = PhoneField(label=_("Phone"), required=False)

    class Meta:
        model = TeamMember
        fields = (
            "full_name",
            "role",
            "organisation",
            "sex",
            "phone",
            "document_number",
            "from_on",
            "to_on",
        )
        formfield_callback = portal_formfield

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.role == TeamMember.Role.LEADER and self.instance.pk:
            del self.fields["role"], self.fields["to_on"]
        else:
            roles = [TeamMember.Role.DEPUTY, TeamMember.Role.MEMBER]
            self.fields["role"].choices = [(role.value, role.label) for role in roles]
        not_known = ("", _("Not known"))
        self.fields["organisation"].choices = [not_known, *TeamMember.Organisation.choices]
        self.fields["sex"].choices = [not_known, *Sex.choices]

    def clean(self):
        cleaned = super().clean()
        return refuse_outside(self, self.instance.team, cleaned)


class LastDayForm(forms.Form):
    """The last day of a membership or a committee."""

    to_on = DayField(label=_("Last day"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to_on"].initial = today


def refuse_outside(form, whole, cleaned):
    """Refuse days of a membership outside those of the committee or team."""
    first, last = cleaned.get("from_on"), cleaned.get("to_on")
    if first and last and last < first:
        form.add_error("to_on", _("The last day cannot be before the first."))
    if first and first < whole.from_on:
        form.add_error(
            "from_on",
            _("It was set up on %(day)s only.") % {"day": f"{whole.from_on:%d/%m/%Y}"},
        )
    if whole.to_on and ((last or whole.to_on) > whole.to_on or (first and first > whole.to_on)):
        form.add_error(
            "to_on" if last and last > whole.to_on else "from_on",
            _("It ended on %(day)s.") % {"day": f"{whole.to_on:%d/%m/%Y}"},
        )
    return cleaned
