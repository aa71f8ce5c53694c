"""Class rolls: how many pupils are enrolled and equipped. No pupil is named."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from villages.access import SCHOOL, ScopedQuerySet, scope_of
from villages.models import Commune, Village
from villages.outbox import CountedModel
from villages.periods import Period, PeriodQuerySet, today
from villages.succession import village_standing_on


class SchoolYear(CountedModel):
    """A school year; it lasts until the day before the next one begins."""

    name = models.CharField(_("name"), max_length=20, unique=True)
    starts_on = models.DateField(_("starts on"), unique=True)
    ends_on = models.DateField(_("ends on"))

    class Meta:
        verbose_name = _("school year")
        verbose_name_plural = _("school years")
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="school_year_ends_after_it_starts"
            ),
        ]

    def __str__(self):
        return self.name

    def stale_units(self):
        return set(Commune.objects.values_list("pk", "schools__village"))

    def stale_since(self):
        return self.starts_on


class OfSchoolsQuerySet(ScopedQuerySet):
    """Rows of schools: officials reach those of their commune, a school reaches its own.

    The model says where its school is: ``school_path``.
    """

    def visible_to(self, user):
        return self._or_own(super().visible_to(user), user)

    def writable_by(self, user):
        return self._or_own(super().writable_by(user), user)

    def _or_own(self, rows, user):
        if scope_of(user).role != SCHOOL:
            return rows
        accounts = SchoolAccount.objects.filter(user=user).on(today())
        return self.filter(**{f"{self.model.school_path}__in": accounts.values("school")})


class School(CountedModel):
    """A lower or upper secondary school, or one with both."""

    class Level(models.TextChoices):
        LOWER_SECONDARY = "lower_secondary", _("Lower secondary")
        UPPER_SECONDARY = "upper_secondary", _("Upper secondary")
        BOTH = "both", _("Lower and upper secondary")

    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="schools", verbose_name=_("commune")
    )
    village = models.ForeignKey(
        Village,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="schools",
        verbose_name=_("stands in village"),
    )
    name = models.CharField(_("name"), max_length=200)
    level = models.CharField(_("level"), max_length=20, choices=Level)

    objects = OfSchoolsQuerySet.as_manager()
    school_path = "pk"
    commune_path = "commune"
    village_path = None

    class Meta:
        verbose_name = _("school")
        verbose_name_plural = _("schools")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["commune", "name"], name="one_school_per_name"),
        ]

    def __str__(self):
        return self.name

    def stale_units(self):
        return {(self.commune_id, self.village_id)}


class SchoolAccountQuerySet(ScopedQuerySet, PeriodQuerySet):
    """Accounts of schools within a scope and a period."""


class SchoolAccount(Period):
    """That an account hands in the rolls of one school, from one day to another."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="accounts", verbose_name=_("school")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="school_accounts",
        verbose_name=_("account"),
    )

    objects = SchoolAccountQuerySet.as_manager()
    commune_path = "school__commune"
    village_path = None

    class Meta:
        verbose_name = _("school account")
        verbose_name_plural = _("school accounts")
        ordering = ["school", "-from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "user"],
                condition=Q(to_on__isnull=True),
                name="one_open_account_per_school_and_person",
            ),
            Period.ends_after_it_begins("school_account_ends_after_it_begins"),
        ]

    def __str__(self):
        return f"{self.user}: {self.school}"


class TaughtModule(models.Model):
    """What schools teach of digital literacy. Rows, so that next year's can be added."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=150)
    name_en = models.CharField(_("English name"), max_length=150, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("module taught at schools")
        verbose_name_plural = _("modules taught at schools")
        ordering = ["position", "code"]

    def __str__(self):
        return self.title

    @property
    def title(self):
        """The name in the reader's language."""
        return self.name_en if get_language() == "en" and self.name_en else self.name


class SchoolClass(CountedModel):
    """A class of one school year."""

    school = models.ForeignKey(
        School, models.PROTECT, related_name="classes", verbose_name=_("school")
    )
    school_year = models.ForeignKey(
        SchoolYear, models.PROTECT, related_name="classes", verbose_name=_("school year")
    )
    grade = models.PositiveSmallIntegerField(_("grade"))
    name = models.CharField(_("class"), max_length=20)

    objects = OfSchoolsQuerySet.as_manager()
    school_path = "school"
    commune_path = "school__commune"
    village_path = None

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        ordering = ["school", "-school_year", "grade", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "school_year", "name"],
                name="one_class_per_school_year_and_name",
                violation_error_message=_("This class is already there."),
            ),
            models.CheckConstraint(
                condition=Q(grade__gte=6, grade__lte=12), name="grade_is_secondary"
            ),
        ]

    def __str__(self):
        return self.name

    def stale_units(self):
        return self.school.stale_units()

    def stale_since(self):
        return self.school_year.starts_on


class ClassRollQuerySet(OfSchoolsQuerySet):
    """Rolls handed in by schools."""

    def current_on(self, day):
        """Keep, of each class of the school year of a day, the last roll by that day.

        Annotates ``village_on_day``, the village the school stands in.
        """
        later = ClassRoll.objects.filter(
            school_class=OuterRef("school_class"),
            counted_on__gt=OuterRef("counted_on"),
            counted_on__lte=day,
        )
        return self.filter(
            ~Exists(later),
            counted_on__lte=day,
            school_class__school_year__starts_on__lte=day,
            school_class__school_year__ends_on__gte=day,
        ).annotate(
            village_on_day=village_standing_on(day, "school_class__school__village"),
            commune_on_day=F("school_class__school__commune"),
        )


class ClassRoll(CountedModel):
    """How many pupils of a class were enrolled and equipped when it was counted."""

    school_class = models.ForeignKey(
        SchoolClass, models.CASCADE, related_name="rolls", verbose_name=_("class")
    )
    counted_on = models.DateField(_("counted on"))
    enrolled = models.PositiveSmallIntegerField(_("enrolled"))
    equipped = models.PositiveSmallIntegerField(_("equipped with digital skills"))
    handed_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("handed in by"),
    )
    handed_in_at = models.DateTimeField(_("handed in at"), auto_now_add=True)
    modules = models.ManyToManyField(
        TaughtModule, blank=True, related_name="rolls", verbose_name=_("modules taught")
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by the school"),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    objects = ClassRollQuerySet.as_manager()
    school_path = "school_class__school"
    commune_path = "school_class__school__commune"
    village_path = None

    class Meta:
        verbose_name = _("class roll")
        verbose_name_plural = _("class rolls")
        ordering = ["school_class", "-counted_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["school_class", "counted_on"],
                name="one_roll_per_class_and_day",
                violation_error_message=_("This class already has a roll of that day."),
            ),
            models.CheckConstraint(
                condition=Q(equipped__lte=F("enrolled")),
                name="equipped_within_enrolled",
                violation_error_message=_("More pupils equipped than enrolled."),
            ),
        ]

    def __str__(self):
        return f"{self.school_class} {self.counted_on:%d/%m/%Y}"

    def stale_units(self):
        return self.school_class.school.stale_units()

    def stale_since(self):
        return self.counted_on
