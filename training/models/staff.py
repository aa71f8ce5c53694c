"""Public-sector staff, the courses they must finish, and who finished which when."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Min, Q
from django.utils.translation import gettext_lazy as _

from villages.access import ScopedQuerySet
from villages.models import Commune, Sex, Village
from villages.outbox import CountedModel
from villages.periods import Period, PeriodQuerySet, during, today
from villages.succession import village_standing_on
from villages.text import fold

LONGEST_VALIDITY = 240


class Agency(CountedModel):
    """A public-sector office, school or station of the commune."""

    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="agencies", verbose_name=_("commune")
    )
    name = models.CharField(_("name"), max_length=200)
    village = models.ForeignKey(
        Village,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="agencies",
        verbose_name=_("stands in village"),
        help_text=_("Its staff are counted there too; empty: for the commune only."),
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    contact_name = models.CharField(_("contact person"), max_length=120, blank=True)
    contact_email = models.EmailField(_("e-mail of the contact"), blank=True)

    objects = ScopedQuerySet.as_manager()
    commune_path = "commune"
    village_path = None

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["commune", "name"], name="one_agency_per_name"),
        ]

    def __str__(self):
        return self.name

    def stale_units(self):
        return {(self.commune_id, self.village_id)}


class StaffQuerySet(ScopedQuerySet):
    """Members of staff within a scope."""

    def active_on(self, day):
        """Keep staff employed on a day; each names the village of the agency then.

        Annotates ``village_on_day`` (``None`` for agencies that stand in no village).
        """
        return self.filter(during(day, "employments__")).annotate(
            village_on_day=village_standing_on(day, "employments__agency__village"),
            commune_on_day=F("employments__agency__commune"),
        )

    def search(self, text):
        return self.filter(name_folded__contains=fold(text))


class StaffMember(CountedModel):
    """A cadre, civil servant, public employee or worker of the public sector."""

    class Category(models.TextChoices):
        CADRE = "cadre", _("Cadre")
        CIVIL_SERVANT = "civil_servant", _("Civil servant")
        PUBLIC_EMPLOYEE = "public_employee", _("Public employee")
        WORKER = "worker", _("Worker")

    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="staff", verbose_name=_("commune")
    )
    code = models.CharField(_("staff code"), max_length=30, blank=True)
    full_name = models.CharField(_("full name"), max_length=120)
    name_folded = models.CharField(max_length=120, editable=False, db_index=True)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex, blank=True)
    category = models.CharField(_("category"), max_length=20, choices=Category)
    position = models.CharField(_("position"), max_length=150, blank=True)
    is_party_member = models.BooleanField(_("Party member"), default=False)
    email = models.EmailField(_("e-mail"), blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="staff_member",
        verbose_name=_("account"),
    )

    objects = StaffQuerySet.as_manager()
    commune_path = "commune"
    village_path = None

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")
        ordering = ["name_folded", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "code"],
                condition=~Q(code=""),
                name="one_member_of_staff_per_code",
            ),
        ]

    def __str__(self):
        return self.full_name

    def save(self, *args, **kwargs):
        self.name_folded = fold(self.full_name)
        super().save(*args, **kwargs)

    def stale_units(self):
        own = {(self.commune_id, None)}
        if not self.pk:
            return own
        return own | set(self.employments.values_list("agency__commune_id", "agency__village_id"))

    def stale_since(self):
        # Before the first employment nobody counts this person.
        first = self.employments.aggregate(Min("from_on"))["from_on__min"] if self.pk else None
        return first or today()


class EmploymentQuerySet(ScopedQuerySet, PeriodQuerySet):
    """Employments within a scope and a period."""


class Employment(CountedModel, Period):
    """That a member of staff worked at an agency from one day to another."""

    staff_member = models.ForeignKey(
        StaffMember, models.CASCADE, related_name="employments", verbose_name=_("member of staff")
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="employments", verbose_name=_("agency")
    )

    objects = EmploymentQuerySet.as_manager()
    commune_path = "staff_member__commune"
    village_path = None

    class Meta:
        verbose_name = _("employment")
        verbose_name_plural = _("employments")
        ordering = ["staff_member", "from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["staff_member"],
                condition=Q(to_on__isnull=True),
                name="one_current_employment_per_member_of_staff",
            ),
            Period.ends_after_it_begins("employment_ends_after_it_begins"),
        ]

    def __str__(self):
        return f"{self.staff_member} · {self.agency}"

    def stale_units(self):
        return {(self.agency.commune_id, self.agency.village_id)}

    def stale_since(self):
        return self.from_on


class Course(CountedModel):
    """A course that staff may be required to finish."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=200)
    provider = models.CharField(_("provider"), max_length=200, blank=True)
    link = models.URLField(_("link"), blank=True)
    valid_months = models.PositiveSmallIntegerField(
        _("valid for (months)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_VALIDITY)],
        help_text=_("How long having finished it counts; empty: always."),
    )

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ["title"]

    def __str__(self):
        return self.title

    def stale_units(self):
        return set(Commune.objects.values_list("pk", "agencies__village"))


class CourseRequirement(CountedModel, Period):
    """That a group of staff must have finished a course, from one day to another."""

    class Group(models.TextChoices):
        EVERYBODY = "everybody", _("All staff")
        CADRE = "cadre", _("Cadres")
        CIVIL_SERVANT = "civil_servant", _("Civil servants")
        PUBLIC_EMPLOYEE = "public_employee", _("Public employees")
        WORKER = "worker", _("Workers")
        PARTY_MEMBER = "party_member", _("Party members")

    course = models.ForeignKey(
        Course, models.CASCADE, related_name="requirements", verbose_name=_("course")
    )
    group = models.CharField(
        _("required of"), max_length=20, choices=Group, default=Group.EVERYBODY
    )

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("course requirement")
        verbose_name_plural = _("course requirements")
        ordering = ["course", "from_on", "group"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "group", "from_on"],
                name="one_requirement_per_course_group_and_day",
                violation_error_message=_("This requirement is already there."),
            ),
            Period.ends_after_it_begins("requirement_ends_after_it_begins"),
        ]

    def __str__(self):
        return f"{self.course}: {self.get_group_display()}"

    def stale_units(self):
        return set(Commune.objects.values_list("pk", "agencies__village"))

    def stale_since(self):
        return self.from_on


class Completion(CountedModel):
    """That a member of staff finished a course on a day; it may be finished again later."""

    class Source(models.TextChoices):
        NATIONAL_PORTAL = "national_portal", _("National course portal")
        CERTIFICATE = "certificate", _("Certificate shown")
        AGENCY = "agency", _("Reported by the agency")

    staff_member = models.ForeignKey(
        StaffMember, models.CASCADE, related_name="completions", verbose_name=_("member of staff")
    )
    course = models.ForeignKey(
        Course, models.PROTECT, related_name="completions", verbose_name=_("course")
    )
    completed_on = models.DateField(_("completed on"))
    certificate_number = models.CharField(_("certificate number"), max_length=60, blank=True)
    source = models.CharField(
        _("source"), max_length=20, choices=Source, default=Source.NATIONAL_PORTAL
    )

    objects = ScopedQuerySet.as_manager()
    commune_path = "staff_member__commune"
    village_path = None

    class Meta:
        verbose_name = _("course completion")
        verbose_name_plural = _("course completions")
        ordering = ["-completed_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["staff_member", "course", "completed_on"],
                name="one_completion_per_member_of_staff_course_and_day",
                violation_error_message=_("This completion is already recorded."),
            ),
        ]

    def __str__(self):
        return f"{self.staff_member} · {self.course}"

    def stale_units(self):
        return self.staff_member.stale_units()

    def stale_since(self):
        return self.completed_on
