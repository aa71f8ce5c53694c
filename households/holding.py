"""Records of phones that wait for an official: kept whole, shown, recorded or dismissed."""

import json
from datetime import timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone

from households.models import Encounter, HeldRecord, Household
from households.record_kinds import kind_of
from households.taking import take_correction, take_household, take_visit
from villages.models import Village

# A phone forgets what the commune has after a week; it may come back into the network later.
TOLD_FOR = timedelta(days=30)


class SettledBefore(Exception):
    """Somebody has settled the held record already; ``held`` is as it stands now."""

    def __init__(self, held):
        super().__init__(str(held.uuid))
        self.held = held


def hold(record, *, reason, errors=None, file=None):
    """Keep a phone's record for an official, once, however often it is sent; return it.

    A UUID that is held already with other content, or for somebody else, is kept beside it:
    nothing that a phone sent replaces anything.
    """
    body = storable(record.body)
    held = _kept(record, record.uuid, body, reason, errors, file)
    if not is_the_same(held, record):
        beside = uuid5(record.uuid, f"{record.author.pk} {_canonical(body)}")
        held = _kept(record, beside, body, HeldRecord.Reason.CONFLICT, errors, file)
    return held


def held_before(record):
    """Return the held record that this record is, or None."""
    held = HeldRecord.objects.select_related("encounter").filter(uuid=record.uuid).first()
    return held if held is not None and is_the_same(held, record) else None


def is_the_same(held, record):
    """Whether a held record is this one, sent again."""
    mine = (held.kind, held.author_id) == (record.kind, record.author.pk)
    return mine and held.sent == storable(record.body)


def take(kind, *, uuid, body, **known):
    """Record what a phone wrote, by its kind; raise what ``households.taking`` raises."""
    added = kind_of(kind)
    if added is not None:
        return added.take(uuid=uuid, body=body, **known)
    if kind == HeldRecord.Kind.VISIT:
        return take_visit(uuid=uuid, body=body, **known)
    if kind == HeldRecord.Kind.HOUSEHOLD:
        return take_household(uuid=uuid, body=body, **known)
    said = {name: value for name, value in body.items() if name != "visit"}
    return take_correction(visit_uuid=visit_of(body), body=said, **known)


def visit_of(body):
    """Return the UUID of the visit that a correction is about, as text."""
    visit = body.get("visit")
    return visit if isinstance(visit, str) else ""


@transaction.atomic
def record_held(*, held, by, changes=None):
    """Record what was held: its author is kept, and who decided it stands beside.

    ``changes`` replace parts of what was sent. A record that was in conflict becomes one of
    its own. Raises ``Refused`` while something is missing, ``SettledBefore`` when somebody
    was faster.
    """
    held = _locked(held)
    body, uuid = held.sent | (changes or {}), held.uuid
    if held.reason == HeldRecord.Reason.CONFLICT:
        if held.kind == HeldRecord.Kind.CORRECTION:
            body = body | {"version": _version_of(body)}
        else:
            uuid = _beside(held)
    taken = take(held.kind, uuid=uuid, body=body, author=held.author, phone=held.phone, typed_by=by)
    if isinstance(taken.record, Encounter):
        held.encounter = taken.record
    note = ", ".join(sorted(changes or {}))
    return _settle(held, HeldRecord.Settlement.RECORDED, by, note)


@transaction.atomic
def dismiss_held(*, held, note, by):
    """Decide, with a reason, that a held record is not recorded; it stays listed."""
    return _settle(_locked(held), HeldRecord.Settlement.DISMISSED, by, note)


def settled_for(author):
    """Return what became of a person's held records of late, as their phone wants it.

    ``u`` the record's UUID, ``s`` how it was settled; of what was recorded ``n`` its receipt
    number or a household's number, ``t`` when and ``v`` its version; of the rest ``w`` why not.
    """
    since = timezone.now() - TOLD_FOR
    settled = HeldRecord.objects.filter(author=author, settled_at__gte=since)
    settled = list(settled.select_related("encounter").order_by("pk"))
    numbers = _numbers_of([held for held in settled if held.kind == HeldRecord.Kind.HOUSEHOLD])
    return [_as_told(held, numbers) for held in settled]


def village_of(*, kind, body, commune):
    """Return the village of a commune that a record is about, or None when nobody knows."""
    added = kind_of(kind)
    if added is not None:
        return added.village_of(body, commune)
    villages = Village.objects.filter(commune=commune)
    if kind == HeldRecord.Kind.HOUSEHOLD:
        number = body.get("village")
        known = isinstance(number, int) and not isinstance(number, bool) and 0 < number < 2**31
        return villages.filter(pk=number).first() if known else None
    if kind == HeldRecord.Kind.VISIT:
        wanted, rows = body.get("household"), Household.objects
    else:
        wanted, rows = visit_of(body), Encounter.objects
    wanted = as_uuid(wanted)
    if wanted is None:
        return None
    found = rows.filter(uuid=wanted, village__commune=commune).select_related("village").first()
    if found is None:
        # About something that is held itself.
        waiting = HeldRecord.objects.filter(uuid=wanted, commune=commune)
        found = waiting.select_related("village").first()
    return found.village if found is not None else None


def storable(value):
    """Return JSON as a database keeps it: without NUL and halves of signs."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {storable(name): storable(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [storable(entry) for entry in value]
    return value if isinstance(value, int | float | None) else str(value)


def as_uuid(text):
    """Return the UUID that a text is, or None."""
    try:
        return UUID(text)
    except (ValueError, TypeError, AttributeError):
        return None


def _kept(record, uuid, body, reason, errors, file):
    commune = record.phone.commune
    held, _created = HeldRecord.objects.select_related("encounter").get_or_create(
        uuid=uuid,
        defaults={
            "kind": record.kind,
            "reason": reason,
            "commune": commune,
            "village": village_of(kind=record.kind, body=record.body, commune=commune),
            "author": record.author,
            "phone": record.phone,
            "file": file,
            "sent": body,
            "errors": storable(errors or {}),
        },
    )
    return held


def _locked(held):
    held = HeldRecord.objects.select_for_update(of=("self",)).get(pk=held.pk)
    if held.settled_at is not None:
        raise SettledBefore(held)
    return held


def _settle(held, settlement, by, note):
    held.settled_at, held.settled_by = timezone.now(), by
    held.settlement, held.settlement_note = settlement, note[:300]
    held.save()
    return held


def _beside(held):
    """The UUID of what is recorded beside another record with the held one's UUID."""
    return uuid5(held.uuid, "kept beside")


def _numbers_of(households):
    wanted = {
        _beside(held) if held.reason == HeldRecord.Reason.CONFLICT else held.uuid: held.pk
        for held in households
    }
    known = Household.objects.filter(uuid__in=wanted).values_list("uuid", "number")
    return {wanted[uuid]: number for uuid, number in known} if wanted else {}


def _as_told(held, numbers):
    told = {"u": str(held.uuid), "s": held.settlement}
    if held.settlement == HeldRecord.Settlement.DISMISSED:
        return told | {"w": held.settlement_note}
    visit = held.encounter
    number = numbers.get(held.pk) if visit is None else visit.receipt
    version = None if visit is None else visit.version
    return told | {"n": number, "t": held.settled_at.isoformat(), "v": version}


def _version_of(body):
    visit = Encounter.objects.filter(uuid=as_uuid(visit_of(body))).first()
    return visit.version if visit is not None else body.get("version")


def _canonical(body):
    return json.dumps(body, sort_keys=True, ensure_ascii=True)
