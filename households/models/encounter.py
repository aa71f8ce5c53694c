"""Occasions on which residents were guided, and what they showed they can do.

Encounters are the only way into «reached» and «can do it», whatever the occasion was.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.models.household import Household, Resident
from households.models.skill import Skill
from villages.access import ScopedQuerySet
from villages.models import Commune, Phone, TeamMember, Village
from villages.outbox import CountedModel


class EncounterQuerySet(ScopedQuerySet):
    """Encounters within a scope."""

    def standing(self):
        """Keep encounters that nobody has declared void."""
        return self.filter(voided_at__isnull=True)

    def home_visits(self):
        return self.filter(occasion=Encounter.Occasion.HOME_VISIT)

    def within(self, first, last):
        """Keep encounters of a period, both days included."""
        return self.filter(held_on__gte=first, held_on__lte=last)

    def newest_first(self):
        return self.order_by("-held_on", "-pk")


class Encounter(CountedModel):
    """One occasion on which residents were guided.

    ``uuid`` is made where it was written down, so that sending it twice saves it once.
    ``content`` is what was sent, in one canonical form: a repeated UUID is compared by it.
    ``member`` is who guided when somebody else typed it in, or nobody's account did.
    """

    class Occasion(models.TextChoices):
        HOME_VISIT = "home_visit", _("At home")
        GATHERING = "gathering", _("At the cultural house")
        SERVICE_CENTRE = "service_centre", _("At the service centre")
        ONLINE = "online", _("Online")
        TRAINING_SESSION = "training_session", _("In a training session")

    class Difficulty(models.TextChoices):
        NO_SIGNAL = "no_signal", _("No signal")
        NO_ELECTRICITY = "no_electricity", _("No electricity")
        NO_SMART_DEVICE = "no_smart_device", _("No smart device")
        AWAY = "away", _("Nobody at home")
        NOT_WILLING = "not_willing", _("Not willing")
        LANGUAGE = "language", _("Language")

    class Language(models.TextChoices):
        VIETNAMESE = "vi", _("Vietnamese")
        THAI = "thai", _("Thái")
        HMONG = "hmong", _("Mông")
        KHMU = "khmu", _("Khơ Mú")
        DAO = "dao", _("Dao")

    class Office(models.TextChoices):
        SERVICE_CENTRE = "service_centre", _("Public Administration Service Centre")
        PEOPLES_COMMITTEE = "peoples_committee", _("People's Committee office")
        PARTY_COMMITTEE = "party_committee", _("Party Committee office")

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    occasion = models.CharField(_("where"), max_length=20, choices=Occasion)
    held_on = models.DateField(_("date"))
    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="encounters", verbose_name=_("commune")
    )
    village = models.ForeignKey(
        Village,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="encounters",
        verbose_name=_("village"),
    )
    household = models.ForeignKey(
        Household,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="encounters",
        verbose_name=_("household"),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="encounters",
        verbose_name=_("guided by"),
    )
    typed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="typed_encounters",
        verbose_name=_("typed in by"),
    )
    unnamed_people = models.PositiveSmallIntegerField(_("people guided without a name"), default=0)
    office = models.CharField(_("office"), max_length=20, choices=Office, blank=True)
    # What somebody without a name was helped with; of residents the skill checks say it.
    guided_skills = models.ManyToManyField(
        Skill, blank=True, related_name="guided_encounters", verbose_name=_("guided in")
    )
    difficulty = models.CharField(_("difficulty"), max_length=20, choices=Difficulty, blank=True)
    language = models.CharField(_("language used"), max_length=10, choices=Language, blank=True)
    return_on = models.DateField(_("come back on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=2000, blank=True)
    member = models.ForeignKey(
        TeamMember,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="encounters",
        verbose_name=_("team member who guided"),
    )
    phone = models.ForeignKey(
        Phone,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="encounters",
        verbose_name=_("phone"),
    )
    recorded_at = models.DateTimeField(
        _("written down at, by the phone's clock"), null=True, blank=True, editable=False
    )
    known_until = models.DateTimeField(
        _("what the phone knew was as of"), null=True, blank=True, editable=False
    )
    content = models.JSONField(_("as it was sent"), default=dict, editable=False)
    version = models.PositiveSmallIntegerField(_("version"), default=1, editable=False)
    received_at = models.DateTimeField(_("received at"), auto_now_add=True)
    voided_at = models.DateTimeField(_("declared void at"), null=True, blank=True, editable=False)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="voided_encounters",
        editable=False,
        verbose_name=_("declared void by"),
    )
    void_reason = models.CharField(_("why void"), max_length=300, blank=True, editable=False)

    objects = EncounterQuerySet.as_manager()
    commune_path = "commune"
    village_path = "village"

    class Meta:
        verbose_name = _("encounter")
        verbose_name_plural = _("encounters")
        ordering = ["-held_on", "-pk"]
        indexes = [
            models.Index(fields=["commune", "held_on"], name="encounter_by_commune_and_day"),
            models.Index(fields=["village", "held_on"], name="encounter_by_village_and_day"),
            models.Index(fields=["household", "held_on"], name="encounter_by_household"),
            models.Index(fields=["author", "received_at"], name="encounter_by_author"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(occasion="home_visit") | Q(household__isnull=False),
                name="a_home_visit_names_its_household",
            ),
            models.CheckConstraint(
                condition=Q(return_on__isnull=True) | Q(return_on__gt=models.F("held_on")),
                name="come_back_after_the_encounter",
            ),
        ]

    def __str__(self):
        return f"{self.receipt} · {self.held_on:%d/%m/%Y}"

    @property
    def guided_by(self):
        """Who guided, in words: the team member, or else whose account wrote it down."""
        return str(self.member or self.author or "")

    @property
    def is_typed_in(self):
        """Whether somebody else typed it in for who guided."""
        return self.typed_by_id is not None and self.typed_by_id != self.author_id

    @property
    def receipt(self):
        """The number a leader reads out: «0104-217» for the 104,217th encounter."""
        return f"{self.pk // 1000:04d}-{self.pk % 1000:03d}"

    @staticmethod
    def pk_of_receipt(text):
        """Return the id behind a receipt number, or ``None`` when it is not one."""
        digits = text.strip().replace("-", "")
        return int(digits) if digits.isdecimal() and 4 <= len(digits) <= 15 else None

    def stale_units(self):
        units = {(self.commune_id, self.village_id)}
        if self.household_id:
            units |= set(self.household.places.values_list("village__commune_id", "village_id"))
        if self.pk:
            people = Resident.objects.filter(met__encounter=self.pk)
            units |= set(
                people.values_list(
                    "residencies__household__places__village__commune_id",
                    "residencies__household__places__village_id",
                )
            )
        return units

    def stale_since(self):
        return self.held_on


class EncounterVersion(models.Model):
    """An earlier content of a corrected encounter. Never changed, never deleted alone."""

    encounter = models.ForeignKey(
        Encounter, models.CASCADE, related_name="versions", verbose_name=_("encounter")
    )
    number = models.PositiveSmallIntegerField(_("version"))
    content = models.JSONField(_("content"))
    replaced_at = models.DateTimeField(_("replaced at"), auto_now_add=True)
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("replaced by")
    )
    reason = models.CharField(_("reason"), max_length=300)

    commune_path = "encounter__commune"

    class Meta:
        verbose_name = _("earlier version")
        verbose_name_plural = _("earlier versions")
        ordering = ["encounter", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["encounter", "number"], name="one_version_per_encounter_and_number"
            ),
        ]

    def __str__(self):
        return f"{self.encounter} v{self.number}"
