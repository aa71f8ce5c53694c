"""Who lives where, since when. Only what the programme needs is kept: no identity numbers,
no exact birth dates, no positions."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Min, Q
from django.utils.translation import gettext_lazy as _

from villages.access import ScopedQuerySet
from villages.models import Sex, Village
from villages.outbox import CountedModel
from villages.periods import Period, PeriodQuerySet, during, today
from villages.text import fold

ADULT_AGE = 18
OLDER_AGE = 60
FIRST_BIRTH_YEAR = 1900


class HouseholdQuerySet(ScopedQuerySet):
    """Households within a scope."""

    def standing_on(self, day):
        """Keep households that exist on a day; each names its village then.

        Annotates ``village_on_day`` and ``commune_on_day``. A household stands in one
        village at a time.
        """
        return self.filter(during(day, "places__")).annotate(
            village_on_day=F("places__village"), commune_on_day=F("places__village__commune")
        )

    def search(self, text):
        """Find by number, head or any member, without regard to accents."""
        wanted = fold(text)
        if not wanted:
            return self
        found = Q(residents__name_folded__contains=wanted)
        if wanted.lstrip("0").isdigit() and len(wanted) < 6:
            found |= Q(number=int(wanted))
        return self.filter(pk__in=self.model.objects.filter(found).values("pk"))


class Household(CountedModel):
    """A household; ``village`` is where it stands now, ``places`` where it stood when."""

    class Poverty(models.TextChoices):
        POOR = "poor", _("Poor household")
        NEAR_POOR = "near_poor", _("Near-poor household")
        NOT_POOR = "not_poor", _("Not poor")
        UNKNOWN = "", _("Not known")

    class Connection(models.TextChoices):
        MOBILE = "mobile", _("Mobile data (4G)")
        WIFI = "wifi", _("Wi-Fi")
        BOTH = "both", _("Mobile data and Wi-Fi")
        NONE = "none", _("None")
        UNKNOWN = "", _("Not known")

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    village = models.ForeignKey(
        Village, models.PROTECT, related_name="households", verbose_name=_("village")
    )
    number = models.PositiveIntegerField(_("household number"))
    address = models.CharField(_("where in the village"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    poverty = models.CharField(_("poverty status"), max_length=10, choices=Poverty, blank=True)
    smart_device = models.BooleanField(_("has a smart device"), null=True, blank=True)
    connection = models.CharField(_("connection"), max_length=10, choices=Connection, blank=True)
    observed_on = models.DateField(_("last observed on"), null=True, blank=True, editable=False)
    # What a phone sent for it; a repeated UUID is compared by it.
    content = models.JSONField(_("as it was sent"), null=True, blank=True, editable=False)

    objects = HouseholdQuerySet.as_manager()
    commune_path = "village__commune"
    village_path = "village"

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")
        ordering = ["village", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["village", "number"],
                name="one_household_per_village_and_number",
                violation_error_message=_("This village already has a household of that number."),
            ),
        ]

    def __str__(self):
        return str(_("Household %(number)s")) % {"number": self.label}

    @property
    def label(self):
        """The number as it is written on lists: three digits at least."""
        return f"{self.number:03d}"

    @property
    def head(self):
        """The household head, or the first member, or ``None``; reads prefetched residents."""
        members = [r for r in self.residents.all() if r.status == Resident.Status.PRESENT]
        return next((r for r in members if r.is_head), members[0] if members else None)

    def stale_units(self):
        return {(self.village.commune_id, self.village_id)}

    def stale_since(self):
        # What is counted of a household is dated by its places and observations; without
        # this, a visit that notes a device would have every past day counted again.
        return today()


class HouseholdPlace(CountedModel, Period):
    """That a household stood in a village from one day to another."""

    household = models.ForeignKey(
        Household, models.CASCADE, related_name="places", verbose_name=_("household")
    )
    village = models.ForeignKey(
        Village, models.PROTECT, related_name="household_places", verbose_name=_("village")
    )

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("household's village over time")
        verbose_name_plural = _("households' villages over time")
        ordering = ["household", "from_on"]
        indexes = [models.Index(fields=["village", "household"], name="place_by_village")]
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(to_on__isnull=True),
                name="a_household_stands_in_one_village",
            ),
            Period.ends_after_it_begins("household_place_ends_after_it_begins"),
        ]

    def __str__(self):
        return f"{self.household} · {self.village}"

    def stale_units(self):
        return {(self.village.commune_id, self.village_id)}

    def stale_since(self):
        return self.from_on


class ResidentQuerySet(ScopedQuerySet):
    """Residents within a scope."""

    def living_on(self, day):
        """Keep residents present in the commune on a day; each names its village then.

        Annotates ``village_on_day`` and ``commune_on_day``. A resident lives in one
        household at a time.
        """
        return self.filter(
            during(day, "residencies__") & during(day, "residencies__household__places__")
        ).annotate(
            village_on_day=F("residencies__household__places__village"),
            commune_on_day=F("residencies__household__places__village__commune"),
        )

    def adults_on(self, day):
        """Keep residents present on a day who are 18 or older in that year."""
        return self.living_on(day).filter(birth_year__lte=day.year - ADULT_AGE)

    def present(self):
        return self.filter(status=Resident.Status.PRESENT)

    def search(self, text):
        """Find by name without regard to accents."""
        return self.filter(name_folded__contains=fold(text))


class Resident(CountedModel):
    """A member of a household. Only the birth *year* is kept."""

    class Status(models.TextChoices):
        PRESENT = "present", _("Present")
        MOVED = "moved", _("Moved away")
        DECEASED = "deceased", _("Deceased")
        MERGED = "merged", _("Recorded twice, merged with another entry")

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="residents", verbose_name=_("household")
    )
    full_name = models.CharField(_("full name"), max_length=120)
    name_folded = models.CharField(max_length=120, editable=False, db_index=True)
    birth_year = models.PositiveSmallIntegerField(_("birth year"))
    sex = models.CharField(_("sex"), max_length=6, choices=Sex, blank=True)
    ethnic_group = models.CharField(
        _("ethnic group"),
        max_length=40,
        blank=True,
        help_text=_("Optional; sensitive personal data."),
    )
    is_head = models.BooleanField(_("household head"), default=False)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.PRESENT, editable=False
    )

    objects = ResidentQuerySet.as_manager()
    commune_path = "household__village__commune"
    village_path = "household__village"

    class Meta:
        verbose_name = _("resident")
        verbose_name_plural = _("residents")
        ordering = ["household", "-is_head", "birth_year", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(is_head=True, status="present"),
                name="one_head_per_household",
                violation_error_message=_("The household already has a head."),
            ),
            models.CheckConstraint(
                condition=Q(birth_year__gte=FIRST_BIRTH_YEAR, birth_year__lte=2100),
                name="birth_year_is_plausible",
            ),
        ]

    def __str__(self):
        return self.full_name

    def save(self, *args, **kwargs):
        self.name_folded = fold(self.full_name)
        super().save(*args, **kwargs)

    def age_on(self, day):
        """Whole years by birth year alone, as the programme counts age."""
        return day.year - self.birth_year

    def stale_units(self):
        places = HouseholdPlace.objects.filter(household__residencies__resident=self)
        units = set(places.values_list("village__commune_id", "village_id"))
        return units | {(self.household.village.commune_id, self.household.village_id)}

    def stale_since(self):
        # Before the first residency nobody counts this person.
        first = self.residencies.aggregate(Min("from_on"))["from_on__min"] if self.pk else None
        return first or today()


class Residency(CountedModel, Period):
    """That a resident lived in a household from one day to another."""

    class Ended(models.TextChoices):
        MOVED = "moved", _("Moved away")
        DECEASED = "deceased", _("Deceased")
        OTHER_HOUSEHOLD = "other_household", _("Joined another household")

    resident = models.ForeignKey(
        Resident, models.CASCADE, related_name="residencies", verbose_name=_("resident")
    )
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="residencies", verbose_name=_("household")
    )
    ended = models.CharField(_("why it ended"), max_length=20, choices=Ended, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("residency")
        verbose_name_plural = _("residencies")
        ordering = ["resident", "from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["resident"],
                condition=Q(to_on__isnull=True),
                name="a_resident_lives_in_one_household",
            ),
            Period.ends_after_it_begins("residency_ends_after_it_begins"),
        ]

    def __str__(self):
        return f"{self.resident} · {self.household}"

    def stale_units(self):
        places = HouseholdPlace.objects.filter(household=self.household_id)
        return set(places.values_list("village__commune_id", "village_id"))

    def stale_since(self):
        return self.from_on


class HouseholdObservation(CountedModel):
    """What somebody saw of a household's devices and connection on one day.

    Every observation is kept; the household shows the latest. ``None`` and an empty
    connection mean «not asked».
    """

    household = models.ForeignKey(
        Household, models.CASCADE, related_name="observations", verbose_name=_("household")
    )
    encounter = models.ForeignKey(
        "households.Encounter",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="observations",
        verbose_name=_("encounter"),
    )
    observed_on = models.DateField(_("observed on"))
    observed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("observed by"),
    )
    smart_device = models.BooleanField(_("has a smart device"), null=True, blank=True)
    connection = models.CharField(
        _("connection"), max_length=10, choices=Household.Connection, blank=True
    )
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    class Meta:
        verbose_name = _("observation of a household")
        verbose_name_plural = _("observations of households")
        ordering = ["-observed_on", "-pk"]
        indexes = [
            models.Index(
                fields=["household", "observed_on", "smart_device"], name="observation_by_household"
            )
        ]

    def __str__(self):
        return f"{self.household} {self.observed_on:%d/%m/%Y}"

    def stale_units(self):
        return set(self.household.places.values_list("village__commune_id", "village_id")) | (
            self.household.stale_units()
        )

    def stale_since(self):
        return self.observed_on


__all__ = [
    "ADULT_AGE",
    "FIRST_BIRTH_YEAR",
    "OLDER_AGE",
    "Household",
    "HouseholdObservation",
    "HouseholdPlace",
    "Residency",
    "Resident",
]
