"""What directs the programme: documents, the Steering Committee, groups, targets."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from villages.access import ScopedQuerySet
from villages.models.commune import Commune, Village
from villages.models.files import StoredFile
from villages.outbox import CountedModel
from villages.periods import Period, PeriodQuerySet


class GoverningDocument(CountedModel):
    """A plan, decision or letter that directs the programme."""

    class Kind(models.TextChoices):
        PLAN = "plan", _("Plan")
        DECISION = "decision", _("Decision")
        LETTER = "letter", _("Official letter")
        OTHER = "other", _("Other")

    commune = models.ForeignKey(
        Commune,
        models.PROTECT,
        related_name="documents",
        verbose_name=_("commune"),
        null=True,
        blank=True,
        help_text=_("Empty: a national or provincial document."),
    )
    number = models.CharField(_("number and sign"), max_length=60)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    issuer = models.CharField(_("issued by"), max_length=150)
    issued_on = models.DateField(_("issued on"))
    title = models.CharField(_("subject"), max_length=300)
    link = models.URLField(_("link"), blank=True)
    attachments = models.ManyToManyField(
        StoredFile, blank=True, related_name="documents", verbose_name=_("attachments")
    )

    objects = ScopedQuerySet.as_manager()
    commune_path = "commune"
    village_path = None

    class Meta:
        verbose_name = _("governing document")
        verbose_name_plural = _("governing documents")
        ordering = ["-issued_on", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "number", "issued_on"], name="one_document_per_number_and_day"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.number}"

    def stale_units(self):
        return {(self.commune_id, None)} if self.commune_id else set()

    def stale_since(self):
        return self.issued_on


class CommitteePeriodQuerySet(ScopedQuerySet, PeriodQuerySet):
    """Committees or memberships that hold on a day."""


class SteeringCommittee(Period):
    """The commune's Steering Committee."""

    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="steering_committees", verbose_name=_("commune")
    )
    name = models.CharField(_("name"), max_length=200)
    document = models.ForeignKey(
        GoverningDocument, models.PROTECT, null=True, blank=True, verbose_name=_("decision")
    )

    objects = CommitteePeriodQuerySet.as_manager()
    commune_path = "commune"
    village_path = None

    class Meta:
        verbose_name = _("Steering Committee")
        verbose_name_plural = _("Steering Committees")
        ordering = ["-from_on"]
        constraints = [Period.ends_after_it_begins("committee_ends_after_it_begins")]

    def __str__(self):
        return self.name


class SteeringCommitteeMember(CountedModel, Period):
    """A member of the Steering Committee, from one day to another."""

    class Role(models.TextChoices):
        HEAD = "head", _("Head")
        STANDING_DEPUTY = "standing_deputy", _("Standing deputy head")
        DEPUTY = "deputy", _("Deputy head")
        MEMBER = "member", _("Member")

    committee = models.ForeignKey(
        SteeringCommittee,
        models.CASCADE,
        related_name="members",
        verbose_name=_("Steering Committee"),
    )
    full_name = models.CharField(_("full name"), max_length=120)
    position = models.CharField(_("position"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.MEMBER)

    objects = CommitteePeriodQuerySet.as_manager()
    commune_path = "committee__commune"
    village_path = None

    class Meta:
        verbose_name = _("Steering Committee member")
        verbose_name_plural = _("Steering Committee members")
        ordering = ["committee", "pk"]
        constraints = [Period.ends_after_it_begins("committee_member_ends_after_it_begins")]

    def __str__(self):
        return self.full_name

    def stale_units(self):
        return {(self.committee.commune_id, None)}

    def stale_since(self):
        return self.from_on


class PopulationGroup(CountedModel):
    """A group whose digital literacy is measured. Rows, not an enumeration.

    ``code`` is also the code of the group's indicator. A group «counted from declarations»
    needs no code of ours: what organisations declare for it is its count.
    """

    class CountedFrom(models.TextChoices):
        STAFF = "staff", _("Completed required courses")
        CLASS_ROLLS = "class_rolls", _("Class rolls")
        ADULT_SKILLS = "adult_skills", _("Skills shown by adult residents")
        DECLARATIONS = "declarations", _("Declarations of organisations")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    counted_from = models.CharField(_("counted from"), max_length=20, choices=CountedFrom)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_headline = models.BooleanField(
        _("shown first"), default=False, help_text=_("Among the large figures of the dashboard.")
    )
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering = ["position", "code"]
        constraints = [
            # Staff, rolls and skills each have one meaning; only declarations may be many.
            models.UniqueConstraint(
                fields=["counted_from"],
                condition=~Q(counted_from="declarations"),
                name="one_group_per_way_of_counting",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def title(self):
        """The name in the reader's language."""
        return self.name_en if get_language() == "en" and self.name_en else self.name

    def stale_units(self):
        return {(pk, None) for pk in Commune.objects.values_list("pk", flat=True)}


class Target(CountedModel):
    """A target percentage of an indicator for a year, with the document it comes from.

    The narrowest applies: a village's own, then its commune's, then the one for all.
    """

    indicator = models.CharField(
        _("indicator"), max_length=40, help_text=_("The indicator's code, such as «adults».")
    )
    commune = models.ForeignKey(
        Commune, models.CASCADE, null=True, blank=True, verbose_name=_("commune")
    )
    village = models.ForeignKey(
        Village, models.CASCADE, null=True, blank=True, verbose_name=_("village")
    )
    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(2020), MaxValueValidator(2100)]
    )
    percent = models.DecimalField(
        _("target (%)"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    document = models.ForeignKey(
        GoverningDocument, models.PROTECT, null=True, blank=True, verbose_name=_("document")
    )
    source = models.CharField(_("source"), max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()
    commune_path = "commune"
    village_path = "village"

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["year", "indicator"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "year"],
                condition=Q(commune__isnull=True),
                name="one_general_target_per_indicator_and_year",
            ),
            models.UniqueConstraint(
                fields=["indicator", "commune", "year"],
                condition=Q(village__isnull=True),
                name="one_target_per_indicator_commune_and_year",
            ),
            models.UniqueConstraint(
                fields=["indicator", "village", "year"],
                name="one_target_per_indicator_village_and_year",
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100), name="target_is_a_percentage"
            ),
            models.CheckConstraint(
                condition=Q(village__isnull=True) | Q(commune__isnull=False),
                name="target_of_a_village_names_its_commune",
            ),
        ]

    def __str__(self):
        return f"{self.indicator} {self.year}: {self.percent} %"

    def stale_units(self):
        if self.commune_id:
            return {(self.commune_id, self.village_id)}
        return {(pk, None) for pk in Commune.objects.values_list("pk", flat=True)}
