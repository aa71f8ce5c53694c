"""The one gate for what a phone wrote down, whichever way it reached the commune.

A phone sends by itself, in a sealed letter or in a file that somebody carries: the same
record is taken in the same way, once. ``body`` is the record as one object, the phone's
note in it; ``author`` wrote it; ``typed_by`` is the official who decided over a record that
was held, and then the one whose reach decides; ``sent_at`` is the phone's clock at sending,
for what was not carried by hand; ``now`` is the server's.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from households.correcting import may_correct
from households.forms.people import plain_uuid
from households.forms.phone_household import PhoneHouseholdForm
from households.forms.visit import CorrectionForm, VisitForm
from households.models import Encounter, Household
from households.phone_clock import WrongShape, read_note
from households.receipts import receipt_of, receipt_of_household
from households.recording import (
    NotCorrectable,
    Origin,
    OtherContent,
    Outdated,
    correct_visit,
    record_visit,
)
from households.residence import OtherHousehold, record_household
from households.visit_content import (
    content_from_records,
    guidance_of,
    keep_content,
    read_visit,
)

BESIDE_A_CORRECTION = ("reason", "version", "visit")
MOST_VERSIONS = 32767
ATTEMPTS = 3


class Refused(Exception):
    """The record cannot be stored as it is; ``errors`` maps fields to messages."""

    def __init__(self, errors):
        super().__init__("refused")
        self.errors = errors


class Missing(Refused):
    """There is no such visit in reach."""

    def __init__(self):
        super().__init__({"visit": [_("There is no such visit here.")]})


class TooLate(Refused):
    """The visit can no longer be corrected by this person."""

    def __init__(self):
        super().__init__({"visit": [_("This visit can no longer be corrected from here.")]})


class Conflict(Exception):
    """The UUID stands for something else, or the visit has changed since.

    ``answer`` is the receipt of what stands there, for whoever may see it.
    """

    def __init__(self, answer=None):
        super().__init__("conflict")
        self.answer = answer or {}


@dataclass(frozen=True)
class Taken:
    """A record that the commune has: stored now (``created``) or before, and the receipt."""

    record: object
    created: bool
    answer: dict


def take_visit(*, uuid, body, author, phone=None, sent_at=None, typed_by=None, now=None):
    """Record a visit that a phone wrote down, once; ``body`` may be the form's fields too.

    Raises ``Refused`` and ``Conflict``.
    """
    writer, now = typed_by or author, now or timezone.now()
    known = Encounter.objects.select_related("household__village").filter(uuid=uuid).first()
    if known is not None and not _may_see(known, writer, author):
        raise Conflict
    fields, note = _visit_fields(body, sent_at)
    origin = Origin(phone=phone)
    if note is not None:
        origin = Origin(phone=phone, recorded_at=note.recorded_at, known_until=note.known_until)

    def attempt():
        form = VisitForm(fields, user=writer, known=known, interactive=False, note=note, now=now)
        _check(form)
        encounter, created = record_visit(
            uuid=uuid,
            guidance=guidance_of(form, uuid),
            author=author,
            typed_by=typed_by,
            origin=origin,
        )
        return Taken(encounter, created, receipt_of(encounter))

    try:
        return again_when_overtaken(attempt)
    except OtherContent as conflict:
        stored = conflict.encounter
        raise Conflict(receipt_of(stored) if _may_see(stored, writer, author) else None) from None


def take_household(*, uuid, body, author, phone=None, sent_at=None, typed_by=None, now=None):
    """Record a household that a phone added, with its people, once.

    Raises ``Refused`` and ``Conflict``. ``phone`` is there for the sake of one call for
    every kind of record.
    """
    writer, now = typed_by or author, now or timezone.now()
    note = _read(read_note, body.get("phone"), sent_at=sent_at)
    said = {name: value for name, value in body.items() if name != "phone"}

    def attempt():
        known = Household.objects.filter(uuid=uuid).first()
        form = _read(PhoneHouseholdForm, said, user=writer, known=known, note=note, now=now)
        _check(form)
        household, created = record_household(
            uuid=uuid, content=form.content, author=author, **form.household
        )
        return Taken(household, created, receipt_of_household(household))

    try:
        return again_when_overtaken(attempt)
    except OtherHousehold as conflict:
        households = Household.objects.visible_to(writer)
        seen = households.filter(pk=conflict.household.pk).first()
        raise Conflict(receipt_of_household(seen) if seen else None) from None


def take_correction(*, visit_uuid, body, author, phone=None, sent_at=None, typed_by=None, now=None):
    """Correct a visit as a phone wrote it down, once.

    Raises ``Refused`` (``Missing``, ``TooLate``) and ``Conflict``. ``phone`` is there for the
    sake of one call for every kind of record.
    """
    writer, now = typed_by or author, now or timezone.now()
    visits = Encounter.objects.visible_to(writer).select_related("household__village")
    encounter = visits.filter(uuid=_uuid_of(visit_uuid)).first()
    if encounter is None:
        raise Missing
    if encounter.voided_at is not None:
        raise Conflict(receipt_of(encounter))
    if encounter.household is None or not may_correct(writer, encounter):
        raise TooLate
    fields, note = _visit_fields(body, sent_at, beside=BESIDE_A_CORRECTION)
    version = _version_of(body)
    if isinstance(body.get("reason"), str):
        fields["reason"] = body["reason"]
    form = CorrectionForm(
        fields,
        user=writer,
        household=encounter.household,
        known=encounter,
        interactive=False,
        note=note,
        now=now,
    )
    _check(form)
    if plain_uuid(fields.get("household", "")) != str(encounter.household.uuid):
        raise Refused({"household": [_("A correction stays with the household of the visit.")]})
    try:
        return again_when_overtaken(lambda: _correct(encounter, form, version, author))
    except Outdated as outdated:
        raise Conflict(receipt_of(outdated.encounter)) from None
    except NotCorrectable:
        raise Conflict(receipt_of(visits.get(pk=encounter.pk))) from None


def _correct(encounter, form, version, author):
    guidance = guidance_of(form, encounter.uuid)
    is_current = encounter.version == version
    if is_current and guidance.content in (encounter.content, content_from_records(encounter)):
        return Taken(encounter, False, receipt_of(encounter))
    keep_content(encounter)
    corrected = correct_visit(
        encounter=encounter,
        guidance=guidance,
        reason=form.cleaned_data["reason"],
        by=author,
        version=version,
        known_until=form.note.known_until,
    )
    return Taken(corrected, is_current, receipt_of(corrected))


def _visit_fields(body, sent_at, beside=()):
    """Return the form's fields and the phone's note; without a phone the note is None."""
    if isinstance(body, QueryDict):
        return body, None
    said = {name: value for name, value in body.items() if name not in {"phone", *beside}}
    fields = _read(read_visit, said)
    if body.get("phone") is None and sent_at is None:
        return fields, None
    return fields, _read(read_note, body.get("phone"), sent_at=sent_at)


def _version_of(body):
    version = body.get("version")
    if isinstance(version, bool) or not isinstance(version, int):
        raise Refused({"version": [_("Write this as a whole number.")]})
    if not 1 <= version <= MOST_VERSIONS:
        raise Refused({"version": [_("There is no such version.")]})
    return version


def _uuid_of(value):
    try:
        return UUID(str(value))
    except ValueError:
        raise Missing from None


def _read(reader, *said, **known):
    """Read what was sent; what has another shape is refused."""
    try:
        return reader(*said, **known)
    except WrongShape as problem:
        raise Refused(problem.errors) from None


def _check(form):
    if not form.is_valid():
        raise Refused({name: [str(text) for text in texts] for name, texts in form.errors.items()})


def again_when_overtaken(attempt):
    """Look again when somebody else stored one of the UUIDs in the same moment."""
    for _attempt in range(ATTEMPTS - 1):
        try:
            return attempt()
        except IntegrityError:
            continue
    return attempt()


def _may_see(encounter, writer, author):
    own = encounter.author_id == author.pk
    return own or Encounter.objects.visible_to(writer).filter(pk=encounter.pk).exists()
