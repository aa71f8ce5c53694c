"""From what somebody wrote down to records that count: one transaction a visit."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from households.models import (
    Confirmation,
    Doubt,
    Encounter,
    EncounterVersion,
    Household,
    HouseholdObservation,
    PersonMet,
    Resident,
    SkillCheck,
)
from households.residence import add_resident
from villages.outbox import mark_stale
from villages.periods import today

CORRECTABLE_DAYS = 7
LONG_AGO_DAYS = 60
MANY_ON_ONE_DAY = 40


class OtherContent(Exception):
    """The UUID is taken by an encounter with other content; ``encounter`` is that one."""

    def __init__(self, encounter):
        super().__init__(str(encounter.uuid))
        self.encounter = encounter


class NotCorrectable(Exception):
    """The encounter can no longer be corrected by this person."""


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
    """Everything one encounter says. ``content`` is the same in canonical JSON."""

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


def record_visit(*, uuid, guidance, author, typed_by=None):
    """Record an encounter once, however often it is sent; return (encounter, created).

    Raises ``OtherContent`` when the UUID already stands for something else.
    """
    known = _known(uuid, guidance.content)
    if known is not None:
        return known, False
    try:
        with transaction.atomic():
            encounter = Encounter(uuid=uuid, author=author, typed_by=typed_by)
            _fill(encounter, guidance)
            encounter.save(force_insert=True)
            _write_parts(encounter, guidance, author)
            _note_doubts(encounter, guidance)
    except IntegrityError:
        # Two phones, or one phone twice, at the same moment: the other one has won.
        known = _known(uuid, guidance.content)
        if known is None:
            raise
        return known, False
    return encounter, True


@transaction.atomic
def correct_visit(*, encounter, guidance, reason, by):
    """Replace what an encounter says; the earlier version is kept with the reason."""
    encounter = Encounter.objects.select_for_update(of=("self",)).get(pk=encounter.pk)
    if encounter.voided_at is not None:
        raise NotCorrectable
    EncounterVersion.objects.create(
        encounter=encounter,
        number=encounter.version,
        content=encounter.content,
        replaced_by=by,
        reason=reason,
    )
    _mark(encounter, since_on=min(encounter.held_on, guidance.held_on), reason="visit corrected")
    _strike_parts(encounter)
    _fill(encounter, guidance)
    encounter.version += 1
    encounter.save()
    _write_parts(encounter, guidance, encounter.author)
    _note_doubts(encounter, guidance)
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
    for doubt in encounter.doubts.filter(settled_at__isnull=True):
        settle_doubt(doubt=doubt, settlement=reason[:300], by=by)
    return encounter


@transaction.atomic
def settle_doubt(*, doubt, settlement, by):
    """Keep a doubtful encounter as it is, with a word why; a settled doubt stays settled."""
    doubt = Doubt.objects.select_for_update(of=("self",)).get(pk=doubt.pk)
    if doubt.settled_at is None:
        doubt.settled_at = timezone.now()
        doubt.settled_by = by
        doubt.settlement = settlement
        doubt.save()
    return doubt


def correctable_by_author(encounter):
    """Whether the author may still correct the encounter: seven days from its receipt."""
    age = timezone.now() - encounter.received_at
    return encounter.voided_at is None and age <= timedelta(days=CORRECTABLE_DAYS)


def refresh_household(household):
    """Show on the household what was observed last; of one day the later record wins.

    One at a time: of two visits that commit together the second sees what the first wrote.
    """
    # No key of the row changes, so visits that point at it do not wait.
    locked = Household.objects.select_for_update(no_key=True, of=("self",)).order_by()
    household = locked.get(pk=household.pk)
    latest = household.observations.order_by("-observed_on", "-pk")
    device = latest.filter(smart_device__isnull=False).first()
    connection = latest.exclude(connection="").first()
    household.smart_device = device.smart_device if device else None
    household.connection = connection.connection if connection else ""
    newest = latest.first()
    household.observed_on = newest.observed_on if newest else None
    household.save(update_fields=["smart_device", "connection", "observed_on"])


def _known(uuid, content):
    encounter = Encounter.objects.filter(uuid=uuid).first()
    if encounter is None:
        return None
    # A phone that sends its first version again after a correction has lost nothing.
    if content == encounter.content or content in [
        version.content for version in encounter.versions.all()
    ]:
        return encounter
    raise OtherContent(encounter)


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


def _note_doubts(encounter, guidance):
    """Note what a person should look at; nothing is refused and nothing merged for it."""
    kinds = set()
    if encounter.occasion == Encounter.Occasion.HOME_VISIT:
        same_day = Encounter.objects.standing().home_visits().filter(held_on=encounter.held_on)
        if same_day.filter(household=encounter.household).exclude(pk=encounter.pk).exists():
            kinds.add(Doubt.Kind.SAME_DAY)
        if encounter.author_id:
            that_day = same_day.filter(author=encounter.author_id).count()
            if that_day > MANY_ON_ONE_DAY:
                kinds.add(Doubt.Kind.MANY_ON_ONE_DAY)
        if not guidance.people and not guidance.difficulty:
            kinds.add(Doubt.Kind.NOBODY_MET)
    if (today() - encounter.held_on).days > LONG_AGO_DAYS:
        kinds.add(Doubt.Kind.LONG_AGO)
    encounter.doubts.filter(settled_at__isnull=True).exclude(kind__in=kinds).delete()
    Doubt.objects.bulk_create(
        [Doubt(encounter=encounter, kind=kind) for kind in sorted(kinds)], ignore_conflicts=True
    )
