"""From what somebody wrote down to records that count: one transaction a visit."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from households.doubting import drop_vanished_differences, note_doubts, settle_doubt
from households.models import (
    Confirmation,
    Encounter,
    EncounterVersion,
    Household,
    HouseholdObservation,
    PersonMet,
    Resident,
    SkillCheck,
)
from households.observing import lock_household, refresh_household
from households.residence import add_resident, lock_village
from villages.models import Phone
from villages.outbox import mark_stale

CORRECTABLE_DAYS = 7


class OtherContent(Exception):
    """The UUID is taken by an encounter with other content; ``encounter`` is that one."""

    def __init__(self, encounter):
        super().__init__(str(encounter.uuid))
        self.encounter = encounter


class NotCorrectable(Exception):
    """The encounter can no longer be corrected by this person."""


class Outdated(Exception):
    """Somebody corrected the encounter meanwhile; ``encounter`` is what it says now."""

    def __init__(self, encounter):
        super().__init__(str(encounter.uuid))
        self.encounter = encounter


@dataclass(frozen=True)
class NewResident:
    """Somebody of the household who was not on the list yet."""

    full_name: str
    birth_year: int
    sex: str = ""
    uuid: str | None = None


@dataclass(frozen=True)
class PersonOutcome:
    """One person met: ``checks`` maps Skill to an outcome; what was not asked is absent."""

    person: Resident | NewResident
    checks: dict = field(default_factory=dict)
    confirmed: bool = False


@dataclass(frozen=True)
class Guidance:
    """Everything one encounter says. ``content`` is the same in canonical JSON.

    ``written_on`` is the day as a phone with a wrong clock wrote it. ``office`` and ``guided``
    (skills shown to people without a name) are said at a counter; ``None`` leaves what stands.
    """

    commune: object
    occasion: str
    held_on: date
    content: dict
    village: object = None
    household: Household | None = None
    people: tuple[PersonOutcome, ...] = ()
    unnamed_people: int = 0
    smart_device: bool | None = None
    connection: str = ""
    difficulty: str = ""
    language: str = ""
    return_on: date | None = None
    note: str = ""
    written_on: date | None = None
    office: str | None = None
    guided: tuple | None = None

    @property
    def has_newcomers(self):
        """Whether somebody is not on the list yet."""
        return any(isinstance(outcome.person, NewResident) for outcome in self.people)


@dataclass(frozen=True)
class Origin:
    """Where a record comes from: a phone, when it was written there, and what it knew."""

    phone: Phone | None = None
    recorded_at: datetime | None = None
    known_until: datetime | None = None


def record_visit(*, uuid, guidance, author, typed_by=None, member=None, origin=None):
    """Record an encounter once, however often it is sent; return (encounter, created).

    ``member`` is who guided when ``typed_by`` wrote it down for them. Raises
    ``OtherContent`` when the UUID already stands for something else.
    """
    known = _known(uuid, guidance.content, member)
    if known is not None:
        return known, False
    origin = origin or Origin()
    try:
        with transaction.atomic():
            _one_at_a_time(guidance)
            encounter = Encounter(
                uuid=uuid,
                author=author,
                typed_by=typed_by,
                member=member,
                phone=origin.phone,
                recorded_at=origin.recorded_at,
                known_until=origin.known_until,
            )
            _fill(encounter, guidance)
            encounter.save(force_insert=True)
            _write_parts(encounter, guidance, author)
            note_doubts(encounter, guidance)
    except IntegrityError:
        # Two phones, or one phone twice, at the same moment: the other one has won.
        known = _known(uuid, guidance.content, member)
        if known is None:
            raise
        return known, False
    return encounter, True


@transaction.atomic
def correct_visit(*, encounter, guidance, reason, by, version=None, known_until=None):
    """Replace what an encounter says; the earlier version is kept with the reason.

    ``version`` is the one that was corrected. When another one stands there by now, the same
    correction sent again changes nothing, and another one raises ``Outdated``.
    """
    encounter = Encounter.objects.select_for_update(of=("self",)).get(pk=encounter.pk)
    if encounter.voided_at is not None:
        raise NotCorrectable
    if version is not None and encounter.version != version:
        if _was_said(encounter, guidance.content, since=version):
            return encounter
        raise Outdated(encounter)
    EncounterVersion.objects.create(
        encounter=encounter,
        number=encounter.version,
        content=encounter.content,
        replaced_by=by,
        reason=reason,
    )
    same_day = encounter.held_on == guidance.held_on
    _mark(encounter, since_on=min(encounter.held_on, guidance.held_on), reason="visit corrected")
    _one_at_a_time(guidance)
    _strike_parts(encounter)
    _fill(encounter, guidance)
    encounter.version += 1
    encounter.known_until = known_until or encounter.known_until
    encounter.save()
    _write_parts(encounter, guidance, encounter.author)
    note_doubts(encounter, guidance, same_day_as_before=same_day)
    _drop_vanished(encounter)
    return encounter


@transaction.atomic
def void_visit(*, encounter, reason, by):
    """Declare an encounter void: it stays readable, no longer counts, and keeps the first word."""
    encounter = Encounter.objects.select_for_update(of=("self",)).get(pk=encounter.pk)
    if encounter.voided_at is not None:
        return encounter
    _mark(encounter, since_on=encounter.held_on, reason="visit voided")
    _strike_parts(encounter)
    encounter.voided_at = timezone.now()
    encounter.voided_by = by
    encounter.void_reason = reason
    encounter.save()
    for doubt in encounter.doubts.open():
        settle_doubt(doubt=doubt, settlement=reason[:300], by=by)
    _drop_vanished(encounter)
    return encounter


def correctable_by_author(encounter):
    """Whether the author may still correct the encounter: seven days from its receipt."""
    age = timezone.now() - encounter.received_at
    return encounter.voided_at is None and age <= timedelta(days=CORRECTABLE_DAYS)


def _known(uuid, content, member):
    encounter = Encounter.objects.filter(uuid=uuid).first()
    if encounter is None:
        return None
    # A phone that sends its first version again after a correction has lost nothing.
    same_member = encounter.member_id == (member.pk if member else None)
    if same_member and _was_said(encounter, content, since=0):
        return encounter
    raise OtherContent(encounter)


def _was_said(encounter, content, *, since):
    """Whether the encounter says this now, or said it after the version ``since``."""
    later = encounter.versions.filter(number__gt=since)
    return content == encounter.content or content in [version.content for version in later]


def _one_at_a_time(guidance):
    """Wait for others who write about this household, or add people to this village.

    Each of two that come together then sees what is doubtful beside the other one.
    """
    if guidance.has_newcomers and guidance.household is not None:
        lock_village(guidance.household.village)
    if guidance.household is not None:
        lock_household(guidance.household)


def _drop_vanished(encounter):
    if encounter.household_id is not None:
        drop_vanished_differences(encounter.household)


def _fill(encounter, guidance):
    for name in (
        "commune",
        "village",
        "household",
        "occasion",
        "held_on",
        "unnamed_people",
        "difficulty",
        "language",
        "return_on",
        "note",
        "content",
    ):
        setattr(encounter, name, getattr(guidance, name))
    if guidance.office is not None:
        encounter.office = guidance.office


def _write_parts(encounter, guidance, author):
    day = encounter.held_on
    people = [(_resident(outcome.person, guidance), outcome) for outcome in guidance.people]
    PersonMet.objects.bulk_create(
        PersonMet(encounter=encounter, resident=resident, happened_on=day)
        for resident, _outcome in people
    )
    SkillCheck.objects.bulk_create(
        SkillCheck(
            encounter=encounter, resident=resident, skill=skill, outcome=outcome, happened_on=day
        )
        for resident, person in people
        for skill, outcome in person.checks.items()
    )
    Confirmation.objects.bulk_create(
        Confirmation(resident=resident, seen_on=day, seen_by=author, encounter=encounter)
        for resident, outcome in people
        if outcome.confirmed
    )
    if guidance.guided is not None:
        encounter.guided_skills.set(guidance.guided)
    _observe_household(encounter, guidance, author)
    _mark(encounter, since_on=day, reason="visit recorded")


def _resident(person, guidance):
    if isinstance(person, Resident):
        return person
    attributes = {"uuid": person.uuid} if person.uuid else {}
    if person.uuid:
        known = Resident.objects.filter(uuid=person.uuid, household=guidance.household).first()
        if known is not None:
            return known
    return add_resident(
        household=guidance.household,
        since_on=guidance.held_on,
        full_name=person.full_name,
        birth_year=person.birth_year,
        sex=person.sex,
        **attributes,
    )


def _observe_household(encounter, guidance, author):
    household = guidance.household
    if household is None or (guidance.smart_device is None and not guidance.connection):
        return
    HouseholdObservation.objects.bulk_create(
        [
            HouseholdObservation(
                household=household,
                encounter=encounter,
                observed_on=encounter.held_on,
                observed_by=author,
                smart_device=guidance.smart_device,
                connection=guidance.connection,
            )
        ]
    )
    refresh_household(household)


def _strike_parts(encounter):
    for parts in (
        encounter.people_met,
        encounter.checks,
        encounter.confirmations,
    ):
        parts.all().delete()
    if encounter.household_id and encounter.observations.exists():
        encounter.observations.all().delete()
        refresh_household(encounter.household)


def _mark(encounter, *, since_on, reason):
    mark_stale(units=encounter.stale_units(), since_on=since_on, reason=reason)
