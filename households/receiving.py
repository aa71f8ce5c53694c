"""The one place that takes in what a phone sealed, whatever way it came.

The author is the phone's owner: neither the session of whoever brings a record nor the person
who uploads a file plays a part. What cannot simply be recorded is held for an official, and
nothing that can be opened is ever turned away.
"""

import logging
from dataclasses import dataclass, field

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from households.holding import as_uuid, held_before, hold, take, village_of, visit_of
from households.models import Encounter, HeldRecord, Household
from households.receipts import receipt_of, receipt_of_household
from households.record_kinds import kind_of
from households.seen import note_seen
from households.taking import Conflict, Refused
from villages.access import scope_of
from villages.models import Village

log = logging.getLogger("households.receiving")

RECEIVED, HELD = "received", "held"
Reason = HeldRecord.Reason


@dataclass(frozen=True)
class Receipt:
    """What became of one record: ``received`` or ``held``, and the numbers its owner is told.

    ``known_before`` says that the commune had it already, recorded or held.
    """

    record: object
    status: str
    answer: dict = field(default_factory=dict)
    reason: str = ""
    known_before: bool = False
    held: HeldRecord | None = None

    @property
    def kind_words(self):
        return HeldRecord.Kind(self.record.kind).label

    @property
    def reason_words(self):
        return Reason(self.reason).label if self.reason else ""

    @property
    def visit_uuid(self):
        """The visit that the receipt number stands for; a correction names another UUID."""
        return self.answer.get("uuid") if "receipt_number" in self.answer else None

    def as_json(self):
        """Return the result as the phone reads it; it forgets what carries its UUID."""
        told = {"reason": self.reason, "message": _words(self.reason)} if self.reason else {}
        own = {"uuid": str(self.record.uuid), "kind": self.record.kind, "status": self.status}
        return self.answer | told | own


def receive(record, *, file=None, sent_at=None):
    """Record a phone's record, or hold it for an official, once; return its ``Receipt``.

    ``sent_at`` is what the phone's clock showed when it sent. Only a database that is away
    makes this fail: a mistake of ours over one record must not block the rest of a phone.
    """
    try:
        receipt = _decide(record, file, sent_at)
    except (OperationalError, InterfaceError):
        raise
    except Exception as mistake:
        # Its message may name people; the place is what finds the mistake.
        log.error("a record was held after a mistake: %s", _place_of(mistake))
        words = {"__all__": [_("The portal made a mistake over this record.")]}
        receipt = _held(record, Reason.REFUSED, file=file, errors=words)
    note_seen(record.phone)
    return receipt


def _decide(record, file, sent_at):
    held = held_before(record)
    if held is not None:
        return _receipt_of(record, held, known_before=True)
    reason = _why_not_trusted(record)
    if reason:
        known = _recorded_before(record)
        if known is not None:
            return Receipt(record, RECEIVED, known, known_before=True)
        return _held(record, reason, file=file)
    try:
        taken = take(
            record.kind,
            uuid=record.uuid,
            body=record.body,
            author=record.author,
            phone=record.phone,
            sent_at=sent_at,
        )
    except Refused as refusal:
        return _held(record, Reason.REFUSED, file=file, errors=refusal.errors)
    except Conflict:
        return _held(record, Reason.CONFLICT, file=file)
    return Receipt(record, RECEIVED, taken.answer, known_before=not taken.created)


def _why_not_trusted(record):
    """Return why an official must look first, or nothing."""
    if record.phone.revoked_at is not None:
        return Reason.REVOKED_PHONE
    if not scope_of(record.author).can_write:
        return Reason.NO_LONGER_LEADER
    commune, added = record.phone.commune, kind_of(record.kind)
    if added is not None:
        reached = added.is_in_reach(record.author, record.body, commune)
        return "" if reached else Reason.NO_LONGER_LEADER
    village = village_of(kind=record.kind, body=record.body, commune=commune)
    own = Village.objects.writable_by(record.author)
    if village is not None and not own.filter(pk=village.pk).exists():
        return Reason.NO_LONGER_LEADER
    return ""


def _recorded_before(record):
    """Return the receipt of what its author sent while still trusted; None when it never came.

    Asked of a phone that lost the reply: its content is not weighed again.
    """
    added = kind_of(record.kind)
    if added is not None:
        return added.receipt_of(record.uuid, record.author, record.body)
    if record.kind == HeldRecord.Kind.HOUSEHOLD:
        known = Household.objects.filter(
            uuid=record.uuid, village__commune=record.phone.commune
        ).first()
        return receipt_of_household(known) if known else None
    if record.kind == HeldRecord.Kind.VISIT:
        visits = Encounter.objects.filter(uuid=record.uuid, author=record.author)
        visit = visits.first()
        return _told(record, visit)
    corrected = as_uuid(visit_of(record.body))
    visit = Encounter.objects.filter(uuid=corrected, author=record.author).first()
    return _told(record, visit)


def _told(record, visit):
    said = visit is not None and _says_the_same(record.body, visit)
    return receipt_of(visit) if said else None


def _says_the_same(body, visit):
    """Whether what was sent is what the visit says, or said in an earlier version."""
    contents = [visit.content, *(version.content for version in visit.versions.all())]
    return any(_gist(body) == _gist(content) for content in contents)


def _gist(content):
    plain = (
        "household", "visited_on", "occasion", "unnamed_people", "smart_device", "connection",
        "difficulty", "language", "return_on", "note",
    )  # fmt: skip
    people = [
        (entry.get("resident") or entry.get("full_name"), entry.get("outcomes") or {})
        for name in ("people", "new_people")
        for entry in content.get(name) or []
        if isinstance(entry, dict)
    ]
    facts = {name: content.get(name) or None for name in plain if name != "smart_device"}
    return facts, content.get("smart_device"), sorted(people, key=repr)


def _held(record, reason, *, file, errors=None):
    held = hold(record, reason=reason, errors=errors, file=file)
    return _receipt_of(record, held)


def _receipt_of(record, held, known_before=False):
    if held.settlement != HeldRecord.Settlement.RECORDED:
        return Receipt(record, HELD, {}, held.reason, known_before, held)
    if held.encounter is not None:
        return Receipt(record, RECEIVED, receipt_of(held.encounter), known_before=True)
    added = kind_of(held.kind)
    if added is not None:
        answer = added.receipt_of(held.uuid, held.author, held.sent) or {}
        return Receipt(record, RECEIVED, answer, known_before=True)
    household = Household.objects.filter(uuid=held.uuid).first()
    answer = receipt_of_household(household) if household else {}
    return Receipt(record, RECEIVED, answer, known_before=True)


def _words(reason):
    return _("The commune keeps it; an official will look at it.") if reason else ""


def _place_of(mistake):
    place = mistake.__traceback__
    while place.tb_next is not None:
        place = place.tb_next
    code = place.tb_frame.f_code
    return f"{type(mistake).__name__} in {code.co_filename}:{place.tb_lineno}"
